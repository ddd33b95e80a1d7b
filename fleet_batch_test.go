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

type answers = map[string]settle.Answer[string]

func pending(value string) settle.Answer[string] {
	return settle.Answer[string]{Value: value, Status: settle.Status{State: settle.Pending}}
}

func succeeded(value string) settle.Answer[string] {
	return settle.Answer[string]{Value: value, Status: settle.Status{State: settle.Succeeded}}
}

func TestFleetBatch_Size(t *testing.T) {
	rows := []struct {
		size, keys int
		want       []int // keys in each request of a round
	}{
		{0, 250, []int{100, 100, 50}},
		{0, 100, []int{100}},
		{0, 101, []int{100, 1}},
		{7, 20, []int{7, 7, 6}},
		{1, 3, []int{1, 1, 1}},
		{1000, 250, []int{250}},
		{1 << 62, 3, []int{3}},
	}
	for _, r := range rows {
		t.Run(fmt.Sprint(r.size, " for ", r.keys), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlatform(nil)
				collect(p.start, p.batches(fleet{Policy: settle.Policy{Checks: 2}, Size: r.size}).Each(t.Context(), slices.Values(keysTo(r.keys))))
				for round := range 2 {
					var got []int
					asked := map[string]bool{}
					for _, q := range p.made() {
						if q.at != time.Duration(round)*sec {
							continue
						}
						got = append(got, len(q.keys))
						for _, key := range q.keys {
							if asked[key] {
								t.Errorf("%s was asked twice in round %d", key, round)
							}
							asked[key] = true
						}
					}
					slices.Sort(got)
					slices.Reverse(got)
					equal(t, "sizes", got, r.want)
					if len(asked) != r.keys {
						t.Errorf("%d keys in round %d, want %d", len(asked), round, r.keys)
					}
				}
			})
		})
	}
}

func TestFleetBatch_KeysDueTogetherShareOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"b": "p p p s", "f": "s"})
		r := p.batches(fleet{Policy: settle.Policy{Checks: 5}}).Start(t.Context())
		slow := settle.Policy{Every: 2 * sec, Checks: 3}
		for key, e := range map[string]settle.Entry{
			"a": {First: p.start.Add(sec)}, "b": {First: p.start.Add(sec)},
			"c": {First: p.start.Add(sec), Policy: &slow}, "d": {First: p.start.Add(1500 * time.Millisecond)},
			"e": {First: p.start.Add(3 * sec), Policy: &settle.Policy{Checks: 1}}, "f": {First: p.start.Add(3 * sec)},
		} {
			r.Add(key, e)
		}
		time.Sleep(time.Hour)
		r.Close()
		want := "1s a+b+c, 1.5s d, 2s a+b, 2.5s d, 3s a+b+c+e+f, 3.5s d, 4s a+b, 4.5s d, 5s a+c, 5.5s d"
		if got := p.calls(); got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
	})
}

// Keys that come while a batch is out are asked in a batch of their own, or in the next.
func TestFleetBatch_AddedAndRemovedWhileOneIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"a": "p:5s~ s", "b": "s", "c": "s", "d": "s", "e": "s"})
		r := p.batches(fleet{Policy: settle.Policy{Checks: 5}, Workers: 2}).Start(t.Context())
		for _, key := range []string{"a", "b", "c"} {
			r.Add(key, settle.Entry{First: p.start.Add(sec)})
		}
		time.Sleep(2 * sec) // a, b and c are out until 6 s
		synctest.Wait()
		r.Add("d", settle.Entry{First: p.start.Add(3 * sec)})
		if !r.Remove("b") || !r.Remove("c") {
			t.Error("b and c were not there to remove")
		}
		r.Add("c", settle.Entry{})
		r.Add("e", settle.Entry{First: p.start.Add(6 * sec)})
		time.Sleep(time.Hour)
		r.Close()
		if got, want := strings.ReplaceAll(p.calls(), "6s c, 6s e", "6s c+e"), "1s a+b+c, 3s d, 6s c+e, 7s a"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		var ends []string
		for key, got := range r.Ends() {
			ends = append(ends, key+" "+string(settle.OutcomeOf(got.Err)))
		}
		slices.Sort(ends)
		equal(t, "ends", ends, []string{"a succeeded", "c succeeded", "d succeeded", "e succeeded"})
	})
}

// A batchRow is an Each over a, b and c, whose n-th batch has the n-th reply, and those after the last have that.
type batchRow struct {
	name    string
	policy  settle.Policy
	replies []reply
	ends    map[string]string // outcome/checks
	lasts   map[string]error  // found in the error
}

type reply struct {
	found answers
	err   error
	takes time.Duration
}

