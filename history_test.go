package settle_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// running is a check of a task that takes d from now.
func running(d time.Duration, end settle.State, calls *[]time.Duration) settle.Check[int] {
	start := time.Now()
	return func(context.Context) (int, settle.Status, error) {
		at := time.Since(start)
		if calls != nil {
			*calls = append(*calls, at)
		}
		if at < d {
			return 0, settle.When(false), nil
		}
		return 1, settle.Status{State: end}, nil
	}
}

func TestHistory_FirstWaitIsThePlainPolicys(t *testing.T) {
	for _, p := range []settle.Policy{
		{Every: 30 * time.Second, Checks: 100},
		{Every: 6 * time.Second, Max: time.Minute, Checks: 100},
		{Every: time.Second, Max: time.Minute, Factor: 2, Timeout: time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			var plain, learned []time.Duration
			settle.Wait(t.Context(), p, running(5*time.Minute, settle.Succeeded, &plain))
			h := p
			h.History = new(settle.History)
			settle.Wait(t.Context(), h, running(5*time.Minute, settle.Succeeded, &learned))
			if !slices.Equal(plain, learned) {
				t.Errorf("%v: got checks at %v, want %v", p, learned, plain)
			}
			if h.History.Len() != 1 {
				t.Errorf("%v: it has learned %d durations, want 1", p, h.History.Len())
			}
		})
	}
}

func TestHistory_WaitLearns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := settle.Policy{Every: 30 * time.Second, Checks: 100, History: new(settle.History)}
		delay := 0 * time.Second
		for range 40 {
			var calls []time.Duration
			settle.Wait(t.Context(), p, running(310*time.Second, settle.Succeeded, &calls))
			if len(calls) > 2*10+4+1 {
				t.Errorf("%d checks", len(calls))
			}
			delay = calls[len(calls)-1] - 310*time.Second
		}
		if delay > 3*time.Second {
			t.Errorf("the end of a task that always takes as long is seen %s late", delay)
		}
		if d, ok := p.History.Quantile(.5); !ok || d < 300*time.Second || d > 320*time.Second {
			t.Errorf("the median is %v, %t", d, ok)
		}
	})
}

// What one wait, the only one of a History, teaches it.
func TestHistory_WhatIsLearned(t *testing.T) {
	policy := settle.Policy{Every: 10 * time.Second, Checks: 100, Errors: 2}
	with := func(change func(*settle.Policy)) settle.Policy {
		p := policy
		change(&p)
		return p
	}
	tests := []struct {
		name       string
		policy     settle.Policy
		plan       string
		least      time.Duration // of what is learned; 0: nothing
		most       time.Duration
		unfinished bool
	}{
		{"succeeded", policy, "p p p s", 20 * sec, 30 * sec, false},
		{"failed", policy, "p p p f", 20 * sec, 30 * sec, false},
		{"canceled", policy, "p p p c", 20 * sec, 30 * sec, false},
		{"blocked is not ended", policy, "p b b s", 20 * sec, 30 * sec, false},
		{"failed checks say nothing", policy, "p p x x s", 10 * sec, 40 * sec, false},
		{"ended when first seen", policy, "s", 0, 0, false},
		{"ended when first seen, after failed checks", policy, "x x s", 0, 0, false},
		{"ended when first seen, and confirmed", with(func(p *settle.Policy) { p.Stable = 2 }), "s s", 0, 0, false},
		{"confirmed", with(func(p *settle.Policy) { p.Stable = 3 }), "p p s s s", 10 * sec, 20 * sec, false},
		{"confirmed at the second try", with(func(p *settle.Policy) { p.Stable = 2 }), "p s p s s", 20 * sec, 30 * sec, false},
		{"after a spell of failures", with(func(p *settle.Policy) { p.Grace = time.Hour }), "p f c s", 20 * sec, 30 * sec, false},
		{"the spell of failures is the end", with(func(p *settle.Policy) { p.Grace = 20 * sec }), "p f c f", 1, 10 * sec, false},
		{"a limit", with(func(p *settle.Policy) { p.Checks = 4 }), "p", 30 * sec, 30 * sec, true},
		{"a limit before it was confirmed", with(func(p *settle.Policy) { p.Stable, p.Checks = 9, 4 }), "p p s", 10 * sec, 10 * sec, true},
		{"too many failed checks", policy, "p p x", 10 * sec, 10 * sec, true},
		{"a permanent error", policy, "p p !", 10 * sec, 10 * sec, true},
		{"vanished", policy, "p p n", 10 * sec, 10 * sec, true},
		{"left after the first check", with(func(p *settle.Policy) { p.Checks = 1 }), "p", 0, 0, false},
		{"never seen", policy, "n", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := tt.policy
				p.History = new(settle.History)
				s := &script{t: t, form: formWait, answers: plan(tt.plan), start: time.Now()}
				settle.Wait(t.Context(), p, s.ask)
				got := p.History.Observations()
				if tt.least == 0 {
					if len(got) != 0 {
						t.Errorf("got %v, want nothing", got)
					}
					return
				}
				if len(got) != 1 || got[0].Unfinished != tt.unfinished || got[0].Took < tt.least || got[0].Took > tt.most {
					t.Errorf("got %v, want %s to %s, unfinished %t", got, tt.least, tt.most, tt.unfinished)
				}
			})
		})
	}
}

