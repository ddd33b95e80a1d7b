package settle

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// A State says where a task stands. Its text forms are the lower-case words; only those are read back.
type State uint8

const (
	Unknown   State = iota // nobody has said; as an answer, a failed check
	Pending                // not ended: ask again
	Blocked                // not ended, and a person must act first: an approval, a manual step, a pause
	Succeeded              // ended well
	Failed                 // ended badly
	Canceled               // ended because somebody stopped it
)

var stateWords = [...]string{"unknown", "pending", "blocked", "succeeded", "failed", "canceled"}

// Ended reports whether a task in this state has come to its end.
func (s State) Ended() bool { return Succeeded <= s && s <= Canceled }

func (s State) String() string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return "state(" + strconv.Itoa(int(s)) + ")"
}

// MarshalText returns the state's word; a number that is no state is an error.
func (s State) MarshalText() ([]byte, error) {
	if int(s) < len(stateWords) {
		return []byte(stateWords[s]), nil
	}
	return nil, fmt.Errorf("%v is not a state", s)
}

// UnmarshalText sets s from its word. Any other text is an error and leaves s as it was.
func (s *State) UnmarshalText(text []byte) error {
	for i, word := range stateWords {
		if word == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a state", text)
}

// A Status is all that one check learned of a task.
type Status struct {
	State    State
	Raw      string        // the platform's own word, "" when it has none
	Progress float64       // 0 to 1; 0 also when the platform does not say
	Reason   string        // why, in the platform's words
	Warned   bool          // Succeeded, but the platform has warnings
	After    time.Duration // the platform's wish: not sooner than this; 0: it has none; negative: a long-poll ran its time, ask again at once
}

// Percent is Progress in whole percent, rounded down: 100 only at the end. 0 also when it is not known.
func (s Status) Percent() int {
	const rounding = 1e-9 // 0.29 of 100 is a little less than 29
	if !(s.Progress > 0) {
		return 0
	}
	return int(min(s.Progress, 1)*100 + rounding)
}

// String gives the state, the raw state in brackets, the percentage and the reason, leaving out what is not known.
func (s Status) String() string {
	text := s.State.String()
	if s.Raw != "" {
		text += " [" + s.Raw + "]"
	}
	if n := s.Percent(); n > 0 {
		text += " " + strconv.Itoa(n) + "%"
	}
	if s.Reason != "" {
		text += ": " + s.Reason
	}
	return text
}

// When is the status of a task that is only known to be done or not: Succeeded or Pending.
func When(done bool) Status {
	if done {
		return Status{State: Succeeded}
	}
	return Status{State: Pending}
}

// States says what a platform's raw states mean. Words are compared as they are, to the letter.
type States map[string]State

// Status is the status of a task in the raw state. One that m does not list gives Unknown with a Reason that says so:
// returned from a Check it is a failed check, never an end.
func (m States) Status(raw string) Status {
	if s, listed := m[raw]; listed {
		return Status{State: s, Raw: raw}
	}
	return Status{State: Unknown, Raw: raw, Reason: "this raw state is not listed"}
}

// A Check asks the platform once where the task stands. The value is whatever the caller wants back at the end.
//
// An error means that the check failed, never that the task did; one that wraps ErrNotFound says that the platform does
// not know the task. A status that says Succeeded, Failed or Canceled counts also beside an error. The context is the
// caller's with the wait's limit and Policy.Attempt added, and may end when the check returns.
type Check[T any] func(ctx context.Context) (T, Status, error)
