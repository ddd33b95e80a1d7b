package journal

import (
	"errors"
	"strconv"
	"syscall"
)

// markOf is when the process was started. One that has ended, but that somebody keeps a handle of, is not there.
func markOf(process int) (mark string, there bool) {
	const limited, stillActive = 0x1000, 259 // PROCESS_QUERY_LIMITED_INFORMATION, STILL_ACTIVE
	h, err := syscall.OpenProcess(limited, false, uint32(process))
	if err != nil {
		return "", errors.Is(err, syscall.ERROR_ACCESS_DENIED)
	}
	defer syscall.CloseHandle(h)
	var code uint32
	if err := syscall.GetExitCodeProcess(h, &code); err == nil && code != stillActive {
		return "", false
	}
	var created, exited, kernel, user syscall.Filetime
	if err := syscall.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		return "", true
	}
	return strconv.FormatInt(created.Nanoseconds(), 10), true
}
