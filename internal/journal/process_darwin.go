package journal

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// markOf is when the process was started. One that has ended and was not waited for is not there.
func markOf(process int) (mark string, there bool) {
	p, err := unix.SysctlKinfoProc("kern.proc.pid", process)
	if err != nil {
		return "", isThere(process)
	}
	const zombie = 5 // SZOMB
	start := p.Proc.P_starttime
	return strconv.FormatInt(start.Sec, 10) + "." + strconv.FormatInt(int64(start.Usec), 10), p.Proc.P_stat != zombie
}
