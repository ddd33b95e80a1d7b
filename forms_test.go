package settle_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
)

// A form is one way to wait; a rule is tested on every form that it applies to.
type form struct {
	name  string
	op    bool // it tries something: Retry, Do, Attempts
	value bool // it gives a value back
	state bool // its check says where the task stands
	key   any  // that its steps carry
	run   func(ctx context.Context, p settle.Policy, s *script) (string, error)
}

var (
	formWait     = form{name: "Wait", value: true, state: true, run: runWait}
	formWatch    = form{name: "Watch", value: true, state: true, run: runWatch}
	formWrap     = form{name: "Wrap", value: true, state: true, run: runWrap}
	formUntil    = form{name: "Until", run: runUntil}
	formRetry    = form{name: "Retry", op: true, value: true, run: runRetry}
	formDo       = form{name: "Do", op: true, run: runDo}
	formAttempts = form{name: "Attempts", op: true, run: runAttempts}
	formFleet    = form{name: "Fleet", value: true, state: true, key: fleetKey, run: runFleet}
	formBatch    = form{name: "FleetBatch", value: true, state: true, key: fleetKey, run: runBatch}

	everyForm   = []form{formWait, formWatch, formWrap, formUntil, formRetry, formDo, formAttempts, formFleet, formBatch}
	callForms   = []form{formWait, formWatch, formWrap, formUntil, formRetry, formDo, formFleet, formBatch} // settle calls; Attempts leaves that to its loop
	checkForms  = []form{formWait, formWatch, formWrap, formUntil, formFleet, formBatch}
	statusForms = []form{formWait, formWatch, formWrap, formFleet, formBatch}
	opForms     = []form{formRetry, formDo, formAttempts}
)

func withoutFleets(forms []form) []form {
	return slices.DeleteFunc(slices.Clone(forms), func(f form) bool { return f.key != nil })
}

func runWait(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return settle.Wait(ctx, p, s.ask)
}

func runWatch(ctx context.Context, p settle.Policy, s *script) (value string, err error) {
	for seen, end := range settle.Watch(ctx, p, s.ask) {
		s.seen, s.ended = append(s.seen, seen), append(s.ended, end)
		value, err = seen.Value, end
	}
	return value, err
}

func runWrap(ctx context.Context, p settle.Policy, s *script) (string, error) {
	wait := settle.Wrap(p, func(ctx context.Context, id string) (string, settle.Status, error) {
		if id != "task 7" {
			s.t.Errorf("the check was asked about %q, want task 7", id)
		}
		return s.ask(ctx)
	})
	return wait(ctx, "task 7")
}

const fleetKey = "task 7"

func runFleet(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return runEach(ctx, settle.Fleet[string, string]{Policy: p, Check: func(ctx context.Context, key string) (string, settle.Status, error) {
		return s.ask(ctx)
	}}, s)
}

func runBatch(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return runEach(ctx, settle.Fleet[string, string]{Policy: p, Batch: func(ctx context.Context, keys []string) (map[string]settle.Answer[string], error) {
		value, status, err := s.ask(ctx)
		return map[string]settle.Answer[string]{keys[0]: {Value: value, Status: status, Err: err}}, nil
	}}, s)
}

func runEach(ctx context.Context, f settle.Fleet[string, string], s *script) (value string, err error) {
	results := 0
	for key, result := range f.Each(ctx, slices.Values([]string{fleetKey, fleetKey})) {
		if results++; results > 1 || key != fleetKey {
			s.t.Errorf("result %d is for %q", results, key)
		}
		value, err = result.Value, result.Err
		if got := statusOf(err); err != nil && got != result.Status {
			s.t.Errorf("the result's status %+v, want %+v", result.Status, got)
		}
	}
	return value, err
}

func runUntil(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return "", settle.Until(ctx, p, func(ctx context.Context) (bool, error) {
		_, status, err := s.ask(ctx)
		return status.State == settle.Succeeded, err
	})
}

func runRetry(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return settle.Retry(ctx, p, func(ctx context.Context) (string, error) {
		value, _, err := s.ask(ctx)
		return value, err
	})
}

func runDo(ctx context.Context, p settle.Policy, s *script) (string, error) {
	return "", settle.Do(ctx, p, func(ctx context.Context) error {
		_, _, err := s.ask(ctx)
		return err
	})
}

