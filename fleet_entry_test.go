package settle_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

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
