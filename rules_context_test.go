package settle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

type key struct{}

func TestRule14_ACheckHasTheCallersContextWithTheLimit(t *testing.T) {
	rows := []struct {
		name     string
		policy   settle.Policy
		deadline time.Duration   // the caller's
		want     []time.Duration // the deadline of each check's context since the start; 0: none
	}{
		{"Checks", settle.Policy{Checks: 2}, 0, []time.Duration{0, 0}},
		{"Timeout", settle.Policy{Checks: 2, Timeout: time.Minute}, 0, []time.Duration{time.Minute, time.Minute}},
		{"Attempt", settle.Policy{Checks: 2, Attempt: 10 * sec}, 0, []time.Duration{10 * sec, 11 * sec}},
		{"Attempt, then Timeout", settle.Policy{Checks: 2, Attempt: 10 * sec, Timeout: 10500 * time.Millisecond}, 0, []time.Duration{10 * sec, 10500 * time.Millisecond}},
		{"the caller's", settle.Policy{Checks: 2}, 5 * sec, []time.Duration{5 * sec, 5 * sec}},
		{"the caller's is nearer", settle.Policy{Checks: 2, Timeout: time.Minute, Attempt: 10 * sec}, 5 * sec, []time.Duration{5 * sec, 5 * sec}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, callForms, func(t *testing.T, f form) {
				ctx := context.WithValue(t.Context(), key{}, "kept")
				if r.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, r.deadline)
					defer cancel()
				}
				s := &script{answers: plan("p")}
				s.during = func(n int, ctx context.Context) {
					deadline, ok := ctx.Deadline()
					if want := r.want[n-1]; ok != (want != 0) || ok && deadline.Sub(s.start) != want {
						t.Errorf("check %d: deadline %v, %v, want %v", n, deadline.Sub(s.start), ok, want)
					}
					if ctx.Value(key{}) != "kept" || ctx.Err() != nil {
						t.Errorf("check %d: value %v, error %v", n, ctx.Value(key{}), ctx.Err())
					}
				}
				play(t, f, ctx, r.policy, s)
			})
		})
	}
}

func TestRule14_ACheckIsCanceledWithItsCaller(t *testing.T) {
	for name, policy := range map[string]settle.Policy{"Checks": {Checks: 3}, "Timeout": {Timeout: time.Hour}, "Attempt": {Checks: 3, Attempt: time.Hour}} {
		r := row{name: name, forms: callForms, policy: policy, cancelAt: 1500 * time.Millisecond, plan: "p:1h", calls: "0s", ends: "interrupted", elapsed: 1500 * time.Millisecond, cause: errStop, last: context.Canceled}
		runRows(t, []row{r})
	}
}

func TestRule14_Attempt(t *testing.T) {
	two := settle.Policy{Checks: 3, Attempt: 2 * sec, Errors: 1}
	runRows(t, []row{
		{name: "a check that hangs has failed", forms: checkForms, policy: two, plan: "p:1h", calls: "0s 3s", ends: "unknown", elapsed: 5 * sec, cause: context.DeadlineExceeded},
		{name: "the next one may answer", forms: callForms, policy: two, plan: "p:1h s", calls: "0s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "each has its own", forms: callForms, policy: two, plan: "p:1900ms p:1900ms s:1900ms", calls: "0s 2.9s 5.8s", ends: "succeeded", elapsed: 7700 * time.Millisecond},
		{name: "0: a check that hangs holds the wait until its limit", forms: callForms, policy: settle.Policy{Timeout: time.Hour}, plan: "p:48h", calls: "0s", ends: "timeout", elapsed: time.Hour},
		{name: "the caller's deadline did not end it", forms: checkForms, policy: settle.Policy{Attempt: 2 * sec}, deadline: time.Hour, plan: "p:1h", calls: "0s", ends: "unknown", elapsed: 2 * sec, cause: context.DeadlineExceeded},
	})
}

func TestRule14_AMarkActsOnTheWaitThatReceivedIt(t *testing.T) {
	ask := errors.New("bad id")
	rows := []struct {
		name string
		err  error // given to the inner wait
		text string
	}{
		{"Permanent", settle.Permanent(ask), "bad id"},
		{"RetryAfter", settle.Permanent(settle.RetryAfter(time.Hour, ask)), "bad id"},
		{"RetryAfter around Permanent", settle.RetryAfter(time.Hour, settle.Permanent(ask)), "bad id"},
		// Read as errors.As reads it: a wrapped mark acts on the wait that receives it.
		{"Permanent inside another error", fmt.Errorf("ask: %w", settle.Permanent(ask)), "ask: bad id"},
		{"both inside another error", fmt.Errorf("ask: %w", settle.Permanent(fmt.Errorf("again: %w", settle.RetryAfter(time.Hour, ask)))), "ask: again: bad id"},
		{"joined with another error", errors.Join(errLost, settle.Permanent(ask)), "connection lost\nbad id"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, callForms, func(t *testing.T, f form) {
				inner := &script{t: t, form: f, start: time.Now(), answers: []answer{{err: r.err}}}
				_, err := f.run(settle.WithTrace(t.Context(), func(step settle.Step) { inner.steps = append(inner.steps, step) }), settle.Policy{Checks: 9, Errors: 5}, inner)
				stop, ok := err.(*settle.StopError)
				if got, want := times(inner.calls), "0s"; got != want || !ok {
					t.Fatalf("inner calls at %q (%v), want %q", got, err, want)
				}
				if stop.Cause.Error() != r.text || !errors.Is(stop.Cause, ask) || stop.Last != stop.Cause {
					t.Errorf("cause %q, last %q, want %q", stop.Cause, stop.Last, r.text)
				}
				carried := []error{err, stop.Cause, inner.steps[0].Err, inner.steps[0].End}
				for _, seen := range inner.seen {
					carried = append(carried, seen.Err)
				}
				for _, err := range carried {
					outer := &script{t: t, form: f, start: time.Now(), answers: []answer{{err: err}}}
					f.run(t.Context(), settle.Policy{Checks: 3, Errors: 5}, outer)
					if got, want := times(outer.calls), "0s 1s 2s"; got != want {
						t.Errorf("outer calls at %q, want %q: %v carries a mark", got, want, err)
					}
				}
			})
		})
	}
}

