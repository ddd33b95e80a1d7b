//go:build !windows

package journal

import (
	"errors"
	"syscall"
)

// Alive reports whether the process that waits is still there. Another may have taken its number since.
func (e *Entry) Alive() bool {
	if e.Process <= 0 || e.Phase == Ended || e.Phase == Stopped {
		return false
	}
	err := syscall.Kill(e.Process, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
