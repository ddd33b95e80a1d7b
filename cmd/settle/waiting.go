package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/recipe"
)

// A waiting is one task that is waited for, when it is checked, and what its checks have told.
type waiting struct {
	task
	*record
	key     int // its place in the run
	policy  settle.Policy
	patient bool            // the limit in errors holds from the first check on
	entry   *journal.Entry  // nil: no journal keeps it
	resumed bool            // it was waited for before: when the task began is not known
	history *settle.History // of tasks of its kind; nil: nobody wants it

	label string   // the name that a list gives it; ""
	run   runFlags // that it was begun with
	then  []string // of one that is taken up again: what is to follow its success

	answered bool // a check was, and so the address is no mistake
	inRow    int  // failed checks before that
}

// shown is the task for a line with little room.
func (w *waiting) shown() string { return cmp.Or(w.label, w.short) }

// heard takes in what one check has brought, and returns what the wait goes by. A wait whose first checks all fail is
// ended: an address that never worked is a mistake.
func (w *waiting) heard(answer *recipe.Answer, status settle.Status, err error) (settle.Status, error) {
	if answer != nil {
		w.answer.Store(answer)
	}
	if err == nil && status.State == settle.Blocked && w.run.stopOnBlocked {
		err = settle.Permanent(&blockedError{status})
	}
	switch {
	case w.answered || w.patient:
	case err == nil && status.State != settle.Unknown:
		w.answered = true
	case errors.Is(err, settle.ErrNotFound):
		w.inRow = 0
	default:
		if w.inRow++; w.inRow == firstErrors {
			err = settle.Permanent(err)
		}
	}
	if err != nil {
		w.failure = err
	}
	return status, err
}

// checkOnce is one check of w by itself.
func (w *waiting) checkOnce(ctx context.Context) (*recipe.Answer, settle.Status, error) {
	answer, status, err := w.check(ctx)
	status, err = w.heard(answer, status, err)
	return answer, status, err
}

// guarded is checkOnce for a goroutine that is not ours: a panic there would end the process before anything is told.
func (w *waiting) guarded(ctx context.Context) (answer *recipe.Answer, status settle.Status, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = settle.Permanent(&bugError{bug, debug.Stack()})
		}
	}()
	return w.checkOnce(ctx)
}

const resultLimit = 30 * time.Second // where a check may take any time

// fetch returns the result of a task that succeeded, nil where nobody asked for one. It takes as long as a check may. The end
// of ctx ends it, unless that came before the success.
func (w *waiting) fetch(ctx context.Context, answer *recipe.Answer) (json.RawMessage, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(w.policy.Attempt, resultLimit))
	defer cancel()
	if ctx.Err() == nil {
		stop := context.AfterFunc(ctx, cancel)
		defer stop()
	}
	if w.bring != nil {
		return w.bring(limited, answer)
	}
	if w.reader == nil {
		return nil, nil
	}
	result, _, err := w.reader.Result(limited, answer)
	return result, err
}

// A blockedError ends a wait, under --stop-on-blocked, by an answer that a person must act first.
type blockedError struct{ status settle.Status }

func (e *blockedError) Error() string { return "a person must act first" }

// withBlocked is err with the answer that ended the wait as where the task stood: to the wait it was a failed check.
func withBlocked(err error) error {
	var stop *settle.StopError
	var blocked *blockedError
	if !errors.As(err, &stop) || !errors.As(stop.Cause, &blocked) {
		return err
	}
	shown := *stop
	shown.Status = blocked.status
	return &shown
}

// A bugError is a panic in a check, or while a result was asked for.
type bugError struct {
	what  any
	stack []byte
}

func (e *bugError) Error() string { return fmt.Sprintf("this is a bug in settle: %v", e.what) }

// outcomeOf is settle.OutcomeOf with the outcomes that only the command has.
func outcomeOf(err error) settle.Outcome {
	var stop *settle.StopError
	var blocked *blockedError
	var bug *bugError
	switch {
	case !errors.As(err, &stop):
	case errors.As(stop.Cause, &blocked):
		return outcomeBlocked
	case errors.As(stop.Cause, &bug):
		return outcomeInternal
	}
	return settle.OutcomeOf(err)
}

// answered is a step as it is shown and kept: that a person must act first is an answer, no failed check.
func answered(s settle.Step) settle.Step {
	var blocked *blockedError
	if errors.As(s.Err, &blocked) {
		s.Status, s.Err = blocked.status, nil
	}
	return s
}
