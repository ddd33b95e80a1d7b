package settle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// "An error that carries RetryAfter holds the whole fleet's next request (a last look does not break it: a key whose
// limit comes first ends there); a Status.After only its key."

var holdRows = []struct {
	name    string
	fleet   fleet
	plans   map[string]string
	first   map[string]time.Duration // from the start
	timeout map[string]time.Duration // of a key's own policy
	removes map[string]time.Duration

	calls, ends string
}{
	{name: "the whole fleet", fleet: nine, plans: map[string]string{"a": "x+10s s", "b": "s", "c": "s"}, first: map[string]time.Duration{"b": sec, "c": 9 * sec},
		calls: "0s a, 10s a, 10s b, 10s c", ends: "10s a succeeded, 10s b succeeded, 10s c succeeded"},
	{name: "from the end of the check", fleet: nine, plans: map[string]string{"a": "x:3s+10s s", "b": "s"}, first: map[string]time.Duration{"b": 4 * sec},
		calls: "0s a, 13s a, 13s b", ends: "13s a succeeded, 13s b succeeded"},
	{name: "what is due later is not put off", fleet: nine, plans: map[string]string{"a": "x+10s s", "b": "s"}, first: map[string]time.Duration{"b": 11 * sec},
		calls: "0s a, 10s a, 11s b", ends: "10s a succeeded, 11s b succeeded"},
	{name: "what is under way goes on", fleet: nine, plans: map[string]string{"a": "x:1s+10s s", "b": "s:5s~"}, first: map[string]time.Duration{"b": 0},
		calls: "0s a, 0s b, 11s a", ends: "11s a succeeded, 5s b succeeded"},
	{name: "a longer one adds to it", fleet: nine, plans: map[string]string{"a": "x:1s+5s s", "b": "x:2s+9s s", "c": "s"}, first: map[string]time.Duration{"b": 0, "c": 3 * sec},
		calls: "0s a, 0s b, 11s a, 11s b, 11s c", ends: "11s a succeeded, 11s b succeeded, 11s c succeeded"},
	{name: "a shorter one does not cut it", fleet: nine, plans: map[string]string{"a": "x:1s+9s s", "b": "x:2s+1s s", "c": "s"}, first: map[string]time.Duration{"b": 0, "c": 3 * sec},
		calls: "0s a, 0s b, 10s a, 10s b, 10s c", ends: "10s a succeeded, 10s b succeeded, 10s c succeeded"},
	{name: "of a key that ends with it", fleet: fleet{Policy: settle.Policy{Checks: 9}}, plans: map[string]string{"a": "x+10s", "b": "s"}, first: map[string]time.Duration{"b": sec},
		calls: "0s a, 10s b", ends: "0s a unknown/1, 10s b succeeded"},
	{name: "not found counts too", fleet: fleet{Policy: settle.Policy{Checks: 9, Missing: time.Hour}}, plans: map[string]string{"a": "n+10s s", "b": "s"}, first: map[string]time.Duration{"b": sec},
		calls: "0s a, 10s a, 10s b", ends: "10s a succeeded, 10s b succeeded"},
	{name: "a negative one is none", fleet: nine, plans: map[string]string{"a": "x-10s s", "b": "s"}, first: map[string]time.Duration{"b": 500 * time.Millisecond},
		calls: "0s a, 500ms b, 1s a", ends: "1s a succeeded, 500ms b succeeded"},
	{name: "removing the key does not end it", fleet: nine, plans: map[string]string{"a": "x+10s s", "b": "s"}, first: map[string]time.Duration{"b": 2 * sec}, removes: map[string]time.Duration{"a": sec},
		calls: "0s a, 10s b", ends: "10s b succeeded"},
	{name: "a limit that comes first", fleet: nine, plans: map[string]string{"a": "x:1s+9s s", "b": "s", "c": "p:1s p"}, first: map[string]time.Duration{"b": 2 * sec, "c": 0},
		timeout: map[string]time.Duration{"b": 5 * sec, "c": 6 * sec},
		calls:   "0s a, 0s c, 10s a", ends: "10s a succeeded, 5s b timeout/0, 6s c timeout/1"},
	{name: "the limit of the key that holds", fleet: nine, plans: map[string]string{"a": "x+10s s", "b": "s"}, first: map[string]time.Duration{"b": 11 * sec}, timeout: map[string]time.Duration{"a": 8 * sec},
		calls: "0s a, 11s b", ends: "11s b succeeded, 8s a timeout/1"},
	{name: "a limit that comes just after", fleet: nine, plans: map[string]string{"a": "x+10s s", "b": "s"}, first: map[string]time.Duration{"b": sec}, timeout: map[string]time.Duration{"b": 10*sec + 1},
		calls: "0s a, 10s a, 10s b", ends: "10s a succeeded, 10s b succeeded"},
	{name: "a hold beyond all limits", fleet: fleet{Policy: settle.Policy{Timeout: 20 * sec, Errors: 9}}, plans: map[string]string{"a": "x+9000h"}, first: map[string]time.Duration{"b": sec},
		calls: "0s a", ends: "20s a timeout/1, 20s b timeout/0"},
	{name: "one worker", fleet: fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Workers: 1}, plans: map[string]string{"a": "x:1s+10s s", "b": "s", "c": "s"}, first: map[string]time.Duration{"b": 500 * time.Millisecond, "c": 500 * time.Millisecond},
		calls: "0s a, 11s a, 11s b, 11s c", ends: "11s a succeeded, 11s b succeeded, 11s c succeeded"},
	{name: "under a rate", fleet: fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Rate: 1}, plans: map[string]string{"a": "x+10s s", "b": "s"}, first: map[string]time.Duration{"b": sec},
		calls: "0s a, 10s b, 11s a", ends: "10s b succeeded, 11s a succeeded"},
	{name: "Status.After is for its key alone", fleet: nine, plans: map[string]string{"a": "p+10s s", "b": "p s"}, first: map[string]time.Duration{"b": 0},
		calls: "0s a, 0s b, 1s b, 10s a", ends: "1s b succeeded, 10s a succeeded"},
}