func TestHistory_StoppedAndLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := settle.Policy{Every: 10 * time.Second, Checks: 100, History: new(settle.History)}
		ctx, cancel := context.WithTimeoutCause(t.Context(), 35*time.Second, errStop)
		defer cancel()
		settle.Wait(ctx, p, running(time.Hour, settle.Succeeded, nil))
		n := 0
		for range settle.Watch(t.Context(), p, running(time.Hour, settle.Succeeded, nil)) {
			if n++; n == 3 {
				break
			}
		}
		for _, got := range p.History.Observations() {
			if !got.Unfinished || got.Took < 10*time.Second || got.Took > 35*time.Second {
				t.Errorf("got %v", got)
			}
		}
		if p.History.Len() != 2 {
			t.Errorf("got %v", p.History.Observations())
		}
		for range settle.Watch(t.Context(), p, running(time.Minute, settle.Succeeded, nil)) {
		}
		if all := p.History.Observations(); len(all) != 3 || all[2].Unfinished {
			t.Errorf("a Watch that came to the end has taught %v", all)
		}
	})
}

// The rules of a wait hold with a History that knows exactly when the end will be.
func TestHistory_RulesFirst(t *testing.T) {
	taught := func(p settle.Policy) *settle.History {
		h := new(settle.History)
		for i := range 64 {
			d := 100*time.Second + time.Duration(i)*10*time.Millisecond
			h.Add(p, d, d)
		}
		return h
	}
	tests := []struct {
		name   string
		policy settle.Policy
		plan   string
		check  func(calls []time.Duration) bool
	}{
		{"a wish is a floor", settle.Policy{Every: 30 * sec, Checks: 20}, "p+200s p s",
			func(c []time.Duration) bool { return c[1] == 200*sec }},
		{"after a failed check the plain pause", settle.Policy{Every: 30 * sec, Checks: 20, Errors: 9}, "x x p s",
			func(c []time.Duration) bool { return c[1] == 30*sec && c[2] == 60*sec && c[3] > 91*sec }},
		{"again at once", settle.Policy{Every: 30 * sec, Checks: 20}, "p-1s p s",
			func(c []time.Duration) bool { return c[1] == 30*sec }},
		{"confirming takes the plain pause", settle.Policy{Every: 30 * sec, Checks: 20, Stable: 3}, "p s s s",
			func(c []time.Duration) bool { return c[2]-c[1] == 30*sec && c[3]-c[2] == 30*sec }},
		{"one last look", settle.Policy{Every: 30 * sec, Timeout: 80 * sec}, "p",
			func(c []time.Duration) bool { return c[len(c)-1] == 77*sec }},
		{"Max", settle.Policy{Every: 10 * sec, Max: 12 * sec, Factor: 1, Checks: 20}, "p",
			func(c []time.Duration) bool { return longestPause(c) <= 12*sec }},
		{"the last of Checks", settle.Policy{Every: 30 * sec, Checks: 12}, "p",
			func(c []time.Duration) bool { return c[11] >= 330*sec }},
		{"the last of Checks, after failures", settle.Policy{Every: 30 * sec, Checks: 12, Errors: 9}, "p p p p p p x x x x",
			func(c []time.Duration) bool { return c[11] >= 330*sec }},
		{"no sooner than a quarter of a second", settle.Policy{Every: 30 * sec, Timeout: 200 * sec}, "p",
			func(c []time.Duration) bool { return shortestPause(c) >= 250*time.Millisecond }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := tt.policy
				p.History = taught(p)
				s := &script{t: t, form: formWait, answers: plan(tt.plan), start: time.Now()}
				settle.Wait(t.Context(), p, s.ask)
				if !tt.check(s.calls) {
					t.Errorf("checks at %v", s.calls)
				}
			})
		})
	}
}

func longestPause(calls []time.Duration) (d time.Duration) {
	for i := range len(calls) - 1 {
		d = max(d, calls[i+1]-calls[i])
	}
	return d
}

func shortestPause(calls []time.Duration) time.Duration {
	d := time.Duration(math.MaxInt64)
	for i := range len(calls) - 1 {
		d = min(d, calls[i+1]-calls[i])
	}
	return d
}

