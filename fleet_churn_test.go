package settle_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// An account is what became of one key.
type account struct {
	added, removed, ended, under atomic.Int32
}

// churn is what all platforms under TestFleet_Churn answer: by the key's last digit.
func churn(key int, n int32) (int, settle.Status, error) {
	switch key % 10 {
	case 0, 1:
		return key, settle.When(true), nil
	case 2:
		return key, settle.When(n > 1), nil
	case 3:
		return key, settle.Status{State: settle.Failed}, nil
	case 4:
		return 0, settle.Status{}, errLost
	case 5:
		return 0, settle.Status{}, settle.Permanent(errBad)
	case 6:
		return 0, settle.Status{}, errGone
	case 7:
		return key, settle.Status{}, nil // a state that nobody listed
	}
	return key, settle.When(false), nil // until its limit
}

// 100,000 keys are added, removed, fail and end, by several goroutines at once, some of them on the same keys.
func TestFleet_Churn(t *testing.T) {
	const adders = 6
	policy := settle.Policy{Every: sec, Jitter: .5, Checks: 3, Errors: 1, Timeout: time.Minute, Attempt: 10 * sec}
	for kind, keys := range map[string]int{"Check": 100_000, "Batch": 30_000} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := goroutines()
				accounts := make([]account, keys)
				var requests atomic.Int64
				one := func(key int) (int, settle.Status, error) {
					return churn(key, accounts[key].under.Load())
				}
				enter := func(key int) {
					if accounts[key].under.Add(1) != 1 {
						t.Errorf("two checks of %d at once", key)
					}
				}
				leave := func(key int) { accounts[key].under.Add(-1) }
				f := settle.Fleet[int, int]{Policy: policy, Workers: 40, Size: 30}
				if kind == "Check" {
					f.Check = func(ctx context.Context, key int) (int, settle.Status, error) {
						enter(key)
						defer leave(key)
						if requests.Add(1)%50 == 0 {
							time.Sleep(100 * time.Millisecond) // removed and added meanwhile
						}
						return one(key)
					}
				} else {
					f.Batch = func(ctx context.Context, keys []int) (map[int]settle.Answer[int], error) {
						found := map[int]settle.Answer[int]{-1: {}}
						for _, key := range keys {
							enter(key)
							defer leave(key)
							a := settle.Answer[int]{}
							a.Value, a.Status, a.Err = one(key)
							if key%97 > 0 { // that one is not answered
								found[key] = a
							}
						}
						if requests.Add(1)%3 == 0 {
							time.Sleep(100 * time.Millisecond)
						}
						return found, nil
					}
				}
				r := f.Start(t.Context())
				var taken sync.WaitGroup
				taken.Go(func() { take(t, r, accounts) })
				add := func(key int) {
					e := settle.Entry{}
					switch key / 10 % 4 {
					case 0:
						e.First = time.Now().Add(time.Duration(key%7) * sec)
					case 1:
						e.Start = time.Now().Add(-time.Duration(key%90) * sec)
					}
					// Counted before, so that its end is not counted first.
					accounts[key].added.Add(1)
					if r.Add(key, e) != nil {
						accounts[key].added.Add(-1)
					}
				}
				remove := func(key int) {
					if r.Remove(key) {
						accounts[key].removed.Add(1)
					}
				}
				var all sync.WaitGroup
				for g := range adders {
					all.Go(func() {
						random := rand.New(rand.NewPCG(uint64(g), 4))
						for i := range keys {
							if i%adders == g {
								add(i)
							}
							switch random.IntN(8) {
							case 0:
								remove(random.IntN(i + 1))
							case 1:
								add(random.IntN(i + 1))
							case 2: // the same again and again
								key := random.IntN(10)
								remove(key)
								add(key)
							}
							if i%500 == 0 {
								time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
							}
						}
					})
				}
				all.Wait()
				time.Sleep(5 * sec)
				for key := range keys / 3 {
					remove(key * 3)
				}
				time.Sleep(sec)
				r.Close()
				taken.Wait()
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				removed, ended := 0, 0
				for key := range accounts {
					a := &accounts[key]
					added := a.added.Load()
					removed += int(a.removed.Load())
					ended += int(a.ended.Load())
					if added != a.removed.Load()+a.ended.Load() || added == 0 || a.under.Load() != 0 {
						t.Fatalf("key %d: added %d times, removed %d, ended %d", key, added, a.removed.Load(), a.ended.Load())
					}
				}
				t.Logf("%d removed, %d ended, %d requests", removed, ended, requests.Load())
				if removed < keys/10 || ended < keys/10 {
					t.Error("too few to tell")
				}
			})
		})
	}
}

