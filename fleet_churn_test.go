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

// A churned is a Fleet whose keys come and go, and what became of them.
type churned struct {
	*testing.T
	accounts []account
	requests atomic.Int64
	run      *settle.Run[int, int]
}

func (c *churned) enter(key int) {
	if c.accounts[key].under.Add(1) != 1 {
		c.Errorf("two checks of %d at once", key)
	}
}

func (c *churned) leave(key int) { c.accounts[key].under.Add(-1) }

func (c *churned) answer(key int) (int, settle.Status, error) {
	return churn(key, c.accounts[key].under.Load())
}

func (c *churned) check(_ context.Context, key int) (int, settle.Status, error) {
	c.enter(key)
	defer c.leave(key)
	if c.requests.Add(1)%50 == 0 {
		time.Sleep(100 * time.Millisecond) // removed and added meanwhile
	}
	return c.answer(key)
}

func (c *churned) batch(_ context.Context, keys []int) (map[int]settle.Answer[int], error) {
	found := map[int]settle.Answer[int]{-1: {}}
	for _, key := range keys {
		c.enter(key)
		defer c.leave(key)
		a := settle.Answer[int]{}
		a.Value, a.Status, a.Err = c.answer(key)
		if key%97 > 0 { // that one is not answered
			found[key] = a
		}
	}
	if c.requests.Add(1)%3 == 0 {
		time.Sleep(100 * time.Millisecond)
	}
	return found, nil
}

func (c *churned) add(key int) {
	e := settle.Entry{}
	switch key / 10 % 4 {
	case 0:
		e.First = time.Now().Add(time.Duration(key%7) * sec)
	case 1:
		e.Start = time.Now().Add(-time.Duration(key%90) * sec)
	}
	// Counted before, so that its end is not counted first.
	c.accounts[key].added.Add(1)
	if c.run.Add(key, e) != nil {
		c.accounts[key].added.Add(-1)
	}
}

func (c *churned) remove(key int) {
	if c.run.Remove(key) {
		c.accounts[key].removed.Add(1)
	}
}

// some adds every of-th key from the g-th on, and adds and removes what comes to its mind.
func (c *churned) some(g, of int) {
	random := rand.New(rand.NewPCG(uint64(g), 4))
	for i := range c.accounts {
		if i%of == g {
			c.add(i)
		}
		switch random.IntN(8) {
		case 0:
			c.remove(random.IntN(i + 1))
		case 1:
			c.add(random.IntN(i + 1))
		case 2: // the same again and again
			key := random.IntN(10)
			c.remove(key)
			c.add(key)
		}
		if i%500 == 0 {
			time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
		}
	}
}

// balance looks whether each key was removed or has ended as often as it was added.
func (c *churned) balance() {
	removed, ended := 0, 0
	for key := range c.accounts {
		a := &c.accounts[key]
		added := a.added.Load()
		removed += int(a.removed.Load())
		ended += int(a.ended.Load())
		if added != a.removed.Load()+a.ended.Load() || added == 0 || a.under.Load() != 0 {
			c.Fatalf("key %d: added %d times, removed %d, ended %d", key, added, a.removed.Load(), a.ended.Load())
		}
	}
	c.Logf("%d removed, %d ended, %d requests", removed, ended, c.requests.Load())
	if least := len(c.accounts) / 10; removed < least || ended < least {
		c.Error("too few to tell")
	}
}

