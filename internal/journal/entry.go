package journal

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/settle-go/settle"
)

// A Phase is how far a wait has come.
type Phase string

const (
	Submitting Phase = "submitting" // the start is about to be sent, or was: nobody knows the task's id yet
	Waiting    Phase = "waiting"
	Stopped    Phase = "stopped" // settle stopped waiting; the task may still run
	Ended      Phase = "ended"   // the task has ended, or nobody will ever know
)

// An Entry is one wait. It holds nothing secret: whoever fills it masks it.
//
// Of an entry that a later settle has written only Schema, Handle, Name, Started and Updated are filled: IsLater.
type Entry struct {
	Schema  int    `json:"schema"`
	Handle  string `json:"handle"`
	Run     string `json:"run"` // the same for all that one command waited for
	Phase   Phase  `json:"phase"`
	Process int    `json:"process"`        // of who waits
	Born    string `json:"born,omitempty"` // tells it from later processes of that number; written by Save

	Name   string   `json:"name"`             // as a line with little room shows it
	Task   string   `json:"task"`             // TARGET/ID, RECIPE/ID or a URL, to be asked again; "" while it is submitted
	Target string   `json:"target,omitempty"` // what it was submitted to
	Recipe string   `json:"recipe,omitempty"`
	ID     string   `json:"id,omitempty"`
	Action string   `json:"action,omitempty"` // what was submitted
	Params []string `json:"params,omitempty"` // NAME=VALUE
	Flags  []string `json:"flags,omitempty"`  // of the command line, that a wait taken up again needs
	Needs  []string `json:"needs,omitempty"`  // flags that are secret, and so must be given again
	Behind []string `json:"behind,omitempty"` // what stood behind "--": the check, or the command that follows a success
	Others []*Entry `json:"others,omitempty"` // of a start that answered several ids: those that have no file of their own yet

	Started time.Time      `json:"started"`
	Updated time.Time      `json:"updated"`
	Outcome settle.Outcome `json:"outcome,omitempty"` // of a wait that is over
	Link    string         `json:"link,omitempty"`
	Error   string         `json:"error,omitempty"`

	Events []Event `json:"events,omitempty"`     // what happened when: the first and the last ones
	Left   int     `json:"left_out,omitempty"`   // events between the first FirstEvents and the others
	Answer string  `json:"answer,omitempty"`     // the last one, masked
	Cut    bool    `json:"answer_cut,omitempty"` // it was longer
}

// An Event is a change that a check has seen.
type Event struct {
	At     time.Time
	Check  int
	Status settle.Status
	Error  string // why the check failed
	Again  int    // so many checks after it said the same
}

// storedEvent is an Event on disk.
type storedEvent struct {
	At       time.Time    `json:"at"`
	Check    int          `json:"check"`
	State    settle.State `json:"state"`
	Raw      string       `json:"raw,omitempty"`
	Progress float64      `json:"progress,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Warned   bool         `json:"warned,omitempty"`
	Error    string       `json:"error,omitempty"`
	Again    int          `json:"again,omitempty"`
}

// MarshalJSON returns the stored form, without Status.After.
func (e Event) MarshalJSON() ([]byte, error) {
	s := e.Status
	return json.Marshal(storedEvent{e.At, e.Check, s.State, s.Raw, s.Progress, s.Reason, s.Warned, e.Error, e.Again})
}

// UnmarshalJSON reads the stored form.
func (e *Event) UnmarshalJSON(text []byte) error {
	var s storedEvent
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*e = Event{s.At, s.Check, settle.Status{State: s.State, Raw: s.Raw, Progress: s.Progress, Reason: s.Reason, Warned: s.Warned}, s.Error, s.Again}
	return nil
}

const (
	schema    = 1
	maxEvents = 200
	maxAnswer = 64 << 10
	maxText   = 2000 // of a reason or an error
	suffix    = ".json"
)

// FirstEvents is how many of the first events are kept.
const FirstEvents = maxEvents / 2

// Happened adds an event; one that says the same as the last is only counted. Of a long wait the events in the middle are
// left out.
func (e *Entry) Happened(event Event) {
	event.Status.After = 0
	event.Status.Reason, event.Error = clip(event.Status.Reason, maxText), clip(event.Error, maxText)
	e.Updated = event.At
	if n := len(e.Events); n > 0 && e.Events[n-1].Status == event.Status && e.Events[n-1].Error == event.Error {
		e.Events[n-1].Again++
		return
	}
	e.Events = append(e.Events, event)
	if len(e.Events) > maxEvents {
		e.Events = slices.Delete(e.Events, FirstEvents, FirstEvents+1)
		e.Left++
	}
}

// Answered keeps the last answer, which has been masked, as far as it is not too long.
func (e *Entry) Answered(text string) {
	e.Answer = clip(text, maxAnswer)
	e.Cut = len(e.Answer) < len(text)
}

// clip cuts text to so many bytes, not within a character.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// IsLater reports whether a later settle has written e: it is not to be taken up, and never overwritten.
func (e *Entry) IsLater() bool { return e.Schema > schema }

// Last returns the newest thing that was seen; ok is false where nothing was.
func (e *Entry) Last() (event Event, ok bool) {
	if len(e.Events) == 0 {
		return Event{}, false
	}
	return e.Events[len(e.Events)-1], true
}

// Alive reports whether the process that waits is still there, on this machine.
func (e *Entry) Alive() bool {
	return e.Process > 0 && e.Phase != Ended && e.Phase != Stopped && isAlive(e.Process, e.Born)
}

// IsLeft reports whether the wait is not over and nobody waits: there is something to take up, or, of one that was being
// submitted, to say.
func (e *Entry) IsLeft() bool { return e.Phase != Ended && !e.IsLater() && !e.Alive() }
