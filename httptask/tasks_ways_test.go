package httptask_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// A second id found on the way is asked for at once, and from then on: Jenkins' queue item and build.
func TestTasksThen(t *testing.T) {
	then := acmeStatus(`request: {get: "{id}"}`, "then: .build")
	p := newPlatform(t, answers{
		"GET /queue/1": {gives(`{"state":"run"}`), gives(`{"build":"/build/2"}`)},
		"GET /build/2": {gives(`{"state":"run"}`), gives(`{"state":"done"}`)},
	})
	tasks := openAt(t, acme(then), target.Target{URL: p.URL})
	if got, err := outcomeOf(t, tasks, p.URL+"/queue/1"); got != settle.OutcomeSucceeded {
		t.Errorf("got %v, %v", got, err)
	}
	if diff := cmp.Diff([]string{"GET /queue/1", "GET /queue/1", "GET /build/2", "GET /build/2"}, p.lines()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// Answers that lead on for ever fail the check.
func TestTasksThenWithoutEnd(t *testing.T) {
	p := newPlatform(t, answers{"GET /tasks/1": {gives(`{"next":"2"}`)}, "GET /tasks/2": {gives(`{"next":"1"}`)}})
	v := verdictOf(t, openAt(t, acme(acmeStatus("then: .next")), target.Target{URL: p.URL}).Check("1"))
	if want := "the answers lead from id to id, more than 10 times"; text(v.err) != want || v.permanent || len(p.lines()) != 11 {
		t.Errorf("got %v, permanent %v, %d requests, want %s", v.err, v.permanent, len(p.lines()), want)
	}
}

// A changing Location is asked next, whole, by its path, or relative to the address.
func TestTasksFollow(t *testing.T) {
	follow := acmeStatus(`request: {get: "{id}"}`, "follow: $http.headers.location", "state: $http.status", "pending: [202]", "succeeded: [200]", "failed: [4*]")
	tests := []struct{ name, location, then string }{
		{"whole", "HERE/api/operations/2", "GET /api/operations/2"},
		{"its path", "/operations/2?v=1", "GET /operations/2?v=1"},
		{"relative to the address", "operations/2", "GET /api/operations/2"},
		{"none", "", "GET /api/operations/1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p *platform
			p = newPlatform(t, answers{
				"GET /api/operations/1": {func(w http.ResponseWriter, r *http.Request) {
					if tt.location != "" {
						w.Header().Set("Location", strings.Replace(tt.location, "HERE", p.URL, 1))
					}
					w.WriteHeader(http.StatusAccepted)
				}, gives("")},
				"GET /api/operations/2": {gives("")}, "GET /operations/2": {gives("")},
			})
			tasks := openAt(t, acme(follow), target.Target{URL: p.URL + "/api"})
			if got, err := outcomeOf(t, tasks, "operations/1"); got != settle.OutcomeSucceeded {
				t.Errorf("got %v, %v", got, err)
			}
			if diff := cmp.Diff([]string{"GET /api/operations/1", tt.then}, p.lines()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// A Location of another origin is asked without credentials, and refused where they cannot be taken out of it.
func TestTasksFollowToAnotherOrigin(t *testing.T) {
	follow := acmeStatus(`request: {get: "{id}"}`, "follow: .next")
	const token = "target: {url: {help: address}, token: {secret: true}}\nauth: {header: {Authorization: 'Bearer {token}'}}"
	tests := []struct {
		name, next, want string
		code             int
		hosts            bool
		ends             bool
		sent             string // Authorization and X-Mine
	}{
		{"", "OTHER/tasks/2", "", 200, false, false, " "},
		{"that denies it", "OTHER/tasks/2", `not allowed: HTTP 401 Unauthorized, application/json: {"state":"run"} (OTHERHOST is not the target's own origin and gets no credentials; hosts: ["OTHER"] in its entry would change that)`, 401, false, true, " "},
		{"that belongs to the target", "OTHER/tasks/2", "", 200, true, false, "Bearer sesame77 yes"},
		{"with a secret in it", "OTHER/tasks/2?key=sesame77", "hosts: OTHERORIGIN is not the target's own origin, and would be sent a secret", 200, false, true, ""},
		{"with a user in it", "http://ops:pw@OTHERHOST/tasks/2", `status.request.get: the value of {id} has a user or password in it`, 200, false, true, ""},
		{"of another scheme", "file:///etc/passwd", `status.request.get: the value of {id} does not begin with http:// or https://`, 200, false, true, ""},
		{"without a scheme", "//OTHERHOST/tasks/2", `status.request.get: the value of {id} names a host without http:// or https://`, 200, false, true, ""},
	}
	for _, tt := range tests {
		t.Run("to one "+tt.name, func(t *testing.T) {
			sent := ""
			other := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				sent = r.Header.Get("Authorization") + " " + r.Header.Get("X-Mine")
				says(tt.code, "application/json", `{"state":"run"}`)(w, r)
			}).URL
			fill := strings.NewReplacer("OTHERHOST", strings.TrimPrefix(other, "http://"), "OTHERORIGIN", other, "OTHER", other)
			p := newPlatform(t, answers{"GET /tasks/1": {gives(`{"state":"run","next":"` + fill.Replace(tt.next) + `"}`)}})
			at := target.Target{URL: p.URL, Secrets: map[string]string{"token": "sesame77"}, Headers: map[string]string{"X-Mine": "yes"}}
			if tt.hosts {
				at.Hosts = []string{other}
			}
			check := openAt(t, acme(token, follow), at).Check("/tasks/1")
			if _, _, err := check(patience(t)); err != nil {
				t.Fatal(err)
			}
			v := verdictOf(t, check)
			got := text(v.err)
			if want := fill.Replace(tt.want); got != want && !strings.HasSuffix(got, want) || want == "" && got != "" {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if v.permanent != tt.ends || sent != tt.sent {
				t.Errorf("permanent %v, sent %q, want %v, %q", v.permanent, sent, tt.ends, tt.sent)
			}
		})
	}
}

// From its second question on a task is asked for with a long-poll; a server that refuses is asked plainly for good.
func TestTasksPoll(t *testing.T) {
	run := gives(`{"state":"run"}`)
	query := `poll: {max: 20s, query: {timeout: "{seconds}"}}`
	tests := []struct {
		name, poll string
		status     []http.HandlerFunc
		checks     int
		want       []string
	}{
		{"plain first, then held", query, []http.HandlerFunc{run}, 3, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7?timeout=20"}},
		{"refused", query, []http.HandlerFunc{run, says(400, "", ""), run}, 4, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7", "GET /tasks/7", "GET /tasks/7"}},
		{"not implemented", query, []http.HandlerFunc{run, says(501, "", ""), run}, 3, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7", "GET /tasks/7"}},
		{"something on the way gives up", query, []http.HandlerFunc{run, says(504, "", ""), run}, 3, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7", "GET /tasks/7"}},
		{"the server is away", query, []http.HandlerFunc{run, says(503, "", ""), run}, 3, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7?timeout=20"}},
		{"something on the way hangs up", query, []http.HandlerFunc{run, hangsUp, hangsUp, run}, 4, []string{"GET /tasks/7", "GET /tasks/7?timeout=20", "GET /tasks/7?timeout=20", "GET /tasks/7", "GET /tasks/7"}},
		{"by a request of its own", `poll: {max: 20s, request: {get: "{url}/tasks/{id}/wait", header: {Wait: "{seconds}"}}}`, []http.HandlerFunc{run}, 2, []string{"GET /tasks/7", "GET /tasks/7/wait"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"GET /tasks/7": tt.status, "GET /tasks/7/wait": {run}})
			check := openAt(t, acme(acmeStatus(tt.poll)), target.Target{URL: p.URL}).Check("7")
			for range tt.checks {
				_, _, _ = check(context.Background())
			}
			if diff := cmp.Diff(tt.want, p.lines()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the next one at once, unless the server wants otherwise or it has ended", func(t *testing.T) {
		p := newPlatform(t, one(run))
		p.answers["GET /tasks/7"] = []http.HandlerFunc{run, run, gives(`{"state":"run"}`, "Retry-After", "3"), gives(`{"state":"done"}`)}
		check := openAt(t, acme(acmeStatus(query)), target.Target{URL: p.URL}).Check("7")
		for _, want := range []time.Duration{0, -1, 3 * time.Second, 0} {
			if _, status, err := check(patience(t)); status.After != want || err != nil {
				t.Errorf("got a wish of %v, %v, want %v", status.After, err, want)
			}
		}
	})
	t.Run("no longer than the check may take", func(t *testing.T) {
		p := newPlatform(t, one(run))
		check := openAt(t, acme(acmeStatus(query)), target.Target{URL: p.URL}).Check("7")
		for _, left := range []time.Duration{time.Hour, 12 * time.Second, 1500 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), left+100*time.Millisecond)
			if _, _, err := check(ctx); err != nil {
				t.Error(err)
			}
			cancel()
		}
		if diff := cmp.Diff([]string{"GET /tasks/7", "GET /tasks/7?timeout=10", "GET /tasks/7"}, p.lines()); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
}

// hangsUp closes the connection without an answer.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestTasksAnswers(t *testing.T) {
	soap := `<?xml version="1.0"?><s:Envelope xmlns:s="urn:s"><s:Body><r:task id="7"><state>run</state><step>a</step><step>b</step></r:task></s:Body></s:Envelope>`
	tests := []struct {
		name, status, value string
		answer              http.HandlerFunc
		want                settle.Status
		err                 string
	}{
		{"JSON, as it came", "state: .state", `{"state":"run", "n":12345678901234567890}`, gives(`{"state":"run", "n":12345678901234567890}`), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"a list", "state: .[0].state", `[{"state":"run"}]`, gives(`[{"state":"run"}]`), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"SOAP", "state: .Envelope.Body.task.state", `{"Envelope":{"Body":{"task":{"@id":"7","state":"run","step":["a","b"]}}}}`, says(200, "text/xml; charset=utf-8", soap), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"SOAP that says 500", "state: .Envelope.Body.task.state", "", says(500, "text/xml", `<Envelope><Body><Fault><faultstring>no &amp; no</faultstring></Fault></Body></Envelope>`), settle.Status{}, "HTTP 500 Internal Server Error: no & no"},
		{"XML that its content type hides", "request: {get: '{url}/tasks/{id}', answer: xml}\n  state: .task", `{"task":"run"}`, says(200, "text/plain", "<task>run</task>"), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"no XML", "state: .task", "", says(200, "application/xml", "<task>run"), settle.Status{}, "HTTP 200 OK, application/xml, not XML (unexpected EOF, in line 1): <task>run"},
		{"text", "request: {get: '{url}/tasks/{id}', answer: text}\n  state: .", `"run"`, says(200, "text/plain", " run\n"), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"text that looks like a number", "request: {get: '{url}/tasks/{id}', answer: text}\n  state: .\n  pending: [42]", `"42"`, says(200, "text/plain", "42\n"), settle.Status{State: settle.Pending, Raw: "42"}, ""},
		{"nothing, by 204", "state: $http.status\n  succeeded: [204]", "null", says(204, "", ""), settle.Status{State: settle.Succeeded, Raw: "204"}, ""},
		{"nothing, by 200, and a state is wanted", "state: .state", "", says(200, "", ""), settle.Status{}, "state: .state finds null; the answer is null"},
		{"a state in a header", "state: $http.headers[\"x-state\"]", `{}`, gives("{}", "X-State", "run"), settle.Status{State: settle.Pending, Raw: "run"}, ""},
		{"a state in the code", "state: $http.status\n  pending: [202]\n  failed: [409]", `{}`, says(409, "application/json", `{}`), settle.Status{State: settle.Failed, Raw: "409"}, ""},
		{"a state in the code 404", "state: $http.status\n  pending: [202]\n  succeeded: [404]", `{}`, says(404, "application/json", `{}`), settle.Status{State: settle.Succeeded, Raw: "404"}, ""},
		{"a state in the code 401", "state: $http.status\n  pending: [401]", `{}`, says(401, "application/json", `{}`), settle.Status{State: settle.Pending, Raw: "401"}, ""},
		{"a code that is not listed", "state: $http.status\n  pending: [202]", "", says(503, "application/json", `{}`), settle.Status{}, "HTTP 503 Service Unavailable, application/json: {}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, one(tt.answer))
			lines := append([]string{`error: .error // .Envelope?.Body?.Fault?.faultstring?`}, strings.Split(tt.status, "\n  ")...)
			value, status, err := openAt(t, acme(acmeStatus(lines...)), target.Target{URL: p.URL}).Check("7")(patience(t))
			if diff := cmp.Diff(tt.want, status); diff != "" || !strings.HasPrefix(text(err), tt.err) || tt.err == "" && err != nil {
				t.Errorf("error %v, want %q; status (-want +got):\n%s", err, tt.err, diff)
			}
			if tt.value != "" && string(value) != tt.value {
				t.Errorf("value: got %s, want %s", value, tt.value)
			}
		})
	}
}

// A command's standard output is the answer.
func TestTasksOfACommand(t *testing.T) {
	script := filepath.Join(t.TempDir(), "cli")
	if err := os.WriteFile(script, []byte(`#!/bin/sh
case $1 in
run) echo '{"state":"run"}';;
text) echo run;;
denied) echo 'An error occurred (AccessDenied): no' >&2; exit 254;;
gone) echo 'An error occurred (NotFound): no such task' >&2; exit 254;;
broken) echo 'cannot   reach it' >&2; exit 1;;
html) echo '<html>';;
state) echo '{"state":"run"}'; exit 3;;
much) head -c 3000 /dev/zero;;
rest) echo '{"state":"run"}'; sleep 5 & ;;
killed) kill -9 $$;;
esac
`), 0o755); err != nil {
		t.Fatal(err)
	}
	exec := func(more ...string) string {
		return acmeStatus(append([]string{"request: {exec: [" + script + `, "{id}"]}`,
			`denied: $exec.stderr | test("AccessDenied")`, `missing: {when: '$exec.stderr | test("NotFound")'}`}, more...)...)
	}
	tests := []struct {
		id, name, status, want string
		raw                    string
		ends                   bool
	}{
		{"run", "JSON", exec(), "", "run", false},
		{"text", "text", strings.Replace(exec("state: ."), `"{id}"]`, `"{id}"], answer: text`, 1), "", "run", false},
		{"denied", "denied", exec(), "not allowed: An error occurred (AccessDenied): no", "", true},
		{"gone", "not found", exec(), "not found: An error occurred (NotFound): no such task", "", true},
		{"broken", "an exit code", exec(), "cli exits with 1: cannot reach it", "", false},
		{"html", "no JSON", exec(), "cli prints not JSON: <html>", "", false},
		{"state", "an exit code, and JSON", exec(), "cli exits with 3", "", false},
		{"state", "an exit code that the state speaks of", exec(`state: '"\($exec.code) \(.state)"'`, `pending: ["3 run"]`), "", "3 run", false},
		{"much", "too much", exec(), "cli: body too large: more than 2000 bytes", "", false},
		{"rest", "something goes on in the background", exec(), "", "run", false},
		{"killed", "a signal", exec(), "cli exits with -1", "", false},
		{"-x", "an id that is an option", exec(), `status.request.exec[1]: the value of {id} begins with "-", so that the command would take it for an option`, "", true},
		{"run", "no such command", strings.Replace(exec(), script, "no-such-command-here", 1), `exec: "no-such-command-here": executable file not found in $PATH`, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tasks := openAt(t, acme("target: {}", tt.status), target.Target{MaxBody: 2000})
			check := tasks.Check(tt.id)
			v := verdictOf(t, check)
			if text(v.err) != tt.want || v.status.Raw != tt.raw {
				t.Errorf("got  %v, %+v\nwant %s, %s", v.err, v.status, tt.want, tt.raw)
			}
			if _, err := settle.Wait(patience(t), settle.Policy{Checks: 1, Errors: 1}, check); tt.want != "" && (settle.OutcomeOf(err) != settle.OutcomeTimeout) != tt.ends {
				t.Errorf("ends the wait: %v, want %v", err, tt.ends)
			}
		})
	}
	t.Run("the context ends it", func(t *testing.T) {
		slow := acmeStatus("request: {exec: [sleep, '{id}']}")
		ctx, cancel := context.WithTimeout(patience(t), 20*time.Millisecond)
		defer cancel()
		_, _, err := openAt(t, acme("target: {}", slow), target.Target{}).Check("1000")(ctx)
		if !strings.HasPrefix(text(err), "sleep: timed out after ") {
			t.Errorf("got %v", err)
		}
	})
}
