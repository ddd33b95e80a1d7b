package settle

import (
	"context"
	"errors"
	"math"
	"runtime/debug"
	"time"
)

// brought is an answer on its way from a worker to the owner.
type brought[K comparable, T any] struct {
	answer
	id    uint32
	value T
}

// A job is what a worker asks in one request. Its slots stay as they are until the answers are back.
type job[K comparable, T any] struct {
	ids   []uint32
	slots []*slot[K, T]
	keys  []K // of a batch, whose function may keep them
}

// toil is a worker: it asks what is due, for as long as the run goes on.
func (r *Run[K, T]) toil() {
	var j job[K, T]
	var room []brought[K, T]
	asking := false
	defer func() {
		if asking { // it panicked
			r.mu.Lock()
			r.asked--
			r.mu.Unlock()
			r.nudge()
		}
	}()
	r.mu.Lock()
	defer func() {
		if !asking {
			r.mu.Unlock()
		}
	}()
	for {
		for !r.take(&j, clock()) {
			if r.over || r.ctx.Err() != nil {
				return
			}
			r.idle++
			r.work.Wait()
			r.idle--
		}
		r.mu.Unlock()
		asking = true
		answers, held := r.ask(&j, room[:0])
		r.mu.Lock()
		asking = false
		r.asked--
		if len(r.answers) == 0 {
			r.nudge()
		}
		r.answers = append(r.answers, answers...)
		r.gate.hold(held) // before this worker or another asks again
		room = answers
	}
}

// take takes what is to be asked next, if anything may be: one key, or as many as a batch holds.
func (r *Run[K, T]) take(j *job[K, T], now time.Duration) bool {
	j.ids, j.slots = j.ids[:0], j.slots[:0]
	if r.ctx.Err() != nil || r.backlog.len() == 0 || r.gate.opens(now) > now {
		return false
	}
	most := 1
	if r.fleet.Batch != nil {
		if most = r.fleet.Size; most == 0 {
			most = 100
		}
	}
	for len(j.ids) < most {
		id, s, ok := r.pick(now)
		if !ok {
			break
		}
		s.stage = asked
		r.unbook(s)
		j.ids, j.slots = append(j.ids, id), append(j.slots, s)
	}
	if len(j.ids) == 0 {
		return false
	}
	r.gate.spend(now)
	r.asked++
	return true
}

// pick takes the next key from the backlog: the one that has been due for longest, or under a Rate, where a History
// knows, the one with the most to gain. One whose limit has come meanwhile is left to the owner.
func (r *Run[K, T]) pick(now time.Duration) (id uint32, s *slot[K, T], ok bool) {
	for {
		if r.fleet.Rate > 0 && r.learned {
			r.promote(now)
		}
		t, ok := r.backlog.pop()
		if !ok {
			return 0, nil, false
		}
		s := r.slots.at(t.id)
		switch {
		case s.turn != t.turn:
			r.backlog.void--
		case now-s.begin < s.limit:
			return t.id, s, true
		default:
			s.stage = resting // until the owner ends it: it is booked for its limit
		}
	}
}

const (
	candidates = 512             // of the backlog that are compared
	patience   = 5 * time.Minute // a key that has been due for so long goes first, whatever others have to gain
)

// promote brings the key with the most to gain to the front of the backlog.
func (r *Run[K, T]) promote(now time.Duration) {
	waiting := r.backlog.items[r.backlog.first:]
	best, most := 0, -1.0
	for i, t := range waiting[:min(len(waiting), candidates)] {
		s := r.slots.at(t.id)
		if s.turn != t.turn {
			continue
		}
		if now-t.at >= patience {
			best = i
			break
		}
		if owed := s.owed(s.policy, now-s.begin, now-t.at); owed > most {
			best, most = i, owed
		}
	}
	if best > 0 {
		first := waiting[best]
		copy(waiting[1:best+1], waiting[:best])
		waiting[0] = first
	}
}

// ask makes the request of a job and appends its answers. held is when the platform wants to be asked again, by an error
// that carries RetryAfter; the clock's beginning where it did not say.
func (r *Run[K, T]) ask(j *job[K, T], answers []brought[K, T]) (all []brought[K, T], held time.Duration) {
	began := clock()
	if r.fleet.Check != nil {
		s := j.slots[0]
		b := brought[K, T]{id: j.ids[0]}
		b.value, b.Status, b.err = r.askOne(s, began)
		ended := clock()
		b.began, b.now = began-s.begin, ended-s.begin
		return append(answers, b), comeBack(b.err, ended)
	}
	found, err := r.askBatch(j, began)
	ended := clock()
	held = comeBack(err, ended)
	if err == nil {
		err = ErrUnanswered
	}
	for i, s := range j.slots {
		b := brought[K, T]{id: j.ids[i]}
		a, answered := found[s.key]
		if !answered {
			a.Err = err
		}
		b.value, b.Status, b.err = a.Value, a.Status, a.Err
		b.began, b.now = began-s.begin, ended-s.begin
		answers = append(answers, b)
		held = max(held, comeBack(a.Err, ended))
	}
	return answers, held
}

// comeBack is when the platform wants to be asked again that failed so.
func comeBack(err error, now time.Duration) time.Duration {
	if err != nil {
		if _, _, after := marksIn(err); after > 0 {
			return plus(now, after)
		}
	}
	return math.MinInt64
}

func (r *Run[K, T]) askOne(s *slot[K, T], now time.Duration) (T, Status, error) {
	if s.policy.Timeout == 0 && s.policy.Attempt == 0 {
		return r.fleet.Check(r.ctx, s.key)
	}
	ctx, cancel := context.WithTimeout(r.ctx, s.policy.within(s.limit-(now-s.begin)))
	defer cancel()
	return r.fleet.Check(ctx, s.key)
}

// askBatch is under the latest limit of its keys and the longest Attempt.
func (r *Run[K, T]) askBatch(j *job[K, T], now time.Duration) (map[K]Answer[T], error) {
	var latest, longest time.Duration
	j.keys = make([]K, len(j.slots))
	for i, s := range j.slots {
		j.keys[i] = s.key
		left, attempt := noLimit, noLimit
		if s.policy.Timeout > 0 {
			left = s.limit - (now - s.begin)
		}
		if s.policy.Attempt > 0 {
			attempt = s.policy.Attempt
		}
		latest, longest = max(latest, left), max(longest, attempt)
	}
	most := min(latest, longest)
	if most == noLimit {
		return r.fleet.Batch(r.ctx, j.keys)
	}
	ctx, cancel := context.WithTimeout(r.ctx, most)
	defer cancel()
	return r.fleet.Batch(ctx, j.keys)
}

// guard runs f, one of the run's goroutines. In a Run a panic in it ends the process, as any does. In Each it stops the
// rest and is kept for the caller. runtime.Goexit, which a test's FailNow calls, is no way to leave either.
func (r *Run[K, T]) guard(f func()) {
	returned := false
	defer func() {
		if returned {
			return
		}
		value := recover()
		switch {
		case !r.each && value == nil:
			panic(errors.New("settle: a check of a Run called runtime.Goexit"))
		case !r.each:
			panic(value)
		}
		r.cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.broken == nil {
			r.broken = &PanicError{Value: value, Stack: debug.Stack()}
		}
		r.work.Broadcast()
		r.ended.Broadcast()
	}()
	f()
	returned = true
}
