package settle

import (
	"context"
	"iter"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A History learns how long tasks of one kind take, and moves the checks of a wait to the moments where its end is
// likely, at the same number of checks. Give one to Policy.History, the same for all tasks of a kind and another for
// each other kind: Wait, Until, Watch and Fleet then go by it and add to it. Its zero value knows nothing: the first
// wait is the plain policy's.
//
// It goes by the newest 64 durations. Whatever it holds, no learned pause is longer than 3 times the plain policy's at that
// time, and at any time a wait has made no more than twice the plain policy's checks and 4. The policy's limits, Max and the
// platform's wishes come first; under Checks the last check falls no sooner than without a History. When its plans have
// been no better than the plain policy of late it follows the plain policy, until they are.
//
// A task is taken to have ended at an even chance between the last check that found it running and the one that found
// it ended: succeeded, failed or canceled. A wait that stopped before, or a Watch that was left, counts as a task that
// took longer than it was seen running. A task that had ended when it was first seen teaches nothing.
//
// It is safe for concurrent use, must not be copied, and takes less than 2 KB. It is nothing to rely on: losing one
// costs only what it had learned.
type History struct {
	model atomic.Pointer[model] // what decisions go by; nil: nothing is known

	mu    sync.Mutex // guards what follows
	n     int
	took  [ringSize]observed // oldest first, in seconds
	when  [ringSize]int64    // in microseconds since 1970, each above the one before
	since int64              // what is older was forgotten when the tasks changed
	count uint64             // observations ever
	audit audit
	drift drift
	learn *progress // nil: no task has reported any; never changed, only replaced
}

// Add adds a task that took between from and to, which are equal when it is known exactly, as where a platform says
// when tasks began and ended. p is the policy that it was waited for with, or would have been: by it the History
// judges its own plans. Waits add their tasks themselves. A duration that is not above 0 is left out.
func (h *History) Add(p Policy, from, to time.Duration) {
	h.add(&p, max(0, min(from, to)), max(from, to), nil, 0)
}

// AddUnfinished adds a task that still ran after d, and was not watched any longer.
func (h *History) AddUnfinished(p Policy, d time.Duration) { h.addUnfinished(&p, d) }

// An Observation is one duration that a History goes by.
type Observation struct {
	At         time.Time     // when it was added
	Took       time.Duration // how long the task took
	Unfinished bool          // it took longer than Took
}

// Observations returns the durations that h goes by, at most 64, the newest last.
func (h *History) Observations() []Observation {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]Observation, h.n)
	for i := range all {
		v := h.took[i]
		all[i] = Observation{time.UnixMicro(h.when[i]), duration(abs(v)), v < 0}
	}
	return all
}

// Len is how many durations h goes by: 0 to 64.
func (h *History) Len() int {
	if m := h.known(); m != nil {
		return m.n
	}
	return 0
}

// Quantile returns how long the part q of the tasks take at most, as h estimates it: Quantile(.5) is the median. ok is
// false where h cannot know: it is empty, q is not above 0 and below 1, or q lies past all that it has seen end.
func (h *History) Quantile(q float64) (d time.Duration, ok bool) {
	m := h.known()
	if m == nil || !(q > 0 && q < 1) {
		return 0, false
	}
	last := float64(m.survive[m.knots-1])
	if 1-q < last*last {
		return 0, false
	}
	return duration(m.outlived(1 - q)), true
}

func (h *History) known() *model {
	if h == nil {
		return nil
	}
	return h.model.Load()
}

