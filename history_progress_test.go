package settle

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// A signal is what a task says of its progress: u is the part of its time that is over, r what sets it apart.
type signal func(u float64, r *rand.Rand) float64

func even(u float64, _ *rand.Rand) float64 { return u }

// Reported progress is used where it helps, and does no harm where it does not.
func TestHistory_Progress(t *testing.T) {
	tests := []struct {
		name   string
		signal signal
		least  float64 // gain in mean delay over the same policy without a History
	}{
		{"even", even, 4},
		{"even, 3 % of noise", func(u float64, r *rand.Rand) float64 { return u + .03*r.NormFloat64() }, 3.2},
		{"fast, then slow", func(u float64, _ *rand.Rand) float64 { return 1 - (1-u)*(1-u) }, 2.6},
		{"stuck at 99 % from 60 % of the time", func(u float64, _ *rand.Rand) float64 { return min(u/.6, .99) }, 1.7},
		{"in steps of 25 %", func(u float64, _ *rand.Rand) float64 { return math.Floor(4*u) / 4 }, 1.8},
		{"0 % until the end", func(float64, *rand.Rand) float64 { return 0 }, .85},
		{"noise alone", func(_ float64, r *rand.Rand) float64 { return r.Float64() }, .85},
		{"no number", func(float64, *rand.Rand) float64 { return math.NaN() }, .85},
	}
	const seeds = 10
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			gain, ratio := 0., 0.
			for seed := range uint64(seeds) {
				g, c := progressGain(tt.signal, seed)
				gain, ratio = gain+g/seeds, ratio+c/seeds
			}
			t.Logf("gain %.2f, checks %.3f", gain, ratio)
			if gain < tt.least {
				t.Errorf("gain %.2f, want at least %.2f", gain, tt.least)
			}
			if ratio > 1.03 {
				t.Errorf("%.3f times the checks", ratio)
			}
		})
	}
}

// progressGain drives the judge by itself through 600 waits for lognormal tasks of about 510 seconds.
func progressGain(s signal, seed uint64) (gain, checks float64) {
	r := rand.New(rand.NewPCG(seed, 11))
	p := Policy{Every: 102 * time.Second}
	p.History = new(History)
	var delay, plainDelay, made, plain float64
	for range 600 {
		d := 309 * math.Exp(r.NormFloat64())
		j := judge{limit: noLimit, spell: noSpell}
		for now := time.Duration(0); ; {
			at := seconds(now)
			a := answer{Status: When(at >= d), began: now, now: now}
			a.Progress = s(at/d, r)
			v := j.hear(context.Background(), &p, &a)
			if v.over {
				delay += at - d
				break
			}
			made++
			now += v.pause
		}
		n := math.Ceil(d / 102)
		plain += n
		plainDelay += n*102 - d
	}
	return plainDelay / delay, made / plain
}
