package httptask

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Started is what came of a start.
type Started struct {
	IDs    []string        // of the tasks that it started, most often one
	Done   bool            // nothing is left to wait for: the platform did it at once
	Answer json.RawMessage // to the start
}

// A LostError says that nobody knows whether a start has happened: it may have been sent, and no answer came that tells.
// It is not sent again by itself. Look on the platform first.
//
// It does not wrap Cause: that this side stopped listening is not how the start ended, and settle.OutcomeOf says unknown.
type LostError struct {
	Action string
	Cause  error // what went wrong with the answer
}

func (e *LostError) Error() string {
	return fmt.Sprintf("%s may have been started, and nobody knows as what: %v", e.Action, e.Cause)
}

// A RefusedError says that the platform refused a start: nothing was started. It is a *settle.TaskError for OutcomeOf, as
// what was asked for has failed for good.
type RefusedError struct {
	Action string
	Reason string // in the platform's words
}

func (e *RefusedError) Error() string { return e.Action + " was refused: " + e.Reason }

func (e *RefusedError) Unwrap() error {
	return &settle.TaskError{Status: settle.Status{State: settle.Failed, Reason: e.Reason}}
}

// Submit starts an action and returns the id of the task that it started; "" where it was done at once, and Check("")
// succeeds. It is Start for actions that start one task: where the platform names several, the error has their ids.
func (t *Tasks) Submit(ctx context.Context, action string, params map[string]any) (id string, err error) {
	started, err := t.Start(ctx, action, params)
	switch {
	case err != nil || started.Done:
		return "", err
	case len(started.IDs) > 1:
		return "", fmt.Errorf("%s started several tasks: %s", action, strings.Join(started.IDs, " "))
	}
	return started.IDs[0], nil
}

// Start starts an action of the recipe. Parameters that are text are read as the action says what they are; others are
// taken as they are.
//
// What it reads first is asked again where that failed, as Policy puts up with; a start that the platform refuses for
// now (the recipe's busy) is repeated, with all that it reads, at Policy's pauses and within its limits. The start itself
// is sent again only where it never left this side, where it was refused as busy or for a login that had expired, or where
// the recipe has a header that makes the platform see the second as the first.
//
// The errors: an *recipe.Error about action and params, before any request, or about a name that several things have;
// one that wraps settle.ErrNotFound for a thing that is not there; a *RefusedError; a *LostError; or a *settle.StopError, then
// nothing was started.
func (t *Tasks) Start(ctx context.Context, action string, params map[string]any) (Started, error) {
	s, err := t.prepare(action, params)
	if err != nil {
		return Started{}, err
	}
	policy := t.policy
	policy.Missing, policy.Grace, policy.Stable, policy.History = 0, 0, 0, nil
	started, err := settle.Wait(ctx, policy, s.try)
	var stop *settle.StopError
	var refused *recipe.Error
	var no *RefusedError
	switch {
	case err == nil:
		return started, nil
	case s.lost != nil:
		return Started{Answer: s.answer}, &LostError{s.action.Name, s.lost}
	case !errors.As(err, &stop):
		return started, err
	case errors.As(stop.Cause, &no):
		return started, no
	case errors.As(stop.Cause, &refused):
		return started, refused
	}
	return started, err
}

// A start is one action on its way.
type start struct {
	tasks  *Tasks
	action *recipe.Action
	values recipe.Values
	header map[string]string // what makes a second one the first
	lost   error             // why nobody knows what came of a try; nil: of all of them that is known
	answer json.RawMessage   // to that try; nil: none
}

// prepare reads action and parameters.
func (t *Tasks) prepare(name string, params map[string]any) (*start, error) {
	action := t.recipe.Action(name)
	if action == nil {
		return nil, t.unknownAction(name)
	}
	values, err := action.Values(params)
	if err != nil {
		return nil, err
	}
	s := &start{tasks: t, action: action, values: t.with(values)}
	s.mark()
	return s, nil
}

