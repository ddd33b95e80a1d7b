package main

import (
	"context"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// A figure is what a crowd of waits was measured to cost.
type figure struct {
	Name           string
	Tasks          int
	Bytes          float64 // for each task: heap and stacks, less its key and value
	Goroutines     int
	Checks         float64       // a second
	CPU            float64       // seconds for each check, of the whole process
	Adds, Removes  float64       // a second; 0: it has no such thing
	P50, P99, Most time.Duration // how late checks were
}

// measure lets n tasks be checked at the rate, evenly spread, and looks at them for the window, twice: with a check that
// does nothing but count, and with one that notes how late it is.
func measure(c crowd, n, rate int, window time.Duration) figure {
	every := time.Duration(n) * time.Second / time.Duration(rate)
	p := &platform{every: every, asked: make([]atomic.Int64, n)}
	f := figure{Name: c.name, Tasks: n}
	goroutines, before := runtime.NumGoroutine(), live()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	added := time.Now()
	begin := added.Add(3*time.Second + time.Duration(n)*5*time.Microsecond)
	removeAll := c.start(ctx, n, every, begin, p.check)
	f.Adds = float64(n) / time.Since(added).Seconds()
	if removeAll == nil {
		f.Adds = 0
	}
	time.Sleep(time.Until(begin.Add(every))) // each has been asked once
	const keyAndValue = 16
	f.Bytes = float64(live()-before)/float64(n) - keyAndValue
	f.Goroutines = runtime.NumGoroutine() - goroutines

	checks, cpu, now := p.checks.Load(), cpuTime(), time.Now()
	time.Sleep(window)
	made := float64(p.checks.Load() - checks)
	f.CPU = (cpuTime() - cpu).Seconds() / made
	f.Checks = made / time.Since(now).Seconds()
	p.noting.Store(true)
	time.Sleep(every + window) // the first pause of each is not noted
	f.P50, f.P99, f.Most = p.lateness.quantile(0.5), p.lateness.quantile(0.99), p.lateness.quantile(1)
	if removeAll != nil {
		now := time.Now()
		removeAll()
		f.Removes = float64(n) / time.Since(now).Seconds()
	}
	return f
}

// A platform answers that a task is pending, and may note how late it was asked.
type platform struct {
	every    time.Duration
	checks   atomic.Int64
	noting   atomic.Bool
	asked    []atomic.Int64 // when each was asked last, in nanoseconds since start; its own check alone writes it
	lateness lateness
}

var start = time.Now()

func (p *platform) check(task int) {
	p.checks.Add(1)
	if !p.noting.Load() {
		return
	}
	now := int64(time.Since(start))
	if last := p.asked[task].Swap(now); last != 0 {
		p.lateness.note(time.Duration(now-last) - p.every)
	}
}

// lateness counts in steps of 100 µs, up to 10 s.
type lateness struct{ steps [100_001]atomic.Int64 }

const step = 100 * time.Microsecond

func (l *lateness) note(d time.Duration) {
	l.steps[min(max(int(d/step), 0), len(l.steps)-1)].Add(1)
}

func (l *lateness) quantile(part float64) time.Duration {
	var all, seen int64
	for i := range l.steps {
		all += l.steps[i].Load()
	}
	for i := range l.steps {
		if seen += l.steps[i].Load(); seen > 0 && float64(seen) >= part*float64(all) {
			return time.Duration(i+1) * step
		}
	}
	return 0
}

// live is what is held after collection: heap and stacks.
func live() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
