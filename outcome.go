package settle

import (
	"context"
	"errors"
)

// An Outcome is how a wait ended, in one word.
type Outcome string

const (
	OutcomeSucceeded   Outcome = "succeeded"
	OutcomeFailed      Outcome = "failed"
	OutcomeCanceled    Outcome = "canceled"
	OutcomeTimeout     Outcome = "timeout"     // the wait reached its limit; the task may still run
	OutcomeUnknown     Outcome = "unknown"     // settle could not learn how the task stands; it may still run
	OutcomeNotFound    Outcome = "not_found"   // the platform does not know the task, which was never seen
	OutcomeDenied      Outcome = "denied"      // the platform did not allow the question
	OutcomeInterrupted Outcome = "interrupted" // the caller's context was canceled; the task may still run
	OutcomeInvalid     Outcome = "invalid"     // the policy was refused; nothing was asked
)

// OutcomeOf says how a wait ended from the error that it returned, also when that is wrapped; nil is a success. It goes
// by how the outermost wait stopped: what the last check's error or a cancel's cause contain does not matter. An error
// that no wait returned is judged by what it wraps, or by a method Outcome() Outcome of its own, and unknown when that says
// nothing.
func OutcomeOf(err error) Outcome {
	var stop *StopError
	var task *TaskError
	var refused *PolicyError
	switch {
	case err == nil:
		return OutcomeSucceeded
	case errors.As(err, &stop):
		if stop.outcome != "" {
			return stop.outcome
		}
		return outcomeOfCause(stop.Cause)
	case errors.As(err, &task):
		if task.Status.State == Canceled {
			return OutcomeCanceled
		}
		return OutcomeFailed
	case errors.As(err, &refused), errors.Is(err, ErrNoLimit):
		return OutcomeInvalid
	}
	return outcomeOfCause(err)
}

func outcomeOfCause(cause error) Outcome {
	switch {
	case errors.Is(cause, ErrLimit), errors.Is(cause, context.DeadlineExceeded):
		return OutcomeTimeout
	case errors.Is(cause, context.Canceled):
		return OutcomeInterrupted
	case errors.Is(cause, ErrDenied):
		return OutcomeDenied
	case errors.Is(cause, ErrNotFound):
		return OutcomeNotFound
	}
	return outcomeBySelf(cause)
}

// outcomeBySelf is what an error says of itself by a method Outcome, as a refused name or parameter of the packages above
// does.
func outcomeBySelf(err error) Outcome {
	var known interface{ Outcome() Outcome }
	if errors.As(err, &known) {
		return known.Outcome()
	}
	return OutcomeUnknown
}
