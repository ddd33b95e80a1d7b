package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// A series is what waits in a row have cost, one entry a wait. The check at the start is not counted: all make it.
type series struct{ checks, delay []float64 }

// wait makes one wait under p for a task that takes d, by the same arithmetic as settle.Wait without jitter; h, nil for
// the plain policy, learns from it. exact: the platform says how long the task took.
func (s *series) wait(h *settle.History, p settle.Policy, d time.Duration, exact bool) {
	last, n := time.Duration(0), -1
	for at := range h.Plan(p) {
		n++
		if at < d {
			last = at
			continue
		}
		switch {
		case h == nil || n == 0: // ended when first seen: a wait learns nothing from it
		case exact:
			h.Add(p, d, d)
		default:
			h.Add(p, last, at)
		}
		s.checks, s.delay = append(s.checks, float64(n)), append(s.delay, (at-d).Seconds())
		return
	}
}

// A pair is the same tasks waited for with a History and without.
type pair struct{ with, plain series }

func (c *pair) add(o *pair) {
	c.with.checks, c.with.delay = append(c.with.checks, o.with.checks...), append(c.with.delay, o.with.delay...)
	c.plain.checks, c.plain.delay = append(c.plain.checks, o.plain.checks...), append(c.plain.delay, o.plain.delay...)
}

func mean(xs []float64) float64 {
	sum := 0.
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func p95(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[min(len(xs)*95/100, len(xs)-1)]
}

func seconds(s float64) time.Duration { return time.Duration(min(s, longest) * float64(sec)) }

// A phase is a stretch of the life of a History.
type phase struct {
	name  string
	title string
	run   func(p settle.Policy, l law, r *rand.Rand, waits int) pair
}

var phases = []phase{
	{"learned", "After learning: the tasks before these are known", func(p settle.Policy, l law, r *rand.Rand, waits int) pair {
		h := new(settle.History)
		taught(h, p, l.draw, r, 100)
		return waitFor(h, p, l.draw, r, waits)
	}},
	{"cold", "Cold start: the first 20 tasks of a History that knows nothing", func(p settle.Policy, l law, r *rand.Rand, waits int) pair {
		return repeated(waits, 20, func() pair { return waitFor(new(settle.History), p, l.draw, r, 20) })
	}},
	{"too slow", "A wrong history: it knows 64 tasks that took ten times as long; the 30 tasks after", func(p settle.Policy, l law, r *rand.Rand, waits int) pair {
		return wrong(10, p, l, r, waits)
	}},
	{"too fast", "A wrong history: it knows 64 tasks that took a tenth of the time; the 30 tasks after", func(p settle.Policy, l law, r *rand.Rand, waits int) pair {
		return wrong(.1, p, l, r, waits)
	}},
	{"drift", "Drift: tasks grow, and shrink again, between half and twice their time over each 200 tasks", func(p settle.Policy, l law, r *rand.Rand, waits int) pair {
		h, n := new(settle.History), 0
		return waitFor(h, p, func(r *rand.Rand) float64 {
			n++
			return l.draw(r) * math.Exp2(math.Sin(2*math.Pi*float64(n)/200))
		}, r, waits)
	}},
}

func phaseOf(name string) phase {
	return phases[slices.IndexFunc(phases, func(p phase) bool { return p.name == name })]
}

func wrong(by float64, p settle.Policy, l law, r *rand.Rand, waits int) pair {
	return repeated(waits, 30, func() pair {
		h := new(settle.History)
		taught(h, p, scaled(by, l.draw), r, 64)
		return waitFor(h, p, l.draw, r, 30)
	})
}

func repeated(waits, each int, run func() pair) pair {
	var all pair
	for range (waits + each - 1) / each {
		one := run()
		all.add(&one)
	}
	return all
}

func taught(h *settle.History, p settle.Policy, draw func(*rand.Rand) float64, r *rand.Rand, n int) {
	var none series
	for range n {
		none.wait(h, p, seconds(draw(r)), false)
	}
}

func waitFor(h *settle.History, p settle.Policy, draw func(*rand.Rand) float64, r *rand.Rand, n int) pair {
	var c pair
	for range n {
		d := seconds(draw(r))
		c.with.wait(h, p, d, false)
		c.plain.wait(nil, p, d, false)
	}
	return c
}

// A result is what a phase came to, over all seeds.
type result struct {
	checks, delay, p95          float64 // with a History
	plain, plainDelay, plainP95 float64 // without: checks, mean delay, p95
}

func (c *pair) result() result {
	return result{
		mean(c.with.checks), mean(c.with.delay), p95(c.with.delay),
		mean(c.plain.checks), mean(c.plain.delay), p95(c.plain.delay),
	}
}

func simulate(ph phase, p settle.Policy, l law, seeds, waits int) result {
	var all pair
	for seed := range uint64(seeds) {
		one := ph.run(p, l, rand.New(rand.NewPCG(seed, 17)), waits)
		all.add(&one)
	}
	return all.result()
}
