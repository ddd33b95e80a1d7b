package settle_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

var seenPlans = map[string]string{
	"a": "p x b+5s s", "b": "s", "c": "p f", "d": "x x x", "e": "p", "f": "u p s", "g": "n p", "h": "p x:2s p !", "i": "f", "j": "s:1s", "k": "p:3s p-1s s",
}

// Seen is told of every check, with what Watch's pairs hold; a trace of every step, with the key.
func TestFleetSeen_AsWatchesPairs(t *testing.T) {
	policy := settle.Policy{Checks: 4, Errors: 1, Missing: time.Minute, Timeout: time.Hour}
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		want, wantSteps := map[string][]settle.Seen[string]{}, map[string][]string{}
		for key, words := range seenPlans {
			s := &script{answers: plan(words), form: formWatch, start: time.Now()}
			ctx := settle.WithTrace(t.Context(), func(step settle.Step) {
				step.Key = key
				wantSteps[key] = append(wantSteps[key], stepText(step))
			})
			for seen := range settle.Watch(ctx, policy, s.ask) {
				want[key] = append(want[key], seen)
			}
		}
		got, steps := map[string][]settle.Seen[string]{}, map[string][]string{}
		var on []string // the goroutines that told
		f := fleet{Policy: policy, Size: 1, Workers: 20, Seen: func(key string, seen settle.Seen[string]) {
			got[key] = append(got[key], seen)
			on = append(on, goroutine())
		}}
		ctx := settle.WithTrace(t.Context(), func(step settle.Step) {
			key := step.Key.(string)
			steps[key] = append(steps[key], stepText(step))
			on = append(on, goroutine())
		})
		var keys []string
		for key := range seenPlans {
			keys = append(keys, key)
		}
		p := newPlatform(seenPlans)
		for _, e := range collect(p.start, make(p, f).Each(ctx, slices.Values(keys))) {
			last := got[e.key][len(got[e.key])-1]
			if last.Next != 0 || last.Value != e.Value || last.Status != e.Status {
				t.Errorf("%s ended with %+v, last seen %+v", e.key, e.result, last)
			}
		}
		for key := range seenPlans {
			if a, b := fmt.Sprint(got[key]), fmt.Sprint(want[key]); a != b {
				t.Errorf("%s: seen\n%s, want\n%s", key, a, b)
			}
			equal(t, "steps of "+key, steps[key], wantSteps[key])
		}
		if others := slices.Compact(slices.Sorted(slices.Values(on))); len(others) != 1 {
			t.Errorf("told on %d goroutines, want 1", len(others))
		}
	})
}

// stepText: a step: its errors are other ones in another wait.
func stepText(s settle.Step) string { return fmt.Sprintf("%+v", s) }

// goroutine is the number of the one that calls.
func goroutine() string {
	stack := make([]byte, 64)
	number, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), " [")
	return number
}

// Seen is of checks alone: a stop before the first one or in a pause is none.
func TestFleetSeen_IsOfChecksAlone(t *testing.T) {
	runRun(t, nine, nil, func(b *bench) {
		b.add("rests", settle.Entry{})
		b.add("never", settle.Entry{First: b.start.Add(time.Hour)})
		b.add("late", settle.Entry{Policy: &settle.Policy{Timeout: sec}, Start: b.start.Add(-time.Minute)})
		b.at(1500 * time.Millisecond)
		b.Close()
		b.ends("0s late timeout/0, 1.5s never interrupted/0, 1.5s rests interrupted/2")
		slices.Sort(b.seen)
		equal(t, "seen", b.seen, []string{"rests", "rests"})
		var steps []string
		for _, s := range b.steps {
			steps = append(steps, fmt.Sprint(s.Key, s.Check, s.Last))
		}
		slices.Sort(steps)
		equal(t, "steps", steps, []string{"late0 true", "never0 true", "rests1 false", "rests2 false", "rests2 true"})
	})
}

// Every check, and each before the end that it brings can be taken.
func TestFleetSeen_EveryCheck(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		var mu sync.Mutex
		counts := map[string]int{}
		p := newPlatform(map[string]string{"7": "p p s", "8": "x"})
		f := make(p, fleet{Policy: settle.Policy{Every: sec, Jitter: .5, Checks: 20}, Size: 9, Seen: func(key string, s settle.Seen[string]) {
			mu.Lock()
			defer mu.Unlock()
			if counts[key]++; counts[key] != s.Check {
				t.Errorf("%s: check %d comes as number %d", key, s.Check, counts[key])
			}
		}})
		for key, r := range f.Each(t.Context(), slices.Values(keysTo(100))) {
			mu.Lock()
			if e := (ending{0, key, r}); e.checks() >= 0 && e.checks() != counts[key] {
				t.Errorf("%s: %d seen, %v", key, counts[key], r.Err)
			}
			mu.Unlock()
		}
		for key, n := range counts {
			if n != p.asked[key] {
				t.Errorf("%s: %d seen, %d asked", key, n, p.asked[key])
			}
		}
	})
}

func TestFleetSeen_ErrorsWithoutMarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"a": "x+3s !"})
		f := p.single(fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Seen: func(_ string, s settle.Seen[string]) {
			if want := map[int]error{1: errLost, 2: errBad}[s.Check]; s.Err != want {
				t.Errorf("check %d: %#v, want %v", s.Check, s.Err, want)
			}
		}})
		ends := collect(p.start, f.Each(t.Context(), slices.Values([]string{"a"})))
		if got, want := endings(ends), "3s a unknown/2"; got != want || !errors.Is(ends[0].Err, errBad) {
			t.Errorf("ends %q, want %q (%v)", got, want, ends[0].Err)
		}
	})
}

// A fleet learns as a Wait does.
func TestFleetSeen_History(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		h := new(settle.History)
		plans := map[string]string{"a": "p p s", "b": "p f", "c": "p", "d": "s", "e": "p c"}
		p := newPlatform(plans)
		var keys []string
		for key := range plans {
			keys = append(keys, key)
		}
		collect(p.start, make(p, fleet{Policy: settle.Policy{Checks: 5, History: h}}).Each(t.Context(), slices.Values(keys)))
		unfinished := 0
		for _, o := range h.Observations() {
			if o.Unfinished {
				unfinished++
			}
		}
		if h.Len() != 4 || unfinished != 1 { // d had ended when it was first seen
			t.Errorf("%d observations, %d unfinished, want 4, 1", h.Len(), unfinished)
		}
	})
}
