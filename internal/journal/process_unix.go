//go:build !windows

package journal

import (
	"errors"
	"syscall"
)

func isThere(process int) bool {
	err := syscall.Kill(process, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
