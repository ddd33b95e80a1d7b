package settle_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

var stateWords = map[settle.State]string{
	settle.Unknown: "unknown", settle.Pending: "pending", settle.Blocked: "blocked",
	settle.Succeeded: "succeeded", settle.Failed: "failed", settle.Canceled: "canceled",
}

func TestWords_State(t *testing.T) {
	if zero := settle.State(0); zero != settle.Unknown {
		t.Errorf("the zero state is %v", zero)
	}
	for state, word := range stateWords {
		if got := state.String(); got != word {
			t.Errorf("String is %q, want %q", got, word)
		}
		if got, want := state.Ended(), state >= settle.Succeeded; got != want {
			t.Errorf("%v: Ended is %v, want %v", state, got, want)
		}
		text, err := state.MarshalText()
		var back settle.State
		if err != nil || string(text) != word || back.UnmarshalText(text) != nil || back != state {
			t.Errorf("%v: text %q, %v, and back %v", state, text, err, back)
		}
	}
	for _, word := range []string{"", "done", "Pending", "pending "} {
		if state := settle.Failed; state.UnmarshalText([]byte(word)) == nil {
			t.Errorf("%q is taken for the state %v", word, state)
		}
	}
}

func TestWords_When(t *testing.T) {
	equal(t, "done", settle.When(true), settle.Status{State: settle.Succeeded})
	equal(t, "not done", settle.When(false), settle.Status{State: settle.Pending})
}

func TestWords_States(t *testing.T) {
	states := settle.States{"run": settle.Pending, "success": settle.Succeeded, "": settle.Blocked}
	equal(t, "listed", states.Status("run"), settle.Status{State: settle.Pending, Raw: "run"})
	equal(t, "listed, empty", states.Status(""), settle.Status{State: settle.Blocked})
	for _, raw := range []string{"paused", "RUN"} {
		got := states.Status(raw)
		if got.State != settle.Unknown || got.Raw != raw || got.Reason == "" {
			t.Errorf("unlisted %q: %+v, want unknown, with a reason", raw, got)
		}
	}
	if got := settle.States(nil).Status("run"); got.State != settle.Unknown {
		t.Errorf("no list: %+v", got)
	}
}

func TestWords_OutcomeOf(t *testing.T) {
	rows := []struct {
		name string
		err  error
		want settle.Outcome
	}{
		{"nil", nil, "succeeded"},
		{"a failed task", &settle.TaskError{Status: settle.Status{State: settle.Failed}}, "failed"},
		{"a canceled task", &settle.TaskError{Status: settle.Status{State: settle.Canceled}}, "canceled"},
		{"wrapped", fmt.Errorf("backup: %w", &settle.TaskError{Status: settle.Status{State: settle.Failed}}), "failed"},
		{"no limit", settle.ErrNoLimit, "invalid"},
	}
	for _, r := range rows {
		if got := settle.OutcomeOf(r.err); got != r.want {
			t.Errorf("%s: %q, want %q", r.name, got, r.want)
		}
	}
}

func TestWords_SentinelsAreDistinct(t *testing.T) {
	all := []error{settle.ErrLimit, settle.ErrNoLimit, settle.ErrNotFound, settle.ErrDenied, settle.ErrUnknownState, settle.ErrUnanswered}
	for i, a := range all {
		for j, b := range all {
			if errors.Is(a, b) != (i == j) {
				t.Errorf("errors.Is(%v, %v) is %v", a, b, i != j)
			}
		}
	}
}

func TestWords_PolicyText(t *testing.T) {
	rows := []struct {
		text   string
		policy settle.Policy
	}{
		{"every=5s max=30s checks=10 timeout=10m errors=5 missing=30s", settle.Policy{Every: 5 * sec, Max: 30 * sec, Checks: 10, Timeout: 10 * time.Minute, Errors: 5, Missing: 30 * sec}},
		{"every=2s max=15s timeout=30m attempt=30s errors=25", settle.Policy{Every: 2 * sec, Max: 15 * sec, Attempt: 30 * sec, Timeout: 30 * time.Minute, Errors: 25}},
		{"max=1h30m factor=1.5 jitter=0.25 checks=1 grace=10s stable=2", settle.Policy{Max: 90 * time.Minute, Factor: 1.5, Jitter: .25, Checks: 1, Grace: 10 * sec, Stable: 2}},
		{"checks=3 errors=-1", settle.Policy{Checks: 3, Errors: -1}},
		{"", settle.Policy{}},
	}
	for _, r := range rows {
		got, err := settle.ParsePolicy(r.text)
		if got != r.policy || err != nil {
			t.Errorf("ParsePolicy(%q) is %+v, %v, want %+v", r.text, got, err, r.policy)
		}
		if got := r.policy.String(); got != r.text {
			t.Errorf("String is %q, want %q", got, r.text)
		}
		text, err := r.policy.MarshalText()
		var back settle.Policy
		if err != nil || string(text) != r.text || back.UnmarshalText(text) != nil || back != r.policy {
			t.Errorf("%q: marshals to %q, %v, and back to %+v", r.text, text, err, back)
		}
	}
	data, err := json.Marshal(map[string]settle.Policy{"policy": rows[0].policy})
	if got, want := string(data), `{"policy":"`+rows[0].text+`"}`; got != want || err != nil {
		t.Errorf("JSON %s, %v, want %s", got, err, want)
	}
}

func TestWords_PolicyTextThatIsNone(t *testing.T) {
	for _, text := range []string{"every", "every=", "=5s", "every=5", "every=soon", "often=5s", "checks=1.5", "checks=many", "factor=x", "every=5s,max=30s", "history=yes"} {
		if got, err := settle.ParsePolicy(text); err == nil {
			t.Errorf("ParsePolicy(%q) is %+v, want an error", text, got)
		} else if word, _, _ := strings.Cut(text, "="); !strings.Contains(err.Error(), word) {
			t.Errorf("ParsePolicy(%q): %v does not name %q", text, err, word)
		}
	}
}
