package settle_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

func keysTo(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprint(i))
	}
	return keys
}

func TestFleetWorkers(t *testing.T) {
	for workers, want := range map[int]int{0: 8, 1: 1, 3: 3, 8: 8, 30: 20} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(nil)
				p.during = func(int, context.Context, []string) { time.Sleep(3 * sec) }
				f := make(p, fleet{Policy: settle.Policy{Every: sec, Checks: 5}, Workers: workers, Size: 1})
				ends := collect(p.start, f.Each(t.Context(), slices.Values(keysTo(20))))
				if p.most != want {
					t.Errorf("%d requests at once, want %d", p.most, want)
				}
				if len(ends) != 20 || len(p.made()) != 100 {
					t.Errorf("%d ends, %d requests, want 20, 100", len(ends), len(p.made()))
				}
				// As many as may be are under way while keys are due: none is kept behind another's slow check.
				if got := p.made()[min(want, 20)-1].at; got != 0 {
					t.Errorf("request %d began at %v, want 0s", want, got)
				}
			})
		})
	}
}

// Rule 6: no wait outlasts its limit, whoever keeps the workers busy.
func TestFleetWorkers_AKeyThatGetsNoWorkerEndsAtItsLimit(t *testing.T) {
	for _, n := range []int{1, 2, 30} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, t.Context(), fleet{Policy: settle.Policy{Timeout: 5 * sec}, Workers: 1}, map[string]string{"busy": "s:1h~"})
				b.add("busy", settle.Entry{Policy: &settle.Policy{Checks: 1}})
				synctest.Wait()
				for _, key := range keysTo(n) {
					b.add(key, settle.Entry{})
				}
				b.listen()
				b.at(2 * time.Hour)
				b.calls("0s busy")
				b.remove("0", false)
				if len(b.ended) != n+1 {
					t.Errorf("%d ends, want %d", len(b.ended), n+1)
				}
				for _, e := range b.ended[:n] {
					if stop, ok := errors.AsType[*settle.StopError](e.Err); !ok || e.at != 5*sec || stop.Checks != 0 || stop.Elapsed != 5*sec {
						t.Errorf("%s at %v: %v", e.key, e.at, e.Err)
					}
				}
				b.Close()
			})
		})
	}
}

func TestFleetWorkers_NoCheckBeginsOnceTheRunStops(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPlatform(map[string]string{"0": "s"})
		p.during = func(int, context.Context, []string) { cancel() }
		ends := collect(p.start, make(p, fleet{Policy: settle.Policy{Checks: 9}, Workers: 1, Size: 1}).Each(ctx, slices.Values(keysTo(20))))
		if len(p.made()) != 1 || len(ends) != 20 {
			t.Errorf("%d requests and %d ends, want 1 and 20", len(p.made()), len(ends))
		}
	})
}

// bucket is when the n-th request may be made where each is made as soon as that.
func bucket(n int, rate float64) time.Duration {
	burst := max(1, rate/10)
	return time.Duration(max(0, (float64(n)-burst)/rate) * float64(time.Second))
}

func TestFleetRate_IsATokenBucket(t *testing.T) {
	for _, rate := range []float64{.01, .1, 1, 2.5, 10, 25, 99, 250, 1000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				const requests = 700
				p := newPlatform(nil)
				ctx, cancel := context.WithCancel(t.Context())
				p.during = func(n int, _ context.Context, _ []string) {
					if n == requests {
						cancel()
					}
				}
				f := make(p, fleet{Policy: settle.Policy{Every: time.Nanosecond, Checks: math.MaxInt32}, Rate: rate, Size: 1, Workers: 150})
				collect(p.start, f.Each(ctx, slices.Values(keysTo(150))))
				if len(p.made()) < requests {
					t.Fatalf("%d requests, want %d", len(p.made()), requests)
				}
				for i, r := range p.made()[:requests] {
					// Not sooner, but for what arithmetic loses; and not later, but for a moment's rest of the owner.
					if want := bucket(i+1, rate); r.at < want-time.Microsecond-want/1e6 || r.at > want+2*time.Millisecond+want/1e6 {
						t.Fatalf("request %d at %v, want %v", i+1, r.at, want)
					}
				}
			})
		})
	}
}