func TestFleetHold(t *testing.T) {
	for _, r := range holdRows {
		t.Run(r.name, func(t *testing.T) {
			runRun(t, r.fleet, r.plans, func(b *bench) {
				entry := func(key string) settle.Entry {
					e := settle.Entry{First: b.start.Add(r.first[key])}
					if limit := r.timeout[key]; limit > 0 {
						p := r.fleet.Policy
						p.Timeout = limit
						e.Policy = &p
					}
					return e
				}
				b.add("a", entry("a"))
				for key := range r.first {
					b.add(key, entry(key))
				}
				for key, at := range r.removes {
					b.at(at)
					b.remove(key, true)
				}
				b.at(time.Hour)
				if got := roundCalls(b.p.calls()); got != r.calls {
					t.Errorf("calls %q, want %q", got, r.calls)
				}
				for i, e := range b.ended {
					b.ended[i].at = e.at.Round(10 * time.Millisecond)
				}
				if got := sortedWords(endings(b.ended)); got != sortedWords(r.ends) {
					t.Errorf("ends %q, want %q", got, sortedWords(r.ends))
				}
			})
		})
	}
}

func TestFleetHold_AKeyThatIsAddedMeanwhile(t *testing.T) {
	runRun(t, nine, map[string]string{"a": "x+10s s", "b": "s"}, func(b *bench) {
		b.add("a", settle.Entry{})
		b.at(3 * sec)
		b.add("b", settle.Entry{})
		b.add("c", settle.Entry{Policy: &settle.Policy{Timeout: 2 * sec}})
		b.at(9 * sec)
		b.add("a2", settle.Entry{Policy: &settle.Policy{Checks: 1}, First: time.Now().Add(-time.Hour)})
		b.at(time.Minute)
		b.calls("0s a, 10s a, 10s a2, 10s b")
		b.ends("5s c timeout/0, 10s a succeeded, 10s a2 timeout/1, 10s b succeeded")
	})
}

// A worker must not go on with what it has in its hand.
func TestFleetHold_NoneOfThoseDueTogetherGoesOn(t *testing.T) {
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(map[string]string{})
				for _, key := range keysTo(40) {
					p.plans[key] = "x:1s+10s s"
				}
				f := make(p, fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Workers: workers, Size: 1})
				ends := collect(p.start, f.Each(t.Context(), slices.Values(keysTo(40))))
				for _, q := range p.made() {
					if q.at%(11*sec) != 0 {
						t.Fatalf("request at %v, want one at a multiple of 11s", q.at)
					}
				}
				if len(ends) != 40 {
					t.Errorf("%d ends", len(ends))
				}
			})
		})
	}
}

