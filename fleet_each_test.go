package settle_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// The rules of a wait run through Each in their own tests: see formFleet and formBatch. Here: what many keys add.
func TestFleetEach(t *testing.T) {
	nine := fleet{Policy: settle.Policy{Checks: 9, Errors: 1}}
	four := fleet{Policy: settle.Policy{Every: 4 * sec, Timeout: 10 * sec}}
	runFleetRows(t, []fleetRow{
		{name: "no keys", fleet: nine, keys: "", calls: "", ends: ""},
		{name: "in the order of ending", fleet: nine, keys: "a b c", plans: map[string]string{"a": "p p s", "b": "s", "c": "p f"},
			calls: "0s a, 0s b, 0s c, 1s a, 1s c, 2s a", ends: "0s b succeeded, 1s c failed/2, 2s a succeeded"},
		{name: "equal keys are one wait", fleet: nine, keys: "a b a b a", plans: map[string]string{"a": "p s", "b": "s"},
			calls: "0s a, 0s b, 1s a", ends: "0s b succeeded, 1s a succeeded"},
		{name: "each key has a count of its own", fleet: nine, keys: "a b", plans: map[string]string{"a": "x p x s", "b": "x x"},
			calls: "0s a, 0s b, 1s a, 1s b, 2s a, 3s a", ends: "1s b unknown/2, 3s a succeeded"},
		// a: its check takes 3 s, which is its margin; half of the 2.5 s that are left after the last one would be less.
		{name: "each key has a limit of its own", fleet: four, keys: "a b", plans: map[string]string{"a": "p:3s p", "b": "p"},
			calls: "0s a, 0s b, 4s b, 7s a, 8s b, 8.5s a, 9.6s b", ends: "8.5s a timeout/3, 9.6s b timeout/4"},
		{name: "a cancel yields each key that is left", fleet: nine, keys: "a b c", plans: map[string]string{"a": "s", "b": "p", "c": "p x"}, cancelAt: 1500 * time.Millisecond,
			calls: "0s a, 0s b, 0s c, 1s b, 1s c", ends: "0s a succeeded, 1.5s b interrupted/2, 1.5s c interrupted/2"},
		{name: "the context's deadline", fleet: fleet{Policy: settle.Policy{Every: 4 * sec}}, keys: "a b", plans: map[string]string{"a": "p p p s"}, deadline: 10 * sec,
			calls: "0s a, 0s b, 4s a, 4s b, 8s a, 8s b, 9.6s a, 9.6s b", ends: "9.6s a succeeded, 9.6s b timeout/4"},
	})
}

func TestFleetEach_KeysAreReadToTheEndBeforeTheFirstCheck(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(map[string]string{"a": "s", "b": "s", "c": "s"})
		keys := func(yield func(string) bool) {
			for _, key := range []string{"a", "b", "a", "c"} {
				if !yield(key) {
					t.Error("the keys were not read to the end")
				}
				time.Sleep(sec)
				if n := len(p.made()); n > 0 {
					t.Errorf("%d requests while keys are read", n)
				}
			}
		}
		f := make(p, fleet{Policy: settle.Policy{Checks: 9}})
		if got, want := endings(collect(p.start, f.Each(t.Context(), keys))), "4s a succeeded, 4s b succeeded, 4s c succeeded"; got != want {
			t.Errorf("ends %q, want %q", got, want)
		}
	})
}

func TestFleetEach_APanicWhileKeysAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := goroutines()
		p := newPlatform(nil)
		func() {
			defer func() {
				if got := recover(); got != errBad {
					t.Errorf("recovered %v, want %v", got, errBad)
				}
			}()
			keys := func(yield func(string) bool) { yield("a"); panic(errBad) }
			collect(p.start, p.single(fleet{Policy: settle.Policy{Checks: 9}}).Each(t.Context(), keys))
		}()
		synctest.Wait()
		if got := goroutines(); got != before || len(p.made()) > 0 {
			t.Errorf("%d goroutines, want %d; %d requests", got, before, len(p.made()))
		}
	})
}

