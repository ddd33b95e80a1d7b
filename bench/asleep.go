package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// A nap is what one wait holds while it sleeps.
type nap struct{ bytes, goroutines float64 }

// counted is a look that never ends a wait. It needs next to no stack, so that a sleeper's is its contender's alone.
func counted(checks *atomic.Int64) look {
	return func() (*job, bool) {
		checks.Add(1)
		return running, false
	}
}

// measureAsleep puts n waits of each contender to sleep at once, one contender after the other, round after round.
func measureAsleep(cs []contender, rounds, n int) ([][]nap, error) {
	descriptor, err := warmUp(2 * n)
	if err != nil {
		return nil, err
	}
	naps := make([][]nap, len(cs))
	for round := range rounds {
		for i := range cs {
			k := (i + round) % len(cs)
			nap, err := sleepOnce(cs[k], n)
			if err != nil {
				return nil, fmt.Errorf("%s, asleep: %w", cs[k].name, err)
			}
			nap.bytes += nap.goroutines * descriptor
			naps[k] = append(naps[k], nap)
		}
	}
	return naps, nil
}

// warmUp returns what the runtime keeps, once and for all, for each goroutine that there ever was at one time: it reuses
// the descriptors of those that ended, so without this whoever comes first would pay for all. n must be as many
// goroutines as any contender will have.
func warmUp(n int) (bytes float64, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	before := live()
	for range n {
		go func() {
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
			}
		}()
	}
	cancel()
	if err := until(func() bool { return runtime.NumGoroutine() <= before.goroutines }); err != nil {
		return 0, err
	}
	return (live().bytes - before.bytes) / float64(n), nil
}

func sleepOnce(c contender, n int) (nap, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var checks atomic.Int64
	w := c.setup(ctx, time.Hour, counted(&checks))
	before := live()
	for range n {
		go w()
	}
	if err := until(func() bool { return checks.Load() == int64(n) }); err != nil {
		return nap{}, err
	}
	time.Sleep(200 * time.Millisecond) // the last ones have yet to get from their check to their sleep
	during := live()
	cancel()
	if err := until(func() bool { return runtime.NumGoroutine() <= before.goroutines }); err != nil {
		return nap{}, err
	}
	if got := checks.Load(); got != int64(n) {
		return nap{}, fmt.Errorf("%d checks by %d waits", got, n)
	}
	return nap{
		bytes:      (during.bytes - before.bytes) / float64(n),
		goroutines: float64(during.goroutines-before.goroutines) / float64(n),
	}, nil
}

type memory struct {
	bytes      float64 // in heap objects and stacks
	goroutines int
}

// live collects twice: the first collection shrinks stacks, and only the next finds all that this left behind.
func live() memory {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory{bytes: float64(m.HeapAlloc) + float64(m.StackInuse), goroutines: runtime.NumGoroutine()}
}

func until(reached func() bool) error {
	for range 6000 {
		if reached() {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("a minute was not enough")
}
