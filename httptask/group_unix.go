//go:build unix

package httptask

import (
	"os/exec"
	"syscall"
)

// inGroup has a command that is ended take with it what it has started.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
