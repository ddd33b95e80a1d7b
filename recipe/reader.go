package recipe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/settle-go/settle"
)

const (
	maxRaw    = 1 << 10 // a longer raw state is no state
	maxReason = 4 << 10 // a longer reason is cut
	maxResult = 8 << 20
)

// A Reader reads answers as a Reading says. It may be used by many goroutines at once.
type Reader struct {
	ok, words, state, progress, reason, result *Expression

	vocabulary vocabulary
	unlisted   settle.State
}

// An UnlistedError is the failure of a check whose raw state is in no list. It wraps settle.ErrUnknownState.
type UnlistedError struct {
	Raw     string
	Nearest string   // the listed word that it resembles; "" when there is none
	Known   []string // all that is listed, as written
}

func (e *UnlistedError) Error() string {
	text := fmt.Sprintf("%v %s: nobody listed it", settle.ErrUnknownState, quote(e.Raw))
	if e.Nearest != "" {
		text += "; is it " + quote(e.Nearest) + "?"
	}
	return text
}

func (e *UnlistedError) Unwrap() error { return settle.ErrUnknownState }

// Status returns what a says of the task. On an error the check failed: OK was not fulfilled, there is no raw state to
// be found, or it is ambiguous; then the status is zero. Where the raw state is in no list, and Unlisted does not say
// what that means, the error is an *UnlistedError and the status is Unknown with that raw state.
//
// Progress outside 0 to 1 is absent, rather than taken for a percentage: nobody could tell 1 from 1 %. A reason that is
// null, false or empty is absent, a long one is cut; neither ever fails the check. The texts are the platform's, control
// characters included. When ctx ends first the error is its cause.
func (r *Reader) Status(ctx context.Context, a *Answer) (settle.Status, error) {
	if err := r.fulfilled(ctx, a); err != nil {
		return settle.Status{}, err
	}
	return r.Read(ctx, a)
}

// Read is Status, but that it does not ask OK: for an item of an answer that has been judged as a whole.
func (r *Reader) Read(ctx context.Context, a *Answer) (settle.Status, error) {
	raw, err := r.raw(ctx, a)
	if err != nil {
		return settle.Status{}, err
	}
	m, found, err := r.vocabulary.look(raw)
	if err != nil {
		return settle.Status{}, err
	}
	if !found {
		m = meaning{state: r.unlisted}
	}
	if m.state == settle.Unknown {
		err := &UnlistedError{Raw: raw, Nearest: r.vocabulary.nearest(raw), Known: slices.Clone(r.vocabulary.known)}
		return settle.Status{Raw: raw, Reason: "this raw state is not listed"}, err
	}
	return settle.Status{State: m.state, Raw: raw, Warned: m.warned, Progress: r.progressOf(ctx, a), Reason: r.reason.Words(ctx, a)}, nil
}

// Lists reports whether raw is in one of the lists, itself or by a "*".
func (r *Reader) Lists(raw string) bool {
	_, found, err := r.vocabulary.look(raw)
	return found && err == nil
}

// ReadsHTTP reports whether State or OK mentions $http: whether the HTTP code is the reader's to judge.
func (r *Reader) ReadsHTTP() bool { return r.state.Mentions("http") || r.ok.Mentions("http") }

// ReadsExec reports whether State or OK mentions $exec: whether the exit code is the reader's to judge.
func (r *Reader) ReadsExec() bool { return r.state.Mentions("exec") || r.ok.Mentions("exec") }

// Result returns what the task brought, as JSON; found is false where Result was not asked, or finds nothing or null.
// The error says what jq could not do, or that the result is larger than 8 MiB.
func (r *Reader) Result(ctx context.Context, a *Answer) (result json.RawMessage, found bool, err error) {
	v, found, err := r.result.First(ctx, a)
	if err != nil {
		return nil, false, r.result.failed("result", err)
	}
	if !found || v == nil {
		return nil, false, nil
	}
	if size(v, maxResult) > maxResult {
		return nil, false, fmt.Errorf("result: %s gives more than %d bytes", r.result.shown(), maxResult)
	}
	result, err = gojq.Marshal(v)
	return result, err == nil, err
}

func (r *Reader) fulfilled(ctx context.Context, a *Answer) error {
	if r.ok == nil {
		return nil
	}
	v, found, err := r.ok.First(ctx, a)
	switch {
	case err != nil:
		return r.ok.failed("ok", err)
	case found && v != nil && v != false:
		return nil
	}
	what := "is false"
	if v == nil {
		what = "finds " + describe(v, found)
	}
	reason := r.words.Words(ctx, a)
	if reason == "" {
		reason = r.reason.Words(ctx, a)
	}
	if reason != "" {
		what += ": " + reason
	}
	return fmt.Errorf("ok: %s %s", r.ok.shown(), what)
}

func (r *Reader) raw(ctx context.Context, a *Answer) (string, error) {
	v, found, err := r.state.First(ctx, a)
	if err != nil {
		return "", r.state.failed("state", err)
	}
	raw, isText := text(v)
	switch {
	case !isText:
		return "", fmt.Errorf("state: %s finds %s%s", r.state.shown(), describe(v, found), whereabouts(r.state.text, v, a.Body))
	case raw == "":
		return "", fmt.Errorf("state: %s finds an empty text", r.state.shown())
	case len(raw) > maxRaw:
		return "", fmt.Errorf("state: %s finds a text of %d bytes, too long for a state", r.state.shown(), len(raw))
	}
	return raw, nil
}

// Beyond 1 only what rounding adds is forgiven.
const almostOne = 1.001

func (r *Reader) progressOf(ctx context.Context, a *Answer) float64 {
	v, _, err := r.progress.First(ctx, a)
	if err != nil {
		return 0
	}
	progress, isNumber := gojq.ToFloat64(v)
	if s, isString := v.(string); isString {
		s, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
		progress, err = strconv.ParseFloat(strings.TrimSpace(s), 64)
		isNumber = err == nil
		if percent {
			progress /= 100
		}
	}
	if !isNumber || math.IsNaN(progress) || progress < 0 || progress > almostOne {
		return 0
	}
	return min(progress, 1)
}

// failed is why an expression gave nothing; the end of the context stays what it is.
func (e *Expression) failed(place string, err error) error {
	if errors.Is(err, errBudget) {
		return fmt.Errorf("%s: %s does not come to an end", place, e.shown())
	}
	return fmt.Errorf("%s: %s: %w", place, e.shown(), err)
}
