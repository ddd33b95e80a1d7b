package settle_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

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
