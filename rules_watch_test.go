package settle_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

func TestRule12_RetryDoAttempts(t *testing.T) {
	four := settle.Policy{Checks: 4}
	runRows(t, []row{
		{name: "Errors is not looked at", forms: opForms, policy: four, plan: "x", calls: "0s 1s 2s 3s", ends: "timeout", elapsed: 3 * sec, last: errLost},
		{name: "nor when it is set", forms: opForms, policy: settle.Policy{Checks: 4, Errors: 1}, plan: "x x x s", calls: "0s 1s 2s 3s", ends: "succeeded", elapsed: 3 * sec},
		{name: "nor Missing", forms: opForms, policy: four, plan: "n n s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "not found to the end", forms: opForms, policy: four, plan: "n", calls: "0s 1s 2s 3s", ends: "timeout", elapsed: 3 * sec, last: settle.ErrNotFound},
		{name: "nor Grace", forms: opForms, policy: settle.Policy{Checks: 4, Grace: time.Hour}, plan: "x s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "nor Stable", forms: opForms, policy: settle.Policy{Checks: 4, Stable: 3}, plan: "x s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "denied does not end it", forms: opForms, policy: four, plan: "d d s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "Permanent ends Retry and Do", forms: []form{formRetry, formDo}, policy: four, plan: "x !", calls: "0s 1s", ends: "unknown", elapsed: sec, cause: errBad, last: errBad},
		{name: "Permanent says nothing to Attempts", forms: []form{formAttempts}, policy: four, plan: "x !", calls: "0s 1s 2s 3s", ends: "timeout", elapsed: 3 * sec},
		{name: "Attempt ends one call", forms: []form{formRetry, formDo}, policy: settle.Policy{Checks: 2, Attempt: 3 * sec}, plan: "x:1h", calls: "0s 4s", ends: "timeout", elapsed: 7 * sec, last: context.DeadlineExceeded},
		{name: "Attempts cannot apply Attempt", forms: []form{formAttempts}, policy: settle.Policy{Checks: 2, Attempt: 3 * sec}, plan: "x:1h s", calls: "0s 1h0m1s", ends: "succeeded", elapsed: time.Hour + sec},
	})
}

func TestRule12_AttemptsPairs(t *testing.T) {
	rows := []struct {
		name    string
		policy  settle.Policy
		plan    string
		cancel  time.Duration
		numbers []int
	}{
		{"a success leaves the loop", settle.Policy{Checks: 4}, "x x s", 0, []int{1, 2, 3}},
		{"the limit is the last pair, with the number made", settle.Policy{Checks: 3}, "x", 0, []int{1, 2, 3, 3}},
		{"the time limit", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, "x", 0, []int{1, 2, 3, 4, 4}},
		{"a cancel in a pause", settle.Policy{Checks: 9}, "x", 1500 * time.Millisecond, []int{1, 2, 2}},
		{"a refused policy", settle.Policy{}, "x", 0, []int{0}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if r.cancel > 0 {
					time.AfterFunc(r.cancel, cancel)
				}
				s := &script{answers: plan(r.plan)}
				play(t, formAttempts, ctx, r.policy, s)
				equal(t, "numbers", s.numbers, r.numbers)
				for i, err := range s.ended {
					if last := i >= len(s.calls); (err != nil) != last {
						t.Errorf("pair %d ends with %v", i+1, err)
					}
				}
			})
		})
	}
}

func TestRule12_AttemptsTellsATraceWhenTheLoopComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []int
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) { told = append(told, step.Check) })
		for n := range (settle.Policy{Checks: 5}).Attempts(ctx) {
			if got, want := len(told), n-1; got != want {
				t.Errorf("in attempt %d a trace was told of %d, want %d", n, got, want)
			}
			if n == 3 {
				break
			}
		}
		equal(t, "told, after leaving in attempt 3", told, []int{1, 2})
	})
}

func TestRule12_AttemptsTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []settle.Step
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) { steps = append(steps, step) })
		var end error
		for _, err := range (settle.Policy{Checks: 2, Every: 3 * sec}).Attempts(ctx) {
			end = err
		}
		if len(steps) != 2 {
			t.Fatalf("%d steps, want 2", len(steps))
		}
		first, last := steps[0], steps[1]
		if first.Check != 1 || first.Of != 2 || first.Next != 3*sec || first.Last || first.End != nil {
			t.Errorf("first step %+v", first)
		}
		if last.Check != 2 || last.Of != 2 || last.Next != 0 || !last.Last || last.End != end || end == nil {
			t.Errorf("last step %+v, want the end %v", last, end)
		}
	})
}

// That the pairs are right is held in every row of every rule: see verifyPairs.
func TestRule13_Watch(t *testing.T) {
	watch := []form{formWatch}
	pairs := func(want int) func(*testing.T, *script, error) {
		return func(t *testing.T, s *script, err error) {
			if got := len(s.seen); got != want {
				t.Errorf("%d pairs, want %d", got, want)
			}
		}
	}
	nine := settle.Policy{Checks: 9, Errors: 3}
	runRows(t, []row{
		{name: "the last check's pair carries the success", forms: watch, policy: nine, plan: "p s", calls: "0s 1s", ends: "succeeded", elapsed: sec, more: pairs(2)},
		{name: "the failure", forms: watch, policy: nine, plan: "p f", calls: "0s 1s", ends: "failed", elapsed: sec, more: pairs(2)},
		{name: "the limit", forms: watch, policy: settle.Policy{Checks: 2}, plan: "p", calls: "0s 1s", ends: "timeout", elapsed: sec, more: pairs(2)},
		{name: "the time limit", forms: watch, policy: settle.Policy{Timeout: 2 * sec}, plan: "p p:1h", calls: "0s 1s", ends: "timeout", elapsed: 2 * sec, more: pairs(2)},
		{name: "the failed check", forms: watch, policy: settle.Policy{Checks: 9}, plan: "p x", calls: "0s 1s", ends: "unknown", elapsed: sec, more: pairs(2)},
		{name: "a cancel during the check", forms: watch, policy: nine, cancelIn: 2, plan: "p", calls: "0s 1s", ends: "interrupted", elapsed: sec, more: pairs(2)},
		{name: "a cancel in a pause adds one", forms: watch, policy: nine, cancelAt: 1500 * time.Millisecond, plan: "p x", calls: "0s 1s", ends: "interrupted", elapsed: 1500 * time.Millisecond, more: pairs(3)},
		{name: "a stop before the first check is one", forms: watch, policy: nine, dead: true, plan: "p", ends: "interrupted", more: pairs(1)},
		{name: "a refusal is one", forms: watch, policy: settle.Policy{}, plan: "p", ends: "invalid", more: pairs(1)},
	})
}

