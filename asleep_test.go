package settle_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

var sleepers = []struct {
	name       string
	cancelable bool
	policy     settle.Policy
	most       float64 // bytes for each
}{
	{"Checks", false, settle.Policy{Checks: 2}, 3500},
	{"ChecksCancelable", true, settle.Policy{Checks: 2}, 3500},
	{"Timeout", false, settle.Policy{Timeout: 2 * time.Hour}, 5200},
	{"TimeoutCancelable", true, settle.Policy{Timeout: 2 * time.Hour}, 5200},
	{"Attempt", false, settle.Policy{Checks: 2, Attempt: time.Minute}, 5200},
	{"AttemptCancelable", true, settle.Policy{Checks: 2, Attempt: time.Minute}, 5200},
}

// inUse is what is held now: the heap, goroutines' own records among it, and the stacks.
func inUse() uint64 {
	runtime.GC()
	runtime.GC() // the first one frees the stacks of goroutines that have ended, the second what they held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// Bytes are counted, not time: under synctest every one of them is asleep when the count is taken.
func TestRule16_AsleepIsSmall(t *testing.T) {
	if raceOn {
		t.Skip("the race detector keeps its own bytes for each goroutine, and makes frames larger")
	}
	const n = 10_000
	synctest.Test(t, func(t *testing.T) {
		for _, r := range sleepers {
			// The waits of the rows before go on sleeping: no row gets the used-up goroutines of another for nothing.
			ctx, cancel := context.Background(), func() {}
			if r.cancelable {
				ctx, cancel = context.WithCancel(ctx)
			}
			defer cancel()
			p := r.policy
			p.Every = time.Hour
			check := func(context.Context) (int, settle.Status, error) { return 1, settle.When(false), nil }
			before := inUse()
			for range n {
				go settle.Wait(ctx, p, check)
			}
			synctest.Wait()
			if got := float64(inUse()-before) / n; got > r.most {
				t.Errorf("%s: %.0f bytes each, want at most %.0f", r.name, got, r.most)
			} else {
				t.Logf("%s: %.0f bytes each", r.name, got)
			}
		}
		time.Sleep(3 * time.Hour) // until all have reached their limit
	})
}

// BenchmarkAsleep takes the figure of rule 16 at its full size, in real time: each row waits until its waits have ended.
func BenchmarkAsleep(b *testing.B) {
	const n = 100_000
	before := inUse() // once: goroutines' records are used again by the next row, and are a part of its figure
	for _, r := range sleepers {
		b.Run(r.name, func(b *testing.B) {
			for b.Loop() {
				ctx, cancel := context.Background(), func() {}
				p := r.policy
				p.Every = time.Hour
				if r.cancelable {
					ctx, cancel = context.WithCancel(ctx)
				} else {
					p.Every, p.Checks = 5*time.Second, 2 // nothing else would end it
				}
				var asked, waits sync.WaitGroup
				var ended atomic.Int64
				asked.Add(n)
				waits.Add(n)
				var again atomic.Bool
				check := func(context.Context) (int, settle.Status, error) {
					if !again.Load() {
						asked.Done()
					}
					return 1, settle.When(again.Load()), nil
				}
				one := func() {
					settle.Wait(ctx, p, check)
					ended.Add(1)
					waits.Done()
				}
				for range n {
					go one()
				}
				asked.Wait()
				again.Store(true)
				held := float64(inUse()-before) / n
				if ended.Load() > 0 {
					b.Fatal("waits have ended before the count was taken: the machine is too slow for this row")
				}
				b.ReportMetric(held, "B/wait")
				cancel()
				waits.Wait()
			}
		})
	}
}
