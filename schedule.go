package settle

import (
	"slices"
	"time"
)

// A ticket names a slot as it was when the ticket was written: one whose turn does not match any more is void.
type ticket struct{ id, turn uint32 }

// A schedule is a heap of tickets by time, four children to a node: a line of the cache holds them all.
type schedule struct {
	items []timed
	void  int // tickets in it that do not count any more, found out when their time comes
}

type timed struct {
	at time.Duration // by clock
	ticket
}

const (
	children = 4
	few      = 64   // void tickets that are not worth a sweep
	roomy    = 1024 // a buffer for more is not kept when it is empty
)

func (s *schedule) push(at time.Duration, t ticket) {
	s.items = append(s.items, timed{at, t})
	i := len(s.items) - 1
	for i > 0 {
		parent := (i - 1) / children
		if s.items[parent].at <= at {
			break
		}
		s.items[i], i = s.items[parent], parent
	}
	s.items[i] = timed{at, t}
}

// pop takes out the first; there must be one.
func (s *schedule) pop() timed {
	first, last := s.items[0], s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	if len(s.items) > 0 {
		s.sink(0, last)
	}
	return first
}

// sink puts x where its time belongs, at i or below.
func (s *schedule) sink(i int, x timed) {
	for {
		least, at := i, x.at
		for c := children*i + 1; c <= children*i+children && c < len(s.items); c++ {
			if s.items[c].at < at {
				least, at = c, s.items[c].at
			}
		}
		if least == i {
			break
		}
		s.items[i], i = s.items[least], least
	}
	s.items[i] = x
}

// next is when the first is due.
func (s *schedule) next() (at time.Duration, ok bool) {
	if len(s.items) == 0 {
		return 0, false
	}
	return s.items[0].at, true
}

// leads reports whether the first ticket is of that slot.
func (s *schedule) leads(id uint32) bool { return len(s.items) > 0 && s.items[0].id == id }

// sweep throws out void tickets where they are the greater part, so that they cost their room and no more.
func (s *schedule) sweep(valid func(timed) bool) {
	if s.void < few || s.void < len(s.items)/2 {
		return
	}
	kept := s.items[:0]
	for _, x := range s.items {
		if valid(x) {
			kept = append(kept, x)
		}
	}
	s.items, s.void = kept, 0
	for i := len(s.items)/children + 1; i >= 0; i-- {
		if i < len(s.items) {
			s.sink(i, s.items[i])
		}
	}
}

// A queue gives back what was put in, first in, first out. Its room is used again.
type queue[E any] struct {
	items []E
	first int
}

func (q *queue[E]) len() int { return len(q.items) - q.first }

func (q *queue[E]) push(e E) { q.items = append(q.items, e) }

func (q *queue[E]) pop() (e E, ok bool) {
	if q.len() == 0 {
		return e, false
	}
	var zero E
	e, q.items[q.first] = q.items[q.first], zero
	q.first++
	if q.first == len(q.items) && cap(q.items) > roomy {
		q.items, q.first = nil, 0
	} else if q.first > len(q.items)/2 {
		n := copy(q.items, q.items[q.first:])
		clear(q.items[n:])
		q.items, q.first = q.items[:n], 0
	}
	return e, true
}

// A backlog is a queue of tickets, some of which may be void.
type backlog struct {
	queue[timed]
	void int
}

// sweep throws out void tickets where they are the greater part.
func (b *backlog) sweep(valid func(timed) bool) {
	if b.void < few || b.void < b.len()/2 {
		return
	}
	b.items = slices.DeleteFunc(b.items[b.first:], func(t timed) bool { return !valid(t) })
	b.first, b.void = 0, 0
}
