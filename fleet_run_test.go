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

var nine = fleet{Policy: settle.Policy{Checks: 9, Errors: 9}}

func TestFleetRun_Add(t *testing.T) {
	runRun(t, nine, map[string]string{"a": "p p s", "b": "f"}, func(b *bench) {
		b.add("a", settle.Entry{})
		b.at(500 * time.Millisecond)
		b.add("b", settle.Entry{})
		b.at(5 * sec)
		b.calls("0s a, 500ms b, 1s a, 2s a")
		b.ends("500ms b failed/1, 2s a succeeded")
	})
}

func TestFleetRun_AddRefusesAKeyThatIsWaitedFor(t *testing.T) {
	one := nine
	one.Workers = 1
	runRun(t, one, map[string]string{"a": "p:2s~ s", "late": "s"}, func(b *bench) {
		b.add("a", settle.Entry{})
		b.at(sec)
		other := settle.Entry{Policy: &settle.Policy{Checks: 1}, First: time.Now().Add(time.Hour)}
		b.refuses("a", other) // under way
		b.add("due", settle.Entry{})
		b.add("late", settle.Entry{First: time.Now().Add(9 * sec)})
		synctest.Wait()
		b.refuses("due", other)  // due, and no worker is free
		b.refuses("late", other) // resting
		b.at(20 * sec)
		b.ends("3s a succeeded, 10s due timeout/9, 10s late succeeded")
		b.remove("due", false)
	})
}

func TestFleetRun_AddRefusesAKeyThatIsParked(t *testing.T) {
	runRun(t, nine, map[string]string{"a": "p:5s~ s"}, func(b *bench) {
		b.add("a", settle.Entry{})
		b.at(sec)
		b.remove("a", true)
		b.add("a", settle.Entry{})
		b.refuses("a", settle.Entry{})
		b.at(20 * sec)
		b.calls("0s a, 5s a")
		b.ends("5s a succeeded")
	})
}

func TestFleetRun_AddRefusesAPolicy(t *testing.T) {
	for name, f := range refusedFleets {
		t.Run(name, func(t *testing.T) {
			runRun(t, f, nil, func(b *bench) {
				verifyRefusal(t, name, b.refuses("a", settle.Entry{}))
				b.remove("a", false)
				b.at(time.Hour)
				b.calls("")
				b.ends("")
			})
		})
	}
	t.Run("the key's own", func(t *testing.T) {
		runRun(t, nine, map[string]string{"a": "s"}, func(b *bench) {
			for name, f := range refusedFleets {
				if !strings.HasPrefix(name, "Size") && !strings.HasPrefix(name, "Workers") && !strings.HasPrefix(name, "Rate") {
					verifyRefusal(t, name, b.refuses("a", settle.Entry{Policy: &f.Policy}))
				}
			}
			b.remove("a", false)
			b.calls("")
			b.add("a", settle.Entry{}) // it is free still
			b.ends("0s a succeeded")
		})
	})
	t.Run("the Fleet's, which no key needs", func(t *testing.T) {
		runRun(t, fleet{}, map[string]string{"a": "s"}, func(b *bench) {
			verifyRefusal(t, "no limit", b.refuses("b", settle.Entry{}))
			b.add("a", settle.Entry{Policy: &settle.Policy{Checks: 1}})
			b.ends("0s a succeeded")
		})
	})
}

func TestFleetRun_AddAfterTheEndOfTheRun(t *testing.T) {
	ways := map[string]func(b *bench, cancel func()){
		"Close":           func(b *bench, cancel func()) { b.Close() },
		"cancel":          func(b *bench, cancel func()) { cancel() },
		"cancel, settled": func(b *bench, cancel func()) { cancel(); synctest.Wait() },
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				b := newBench(t, ctx, nine, nil)
				b.add("a", settle.Entry{})
				b.at(500 * time.Millisecond)
				end(b, cancel)
				b.refuses("a", settle.Entry{})
				b.refuses("b", settle.Entry{})
				if name == "Close" {
					b.remove("a", false)
				}
				b.ended = collect(b.start, b.Ends())
				b.calls("0s a")
				b.ends("500ms a interrupted/1")
				b.refuses("b", settle.Entry{})
				b.Close()
				cancel()
			})
		})
	}
}

