package term

import (
	"cmp"
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// tasks are all that a Display shows.
type tasks struct {
	list  []*task // by key; nil: not begun
	begun time.Time
	over  bool // Close was called

	requests int64 // that all checks took; 0: not told

	changed bool // what follows is no longer true
	open    []*task
	sum     tally
}

// A tally counts tasks, by where they stand.
type tally struct {
	all, ahead, open                                 int     // ahead: not begun; open: not ended
	blocked, failing, waiting                        int     // of the open ones; failing: the last check failed; waiting: no answer yet
	succeeded, failed, canceled, timeout, left, lost int     // left: interrupted; lost: unknown
	missing, denied, stopped                         int     // not found, not allowed; where a person must act first
	progress                                         float64 // of all
	checks, failedChecks                             int
	soonest                                          time.Time // when the first of the open ones reaches its limit; zero: never
}

func (s *tasks) one() bool { return len(s.list) == 1 }

// add begins a task, once.
func (s *tasks) add(key int, t Task, now time.Time) (added *task) {
	if s.list[key] != nil || s.over {
		return nil
	}
	if s.begun.IsZero() {
		s.begun = now
	}
	s.list[key] = &task{Task: t, key: key, begun: now, due: now}
	s.changed = true
	return s.list[key]
}

// count brings open and sum up to date: the open tasks are in the order in which a person wants to see them.
func (s *tasks) count() {
	if !s.changed {
		return
	}
	s.changed = false
	s.open = s.open[:0]
	s.sum = tally{all: len(s.list)}
	for _, t := range s.list {
		s.sum.add(t)
		if t != nil && t.outcome == "" {
			s.open = append(s.open, t)
		}
	}
	s.sum.progress /= float64(len(s.list))
	slices.SortFunc(s.open, func(a, b *task) int {
		return cmp.Or(cmp.Compare(b.urgency(), a.urgency()), cmp.Compare(b.status.Percent(), a.status.Percent()), cmp.Compare(a.key, b.key))
	})
}

// urgency is how much a task needs a person's eyes. After that those come first that are nearest to their end.
func (t *task) urgency() int {
	switch {
	case t.status.State == settle.Blocked:
		return 3
	case t.inRow > 1: // one lost check is nothing, and would make the lines jump
		return 2
	case t.seen:
		return 1
	}
	return 0
}

func (s *tally) add(t *task) {
	if t == nil {
		s.ahead++
		return
	}
	s.checks += t.checks
	s.failedChecks += t.failed
	if t.outcome != "" {
		s.progress++
	}
	switch t.outcome {
	case "":
		s.addOpen(t)
	case settle.OutcomeSucceeded:
		s.succeeded++
	case settle.OutcomeFailed:
		s.failed++
	case settle.OutcomeCanceled:
		s.canceled++
	case settle.OutcomeTimeout:
		s.timeout++
	case settle.OutcomeInterrupted:
		s.left++
	case settle.OutcomeNotFound:
		s.missing++
	case settle.OutcomeDenied:
		s.denied++
	case OutcomeBlocked:
		s.stopped++
	default:
		s.lost++
	}
}

func (s *tally) addOpen(t *task) {
	s.open++
	s.progress += float64(t.status.Percent()) / 100
	if !t.seen {
		s.waiting++
	}
	switch {
	case t.status.State == settle.Blocked:
		s.blocked++
	case t.last != nil:
		s.failing++
	}
	if t.Timeout > 0 {
		if end := t.begun.Add(t.Timeout); s.soonest.IsZero() || end.Before(s.soonest) {
			s.soonest = end
		}
	}
}
