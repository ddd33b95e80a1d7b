//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// shellOf is how the system's shell is given a line.
func shellOf(line string) []string { return []string{"sh", "-c", line} }

// asTyped has nothing to do: arguments come as they are.
func asTyped(*exec.Cmd) {}

// portErrors is what the system says of a port that does not answer yet.
var portErrors = map[syscall.Errno]string{
	syscall.ECONNREFUSED: portRefused,
	syscall.EHOSTUNREACH: portUnreachable,
	syscall.ENETUNREACH:  portUnreachable,
	syscall.EHOSTDOWN:    portUnreachable,
	syscall.ENETDOWN:     portUnreachable,
	syscall.ETIMEDOUT:    portTimeout,
}
