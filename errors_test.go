package settle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/settle-go/settle"
)

func TestErrorTexts(t *testing.T) {
	failed := settle.Status{State: settle.Failed, Raw: "ERR", Progress: 0.62, Reason: "no space left"}
	for _, row := range []struct {
		err  error
		want string
	}{
		{&settle.TaskError{Status: failed, Checks: 12, Elapsed: 160e9}, "task failed [ERR] 62% after 12 checks in 2m40s: no space left"},
		{&settle.TaskError{Status: settle.Status{State: settle.Canceled}, Checks: 1}, "task canceled after 1 check in 0s"},
		{&settle.StopError{Cause: settle.ErrLimit, Checks: 3}, "stopped waiting after 3 checks in 0s: limit reached"},
		{refusal(settle.Policy{Every: -1}), "policy: Every -1ns is negative"},
		{refusal(settle.Policy{Checks: 1, Factor: math.Inf(1), Max: 1e9}), "policy: Factor +Inf is neither 0 nor 1 or more"},
	} {
		if got := row.err.Error(); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
	_, err := settle.Wait(context.Background(), settle.Policy{Every: 1, Checks: 2, Errors: 5}, func(context.Context) (int, settle.Status, error) {
		return 0, settle.Status{}, io.ErrUnexpectedEOF
	})
	if !strings.HasSuffix(err.Error(), "limit reached: 2 checks; last check: unexpected EOF") {
		t.Errorf("the last failure is lost: %v", err)
	}
}

func refusal(p settle.Policy) error {
	return settle.Until(context.Background(), p, func(context.Context) (bool, error) { return true, nil })
}

// An error that no wait of settle's has returned is judged by what it wraps.
func TestOutcomeOfOthers(t *testing.T) {
	for _, row := range []struct {
		err  error
		want settle.Outcome
	}{
		{fmt.Errorf("a: %w", settle.ErrLimit), settle.OutcomeTimeout},
		{context.DeadlineExceeded, settle.OutcomeTimeout},
		{context.Canceled, settle.OutcomeInterrupted},
		{settle.ErrDenied, settle.OutcomeDenied},
		{settle.ErrNotFound, settle.OutcomeNotFound},
		{io.EOF, settle.OutcomeUnknown},
		{&settle.StopError{Cause: settle.ErrDenied}, settle.OutcomeDenied},
		{errors.Join(io.EOF, &settle.TaskError{Status: settle.Status{State: settle.Canceled}}), settle.OutcomeCanceled},
	} {
		if got := settle.OutcomeOf(row.err); got != row.want {
			t.Errorf("%v: got %s, want %s", row.err, got, row.want)
		}
	}
}

// A mark deep inside is hidden from an outer wait, and nothing else of that error is.
func TestMarkInside(t *testing.T) {
	op := func(context.Context) error {
		return fmt.Errorf("open: %w", settle.Permanent(&fs.PathError{Op: "open", Path: "a", Err: fs.ErrNotExist}))
	}
	inner := settle.Do(context.Background(), settle.Policy{Checks: 9}, op)
	outer := 0
	err := settle.Do(context.Background(), settle.Policy{Every: 1, Checks: 2}, func(context.Context) error {
		outer++
		return errors.Unwrap(fmt.Errorf("%w", inner.(*settle.StopError).Cause))
	})
	if outer != 2 {
		t.Errorf("%d calls: the inner wait's mark ended the outer one", outer)
	}
	var path *fs.PathError
	if !errors.As(err, &path) || !errors.Is(err, fs.ErrNotExist) || path.Path != "a" {
		t.Errorf("what the mark was around is lost: %v", err)
	}
}

func TestStateText(t *testing.T) {
	for s := settle.Unknown; s <= settle.Canceled; s++ {
		text, err := json.Marshal(s)
		var back settle.State
		if err != nil || json.Unmarshal(text, &back) != nil || back != s {
			t.Errorf("%v: %s, %v, back %v", s, text, err, back)
		}
	}
	if _, err := settle.State(9).MarshalText(); err == nil || settle.State(9).String() != "state(9)" || settle.State(9).Ended() {
		t.Errorf("a number that is no state: %v, %v", settle.State(9), err)
	}
	s := settle.Failed
	if err := s.UnmarshalText([]byte("done")); err == nil || s != settle.Failed {
		t.Errorf("text that is no state: %v, %v", s, err)
	}
}

func TestPolicyKeepsItsValueOnABadText(t *testing.T) {
	p := settle.Policy{Checks: 3}
	for _, text := range []string{"checks", "checks=x", "every=5", "factor=x", "factor=0.5", "chekcs=3", "checks=1 checks=2", "max=1s every=2s"} {
		var refused *settle.PolicyError
		if err := p.UnmarshalText([]byte(text)); !errors.As(err, &refused) || p.Checks != 3 {
			t.Errorf("%s: %v, left %v", text, err, p)
		}
	}
	if err := p.UnmarshalText([]byte("checks=4")); err != nil || p.Checks != 4 {
		t.Errorf("got %v, %v", p, err)
	}
}

func TestLogToNamesKeyAndProgress(t *testing.T) {
	var log strings.Builder
	settle.LogTo(slog.New(slog.NewTextHandler(&log, nil)))(settle.Step{Key: "web-07", Check: 1, Status: settle.Status{State: settle.Pending, Progress: 0.5, Reason: "copying"}})
	if got := log.String(); !strings.Contains(got, "key=web-07") || !strings.Contains(got, "progress=0.5") || !strings.Contains(got, "reason=copying") {
		t.Errorf("got %s", got)
	}
	if ctx := context.Background(); settle.WithTrace(ctx, nil) != ctx {
		t.Error("a nil trace made a context")
	}
}
