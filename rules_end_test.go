package settle_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

func TestRule03_TheLastGoodAnswerComesBack(t *testing.T) {
	three := settle.Policy{Checks: 3, Errors: 5}
	few := settle.Policy{Checks: 9, Errors: 1}
	runRows(t, []row{
		{name: "success", forms: statusForms, policy: three, plan: "p p s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec, value: "v3"},
		{name: "a failed task", forms: statusForms, policy: three, plan: "p f", calls: "0s 1s", ends: "failed", elapsed: sec, value: "v2", raw: "r2"},
		{name: "a canceled task", forms: statusForms, policy: three, plan: "p c", calls: "0s 1s", ends: "canceled", elapsed: sec, value: "v2", raw: "r2"},
		{name: "Checks", forms: statusForms, policy: three, plan: "p", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, value: "v1", raw: "r1"},
		{name: "Checks, after a failed one", forms: statusForms, policy: three, plan: "p b x", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, value: "v2", raw: "r2", last: errLost},
		{name: "Timeout", forms: statusForms, policy: settle.Policy{Timeout: 1500 * time.Millisecond}, plan: "p p b", calls: "0s 1s 1.4s", ends: "timeout", elapsed: 1400 * time.Millisecond, value: "v3", raw: "r3"},
		{name: "Timeout, in a check that hangs", forms: statusForms, policy: settle.Policy{Timeout: 2 * sec}, plan: "p b:1h", calls: "0s 1s", ends: "timeout", elapsed: 2 * sec, value: "v1", raw: "r1"},
		{name: "Errors", forms: statusForms, policy: few, plan: "p b x", calls: "0s 1s 2s 3s", ends: "unknown", elapsed: 3 * sec, value: "v2", raw: "r2", last: errLost},
		{name: "a permanent error", forms: statusForms, policy: three, plan: "p !", calls: "0s 1s", ends: "unknown", elapsed: sec, value: "v1", raw: "r1", cause: errBad},
		{name: "vanished", forms: statusForms, policy: three, plan: "p n", calls: "0s 1s", ends: "unknown", elapsed: sec, value: "v1", raw: "r1", cause: settle.ErrNotFound},
		{name: "an unknown state", forms: statusForms, policy: few, plan: "p u", calls: "0s 1s 2s", ends: "unknown", elapsed: 2 * sec, value: "v1", raw: "r1", cause: settle.ErrUnknownState},
		{name: "a cancel in a pause", forms: statusForms, policy: three, cancelAt: 1500 * time.Millisecond, plan: "p x", calls: "0s 1s", ends: "interrupted", elapsed: 1500 * time.Millisecond, value: "v1", raw: "r1", last: errLost},
		{name: "a cancel in a check", forms: statusForms, policy: three, cancelIn: 2, plan: "p p:1h", calls: "0s 1s", ends: "interrupted", elapsed: sec, value: "v1", raw: "r1"},
		{name: "no good answer", forms: statusForms, policy: few, plan: "x", calls: "0s 1s", ends: "unknown", elapsed: sec, value: "-", raw: "-", last: errLost},
		{name: "no call", forms: statusForms, policy: few, dead: true, plan: "p", ends: "interrupted", value: "-", raw: "-"},
		{name: "Retry: its last call's, failed", forms: []form{formRetry}, policy: three, plan: "x x x", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, value: "v3"},
		{name: "Retry: its last call's, refused for good", forms: []form{formRetry}, policy: three, plan: "x !", calls: "0s 1s", ends: "unknown", elapsed: sec, value: "v2"},
		{name: "Retry: its last call's, cut", forms: []form{formRetry}, policy: settle.Policy{Timeout: 2 * sec}, plan: "x x:1h", calls: "0s 1s", ends: "timeout", elapsed: 2 * sec, value: "cut"},
		{name: "Retry: its last call's, before a cancel", forms: []form{formRetry}, policy: three, cancelAt: 1500 * time.Millisecond, plan: "x x", calls: "0s 1s", ends: "interrupted", elapsed: 1500 * time.Millisecond, value: "v2"},
		{name: "Retry: no call", forms: []form{formRetry}, policy: three, dead: true, plan: "x", ends: "interrupted", value: "-"},
	})
}

func TestRule04_HowItEndedIsNeverInDoubt(t *testing.T) {
	asStop := func(t *testing.T, _ *script, err error) {
		_, stop := errors.AsType[*settle.StopError](err)
		_, task := errors.AsType[*settle.TaskError](err)
		if !stop || task {
			t.Errorf("%T, want a StopError and no TaskError", err)
		}
	}
	asTask := func(t *testing.T, _ *script, err error) {
		_, stop := errors.AsType[*settle.StopError](err)
		_, task := errors.AsType[*settle.TaskError](err)
		if stop || !task || errors.Is(err, settle.ErrLimit) {
			t.Errorf("%T, want a TaskError and no StopError", err)
		}
	}
	asCancel := func(t *testing.T, s *script, err error) {
		asStop(t, s, err)
		if stop := err.(*settle.StopError); stop.Cause != errStop || !errors.Is(err, context.Canceled) {
			t.Errorf("cause %v, want context.Cause itself, and errors.Is to find context.Canceled", stop.Cause)
		}
	}
	three := settle.Policy{Checks: 3, Errors: 5}
	runRows(t, []row{
		{name: "nil: succeeded", policy: three, plan: "p s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "failed", forms: statusForms, policy: three, plan: "p f", calls: "0s 1s", ends: "failed", elapsed: sec, more: asTask},
		{name: "canceled", forms: statusForms, policy: three, plan: "p c", calls: "0s 1s", ends: "canceled", elapsed: sec, more: asTask},
		{name: "Checks", policy: three, plan: "p", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, cause: settle.ErrLimit, more: asStop},
		{name: "Timeout", policy: settle.Policy{Timeout: sec}, plan: "p", calls: "0s 900ms", ends: "timeout", elapsed: 900 * time.Millisecond, cause: settle.ErrLimit, more: asStop},
		{name: "a deadline that has not fired", deadline: sec, plan: "p", calls: "0s 900ms", ends: "timeout", elapsed: 900 * time.Millisecond, cause: context.DeadlineExceeded, more: asStop},
		{name: "a deadline that has fired", deadline: sec, plan: "p:2s~", calls: "0s", ends: "timeout", elapsed: 2 * sec, cause: context.DeadlineExceeded, more: asStop},
		{name: "a cancel in a pause", policy: three, cancelAt: 1500 * time.Millisecond, plan: "p", calls: "0s 1s", ends: "interrupted", elapsed: 1500 * time.Millisecond, more: asCancel},
		{name: "a cancel in a check", policy: three, cancelIn: 2, plan: "p", calls: "0s 1s", ends: "interrupted", elapsed: sec, more: asCancel},
		{name: "Errors", forms: checkForms, policy: settle.Policy{Checks: 3}, plan: "p x", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: errLost, last: errLost, more: asStop},
		{name: "a permanent error", forms: callForms, policy: three, plan: "p !", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: errBad, last: errBad, more: asStop},
		{name: "not found", forms: checkForms, policy: three, plan: "n", calls: "0s", ends: "not_found", cause: settle.ErrNotFound, last: settle.ErrNotFound, more: asStop},
		{name: "vanished", forms: checkForms, policy: three, plan: "p n", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: settle.ErrNotFound, last: settle.ErrNotFound, more: asStop},
		{name: "denied", forms: callForms, policy: three, answers: []answer{{err: errDeny, permanent: true}}, calls: "0s", ends: "denied", cause: settle.ErrDenied, more: asStop},
	})
}

func TestRule04_ADeadlineWithACauseIsADeadline(t *testing.T) {
	for name, words := range map[string]string{"before it fires": "p", "once it has fired": "p:2s~"} {
		t.Run(name, func(t *testing.T) {
			eachForm(t, everyForm, func(t *testing.T, f form) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), sec, errStop)
				defer cancel()
				_, err := play(t, f, ctx, settle.Policy{}, &script{answers: plan(words)})
				if got := settle.OutcomeOf(err); got != "timeout" || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%q, %v, want a timeout by DeadlineExceeded", got, err)
				}
			})
		})
	}
}

