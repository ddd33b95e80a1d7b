package main

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
)

// follow runs the command that was to follow a success, with our own input and output, and returns its exit code; that
// of a shell where it died by a signal, or could not be run, and then the error says why.
func (a *app) follow(ctx context.Context, argv []string) (code int, err error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.child.in, a.child.out, a.child.err
	if !a.forPeople() {
		cmd.Stdout = a.child.err // stdout is for what a program reads
	}
	if err := a.signals.start(ctx, cmd); err != nil {
		if code, signaled := exitAfterSignal(ctx); signaled {
			return code, nil
		}
		err = notRunnable(argv[0], err)
		var exit *exitError
		errors.As(err, &exit)
		return exit.code, err
	}
	_ = cmd.Wait() // what the process says counts
	a.signals.ended()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}
