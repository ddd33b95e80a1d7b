package main

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
)

// follow runs the command that was to follow a success, with our own input and output, and returns its exit code; that
// of a shell where it could not be run or died by a signal.
func (a *app) follow(ctx context.Context, argv []string) int {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.child.in, a.child.out, a.child.err
	cmd.Cancel = func() error {
		var s *signalError
		if errors.As(context.Cause(ctx), &s) {
			return cmd.Process.Signal(s.signal)
		}
		return cmd.Process.Kill()
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return a.exit(notRunnable(argv[0], err))
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return exit.ExitCode()
}
