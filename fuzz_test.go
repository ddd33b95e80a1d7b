package settle_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

// valid asks the library itself, by a wait that ends with its first check.
func valid(p settle.Policy) bool {
	if p.Checks == 0 {
		p.Checks = 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := settle.Until(ctx, p, func(context.Context) (bool, error) { cancel(); return true, nil }) // Stable may want more
	return settle.OutcomeOf(err) != "invalid"
}

func FuzzParsePolicy(f *testing.F) {
	for _, text := range []string{
		"", "every=5s max=30s checks=10 timeout=10m errors=5 missing=30s", "every=2s max=15s attempt=30s timeout=30m errors=25",
		"errors=-1 factor=1.0000001 jitter=1 grace=1ns stable=3", "every=2562047h47m16.854775807s", "every=0", "every=0s", "factor=1e9 max=1h",
		"factor=NaN", "jitter=Inf", "factor=0x1p-2", "checks=9223372036854775807", "every=5s every=6s", "  every=5s\tmax=9s\n", "every=1µs", "jitter=-0", "every=-5s",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := settle.ParsePolicy(text)
		if err != nil {
			return
		}
		if first != first { // not a number
			t.Fatalf("ParsePolicy(%q) is %+v, which does not equal itself", text, first)
		}
		again, err := settle.ParsePolicy(first.String())
		if again != first || err != nil || again.String() != first.String() {
			t.Errorf("%q: %+v prints as %q, which is %+v, %v", text, first, first, again, err)
		}
	})
}

func FuzzPolicyString(f *testing.F) {
	const longest = math.MaxInt64
	f.Add(int64(0), int64(0), 0., 0., 1, int64(0), int64(0), 0, int64(0), int64(0), 0)
	f.Add(int64(5e9), int64(30e9), 1.5, .25, 10, int64(600e9), int64(30e9), 5, int64(30e9), int64(1), 2)
	f.Add(int64(longest), int64(longest), 1.0000001, 1., math.MaxInt, int64(longest), int64(longest), math.MinInt, int64(longest), int64(longest), math.MaxInt)
	f.Add(int64(1), int64(longest), math.MaxFloat64, math.SmallestNonzeroFloat64, 0, int64(1), int64(1), -1, int64(1), int64(1), 1)
	f.Fuzz(func(t *testing.T, every, most int64, factor, jitter float64, checks int, timeout, attempt int64, errs int, missing, grace int64, stable int) {
		p := settle.Policy{Every: time.Duration(every), Max: time.Duration(most), Factor: factor, Jitter: jitter, Checks: checks, Timeout: time.Duration(timeout),
			Attempt: time.Duration(attempt), Errors: errs, Missing: time.Duration(missing), Grace: time.Duration(grace), Stable: stable}
		if !valid(p) {
			return
		}
		if back, err := settle.ParsePolicy(p.String()); back != p || err != nil {
			t.Errorf("%+v prints as %q, which is %+v, %v", p, p, back, err)
		}
	})
}

func FuzzPause(f *testing.F) {
	const longest = math.MaxInt64
	for _, n := range []int{math.MinInt, -1, 0, 1, 2, 3, 1e9, math.MaxInt} {
		f.Add(int64(0), int64(0), 0., 0, n)
		f.Add(int64(5e9), int64(30e9), 0., 10, n)
		f.Add(int64(1e9), int64(3600e9), 1.0000001, 0, n)
		f.Add(int64(1e9), int64(longest), 1e9, 0, n)
		f.Add(int64(longest-1), int64(longest), 1.0000001, 3, n)
		f.Add(int64(longest), int64(longest), 0., 0, n)
		f.Add(int64(1), int64(longest), math.MaxFloat64, 0, n)
	}
	f.Fuzz(func(t *testing.T, every, most int64, factor float64, checks, n int) {
		p := settle.Policy{Every: time.Duration(every), Max: time.Duration(most), Factor: factor, Checks: checks}
		if !valid(p) {
			return
		}
		least := time.Second
		if p.Every > 0 {
			least = p.Every
		}
		highest := max(p.Max, least)
		before, _ := p.Pause(n - 1)
		if n == math.MinInt {
			before = least
		}
		got, ok := p.Pause(n)
		if got < least && ok || got < 0 || got > highest {
			t.Errorf("%v: Pause(%d) is %v, want %v to %v", p, n, got, least, highest)
		}
		if ok && got < before {
			t.Errorf("%v: Pause(%d) is %v, after %v", p, n, got, before)
		}
		if want := p.Checks == 0 || max(n, 1) < p.Checks; ok != want {
			t.Errorf("%v: Pause(%d) says %v, want %v", p, n, ok, want)
		}
	})
}
