package settle_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

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