// After hours in which fewer are due than the rate allows, no more than the burst has gathered.
func TestFleetRate_TokensGatherUpToTheBurst(t *testing.T) {
	for rate, burst := range map[float64]int{.5: 1, 1: 1, 9: 1, 10: 1, 25: 2, 40: 4, 100: 10} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlatform(nil)
				r := p.single(fleet{Policy: settle.Policy{Checks: 1}, Rate: rate, Workers: 99}).Start(t.Context())
				for _, round := range []time.Duration{0, time.Hour, 3 * time.Hour} {
					time.Sleep(round - time.Since(p.start))
					synctest.Wait()
					p.forget()
					for _, key := range keysTo(50) {
						r.Add(key, settle.Entry{First: p.start.Add(round + time.Minute)})
					}
					time.Sleep(30 * time.Minute)
					made := p.made()
					for i, q := range made {
						want := round + time.Minute + bucket(i+1, rate)
						if q.at < want-time.Microsecond || q.at > want+2*time.Millisecond {
							t.Fatalf("request %d at %v, want %v", i+1, q.at-round, want-round)
						}
					}
					at := 0
					for _, q := range made {
						if q.at == made[0].at {
							at++
						}
					}
					if at != burst || len(made) != 50 {
						t.Errorf("%d of %d requests at once, want %d of 50", at, len(made), burst)
					}
				}
				r.Close()
			})
		})
	}
}

// In no stretch of time more than burst and rate allow, whatever comes when.
func TestFleetRate_NoStretchHasMore(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		const rate = 20.0
		p := newPlatform(map[string]string{"3": "p s", "5": "x x x p", "7": "p:2s", "11": "p:300ms s"})
		f := make(p, fleet{Policy: settle.Policy{Every: sec, Max: 20 * sec, Jitter: .9, Checks: 40, Errors: -1}, Rate: rate, Size: 3, Workers: 5})
		collect(p.start, f.Each(t.Context(), slices.Values(keysTo(300))))
		at := p.made()
		for i := range at {
			for k := i; k < len(at) && k < i+200; k++ {
				if n, most := float64(k-i+1), 2+rate*(at[k].at-at[i].at).Seconds()+1e-3; n > most {
					t.Fatalf("%v requests from %v to %v, at most %v allowed", n, at[i].at, at[k].at, most)
				}
			}
		}
	})
}

func TestFleetRate_VerySmallAndVeryLarge(t *testing.T) {
	for _, rate := range []float64{math.SmallestNonzeroFloat64, 1e-300, 1e-12} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlatform(map[string]string{"a": "s", "b": "s"})
			f := p.single(fleet{Policy: settle.Policy{Timeout: 1000 * time.Hour}, Rate: rate})
			ends := collect(p.start, f.Each(t.Context(), slices.Values([]string{"a", "b"})))
			if len(p.made()) != 1 || len(ends) != 2 || ends[1].at != 1000*time.Hour || ends[1].checks() != 0 {
				t.Errorf("rate %v: calls %q, ends %q", rate, p.calls(), endings(ends))
			}
		})
	}
	for _, rate := range []float64{1e9, 1e18, math.MaxFloat64} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlatform(nil)
			f := p.single(fleet{Policy: settle.Policy{Checks: 3}, Rate: rate})
			ends := collect(p.start, f.Each(t.Context(), slices.Values(keysTo(100))))
			if last := ends[len(ends)-1]; len(p.made()) != 300 || len(ends) != 100 || last.at < 2*sec || last.at > 2*sec+100*time.Millisecond {
				t.Errorf("rate %v: %d requests, %d ends, the last at %v", rate, len(p.made()), len(ends), last.at)
			}
		})
	}
}

func TestFleetRate_TheLongestOverdueGoesFirst(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(nil)
		r := make(p, fleet{Policy: settle.Policy{Checks: 1}, Rate: .1, Size: 1}).Start(t.Context())
		add := func(key string, first time.Duration) {
			if err := r.Add(key, settle.Entry{First: p.start.Add(first)}); err != nil {
				t.Error(err)
			}
		}
		add("z", 0)
		for key, first := range map[string]time.Duration{"c": 3 * sec, "a": sec, "b": 2 * sec, "e": 25 * sec, "d": 4 * sec} {
			add(key, first)
		}
		time.Sleep(15 * sec)
		add("late", 0) // overdue since it came
		time.Sleep(time.Hour)
		if got, want := p.calls(), "0s z, 10s a, 20s b, 30s c, 40s d, 50s late, 1m0s e"; roundCalls(got) != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		r.Close()
	})
}

