package httptask_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// openReal returns the tasks of a real server by a recipe of the library.
func openReal(t *testing.T, name string, at target.Target) *httptask.Tasks {
	t.Helper()
	r, err := recipe.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	at.Recipe = name
	tasks, err := httptask.Open(r, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tasks.Close)
	return tasks
}

// quick is the target's policy, asking more often; a task that is not there ends the wait at once.
func quick(tasks *httptask.Tasks) settle.Policy {
	p := tasks.Policy()
	p.Every, p.Max, p.Timeout, p.Missing = 50*time.Millisecond, 500*time.Millisecond, 3*time.Minute, 0
	return p
}

// An ending is how a wait ended, and what was seen on the way.
type ending struct {
	settle.Status
	err    error
	raws   []string // the raw states in the order in which they came, each once
	value  json.RawMessage
	checks int
}

// watch waits for the task to end. look, if there is one, is called after each check.
func watch(t *testing.T, tasks *httptask.Tasks, p settle.Policy, id string, look func(settle.Seen[json.RawMessage])) (e ending) {
	t.Helper()
	for seen, err := range settle.Watch(t.Context(), p, tasks.Check(id)) {
		e.Status, e.err, e.value, e.checks = seen.Status, err, seen.Value, seen.Check
		if seen.Err == nil && !slices.Contains(e.raws, seen.Status.Raw) {
			e.raws = append(e.raws, seen.Status.Raw)
		}
		if look != nil {
			look(seen)
		}
	}
	return e
}

func (e ending) expect(t *testing.T, outcome settle.Outcome, raw, reason string) {
	t.Helper()
	if got := settle.OutcomeOf(e.err); got != outcome || e.Raw != raw || e.Reason != reason {
		t.Errorf("got %s, %v, %v\nwant %s, raw %q, reason %q", got, e.Status, e.err, outcome, raw, reason)
	}
}

// expectError is for a wait that stopped for this reason.
func (e ending) expectError(t *testing.T, outcome settle.Outcome, words string) {
	t.Helper()
	if got := settle.OutcomeOf(e.err); got != outcome || !strings.Contains(text(e.err), words) {
		t.Errorf("got %s, %v\nwant %s, %s", got, e.err, outcome, words)
	}
}

// expectFleet waits for all of want in one Fleet.
func expectFleet(t *testing.T, tasks *httptask.Tasks, want map[string]settle.Outcome) {
	t.Helper()
	fleet := tasks.Fleet()
	fleet.Policy = quick(tasks)
	ends := 0
	for id, result := range fleet.Each(t.Context(), maps.Keys(want)) {
		ends++
		if got := settle.OutcomeOf(result.Err); got != want[id] {
			t.Errorf("%s: got %s, %v, %v, want %s", id, got, result.Status, result.Err, want[id])
		}
	}
	if ends != len(want) {
		t.Errorf("%d ends, want %d", ends, len(want))
	}
}