// take reads every end, with breaks, and looks whether it may be this key's.
func take(t *testing.T, r *settle.Run[int, int], accounts []account) {
	for {
		n := 0
		for key, got := range r.Ends() {
			accounts[key].ended.Add(1)
			outcome := settle.OutcomeOf(got.Err)
			if outcome == settle.OutcomeFailed && key%10 != 3 || outcome == settle.OutcomeSucceeded && (key%10 > 2 || got.Value != key) || outcome == settle.OutcomeInvalid {
				t.Errorf("key %d: %d, %v", key, got.Value, got.Err)
			}
			if n++; n == 1000 {
				break
			}
		}
		if n < 1000 {
			return
		}
	}
}

// What is added and removed leaves nothing behind: neither in the schedule, nor among those that are due.
func TestFleet_RemovedKeysLeaveNothingBehind(t *testing.T) {
	if raceOn {
		t.Skip("the race detector's own bytes cannot be told from these")
	}
	const most = 256 << 10
	hour := settle.Policy{Every: time.Hour, Checks: 3, Timeout: 100 * time.Hour, Errors: 9}
	grow := func(t *testing.T, keys, times int, once func(key int)) {
		t.Helper()
		round := func(times int) {
			for i := range times {
				once(i % keys)
			}
		}
		round(10 * keys)
		before := inUse()
		round(times)
		if got := int64(inUse()) - int64(before); got > most {
			t.Errorf("%d bytes more after %d times %d keys", got, times/keys, keys)
		} else {
			t.Logf("%d bytes more", got)
		}
	}
	pending := func(context.Context, int) (int, settle.Status, error) { return 0, settle.When(false), nil }
	run := func(what string, f settle.Fleet[int, int], test func(t *testing.T, r *settle.Run[int, int])) {
		f.Policy = hour
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := f.Start(t.Context())
				defer r.Close()
				test(t, r)
			})
		})
	}
	later := func() settle.Entry { return settle.Entry{First: time.Now().Add(time.Hour)} }
	for _, keys := range []int{1, 1000} {
		run(fmt.Sprint("resting, ", keys), settle.Fleet[int, int]{Check: pending}, func(t *testing.T, r *settle.Run[int, int]) {
			grow(t, keys, 1_000_000, func(key int) {
				r.Add(key, later())
				if !r.Remove(key) {
					t.Fatal("not there")
				}
			})
		})
		run(fmt.Sprint("resting among others, ", keys), settle.Fleet[int, int]{Check: pending}, func(t *testing.T, r *settle.Run[int, int]) {
			for key := range keys {
				r.Add(key, later())
			}
			grow(t, keys, 1_000_000, func(key int) {
				r.Remove(key)
				r.Add(key, later())
			})
		})
		run(fmt.Sprint("asked once, ", keys), settle.Fleet[int, int]{Check: pending}, func(t *testing.T, r *settle.Run[int, int]) {
			grow(t, keys, 100_000, func(key int) {
				r.Add(key, settle.Entry{})
				time.Sleep(5 * time.Millisecond) // until it has been asked
				r.Remove(key)
			})
		})
	}
	held := func(context.Context, int) (int, settle.Status, error) {
		return 0, settle.Status{}, settle.RetryAfter(10000*time.Hour, errLost)
	}
	hangs := func(ctx context.Context, _ int) (int, settle.Status, error) {
		<-ctx.Done()
		return 0, settle.Status{}, ctx.Err()
	}
	for what, f := range map[string]settle.Fleet[int, int]{"due under a rate": {Rate: 1e-9, Check: pending}, "due under a hold": {Check: held}, "due without a worker": {Workers: 1, Check: hangs}} {
		run(what, f, func(t *testing.T, r *settle.Run[int, int]) {
			r.Add(-1, settle.Entry{})
			grow(t, 10, 100_000, func(key int) {
				r.Add(key, settle.Entry{})
				time.Sleep(5 * time.Millisecond) // until it has become due
				r.Remove(key)
			})
		})
	}
	run("under way", settle.Fleet[int, int]{Check: hangs}, func(t *testing.T, r *settle.Run[int, int]) {
		r.Add(0, settle.Entry{})
		grow(t, 1, 1_000_000, func(key int) {
			r.Remove(key)
			r.Add(key, settle.Entry{})
		})
	})
}