func TestFleetRun_AKeyIsFreeAgain(t *testing.T) {
	t.Run("after its end", func(t *testing.T) {
		runRun(t, nine, map[string]string{"a": "p s p f"}, func(b *bench) {
			b.add("a", settle.Entry{})
			b.at(sec)
			b.remove("a", false)
			b.add("a", settle.Entry{})
			b.at(9 * sec)
			b.calls("0s a, 1s a, 1s a, 2s a")
			b.ends("1s a succeeded, 2s a failed/2")
		})
	})
	t.Run("before its end was taken", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, t.Context(), nine, map[string]string{"a": "s f s", "b": "s"})
			for i, key := range []string{"a", "b", "a", "a"} {
				b.at(time.Duration(i) * sec)
				b.add(key, settle.Entry{})
			}
			b.at(4 * sec)
			b.remove("a", false) // its ends are kept
			b.Close()
			b.ended = collect(b.start, b.Ends())
			b.calls("0s a, 1s b, 2s a, 3s a")
			var keys []string
			for _, e := range b.ended {
				keys = append(keys, e.key+" "+e.Value)
			}
			equal(t, "ends", keys, []string{"a v1", "b v1", "a v2", "a v3"})
		})
	})
	t.Run("after its removal", func(t *testing.T) {
		runRun(t, nine, map[string]string{"a": "p p s"}, func(b *bench) {
			b.add("a", settle.Entry{})
			b.at(500 * time.Millisecond)
			b.remove("a", true)
			b.add("a", settle.Entry{})
			b.at(9 * sec)
			b.calls("0s a, 500ms a, 1.5s a")
			b.ends("1.5s a succeeded")
		})
	})
	t.Run("in the loop over Ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, t.Context(), nine, map[string]string{"a": "p s"})
			b.add("a", settle.Entry{})
			n := 0
			for range b.Ends() {
				if n++; n == 3 {
					b.Close()
					continue
				}
				b.add("a", settle.Entry{Policy: &settle.Policy{Checks: 1}})
			}
			if n != 3 {
				t.Errorf("%d ends, want 3", n)
			}
		})
	})
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

func TestFleetRun_RemoveEndsSilently(t *testing.T) {
	rows := []struct {
		name, plan string
		entry      func() settle.Entry
		at         time.Duration
		calls      string
		told       string
	}{
		{"resting", "p", nil, 1500 * time.Millisecond, "0s a, 1s a", "a:1 a:2; a a"},
		{"before its first check", "p", func() settle.Entry { return settle.Entry{First: time.Now().Add(time.Minute)} }, sec, "", "; "},
		{"an answer under way", "p p:1h", nil, 1500 * time.Millisecond, "0s a, 1s a", "a:1; a"},
		{"a success under way", "p s:3s~", nil, 1500 * time.Millisecond, "0s a, 1s a", "a:1; a"},
		{"a failed check under way", "x:3s~", nil, sec, "0s a", "; "},
		{"a permanent error under way", "!:3s~", nil, sec, "0s a", "; "},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			runRun(t, nine, map[string]string{"a": r.plan}, func(b *bench) {
				entry := settle.Entry{}
				if r.entry != nil {
					entry = r.entry()
				}
				b.remove("a", false)
				b.add("a", entry)
				b.at(r.at)
				b.remove("a", true)
				b.remove("a", false)
				b.at(2 * time.Minute)
				b.remove("a", false)
				b.calls(r.calls)
				b.ends("")
				if got := b.told(); got != r.told {
					t.Errorf("told of %q, want %q", got, r.told)
				}
				if r.at == sec && r.plan != "p" {
					b.p.plans["a"] = "s s"
					b.add("a", settle.Entry{})
					b.ends("2m0s a succeeded")
				}
			})
		})
	}
}