// The order in which the reasons are looked at, each row with two that hold.
func TestRule04_TheFirstThatHoldsDecides(t *testing.T) {
	// "Last" is read as the last check's failure: nil where that check was answered.
	lastIsNil := func(t *testing.T, _ *script, err error) {
		if stop, ok := errors.AsType[*settle.StopError](err); !ok || stop.Last != nil {
			t.Errorf("error %#v, want a StopError whose Last is nil", err)
		}
	}
	runRows(t, []row{
		{name: "the end before a permanent error", forms: callForms[:4], policy: settle.Policy{Checks: 9}, answers: []answer{{value: "v1", status: settle.Status{State: settle.Succeeded}, err: errBad, permanent: true}}, calls: "0s", ends: "succeeded", value: "v1"},
		{name: "a permanent error before a cancel", forms: callForms, policy: settle.Policy{Checks: 9, Errors: 5}, cancelIn: 2, plan: "x !", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: errBad, last: errBad},
		{name: "not found before a cancel", forms: checkForms, policy: settle.Policy{Checks: 9}, cancelIn: 1, plan: "n", calls: "0s", ends: "not_found", cause: errGone, last: errGone},
		{name: "an early not-found after a cancel", forms: checkForms, policy: settle.Policy{Checks: 9, Missing: sec}, cancelIn: 1, plan: "n", calls: "0s", ends: "interrupted", cause: errStop},
		{name: "a permanent error before the time limit", forms: callForms, policy: settle.Policy{Timeout: sec}, plan: "!:2s~", calls: "0s", ends: "unknown", elapsed: 2 * sec, cause: errBad},
		{name: "a cancel before the time limit", policy: settle.Policy{Timeout: sec}, cancelIn: 1, plan: "p:2s~", calls: "0s", ends: "interrupted", elapsed: 2 * sec, cause: errStop},
		{name: "a cancel before Errors", forms: checkForms, policy: settle.Policy{Checks: 9}, cancelIn: 1, plan: "x", calls: "0s", ends: "interrupted", cause: errStop, last: errLost},
		{name: "a cancel before Checks", policy: settle.Policy{Checks: 1}, cancelIn: 1, plan: "p", calls: "0s", ends: "interrupted", cause: errStop},
		{name: "the time limit before Errors", forms: checkForms, policy: settle.Policy{Timeout: sec}, plan: "x:2s~", calls: "0s", ends: "timeout", elapsed: 2 * sec, cause: settle.ErrLimit, last: errLost},
		{name: "Errors before Checks", forms: checkForms, policy: settle.Policy{Checks: 2, Errors: 1}, plan: "x", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: errLost, last: errLost},
		{name: "Checks before Errors are used up", policy: settle.Policy{Checks: 2, Errors: 2}, plan: "x", calls: "0s 1s", ends: "timeout", elapsed: sec, cause: settle.ErrLimit, last: errLost},
		{name: "answered at last", forms: checkForms, policy: settle.Policy{Checks: 2, Errors: 2}, plan: "x p", calls: "0s 1s", ends: "timeout", elapsed: sec, more: lastIsNil},
	})
}

