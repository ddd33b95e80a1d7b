package main

import (
	"context"
	"errors"
	"sync/atomic"
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
	running time.Duration                 // until the last good answer by which the task had not ended; 0: there was none
	failure error                         // what the last check that failed returned, as it was marked
	answer  atomic.Pointer[recipe.Answer] // the last one that came; nil: none
}

func newRecord() *record { return &record{began: time.Now()} }

// step is for settle.WithTrace.
func (r *record) step(s settle.Step) {
	if s.Err != nil && !errors.Is(s.Err, settle.ErrNotFound) && !term.Interrupted(s) {
		r.failed++
	}
	if s.Err == nil && s.Check > r.last.Check && !s.Status.State.Ended() {
		r.running = time.Since(r.began)
	}
	r.last = s
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
	outcome := outcomeOf(err)
	end := report{
		Outcome: outcome, ExitCode: exitOf(outcome), Task: name,
		Checks: r.last.Check, FailedChecks: r.failed,
		Elapsed: time.Since(r.began).Seconds(), Started: new(r.began.UTC()), Ended: new(time.Now().UTC()),
	}
	end.setStatus(r.last.Status)
	if err != nil {
		end.Error = r.told(err).Error()
	}
	var child *exitError
	if code, signaled := exitAfterSignal(ctx); signaled && outcome == settle.OutcomeInterrupted {
		end.ExitCode = code
	} else if errors.As(err, &child) && outcome == settle.OutcomeUnknown {
		end.ExitCode = child.code
	}
	return end
}

// told is err without the check that was interrupted, which says nothing.
func (r *record) told(err error) error {
	var stop *settle.StopError
	if !errors.As(err, &stop) || r.last.Err == nil || !term.Interrupted(r.last) {
		return err
	}
	shown := *stop
	shown.Last = nil
	return &shown
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