func TestFleetRun_RemoveAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, t.Context(), nine, map[string]string{"a": "s"})
		b.add("a", settle.Entry{})
		b.at(sec)
		b.remove("a", false)
		b.Close()
		b.remove("a", false)
		b.ended = collect(b.start, b.Ends())
		b.ends("1s a succeeded") // taken then, and kept until
	})
}

func TestFleetRun_AddedAgainWhileItsAnswerIsUnderWay(t *testing.T) {
	soon := func(d time.Duration) func() settle.Entry {
		return func() settle.Entry { return settle.Entry{First: time.Now().Add(d)} }
	}
	rows := []struct {
		name        string
		entry       func() settle.Entry // at 1 s; the answer is back at 5 s
		calls, ends string
	}{
		{"asked when that one is back", soon(0), "0s a, 5s a, 6s a", "6s a succeeded"},
		{"First before that", soon(2 * sec), "0s a, 5s a, 6s a", "6s a succeeded"},
		{"First after that", soon(7 * sec), "0s a, 8s a, 9s a", "9s a succeeded"},
		{"its limit after that", func() settle.Entry { return settle.Entry{Policy: &settle.Policy{Timeout: 5 * sec}} }, "0s a, 5s a, 5.9s a", "5.9s a succeeded"},
		// No wait outlasts its limit (rule 6), and this one's is not a check of its own.
		{"its limit before that", func() settle.Entry { return settle.Entry{Policy: &settle.Policy{Timeout: 2 * sec}} }, "0s a", "3s a timeout/0"},
		{"past its limit", func() settle.Entry {
			return settle.Entry{Policy: &settle.Policy{Timeout: 2 * sec}, Start: time.Now().Add(-time.Hour)}
		}, "0s a", "1s a timeout/0"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			runRun(t, nine, map[string]string{"a": "s:5s~ p s"}, func(b *bench) {
				b.add("a", settle.Entry{})
				b.at(sec)
				b.remove("a", true)
				b.add("a", r.entry())
				b.at(time.Minute)
				b.calls(r.calls)
				b.ends(r.ends)
				for i, s := range b.steps {
					if s.Check > 0 && s.Check != i+1 || s.Was.Raw == "r1" || s.Status.Raw == "r1" {
						t.Errorf("step %d: %+v: the dropped answer shows", i+1, s)
					}
				}
			})
		})
	}
}

func TestFleetRun_AddedAndRemovedAgainAndAgainWhileItsAnswerIsUnderWay(t *testing.T) {
	for _, last := range []string{"added", "removed"} {
		t.Run(last, func(t *testing.T) {
			runRun(t, nine, map[string]string{"a": "p:5s~ p:5s~ s"}, func(b *bench) {
				b.add("a", settle.Entry{})
				for i := range 20 {
					b.at(sec + time.Duration(i)*100*time.Millisecond)
					b.remove("a", true)
					b.remove("a", false)
					b.add("a", settle.Entry{})
				}
				if last == "removed" {
					b.remove("a", true)
					b.at(time.Minute)
					b.calls("0s a")
					b.ends("")
					return
				}
				b.at(time.Minute)
				b.calls("0s a, 5s a, 11s a")
				b.ends("11s a succeeded")
			})
		})
	}
}

// A removed key's answer may come back when the same key's next answer but one is due: only one is under way at a time.
func TestFleetRun_AddedAgainThenCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, t.Context(), nine, map[string]string{"a": "s:5s~ s"})
		b.add("a", settle.Entry{})
		b.at(sec)
		b.remove("a", true)
		b.add("a", settle.Entry{})
		b.at(2 * sec)
		b.Close()
		b.ended = collect(b.start, b.Ends())
		b.calls("0s a")
		b.ends("5s a interrupted/0")
	})
}

func TestFleetRun_RemovedWhileDueInTheBacklog(t *testing.T) {
	one := nine
	one.Workers = 1
	runRun(t, one, map[string]string{"busy": "s:5s~", "a": "s", "b": "s"}, func(b *bench) {
		b.add("busy", settle.Entry{})
		synctest.Wait()
		b.add("a", settle.Entry{})
		b.add("b", settle.Entry{})
		b.at(sec)
		b.remove("a", true)
		b.remove("a", false)
		b.at(10 * sec)
		b.calls("0s busy, 5s b")
		b.ends("5s b succeeded, 5s busy succeeded")
		if got, want := b.told(), "busy:1 b:1; busy b"; got != want {
			t.Errorf("told of %q, want %q", got, want)
		}
	})
}

