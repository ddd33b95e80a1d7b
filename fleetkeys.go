package settle

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

var (
	errWaiting    = errors.New("this key is waited for already")
	errUnfindable = errors.New("this key is not equal to itself, so nobody could find it again")
)

// Add begins to wait for key. It does not block. A key that is waited for already or not equal to itself (NaN), a Run
// that was closed or whose context has ended, and a policy that is refused are errors, and change nothing. A key is free
// again once it has ended or was removed.
func (r *Run[K, T]) Add(key K, e Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return fmt.Errorf("the run has ended: %w", context.Cause(r.ctx))
	}
	return r.enter(key, e)
}

func (r *Run[K, T]) enter(key K, e Entry) error {
	if r.refuse != nil {
		return r.refuse
	}
	if key != key { // NaN
		return errUnfindable
	}
	if _, waiting := r.keys.find(key); waiting {
		return errWaiting
	}
	p := e.Policy
	if p == nil {
		p = &r.fleet.Policy
	}
	now := clock()
	var waited, until time.Duration
	if !e.Start.IsZero() {
		waited = min(max(0, time.Since(e.Start)), longAgo)
	}
	if !e.First.IsZero() {
		until = max(0, time.Until(e.First))
	}
	id, s := r.slots.take()
	if err := s.judge.start(r.ctx, p, waited); err != nil {
		r.slots.free(id)
		return err
	}
	s.key, s.policy, s.begin = key, p, now-waited
	r.keys.put(id)
	r.learned = r.learned || p.History != nil
	until = s.withinLimit(p, until, waited)
	if l, asked := r.leaving[key]; asked {
		s.stage = parked
		r.leaving[key] = leaver{l.id, plus(now, until)}
		r.expect(id, s)
	} else {
		r.rest(id, s, plus(now, until))
	}
	if r.due.leads(id) {
		r.nudge()
	}
	return nil
}

// longAgo is when a wait is taken to have begun at the most: the arithmetic goes no further.
const longAgo = 1 << 62

// Remove ends the wait for key silently and reports whether there was one. An answer under way is dropped, and a key that
// is added again is not asked before that one is back.
func (r *Run[K, T]) Remove(key K) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id, waiting := r.keys.find(key)
	if !waiting {
		return false
	}
	r.keys.remove(key)
	s := r.slots.at(id)
	s.left(s.policy)
	if s.stage == asked {
		s.stage = dropped
		r.leaving[key] = leaver{id: id}
		return true
	}
	r.discard(id, s)
	return true
}

// Ends yields every end once, in the order of ending. An end is kept until it is taken. It blocks while there is none, and
// ends after Close or the end of the context, once all is taken. Only one reader at a time.
func (r *Run[K, T]) Ends() iter.Seq2[K, Result[T]] {
	return func(yield func(K, Result[T]) bool) {
		for {
			e, ok := r.nextEnd()
			if !ok || !yield(e.key, e.result) {
				return
			}
		}
	}
}

func (r *Run[K, T]) nextEnd() (e end[K, T], ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.ends.len() == 0 && !r.over && r.broken == nil {
		r.ended.Wait()
	}
	if r.broken != nil {
		return e, false
	}
	return r.ends.pop()
}

// Close cancels the contexts of the checks under way and waits for them: an end that one of them still brings counts. The
// other keys end as after a cancel, and wait in Ends. It returns when no goroutine of the run is left.
func (r *Run[K, T]) Close() {
	r.cancel()
	r.under.Wait()
}

// Each waits for all keys and yields each one's result, in the order of ending. The keys are read to the end before the
// first check; equal keys are one wait. Checks go on while the loop's body runs; leaving the loop stops the rest. When ctx
// ends, each key that is left comes with its StopError, after the answers under way. A refused policy is every key's
// result. A panic in a check, in Seen or in a trace stops the rest, and is a panic of the caller's with a *PanicError.
func (f Fleet[K, T]) Each(ctx context.Context, keys iter.Seq[K]) iter.Seq2[K, Result[T]] {
	return func(yield func(K, Result[T]) bool) {
		r := f.run(ctx)
		r.each = true
		defer func() {
			r.hush()
			r.Close()
			if r.broken != nil {
				panic(r.broken)
			}
		}()
		refusals := map[K]error{}
		for key := range keys {
			if err := r.enter(key, Entry{}); err != nil && err != errWaiting {
				refusals[key] = err
			}
		}
		for key, err := range refusals {
			if !yield(key, Result[T]{Err: err}) {
				return
			}
		}
		r.start()
		r.Ends()(yield)
	}
}

// hush lets the rest of a loop that was left end silently.
func (r *Run[K, T]) hush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace, r.fleet.Seen = nil, nil
}