func runAttempts(ctx context.Context, p settle.Policy, s *script) (value string, err error) {
	for n, end := range p.Attempts(ctx) {
		s.numbers, s.ended = append(s.numbers, n), append(s.ended, end)
		if err = end; end != nil {
			continue // a further pair would be a fault, and is recorded
		}
		if _, _, failed := s.ask(ctx); failed == nil {
			return "", nil
		}
	}
	return "", err
}

// play runs one wait to its end, and holds it to what every wait promises. It is called in a bubble.
func play(t *testing.T, f form, ctx context.Context, p settle.Policy, s *script) (string, error) {
	t.Helper()
	s.t, s.form, s.start = t, f, time.Now()
	value, err := f.run(settle.WithTrace(ctx, func(step settle.Step) { s.steps = append(s.steps, step) }), p, s)
	s.elapsed = time.Since(s.start)
	s.verifyEnd(err)
	if settle.OutcomeOf(err) != "invalid" {
		s.verifySteps(p, err)
	}
	if f.name == formWatch.name {
		s.verifyPairs(err)
	}
	return value, err
}

// A row is one wait, for each of its forms.
type row struct {
	name    string
	forms   []form // nil: every form
	policy  settle.Policy
	plan    string   // see script
	answers []answer // or so

	dead     bool          // the context has ended before the wait begins
	cancelAt time.Duration // the context is canceled then
	cancelIn int           // or during that check
	why      error         // the cause of the cancel; nil: errStop
	deadline time.Duration // the context's; 0: none; negative: gone by

	calls   string // when each check began
	ends    settle.Outcome
	elapsed time.Duration
	value   string // not looked at where empty; "-": none came back
	raw     string // the raw state of the status in the error; "-": none
	cause   error  // found in the StopError's Cause
	last    error  // found in its Last
	more    func(t *testing.T, s *script, err error)
}

func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		forms := r.forms
		if forms == nil {
			forms = everyForm
		}
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, forms, r.test)
		})
	}
}

func eachForm(t *testing.T, forms []form, test func(t *testing.T, f form)) {
	t.Helper()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, f) })
		})
	}
}

func (r row) test(t *testing.T, f form) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	why := r.why
	if why == nil {
		why = errStop
	}
	if r.deadline != 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, r.deadline)
		defer stop()
	}
	if r.cancelAt > 0 {
		defer time.AfterFunc(r.cancelAt, func() { cancel(why) }).Stop()
	}
	if r.dead {
		cancel(why)
	}
	s := &script{answers: r.answers}
	if s.answers == nil {
		s.answers = plan(r.plan)
	}
	s.during = func(n int, _ context.Context) {
		if n == r.cancelIn {
			cancel(why)
		}
	}
	value, err := play(t, f, ctx, r.policy, s)
	if got := times(s.calls); got != r.calls {
		t.Errorf("calls at %q, want %q", got, r.calls)
	}
	if got := settle.OutcomeOf(err); got != r.ends {
		t.Errorf("outcome %q, want %q (error: %v)", got, r.ends, err)
	}
	if s.elapsed != r.elapsed {
		t.Errorf("elapsed %v, want %v", s.elapsed, r.elapsed)
	}
	if want := strings.TrimPrefix(r.value, "-"); f.value && r.value != "" && value != want {
		t.Errorf("value %q, want %q", value, want)
	}
	if want := strings.TrimPrefix(r.raw, "-"); f.state && r.raw != "" && statusOf(err).Raw != want {
		t.Errorf("status %+v, want raw %q", statusOf(err), want)
	}
	stop, _ := err.(*settle.StopError)
	if r.cause != nil && (stop == nil || !errors.Is(stop.Cause, r.cause)) {
		t.Errorf("error %#v, want the cause %v", err, r.cause)
	}
	// An Attempts does not learn why its loop comes back.
	if r.last != nil && f.name != formAttempts.name && (stop == nil || !errors.Is(stop.Last, r.last)) {
		t.Errorf("error %#v, want the last %v", err, r.last)
	}
	if r.more != nil {
		r.more(t, s, err)
	}
}

func statusOf(err error) settle.Status {
	switch err := err.(type) {
	case *settle.TaskError:
		return err.Status
	case *settle.StopError:
		return err.Status
	}
	return settle.Status{}
}

func times(ds []time.Duration) string {
	var words []string
	for _, d := range ds {
		words = append(words, d.String())
	}
	return strings.Join(words, " ")
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