// What a cancel's cause or the last failure looks like says nothing about how the wait stopped.
func TestRule04_OutcomeGoesByHowItStopped(t *testing.T) {
	inner := &settle.StopError{Cause: settle.ErrLimit}
	failure := func(err error) []answer { return []answer{{err: err}} }
	nine := settle.Policy{Checks: 9}
	runRows(t, []row{
		{name: "canceled for a limit", policy: nine, cancelIn: 1, why: settle.ErrLimit, plan: "p", calls: "0s", ends: "interrupted"},
		{name: "canceled for a deadline", policy: nine, cancelIn: 1, why: context.DeadlineExceeded, plan: "p", calls: "0s", ends: "interrupted"},
		{name: "canceled for a task not found", policy: nine, cancelIn: 1, why: errGone, plan: "p", calls: "0s", ends: "interrupted"},
		{name: "canceled for a login refused", policy: nine, dead: true, why: errDeny, plan: "p", ends: "interrupted"},
		{name: "canceled for another wait's end", policy: nine, cancelIn: 1, why: inner, plan: "p", calls: "0s", ends: "interrupted"},
		{name: "canceled for another task's failure", policy: nine, cancelIn: 1, why: &settle.TaskError{}, plan: "p", calls: "0s", ends: "interrupted", more: outermostStop},
		{name: "a check's own deadline", forms: checkForms, policy: nine, answers: failure(context.DeadlineExceeded), calls: "0s", ends: "unknown"},
		{name: "a check's own cancel", forms: checkForms, policy: nine, answers: failure(context.Canceled), calls: "0s", ends: "unknown"},
		{name: "a last failure that was denied, at the limit", policy: settle.Policy{Checks: 1, Errors: 9}, answers: failure(errDeny), calls: "0s", ends: "timeout", last: settle.ErrDenied},
		{name: "a last failure that was not found, at the limit", policy: settle.Policy{Checks: 1, Errors: 9, Missing: sec}, answers: failure(errGone), calls: "0s", ends: "timeout"},
	})
}

func outermostStop(t *testing.T, _ *script, err error) {
	if _, ok := err.(*settle.StopError); !ok {
		t.Errorf("%T, want a StopError", err)
	}
}