func TestFleetBatch_Answers(t *testing.T) {
	nine := settle.Policy{Checks: 9, Errors: 1}
	all := answers{"a": succeeded("1"), "b": succeeded("2"), "c": succeeded("3")}
	two := answers{"a": succeeded("1"), "b": succeeded("2")}
	runBatchRows(t, []batchRow{
		{name: "no answer for one", policy: nine, replies: []reply{{found: two}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "unknown/2"}, lasts: map[string]error{"c": settle.ErrUnanswered}},
		{name: "and then one", policy: nine, replies: []reply{{found: two}, {found: all}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded"}},
		{name: "no answer is a failed check", policy: settle.Policy{Checks: 9}, replies: []reply{{found: two}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "unknown/1"}, lasts: map[string]error{"c": settle.ErrUnanswered}},
		{name: "an empty map", policy: nine, replies: []reply{{found: answers{}}},
			ends: map[string]string{"a": "unknown/2", "b": "unknown/2", "c": "unknown/2"}, lasts: map[string]error{"a": settle.ErrUnanswered}},
		{name: "no map", policy: nine, replies: []reply{{}},
			ends: map[string]string{"a": "unknown/2", "b": "unknown/2", "c": "unknown/2"}, lasts: map[string]error{"b": settle.ErrUnanswered}},
		{name: "an error", policy: nine, replies: []reply{{err: errLost}},
			ends: map[string]string{"a": "unknown/2", "b": "unknown/2", "c": "unknown/2"}, lasts: map[string]error{"a": errLost, "b": errLost, "c": errLost}},
		{name: "an error is that of every key not in the map", policy: nine, replies: []reply{{found: two, err: errLost}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "unknown/2"}, lasts: map[string]error{"c": errLost}},
		{name: "an error beside a whole map", policy: nine, replies: []reply{{found: all, err: errLost}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded"}},
		{name: "a permanent error", policy: settle.Policy{Checks: 9, Errors: -1}, replies: []reply{{found: two, err: settle.Permanent(errBad)}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "unknown/1"}, lasts: map[string]error{"c": errBad}},
		{name: "not found", policy: nine, replies: []reply{{err: errGone}},
			ends: map[string]string{"a": "not_found/1", "b": "not_found/1", "c": "not_found/1"}, lasts: map[string]error{"a": settle.ErrNotFound}},
		{name: "denied", policy: nine, replies: []reply{{err: settle.Permanent(errDeny)}},
			ends: map[string]string{"a": "denied/1", "b": "denied/1", "c": "denied/1"}, lasts: map[string]error{"a": settle.ErrDenied}},
		{name: "an error of one key's own", policy: nine, replies: []reply{{found: answers{"a": {Err: errBad}, "b": {Err: settle.Permanent(errGone)}, "c": succeeded("3")}}},
			ends: map[string]string{"a": "unknown/2", "b": "not_found/1", "c": "succeeded"}, lasts: map[string]error{"a": errBad, "b": errGone}},
		{name: "not the batch's error for a key with its own", policy: nine, replies: []reply{{found: answers{"a": {Err: errBad}}, err: errLost}},
			ends: map[string]string{"a": "unknown/2", "b": "unknown/2", "c": "unknown/2"}, lasts: map[string]error{"a": errBad, "b": errLost, "c": errLost}},
		{name: "an answer without a state", policy: nine, replies: []reply{{found: answers{"a": {}, "b": succeeded("2"), "c": succeeded("3")}}},
			ends: map[string]string{"a": "unknown/2", "b": "succeeded", "c": "succeeded"}, lasts: map[string]error{"a": settle.ErrUnknownState}},
		{name: "keys nobody asked about", policy: nine, replies: []reply{{found: answers{"a": succeeded("1"), "z": succeeded("9"), "": {Err: errBad}}, err: errLost}, {found: all}},
			ends: map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded"}},
		{name: "each has its own state", policy: nine, replies: []reply{{found: answers{"a": pending("1"), "b": {Status: settle.Status{State: settle.Failed}}, "c": {Status: settle.Status{State: settle.Canceled}}}}, {found: all}},
			ends: map[string]string{"a": "succeeded", "b": "failed/1", "c": "canceled/1"}},
	})
}

func runBatchRows(t *testing.T, rows []batchRow) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				f := fleet{Policy: r.policy, Batch: func(ctx context.Context, keys []string) (answers, error) {
					reply := r.replies[min(n, len(r.replies)-1)]
					n++
					time.Sleep(reply.takes)
					clear(keys) // they are the function's own
					return reply.found, reply.err
				}}
				got := map[string]string{}
				for key, result := range f.Each(t.Context(), slices.Values([]string{"a", "b", "c"})) {
					if _, twice := got[key]; twice {
						t.Errorf("two results for %q", key)
					}
					got[key] = strings.SplitN(endings([]ending{{0, key, result}}), " ", 3)[2]
					if want := r.lasts[key]; want != nil && !errors.Is(result.Err, want) {
						t.Errorf("%s: %v, want %v in it", key, result.Err, want)
					}
					if result.Err == nil && result.Value != map[string]string{"a": "1", "b": "2", "c": "3"}[key] {
						t.Errorf("%s: value %q", key, result.Value)
					}
				}
				equal(t, "ends", got, r.ends)
			})
		})
	}
}