func TestFleetEach_IsAValue(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(map[string]string{"a": "s", "b": "s"})
		results := make(p, fleet{Policy: settle.Policy{Checks: 9}}).Each(t.Context(), slices.Values([]string{"a", "b"}))
		var all sync.WaitGroup
		for range 3 { // and from many goroutines
			all.Go(func() {
				for range 2 {
					if got, want := endings(collect(p.start, results)), "0s a succeeded, 0s b succeeded"; got != want {
						t.Errorf("ends %q, want %q", got, want)
					}
				}
			})
		}
		all.Wait()
	})
}

func TestFleetEach_ExactlyOneOfCheckAndBatch(t *testing.T) {
	p := newPlatform(nil)
	for name, f := range map[string]fleet{"neither": {}, "both": p.single(p.batches(fleet{}))} {
		f.Policy.Checks = 1
		calls := map[string]func(){
			"Each":  func() { collect(p.start, f.Each(t.Context(), slices.Values([]string{"a"}))) },
			"Start": func() { f.Start(t.Context()).Close() },
		}
		for call, try := range calls {
			t.Run(call+" "+name, func(t *testing.T) {
				defer func() {
					if got := fmt.Sprint(recover()); !strings.Contains(got, "Check") || !strings.Contains(got, "Batch") {
						t.Errorf("recovered %q, want a panic that says so", got)
					}
				}()
				try()
			})
		}
	}
}

// refusedFleets: and the word that the error must have.
var refusedFleets = map[string]fleet{
	"no limit":              {},
	"Checks negative":       {Policy: settle.Policy{Checks: -1, Timeout: sec}},
	"Every negative":        {Policy: settle.Policy{Checks: 1, Every: -sec}},
	"Size negative":         {Policy: settle.Policy{Checks: 1}, Size: -1},
	"Workers negative":      {Policy: settle.Policy{Checks: 1}, Workers: -1},
	"Rate negative":         {Policy: settle.Policy{Checks: 1}, Rate: -1},
	"Rate not a number":     {Policy: settle.Policy{Checks: 1}, Rate: math.NaN()},
	"Rate infinite":         {Policy: settle.Policy{Checks: 1}, Rate: math.Inf(1)},
	"Rate minus infinite":   {Policy: settle.Policy{Checks: 1}, Rate: math.Inf(-1)},
	"Rate hardly negative":  {Policy: settle.Policy{Checks: 1}, Rate: -math.SmallestNonzeroFloat64},
	"Size most negative":    {Policy: settle.Policy{Checks: 1}, Size: math.MinInt},
	"Workers most negative": {Policy: settle.Policy{Checks: 1}, Workers: math.MinInt},
}

func verifyRefusal(t *testing.T, name string, err error) {
	t.Helper()
	field, _, _ := strings.Cut(name, " ")
	if err == nil || settle.OutcomeOf(err) != settle.OutcomeInvalid || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(field)) {
		t.Errorf("error %v, outcome %q, want a refusal of %s", err, settle.OutcomeOf(err), field)
	}
}

func TestFleetEach_ARefusalIsEveryKeysResult(t *testing.T) {
	for name, f := range refusedFleets {
		t.Run(name, func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				before := goroutines()
				p := newPlatform(nil)
				told := 0
				ctx := settle.WithTrace(t.Context(), func(settle.Step) { told++ })
				results := make(p, f).Each(ctx, slices.Values([]string{"a", "b", "a", "c"}))
				ends := collect(p.start, results)
				if got, want := endings(ends), "0s a invalid, 0s b invalid, 0s c invalid"; got != want {
					t.Errorf("ends %q, want %q", got, want)
				}
				for _, e := range ends {
					verifyRefusal(t, name, e.Err)
					if e.Value != "" || e.Status != (settle.Status{}) {
						t.Errorf("result %+v, want an error alone", e.result)
					}
				}
				for range results {
					break // leaving the loop
				}
				synctest.Wait()
				if got := goroutines(); got != before || len(p.made()) > 0 || told > 0 {
					t.Errorf("%d goroutines, want %d; %d requests, %d steps", got, before, len(p.made()), told)
				}
			})
		})
	}
}

