package proof_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/vmware/govmomi/vapi/cis/tasks"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

// A cis answers /api/cis/tasks as it is documented. govmomi's simulator cannot stand for it: there every task has
// succeeded, also one that does not exist.
type cis struct {
	url string

	mu      sync.Mutex // guards what follows
	session string
	tasks   map[string][]string // what is left of each one's answers; the last one stays
	calls   []string
}

func newCIS(t testing.TB) *cis {
	c := &cis{session: "b00063be", tasks: map[string][]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/session", c.logIn)
	mux.HandleFunc("GET /api/cis/tasks/{id}", c.authenticated(c.get))
	mux.HandleFunc("POST /api/cis/tasks/{id}", c.authenticated(c.cancel))
	mux.HandleFunc("POST /api/cis/tasks", c.authenticated(c.list))
	mux.HandleFunc("DELETE /api/session", c.authenticated(func(w http.ResponseWriter, r *http.Request) {}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *cis) logIn(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, "login")
	user, password, _ := r.BasicAuth()
	if user != vcsimtest.User || password != vcsimtest.Password {
		refuseCIS(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Authentication required.")
		return
	}
	sayCIS(w, http.StatusCreated, c.session)
}

func (c *cis) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		call := r.Method + " " + r.URL.EscapedPath()
		if r.URL.RawQuery != "" {
			call += "?" + r.URL.RawQuery
		}
		c.calls = append(c.calls, call)
		if r.Header.Get("vmware-api-session-id") != c.session {
			refuseCIS(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Authentication required.")
			return
		}
		next(w, r)
	}
}

func (c *cis) get(w http.ResponseWriter, r *http.Request) {
	answer, isThere := c.next(r.PathValue("id"))
	switch {
	case !isThere:
		refuseCIS(w, http.StatusNotFound, "NOT_FOUND", "Task not found")
	case answer == "":
		refuseCIS(w, http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE", "vAPI endpoint starts")
	default:
		sayCIS(w, http.StatusOK, json.RawMessage(answer))
	}
}

func (c *cis) next(id string) (answer string, isThere bool) {
	answers := c.tasks[id]
	if len(answers) == 0 {
		return "", false
	}
	if len(answers) > 1 {
		c.tasks[id] = answers[1:]
	}
	return answers[0], true
}

func (c *cis) list(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Spec struct {
			Tasks []string `json:"tasks"`
		} `json:"filter_spec"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.RawQuery != "action=list" {
		refuseCIS(w, http.StatusBadRequest, "INVALID_ARGUMENT", "no such call")
		return
	}
	found := map[string]json.RawMessage{}
	for _, id := range body.Spec.Tasks {
		if answer, isThere := c.next(id); isThere {
			found[id] = json.RawMessage(answer)
		}
	}
	sayCIS(w, http.StatusOK, found)
}

func (c *cis) cancel(w http.ResponseWriter, r *http.Request) {
	c.tasks[r.PathValue("id")] = []string{cisStatus("FAILED", `"error": {"error_type": "CANCELED", "messages": []}`)}
	w.WriteHeader(http.StatusNoContent)
}

func (c *cis) put(id string, answers ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tasks[id] = answers
}

func (c *cis) called() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

func (c *cis) newSession() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session += "x"
}

func sayCIS(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(value)
}

func refuseCIS(w http.ResponseWriter, code int, kind, words string) {
	sayCIS(w, code, map[string]any{"error_type": kind, "messages": []any{map[string]any{"id": "m", "default_message": words, "args": []any{}}}})
}

func cisStatus(status string, more ...string) string {
	return `{"description": {"id": "d", "default_message": "Scan", "args": []}, "service": "com.vmware.esx.settings", "operation": "scan$task", "cancelable": true, "status": "` +
		status + `"` + strings.Join(append([]string{""}, more...), ", ") + `}`
}

func (c *cis) open(t testing.TB) *httptask.Tasks {
	t.Helper()
	return openAt(t, c.url, "vmware/tasks", vcsimtest.Password)
}

// govmomi is the same installation through govmomi.
func (c *cis) govmomi(t testing.TB) *tasks.Manager {
	t.Helper()
	u, err := soap.ParseURL(c.url)
	if err != nil {
		t.Fatal(err)
	}
	client := rest.NewClient(&vim25.Client{Client: soap.NewClient(u, true)})
	client.SessionID(c.session)
	return tasks.NewManagerWithCustomInterval(client, 1)
}

// govmomi v0.56.0 takes BLOCKED for an end, and one without an error. A blocked task waits for a person: settle waits on.
func TestTasksBlockedIsNoEnd(t *testing.T) {
	c := newCIS(t)
	c.put("t1", cisStatus("BLOCKED"))
	info, err := c.govmomi(t).WaitForCompletion(context.Background(), "t1")
	if err != nil || info.Status != tasks.Blocked {
		t.Errorf("govmomi does otherwise now: %v, %v", info, err)
	}

	c.put("t1", cisStatus("BLOCKED"), cisStatus("RUNNING"), cisStatus("SUCCEEDED", `"result": {"status": "COMPLIANT"}`))
	var got []settle.State
	for seen, err := range settle.Watch(context.Background(), often, c.open(t).Check("t1")) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, seen.Status.State)
	}
	if want := []settle.State{settle.Blocked, settle.Pending, settle.Succeeded}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// govmomi v0.56.0 ends a wait at the first request that fails. The task goes on; so does settle's wait.
func TestTasksFailedGetIsNoEnd(t *testing.T) {
	c := newCIS(t)
	c.put("t1", "")
	if _, err := c.govmomi(t).WaitForCompletion(context.Background(), "t1"); err == nil {
		t.Errorf("govmomi does otherwise now: it waited on")
	}

	c.put("t1", cisStatus("RUNNING"), "", "", cisStatus("SUCCEEDED"))
	patient := often
	patient.Errors = 3
	if _, err := settle.Wait(context.Background(), patient, c.open(t).Check("t1")); err != nil {
		t.Error(err)
	}
}

func TestTasks(t *testing.T) {
	c := newCIS(t)
	const odd = "52b6/d6f6:com.vmware.esx.settings"
	c.put(odd, cisStatus("SUCCEEDED", `"result": "done"`))
	all := c.open(t)
	if got, want := wait(t, all, odd), (end{State: settle.Succeeded, Raw: "SUCCEEDED", Result: "done"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := c.called(), []string{"login", "GET /api/cis/tasks/52b6%2Fd6f6%3Acom.vmware.esx.settings"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	c.newSession()
	c.put("t2", cisStatus("RUNNING"))
	if err := all.Cancel(context.Background(), "t2"); err != nil {
		t.Error(err)
	}
	if got, want := wait(t, all, "t2"), (end{State: settle.Canceled, Raw: "FAILED CANCELED", Reason: "CANCELED"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := settle.Wait(context.Background(), often, all.Check("t3")); settle.OutcomeOf(err) != settle.OutcomeNotFound {
		t.Errorf("got %v, want not_found", err)
	}
	all.Close()
	if calls := c.called(); calls[len(calls)-1] != "DELETE /api/session" {
		t.Errorf("the last call is %s", calls[len(calls)-1])
	}
	if _, err := settle.Wait(context.Background(), often, openAt(t, c.url, "vmware/tasks", "wrong").Check(odd)); settle.OutcomeOf(err) != settle.OutcomeDenied {
		t.Errorf("a wrong password: %v, want denied", err)
	}
}

// A batch is one request, and an id that is not in its answer is asked alone.
func TestTasksBatch(t *testing.T) {
	c := newCIS(t)
	c.put("a", cisStatus("SUCCEEDED"))
	c.put("b", cisStatus("FAILED", `"error": {"error_type": "ERROR", "messages": [{"id": "m", "default_message": "Host is unreachable", "args": []}]}`))
	got := map[string]settle.Outcome{}
	for id, r := range each(t, c.open(t), []string{"a", "b", "c"}) {
		got[id] = settle.OutcomeOf(r.Err)
	}
	want := map[string]settle.Outcome{"a": settle.OutcomeSucceeded, "b": settle.OutcomeFailed, "c": settle.OutcomeNotFound}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	if got, want := c.called(), []string{"login", "POST /api/cis/tasks?action=list", "GET /api/cis/tasks/c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
