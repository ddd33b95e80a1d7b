package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

// A record is what the checks of one wait have told.
type record struct {
	began   time.Time
	last    settle.Step
	failed  int
	failure error // what the last check that failed returned, as it was marked
}

func newRecord() *record { return &record{began: time.Now()} }

// step is for settle.WithTrace.
func (r *record) step(s settle.Step) {
	if s.Err != nil && !errors.Is(s.Err, settle.ErrNotFound) && !term.Interrupted(s) {
		r.failed++
	}
	r.last = s
}

// hearing is check, whose failures r keeps.
func (r *record) hearing(check settle.Check[*recipe.Answer]) settle.Check[*recipe.Answer] {
	return func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		answer, status, err := check(ctx)
		if err != nil {
			r.failure = err
		}
		return answer, status, err
	}
}

// hopeless reports whether the last failure ends any wait, whatever its policy puts up with.
func (r *record) hopeless() bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := settle.Do(ctx, settle.Policy{Checks: 2}, func(context.Context) error {
		cancel() // ends what the failure does not
		return r.failure
	})
	return settle.OutcomeOf(end) != settle.OutcomeInterrupted
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
	var stop *settle.StopError
	if errors.As(err, &stop) && r.last.Err != nil && term.Interrupted(r.last) {
		shown := *stop
		shown.Last = nil // the check that was interrupted, which says nothing
		err = &shown
	}
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

// failure is what was wrong, without the wait around it.
func failure(err error) string {
	var ended *settle.TaskError
	var stop *settle.StopError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &ended):
		return "task " + ended.Status.String()
	case errors.As(err, &stop) && stop.Cause != nil:
		return stop.Cause.Error()
	}
	return err.Error()
}

// result is what a task that succeeded has brought, nil where nobody asked for it. The error takes nothing from the
// success.
func (t task) result(ctx context.Context, answer *recipe.Answer) (json.RawMessage, error) {
	if t.bring != nil {
		return t.bring(context.WithoutCancel(ctx), answer)
	}
	if t.reader == nil {
		return nil, nil
	}
	result, _, err := t.reader.Result(context.WithoutCancel(ctx), answer)
	return result, err
}
