package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A record is what the checks of one wait have told.
type record struct {
	began  time.Time
	last   settle.Step
	failed int
}

func newRecord() *record { return &record{began: time.Now()} }

// step is for settle.WithTrace.
func (r *record) step(s settle.Step) {
	if s.Err != nil && !errors.Is(s.Err, settle.ErrNotFound) {
		r.failed++
	}
	r.last = s
}

// report says how the wait for the task ended that has just returned err.
func (r *record) report(ctx context.Context, name string, err error) report {
	outcome := settle.OutcomeOf(err)
	end := report{
		Outcome: outcome, ExitCode: exitOf(outcome), Task: name,
		Checks: r.last.Check, FailedChecks: r.failed,
		Elapsed: time.Since(r.began).Seconds(), Started: new(r.began.UTC()), Ended: new(time.Now().UTC()),
	}
	end.setStatus(r.last.Status)
	if err != nil {
		end.Error = err.Error()
	}
	var child *exitError
	if code, signaled := exitAfterSignal(ctx); signaled && outcome == settle.OutcomeInterrupted {
		end.ExitCode = code
	} else if errors.As(err, &child) && outcome == settle.OutcomeUnknown {
		end.ExitCode = child.code
	}
	return end
}

// result is what a task that succeeded has brought, nil where nobody asked for it. The error takes nothing from the
// success.
func (t task) result(ctx context.Context, answer *recipe.Answer) (json.RawMessage, error) {
	if t.reader == nil {
		return nil, nil
	}
	result, _, err := t.reader.Result(context.WithoutCancel(ctx), answer)
	return result, err
}