// roundCalls takes the nanoseconds off that a bucket's arithmetic adds.
func roundCalls(calls string) string {
	if calls == "" {
		return ""
	}
	words := strings.Split(calls, ", ")
	for i, word := range words {
		at, keys, _ := strings.Cut(word, " ")
		words[i] = duration(at).Round(10*time.Millisecond).String() + " " + keys
	}
	return strings.Join(words, ", ")
}

func TestFleetRate_ABatchTakesTheLongestOverdue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(nil)
		r := p.batches(fleet{Policy: settle.Policy{Checks: 1}, Rate: .1, Size: 2}).Start(t.Context())
		for key, first := range map[string]time.Duration{"z": 0, "c": 3 * sec, "a": sec, "b": 2 * sec, "e": 5 * sec, "d": 4 * sec} {
			r.Add(key, settle.Entry{First: p.start.Add(first)})
		}
		time.Sleep(time.Hour)
		if got, want := roundCalls(p.calls()), "0s z, 10s a+b, 20s c+d, 30s e"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		r.Close()
	})
}

// A last look may not get its turn.
func TestFleetRate_AKeyWithoutATurnEndsAtItsLimit(t *testing.T) {
	for n := 2; n < 14; n += 3 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(nil)
				f := make(p, fleet{Policy: settle.Policy{Timeout: 5 * sec}, Rate: .1, Size: 1})
				ends := collect(p.start, f.Each(t.Context(), slices.Values(keysTo(n))))
				never := 0
				for _, e := range ends {
					stop, ok := errors.AsType[*settle.StopError](e.Err)
					if !ok || e.at != 5*sec || stop.Elapsed != 5*sec || !errors.Is(stop.Cause, settle.ErrLimit) || stop.Last != nil || settle.OutcomeOf(stop) != settle.OutcomeTimeout {
						t.Errorf("%s at %v: %v", e.key, e.at, e.Err)
					}
					if e.checks() == 0 {
						never++
						if e.Status != (settle.Status{}) || e.Value != "" {
							t.Errorf("result %+v of a key that was never asked", e.result)
						}
					}
				}
				if never != n-1 || len(ends) != n || len(p.made()) != 1 {
					t.Errorf("%d of %d ends were never asked, %d requests; want %d of %d, 1", never, len(ends), len(p.made()), n-1, n)
				}
			})
		})
	}
}

func TestFleetRate_KeysDueTogetherWhileWorkersAreIdle(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(map[string]string{"0": "s", "1": "s", "2": "s"})
		r := make(p, fleet{Policy: settle.Policy{Timeout: 5 * sec}, Rate: .1, Size: 1}).Start(t.Context())
		synctest.Wait()
		for _, key := range keysTo(3) {
			r.Add(key, settle.Entry{First: p.start.Add(sec)})
		}
		ends := 0
		for key, got := range r.Ends() {
			at := time.Since(p.start)
			if stop, ok := errors.AsType[*settle.StopError](got.Err); got.Err == nil && at != sec || got.Err != nil && (!ok || at != 5*sec || stop.Checks != 0) {
				t.Errorf("%s at %v: %v", key, at, got.Err)
			}
			if ends++; ends == 3 {
				break
			}
		}
		r.Close()
	})
}

// With rates that leave some their turn: each key ends at its limit or in a last look just before it, and no later.
func TestFleetRate_NoWaitOutlastsItsLimit(t *testing.T) {
	for _, rate := range []float64{.3, 1, 3, 10, 40} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(nil)
				r := make(p, fleet{Rate: rate, Size: 2}).Start(t.Context())
				limits := map[string]time.Duration{}
				for i, key := range keysTo(60) {
					limits[key] = time.Duration(1+i%10) * 1700 * time.Millisecond
					if err := r.Add(key, settle.Entry{Policy: &settle.Policy{Timeout: limits[key]}}); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Duration(i%3) * 137 * time.Millisecond)
				}
				time.Sleep(time.Hour)
				r.Close()
				for key, got := range r.Ends() {
					stop, ok := errors.AsType[*settle.StopError](got.Err)
					if !ok || stop.Elapsed > limits[key] || stop.Elapsed < limits[key]/2 {
						t.Errorf("%s, limit %v: %v", key, limits[key], got.Err)
					}
					delete(limits, key)
				}
				if len(limits) > 0 {
					t.Errorf("no end for %v", limits)
				}
			})
		})
	}
}