func TestFleetRun_RemovedAndAddedAgainWhileDueInTheBacklog(t *testing.T) {
	one := nine
	one.Workers = 1
	runRun(t, one, map[string]string{"busy": "s:5s~", "a": "s", "b": "s", "c": "s"}, func(b *bench) {
		b.add("busy", settle.Entry{})
		synctest.Wait()
		for i := range 100 {
			b.at(time.Duration(i) * 10 * time.Millisecond)
			for _, key := range []string{"a", "b", "c"} {
				b.remove(key, i > 0)
				b.add(key, settle.Entry{})
			}
			synctest.Wait()
		}
		b.remove("c", true)
		b.at(10 * sec)
		b.calls("0s busy, 5s a, 5s b")
		b.ends("5s a succeeded, 5s b succeeded, 5s busy succeeded")
	})
}

func TestFleetRun_RemovedAndAddedManyTimes(t *testing.T) {
	runRun(t, nine, map[string]string{"a": "p"}, func(b *bench) {
		calls := 0
		for i := range 1000 {
			b.add("a", settle.Entry{})
			switch i % 3 {
			case 0: // asked once
				synctest.Wait()
				calls++
			case 1: // twice
				synctest.Wait()
				time.Sleep(1500 * time.Millisecond)
				calls += 2
			case 2: // not seen by anybody: asked or not
				b.remove("a", true)
				b.add("a", settle.Entry{First: time.Now().Add(time.Hour)})
				synctest.Wait()
			}
			b.remove("a", true)
			synctest.Wait()
		}
		b.at(time.Hour)
		if got := len(b.p.made()); got < calls || got > calls+333 {
			t.Errorf("%d requests, want %d to %d", got, calls, calls+333)
		}
		b.ends("")
		b.p.plans["a"] = "s"
		b.add("a", settle.Entry{})
		b.ends("1h0m0s a succeeded")
	})
}

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

func TestFleetRun_EntryPolicy(t *testing.T) {
	runRun(t, fleet{Policy: settle.Policy{Checks: 3}}, map[string]string{"b": "x p", "d": "f s"}, func(b *bench) {
		slow := settle.Policy{Every: 5 * sec, Checks: 2, Errors: 1}
		b.add("a", settle.Entry{})
		b.add("b", settle.Entry{Policy: &slow})
		b.add("c", settle.Entry{Policy: &slow}) // shared
		b.add("d", settle.Entry{Policy: &settle.Policy{Checks: 4, Grace: time.Minute}})
		b.at(time.Minute)
		b.calls("0s a, 0s b, 0s c, 0s d, 1s a, 1s d, 2s a, 5s b, 5s c")
		b.ends("1s d succeeded, 2s a timeout/3, 5s b timeout/2, 5s c timeout/2")
		for _, s := range b.steps {
			if want := map[any]int{"a": 3, "b": 2, "c": 2, "d": 4}[s.Key]; s.Of != want {
				t.Errorf("a step of %v: of %d, want %d", s.Key, s.Of, want)
			}
		}
	})
}