func TestFleetEach_ValueStatusAndErrAsWaitReturnsThem(t *testing.T) {
	policy := settle.Policy{Checks: 3, Errors: 1}
	for _, words := range []string{"s", "p s", "f", "p c", "p", "p x", "x", "p p x", "b x s", "u", "n", "p n", "p !"} {
		t.Run(words, func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				s := &script{answers: plan(words), form: formWait, start: time.Now()}
				value, err := settle.Wait(t.Context(), policy, s.ask)
				last := s.lastGood(len(s.gave))

				p := newPlatform(map[string]string{"a": words})
				for key, r := range make(p, fleet{Policy: policy}).Each(t.Context(), slices.Values([]string{"a"})) {
					if key != "a" || r.Value != value || r.Status != last || fmt.Sprint(r.Err) != fmt.Sprint(err) || fmt.Sprintf("%T", r.Err) != fmt.Sprintf("%T", err) {
						t.Errorf("%q: %q %+v %v, want %q %+v %v", key, r.Value, r.Status, r.Err, value, last, err)
					}
				}
			})
		})
	}
}

func TestFleetEach_ChecksGoOnWhileTheLoopsBodyRuns(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(map[string]string{"a": "s", "b": "p p s", "c": "p p p p s"})
		var ends []ending
		for key, r := range make(p, fleet{Policy: settle.Policy{Checks: 9}}).Each(t.Context(), slices.Values([]string{"a", "b", "c"})) {
			ends = append(ends, ending{time.Since(p.start), key, r})
			time.Sleep(time.Minute)
		}
		if got, want := p.of("b")+"; "+p.of("c"), "0s 1s 2s; 0s 1s 2s 3s 4s"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		if got, want := endings(ends), "0s a succeeded, 1m0s b succeeded, 2m0s c succeeded"; got != want {
			t.Errorf("ends %q, want %q", got, want)
		}
	})
}

func TestFleetEach_LeavingTheLoopStopsTheRest(t *testing.T) {
	rows := []struct {
		name, b string
		left    time.Duration
	}{
		{"in a pause", "p", 0},
		{"a check heeds its context", "p:1h", 0},
		{"a check does not", "p:5s~", 5 * sec},
		{"a check that brings an end", "s:5s~", 5 * sec},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				before := goroutines()
				p := newPlatform(map[string]string{"a": "s:1ms~", "b": r.b})
				f := make(p, fleet{Policy: settle.Policy{Checks: 9}, Size: 1})
				n := 0
				for key, got := range f.Each(t.Context(), slices.Values([]string{"a", "b"})) {
					if n++; n > 1 || key != "a" || got.Err != nil {
						t.Errorf("result %d: %q %v", n, key, got.Err)
					}
					break
				}
				left := time.Since(p.start)
				if want := max(r.left, time.Millisecond); left != want {
					t.Errorf("left after %v, want %v", left, want)
				}
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				time.Sleep(time.Hour)
				if got, want := p.calls(), "0s a, 0s b"; got != want {
					t.Errorf("calls %q, want %q", got, want)
				}
				if err := p.made()[1].ctx.Err(); err == nil {
					t.Error("a check's context is still open")
				}
			})
		})
	}
}

func TestFleetEach_APanicInTheLoopsBodyIsTheCallers(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		before := goroutines()
		p := newPlatform(map[string]string{"a": "s", "b": "p:3s~"})
		defer func() {
			if got := recover(); got != errBad {
				t.Errorf("recovered %v, want %v", got, errBad)
			}
			synctest.Wait()
			if got := goroutines(); got != before {
				t.Errorf("%d goroutines, want %d", got, before)
			}
		}()
		for range make(p, fleet{Policy: settle.Policy{Checks: 9}, Size: 1}).Each(t.Context(), slices.Values([]string{"a", "b"})) {
			panic(errBad)
		}
	})
}

