package settle_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// What other libraries get wrong, and what the Python original got wrong.

func TestFault_AContextLeftOpenAfterTheLastCheck(t *testing.T) {
	policies := map[string]settle.Policy{"Timeout": {Timeout: 3 * sec}, "Attempt": {Checks: 3, Attempt: time.Minute}, "both": {Checks: 2, Timeout: time.Hour, Attempt: time.Minute}}
	for name, policy := range policies {
		for _, words := range []string{"s", "p", "p s", "x", "!", "p:1h"} {
			t.Run(name+" "+words, func(t *testing.T) {
				eachForm(t, callForms, func(t *testing.T, f form) {
					s := &script{answers: plan(words)}
					play(t, f, t.Context(), policy, s)
					for i, ctx := range s.ctxs {
						if ctx.Err() == nil {
							t.Errorf("the context of check %d of %d is open", i+1, len(s.ctxs))
						}
					}
				})
			})
		}
	}
}

func TestFault_ACheckThatKeepsItsContext(t *testing.T) {
	eachForm(t, callForms, func(t *testing.T, f form) {
		s := &script{answers: plan("p")}
		s.during = func(n int, _ context.Context) {
			if n > 1 && s.ctxs[n-2].Err() == nil {
				t.Errorf("in check %d the context of the one before is open", n)
			}
		}
		play(t, f, t.Context(), settle.Policy{Checks: 3, Attempt: time.Minute}, s)
	})
}

func TestFault_TheLastErrorLostAtACancel(t *testing.T) {
	both := func(t *testing.T, s *script, err error) {
		if !errors.Is(err, errStop) || !errors.Is(err, context.Canceled) {
			t.Errorf("errors.Is does not find the cancel in %v", err)
		}
		if s.form.name != formAttempts.name && (!errors.Is(err, errLost) || !strings.Contains(err.Error(), errLost.Error())) {
			t.Errorf("the last failure is lost in %v", err)
		}
	}
	policy := settle.Policy{Checks: 9, Errors: 9}
	runRows(t, []row{
		{name: "in a pause", policy: policy, cancelAt: 1500 * time.Millisecond, plan: "x", calls: "0s 1s", ends: "interrupted", elapsed: 1500 * time.Millisecond, last: errLost, more: both},
		{name: "in a check", policy: policy, cancelIn: 2, plan: "x", calls: "0s 1s", ends: "interrupted", elapsed: sec, last: errLost, more: both},
	})
}

func TestFault_ASuccessThrownAway(t *testing.T) {
	runRows(t, []row{
		{name: "canceled during that check", policy: settle.Policy{Checks: 9}, cancelIn: 1, plan: "s", calls: "0s", ends: "succeeded", value: "v1"},
		{name: "past the deadline", deadline: sec, plan: "s:2s~", calls: "0s", ends: "succeeded", elapsed: 2 * sec, value: "v1"},
		{name: "in the last check", policy: settle.Policy{Checks: 2}, cancelIn: 2, plan: "p s", calls: "0s 1s", ends: "succeeded", elapsed: sec, value: "v2"},
		{name: "just before the limit", policy: settle.Policy{Every: time.Hour, Timeout: 2 * time.Hour}, plan: "p p s", calls: "0s 1h0m0s 1h54m0s", ends: "succeeded", elapsed: 114 * time.Minute, value: "v3"},
	})
}

func TestFault_AnUnfinishedResultTakenForAFinishedOne(t *testing.T) {
	runRows(t, []row{
		{name: "at the limit", policy: settle.Policy{Checks: 2}, plan: "p", calls: "0s 1s", ends: "timeout", elapsed: sec},
		{name: "blocked", forms: statusForms, policy: settle.Policy{Checks: 2}, plan: "b", calls: "0s 1s", ends: "timeout", elapsed: sec},
		{name: "a state that nobody listed", forms: statusForms, policy: settle.Policy{Checks: 2, Errors: -1}, plan: "u", calls: "0s 1s", ends: "timeout", elapsed: sec, value: "-"},
	})
}

