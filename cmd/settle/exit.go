package main

import (
	"fmt"
	"syscall"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

// The exit codes. What a wait's outcome exits with is exitOf.
const (
	exitSucceeded = 0
	exitFailed    = 1
	exitInvalid   = 2
	exitNotFound  = 3
	exitDenied    = 4
	exitUnknown   = 5
	exitCanceled  = 6
	exitBlocked   = 7
	exitPending   = 8
	exitInternal  = 70
	exitTimeout   = 124
	exitNoSetup   = 125 // -- COMMAND could not be set up
	exitNoRun     = 126 // -- COMMAND is not runnable
	exitNoCommand = 127 // -- COMMAND was not found
	exitSignal    = 128 // and the signal's number
)

// Outcomes of the command that a wait of the library does not have.
const (
	outcomePending  settle.Outcome = "pending"           // settle check: not ended
	outcomeBlocked  settle.Outcome = term.OutcomeBlocked // --stop-on-blocked: a person must act first
	outcomeInternal settle.Outcome = "internal"          // a bug in settle
)

func exitOf(o settle.Outcome) int {
	switch o {
	case settle.OutcomeSucceeded:
		return exitSucceeded
	case settle.OutcomeFailed:
		return exitFailed
	case settle.OutcomeInvalid:
		return exitInvalid
	case settle.OutcomeNotFound:
		return exitNotFound
	case settle.OutcomeDenied:
		return exitDenied
	case settle.OutcomeUnknown:
		return exitUnknown
	case settle.OutcomeCanceled:
		return exitCanceled
	case outcomeBlocked:
		return exitBlocked
	case outcomePending:
		return exitPending
	case settle.OutcomeTimeout:
		return exitTimeout
	case settle.OutcomeInterrupted:
		return exitSignal + int(syscall.SIGINT)
	}
	return exitInternal
}

// outcomeWith is the outcome that exits with a code; of a command that did not run, which has none, that it was refused.
func outcomeWith(code int) settle.Outcome {
	for _, o := range []settle.Outcome{
		settle.OutcomeFailed, settle.OutcomeNotFound, settle.OutcomeDenied, settle.OutcomeUnknown, settle.OutcomeCanceled,
		settle.OutcomeTimeout, settle.OutcomeInterrupted, outcomeInternal,
	} {
		if exitOf(o) == code {
			return o
		}
	}
	if code == exitSignal+int(syscall.SIGTERM) || code == exitSignal+int(syscall.SIGHUP) {
		return settle.OutcomeInterrupted
	}
	return settle.OutcomeInvalid
}

// An exitError ends the command with a code that is not an outcome's: that of a child, or of a child that did not run.
type exitError struct {
	code int
	err  error // nil: nothing to say
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprint("exit ", e.code)
	}
	return e.err.Error()
}
func (e *exitError) Unwrap() error { return e.err }

// exitWith is how a command ends that has said all there is to say.
func exitWith(code int) error {
	if code == exitSucceeded {
		return nil
	}
	return &exitError{code: code}
}
