package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Each contender must really do what its figures are said to be for.
func TestChecks(t *testing.T) {
	for _, s := range []scenario{first, ten} {
		for _, c := range contenders {
			t.Run(s.name+"/"+c.name, func(t *testing.T) {
				var calls int
				w := c.setup(t.Context(), s.every, s.counting(&calls))
				for n := range 2 {
					got, err := w()
					if got != done || err != nil {
						t.Errorf("wait %d: got %v, %v, want the value of the last check", n+1, got, err)
					}
					if want := (n + 1) * s.checks; calls != want {
						t.Errorf("after wait %d: got %d checks, want %d", n+1, calls, want)
					}
				}
			})
		}
	}
}

func TestAsleep(t *testing.T) {
	const n = 20
	for _, c := range contenders {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var checks, ends atomic.Int64
				w := c.setup(ctx, time.Hour, counted(&checks))
				for range n {
					go func() {
						if _, err := w(); err != nil {
							ends.Add(1)
						}
					}()
				}
				time.Sleep(time.Hour - time.Second)
				if got := checks.Load(); got != n {
					t.Errorf("got %d checks within the first hour, want %d", got, n)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if got := checks.Load(); got != 2*n {
					t.Errorf("got %d checks after an hour, want %d", got, 2*n)
				}
				cancel(errors.New("enough"))
				synctest.Wait()
				if got := ends.Load(); got != n {
					t.Errorf("after the cancel %d waits have ended, want %d", got, n)
				}
			})
		})
	}
}

func BenchmarkFirst(b *testing.B) { benchmark(b, first) }
func BenchmarkTen(b *testing.B)   { benchmark(b, ten) }

func benchmark(b *testing.B, s scenario) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			var calls int
			w := c.setup(context.Background(), s.every, s.counting(&calls))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