func TestFault_ALimitOvershotByAPause(t *testing.T) {
	policies := map[string]settle.Policy{
		"Every":   {Every: 7 * sec, Timeout: 10 * sec, Errors: -1},
		"growing": {Max: time.Hour, Factor: 10, Timeout: 10 * sec, Errors: -1},
		"jitter":  {Every: 7 * sec, Jitter: 1, Timeout: 10 * sec, Errors: -1},
		"longer":  {Every: time.Hour, Timeout: 10 * sec, Errors: -1},
	}
	for name, policy := range policies {
		for _, words := range []string{"p", "x", "x+1h", "p+1h", "p:2s", "x p"} {
			t.Run(name+" "+words, func(t *testing.T) {
				forms := everyForm
				if words == "x+1h" {
					forms = withoutFleets(forms) // there it holds back the last look too
				}
				eachForm(t, forms, func(t *testing.T, f form) {
					s := &script{answers: plan(words)}
					_, err := play(t, f, t.Context(), policy, s)
					if last := s.calls[len(s.calls)-1]; last < 5*sec || s.elapsed > 12*sec || s.elapsed > 10*sec && f.name != formAttempts.name {
						t.Errorf("the last of %d checks at %v, the end at %v (%v)", len(s.calls), last, s.elapsed, err)
					}
				})
			})
		}
	}
}

func TestFault_ACheckThatHangs(t *testing.T) {
	runRows(t, []row{
		{name: "Attempt", forms: checkForms, policy: settle.Policy{Checks: 2, Attempt: 5 * sec, Errors: 9}, plan: "p:24h", calls: "0s 6s", ends: "timeout", elapsed: 11 * sec, last: context.DeadlineExceeded},
		{name: "Timeout", forms: callForms, policy: settle.Policy{Timeout: 5 * sec}, plan: "p:24h", calls: "0s", ends: "timeout", elapsed: 5 * sec},
		{name: "Attempt, then Timeout", forms: callForms, policy: settle.Policy{Timeout: 8 * sec, Attempt: 5 * sec, Errors: 9}, plan: "p:24h", calls: "0s 6s", ends: "timeout", elapsed: 8 * sec},
		{name: "a cancel", forms: callForms, policy: settle.Policy{Checks: 9}, cancelAt: 5 * sec, plan: "p:24h", calls: "0s", ends: "interrupted", elapsed: 5 * sec},
	})
}

func TestFault_APolicyThatRemembers(t *testing.T) {
	policy := settle.Policy{Every: sec, Max: time.Hour, Factor: 2, Checks: 4, Timeout: time.Hour, Errors: 1}
	want := "0s 1s 3s 7s"
	eachForm(t, everyForm, func(t *testing.T, f form) {
		for range 3 {
			s := &script{answers: plan("p")}
			play(t, f, t.Context(), policy, s)
			if got := times(s.calls); got != want {
				t.Errorf("calls at %q, want %q", got, want)
			}
		}
	})
}

func TestFault_APolicySharedByManyGoroutines(t *testing.T) {
	policy := settle.Policy{Every: sec, Max: time.Hour, Factor: 2, Checks: 4, Timeout: time.Hour, Jitter: 0, Errors: 1}
	eachForm(t, everyForm, func(t *testing.T, f form) {
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				s := &script{answers: plan("p"), start: time.Now(), t: t, form: f}
				f.run(t.Context(), policy, s)
				if got, want := times(s.calls), "0s 1s 3s 7s"; got != want {
					t.Errorf("calls at %q, want %q", got, want)
				}
			})
		}
		all.Wait()
	})
}

func TestFault_AWrappedFunctionSharedByManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := make([]int, 50)
		wait := settle.Wrap(settle.Policy{Checks: 9, Timeout: time.Minute}, func(_ context.Context, i int) (int, settle.Status, error) {
			asked[i]++
			return i, settle.When(asked[i] == 3), nil
		})
		var all sync.WaitGroup
		for i := range asked {
			all.Go(func() {
				if got, err := wait(t.Context(), i); got != i || err != nil || asked[i] != 3 {
					t.Errorf("task %d: %d, %v after %d checks", i, got, err, asked[i])
				}
			})
		}
		all.Wait()
	})
}