// A key that is waited for, but was not asked about in this batch, is nobody that was asked about.
func TestFleetBatch_AnsweredBySurprise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(nil)
		f := fleet{Policy: settle.Policy{Checks: 2}, Batch: func(ctx context.Context, keys []string) (answers, error) {
			defer p.end(p.begin(ctx, keys))
			found := answers{"rests": succeeded("early"), "removed": succeeded("late")}
			for _, key := range keys {
				found[key] = pending("asked")
			}
			return found, nil
		}}
		r := f.Start(t.Context())
		r.Add("a", settle.Entry{})
		r.Add("rests", settle.Entry{First: p.start.Add(5 * sec)})
		r.Add("removed", settle.Entry{First: p.start.Add(5 * sec)})
		r.Remove("removed")
		time.Sleep(time.Minute)
		r.Close()
		if got, want := p.calls(), "0s a, 1s a, 5s rests, 6s rests"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		for key, got := range r.Ends() {
			if got.Value != "asked" || settle.OutcomeOf(got.Err) != settle.OutcomeTimeout || key == "removed" {
				t.Errorf("%s: %q, %v", key, got.Value, got.Err)
			}
		}
	})
}

func TestFleetBatch_AnsweredAfterOneKeysLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		seen := map[string][]string{}
		f := fleet{Batch: func(ctx context.Context, keys []string) (answers, error) {
			select {
			case <-time.After(5 * sec):
			case <-ctx.Done():
				t.Errorf("the context ended at %v: before the latest limit", time.Since(start))
			}
			return answers{"pending": pending("1"), "done": succeeded("1"), "failed": {Status: settle.Status{State: settle.Failed}}, "err": {Err: errLost}, "long": pending("1")}, nil
		}, Seen: func(key string, s settle.Seen[string]) {
			seen[key] = append(seen[key], fmt.Sprint(s.Check, s.Status.State, s.Next))
		}}
		r := f.Start(t.Context())
		short, long := settle.Policy{Timeout: 3 * sec}, settle.Policy{Every: time.Minute, Timeout: time.Hour}
		for _, key := range []string{"pending", "done", "failed", "err", "silent", "long"} {
			e := settle.Entry{Policy: &short, First: start.Add(sec)}
			if key == "long" {
				e.Policy = &long
			}
			r.Add(key, e)
		}
		ends := map[string]string{}
		for key, got := range r.Ends() {
			// Limits are passed because of keys that may take longer: the answer, an end above all, counts when it comes.
			ends[key] = strings.SplitN(endings([]ending{{0, key, got}}), " ", 3)[2]
			if at := time.Since(start); at > 6*sec || at < 3*sec {
				t.Errorf("%s at %v", key, at)
			}
			if len(ends) == 5 {
				break
			}
		}
		equal(t, "ends", ends, map[string]string{"pending": "timeout/1", "done": "succeeded", "failed": "failed/1", "err": "timeout/1", "silent": "timeout/1"})
		synctest.Wait()
		if got, want := fmt.Sprint(seen["long"]), fmt.Sprint([]string{"1 pending 1m0s"}); got != want {
			t.Errorf("long: %s, want %s", got, want)
		}
		if !r.Remove("long") {
			t.Error("the key with the longer limit has ended too")
		}
		r.Close()
	})
}

