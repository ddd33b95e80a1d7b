package settle

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrLimit is in the Cause of a StopError whose wait reached a limit: Checks, Timeout or the context's deadline.
	ErrLimit = errors.New("limit reached")
	// ErrNoLimit refuses a wait that nothing would ever end.
	ErrNoLimit = errors.New("no limit: set Checks or Timeout, or give the context a deadline")
	// ErrNotFound, wrapped by a check's error, says that the platform does not know the task.
	ErrNotFound = errors.New("not found")
	// ErrDenied, wrapped by a check's error, says that the platform did not allow the question. It names the outcome
	// only: mark it Permanent to end the wait.
	ErrDenied = errors.New("not allowed")
	// ErrUnknownState is the failure of a check that answered without an error and without a state.
	ErrUnknownState = errors.New("unknown state")
	// ErrUnanswered is the failure of a check whose key was left out of a batch's answer.
	ErrUnanswered = errors.New("no answer for this task")
)

// A TaskError reports that the task itself ended badly: the platform said that it failed or was canceled.
type TaskError struct {
	Status  Status // Failed or Canceled, and why
	Checks  int    // checks made, failed ones included
	Elapsed time.Duration
}

func (e *TaskError) Error() string {
	status := e.Status
	status.Reason = ""
	text := fmt.Sprintf("task %v after %s in %s", status, checks(e.Checks), e.Elapsed.Round(time.Millisecond))
	if e.Status.Reason != "" {
		text += ": " + e.Status.Reason
	}
	return text
}

// A StopError reports that settle stopped before the task had ended: the task may go on.
// errors.Is and errors.As find Cause and Last.
type StopError struct {
	Status  Status // the last good answer; Unknown if there was none
	Checks  int    // checks made, failed ones included
	Elapsed time.Duration
	Cause   error // why: ErrLimit wrapped, the cause of the context's end, or the check's failure that ended the wait
	Last    error // why the last check failed; nil if it did not, or none was made

	outcome Outcome // how the wait stopped; "" in a StopError that settle did not make
	ended   error   // ctx.Err() where the context's end stopped the wait
}

func (e *StopError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "stopped waiting after %s in %s: %v", checks(e.Checks), e.Elapsed.Round(time.Millisecond), e.Cause)
	if e.Status.State != Unknown {
		fmt.Fprintf(&text, "; the task was %v", e.Status)
	}
	if e.Last != nil && (e.outcome == OutcomeTimeout || e.outcome == OutcomeInterrupted) {
		fmt.Fprintf(&text, "; last check: %v", e.Last)
	}
	return text.String()
}

func (e *StopError) Unwrap() []error {
	errs := make([]error, 0, 3)
	for _, err := range []error{e.Cause, e.Last, e.ended} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func checks(n int) string {
	if n == 1 {
		return "1 check"
	}
	return fmt.Sprintf("%d checks", n)
}

// A PanicError is what Fleet.Each panics with where a check, Seen or a trace has: errors.Is and errors.As find Value where
// that is an error.
type PanicError struct {
	Value any    // what the panic was called with; nil: runtime.Goexit
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string {
	if e.Value == nil {
		return fmt.Sprintf("a check called runtime.Goexit\n\n%s", e.Stack)
	}
	return fmt.Sprintf("%v\n\n%s", e.Value, e.Stack)
}

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
