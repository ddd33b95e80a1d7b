package httptask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A watched task is what the checks of one task have learned of how to ask for it.
type watched struct {
	given string // the id
	id    string // where to ask now: the id as given, until the answers lead to another
	asked bool   // at least once
	seen  bool   // one check was answered
	plain bool   // the server does not hold requests
}

// Check returns a check of the task with that id; its value is the answer as JSON, XML as the tree that expressions see.
// It keeps where the platform's answers have led it, so that it serves one wait at a time. An empty id is a task that was
// done at once when it was submitted: it has succeeded.
//
// The check's errors are as Client.Check has them, and the recipe's words count beside the HTTP codes. A login that does
// not hold is renewed once within the check. Secrets are masked in errors and status, not in the value.
func (t *Tasks) Check(id string) settle.Check[json.RawMessage] {
	w := t.watch(id)
	return func(ctx context.Context) (json.RawMessage, settle.Status, error) {
		answer, status, err := t.check(ctx, w)
		return jsonOf(answer), status, err
	}
}

// check asks once where w stands, by as many requests as the platform makes necessary.
func (t *Tasks) check(ctx context.Context, w *watched) (*recipe.Answer, settle.Status, error) {
	if w.id == "" {
		return nil, settle.When(true), nil
	}
	x := t.locate(ctx, w)
	if x.err != nil {
		if x.answer != nil && errors.Is(x.err, settle.ErrNotFound) {
			return t.gone(w, x)
		}
		return x.answer, settle.Status{}, x.marked(x.err)
	}
	status, err := x.status(ctx, t.recipe.Status.Reader)
	if err != nil {
		return x.answer, status, x.marked(err)
	}
	w.seen = true
	if next, err := x.leads(ctx, t.recipe.Status.Follow); err == nil && next != "" {
		t.leadTo(w, next)
	}
	if x.held && !status.State.Ended() && status.After == 0 {
		status.After = -1
	}
	return x.answer, status, nil
}

// gone is what it means that the task is not there.
func (t *Tasks) gone(w *watched, x *exchange) (*recipe.Answer, settle.Status, error) {
	if w.seen && t.recipe.Status.Missing.After == settle.Succeeded {
		return x.answer, settle.Status{State: settle.Succeeded, Raw: "not found"}, nil
	}
	return x.answer, settle.Status{}, x.marked(x.err)
}

const maxHops = 10

// locate asks for w, and goes on where the answer leads to another id at once.
func (t *Tasks) locate(ctx context.Context, w *watched) *exchange {
	for n := 0; ; n++ {
		values, err := t.about(w.id)
		if err != nil {
			return t.refuse(err)
		}
		x := t.status(ctx, w, values)
		if x.err != nil || t.recipe.Status.Then == nil {
			return x
		}
		next, err := x.leads(ctx, t.recipe.Status.Then)
		switch {
		case err != nil:
			x.err = err
			return x
		case next == "" || next == w.id:
			return x
		case n == maxHops:
			x.err = fmt.Errorf("the answers lead from id to id, more than %d times", maxHops)
			return x
		}
		t.leadTo(w, next)
	}
}

// leads returns the id that e finds in the answer; "" where it finds none.
func (x *exchange) leads(ctx context.Context, e *recipe.Expression) (string, error) {
	if e == nil || x.answer == nil {
		return "", nil
	}
	v, _, err := e.First(ctx, x.answer)
	if err != nil {
		return "", x.client.masked(err)
	}
	id, _ := v.(string)
	return strings.Clone(id), nil // it outlives the answer, of which it may be a part
}

// status makes the status request. From the second one on the server may hold it, where it knows how to.
func (t *Tasks) status(ctx context.Context, w *watched, values recipe.Values) *exchange {
	s := t.recipe.Status
	q := question{request: s.Request, Judge: s.Judge, reader: s.Reader, values: values}
	q.OK = nil // the reader asks it
	hold := 0
	if w.asked && !w.plain {
		hold = holdFor(ctx, s.Poll)
	}
	w.asked = true
	if hold == 0 {
		return t.call(ctx, q)
	}
	held := q
	held.held = true
	held.request, held.values["seconds"] = s.Poll.Request, hold
	x := t.call(ctx, held)
	switch {
	case x.err == nil:
		x.held = true
	case x.refusesToHold():
		w.plain = true
		return t.call(ctx, q)
	case x.answer == nil && x.left.Load():
		w.plain = true // it held longer than it was asked to, or than something on the way puts up with
	}
	return x
}

// refusesToHold reports whether the server may answer a request that it need not hold.
func (x *exchange) refusesToHold() bool {
	if x.answer == nil || errors.Is(x.err, settle.ErrDenied) || errors.Is(x.err, settle.ErrNotFound) {
		return false
	}
	switch x.answer.Status {
	case http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusNotImplemented:
		return true
	}
	return x.permanent
}

// holdFor is how many seconds the server may hold a request; 0: none.
func holdFor(ctx context.Context, p *recipe.Poll) int {
	if p == nil {
		return 0
	}
	hold := p.Max
	if end, limited := ctx.Deadline(); limited {
		left := time.Until(end)
		hold = min(hold, left-max(left/10, time.Second))
	}
	return max(0, int(hold/time.Second))
}
