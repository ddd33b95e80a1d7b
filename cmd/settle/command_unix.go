//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup lets a check's command end with all that it started. A Ctrl-C then reaches settle alone, which ends it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
