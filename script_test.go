package settle_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

var (
	errLost  = errors.New("connection lost")
	errBad   = errors.New("bad request")
	errAgain = errors.New("not yet")
	errStop  = errors.New("the user went home")
	errGone  = fmt.Errorf("task 7: %w", settle.ErrNotFound)
	errDeny  = fmt.Errorf("task 7: %w", settle.ErrDenied)
)

// An answer is what one check gives back. On an error it still carries a value and a status, which must not count.
type answer struct {
	value     string
	status    settle.Status
	err       error
	permanent bool
	after     time.Duration // the platform's wish: RetryAfter beside an error, else Status.After
	takes     time.Duration
	deaf      bool // it does not heed its context
}

// A script answers checks, the last one again and again, and notes what happened.
type script struct {
	answers []answer
	during  func(n int, ctx context.Context)

	t       *testing.T
	form    form
	start   time.Time
	elapsed time.Duration
	calls   []time.Duration // when each check began and returned
	backs   []time.Duration
	gave    []answer // what it gave, as the form can say it
	ctxs    []context.Context
	steps   []settle.Step
	seen    []settle.Seen[string] // Watch's
	numbers []int                 // Attempts'
	ended   []error               // and both's second halves
}

// plan reads "p x:3s f+5s": p pending, b blocked, s succeeded, f failed, c canceled, u a state nobody listed, x a lost
// connection, n not found, d denied, "!" a permanent error; then ":" how long the check takes (":3s~": and heeds no
// context), then "+5s" or "-1s" the platform's wish. The n-th answer has the value vn and the raw state rn.
func plan(text string) []answer {
	states := map[byte]settle.State{'b': settle.Blocked, 's': settle.Succeeded, 'f': settle.Failed, 'c': settle.Canceled, 'u': settle.Unknown}
	errs := map[byte]error{'x': errLost, 'n': errGone, 'd': errDeny, '!': errBad}
	var answers []answer
	for i, word := range strings.Fields(text) {
		a := answer{value: "v" + strconv.Itoa(i+1), err: errs[word[0]], permanent: word[0] == '!'}
		a.status = settle.Status{State: settle.Pending, Raw: "r" + strconv.Itoa(i+1)}
		if state, ok := states[word[0]]; ok {
			a.status.State = state
		}
		if word[0] == 'u' {
			a.status.Reason = "odd"
		}
		rest := word[1:]
		if i := strings.IndexAny(rest, "+-"); i >= 0 {
			a.after, rest = duration(rest[i:]), rest[:i]
		}
		if rest, ok := strings.CutPrefix(rest, ":"); ok {
			took, deaf := strings.CutSuffix(rest, "~")
			a.takes, a.deaf = duration(took), deaf
		}
		answers = append(answers, a)
	}
	return answers
}

func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func (s *script) ask(ctx context.Context) (string, settle.Status, error) {
	n := len(s.calls)
	s.calls, s.ctxs = append(s.calls, time.Since(s.start)), append(s.ctxs, ctx)
	if s.during != nil {
		s.during(n+1, ctx)
	}
	a := s.answers[min(n, len(s.answers)-1)]
	if a.takes > 0 {
		a = a.wait(ctx)
	}
	a = a.as(s.form)
	s.gave, s.backs = append(s.gave, a), append(s.backs, time.Since(s.start))
	return a.value, a.status, a.marked()
}

func (a answer) wait(ctx context.Context) answer {
	timer := time.NewTimer(a.takes)
	defer timer.Stop()
	done := ctx.Done()
	if a.deaf {
		done = nil
	}
	select {
	case <-timer.C:
		return a
	case <-done:
		return answer{value: "cut", err: ctx.Err()}
	}
}

// as is the answer in the words that a form has.
func (a answer) as(f form) answer {
	switch {
	case f.op:
		if a.err == nil && a.status.State != settle.Succeeded {
			a.err = errAgain
		}
		a.status = settle.When(a.err == nil)
	case !f.state: // Until
		a.status = settle.Status{State: a.status.State}
	case a.err == nil && a.after != 0:
		a.status.After = a.after
	}
	return a
}

func (a answer) marked() error {
	err := a.err
	if a.err != nil && a.after != 0 {
		err = settle.RetryAfter(a.after, err)
	}
	if a.permanent {
		err = settle.Permanent(err)
	}
	return err
}

// good: the answer counts. Rule 5: an end counts also beside an error.
func (a answer) good() bool {
	return a.status.State.Ended() || a.err == nil && a.status.State != settle.Unknown
}

// sameFailure reports whether err is what must be told of the answer: its own error, without marks.
func (a answer) sameFailure(err error) bool {
	switch {
	case a.status.State.Ended(): // whether the error beside an end is told is left open
		return true
	case a.err == nil && a.status.State == settle.Unknown:
		return errors.Is(err, settle.ErrUnknownState)
	}
	return err == a.err
}

func (s *script) verifyEnd(err error) {
	s.t.Helper()
	checks, elapsed := 0, time.Duration(0)
	switch err := err.(type) { // and not errors.As: Cause and Last may hold another wait's
	case *settle.TaskError:
		checks, elapsed = err.Checks, err.Elapsed
		if want := s.gave[len(s.gave)-1].status; err.Status != want {
			s.t.Errorf("TaskError's status %+v, want %+v", err.Status, want)
		}
	case *settle.StopError:
		checks, elapsed = err.Checks, err.Elapsed
		s.verifyStop(err, settle.OutcomeOf(err))
	default:
		return
	}
	if checks != len(s.calls) || elapsed != s.elapsed {
		s.t.Errorf("error says %d checks in %v, want %d in %v", checks, elapsed, len(s.calls), s.elapsed)
	}
}