func TestFault_ACountOffByOne(t *testing.T) {
	for n := range 4 {
		eachForm(t, everyForm, func(t *testing.T, f form) {
			s := &script{answers: plan("p")}
			play(t, f, t.Context(), settle.Policy{Checks: n + 1}, s)
			if got, want := len(s.calls), n+1; got != want {
				t.Errorf("Checks %d: %d calls", want, got)
			}
		})
		eachForm(t, checkForms, func(t *testing.T, f form) {
			s := &script{answers: plan("x")}
			play(t, f, t.Context(), settle.Policy{Timeout: time.Hour, Errors: n}, s)
			if got, want := len(s.calls), n+1; got != want {
				t.Errorf("Errors %d: %d calls, want %d", n, got, want)
			}
		})
	}
}

func TestFault_APauseThatOverflows(t *testing.T) {
	eachForm(t, everyForm, func(t *testing.T, f form) {
		s := &script{answers: plan("p")}
		play(t, f, t.Context(), settle.Policy{Every: 24 * time.Hour, Max: 1<<63 - 1, Factor: 10, Checks: 6}, s)
		gaps := s.gaps()
		for i := 1; i < len(gaps); i++ {
			if gaps[i] < gaps[i-1] {
				t.Errorf("pause %d is %v after one of %v", i+1, gaps[i], gaps[i-1])
			}
		}
	})
}

func TestFault_AGoroutineLeftBehindOnADeadContext(t *testing.T) {
	policies := map[string]settle.Policy{"Checks": {Checks: 9, Errors: 9}, "Timeout": {Timeout: time.Hour, Errors: 9}, "Attempt": {Checks: 9, Attempt: time.Hour, Errors: 9}}
	for name, policy := range policies {
		for _, when := range []time.Duration{0, 500 * time.Millisecond} {
			t.Run(name+" "+when.String(), func(t *testing.T) {
				eachForm(t, everyForm, func(t *testing.T, f form) {
					ctx, cancel := context.WithCancel(t.Context())
					if when > 0 {
						time.AfterFunc(when, cancel)
					} else {
						cancel()
					}
					before := goroutines()
					_, err := play(t, f, ownContext{ctx}, policy, &script{answers: plan("p")})
					synctest.Wait()
					if got := goroutines(); got != before || settle.OutcomeOf(err) != "interrupted" {
						t.Errorf("%d goroutines, want %d (%v)", got, before, err)
					}
				})
			})
		}
	}
}

func TestFault_ALostConnectionTakenForTheTasksFailure(t *testing.T) {
	noTask := func(t *testing.T, _ *script, err error) {
		if _, ok := errors.AsType[*settle.TaskError](err); ok {
			t.Errorf("%T: nobody said that the task failed", err)
		}
	}
	runRows(t, []row{
		{name: "too many", forms: checkForms, policy: settle.Policy{Checks: 9, Errors: 2}, plan: "p x", calls: "0s 1s 2s 3s", ends: "unknown", elapsed: 3 * sec, last: errLost, more: noTask},
		{name: "the first", forms: checkForms, policy: settle.Policy{Checks: 9}, plan: "x", calls: "0s", ends: "unknown", last: errLost, more: noTask},
		{name: "lost and found", forms: checkForms, policy: settle.Policy{Checks: 9, Errors: 5}, plan: "p x x x x x s", calls: "0s 1s 2s 3s 4s 5s 6s", ends: "succeeded", elapsed: 6 * sec},
		{name: "a state that nobody listed", forms: statusForms, policy: settle.Policy{Checks: 9}, plan: "u", calls: "0s", ends: "unknown", more: noTask},
		{name: "not found", forms: checkForms, policy: settle.Policy{Checks: 9}, plan: "p n", calls: "0s 1s", ends: "unknown", elapsed: sec, more: noTask},
	})
}
