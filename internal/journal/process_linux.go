package journal

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// markOf is the start of the machine and, since then, of the process. One that has ended and was not waited for is not
// there.
func markOf(process int) (mark string, there bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(process) + "/stat")
	if err != nil {
		return "", isThere(process)
	}
	// PID (NAME) STATE …: the name may have blanks and parentheses in it; the start is the 22nd.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const state, start = 0, 22 - 3
	if len(fields) <= start {
		return "", isThere(process)
	}
	if fields[state] == "Z" || fields[state] == "X" {
		return "", false
	}
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(boot)) + " " + fields[start], true
}