var entryRows = []struct {
	name         string
	policy       settle.Policy
	start, first time.Duration // from now; 0: not set
	plan         string
	calls, ends  string
	elapsed      time.Duration // in the error
}{
	{"Start: the limit counts from there", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, -4 * sec, 0, "p", "0s 4s 5.6s", "5.6s a timeout/3", 9600 * time.Millisecond},
	{"Start: half of what is left", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, -9800 * time.Millisecond, 0, "p", "0s 100ms", "100ms a timeout/2", 9900 * time.Millisecond},
	{"Start: a check that hangs", settle.Policy{Timeout: 10 * sec}, -4 * sec, 0, "p:1h", "0s", "6s a timeout/1", 10 * sec},
	{"Start: past the limit", settle.Policy{Timeout: 10 * sec}, -25 * sec, 0, "s", "", "0s a timeout/0", 25 * sec},
	{"Start: just past the limit", settle.Policy{Timeout: 10 * sec}, -10*sec - 1, 0, "s", "", "0s a timeout/0", 10*sec + 1},
	{"Start: at the limit", settle.Policy{Timeout: 10 * sec}, -10 * sec, 0, "s", "", "0s a timeout/0", 10 * sec},
	{"Start: past the limit, First to come", settle.Policy{Timeout: 10 * sec}, -25 * sec, 5 * sec, "s", "", "0s a timeout/0", 25 * sec},
	{"Start: no limit in time", settle.Policy{Checks: 2}, -24 * time.Hour, 0, "p", "0s 1s", "1s a timeout/2", 24*time.Hour + sec},
	{"Start: Checks are those of now", settle.Policy{Checks: 2, Timeout: time.Hour}, -59 * time.Minute, 0, "p", "0s 1s", "1s a timeout/2", 59*time.Minute + sec},
	{"Start: Missing counts from there", settle.Policy{Checks: 9, Missing: 10 * sec}, -8 * sec, 0, "n", "0s 1s 2s", "2s a not_found/3", 10 * sec},
	{"Start: a failed task's Elapsed", settle.Policy{Checks: 9}, -8 * sec, 0, "p f", "0s 1s", "1s a failed/2", 9 * sec},
	{"First: to come", settle.Policy{Checks: 2}, 0, 7 * sec, "p", "7s 8s", "8s a timeout/2", 8 * sec},
	{"First: gone by", settle.Policy{Checks: 2}, 0, -7 * sec, "p", "0s 1s", "1s a timeout/2", sec},
	{"First: within the limit", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, 0, 3 * sec, "p", "3s 7s 9.6s", "9.6s a timeout/3", 9600 * time.Millisecond},
	// Rule 6: whatever pause, one last look just in time.
	{"First: beyond the limit", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, 0, time.Hour, "p", "9.6s", "9.6s a timeout/1", 9600 * time.Millisecond},
	{"First: beyond the limit, and it succeeds", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, 0, time.Hour, "s", "9.6s", "9.6s a succeeded", 0},
	{"Start and First", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, -3 * sec, 2 * sec, "p", "2s 6s 6.6s", "6.6s a timeout/3", 9600 * time.Millisecond},
	{"Start and First beyond the limit", settle.Policy{Every: 4 * sec, Timeout: 10 * sec}, -3 * sec, 9 * sec, "p", "6.6s", "6.6s a timeout/1", 9600 * time.Millisecond},
}

func TestFleetRun_EntryStartAndFirst(t *testing.T) {
	for _, r := range entryRows {
		t.Run(r.name, func(t *testing.T) {
			runRun(t, nine, map[string]string{"a": r.plan}, func(b *bench) {
				e := settle.Entry{Policy: &r.policy}
				if r.start != 0 {
					e.Start = b.start.Add(r.start)
				}
				if r.first != 0 {
					e.First = b.start.Add(r.first)
				}
				b.add("a", e)
				b.at(2 * time.Hour)
				if got := b.p.of("a"); got != r.calls {
					t.Errorf("calls at %q, want %q", got, r.calls)
				}
				b.ends(r.ends)
				for _, e := range b.ended {
					elapsed := time.Duration(0)
					switch err := e.Err.(type) {
					case *settle.TaskError:
						elapsed = err.Elapsed
					case *settle.StopError:
						elapsed = err.Elapsed
					}
					if elapsed != r.elapsed {
						t.Errorf("elapsed %v, want %v", elapsed, r.elapsed)
					}
				}
				if last := b.steps[len(b.steps)-1]; !last.Last || last.End != b.ended[0].Err {
					t.Errorf("last step %+v", last)
				}
			})
		})
	}
}

