package settle

import "time"

// What the owner does in a pass, and what Add and Remove share with it. All of it is under the run's mu.

// judgeAll judges what the workers have brought.
func (r *Run[K, T]) judgeAll() {
	brought := r.answers
	r.answers = r.spare[:0]
	for i := range brought {
		b := &brought[i]
		s := r.slots.at(b.id)
		if s.stage == dropped {
			r.readmit(s.key, b.id)
			continue
		}
		was := s.status()
		v := s.hear(r.ctx, s.policy, &b.answer)
		if b.good {
			s.value = b.value
		}
		r.tell(s, was, s.last, v, true)
		switch {
		case s.stage == dropped:
			r.readmit(s.key, b.id)
		case v.over:
			r.finish(b.id, s, v.end)
		default:
			r.rest(b.id, s, plus(s.begin+b.now, v.pause))
		}
	}
	clear(brought)
	r.spare = brought[:0]
	if cap(brought) > roomy {
		r.spare = nil
	}
}

// readmit frees the slot of a key that was removed while it was asked, and lets the same key in again if it was added.
func (r *Run[K, T]) readmit(key K, id uint32) {
	r.slots.free(id)
	again := r.leaving[key].again
	delete(r.leaving, key)
	if id, added := r.keys.find(key); added {
		s := r.slots.at(id)
		r.unbook(s)
		r.rest(id, s, again)
	}
}

// rest puts a key into the schedule.
func (r *Run[K, T]) rest(id uint32, s *slot[K, T], at time.Duration) {
	s.stage = resting
	r.book(id, s, at)
}

// expect books a key that rests no more for its limit, if it has one.
func (r *Run[K, T]) expect(id uint32, s *slot[K, T]) {
	if s.limit != noLimit {
		r.book(id, s, plus(s.begin, s.limit))
	}
}

func (r *Run[K, T]) book(id uint32, s *slot[K, T], at time.Duration) {
	s.timed = true
	r.due.push(at, ticket{id, s.turn})
}

// raise moves the keys that are due to the backlog, and ends those whose limit has come.
func (r *Run[K, T]) raise(now time.Duration) {
	for {
		at, ok := r.due.next()
		if !ok || at > now {
			break
		}
		t := r.due.pop()
		s := r.slots.at(t.id)
		if s.turn != t.turn {
			r.due.void--
			continue
		}
		s.timed = false
		if end := s.interrupted(r.ctx, s.policy, now-s.begin); end != nil {
			r.stop(t.id, s, end)
			continue
		}
		s.stage = ready
		r.backlog.push(t)
		r.expect(t.id, s)
	}
	r.sweep()
}

// sweep throws out void tickets where they are many.
func (r *Run[K, T]) sweep() {
	valid := func(t timed) bool { return r.slots.at(t.id).turn == t.turn }
	r.due.sweep(valid)
	r.backlog.sweep(valid)
}

// endAll ends every key with the run's context, which has ended.
func (r *Run[K, T]) endAll(now time.Duration) {
	for id := range r.slots.used {
		if s := r.slots.at(id); s.stage != unused {
			r.stop(id, s, s.interrupted(r.ctx, s.policy, now-s.begin))
		}
	}
}

// stop ends a wait between two checks. Its slot is as if asked, so that nobody frees it while the trace is told.
func (r *Run[K, T]) stop(id uint32, s *slot[K, T], how error) {
	r.unbook(s)
	s.stage = asked
	r.tell(s, s.status(), nil, verdict{over: true, end: how}, false)
	if s.stage == dropped {
		r.readmit(s.key, id)
		return
	}
	r.finish(id, s, how)
}

// unbook makes void what the schedule and the backlog have of a slot.
func (r *Run[K, T]) unbook(s *slot[K, T]) {
	if s.timed {
		r.due.void++
	}
	if s.stage == ready {
		r.backlog.void++
	}
	s.timed = false
	s.turn++
}

func (r *Run[K, T]) finish(id uint32, s *slot[K, T], how error) {
	r.keys.remove(s.key)
	r.ends.push(end[K, T]{s.key, Result[T]{Value: s.value, Status: s.status(), Err: how}})
	r.ended.Signal()
	r.discard(id, s)
}

func (r *Run[K, T]) discard(id uint32, s *slot[K, T]) {
	r.unbook(s)
	r.slots.free(id)
	r.sweep()
}

// tell tells the trace, and Seen of a check, without the lock: they may take their time, which is then the schedule's.
func (r *Run[K, T]) tell(s *slot[K, T], was Status, err error, v verdict, check bool) {
	trace, seen := r.trace, r.fleet.Seen
	if trace == nil && (seen == nil || !check) {
		return
	}
	r.mu.Unlock()
	defer r.mu.Lock()
	if trace != nil {
		trace(Step{Key: s.key, Check: int(s.checks), Of: s.policy.Checks, Was: was, Status: s.status(), Err: err, Next: v.pause, Last: v.over, End: v.end})
	}
	if seen != nil && check {
		seen(s.key, Seen[T]{Check: int(s.checks), Value: s.value, Status: s.status(), Err: s.last, Next: v.pause})
	}
}

// rouse wakes as many workers as there is work for.
func (r *Run[K, T]) rouse(now time.Duration) {
	if r.gate.opens(now) > now {
		return
	}
	for range min(r.idle, r.backlog.len()) {
		r.work.Signal()
	}
}

// nextEvent is how long the owner may sleep if nobody wakes it.
func (r *Run[K, T]) nextEvent(now time.Duration) time.Duration {
	next := never
	if at, ok := r.due.next(); ok {
		next = at
	}
	if r.backlog.len() > 0 {
		if opens := r.gate.opens(now); opens > now {
			next = min(next, opens)
		}
	}
	if next == never {
		return never
	}
	return next - now
}

// nudge wakes the owner.
func (r *Run[K, T]) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
