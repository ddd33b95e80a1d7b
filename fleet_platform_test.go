package settle_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

type (
	fleet  = settle.Fleet[string, string]
	result = settle.Result[string]
)

// A platform answers for many tasks. Each has a plan of its own (see plan), and one that has none is pending.
type platform struct {
	plans  map[string]string
	during func(n int, ctx context.Context, keys []string) // in the n-th request, before it is answered

	mu       sync.Mutex // guards what follows
	start    time.Time
	asked    map[string]int
	requests []request
	under    int // requests under way
	most     int // and the most of them that ever were
}

type request struct {
	at, back time.Duration // back: when it was answered; 0 until then
	keys     []string
	ctx      context.Context
}

func newPlatform(plans map[string]string) *platform {
	return &platform{plans: plans, start: time.Now(), asked: map[string]int{}}
}

func (p *platform) begin(ctx context.Context, keys []string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, request{at: time.Since(p.start), keys: slices.Clone(keys), ctx: ctx})
	p.under++
	p.most = max(p.most, p.under)
	return len(p.requests)
}

func (p *platform) end(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under--
	p.requests[n-1].back = time.Since(p.start)
}

func (p *platform) answer(key string) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.asked[key]
	p.asked[key]++
	answers := plan(cmp.Or(p.plans[key], "p"))
	return answers[min(n, len(answers)-1)]
}

func (p *platform) check(ctx context.Context, key string) (string, settle.Status, error) {
	n := p.begin(ctx, []string{key})
	defer p.end(n)
	if p.during != nil {
		p.during(n, ctx, []string{key})
	}
	a := p.answer(key)
	if a.takes > 0 {
		a = a.wait(ctx)
	}
	a = a.as(formFleet)
	return a.value, a.status, a.marked()
}

// batch takes as long as its slowest key.
func (p *platform) batch(ctx context.Context, keys []string) (map[string]settle.Answer[string], error) {
	n := p.begin(ctx, keys)
	defer p.end(n)
	if p.during != nil {
		p.during(n, ctx, keys)
	}
	answers, slowest := map[string]settle.Answer[string]{}, answer{}
	for _, key := range keys {
		a := p.answer(key).as(formBatch)
		answers[key] = settle.Answer[string]{Value: a.value, Status: a.status, Err: a.marked()}
		if a.takes > slowest.takes {
			slowest = a
		}
	}
	if slowest.takes > 0 {
		if cut := slowest.wait(ctx); cut.value == "cut" {
			return nil, cut.err
		}
	}
	return answers, nil
}

func (p *platform) single(f fleet) fleet { f.Check = p.check; return f }

func (p *platform) batches(f fleet) fleet { f.Batch = p.batch; return f }

// made is every request so far.
func (p *platform) made() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *platform) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// calls tells of every request, "0s a, 1s a+b"; those of one moment and the keys of one batch are in the alphabet's order.
func (p *platform) calls() string {
	sorted := p.made()
	for _, r := range sorted {
		slices.Sort(r.keys)
	}
	slices.SortStableFunc(sorted, func(a, b request) int {
		return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.keys, b.keys))
	})
	var words []string
	for _, r := range sorted {
		words = append(words, r.at.String()+" "+strings.Join(r.keys, "+"))
	}
	return strings.Join(words, ", ")
}

// of tells when key was asked.
func (p *platform) of(key string) string {
	var at []time.Duration
	for _, r := range p.made() {
		if slices.Contains(r.keys, key) {
			at = append(at, r.at)
		}
	}
	return times(at)
}

// An ending is one result and when it came.
type ending struct {
	at  time.Duration
	key string
	result
}

// checks: how many the error tells of; -1 where there is none to tell.
func (e ending) checks() int {
	switch err := e.Err.(type) {
	case *settle.TaskError:
		return err.Checks
	case *settle.StopError:
		return err.Checks
	}
	return -1
}

// endings tells of them, "1s a succeeded, 5s b timeout/3": after 3 checks. Those of one moment are in the alphabet's order.
func endings(ends []ending) string {
	sorted := slices.Clone(ends)
	slices.SortStableFunc(sorted, func(a, b ending) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.key, b.key)) })
	var words []string
	for _, e := range sorted {
		word := fmt.Sprintf("%v %s %s", e.at, e.key, settle.OutcomeOf(e.Err))
		if n := e.checks(); n >= 0 {
			word += fmt.Sprintf("/%d", n)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func collect(start time.Time, results iter.Seq2[string, result]) (ends []ending) {
	for key, r := range results {
		ends = append(ends, ending{time.Since(start), key, r})
	}
	return ends
}

// A fleetRow is one Each over keys.
type fleetRow struct {
	name     string
	fleet    fleet
	batch    bool
	keys     string
	plans    map[string]string
	cancelAt time.Duration
	deadline time.Duration

	calls string // "-": not looked at
	ends  string
}

func runFleetRows(t *testing.T, rows []fleetRow) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if r.deadline > 0 {
					var stop context.CancelFunc
					ctx, stop = context.WithTimeout(ctx, r.deadline)
					defer stop()
				}
				if r.cancelAt > 0 {
					time.AfterFunc(r.cancelAt, cancel)
				}
				p := newPlatform(r.plans)
				f := p.single(r.fleet)
				if r.batch {
					f = p.batches(r.fleet)
				}
				before := goroutines()
				ends := collect(p.start, f.Each(ctx, slices.Values(strings.Fields(r.keys))))
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
				if got := p.calls(); r.calls != "-" && got != r.calls {
					t.Errorf("calls %q, want %q", got, r.calls)
				}
				if got := endings(ends); got != r.ends {
					t.Errorf("ends %q, want %q", got, r.ends)
				}
			})
		})
	}
}

var eachKind = []struct {
	name string
	make func(p *platform, f fleet) fleet
}{
	{"Check", (*platform).single},
	{"Batch", (*platform).batches},
}

// eachFleet runs test for a Fleet that asks one at a time, and for one that asks in batches.
func eachFleet(t *testing.T, test func(t *testing.T, make func(*platform, fleet) fleet)) {
	t.Helper()
	for _, kind := range eachKind {
		t.Run(kind.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, kind.make) })
		})
	}
}
