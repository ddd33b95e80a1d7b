package settle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// A bench is a Run of a platform's tasks, in a bubble of its own.
type bench struct {
	*settle.Run[string, string]
	t     *testing.T
	p     *platform
	start time.Time
	steps []settle.Step
	seen  []string // the key of every Seen
	mu    sync.Mutex
	ended []ending
	done  chan struct{} // closed when Ends has ended
}

// runRun gives test a Run whose ends are taken as they come, closes it, and looks for goroutines left behind.
func runRun(t *testing.T, f fleet, plans map[string]string, test func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		before := goroutines()
		b := newBench(t, t.Context(), f, plans)
		b.listen()
		test(b)
		b.Close()
		<-b.done
		synctest.Wait()
		if got := goroutines(); got != before {
			t.Errorf("%d goroutines, want %d", got, before)
		}
	})
}

func newBench(t *testing.T, ctx context.Context, f fleet, plans map[string]string) *bench {
	b := &bench{t: t, p: newPlatform(plans), done: make(chan struct{})}
	b.start = b.p.start
	f.Seen = func(key string, _ settle.Seen[string]) { b.seen = append(b.seen, key) }
	b.Run = b.p.single(f).Start(settle.WithTrace(ctx, func(s settle.Step) { b.steps = append(b.steps, s) }))
	return b
}

func (b *bench) listen() {
	go func() {
		defer close(b.done)
		for key, r := range b.Ends() {
			b.mu.Lock()
			b.ended = append(b.ended, ending{time.Since(b.start), key, r})
			b.mu.Unlock()
		}
	}()
}

// at sleeps until d after the start.
func (b *bench) at(d time.Duration) {
	time.Sleep(d - time.Since(b.start))
	synctest.Wait()
}

func (b *bench) add(key string, e settle.Entry) {
	b.t.Helper()
	if err := b.Add(key, e); err != nil {
		b.t.Errorf("add %s: %v", key, err)
	}
}

func (b *bench) refuses(key string, e settle.Entry) error {
	b.t.Helper()
	err := b.Add(key, e)
	if err == nil {
		b.t.Errorf("add %s: no error", key)
	}
	return err
}

func (b *bench) remove(key string, want bool) {
	b.t.Helper()
	if got := b.Remove(key); got != want {
		b.t.Errorf("remove %s at %v: %v, want %v", key, time.Since(b.start), got, want)
	}
}

func (b *bench) ends(want string) {
	b.t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if got := endings(b.ended); got != want {
		b.t.Errorf("ends %q, want %q", got, want)
	}
}

func (b *bench) calls(want string) {
	b.t.Helper()
	synctest.Wait()
	if got := b.p.calls(); got != want {
		b.t.Errorf("calls %q, want %q", got, want)
	}
}

// told is what trace and Seen were told of the keys.
func (b *bench) told() string {
	synctest.Wait()
	var words []string
	for _, s := range b.steps {
		words = append(words, fmt.Sprintf("%v:%d", s.Key, s.Check))
	}
	return strings.Join(words, " ") + "; " + strings.Join(b.seen, " ")
}

var nine = fleet{Policy: settle.Policy{Checks: 9, Errors: 9}}

func TestFleetRun_EndsKeepsEveryEndUntilTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, t.Context(), nine, nil)
		var want []string
		for i := range 300 {
			key := fmt.Sprint(i)
			b.p.plans = map[string]string{key: "s"}
			b.add(key, settle.Entry{})
			b.at(time.Duration(i+1) * sec)
			want = append(want, key)
		}
		var got []string
		for len(got) < 300 {
			n := 0
			for key := range b.Ends() { // a few at a time
				got = append(got, key)
				if n++; n == 7 || len(got) == 300 {
					break
				}
			}
		}
		equal(t, "ends", got, want)
		b.Close()
		for key := range b.Ends() {
			t.Errorf("one more end: %s", key)
		}
	})
}

