package recipe

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// An Action is something that can be started.
type Action struct {
	Name    string
	Help    string
	Params  []*Param // in the file's order
	Reads   []*Read  // asked before the start, in order
	Request *Request
	Judge
	ID          *Expression // see IDs
	Busy        *Expression // true: refused for now, whatever the HTTP code; nil: never
	Idempotency string      // the header that gets one UUID a submit; "": none
}

// A Read is asked before a start. Its value is $read.NAME in what follows, its headers $read.NAME_headers.
type Read struct {
	Name    string
	Request *Request    // nil: computed from the other values
	One     *Expression // every output is a match; nil: Value counts
	Value   *Expression // nil: One counts, or it only refuses
	When    *Expression // over nothing; false: it is not asked, and its value is null; nil: always
	Refuse  *Expression // a text: do not start, because; nil: never
	Judge
}

// Param returns the parameter of that name, nil where there is none.
func (a *Action) Param(name string) *Param {
	for _, p := range a.Params {
		if p.Name == name {
			return p
		}
	}
	return nil
}

const maxIDs = 10_000

// IDs returns the ids of the tasks that the start's answer says were started; done where it says that nothing is left to
// wait for, by a null. The error is the context's cause, or says why the answer has no id, be it that a plain path's
// field is not there: then it was started, but nobody knows as what.
func (a *Action) IDs(ctx context.Context, answer *Answer) (ids []string, done bool, err error) {
	outputs, err := a.ID.All(ctx, answer, maxIDs)
	switch {
	case ctx.Err() != nil:
		return nil, false, context.Cause(ctx)
	case err != nil:
		return nil, false, a.ID.failed("id", err)
	case len(outputs) == 0:
		return nil, false, fmt.Errorf("id: %s finds nothing", a.ID.shown())
	case a.ID.path != nil && !a.ID.path.isIn(answer):
		return nil, false, fmt.Errorf("id: %s is not in the answer%s", a.ID.shown(), a.ID.keysNear(answer))
	}
	for _, v := range outputs {
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		} else if len(list) == 0 || len(ids)+len(list) > maxIDs {
			return nil, false, fmt.Errorf("id: %s finds %s", a.ID.shown(), describe(v, true))
		}
		for _, v := range list {
			id, problem := idOf(v)
			if problem != "" {
				return nil, false, fmt.Errorf("id: %s finds %s", a.ID.shown(), problem)
			}
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids, len(ids) == 0, nil
}

// idOf is v as an id, "" for null.
func idOf(v any) (id, problem string) {
	switch v := v.(type) {
	case nil:
		return "", ""
	case bool:
		return "", fmt.Sprintf("%v, which is no id", v)
	case float64:
		if v != math.Trunc(v) {
			return "", "a fraction, which is no id"
		}
	}
	id, isText := text(v)
	switch {
	case !isText:
		return "", describe(v, true)
	case strings.TrimSpace(id) == "":
		return "", "an empty text"
	case len(id) > maxID || hasControl(id):
		return "", "a text that is no id: it is too long, or has a control character in it"
	}
	return id, ""
}

func (e *Expression) keysNear(a *Answer) string {
	if e.path.root != "" {
		return ""
	}
	return whereabouts(e.text, nil, a.Body)
}