// mark makes of the next try a start of its own: one that the platform can tell from all others, where the recipe says how.
func (s *start) mark() {
	if s.action.Idempotency != "" {
		s.header = map[string]string{s.action.Idempotency: newUUID()}
	}
}

func (t *Tasks) unknownAction(name string) error {
	var known []string
	for _, a := range t.recipe.Actions {
		known = append(known, a.Name)
	}
	problem := fmt.Sprintf("%s has no action %q", t.recipe.Name, name)
	if len(known) == 0 {
		return &recipe.Error{Place: "action", Problem: problem, Hint: "it starts nothing, it only waits: settle recipe show " + t.recipe.Name}
	}
	if near := recipe.Nearest(name, known); near != "" {
		return &recipe.Error{Place: "action", Problem: problem, Hint: "did you mean " + near + "?"}
	}
	return &recipe.Error{Place: "action", Problem: problem, Hint: "one of " + strings.Join(known, ", ")}
}

// try is a settle.Check that succeeds with what was started. While the platform is busy it is blocked.
func (s *start) try(ctx context.Context) (Started, settle.Status, error) {
	t := s.tasks
	values := maps.Clone(s.values)
	if failed := t.readAll(ctx, s.action.Reads, values, t.call); failed != nil {
		return Started{}, settle.Status{}, failed.marked(failed.err)
	}
	x := t.call(ctx, question{request: s.action.Request, Judge: s.action.Judge, values: values, header: s.header, keep: true, once: true})
	if x.answer != nil && s.action.Busy.True(ctx, x.answer) {
		if s.lost == nil {
			s.mark() // a platform may give the same refusal again to the same start
		}
		return Started{}, settle.Status{State: settle.Blocked, Raw: "busy", Reason: x.gist(ctx), After: x.after}, nil
	}
	started, err := s.hear(ctx, x)
	if err != nil {
		return started, settle.Status{}, err
	}
	return started, settle.When(true), nil
}

// hear is what the answer to the start means.
func (s *start) hear(ctx context.Context, x *exchange) (Started, error) {
	switch {
	case x.err == nil:
		return s.read(ctx, x)
	case errors.Is(x.err, settle.ErrDenied), errors.Is(x.err, settle.ErrNotFound):
		return Started{}, settle.Permanent(fmt.Errorf("%s: %w", s.action.Name, x.err))
	case x.answer != nil && (x.answer.Status == http.StatusTooManyRequests || x.answer.Status == http.StatusTooEarly):
		return Started{}, x.marked(x.err) // refused for now, in HTTP's own words
	case s.isRefusal(ctx, x):
		return Started{}, settle.Permanent(&RefusedError{s.action.Name, x.err.Error()})
	case !x.left.Load():
		return Started{}, x.marked(x.err)
	}
	s.lost = x.err
	if s.header != nil {
		x.err = &LostError{s.action.Name, s.lost} // for a trace: this try is not known to have started nothing
		return Started{}, x.marked(x.err)
	}
	return Started{}, settle.Permanent(s.lost)
}

// read takes what was started out of an answer of HTTP 2xx, or a command's.
func (s *start) read(ctx context.Context, x *exchange) (Started, error) {
	ok, _, err := s.action.OK.First(ctx, x.answer)
	switch {
	case err != nil:
		err = fmt.Errorf("ok: %w: %s", err, x.gist(ctx))
	case s.action.OK != nil && (ok == nil || ok == false):
		return Started{}, settle.Permanent(&RefusedError{s.action.Name, x.gist(ctx)})
	}
	var started Started
	if err == nil {
		if started.IDs, started.Done, err = s.action.IDs(ctx, x.answer); err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w: %s", err, x.gist(ctx)) // it may say that nothing was started
		}
	}
	if err != nil {
		s.lost, s.answer = s.tasks.client.masked(err), jsonOf(x.answer)
		return Started{}, settle.Permanent(s.lost)
	}
	started.Answer = jsonOf(x.answer)
	return started, nil
}

