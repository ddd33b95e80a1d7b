//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

const maxExit = 255 // the highest exit code

// ownGroup lets a check's command end with all that it started. A Ctrl-C then reaches settle alone, which ends it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup kills what is left of the group, also after its first process has ended.
func endGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// passOn tells a command that runs in our own group of a signal. Where that group is a terminal's foreground, Ctrl-C has
// told both.
func passOn(child *os.Process, s os.Signal) {
	if s == os.Interrupt && inForeground() {
		return
	}
	_ = child.Signal(s) // one that has ended needs to hear nothing
}

func inForeground() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer terminal.Close()
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
