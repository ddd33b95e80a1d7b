package term

import (
	"cmp"
	"errors"
	"time"

	"github.com/settle-go/settle"
)

// A Task is what is known of a task before its first check. Its texts are in the person's language.
type Task struct {
	Name    string
	Plan    string        // what holds for its wait, such as "every 2s-15s, timeout 30m"; "": nothing is said of it
	Usually string        // how long such tasks take, such as "3m-4m"; "": not known
	Link    string        // the page where a person sees it; "": none, or not known yet
	Timeout time.Duration // the limit of its wait; 0: none, or not told
	Thing   bool          // it is a port or a file: nothing runs of which could be said that it goes on
}

// A task is what is known of one task, as the platform said it: text in it is not harmless yet.
type task struct {
	Task
	key     int
	begun   time.Time
	ended   time.Time      // zero while the wait goes on
	due     time.Time      // when the next check begins, or began
	outcome settle.Outcome // "" until Stop

	status   settle.Status // the last good answer
	seen     bool          // there was one
	answered time.Time     // when it came; zero: no step told
	reached  int           // percent, when the platform last said how far the task had come; 0: it never did
	checks   int           // made
	of       int           // the limit in checks; 0: there is none
	failed   int           // failed checks in all
	inRow    int           // failed checks since the last answer
	mended   int           // failed checks in a row that the last check, a good answer, put an end to
	absent   int           // not-founds since the last good answer
	last     error         // why the last check failed; nil if it did not

	told     settle.Status // in the last plain line that had one
	toldAt   time.Time     // when the last plain line of it was written
	linkTold bool          // a line has named Link
}

// Interrupted reports whether s tells of a wait that somebody interrupted, in a check or in a pause. The error of that
// check, where it has one, says nothing of platform or task: what was known before still holds.
func Interrupted(s settle.Step) bool {
	return s.Last && settle.OutcomeOf(s.End) == settle.OutcomeInterrupted
}

// hear takes in a step. fresh is false where it tells of no check that was answered or failed: the wait was stopped.
func (t *task) hear(s settle.Step, now time.Time) (fresh bool) {
	fresh = s.Check > t.checks && !Interrupted(s)
	t.of = s.Of
	if fresh {
		t.count(s, now)
	}
	t.checks = max(t.checks, s.Check)
	// The bound keeps the sum from going round: a pause may be the longest Duration there is.
	t.due = now.Add(min(s.Next, 1<<61))
	if s.Last {
		t.ended = now
	}
	return fresh
}

func (t *task) count(s settle.Step, now time.Time) {
	t.last, t.mended = s.Err, 0
	switch {
	case s.Err == nil:
		t.status, t.seen, t.answered = s.Status, true, now
		t.mended, t.inRow, t.absent = t.inRow, 0, 0
		t.progress()
	case errors.Is(s.Err, settle.ErrNotFound):
		t.inRow = 0
		t.absent++
	default:
		t.failed++
		t.inRow++
	}
}

// stop fills in the outcome, and what the error of the wait knows and no step told, and stops the clock.
func (t *task) stop(e End, now time.Time) {
	err := e.Err
	t.outcome = cmp.Or(e.Outcome, settle.OutcomeOf(err))
	var ended *settle.TaskError
	var stopped *settle.StopError
	begun := t.begun
	switch {
	case errors.As(err, &ended):
		t.status, t.seen, t.last = ended.Status, true, nil
		t.progress()
		t.checks, begun = max(t.checks, ended.Checks), now.Add(-ended.Elapsed)
	case errors.As(err, &stopped):
		if stopped.Status.State != settle.Unknown {
			t.status, t.seen = stopped.Status, true
			t.progress()
		}
		if settle.OutcomeOf(err) != settle.OutcomeInterrupted { // else Last may be no more than that, and the steps have told
			t.last = stopped.Last
		}
		t.checks, begun = max(t.checks, stopped.Checks), now.Add(-stopped.Elapsed)
	}
	if t.ended.IsZero() {
		t.ended = now
		if begun.Before(t.begun) {
			t.begun = begun
		}
	}
}

// progress notes how far the task has come: many platforms no longer say so in the answer that the task failed.
func (t *task) progress() {
	if n := t.status.Percent(); n > 0 {
		t.reached = n
	}
}

func (t *task) elapsed(now time.Time) time.Duration {
	if !t.ended.IsZero() {
		now = t.ended
	}
	return now.Sub(t.begun)
}