// isRefusal reports whether the answer says for sure that nothing was started: a code of 4xx but a timeout's, one that
// sends the whole request elsewhere, or another with the platform's own words. A gateway does not know what lies behind
// it, and neither does a command's exit code.
func (s *start) isRefusal(ctx context.Context, x *exchange) bool {
	if x.answer == nil {
		return false
	}
	switch code := x.answer.Status; code {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusGatewayTimeout:
		return false
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	default:
		return 400 <= code && code < 500 || !isGood(code) && x.said(ctx) != ""
	}
}

// readAll asks what a start or a login reads first, and puts the answers into values.
func (t *Tasks) readAll(ctx context.Context, reads []*recipe.Read, values recipe.Values, ask func(context.Context, question) *exchange) *exchange {
	found := map[string]any{}
	values["read"] = found
	for _, r := range reads {
		found[r.Name] = nil
		if r.When != nil && !r.When.True(ctx, &recipe.Answer{Known: values}) {
			continue
		}
		x := &exchange{client: t.client, answer: &recipe.Answer{Known: values}}
		if r.Request != nil {
			x = ask(ctx, question{request: r.Request, Judge: r.Judge, values: values})
		}
		if x.err == nil {
			found[r.Name], x.err = t.value(ctx, r, x)
		}
		if x.err != nil {
			var refused *recipe.Error
			if !errors.As(x.err, &refused) {
				x.err = fmt.Errorf("%s: %w", r.Name, x.err)
			}
			x.permanent = x.permanent || errors.As(x.err, &refused) || errors.Is(x.err, settle.ErrNotFound)
			return x
		}
		found[r.Name+"_headers"] = x.answer.Headers()
	}
	return nil
}

// value is what a read has found.
func (t *Tasks) value(ctx context.Context, r *recipe.Read, x *exchange) (any, error) {
	if because := x.client.snippet(r.Refuse.Words(ctx, x.answer)); because != "" {
		return nil, &recipe.Error{Place: r.Name, Problem: because}
	}
	if r.One == nil {
		v, _, err := r.Value.First(ctx, x.answer)
		return v, t.client.masked(err)
	}
	all, err := r.One.All(ctx, x.answer, maxMatches)
	if err != nil {
		return nil, t.client.masked(err)
	}
	matches := distinct(all)
	switch len(matches) {
	case 0:
		return nil, fmt.Errorf("%w: nothing matches%s", settle.ErrNotFound, t.sought(r, x.answer.Known))
	case 1:
		return matches[0], nil
	}
	return nil, &recipe.Error{
		Place: r.Name, Problem: fmt.Sprintf("%d things match%s: %s", len(matches), t.sought(r, x.answer.Known), t.secrets.Mask(listed(matches))),
		Hint: "name one of them by its id",
	}
}

const maxMatches = 10_000

// distinct drops null and what is there already.
func distinct(all []any) []any {
	var list []any
	seen := map[string]bool{}
	for _, v := range all {
		text, err := json.Marshal(v)
		if v == nil || err != nil || seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		list = append(list, v)
	}
	return list
}

const shownMatches = 10

func listed(matches []any) string {
	var shown []string
	for _, v := range matches[:min(len(matches), shownMatches)] {
		text, isText := v.(string)
		if !isText {
			b, _ := json.Marshal(v) // distinct has done it before
			text = string(b)
		}
		shown = append(shown, text)
	}
	if more := len(matches) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return visible(strings.Join(shown, ", "))
}

// sought is what a read was to find: the parameters that it uses, as they were given.
func (t *Tasks) sought(r *recipe.Read, known recipe.Values) string {
	var asked []string
	if r.Request != nil {
		asked = r.Request.Names()
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		_, isField := t.values[name]
		text, isText := known[name].(string)
		if isText && !isField && name != "login" && (r.One.Mentions(name) || slices.Contains(asked, name)) {
			said = append(said, name+" "+text)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " " + t.client.snippet(strings.Join(said, ", "))
}

// newUUID returns a random UUID, version 4.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