func TestFleetRun_EndsEndsAfter(t *testing.T) {
	ways := map[string]func(b *bench, cancel func()){
		"Close":              func(b *bench, cancel func()) { b.Close() },
		"the context's end":  func(b *bench, cancel func()) { cancel() },
		"both":               func(b *bench, cancel func()) { cancel(); b.Close() },
		"Close, then cancel": func(b *bench, cancel func()) { b.Close(); cancel() },
		"Close and Close":    func(b *bench, cancel func()) { go b.Close(); b.Close(); b.Close() },
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := goroutines()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b := newBench(t, ctx, nine, map[string]string{"a": "s"})
				b.add("a", settle.Entry{})
				b.add("b", settle.Entry{})
				b.at(1500 * time.Millisecond)
				end(b, cancel)
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				b.at(time.Minute) // all is kept
				b.ended = collect(b.start, b.Ends())
				b.ends("1m0s a succeeded, 1m0s b interrupted/2")
				for key := range b.Ends() {
					t.Errorf("one more end: %s", key)
				}
			})
			synctest.Test(t, func(t *testing.T) { // a reader who waits, and nothing to end
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b := newBench(t, ctx, nine, nil)
				b.listen()
				b.at(sec)
				end(b, cancel)
				<-b.done
				b.ends("")
			})
		})
	}
}

func TestFleetRun_Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := goroutines()
		plans := map[string]string{
			"rests": "p", "hears": "p p:1h", "succeeds": "p s:9s~", "fails": "p f:8s~", "stays": "p p:7s~", "errs": "p x:6s~", "gone": "p !:5s~", "later": "s",
		}
		f := nine
		f.Workers = 20
		b := newBench(t, t.Context(), f, plans)
		b.p.during = func(_ int, ctx context.Context, keys []string) {
			if keys[0] == "hears" {
				context.AfterFunc(ctx, func() {
					if err := ctx.Err(); err != context.Canceled || time.Since(b.start) != 2*sec {
						t.Errorf("a check's context ended with %v at %v", err, time.Since(b.start))
					}
				})
			}
		}
		for key := range plans {
			if key != "later" {
				b.add(key, settle.Entry{})
			}
		}
		b.add("later", settle.Entry{First: b.start.Add(3 * sec)})
		b.at(2 * sec) // where "rests" has just been asked again
		b.Close()
		if got, want := time.Since(b.start), 10*sec; got != want {
			t.Errorf("closed at %v, want %v", got, want)
		}
		synctest.Wait()
		if got := goroutines(); got != before {
			t.Errorf("%d goroutines, want %d", got, before)
		}
		b.at(time.Minute)
		want := map[string]string{
			"rests": "interrupted/3", "hears": "interrupted/2", "succeeds": "succeeded", "fails": "failed/2", "stays": "interrupted/2", "errs": "interrupted/2", "gone": "unknown/2", "later": "interrupted/0",
		}
		for key, r := range b.Ends() {
			e := ending{0, key, r}
			if got, want := endings([]ending{e}), "0s "+key+" "+want[key]; got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if stop, ok := errors.AsType[*settle.StopError](r.Err); ok && want[key][:1] == "i" && (stop.Cause != context.Canceled || !errors.Is(stop, context.Canceled)) {
				t.Errorf("%s: cause %v", key, stop.Cause)
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Errorf("no end for %v", want)
		}
		for i, r := range b.p.made() {
			if r.at > 2*sec {
				t.Errorf("request %d, of %v, at %v: after Close", i+1, r.keys, r.at)
			}
		}
	})
}

func TestFleetRun_CloseInTheLoopOverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, t.Context(), nine, map[string]string{"a": "s", "c": "p s:5s~"})
		for _, key := range []string{"a", "b", "c"} {
			b.add(key, settle.Entry{})
		}
		b.at(1500 * time.Millisecond)
		for key, r := range b.Ends() {
			b.ended = append(b.ended, ending{time.Since(b.start), key, r})
			b.Close()
		}
		b.ends("1.5s a succeeded, 6s b interrupted/2, 6s c succeeded")
	})
}