func TestRule13_WatchPairsInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: plan("p x b+5s s")}
		_, err := play(t, formWatch, t.Context(), settle.Policy{Checks: 9, Errors: 3}, s)
		pending := settle.Status{State: settle.Pending, Raw: "r1"}
		blocked := settle.Status{State: settle.Blocked, Raw: "r3", After: 5 * sec}
		equal(t, "pairs", s.seen, []settle.Seen[string]{
			{Check: 1, Value: "v1", Status: pending, Next: sec},
			{Check: 2, Value: "v1", Status: pending, Next: sec, Err: errLost},
			{Check: 3, Value: "v3", Status: blocked, Next: 5 * sec},
			{Check: 4, Value: "v4", Status: settle.Status{State: settle.Succeeded, Raw: "r4"}},
		})
		equal(t, "end", err, nil)
	})
}

func TestRule13_LeavingTheLoopEndsTheWaitSilently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := 0
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) {
			if step.Last {
				ends++
			}
		})
		s := &script{answers: plan("p"), start: time.Now(), form: formWatch}
		for seen := range settle.Watch(ctx, settle.Policy{Timeout: time.Hour}, s.ask) {
			if seen.Check == 2 {
				break
			}
		}
		left := time.Now()
		time.Sleep(time.Minute)
		if got, want := times(s.calls), "0s 1s"; got != want {
			t.Errorf("calls at %q, want %q", got, want)
		}
		if got, want := left.Sub(s.start), sec; got != want {
			t.Errorf("left after %v, want %v", got, want)
		}
		if ends != 0 {
			t.Errorf("a trace was told of an end")
		}
	})
}

func TestRule13_TheBodyRunsWithinThePause(t *testing.T) {
	rows := []struct {
		name  string
		body  time.Duration
		calls string
	}{
		{"shorter than the pause", 600 * time.Millisecond, "0s 1s 2s"},
		{"longer than the pause", 3 * sec, "0s 3s 6s"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: plan("p"), start: time.Now(), form: formWatch}
				for seen := range settle.Watch(t.Context(), settle.Policy{Checks: 3}, s.ask) {
					if want := sec * time.Duration(min(1, 3-seen.Check)); seen.Next != want {
						t.Errorf("check %d: next %v, want %v", seen.Check, seen.Next, want)
					}
					time.Sleep(r.body)
				}
				if got := times(s.calls); got != r.calls {
					t.Errorf("calls at %q, want %q", got, r.calls)
				}
			})
		})
	}
}

func TestRule13_AStopWhileTheBodyRuns(t *testing.T) {
	rows := []struct {
		name   string
		policy settle.Policy
		cancel time.Duration
		ends   settle.Outcome
	}{
		{"a cancel", settle.Policy{Checks: 9}, 2 * sec, "interrupted"},
		// The body outlasts the pause and the limit: read as a stop during a pause.
		{"the limit", settle.Policy{Timeout: 4 * sec}, 0, "timeout"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if r.cancel > 0 {
					time.AfterFunc(r.cancel, cancel)
				}
				s := &script{answers: plan("p"), start: time.Now(), form: formWatch}
				var seen []settle.Seen[string]
				var end error
				for one, err := range settle.Watch(ctx, r.policy, s.ask) {
					seen, end = append(seen, one), err
					if err == nil {
						time.Sleep(5 * sec)
					}
				}
				want := settle.Seen[string]{Check: 1, Value: "v1", Status: settle.Status{State: settle.Pending, Raw: "r1"}, Next: sec}
				last := want
				last.Next = 0
				equal(t, "pairs", seen, []settle.Seen[string]{want, last})
				if got := settle.OutcomeOf(end); got != r.ends || len(s.calls) != 1 {
					t.Errorf("%q after %d calls, want %q after 1", got, len(s.calls), r.ends)
				}
			})
		})
	}
}

func TestRule13_ElapsedStartsWithTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: plan("p"), form: formWatch}
		pairs := settle.Watch(t.Context(), settle.Policy{Timeout: 3 * sec, Every: 2 * sec}, s.ask)
		for range 2 { // and each loop is a wait of its own
			time.Sleep(time.Minute)
			s.start, s.calls = time.Now(), nil
			var end error
			for _, err := range pairs {
				end = err
			}
			stop, ok := errors.AsType[*settle.StopError](end)
			if !ok || stop.Elapsed != 2800*time.Millisecond || stop.Checks != 3 {
				t.Errorf("end %#v, want a stop after 2.8s and 3 checks", end)
			}
			if got, want := times(s.calls), "0s 2s 2.8s"; got != want {
				t.Errorf("calls at %q, want %q", got, want)
			}
		}
	})
}