// Retry, Do and Attempts neither ask nor teach a History (rule 12).
func TestHistory_PlainForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := settle.Policy{Every: 30 * time.Second, Checks: 5, History: new(settle.History)}
		for i := range 20 {
			p.History.Add(p, 70*time.Second+time.Duration(i), 71*time.Second)
		}
		start := time.Now()
		settle.Do(t.Context(), p, func(context.Context) error { return errLost })
		for range p.Attempts(t.Context()) {
		}
		if got := time.Since(start); got != 240*time.Second || p.History.Len() != 20 {
			t.Errorf("it took %s, and the History has %d", got, p.History.Len())
		}
	})
}

func TestHistory_PolicyTextLeavesItOut(t *testing.T) {
	p := settle.Policy{Every: 30 * time.Second, Checks: 5, History: new(settle.History)}
	text, err := json.Marshal(p)
	if got, want := string(text), `"every=30s checks=5"`; got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestHistory_Quantile(t *testing.T) {
	h := new(settle.History)
	p := settle.Policy{Every: time.Second}
	if _, ok := h.Quantile(.5); ok {
		t.Error("an empty one knows the median")
	}
	for i := range 63 {
		d := time.Duration(1+i*37%63) * time.Minute // each once, in no order that looks like a change
		h.Add(p, d, d)
	}
	for _, q := range []float64{.1, .25, .5, .75, .9} {
		want := time.Duration(64 * q * float64(time.Minute))
		if got, ok := h.Quantile(q); !ok || got < want-90*time.Second || got > want+90*time.Second {
			t.Errorf("%v: got %s, %t, want about %s", q, got, ok, want)
		}
	}
	for _, q := range []float64{0, 1, -1, 1.1, .999, math.NaN()} {
		if got, ok := h.Quantile(q); ok {
			t.Errorf("%v: got %s", q, got)
		}
	}
	var none *settle.History
	if none.Len() != 0 || none.Observations() != nil {
		t.Error("a nil History knows something")
	}
}

func TestHistory_Plan(t *testing.T) {
	tests := []struct {
		policy settle.Policy
		want   string
	}{
		{settle.Policy{Every: 10 * sec, Checks: 4}, "0s 10s 20s 30s"},
		{settle.Policy{Every: 10 * sec, Max: time.Minute, Checks: 4, Jitter: .5}, "0s 10s 30s 1m0s"},
		{settle.Policy{Every: 10 * sec, Timeout: 25 * sec}, "0s 10s 20s 24s"},
		{settle.Policy{Every: -1, Checks: 4}, ""},
	}
	for _, tt := range tests {
		for _, h := range []*settle.History{nil, new(settle.History)} {
			got := ""
			for at := range h.Plan(tt.policy) {
				got += " " + at.String()
			}
			if want := tt.want; got != "" && got[1:] != want || got == "" && want != "" {
				t.Errorf("%v: got %s, want %s", tt.policy, got, want)
			}
			if h.Len() != 0 {
				t.Error("looking at a plan has taught it something")
			}
		}
	}
	n := 0
	for at := range new(settle.History).Plan(settle.Policy{Every: 1 << 61}) {
		if n++; at < 0 {
			t.Fatal("time has overflowed")
		}
	}
	if n != 4 {
		t.Errorf("%d checks fit", n)
	}
}

// Everything at once, for the race detector.
func TestHistory_Concurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, other := new(settle.History), new(settle.History)
		var work sync.WaitGroup
		for i := range 40 {
			p := settle.Policy{Every: time.Duration(5+i%3) * time.Second, Checks: 100, History: h}
			work.Go(func() {
				for range 5 {
					settle.Wait(t.Context(), p, running(time.Duration(60+i)*time.Second, settle.Succeeded, nil))
				}
			})
			work.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				data, err := json.Marshal(h)
				if err != nil || json.Unmarshal(data, other) != nil {
					t.Error(err)
				}
				h.Merge(other)
				other.Merge(h)
				h.Quantile(.5)
				for at := range h.Plan(p) {
					if at > time.Minute {
						break
					}
				}
			})
		}
		work.Wait()
		// How many are left depends on who came first: two in a row that are longer than all before make h forget.
		all := h.Observations()
		if len(all) == 0 || len(all) > 64 || len(all) != h.Len() {
			t.Errorf("it goes by %d durations, and says %d", len(all), h.Len())
		}
		for i, o := range all {
			if o.Unfinished || o.Took < 30*time.Second || o.Took > 150*time.Second || i > 0 && !o.At.After(all[i-1].At) {
				t.Errorf("observation %d: %+v", i, o)
			}
		}
	})
}

func TestHistory_PanicTeachesNothing(t *testing.T) {
	h := new(settle.History)
	defer func() {
		if recover() == nil || h.Len() != 0 {
			t.Errorf("the panic was kept, or %d durations were learned", h.Len())
		}
	}()
	settle.Wait(t.Context(), settle.Policy{Checks: 3, History: h}, func(context.Context) (int, settle.Status, error) {
		panic(errors.New("oh"))
	})
}