// Plan returns when the checks of a task fall under p with h, as long as the task runs: from 0, counted from the start,
// each check taking no time, without jitter, until Checks or Timeout ends the wait. A policy that has neither gives no
// end, and one that is refused gives nothing. A nil h gives the checks of the plain policy. What it yields goes by
// what h knows at that time.
func (h *History) Plan(p Policy) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		p := p
		p.Jitter, p.History = min(p.Jitter, 0), h
		if p.refuse() != nil {
			return
		}
		j := judge{limit: noLimit, spell: noSpell}
		if p.Timeout > 0 {
			j.limit = p.Timeout
		}
		if h != nil {
			j.plan = &plan{from: unseen, last: unseen, still: true}
		}
		for now := time.Duration(0); yield(now); {
			v := j.hear(context.Background(), &p, &answer{Status: When(false), began: now, now: now})
			if v.over || v.pause > math.MaxInt64-now {
				return
			}
			now += v.pause
		}
	}
}

// A seed of its own for each observation makes the same waits teach the same: evenly spread over the numbers below 1.
func evenly(n uint64) float64 {
	const golden = 0x9E3779B97F4A7C15
	return float64(n*golden>>11) / (1 << 53)
}

// add is Add, with the reports of progress of a wait, and the checks that it took if they were used.
func (h *History) add(p *Policy, from, to time.Duration, r *readings, checks int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count++
	u := evenly(h.count)
	v := observed(seconds(from) + u*seconds(to-from))
	if v < 1e-9 {
		return
	}
	if m := h.fitted(p); m != nil {
		h.audit.hear(m, float64(v), checks)
	}
	known := h.took[:h.n]
	changed := h.drift.hear(known, v)
	h.push(v)
	if changed {
		h.forget()
	}
	if r != nil {
		h.learn = h.learn.with(r, float64(v))
	}
	h.rebuild(p)
}

func (h *History) addUnfinished(p *Policy, at time.Duration) {
	v := -observed(seconds(at))
	if v > -1e-9 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count++
	h.push(v)
	h.rebuild(p)
}

// push adds the newest duration. A quarter of them may be cut off: many waits that somebody left must not push out all
// that is known of those that ended.
func (h *History) push(v observed) {
	cut, oldest := 0, -1
	for i, v := range h.took[:h.n] {
		if v < 0 {
			if cut++; oldest < 0 {
				oldest = i
			}
		}
	}
	switch {
	case v < 0 && cut >= ringSize/4:
		h.drop(oldest, oldest+1)
	case h.n == ringSize:
		h.drop(0, 1)
	}
	now := time.Now().UnixMicro()
	if h.n > 0 {
		now = max(now, h.when[h.n-1]+1)
	}
	h.took[h.n], h.when[h.n] = v, max(now, h.since)
	h.n++
}

// drop removes the durations from i to before k.
func (h *History) drop(i, k int) {
	copy(h.took[i:], h.took[k:h.n])
	copy(h.when[i:], h.when[k:h.n])
	h.n -= k - i
}

// forget keeps the newest durations alone.
func (h *History) forget() {
	const newest = 4
	if h.n > newest {
		h.drop(0, h.n-newest)
		h.since = h.when[0]
	}
}

// modelFor returns what decisions under p go by, or nil. It takes no lock, unless h was last used under another policy.
func (h *History) modelFor(p *Policy) *model {
	m := h.model.Load()
	if m == nil || m.isFor(p) {
		return m
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fitted(p)
}

// fitted is modelFor under the lock.
func (h *History) fitted(p *Policy) *model {
	m := h.model.Load()
	if m == nil || m.isFor(p) {
		return m
	}
	h.rebuild(p)
	return h.model.Load()
}

// rebuild puts a model of what is known now in the place of the last one.
func (h *History) rebuild(p *Policy) {
	if h.n == 0 {
		h.model.Store(nil)
		return
	}
	ring := h.took
	sorted := ring[:h.n]
	inOrder(sorted)
	m := &model{every: p.Every, max: p.Max, factor: p.Factor, curve: curveOf(p), suspended: h.audit.suspended, progress: h.learn}
	m.fit(sorted)
	m.reserve = m.curve.reserve(m.stretch())
	m.price(sorted, h.audit.correction)
	m.sharpRoot = m.root * math.Exp(h.audit.sharp.correction/2)
	h.model.Store(m)
}
