package main

import (
	"os/exec"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// shellOf is how the system's shell is given a line.
func shellOf(line string) []string { return append(slices.Clone(shell), line) }

var shell = []string{"cmd", "/s", "/c"}

// asTyped gives cmd the line that shellOf was given, between the quotes that /s takes away: cmd does not know the
// backslashes that quotes are usually escaped with.
func asTyped(cmd *exec.Cmd) {
	if n := len(shell); len(cmd.Args) == n+1 && slices.Equal(cmd.Args[:n], shell) {
		cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /s /c "` + cmd.Args[n] + `"`}
	}
}

// portErrors is what the system says of a port that does not answer yet.
var portErrors = map[syscall.Errno]string{
	windows.WSAECONNREFUSED: portRefused,
	windows.WSAEHOSTUNREACH: portUnreachable,
	windows.WSAENETUNREACH:  portUnreachable,
	windows.WSAEHOSTDOWN:    portUnreachable,
	windows.WSAENETDOWN:     portUnreachable,
	windows.WSAETIMEDOUT:    portTimeout,
}
