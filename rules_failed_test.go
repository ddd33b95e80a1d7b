package settle_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

func TestRule10_FailedChecks(t *testing.T) {
	errorsOf := func(n int) settle.Policy { return settle.Policy{Checks: 9, Errors: n} }
	runRows(t, []row{
		{name: "Errors 0: the first ends it", forms: checkForms, policy: errorsOf(0), plan: "x", calls: "0s", ends: "unknown", cause: errLost, last: errLost},
		{name: "Errors 2: the third in a row", forms: checkForms, policy: errorsOf(2), plan: "x", calls: "0s 1s 2s", ends: "unknown", elapsed: 2 * sec, cause: errLost},
		{name: "Errors 2: two in a row are put up with", forms: checkForms, policy: errorsOf(2), plan: "x x s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "a good answer begins the row anew", forms: checkForms, policy: errorsOf(1), plan: "x p x p x x", calls: "0s 1s 2s 3s 4s 5s", ends: "unknown", elapsed: 5 * sec},
		{name: "not-found begins the row anew", forms: checkForms, policy: settle.Policy{Checks: 9, Errors: 1, Missing: time.Hour}, plan: "x n x n x x", calls: "0s 1s 2s 3s 4s 5s", ends: "unknown", elapsed: 5 * sec, cause: errLost},
		{name: "Errors negative: any number", forms: checkForms, policy: settle.Policy{Checks: 4, Errors: -1}, plan: "x", calls: "0s 1s 2s 3s", ends: "timeout", elapsed: 3 * sec, last: errLost},
		{name: "a denied check is a failed check", forms: checkForms, policy: errorsOf(2), plan: "d d s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "an unknown state is a failed check", forms: statusForms, policy: errorsOf(0), plan: "u", calls: "0s", ends: "unknown", cause: settle.ErrUnknownState, last: settle.ErrUnknownState, more: namesTheState},
		{name: "an unknown state counts in the row", forms: statusForms, policy: errorsOf(1), plan: "x u", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: settle.ErrUnknownState},
		{name: "an unknown state is put up with", forms: statusForms, policy: errorsOf(1), plan: "u s", calls: "0s 1s", ends: "succeeded", elapsed: sec, value: "v2"},
		{name: "an unknown state beside an error: the error", forms: statusForms, policy: errorsOf(0), answers: []answer{{err: errLost}}, calls: "0s", ends: "unknown", cause: errLost},
	})
}

func namesTheState(t *testing.T, _ *script, err error) {
	for _, word := range []string{"r1", "odd"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

func TestRule10_Stable(t *testing.T) {
	stable := func(n int) settle.Policy { return settle.Policy{Checks: 9, Stable: n, Errors: 5} }
	runRows(t, []row{
		{name: "0 means 1", forms: checkForms, policy: stable(0), plan: "s", calls: "0s", ends: "succeeded"},
		{name: "1", forms: checkForms, policy: stable(1), plan: "s", calls: "0s", ends: "succeeded"},
		{name: "2 in a row", forms: checkForms, policy: stable(2), plan: "p s s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec, value: "v3"},
		{name: "pending breaks the run", forms: checkForms, policy: stable(2), plan: "s p s s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "blocked breaks the run", forms: statusForms, policy: stable(2), plan: "s b s s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "failed within Grace breaks the run", forms: statusForms, policy: settle.Policy{Checks: 9, Stable: 2, Grace: time.Hour}, plan: "s f s s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "a failed check does not break it", forms: checkForms, policy: stable(2), plan: "s x s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "nor does an unknown state", forms: statusForms, policy: stable(2), plan: "s u s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "a failed check does not lengthen it", forms: checkForms, policy: stable(3), plan: "s x s s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "the limit comes first", forms: checkForms, policy: settle.Policy{Checks: 2, Stable: 3}, plan: "s", calls: "0s 1s", ends: "timeout", elapsed: sec, cause: settle.ErrLimit},
		{name: "failed at once, whatever Stable says", forms: statusForms, policy: stable(3), plan: "f", calls: "0s", ends: "failed"},
	})
}

func TestRule10_Grace(t *testing.T) {
	grace := func(d time.Duration) settle.Policy {
		return settle.Policy{Every: 2 * sec, Checks: 9, Grace: d, Errors: 5}
	}
	runRows(t, []row{
		{name: "0: at once", forms: statusForms, policy: grace(0), plan: "p f", calls: "0s 2s", ends: "failed", elapsed: 2 * sec, raw: "r2"},
		{name: "once it has lasted", forms: statusForms, policy: grace(5 * sec), plan: "f f f f f f f", calls: "0s 2s 4s 6s", ends: "failed", elapsed: 6 * sec, value: "v4", raw: "r4"},
		{name: "just as long", forms: statusForms, policy: grace(4 * sec), plan: "f", calls: "0s 2s 4s", ends: "failed", elapsed: 4 * sec},
		{name: "a short Grace takes a second look", forms: statusForms, policy: grace(1), plan: "f", calls: "0s 2s", ends: "failed", elapsed: 2 * sec},
		{name: "failed and canceled are one spell", forms: statusForms, policy: grace(4 * sec), plan: "f f c", calls: "0s 2s 4s", ends: "canceled", elapsed: 4 * sec, raw: "r3"},
		{name: "canceled and failed are one spell", forms: statusForms, policy: grace(4 * sec), plan: "c c f", calls: "0s 2s 4s", ends: "failed", elapsed: 4 * sec, raw: "r3"},
		{name: "pending breaks it", forms: statusForms, policy: grace(4 * sec), plan: "f f p f f f", calls: "0s 2s 4s 6s 8s 10s", ends: "failed", elapsed: 10 * sec},
		{name: "blocked breaks it", forms: statusForms, policy: grace(4 * sec), plan: "f f b f f f", calls: "0s 2s 4s 6s 8s 10s", ends: "failed", elapsed: 10 * sec},
		{name: "succeeded ends it", forms: statusForms, policy: grace(4 * sec), plan: "f f s", calls: "0s 2s 4s", ends: "succeeded", elapsed: 4 * sec},
		{name: "succeeded, not yet stable, breaks it", forms: statusForms, policy: settle.Policy{Every: 2 * sec, Checks: 9, Grace: 4 * sec, Stable: 2}, plan: "f f s f f f", calls: "0s 2s 4s 6s 8s 10s", ends: "failed", elapsed: 10 * sec},
		{name: "a failed check does not break it", forms: statusForms, policy: grace(4 * sec), plan: "f x f", calls: "0s 2s 4s", ends: "failed", elapsed: 4 * sec},
		{name: "a failed check does not end it", forms: statusForms, policy: grace(4 * sec), plan: "f x x x f", calls: "0s 2s 4s 6s 8s", ends: "failed", elapsed: 8 * sec, raw: "r5"},
		{name: "a failed check does not lengthen it", forms: statusForms, policy: grace(4 * sec), plan: "x x f f f", calls: "0s 2s 4s 6s 8s", ends: "failed", elapsed: 8 * sec},
		{name: "an unknown state neither", forms: statusForms, policy: grace(4 * sec), plan: "f u f", calls: "0s 2s 4s", ends: "failed", elapsed: 4 * sec},
		// Ends at 1s, 4s and 7s: 3s and 6s of spell; from the first check's start it would be 4s at the second.
		{name: "from the end of its first check", forms: statusForms, policy: grace(3500 * time.Millisecond), plan: "f:1s", calls: "0s 3s 6s", ends: "failed", elapsed: 7 * sec},
		{name: "to the end of this one", forms: statusForms, policy: grace(5 * sec), plan: "f f:3s", calls: "0s 2s", ends: "failed", elapsed: 5 * sec},
		{name: "the limit comes first", forms: statusForms, policy: settle.Policy{Checks: 3, Grace: time.Hour}, plan: "f", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, raw: "r1", cause: settle.ErrLimit},
		{name: "failed checks end the wait first", forms: statusForms, policy: settle.Policy{Checks: 9, Grace: time.Hour}, plan: "f x", calls: "0s 1s", ends: "unknown", elapsed: sec, raw: "r1", cause: errLost},
	})
}

func TestRule11_NotThere(t *testing.T) {
	missing := func(d time.Duration) settle.Policy {
		return settle.Policy{Every: 2 * sec, Checks: 9, Errors: 5, Missing: d}
	}
	notFailed := func(t *testing.T, _ *script, err error) {
		if _, ok := errors.AsType[*settle.TaskError](err); ok {
			t.Errorf("%T: a task that is not there has not failed", err)
		}
	}
	runRows(t, []row{
		{name: "Missing 0: the first ends it", forms: checkForms, policy: missing(0), plan: "n", calls: "0s", ends: "not_found", cause: settle.ErrNotFound, last: errGone, more: notFailed},
		{name: "put up with for Missing", forms: checkForms, policy: missing(5 * sec), plan: "n", calls: "0s 2s 4s 6s", ends: "not_found", elapsed: 6 * sec, cause: settle.ErrNotFound, more: notFailed},
		{name: "there at last", forms: checkForms, policy: missing(5 * sec), plan: "n n p s", calls: "0s 2s 4s 6s", ends: "succeeded", elapsed: 6 * sec},
		{name: "Errors does not count it", forms: checkForms, policy: settle.Policy{Checks: 9, Missing: time.Hour}, plan: "n n n s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "Checks counts it", forms: checkForms, policy: settle.Policy{Checks: 3, Missing: time.Hour}, plan: "n", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec, more: notFailed},
		{name: "seen once: it has vanished", forms: checkForms, policy: missing(time.Hour), plan: "p n", calls: "0s 2s", ends: "unknown", elapsed: 2 * sec, cause: settle.ErrNotFound, last: errGone, more: notFailed},
		{name: "seen after it was not found", forms: checkForms, policy: missing(time.Hour), plan: "n p x n", calls: "0s 2s 4s 6s", ends: "unknown", elapsed: 6 * sec, cause: settle.ErrNotFound},
		{name: "seen failed, within Grace", forms: statusForms, policy: settle.Policy{Checks: 9, Grace: time.Hour, Missing: time.Hour}, plan: "f n", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: settle.ErrNotFound},
		{name: "a failed check has not seen it", forms: checkForms, policy: missing(5 * sec), plan: "x n", calls: "0s 2s 4s 6s", ends: "not_found", elapsed: 6 * sec},
		{name: "an unknown state has not seen it", forms: statusForms, policy: missing(5 * sec), plan: "u n", calls: "0s 2s 4s 6s", ends: "not_found", elapsed: 6 * sec},
		{name: "counted from the start", forms: checkForms, policy: missing(5 * sec), plan: "x x x n", calls: "0s 2s 4s 6s", ends: "not_found", elapsed: 6 * sec},
		{name: "marked permanent: no patience", forms: checkForms, policy: missing(time.Hour), answers: []answer{{err: errGone, permanent: true}}, calls: "0s", ends: "not_found", cause: settle.ErrNotFound},
		{name: "denied, marked permanent", forms: callForms, policy: missing(0), answers: []answer{{err: errDeny, permanent: true}}, calls: "0s", ends: "denied", cause: errDeny, last: errDeny, more: notFailed},
		{name: "denied only names the outcome", forms: checkForms, policy: settle.Policy{Checks: 9, Errors: 1}, plan: "d", calls: "0s 1s", ends: "denied", elapsed: sec, cause: errDeny},
		{name: "denied, and seen before", forms: checkForms, policy: missing(0), answers: append(plan("p"), answer{err: errDeny, permanent: true}), calls: "0s 2s", ends: "denied", elapsed: 2 * sec},
	})
}