func TestFleetBatch_Context(t *testing.T) {
	type word struct{}
	never := time.Duration(0)
	timeout := func(d time.Duration) settle.Policy { return settle.Policy{Timeout: d} }
	attempt := func(d time.Duration) settle.Policy { return settle.Policy{Checks: 1, Attempt: d} }
	rows := []struct {
		name     string
		policies []settle.Policy
		deadline time.Duration // of the caller's context
		left     time.Duration // of the batch's; 0: none
	}{
		{"the latest limit", []settle.Policy{timeout(3 * sec), timeout(9 * sec), timeout(5 * sec)}, 0, 9 * sec},
		{"the limits of equals", []settle.Policy{timeout(3 * sec), timeout(3 * sec)}, 0, 3 * sec},
		{"one without a limit in time", []settle.Policy{timeout(3 * sec), {Checks: 1}, timeout(5 * sec)}, 0, never},
		{"the longest Attempt", []settle.Policy{attempt(2 * sec), attempt(7 * sec), attempt(3 * sec)}, 0, 7 * sec},
		{"one without an Attempt", []settle.Policy{attempt(2 * sec), {Checks: 1}}, 0, never},
		{"limit before Attempt", []settle.Policy{{Timeout: 3 * sec, Attempt: 9 * sec}, {Timeout: 4 * sec, Attempt: 8 * sec}}, 0, 4 * sec},
		{"Attempt before limit", []settle.Policy{{Timeout: 30 * sec, Attempt: 9 * sec}, {Timeout: 40 * sec, Attempt: 8 * sec}}, 0, 9 * sec},
		{"the caller's deadline", []settle.Policy{timeout(3 * sec), timeout(9 * sec)}, 5 * sec, 5 * sec},
		{"the caller's deadline alone", []settle.Policy{{}, {}}, 5 * sec, 5 * sec},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.WithValue(t.Context(), word{}, "kept")
				if r.deadline > 0 {
					var stop context.CancelFunc
					ctx, stop = context.WithTimeout(ctx, r.deadline)
					defer stop()
				}
				start := time.Now()
				var kept []context.Context
				f := fleet{Batch: func(ctx context.Context, keys []string) (answers, error) {
					if len(keys) != len(r.policies) || ctx.Value(word{}) != "kept" {
						t.Errorf("keys %q, value %v", keys, ctx.Value(word{}))
					}
					kept = append(kept, ctx)
					deadline, bounded := ctx.Deadline()
					if got := deadline.Sub(start).Round(time.Millisecond); bounded != (r.left > 0) || bounded && got != r.left {
						t.Errorf("deadline after %v (%v), want %v", got, bounded, r.left)
					}
					found := answers{}
					for _, key := range keys {
						found[key] = succeeded("1")
					}
					return found, nil
				}}
				run := f.Start(ctx)
				for i, p := range r.policies {
					if err := run.Add(fmt.Sprint(i), settle.Entry{Policy: &p, First: start.Add(1)}); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
				if len(kept) != 1 {
					t.Fatalf("%d batches, want 1", len(kept))
				}
				if r.left > 0 && r.deadline == 0 && kept[0].Err() == nil {
					t.Error("a context that settle made is open after the batch")
				}
				run.Close()
			})
		})
	}
}

func TestFleetBatch_ThatHangsEndsAtTheLatestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := fleet{Batch: func(ctx context.Context, keys []string) (answers, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		r := f.Start(t.Context())
		for i, limit := range []time.Duration{3 * sec, 9 * sec, 5 * sec} {
			r.Add(fmt.Sprint(i), settle.Entry{Policy: &settle.Policy{Timeout: limit}, First: start.Add(1)})
		}
		n := 0
		for key, got := range r.Ends() {
			stop, ok := errors.AsType[*settle.StopError](got.Err)
			if !ok || settle.OutcomeOf(stop) != settle.OutcomeTimeout || stop.Checks != 1 || time.Since(start) > 9*sec {
				t.Errorf("%s at %v: %v", key, time.Since(start), got.Err)
			}
			if n++; n == 3 {
				break
			}
		}
		r.Close()
	})
}

func TestFleetBatch_AttemptIsOneFailedCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"a": "p:1h s", "b": "s"})
		ends := collect(p.start, p.batches(fleet{Policy: settle.Policy{Checks: 9, Errors: 1, Attempt: 3 * sec}}).Each(t.Context(), slices.Values([]string{"a", "b"})))
		if got, want := p.calls(), "0s a+b, 4s a+b"; got != want {
			t.Errorf("calls %q, want %q", got, want)
		}
		if got, want := endings(ends), "4s a succeeded, 4s b succeeded"; got != want {
			t.Errorf("ends %q, want %q", got, want)
		}
	})
}

// A request is a batch, whatever it holds.
func TestFleetBatch_RateCountsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(nil)
		collect(p.start, p.batches(fleet{Policy: settle.Policy{Checks: 1}, Size: 10, Rate: 1}).Each(t.Context(), slices.Values(keysTo(35))))
		var got []string
		for _, q := range p.made() {
			got = append(got, fmt.Sprint(q.at.Round(time.Millisecond), " ", len(q.keys)))
		}
		equal(t, "requests", got, []string{"0s 10", "1s 10", "2s 10", "3s 5"})
	})
}