func TestFleetEach_AContextThatEnds(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() { cancel(errStop) })
		plans := map[string]string{"rests": "p", "fails": "x", "hangs": "p p:1h", "succeeds": "p s:3s~", "ends": "p f:3s~", "stays": "p b:3s~", "errs": "p x:2s~"}
		p := newPlatform(plans)
		f := make(p, fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Size: 1, Workers: 20})
		ends := collect(p.start, f.Each(ctx, maps.Keys(plans)))
		want := map[string]string{
			"rests": "interrupted/2", "fails": "interrupted/2", "hangs": "interrupted/2",
			"succeeds": "succeeded", "ends": "failed/2", "stays": "interrupted/2", "errs": "interrupted/2",
		}
		if len(ends) != len(want) {
			t.Errorf("%d ends, want %d", len(ends), len(want))
		}
		answered := time.Duration(0)
		for _, e := range ends {
			if got := strings.SplitN(endings([]ending{e}), " ", 3)[2]; got != want[e.key] {
				t.Errorf("%s %s, want %s", e.key, got, want[e.key])
			}
			if e.key == "succeeds" || e.key == "ends" || e.key == "stays" {
				answered = max(answered, e.at)
			}
			stop, ok := errors.AsType[*settle.StopError](e.Err)
			if !ok {
				continue
			}
			if !errors.Is(stop.Cause, errStop) || !errors.Is(stop, context.Canceled) || stop.Elapsed < 1500*time.Millisecond || stop.Elapsed > e.at {
				t.Errorf("%s: %#v", e.key, stop)
			}
			if rests := e.key == "rests" || e.key == "fails"; rests && e.at < 4*sec {
				t.Errorf("%s came at %v, before the answers under way", e.key, e.at)
			}
			if want := e.key == "fails" || e.key == "errs" || e.key == "hangs"; (stop.Last != nil) != want {
				t.Errorf("%s: last %v", e.key, stop.Last)
			}
		}
		if answered != 4*sec {
			t.Errorf("the answers under way came until %v, want 4s", answered)
		}
		if len(p.made()) != 2*len(plans) {
			t.Errorf("%d requests, want %d", len(p.made()), 2*len(plans))
		}
	})
}

func TestFleetEach_AContextThatHasEnded(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		late, stop := context.WithTimeout(t.Context(), -sec)
		defer stop()
		p := newPlatform(nil)
		f := make(p, fleet{Policy: settle.Policy{Checks: 9}})
		for ctx, want := range map[context.Context]string{canceled: "0s a interrupted/0, 0s b interrupted/0", late: "0s a timeout/0, 0s b timeout/0"} {
			if got := endings(collect(p.start, f.Each(ctx, slices.Values([]string{"a", "b", "a"})))); got != want {
				t.Errorf("ends %q, want %q", got, want)
			}
		}
		if len(p.made()) > 0 {
			t.Errorf("%d requests", len(p.made()))
		}
	})
}

// What a check finds in its context, in a fleet: rule 14.
func TestFleetEach_AChecksContext(t *testing.T) {
	type word struct{}
	rows := []struct {
		name   string
		policy settle.Policy
		left   time.Duration // until its deadline; 0: none
	}{
		{"no limit in time", settle.Policy{Checks: 2}, 0},
		{"Timeout", settle.Policy{Timeout: 10 * sec}, 10 * sec},
		{"Attempt", settle.Policy{Checks: 2, Attempt: 3 * sec}, 3 * sec},
		{"the nearer one", settle.Policy{Timeout: 2 * sec, Attempt: 3 * sec}, 2 * sec},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(map[string]string{"a": "s"})
				p.during = func(_ int, ctx context.Context, _ []string) {
					deadline, bounded := ctx.Deadline()
					if got := time.Until(deadline); bounded != (r.left > 0) || bounded && got != r.left {
						t.Errorf("the deadline is %v away (%v), want %v", got, bounded, r.left)
					}
					if got := ctx.Value(word{}); got != "kept" || ctx.Err() != nil {
						t.Errorf("value %v, error %v", got, ctx.Err())
					}
				}
				collect(p.start, make(p, fleet{Policy: r.policy}).Each(context.WithValue(t.Context(), word{}, "kept"), slices.Values([]string{"a"})))
				if err := p.made()[0].ctx.Err(); err == nil {
					t.Error("the check's context is open")
				}
			})
		})
	}
}