func (s *script) verifyStop(stop *settle.StopError, outcome settle.Outcome) {
	s.t.Helper()
	if stop.Cause == nil || !errors.Is(stop, stop.Cause) || stop.Last != nil && !errors.Is(stop, stop.Last) {
		s.t.Errorf("errors.Is finds not both of cause %v and last %v", stop.Cause, stop.Last)
	}
	limit := outcome == "timeout"
	if got := errors.Is(stop.Cause, settle.ErrLimit); got != limit && outcome != "interrupted" {
		s.t.Errorf("outcome %q, and errors.Is(cause, ErrLimit) is %v", outcome, got)
	}
	if !limit && outcome != "interrupted" && stop.Cause != stop.Last {
		s.t.Errorf("a failed check ended the wait: cause %v, last %v", stop.Cause, stop.Last)
	}
	if n := len(s.gave); n > 0 && s.form.name != formAttempts.name && stop.Last != nil && !s.gave[n-1].sameFailure(stop.Last) {
		s.t.Errorf("last %v, want %v", stop.Last, s.gave[n-1].err)
	}
	if want := s.lastGood(len(s.gave)); !s.form.op && stop.Status != want {
		s.t.Errorf("StopError's status %+v, want %+v", stop.Status, want)
	}
}

func (s *script) lastGood(n int) settle.Status {
	for i := n - 1; i >= 0; i-- {
		if s.gave[i].good() {
			return s.gave[i].status
		}
	}
	return settle.Status{}
}

func (s *script) lastValue(n int) string {
	for i := n - 1; i >= 0; i-- {
		if s.gave[i].good() {
			return s.gave[i].value
		}
	}
	return ""
}

// next is the pause that followed the check before call n; 0 where none did.
func (s *script) next(n int) time.Duration {
	if n >= len(s.calls) {
		return 0
	}
	return s.calls[n] - s.backs[n-1]
}

func (s *script) verifySteps(p settle.Policy, err error) {
	s.t.Helper()
	if len(s.calls) == 0 || s.form.name == formAttempts.name {
		return // rule 12's and rule 14's own tests
	}
	// A stop during a pause is a step more; so is a Fleet's key whose limit comes before its turn.
	paused := (settle.OutcomeOf(err) == "interrupted" || s.form.key != nil) && len(s.steps) == len(s.calls)+1
	if len(s.steps) != len(s.calls) && !paused {
		s.t.Fatalf("%d steps for %d checks", len(s.steps), len(s.calls))
	}
	for i, step := range s.steps {
		last := i == len(s.steps)-1
		if step.Last != last || last && step.End != err || !last && step.End != nil {
			s.t.Errorf("step %d: last %v, end %v", i+1, step.Last, step.End)
		}
		n := min(i+1, len(s.calls))
		if step.Check != n || step.Of != p.Checks || step.Key != s.form.key {
			s.t.Errorf("step %d: check %d of %d, key %v", i+1, step.Check, step.Of, step.Key)
		}
		if i >= len(s.calls) {
			continue
		}
		if want := s.next(n); step.Next != want && (!paused || n < len(s.calls)) {
			s.t.Errorf("step %d: next %v, want %v", i+1, step.Next, want)
		}
		if !s.gave[i].sameFailure(step.Err) {
			s.t.Errorf("step %d: error %v, want %v", i+1, step.Err, s.gave[i].err)
		}
		// "Was, Status: the last good answer before this check, and now": now it is the same one if the check failed.
		if !s.form.op && (step.Was != s.lastGood(i) || step.Status != s.lastGood(i+1)) {
			s.t.Errorf("step %d: %+v, then %+v, want %+v, then %+v", i+1, step.Was, step.Status, s.lastGood(i), s.lastGood(i+1))
		}
	}
}

func (s *script) verifyPairs(err error) {
	s.t.Helper()
	stopped := len(s.seen) == len(s.calls)+1 // before the first check, or during a pause
	if len(s.seen) != len(s.calls) && !stopped {
		s.t.Fatalf("%d pairs for %d checks", len(s.seen), len(s.calls))
	}
	for i, seen := range s.seen {
		last := i == len(s.seen)-1
		if last && s.ended[i] != err || !last && s.ended[i] != nil {
			s.t.Errorf("pair %d ends with %v", i+1, s.ended[i])
		}
		if i == len(s.calls) {
			var want settle.Seen[string]
			if i > 0 {
				want = s.seen[i-1]
			}
			want.Next = 0
			equal(s.t, "the pair of a stop during a pause", seen, want)
			continue
		}
		if want := s.next(i + 1); seen.Next != want && (!stopped || i+1 < len(s.calls)) {
			s.t.Errorf("pair %d: next %v, want %v", i+1, seen.Next, want)
		}
		if seen.Check != i+1 || !s.gave[i].sameFailure(seen.Err) {
			s.t.Errorf("pair %d: check %d, error %v, want %v", i+1, seen.Check, seen.Err, s.gave[i].err)
		}
		if seen.Status != s.lastGood(i+1) || seen.Value != s.lastValue(i+1) {
			s.t.Errorf("pair %d: %q %+v, want %q %+v", i+1, seen.Value, seen.Status, s.lastValue(i+1), s.lastGood(i+1))
		}
	}
}