// Also where the check takes no time: the worker has the next key before anybody has looked at the answer.
func TestFleetHold_TheVeryNextRequest(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		for range 50 {
			p := newPlatform(map[string]string{})
			for _, key := range keysTo(10) {
				p.plans[key] = "x+10s s"
			}
			f := make(p, fleet{Policy: settle.Policy{Checks: 99, Errors: 99}, Workers: 1, Size: 1})
			collect(p.start, f.Each(t.Context(), slices.Values(keysTo(10))))
			if p.made()[0].at != 0 || p.made()[1].at != 10*sec {
				t.Fatalf("calls %q: the second came within 10s of the first answer", p.calls())
			}
		}
	})
}

// One key's answer holds the fleet at the moment where others are due, whether they have been asked by then or not: their
// limits hold.
func TestFleetHold_AtTheMomentWhereOthersAreDue(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		for range 100 {
			p := newPlatform(map[string]string{"0": "x+1h"})
			r := make(p, fleet{Policy: settle.Policy{Timeout: 5 * sec, Errors: 9}, Size: 1}).Start(t.Context())
			synctest.Wait()
			for _, key := range keysTo(4) {
				r.Add(key, settle.Entry{First: p.start.Add(sec)})
			}
			n := 0
			for key, got := range r.Ends() {
				if at := time.Since(p.start); at > 5*sec {
					t.Fatalf("%s at %v: %v", key, at, got.Err)
				}
				if n++; n == 4 {
					break
				}
			}
			r.Close()
		}
	})
}

func TestFleetHold_FromABatch(t *testing.T) {

	held := settle.RetryAfter(10*sec, errLost)
	rows := []struct {
		name  string
		first func() (answers, error)
		b     string // when b, which is in another batch, is asked
	}{
		{"the batch's error", func() (answers, error) { return nil, held }, "10s"},
		{"the batch's error, and all were answered", func() (answers, error) { return answers{"a": pending(""), "c": pending("")}, held }, "10s"},
		{"one key's error", func() (answers, error) { return answers{"a": pending(""), "c": {Err: held}}, nil }, "10s"},
		{"one key's error beside an end", func() (answers, error) { return answers{"a": succeeded(""), "c": {Err: held}}, nil }, "10s"},
		{"one key's Status.After", func() (answers, error) {
			return answers{"a": pending(""), "c": {Status: settle.Status{State: settle.Pending, After: 10 * sec}}}, nil
		}, "2s"},
		{"the error of a key that nobody asked about", func() (answers, error) { return answers{"a": pending(""), "c": pending(""), "b": {Err: held}}, nil }, "2s"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlatform(nil)
				n := 0
				f := fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Batch: func(ctx context.Context, keys []string) (answers, error) {
					defer p.end(p.begin(ctx, keys))
					if n++; n == 1 {
						return r.first()
					}
					found := answers{}
					for _, key := range keys {
						found[key] = succeeded("")
					}
					return found, nil
				}}
				run := f.Start(t.Context())
				for key, first := range map[string]time.Duration{"a": sec, "c": sec, "b": 2 * sec} {
					run.Add(key, settle.Entry{First: p.start.Add(first)})
				}
				time.Sleep(time.Hour)
				run.Close()
				want := r.b
				if want == "10s" { // the batch was at 1 s
					want = "11s"
				}
				if got := p.of("b"); got != want {
					t.Errorf("b was asked at %q, want %q (calls %q)", got, want, p.calls())
				}
				for key, got := range run.Ends() {
					if got.Err != nil {
						t.Errorf("%s: %v", key, got.Err)
					}
				}
			})
		})
	}
}

// The error that a result, Seen and Step carry is without the mark, and an inner wait's marks say nothing to the fleet.
func TestFleetHold_OfAnInnerWaitIsNotTheFleets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"b": "s"})
		f := fleet{Policy: settle.Policy{Checks: 2, Errors: 9}, Check: func(ctx context.Context, key string) (string, settle.Status, error) {
			defer p.end(p.begin(ctx, []string{key}))
			_, err := settle.Wait(ctx, settle.Policy{Checks: 1}, func(context.Context) (string, settle.Status, error) {
				return "", settle.Status{}, settle.RetryAfter(time.Hour, errLost)
			})
			return "", settle.Status{}, err
		}}
		ends := collect(p.start, f.Each(t.Context(), slices.Values([]string{"a", "b"})))
		if got, want := p.calls(), "0s a, 0s b, 1s a, 1s b"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		for _, e := range ends {
			if !errors.Is(e.Err, errLost) {
				t.Errorf("%s: %v", e.key, e.Err)
			}
		}
	})
}

func sortedWords(text string) string {
	words := strings.Split(text, ", ")
	slices.Sort(words)
	return strings.Join(words, ", ")
}
