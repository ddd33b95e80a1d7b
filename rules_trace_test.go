package settle_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// That the steps of a wait are right is held in every row of every rule: see verifySteps.

func TestTrace_StepsInFull(t *testing.T) {
	pending := settle.Status{State: settle.Pending, Raw: "r1"}
	blocked := settle.Status{State: settle.Blocked, Raw: "r3", After: 5 * sec}
	done := settle.Status{State: settle.Succeeded, Raw: "r4"}
	eachForm(t, statusForms, func(t *testing.T, f form) {
		s := &script{answers: plan("p x b+5s s")}
		play(t, f, t.Context(), settle.Policy{Checks: 9, Errors: 3}, s)
		equal(t, "steps", s.steps, []settle.Step{
			{Key: f.key, Check: 1, Of: 9, Status: pending, Next: sec},
			{Key: f.key, Check: 2, Of: 9, Was: pending, Status: pending, Next: sec, Err: errLost},
			{Key: f.key, Check: 3, Of: 9, Was: pending, Status: blocked, Next: 5 * sec},
			{Key: f.key, Check: 4, Of: 9, Was: blocked, Status: done, Last: true},
		})
	})
}

func TestTrace_AStopDuringAPauseIsOneStepMore(t *testing.T) {
	eachForm(t, everyForm, func(t *testing.T, f form) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		s := &script{answers: plan("p")}
		_, err := play(t, f, ctx, settle.Policy{Checks: 9}, s)
		if len(s.steps) != 3 {
			t.Fatalf("%d steps, want 3", len(s.steps))
		}
		for _, step := range s.steps[:2] {
			if step.Last || step.Next != sec {
				t.Errorf("step %+v before the stop", step)
			}
		}
		if step := s.steps[2]; !step.Last || step.End != err || step.Check != 2 || step.Next != 0 {
			t.Errorf("step %+v, want the end %v after check 2", step, err)
		}
	})
}

func TestTrace_ASecondIsCalledAsWell(t *testing.T) {
	eachForm(t, everyForm, func(t *testing.T, f form) {
		var first, second []int
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) { first = append(first, step.Check) })
		ctx = settle.WithTrace(ctx, func(step settle.Step) { second = append(second, step.Check) })
		s := &script{answers: plan("p")}
		play(t, f, ctx, settle.Policy{Checks: 2}, s) // a third, which play sets
		for _, told := range [][]int{first, second} {
			equal(t, "told", told, []int{1, 2})
		}
		if len(s.steps) != 2 {
			t.Errorf("the third was told of %d steps, want 2", len(s.steps))
		}
	})
}

func TestTrace_OfAWaitUnderAnotherWaitsCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []int
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) { told = append(told, step.Of) })
		inner := &script{answers: plan("p s"), form: formWait}
		settle.Do(ctx, settle.Policy{Checks: 3}, func(ctx context.Context) error {
			_, err := settle.Wait(ctx, settle.Policy{Checks: 5}, inner.ask)
			return err
		})
		equal(t, "told of checks of", told, []int{5, 5, 3})
	})
}

func TestTrace_IsToldSynchronously(t *testing.T) {
	eachForm(t, callForms, func(t *testing.T, f form) {
		told := 0
		ctx := settle.WithTrace(t.Context(), func(settle.Step) { told++; time.Sleep(100 * time.Millisecond) })
		s := &script{answers: plan("p")}
		s.during = func(n int, _ context.Context) {
			if told != n-1 {
				t.Errorf("check %d began before the trace was told of the last", n)
			}
		}
		s.t, s.form = t, f
		f.run(ctx, settle.Policy{Checks: 3}, s)
		if told != 3 {
			t.Errorf("told of %d checks when the wait returned, want 3", told)
		}
	})
}

func TestTrace_LogTo(t *testing.T) {
	rows := []struct {
		name, plan string
		policy     settle.Policy
		lines      int
	}{
		{"one state, then the end", "a a a s", settle.Policy{Checks: 9}, 2},
		{"a failed check", "a x a s", settle.Policy{Checks: 9, Errors: 3}, 3},
		{"each failed check", "a x x x a s", settle.Policy{Checks: 9, Errors: 3}, 5},
		{"a raw state that changed", "a p p s", settle.Policy{Checks: 9}, 4},
		{"a state that changed", "a B a s", settle.Policy{Checks: 9}, 4},
		{"a reason that changed", "a r r s", settle.Policy{Checks: 9}, 3},
		{"the limit, nothing changed", "a a a", settle.Policy{Checks: 3}, 2},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				s := &script{form: formWait}
				// a is one same answer; B and r differ from it in state and in reason alone.
				same := settle.Status{State: settle.Pending, Raw: "run"}
				for i, word := range strings.Fields(r.plan) {
					switch word {
					case "a":
						s.answers = append(s.answers, answer{status: same})
					case "B":
						s.answers = append(s.answers, answer{status: settle.Status{State: settle.Blocked, Raw: "run"}})
					case "r":
						s.answers = append(s.answers, answer{status: settle.Status{State: settle.Pending, Raw: "run", Reason: "in the queue"}})
					default:
						s.answers = append(s.answers, plan(strings.Repeat("p ", i) + word)[i])
					}
				}
				ctx := settle.WithTrace(t.Context(), settle.LogTo(slog.New(slog.NewTextHandler(&out, nil))))
				settle.Wait(ctx, r.policy, s.ask)
				if got := strings.Count(out.String(), "\n"); got != r.lines {
					t.Errorf("%d lines, want %d:\n%s", got, r.lines, &out)
				}
			})
		})
	}
}
