package settle_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

func TestRule07_ThePlatformsWish(t *testing.T) {
	nine := settle.Policy{Checks: 9, Errors: 9}
	growing := settle.Policy{Checks: 9, Errors: 9, Max: time.Hour}
	rows := []row{
		{name: "Status.After is a floor", forms: statusForms, policy: nine, plan: "p+5s p s", calls: "0s 5s 6s", ends: "succeeded", elapsed: 6 * sec},
		{name: "Status.After is no ceiling", forms: statusForms, policy: nine, plan: "p+100ms p s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "Status.After goes past Max", forms: statusForms, policy: settle.Policy{Checks: 9, Max: 2 * sec}, plan: "p+5s p p s", calls: "0s 5s 7s 9s", ends: "succeeded", elapsed: 9 * sec},
		{name: "Status.After of a blocked task", forms: statusForms, policy: nine, plan: "b+5s s", calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		{name: "Status.After comes after a growing pause", forms: statusForms, policy: growing, plan: "p p+1s p+10s s", calls: "0s 1s 3s 13s", ends: "succeeded", elapsed: 13 * sec},
		{name: "Status.After within Stable", forms: statusForms, policy: settle.Policy{Checks: 9, Stable: 2}, plan: "s+5s s", calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		{name: "Status.After is bounded by the limit", forms: statusForms, policy: settle.Policy{Timeout: 10 * sec}, plan: "p+1h", calls: "0s 9.9s", ends: "timeout", elapsed: 9900 * time.Millisecond},
		{name: "RetryAfter is a floor", forms: callForms, policy: nine, plan: "x+5s s", calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		{name: "RetryAfter is no ceiling", forms: callForms, policy: nine, plan: "x+100ms s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "RetryAfter is bounded by the limit", forms: withoutFleets(callForms), policy: settle.Policy{Timeout: 10 * sec, Errors: 9}, plan: "x+1h", calls: "0s 9.9s", ends: "timeout", elapsed: 9900 * time.Millisecond, last: errLost},
		{name: "in a Fleet it holds the last look too", forms: []form{formFleet, formBatch}, policy: settle.Policy{Timeout: 10 * sec, Errors: 9}, plan: "x+1h", calls: "0s", ends: "timeout", elapsed: 10 * sec, last: errLost},
		{name: "RetryAfter below zero is 0", forms: callForms, policy: nine, plan: "x-5s s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "RetryAfter of a task not found", forms: checkForms, policy: settle.Policy{Checks: 9, Missing: time.Hour}, plan: "n+5s s", calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		{name: "RetryAfter of a limit that a permanent error does not reach", forms: callForms, policy: nine, answers: []answer{{err: errBad, permanent: true, after: time.Hour}}, calls: "0s", ends: "unknown", cause: errBad},
		{name: "again at once: the long-poll ran its time", forms: statusForms, policy: nine, plan: "p:3s-1s p:3s-1s s", calls: "0s 3s 6s", ends: "succeeded", elapsed: 6 * sec},
		{name: "again at once: not sooner than Every after it began", forms: statusForms, policy: nine, plan: "p:200ms-1s p-1s s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "again at once: whatever the pause has grown to", forms: statusForms, policy: growing, plan: "p p p-1s p:300ms-1s p:5s-1s s", calls: "0s 1s 3s 4s 5s 10s", ends: "succeeded", elapsed: 10 * sec},
		{name: "again at once: counted as a good answer all the same", forms: statusForms, policy: growing, plan: "p-1s p-1s p s", calls: "0s 1s 2s 5s", ends: "succeeded", elapsed: 5 * sec},
		{name: "again at once: when the limit is near", forms: statusForms, policy: settle.Policy{Every: sec, Timeout: 10 * sec}, plan: "p:3s-1s", calls: "0s 3s 6s 9s", ends: "timeout", elapsed: 10 * sec},
	}
	// Of a failed check its wish counts, a negative Status.After does not.
	failed := func(after time.Duration, err error) []answer {
		return []answer{{status: settle.Status{State: settle.Pending, After: after}, err: err}, {status: settle.When(true)}}
	}
	rows = append(rows,
		row{name: "Status.After of a failed check", forms: statusForms, policy: nine, answers: failed(5*sec, errLost), calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		row{name: "Status.After below zero of a failed check", forms: statusForms, policy: nine, answers: []answer{{status: settle.Status{State: settle.Pending, After: -1}, err: errLost, takes: 3 * sec}, {status: settle.When(true)}}, calls: "0s 4s", ends: "succeeded", elapsed: 4 * sec},
		row{name: "Status.After below zero of an unknown state", forms: statusForms, policy: nine, answers: []answer{{status: settle.Status{Raw: "r1", After: -1}, takes: 3 * sec}, {status: settle.When(true)}}, calls: "0s 4s", ends: "succeeded", elapsed: 4 * sec},
		// Two wishes: both are floors, so the longer one.
		row{name: "both wishes of a failed check", forms: statusForms, policy: nine, answers: []answer{{status: settle.Status{After: 5 * sec}, err: errLost, after: 3 * sec}, {status: settle.When(true)}}, calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		row{name: "Status.After of an unknown state", forms: statusForms, policy: nine, answers: append([]answer{{status: settle.Status{Raw: "r1", After: 5 * sec}}}, plan("s")...), calls: "0s 5s", ends: "succeeded", elapsed: 5 * sec},
		row{name: "Attempts knows no wish", forms: []form{formAttempts}, policy: nine, plan: "x+5s s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
	)
	runRows(t, rows)
}

func TestRule08_Pauses(t *testing.T) {
	linear := settle.Policy{Every: sec, Max: 3 * sec, Checks: 6, Errors: 9}
	runRows(t, []row{
		{name: "by Every each time, up to Max", policy: linear, plan: "p", calls: "0s 1s 3s 6s 9s 12s", ends: "timeout", elapsed: 12 * sec},
		{name: "by Factor", policy: settle.Policy{Every: sec, Max: 5 * sec, Factor: 2, Checks: 6}, plan: "p", calls: "0s 1s 3s 7s 12s 17s", ends: "timeout", elapsed: 17 * sec},
		{name: "they stay at Every without Max", policy: settle.Policy{Every: 3 * sec, Checks: 4}, plan: "p", calls: "0s 3s 6s 9s", ends: "timeout", elapsed: 9 * sec},
		{name: "after failures in a row", policy: linear, plan: "x", calls: "0s 1s 3s 6s 9s 12s", ends: "timeout", elapsed: 12 * sec},
		{name: "failures do not move the count of good answers", forms: checkForms, policy: settle.Policy{Max: time.Hour, Checks: 8, Errors: 9}, plan: "p x x p x p p s", calls: "0s 1s 2s 4s 6s 7s 10s 14s", ends: "succeeded", elapsed: 14 * sec},
		{name: "an early not-found counts as a good answer", forms: checkForms, policy: settle.Policy{Max: time.Hour, Checks: 9, Errors: 9, Missing: time.Hour}, plan: "n n x n p s", calls: "0s 1s 3s 4s 7s 11s", ends: "succeeded", elapsed: 11 * sec},
		{name: "an unknown state counts as a failure", forms: statusForms, policy: settle.Policy{Max: time.Hour, Checks: 9, Errors: 9}, plan: "p p u u p s", calls: "0s 1s 3s 4s 6s 9s", ends: "succeeded", elapsed: 9 * sec},
		{name: "answers that do not end it yet count", forms: statusForms, policy: settle.Policy{Max: time.Hour, Checks: 9, Stable: 2, Grace: time.Hour}, plan: "b f s p s s", calls: "0s 1s 3s 6s 10s 15s", ends: "succeeded", elapsed: 15 * sec},
		{name: "from the end of a check to the start of the next", policy: settle.Policy{Every: 2 * sec, Checks: 3, Errors: 9}, plan: "p:3s x:1s p:5s", calls: "0s 5s 8s", ends: "timeout", elapsed: 13 * sec},
	})
}

func TestRule08_JitterSpreadsEvenly(t *testing.T) {
	rows := []struct {
		name      string
		policy    settle.Policy
		plan      string
		low, high time.Duration
	}{
		{"half of each pause", settle.Policy{Every: 10 * sec, Jitter: .5}, "p", 5 * sec, 15 * sec},
		{"all of it", settle.Policy{Every: 10 * sec, Jitter: 1}, "p", 0, 20 * sec},
		{"never past Max", settle.Policy{Every: 10 * sec, Max: 10 * sec, Jitter: .5}, "p", 5 * sec, 10 * sec},
		{"Max a little above", settle.Policy{Every: 10 * sec, Max: 12 * sec, Factor: 1, Jitter: .5}, "p", 5 * sec, 12 * sec},
		{"a failed check's", settle.Policy{Every: 10 * sec, Jitter: .5, Errors: -1}, "x", 5 * sec, 15 * sec},
	}
	const n = 2000
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, everyForm, func(t *testing.T, f form) {
				r.policy.Checks = n + 1
				s := &script{answers: plan(r.plan)}
				play(t, f, t.Context(), r.policy, s)
				gaps := s.gaps()
				slices.Sort(gaps)
				if len(gaps) != n || gaps[0] < r.low || gaps[n-1] > r.high {
					t.Fatalf("%d pauses from %v to %v, want %d from %v to %v", len(gaps), gaps[0], gaps[n-1], n, r.low, r.high)
				}
				// Each tenth of the range holds a tenth of the pauses, give or take what 2,000 draws give or take.
				for i := 1; i < 10; i++ {
					got, want := gaps[n*i/10], r.low+(r.high-r.low)*time.Duration(i)/10
					if off := (got - want).Abs(); off > (r.high-r.low)/14 {
						t.Errorf("%d0 %% of the pauses are below %v, want below %v", i, got, want)
					}
				}
			})
		})
	}
}

func TestRule08_TheWishComesAfterTheJitter(t *testing.T) {
	policy := settle.Policy{Every: 10 * sec, Jitter: .5, Checks: 500, Errors: -1}
	for _, r := range []struct{ name, plan string }{{"Status.After", "p+12s"}, {"RetryAfter", "x+12s"}} {
		t.Run(r.name, func(t *testing.T) {
			eachForm(t, statusForms, func(t *testing.T, f form) {
				s := &script{answers: plan(r.plan)}
				play(t, f, t.Context(), policy, s)
				at := 0
				for _, gap := range s.gaps() {
					if gap < 12*sec || gap > 15*sec {
						t.Fatalf("a pause of %v, want 12s to 15s", gap)
					}
					if gap == 12*sec {
						at++
					}
				}
				if got, want := float64(at)/499, .7; math.Abs(got-want) > .12 {
					t.Errorf("%.2f of the pauses are the wish itself, want about %.2f", got, want)
				}
			})
		})
	}
}

func (s *script) gaps() (gaps []time.Duration) {
	for i := 1; i < len(s.calls); i++ {
		gaps = append(gaps, s.calls[i]-s.backs[i-1])
	}
	return gaps
}

func TestRule08_JitterKeepsTheLastLook(t *testing.T) {
	policy := settle.Policy{Every: 4 * sec, Timeout: 10 * sec, Jitter: 1}
	eachForm(t, everyForm, func(t *testing.T, f form) {
		s := &script{answers: plan("p")}
		_, err := play(t, f, t.Context(), policy, s)
		if got, want := s.calls[len(s.calls)-1], 9600*time.Millisecond; got < want || got >= 10*sec || settle.OutcomeOf(err) != "timeout" {
			t.Errorf("last look at %v (%v), want %v or just after", got, err, want)
		}
	})
}

func TestRule09_PauseNeverOverflows(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	rows := []struct {
		name   string
		policy settle.Policy
		n      int
		want   time.Duration
	}{
		{"the first", settle.Policy{Every: 2 * sec, Max: time.Minute}, 1, 2 * sec},
		{"by Every", settle.Policy{Every: 2 * sec, Max: time.Minute}, 7, 14 * sec},
		{"up to Max", settle.Policy{Every: 2 * sec, Max: time.Minute}, 31, time.Minute},
		{"Max that Every does not meet", settle.Policy{Every: 2 * sec, Max: 5 * sec}, 3, 5 * sec},
		{"no Max: stays", settle.Policy{Every: 2 * sec}, 1e9, 2 * sec},
		{"Every 0", settle.Policy{}, 5, sec},
		{"Every 0, growing", settle.Policy{Max: time.Hour}, 5, 5 * sec},
		{"n of 0 counts as 1", settle.Policy{Every: 2 * sec, Max: time.Minute}, 0, 2 * sec},
		{"n below 0 counts as 1", settle.Policy{Every: 2 * sec, Max: time.Minute, Factor: 3}, math.MinInt, 2 * sec},
		{"by Factor", settle.Policy{Every: 2 * sec, Max: time.Hour, Factor: 1.5}, 3, 4500 * time.Millisecond},
		{"Factor 1 stays", settle.Policy{Every: 2 * sec, Max: time.Hour, Factor: 1}, 1e9, 2 * sec},
		{"before jitter", settle.Policy{Every: 2 * sec, Jitter: 1}, 1, 2 * sec},
		{"by Every, n of a billion", settle.Policy{Every: 20 * sec, Max: longest}, 1e9, longest},
		{"by Every, the largest n", settle.Policy{Every: 1, Max: longest}, math.MaxInt, longest},
		{"Factor 1e9", settle.Policy{Every: sec, Max: longest, Factor: 1e9}, 3, longest},
		{"Factor 1e9, n of a billion", settle.Policy{Every: sec, Max: longest, Factor: 1e9}, 1e9, longest},
		{"Factor 1.0000001, n of a billion", settle.Policy{Every: sec, Max: time.Hour, Factor: 1.0000001}, 1e9, time.Hour},
		{"the largest Factor", settle.Policy{Every: sec, Max: time.Hour, Factor: math.MaxFloat64}, 2, time.Hour},
		{"the largest Every", settle.Policy{Every: longest}, 1e9, longest},
		{"the largest Every, twice", settle.Policy{Every: longest - 1, Max: longest}, 2, longest},
		{"the largest Every by Factor", settle.Policy{Every: longest - 1, Max: longest, Factor: 1.0000001}, 1e9, longest},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got, ok := r.policy.Pause(r.n); got != r.want || !ok {
				t.Errorf("Pause(%d) is %v, %v, want %v, true", r.n, got, ok, r.want)
			}
		})
	}
}

func TestRule09_PauseSaysWhichCheckIsTheLast(t *testing.T) {
	for checks, want := range map[int][]bool{1: {false, false, false, false}, 2: {true, true, false, false}, 3: {true, true, true, false}, 0: {true, true, true, true}} {
		for n, want := range want {
			if _, ok := (settle.Policy{Checks: checks}).Pause(n); ok != want {
				t.Errorf("Checks %d: Pause(%d) is %v, want %v", checks, n, ok, want)
			}
		}
	}
}

func TestRule09_NoWaitOverflows(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	hour := func(p settle.Policy, plan, calls string, forms []form) row {
		return row{policy: p, plan: plan, calls: calls, forms: forms, cancelAt: time.Hour, ends: "interrupted", elapsed: time.Hour}
	}
	rows := []row{
		hour(settle.Policy{Every: longest, Checks: 9}, "p", "0s", everyForm),
		hour(settle.Policy{Every: longest, Jitter: 0.000001, Checks: 9}, "p", "0s", everyForm),
		hour(settle.Policy{Every: longest, Timeout: longest}, "p", "0s", everyForm),
		hour(settle.Policy{Every: longest / 2, Max: longest, Jitter: 0.1, Factor: 1e9, Checks: 9}, "p", "0s", everyForm),
		hour(settle.Policy{Checks: 9, Attempt: longest, Timeout: longest, Grace: longest, Missing: longest}, "p p+2562047h47m16.854775807s", "0s 1s", statusForms),
		hour(settle.Policy{Checks: 9, Errors: 9}, "x+2562047h47m16.854775807s", "0s", callForms),
		hour(settle.Policy{Checks: 9, Errors: math.MaxInt}, "x x-2562047h47m16.854775807s x+100h", "0s 1s 2s", callForms),
		hour(settle.Policy{Checks: math.MaxInt, Stable: math.MaxInt, Grace: longest, Every: 40 * time.Minute}, "s f", "0s 40m0s", statusForms),
		{policy: settle.Policy{Every: longest, Max: longest, Timeout: 10 * sec}, plan: "p", calls: "0s 5s", ends: "timeout", elapsed: 5 * sec},
		{policy: settle.Policy{Every: sec, Max: longest, Factor: 1e9, Checks: 3, Timeout: 10 * sec}, plan: "p", calls: "0s 1s 9.9s", ends: "timeout", elapsed: 9900 * time.Millisecond},
		{policy: settle.Policy{Every: sec, Max: longest, Factor: 1.0000001, Checks: 2}, plan: "p", calls: "0s 1s", ends: "timeout", elapsed: sec},
	}
	names := []string{"the largest Every", "the largest Every, with jitter", "the largest Timeout", "half the largest, with jitter", "the largest Status.After",
		"the largest RetryAfter", "the smallest RetryAfter", "the largest counts", "the largest Every under a Timeout", "Factor 1e9", "Factor 1.0000001"}
	for i := range rows {
		rows[i].name = names[i]
	}
	runRows(t, rows)
}