// Rule 9, for what only a Fleet has.
func TestFleetRun_EntryFarAway(t *testing.T) {
	long, short := settle.Policy{Checks: 2}, settle.Policy{Timeout: 10 * sec}
	past, future := time.Time{}.Add(1), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	t.Run("Start in the year 1", func(t *testing.T) {
		runRun(t, nine, nil, func(b *bench) {
			b.add("a", settle.Entry{Policy: &long, Start: past})
			b.add("b", settle.Entry{Policy: &short, Start: past})
			b.at(time.Minute)
			b.ends("0s b timeout/0, 1s a timeout/2")
			for _, e := range b.ended {
				if stop, ok := errors.AsType[*settle.StopError](e.Err); !ok || stop.Elapsed < 50*365*24*time.Hour {
					t.Errorf("%s: %v", e.key, e.Err)
				}
			}
		})
	})
	t.Run("Start in the year 1 under a deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*sec)
			defer cancel()
			b := newBench(t, ctx, fleet{Policy: settle.Policy{Every: 4 * sec}}, nil)
			b.add("a", settle.Entry{Start: past})
			b.add("b", settle.Entry{Start: b.start.Add(-time.Hour)})
			b.ended = collect(b.start, b.Ends())
			b.ends("9.6s a timeout/4, 9.6s b timeout/4")
		})
	})
	t.Run("First in the year 9999", func(t *testing.T) {
		runRun(t, nine, nil, func(b *bench) {
			b.add("a", settle.Entry{Policy: &long, First: future})
			b.add("b", settle.Entry{Policy: &short, First: future})
			b.at(time.Hour)
			if got := b.p.of("a"); got != "" {
				t.Errorf("asked at %q", got)
			}
			b.ends("9.9s b timeout/1")
			b.remove("a", true)
		})
	})
	t.Run("Start to come", func(t *testing.T) {
		for _, start := range []time.Duration{time.Hour, 1 << 62} {
			runRun(t, nine, map[string]string{"a": "f"}, func(b *bench) {
				b.add("a", settle.Entry{Policy: &short, Start: b.start.Add(start)})
				b.at(time.Minute + 2*min(start, time.Hour))
				if len(b.ended) != 1 {
					t.Fatalf("%d ends, want 1", len(b.ended))
				}
				if task, ok := errors.AsType[*settle.TaskError](b.ended[0].Err); !ok || task.Elapsed < 0 {
					t.Errorf("%v", b.ended[0].Err)
				}
			})
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

// While a trace is told of a check, or of an end, its key may be removed and added: either the removal or the end counts.
func TestFleetRun_RemoveWhileATraceIsTold(t *testing.T) {
	rows := []struct{ name, plan string }{
		{"of a pending check", "p s"},
		{"of a success", "s s"},
		{"of a failure", "f s"},
		{"of a failed check", "x s"},
		{"of a stop", ""}, // past its limit
	}
	for _, r := range rows {
		for _, again := range []bool{false, true} {
			t.Run(fmt.Sprint(r.name, ", added again ", again), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx := settle.WithTrace(t.Context(), func(settle.Step) { time.Sleep(sec) })
					b := newBench(t, ctx, nine, map[string]string{"a": r.plan})
					b.listen()
					e := settle.Entry{}
					if r.plan == "" {
						e = settle.Entry{Policy: &settle.Policy{Timeout: sec}, Start: b.start.Add(-time.Hour)}
					}
					b.add("a", e)
					b.at(500 * time.Millisecond)
					removed := b.Remove("a")
					b.remove("a", false)
					if again {
						b.add("a", e)
						b.refuses("a", e)
					}
					b.at(time.Minute)
					want := 0
					if !removed {
						want++
					}
					if again {
						want++
					}
					if len(b.ended) != want {
						t.Errorf("removed: %v, and %d ends, want %d: %s", removed, len(b.ended), want, endings(b.ended))
					}
					if calls := len(b.p.made()); again && r.plan != "" && calls != 2 {
						t.Errorf("%d requests, want 2: %s", calls, b.p.calls())
					}
					b.remove("a", false)
					b.Close()
					<-b.done
				})
			})
		}
	}
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