func TestRule04_AWaitWithinACheck(t *testing.T) {
	within := func(p settle.Policy, plan []answer) func(context.Context) error {
		return func(ctx context.Context) error {
			s := &script{answers: plan, form: formWait}
			_, err := settle.Wait(ctx, p, s.ask)
			return fmt.Errorf("the snapshot: %w", err)
		}
	}
	rows := []struct {
		name  string
		inner func(context.Context) error
	}{
		{"stopped at its limit", within(settle.Policy{Checks: 1}, plan("p"))},
		{"never found its task", within(settle.Policy{Checks: 1}, plan("n"))},
		{"ended with a failed task", within(settle.Policy{Checks: 1}, plan("f"))},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, statusForms, func(t *testing.T, f form) {
				ctx := t.Context()
				failed := r.inner(ctx)
				_, err := f.run(ctx, settle.Policy{Checks: 3, Errors: 1, Missing: time.Minute}, &script{t: t, form: f, answers: []answer{{err: failed}}})
				want := settle.Outcome("unknown")
				if errors.Is(failed, settle.ErrNotFound) {
					want = "timeout" // it wraps ErrNotFound, and counts as that (rule 11)
				}
				if got := settle.OutcomeOf(err); got != want {
					t.Errorf("outcome %q, want %q", got, want)
				}
				// At the limit: whether Last holds an early not-found, which is an answer, is left open.
				if stop, ok := err.(*settle.StopError); want == "unknown" && (!ok || !errors.Is(stop.Last, failed)) {
					t.Errorf("error %#v, want a StopError whose Last is the inner wait's", err)
				}
				if got := settle.OutcomeOf(fmt.Errorf("backup: %w", err)); got != want {
					t.Errorf("wrapped: outcome %q, want %q", got, want)
				}
			})
		})
	}
}

func TestRule05_AnEndThatWasSeenCounts(t *testing.T) {
	beside := func(state settle.State, err error) []answer {
		return []answer{{value: "v1", status: settle.Status{State: state, Raw: "r1"}, err: err}}
	}
	nine := settle.Policy{Checks: 9}
	runRows(t, []row{
		{name: "a cancel during that check", policy: nine, cancelIn: 2, plan: "p s", calls: "0s 1s", ends: "succeeded", elapsed: sec, value: "v2"},
		{name: "failed, and a cancel", forms: statusForms, policy: nine, cancelIn: 2, plan: "p f", calls: "0s 1s", ends: "failed", elapsed: sec, value: "v2", raw: "r2"},
		{name: "a deadline during that check", deadline: 2 * sec, plan: "p s:3s~", calls: "0s 1s", ends: "succeeded", elapsed: 4 * sec, value: "v2"},
		{name: "the Timeout during that check", policy: settle.Policy{Timeout: 2 * sec}, plan: "p s:3s~", calls: "0s 1s", ends: "succeeded", elapsed: 4 * sec, value: "v2"},
		{name: "the Attempt during that check", forms: callForms, policy: settle.Policy{Checks: 2, Attempt: sec}, plan: "p s:3s~", calls: "0s 1s", ends: "succeeded", elapsed: 4 * sec, value: "v2"},
		{name: "canceled after the deadline", forms: statusForms, deadline: 2 * sec, plan: "p c:3s~", calls: "0s 1s", ends: "canceled", elapsed: 4 * sec, raw: "r2"},
		{name: "succeeded beside an error", forms: checkForms, policy: nine, answers: beside(settle.Succeeded, errLost), calls: "0s", ends: "succeeded", value: "v1"},
		{name: "failed beside an error", forms: statusForms, policy: nine, answers: beside(settle.Failed, errLost), calls: "0s", ends: "failed", value: "v1", raw: "r1"},
		{name: "succeeded beside not-found", forms: checkForms, policy: nine, answers: beside(settle.Succeeded, errGone), calls: "0s", ends: "succeeded", value: "v1"},
		{name: "pending beside an error is a failed check", forms: checkForms, policy: nine, answers: beside(settle.Pending, errLost), calls: "0s", ends: "unknown", value: "-", raw: "-"},
		{name: "failed within Grace is no end yet", forms: statusForms, policy: settle.Policy{Checks: 9, Grace: sec}, cancelIn: 1, plan: "f", calls: "0s", ends: "interrupted", value: "v1", raw: "r1"},
		{name: "succeeded once of twice is no end yet", forms: statusForms, policy: settle.Policy{Checks: 9, Stable: 2}, cancelIn: 1, plan: "s", calls: "0s", ends: "interrupted", value: "v1", raw: "r1"},
	})
}
