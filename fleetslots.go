package settle

import "time"

// A slot is one key that is waited for. The judge's part and value are the owner's once the key has been entered; stage,
// turn and timed change under the run's mu.
type slot[K comparable, T any] struct {
	judge
	begin  time.Duration // when the wait began, by clock
	policy *Policy
	turn   uint32 // grows with each check, so that tickets from before are void
	stage  stage
	timed  bool // the schedule has a ticket for it
	key    K
	value  T // of the last good answer
}

type stage uint8

const (
	unused  stage = iota
	resting       // until its next check is due
	ready         // due, in the backlog
	asked         // by a worker
	dropped       // removed while it was asked
	parked        // added again while it was asked: until that answer is back
)

// slots holds them by number in pages that do not move, so that a number is as good as a pointer and half its size.
type slots[K comparable, T any] struct {
	pages  []*[pageSize]slot[K, T]
	used   uint32   // slots that were ever taken
	vacant []uint32 // those of them that are free
}

const pageSize = 256

func (s *slots[K, T]) at(id uint32) *slot[K, T] { return &s.pages[id/pageSize][id%pageSize] }

func (s *slots[K, T]) take() (id uint32, taken *slot[K, T]) {
	if n := len(s.vacant); n > 0 {
		id, s.vacant = s.vacant[n-1], s.vacant[:n-1]
		return id, s.at(id)
	}
	if s.used%pageSize == 0 {
		s.pages = append(s.pages, new([pageSize]slot[K, T]))
	}
	s.used++
	return s.used - 1, s.at(s.used - 1)
}

func (s *slots[K, T]) free(id uint32) {
	freed := s.at(id)
	*freed = slot[K, T]{turn: freed.turn + 1}
	s.vacant = append(s.vacant, id)
}