// 100,000 keys are added, removed, fail and end, by several goroutines at once, some of them on the same keys.
func TestFleet_Churn(t *testing.T) {
	const adders = 6
	policy := settle.Policy{Every: sec, Jitter: .5, Checks: 3, Errors: 1, Timeout: time.Minute, Attempt: 10 * sec}
	for kind, keys := range map[string]int{"Check": 100_000, "Batch": 30_000} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := goroutines()
				c := &churned{T: t, accounts: make([]account, keys)}
				f := settle.Fleet[int, int]{Policy: policy, Workers: 40, Size: 30}
				if kind == "Check" {
					f.Check = c.check
				} else {
					f.Batch = c.batch
				}
				c.run = f.Start(t.Context())
				var taken, all sync.WaitGroup
				taken.Go(func() { take(t, c.run, c.accounts) })
				for g := range adders {
					all.Go(func() { c.some(g, adders) })
				}
				all.Wait()
				time.Sleep(5 * sec)
				for key := range keys / 3 {
					c.remove(key * 3)
				}
				time.Sleep(sec)
				c.run.Close()
				taken.Wait()
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				c.balance()
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

// A littered is a Run that keys come to and go from, none of which ends within an hour.
type littered struct {
	*testing.T
	*settle.Run[int, int]
}

// litter runs test on a Fleet.
func litter(t *testing.T, what string, f settle.Fleet[int, int], test func(l littered)) {
	if raceOn {
		t.Skip("the race detector's own bytes cannot be told from these")
	}
	f.Policy = settle.Policy{Every: time.Hour, Checks: 3, Timeout: 100 * time.Hour, Errors: 9}
	t.Run(what, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := f.Start(t.Context())
			defer r.Close()
			test(littered{t, r})
		})
	})
}

// grow calls once so many times, for one key after the other, and looks how many bytes more are in use then.
func (l littered) grow(keys, times int, once func(key int)) {
	l.Helper()
	const most = 256 << 10
	round := func(times int) {
		for i := range times {
			once(i % keys)
		}
	}
	round(10 * keys)
	before := inUse()
	round(times)
	if got := int64(inUse()) - int64(before); got > most {
		l.Errorf("%d bytes more after %d times %d keys", got, times/keys, keys)
	} else {
		l.Logf("%d bytes more", got)
	}
}

// later is for a key that is not asked about yet.
func later() settle.Entry { return settle.Entry{First: time.Now().Add(time.Hour)} }

func pendingCheck(context.Context, int) (int, settle.Status, error) {
	return 0, settle.When(false), nil
}

func hangingCheck(ctx context.Context, _ int) (int, settle.Status, error) {
	<-ctx.Done()
	return 0, settle.Status{}, ctx.Err()
}

// What is added and removed leaves nothing behind in the schedule.
func TestFleet_RemovedKeysLeaveNothingBehind(t *testing.T) {
	pending := settle.Fleet[int, int]{Check: pendingCheck}
	for _, keys := range []int{1, 1000} {
		litter(t, fmt.Sprint("resting, ", keys), pending, func(l littered) {
			l.grow(keys, 1_000_000, func(key int) {
				l.Add(key, later())
				if !l.Remove(key) {
					l.Fatal("not there")
				}
			})
		})
		litter(t, fmt.Sprint("resting among others, ", keys), pending, func(l littered) {
			for key := range keys {
				l.Add(key, later())
			}
			l.grow(keys, 1_000_000, func(key int) {
				l.Remove(key)
				l.Add(key, later())
			})
		})
		litter(t, fmt.Sprint("asked once, ", keys), pending, func(l littered) {
			l.grow(keys, 100_000, func(key int) {
				l.Add(key, settle.Entry{})
				time.Sleep(5 * time.Millisecond) // until it has been asked
				l.Remove(key)
			})
		})
	}
}

// Nor does it among what is due, or is being asked about.
func TestFleet_RemovedDueKeysLeaveNothingBehind(t *testing.T) {
	held := func(context.Context, int) (int, settle.Status, error) {
		return 0, settle.Status{}, settle.RetryAfter(10000*time.Hour, errLost)
	}
	for what, f := range map[string]settle.Fleet[int, int]{
		"due under a rate": {Rate: 1e-9, Check: pendingCheck}, "due under a hold": {Check: held}, "due without a worker": {Workers: 1, Check: hangingCheck},
	} {
		litter(t, what, f, func(l littered) {
			l.Add(-1, settle.Entry{})
			l.grow(10, 100_000, func(key int) {
				l.Add(key, settle.Entry{})
				time.Sleep(5 * time.Millisecond) // until it has become due
				l.Remove(key)
			})
		})
	}
	litter(t, "under way", settle.Fleet[int, int]{Check: hangingCheck}, func(l littered) {
		l.Add(0, settle.Entry{})
		l.grow(1, 1_000_000, func(key int) {
			l.Remove(key)
			l.Add(key, settle.Entry{})
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
