package settle

import (
	"errors"
	"time"
)

// A mark is what a check says of its own failure to the wait that asked. It has the text of the error inside.
type mark struct {
	err       error
	permanent bool
	after     time.Duration
}

func (m *mark) Error() string { return m.err.Error() }
func (m *mark) Unwrap() error { return m.err }

// Permanent marks err, returned from a Check or an op, as one that asking again cannot mend: it ends the wait now, with
// a StopError whose Cause is err without the mark. It works from inside another error too. It acts on the wait that
// received it, not on one around that. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &mark{err: err, permanent: true}
}

// RetryAfter adds to err, returned from a Check or an op, the platform's wish not to be asked again sooner than d (a
// negative d is 0). Like Status.After it is a floor under the next pause, and cannot push it past the wait's limit. It
// acts on the wait that received it, not on one around that. RetryAfter(d, nil) is nil.
func RetryAfter(d time.Duration, err error) error {
	if err == nil {
		return nil
	}
	return &mark{err: err, after: max(d, 0)}
}

// unmark reads the marks on and inside err, and returns it without them, as StopError, Seen and Step carry it.
func unmark(err error) (permanent bool, after time.Duration, clean error) {
	for {
		m, ok := err.(*mark)
		if !ok {
			break
		}
		permanent, after, err = permanent || m.permanent, max(after, m.after), m.err
	}
	if inside, p, a := marksIn(err); inside {
		return permanent || p, max(after, a), &unmarked{err}
	}
	return permanent, after, err
}

// marksIn looks through all that err wraps, but for other waits' ends: their marks have acted.
func marksIn(err error) (found, permanent bool, after time.Duration) {
	switch e := err.(type) {
	case *StopError:
	case *mark:
		_, p, a := marksIn(e.err)
		return true, e.permanent || p, max(e.after, a)
	case interface{ Unwrap() error }:
		return marksIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			f, p, a := marksIn(inner)
			found, permanent, after = found || f, permanent || p, max(after, a)
		}
	}
	return found, permanent, after
}

// An unmarked error is one with a mark deep inside: text and all that it wraps are kept, the mark is not to be found.
type unmarked struct{ err error }

func (u *unmarked) Error() string        { return u.err.Error() }
func (u *unmarked) Is(target error) bool { return errors.Is(u.err, target) }
func (u *unmarked) As(target any) bool {
	if _, ok := target.(**mark); ok {
		return false
	}
	return errors.As(u.err, target)
}
