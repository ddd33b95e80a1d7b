package settle_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

func TestRule16_APolicyIsAValue(t *testing.T) {
	a := settle.Policy{Every: sec, Max: time.Minute, Factor: 2, Checks: 3}
	b := a
	if a != b {
		t.Error("a copy differs")
	}
	b.Stable = 1
	if a == b {
		t.Error("a changed copy does not differ")
	}
	if byPolicy := map[settle.Policy]int{a: 1, b: 2}; byPolicy[a] != 1 {
		t.Error("a policy is no key")
	}
	eachForm(t, everyForm, func(t *testing.T, f form) {
		before := a
		play(t, f, t.Context(), a, &script{answers: plan("s")})
		if a != before {
			t.Errorf("a wait has changed its policy to %+v", a)
		}
	})
}

func TestRule16_Allocations(t *testing.T) {
	if raceOn {
		t.Skip("the race detector allocates on its own")
	}
	done := func(context.Context) (int, settle.Status, error) { return 1, settle.When(true), nil }
	canceled, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows := []struct {
		name   string
		ctx    context.Context
		policy settle.Policy
		want   float64
	}{
		{"Checks", context.Background(), settle.Policy{Checks: 3}, 0},
		{"Checks, and a context that may be canceled", canceled, settle.Policy{Checks: 3}, 0},
		{"every field but Timeout and Attempt", canceled, settle.Policy{Every: sec, Max: time.Minute, Factor: 2, Jitter: .5, Checks: 3, Errors: 2, Missing: sec, Grace: sec, Stable: 1}, 0},
		{"Timeout", context.Background(), settle.Policy{Timeout: time.Minute}, 4},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := testing.AllocsPerRun(200, func() { settle.Wait(r.ctx, r.policy, done) })
			if got > r.want {
				t.Errorf("%v allocations, want at most %v", got, r.want)
			}
		})
	}
}

// A pause costs one timer, which serves all pauses of the wait: as much as the plainest sleep with a timer does.
func TestRule16_OneTimerOtherwise(t *testing.T) {
	if raceOn {
		t.Skip("the race detector allocates on its own")
	}
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		timer := testing.AllocsPerRun(100, func() {
			timer := time.NewTimer(sec)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		})
		n := 0
		for _, checks := range []int{2, 3, 20} {
			check := func(context.Context) (int, settle.Status, error) {
				n++
				return n, settle.When(n%checks == 0), nil
			}
			got := testing.AllocsPerRun(100, func() { settle.Wait(ctx, settle.Policy{Checks: 30}, check) })
			if got > timer {
				t.Errorf("%d checks: %v allocations, want a timer's %v", checks, got, timer)
			}
			n = 0
		}
	})
}
