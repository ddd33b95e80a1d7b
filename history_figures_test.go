package settle_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

type law func(r *rand.Rand) float64 // seconds

func lognormal(median, sigma float64) law {
	return func(r *rand.Rand) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
}

func uniform(low, high float64) law {
	return func(r *rand.Rand) float64 { return low + (high-low)*r.Float64() }
}

func exponential(mean float64) law {
	return func(r *rand.Rand) float64 { return mean * r.ExpFloat64() }
}

func mixed(part float64, a, b law) law {
	return func(r *rand.Rand) float64 {
		if r.Float64() < part {
			return a(r)
		}
		return b(r)
	}
}

// A total is what waits have cost.
type total struct{ checks, delay float64 }

// wait makes one wait for a task that takes d, and has h learn it as it was known: exactly or between two checks.
func (c *total) wait(h *settle.History, p settle.Policy, d time.Duration, exact bool) {
	last := time.Duration(0)
	for at := range h.Plan(p) {
		if at > 0 {
			c.checks++
		}
		if at >= d {
			c.delay += (at - d).Seconds()
			if h != nil && exact {
				h.Add(p, d, d)
			} else if h != nil {
				h.Add(p, last, at)
			}
			return
		}
		last = at
	}
}

// compare gives checks and delays with History over those without, for waits in a row from a cold start.
func compare(p settle.Policy, l law, seed uint64, waits int, exact bool) (checks, gain float64) {
	r := rand.New(rand.NewPCG(seed, 7))
	var h settle.History
	var with, without total
	for range waits {
		d := time.Duration(l(r) * float64(time.Second))
		with.wait(&h, p, d, exact)
		without.wait(nil, p, d, exact)
	}
	return with.checks / without.checks, without.delay / with.delay
}

func meanAndDeviation(xs []float64) (mean, sd float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		sd += (x - mean) * (x - mean) / float64(len(xs)-1)
	}
	return mean, math.Sqrt(sd)
}

// The figures that History was specified with: 20 seeds, 1000 waits each; the gain in mean delay and its deviation.
func TestHistory_Figures(t *testing.T) {
	fixed := settle.Policy{Every: 30 * time.Second}
	linear := settle.Policy{Every: 6 * time.Second, Max: 10000 * time.Hour}
	tests := []struct {
		name   string
		law    law
		policy settle.Policy
		exact  bool
		gain   float64
		sd     float64
	}{
		{"lognormal .05", lognormal(300, .05), fixed, true, 7.30, .26},
		{"lognormal .1", lognormal(300, .1), fixed, true, 4.01, .11},
		{"lognormal .3", lognormal(300, .3), fixed, true, 1.72, .06},
		{"lognormal .6", lognormal(300, .6), fixed, true, 1.14, .04},
		{"uniform", uniform(150, 450), fixed, true, 1.85, .05},
		{"exponential", exponential(300), fixed, true, .98, .01},
		{"two kinds in one", mixed(.7, lognormal(12, .3), lognormal(300, .3)), fixed, true, 1.88, .06},
		{"lognormal .05, linear", lognormal(300, .05), linear, true, 12.3, .5},
		{"lognormal .1, linear", lognormal(300, .1), linear, true, 6.8, .2},
		{"lognormal .3, linear", lognormal(300, .3), linear, true, 2.90, .09},
		{"lognormal .6, linear", lognormal(300, .6), linear, true, 1.77, .06},
		{"uniform, linear", uniform(150, 450), linear, true, 3.12, .07},
		{"exponential, linear", exponential(300), linear, true, 1.36, .03},
		{"two kinds in one, linear", mixed(.7, lognormal(12, .3), lognormal(300, .3)), linear, true, 1.78, .09},
		{"lognormal .05, between checks", lognormal(300, .05), fixed, false, 6.97, .26},
		{"lognormal .1, between checks", lognormal(300, .1), fixed, false, 3.87, .11},
		{"lognormal .3, between checks", lognormal(300, .3), fixed, false, 1.70, .06},
	}
	seeds := 20
	if raceOn {
		seeds = 2
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var checks, gains []float64
			for seed := range seeds {
				c, g := compare(tt.policy, tt.law, uint64(seed), 1000, tt.exact)
				checks, gains = append(checks, c), append(gains, g)
			}
			gain, sd := meanAndDeviation(gains)
			ratio, _ := meanAndDeviation(checks)
			t.Logf("gain %.2f ± %.2f, want %.2f ± %.2f; checks %.3f", gain, sd, tt.gain, tt.sd, ratio)
			if math.Abs(gain-tt.gain) > 4*tt.sd {
				t.Errorf("gain %.2f ± %.2f, want %.2f ± %.2f", gain, sd, tt.gain, tt.sd)
			}
			if ratio > 1.03 {
				t.Errorf("%.3f times the checks", ratio)
			}
		})
	}
}

// A History of five-minute tasks meets tasks of another kind: what the 30 waits after cost, checks and delay together,
// is about what they cost under the plain policy, and the one that costs most is bounded.
func TestHistory_Wrong(t *testing.T) {
	tests := []struct {
		name string
		law  law
	}{
		{"ten times faster", lognormal(30, .3)},
		{"ten times slower", lognormal(3000, .3)},
		{"three times faster", lognormal(100, .3)},
		{"unrelated", uniform(10, 1500)},
		{"memoryless", exponential(300)},
	}
	p := settle.Policy{Every: 30 * time.Second}
	price := p.Every.Seconds() / 2 // of a check: at it the mean delay of the plain policy costs as much as one
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var with, without, worst, plainWorst float64
			for seed := range uint64(100) {
				r := rand.New(rand.NewPCG(seed, 9))
				var h settle.History
				var taught total
				for range 64 {
					taught.wait(&h, p, time.Duration(lognormal(300, .3)(r)*float64(time.Second)), false)
				}
				for range 30 {
					d := time.Duration(tt.law(r) * float64(time.Second))
					var a, b total
					a.wait(&h, p, d, false)
					b.wait(nil, p, d, false)
					with, without = with+price*a.checks+a.delay, without+price*b.checks+b.delay
					worst, plainWorst = max(worst, a.delay), max(plainWorst, b.delay)
				}
			}
			t.Logf("cost %.2f times the plain policy's, the longest delay %.2f times", with/without, worst/plainWorst)
			if with/without > 1.15 {
				t.Errorf("it costs %.2f times the plain policy", with/without)
			}
			if worst > 3*plainWorst+1 {
				t.Errorf("the longest delay is %.0f s, %.0f s without it", worst, plainWorst)
			}
		})
	}
}

// What has changed for good is learned within a few tasks.
func TestHistory_Change(t *testing.T) {
	for _, to := range []time.Duration{30 * time.Second, 900 * time.Second} {
		p := settle.Policy{Every: 30 * time.Second}
		r := rand.New(rand.NewPCG(1, 9))
		var h settle.History
		var before, after total
		for range 64 {
			before.wait(&h, p, time.Duration(lognormal(300, .05)(r)*float64(time.Second)), false)
		}
		for range 6 {
			after.wait(&h, p, to+time.Duration(r.IntN(int(3*time.Second))), false)
		}
		if h.Len() > 10 {
			t.Errorf("to %s: it still goes by %d durations", to, h.Len())
		}
		if late, ok := h.Quantile(.6); !ok || late < to-time.Minute || late > to+time.Minute {
			t.Errorf("to %s: six tasks later it takes %s for the time of most", to, late)
		}
	}
}
