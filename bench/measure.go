package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// A scenario is a wait that a contender makes again and again.
type scenario struct {
	name   string
	every  time.Duration // 0: as short as the contender can be told
	checks int           // the how-manieth ends it
}

var (
	first = scenario{name: "first", every: time.Hour, checks: 1}
	ten   = scenario{name: "ten", checks: maxChecks}
)

// counting is a look that ends each wait of s at the right check, and adds up all checks in calls.
func (s scenario) counting(calls *int) look {
	return func() (*job, bool) {
		*calls++
		if *calls%s.checks == 0 {
			return done, true
		}
		return running, false
	}
}

// A cost is what one wait took.
type cost struct{ ns, bytes, allocs float64 }

// A runner is a contender at work in one scenario.
type runner struct {
	wait  wait
	calls int
	n     int // waits a round
	costs []cost
}

// measure lets all contenders take turns, round after round, since a machine that is shared has good and bad moments.
// Each turn takes about d.
func measure(cs []contender, s scenario, rounds int, d time.Duration) ([]runner, error) {
	rs := make([]runner, len(cs))
	for i, c := range cs {
		r := &rs[i]
		r.wait = c.setup(context.Background(), s.every, s.counting(&r.calls))
		if err := r.size(d); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", c.name, s.name, err)
		}
	}
	for round := range rounds {
		for i := range cs {
			k := (i + round) % len(cs)
			if err := rs[k].turn(s); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", cs[k].name, s.name, err)
			}
		}
	}
	return rs, nil
}

// size sets how many waits take about d.
func (r *runner) size(d time.Duration) error {
	for r.n = 1; ; r.n *= 2 {
		took, err := r.run()
		if err != nil {
			return err
		}
		if took > d/4 {
			r.n = max(1, int(float64(r.n)*float64(d)/float64(took)))
			return nil
		}
	}
}

func (r *runner) run() (time.Duration, error) {
	begin := time.Now()
	for range r.n {
		if j, err := r.wait(); err != nil || j != done {
			return 0, fmt.Errorf("the wait gave %v, %w", j, err)
		}
	}
	return time.Since(begin), nil
}

func (r *runner) turn(s scenario) error {
	calls := r.calls
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	took, err := r.run()
	runtime.ReadMemStats(&after)
	if err != nil {
		return err
	}
	if got, want := r.calls-calls, r.n*s.checks; got != want {
		return fmt.Errorf("%d checks in %d waits, want %d", got, r.n, want)
	}
	n := float64(r.n)
	r.costs = append(r.costs, cost{
		ns:     float64(took.Nanoseconds()) / n,
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / n,
		allocs: float64(after.Mallocs-before.Mallocs) / n,
	})
	return nil
}

func spread[E any](all []E, of func(E) float64) (least, most float64) {
	least = of(all[0])
	most = least
	for _, e := range all[1:] {
		least, most = min(least, of(e)), max(most, of(e))
	}
	return least, most
}
