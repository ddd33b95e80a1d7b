package recipe

import (
	"fmt"

	"github.com/settle-go/settle"
)

// An Error refuses something that was written down: an expression, a list, a request, a value.
type Error struct {
	File    string // of a recipe; "" for what did not come from a file, as flags
	Line    int    // from 1; 0: the file as a whole
	Column  int    // in characters, from 1
	Place   string // the field, flag or path of keys: "state", "url", "actions.vm.stop.request.json"; "" for the file as a whole
	Problem string
	Hint    string // what would work; "" when nobody can say
}

// Error returns "FILE:LINE:COLUMN: PLACE: PROBLEM", without what there is not.
func (e *Error) Error() string {
	text := e.Problem
	if e.Place != "" {
		text = e.Place + ": " + text
	}
	switch {
	case e.File == "":
		return text
	case e.Line == 0:
		return e.File + ": " + text
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, text)
}

// Outcome is what a wait that such an error ended has come to: settle.OutcomeOf goes by it.
func (e *Error) Outcome() settle.Outcome { return settle.OutcomeInvalid }

func refused(place, problem, hint string) *Error {
	return &Error{Place: place, Problem: problem, Hint: hint}
}