func TestFleetRun_TheContextsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*sec)
		defer cancel()
		b := newBench(t, ctx, fleet{Policy: settle.Policy{Every: 4 * sec}}, map[string]string{"b": "p:1h"})
		b.add("a", settle.Entry{})
		b.add("b", settle.Entry{})
		b.add("c", settle.Entry{Policy: &settle.Policy{Every: 4 * sec, Timeout: 2 * sec}})
		b.ended = collect(b.start, b.Ends())
		b.calls("0s a, 0s b, 0s c, 1.6s c, 4s a, 8s a, 9.6s a")
		b.ends("1.6s c timeout/2, 9.6s a timeout/4, 10s b timeout/1")
		for _, e := range b.ended {
			if got, want := errors.Is(e.Err, context.DeadlineExceeded), e.key != "c"; got != want || !errors.Is(e.Err, settle.ErrLimit) {
				t.Errorf("%s: %v", e.key, e.Err)
			}
		}
	})
}

func TestFleetRun_AKeysChecksNeverOverlap(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(nil)
		var mu sync.Mutex
		under := map[string]bool{}
		swap := func(keys []string, to bool) {
			mu.Lock()
			defer mu.Unlock()
			for _, key := range keys {
				if under[key] == to {
					t.Errorf("two checks of %s at %v", key, time.Since(p.start))
				}
				under[key] = to
			}
		}
		p.during = func(n int, ctx context.Context, keys []string) {
			swap(keys, true)
			defer swap(keys, false)
			time.Sleep(time.Duration(n*7919%5000) * time.Millisecond) // up to 5 s, far above Every
		}
		r := make(p, fleet{Policy: settle.Policy{Every: sec, Jitter: .5, Timeout: 10 * time.Minute}, Workers: 50, Size: 7}).Start(t.Context())
		go func() {
			for range r.Ends() {
			}
		}()
		keys := make50()
		for i := range 3000 {
			key := keys[i*31%len(keys)]
			if i%3 == 2 {
				r.Remove(key)
			}
			r.Add(key, settle.Entry{})
			if i%10 == 0 {
				time.Sleep(200 * time.Millisecond)
			}
		}
		time.Sleep(time.Minute)
		r.Close()
		if p.most < 2 || len(p.made()) < 200 {
			t.Errorf("%d requests, %d at once: too few to tell", len(p.made()), p.most)
		}
	})
}

func make50() (keys []string) {
	for i := range 50 {
		keys = append(keys, fmt.Sprint(i))
	}
	return keys
}

func TestFleetRun_WorksFromManyGoroutines(t *testing.T) {
	runRun(t, nine, nil, func(b *bench) {
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				for i := range 200 {
					key := fmt.Sprint(g, i)
					b.add(key, settle.Entry{})
					if i%2 == 0 {
						b.remove(key, true)
					}
				}
			})
		}
		all.Wait()
		b.at(time.Minute)
		var keys []string
		for _, e := range b.ended {
			keys = append(keys, e.key)
		}
		slices.Sort(keys)
		if got := len(slices.Compact(keys)); got != 800 || len(b.ended) != 800 {
			t.Errorf("%d ends of %d keys, want 800", len(b.ended), got)
		}
	})
}

func TestFleetRun_CloseWhileATraceIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := goroutines()
		ctx := settle.WithTrace(t.Context(), func(settle.Step) { time.Sleep(sec) })
		b := newBench(t, ctx, nine, map[string]string{"a": "s:100ms", "b": "p:200ms"})
		b.add("a", settle.Entry{})
		b.add("b", settle.Entry{})
		b.at(500 * time.Millisecond)
		b.Close()
		synctest.Wait()
		if got := goroutines(); got != before {
			t.Errorf("%d goroutines, want %d", got, before)
		}
		got := map[string]settle.Outcome{}
		for key, r := range b.Ends() {
			got[key] = settle.OutcomeOf(r.Err)
		}
		equal(t, "ends", got, map[string]settle.Outcome{"a": "succeeded", "b": "interrupted"})
	})
}