func TestRule14_TheErrorIsCarriedWithoutTheMark(t *testing.T) {
	ask := errors.New("bad id")
	for name, mark := range map[string]error{"Permanent": settle.Permanent(ask), "RetryAfter": settle.Permanent(settle.RetryAfter(sec, ask))} {
		t.Run(name, func(t *testing.T) {
			eachForm(t, callForms, func(t *testing.T, f form) {
				s := &script{t: t, form: f, answers: []answer{{err: mark}}}
				_, err := f.run(t.Context(), settle.Policy{Checks: 9}, s)
				if stop, ok := err.(*settle.StopError); !ok || stop.Cause != ask || stop.Last != ask {
					t.Errorf("error %#v, want the cause and the last to be the error itself", err)
				}
			})
		})
	}
}

func TestRule14_MarksOfNothing(t *testing.T) {
	if err := settle.Permanent(nil); err != nil {
		t.Errorf("Permanent(nil) is %v", err)
	}
	if err := settle.RetryAfter(sec, nil); err != nil {
		t.Errorf("RetryAfter(1s, nil) is %v", err)
	}
	for _, err := range []error{settle.Permanent(errBad), settle.RetryAfter(sec, errBad)} {
		if !errors.Is(err, errBad) {
			t.Errorf("%T replaces its error", err)
		}
	}
}

func TestRule14_ElapsedRunsFromCallToReturn(t *testing.T) {
	runRows(t, []row{
		{name: "checks and pauses", policy: settle.Policy{Checks: 2, Errors: 2}, plan: "x:3s x:2s~", calls: "0s 4s", ends: "timeout", elapsed: 6 * sec},
		{name: "a failed task", forms: statusForms, policy: settle.Policy{Checks: 2}, plan: "p:3s f:2s", calls: "0s 4s", ends: "failed", elapsed: 6 * sec},
	})
}

func TestRule15_APanicIsTheCallers(t *testing.T) {
	policies := map[string]settle.Policy{"Checks": {Checks: 5}, "Timeout": {Timeout: time.Minute}, "Attempt": {Checks: 5, Attempt: time.Minute}}
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			eachForm(t, everyForm, func(t *testing.T, f form) {
				before := goroutines()
				s := &script{t: t, form: f, answers: plan("p"), start: time.Now()}
				s.during = func(n int, _ context.Context) {
					if n == 2 {
						panic(errBad)
					}
				}
				func() {
					defer func() {
						got := recover()
						if wrapped, ok := got.(*settle.PanicError); ok && f.key != nil {
							got = wrapped.Value
						}
						if got != errBad {
							t.Errorf("recovered %v, want %v", got, errBad)
						}
					}()
					policy.Errors = 3
					f.run(t.Context(), policy, s)
				}()
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				if policy.Timeout+policy.Attempt > 0 && f.name != formAttempts.name && s.ctxs[1].Err() == nil {
					t.Error("the check's context was left open")
				}
				if got, want := times(s.calls), "0s 1s"; got != want {
					t.Errorf("calls at %q, want %q", got, want)
				}
			})
		})
	}
}

// goroutines counts those of the test's bubble.
func goroutines() int {
	stacks := make([]byte, 1<<20)
	return bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte(", synctest bubble "))
}

func TestRule15_APanicInALoopsBodyIsTheCallers(t *testing.T) {
	policy := settle.Policy{Timeout: time.Minute}
	loops := map[string]func(context.Context){
		"Watch": func(ctx context.Context) {
			for range settle.Watch(ctx, policy, (&script{answers: plan("p"), form: formWatch}).ask) {
				panic(errBad)
			}
		},
		"Attempts": func(ctx context.Context) {
			for range policy.Attempts(ctx) {
				panic(errBad)
			}
		},
	}
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer func() {
					if got := recover(); got != errBad {
						t.Errorf("recovered %v, want %v", got, errBad)
					}
				}()
				loop(t.Context())
			})
		})
	}
}

func TestRule15_NoGoroutineOutlivesTheCall(t *testing.T) {
	policies := map[string]settle.Policy{
		"Checks":  {Checks: 2, Errors: 9},
		"Timeout": {Timeout: 3 * sec, Errors: 9},
		"Attempt": {Checks: 2, Attempt: sec, Errors: 9},
	}
	for name, policy := range policies {
		for _, words := range []string{"s", "p", "x", "p s"} {
			t.Run(name+" "+words, func(t *testing.T) {
				eachForm(t, everyForm, func(t *testing.T, f form) {
					before := goroutines()
					play(t, f, ownContext{t.Context()}, policy, &script{answers: plan(words)})
					synctest.Wait()
					if got := goroutines(); got != before {
						t.Errorf("%d goroutines, want %d", got, before)
					}
				})
			})
		}
	}
}

// ownContext is not of package context, which then starts a goroutine for each context made under it.
type ownContext struct{ context.Context }

func (c ownContext) Value(any) any { return nil }