// Ends that are taken leave nothing behind either.
func TestFleet_EndedKeysLeaveNothingBehind(t *testing.T) {
	if raceOn {
		t.Skip("the race detector's own bytes cannot be told from these")
	}
	synctest.Test(t, func(t *testing.T) {
		f := settle.Fleet[int, *[1024]byte]{Policy: settle.Policy{Timeout: time.Hour}, Check: func(context.Context, int) (*[1024]byte, settle.Status, error) {
			return new([1024]byte), settle.When(true), nil
		}}
		r := f.Start(t.Context())
		rounds := func(n int) {
			for range n {
				for key := range 100 {
					r.Add(key, settle.Entry{})
				}
				taken := 0
				for range r.Ends() {
					if taken++; taken == 100 {
						break
					}
				}
			}
		}
		rounds(10)
		before := inUse()
		rounds(1000)
		if got := int64(inUse()) - int64(before); got > 512<<10 { // the values of one round may still be held
			t.Errorf("%d bytes more after 100,000 ends", got)
		}
		r.Close()
	})
}

// Bytes are counted, not time: a task that is waited for costs its entry in the schedule and no goroutine.
func TestFleet_BytesEach(t *testing.T) {
	if raceOn {
		t.Skip("the race detector keeps its own bytes for each allocation and goroutine")
	}
	const n, most = 100_000, 200
	const own = 8 + 8 // key and value: an int64 and a pointer
	type value [4]int
	shared := new(value)
	check := func(context.Context, int64) (*value, settle.Status, error) {
		return shared, settle.Status{State: settle.Pending, Raw: "run"}, nil
	}
	batch := func(_ context.Context, keys []int64) (map[int64]settle.Answer[*value], error) {
		found := make(map[int64]settle.Answer[*value], len(keys))
		for _, key := range keys {
			found[key] = settle.Answer[*value]{Value: shared, Status: settle.Status{State: settle.Pending, Raw: "run"}}
		}
		return found, nil
	}
	rows := []struct {
		name  string
		fleet settle.Fleet[int64, *value]
		first time.Duration
	}{
		{"not asked yet", settle.Fleet[int64, *value]{Policy: settle.Policy{Checks: 9}, Check: check}, time.Hour},
		{"asked, Checks", settle.Fleet[int64, *value]{Policy: settle.Policy{Every: time.Hour, Checks: 9}, Check: check}, 0},
		{"asked, Timeout", settle.Fleet[int64, *value]{Policy: settle.Policy{Every: time.Hour, Timeout: 24 * time.Hour}, Check: check}, 0},
		{"asked, Attempt", settle.Fleet[int64, *value]{Policy: settle.Policy{Every: time.Hour, Timeout: 24 * time.Hour, Attempt: time.Minute}, Check: check}, 0},
		{"asked in batches", settle.Fleet[int64, *value]{Policy: settle.Policy{Every: time.Hour, Timeout: 24 * time.Hour}, Batch: batch}, 0},
		{"due, and none has its turn", settle.Fleet[int64, *value]{Policy: settle.Policy{Every: time.Hour, Timeout: 24 * time.Hour}, Check: check, Rate: 1e-6}, 0},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before, goroutinesBefore := inUse(), runtime.NumGoroutine()
				run := r.fleet.Start(t.Context())
				for key := range int64(n) {
					e := settle.Entry{}
					if r.first > 0 {
						e.First = time.Now().Add(r.first)
					}
					if err := run.Add(key, e); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				got := float64(inUse()-before)/n - own
				if got > most {
					t.Errorf("%.1f bytes each beside key and value, want at most %d", got, most)
				} else {
					t.Logf("%.1f bytes each beside key and value", got)
				}
				if got := runtime.NumGoroutine() - goroutinesBefore; got > 12 {
					t.Errorf("%d goroutines for %d keys", got, n)
				}
				run.Close()
			})
		})
	}
}
