package httptask_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// acmeAction is an action vm.snap, with lines in place of, or behind, its own.
func acmeAction(lines ...string) string {
	all := []string{"help: snapshot a VM", "params: {name: {help: of the snapshot}}", `request: {post: "{url}/snaps", json: "{name: $name}"}`, "id: .task"}
	for _, l := range lines {
		all = replaced(all, l)
	}
	return "actions:\n  vm.snap:\n    " + strings.Join(all, "\n    ")
}

// reading a VM's id first.
const readVM = "params: {vm: {help: name or id}, name: {help: of the snapshot}}\n    read:\n      vm: {request: {post: \"{url}/find\", json: \"{name: $vm}\"}, one: \".[].id\"}"

const startVM = `request: {post: "{url}/snaps", json: "{vm: $read.vm, name: $name}"}`

// What came of a start, in one word.
func kindOf(err error) string {
	var lost *httptask.LostError
	var no *httptask.RefusedError
	var refused *recipe.Error
	var stop *settle.StopError
	switch {
	case err == nil:
		return "started"
	case errors.As(err, &lost):
		return "lost"
	case errors.As(err, &no):
		return "refused"
	case errors.As(err, &refused):
		return "invalid"
	case errors.Is(err, settle.ErrDenied):
		return "denied"
	case errors.Is(err, settle.ErrNotFound):
		return "not found"
	case errors.As(err, &stop):
		return "stopped"
	}
	return "?"
}

// What the platform's answer to a start means. It is sent once.
func TestSubmitAnswers(t *testing.T) {
	words := acmeStatus("error: .message", `ok: if type == "object" then (.code // 0) == 0 elif type == "number" then error("a number") else true end`, `missing: {when: .code == "NoSuchTask"}`)
	tests := []struct {
		name, id string
		answer   http.HandlerFunc
		kind     string
		outcome  settle.Outcome
		want     string // the ids, or the error
	}{
		{"an id", "", gives(`{"task":"t-1"}`), "started", settle.OutcomeSucceeded, "t-1"},
		{"a number", "", gives(`{"task":12345678901234567890}`), "started", settle.OutcomeSucceeded, "12345678901234567890"},
		{"a whole URL in a header", "$http.headers.location", says(202, "", "", "Location", "http://acme.lab/tasks/1"), "started", settle.OutcomeSucceeded, "http://acme.lab/tasks/1"},
		{"a list", "", gives(`{"task":["t-1","t-2"]}`), "started", settle.OutcomeSucceeded, "t-1 t-2"},
		{"outputs", ".[].task", gives(`[{"task":"t-1"},{"task":"t-2"}]`), "started", settle.OutcomeSucceeded, "t-1 t-2"},
		{"null: done at once", "", gives(`{"task":null}`), "started", settle.OutcomeSucceeded, "done"},
		{"a computed null: done at once", "if .done then null else .task end", gives(`{"done":true}`), "started", settle.OutcomeSucceeded, "done"},
		{"no id", "", gives(`{"job":"t-1"}`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: id: .task is not in the answer; the answer is an object with the keys job: HTTP 200 OK: {\"job\":\"t-1\"}"},
		{"an empty id", "", gives(`{"task":""}`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: id: .task finds an empty text: HTTP 200 OK: {\"task\":\"\"}"},
		{"an empty list", "", gives(`{"task":[]}`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: id: .task finds a list of 0: HTTP 200 OK: {\"task\":[]}"},
		{"nothing", "", says(204, "", ""), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: id: .task is not in the answer; the answer is null: HTTP 204 No Content"},
		{"no JSON", "", says(200, "text/html", "<b>ok</b>"), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 200 OK, text/html, not JSON: <b>ok</b>"},
		{"400", "", says(400, "application/json", `{"message":"a name has no spaces"}`), "refused", settle.OutcomeFailed, "vm.snap was refused: HTTP 400 Bad Request: a name has no spaces"},
		{"409", "", says(409, "", ""), "refused", settle.OutcomeFailed, "vm.snap was refused: HTTP 409 Conflict, no content type"},
		{"408", "", says(408, "", ""), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 408 Request Timeout, no content type"},
		{"500 without words", "", says(500, "text/html", "<b>oops</b>"), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 500 Internal Server Error, text/html: <b>oops</b>"},
		{"500 with the platform's words", "", says(500, "application/json", `{"message":"no such pool"}`), "refused", settle.OutcomeFailed, "vm.snap was refused: HTTP 500 Internal Server Error: no such pool"},
		{"502", "", says(502, "", ""), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 502 Bad Gateway, no content type"},
		{"502 with words, a gateway's", "", says(502, "application/json", `{"message":"upstream"}`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 502 Bad Gateway: upstream"},
		{"503 without words", "", says(503, "", ""), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 503 Service Unavailable, no content type"},
		{"504 with words, a gateway's", "", says(504, "application/json", `{"message":"upstream"}`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 504 Gateway Timeout: upstream"},
		{"200 that says of itself that it failed", "", gives(`{"code":5,"message":"quota"}`), "refused", settle.OutcomeFailed, "vm.snap was refused: quota"},
		{"200 that nobody can judge", "", gives(`7`), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: ok: error: a number: HTTP 200 OK: 7"},
		{"401", "", says(401, "", ""), "denied", settle.OutcomeDenied, "not allowed: HTTP 401 Unauthorized, no content type"},
		{"403", "", says(403, "", ""), "denied", settle.OutcomeDenied, "not allowed: HTTP 403 Forbidden, no content type"},
		{"404", "", says(404, "", ""), "not found", settle.OutcomeNotFound, "not found: HTTP 404 Not Found, no content type"},
		{"a redirect to another place", "", says(308, "", "", "Location", "/other"), "refused", settle.OutcomeFailed, "vm.snap was refused: HTTP 308 redirects a POST to /other: not followed, only GET and HEAD are"},
		{"a redirect to what came of it", "", says(303, "", "", "Location", "/other"), "lost", settle.OutcomeUnknown, "vm.snap may have been started, and nobody knows as what: HTTP 303 redirects a POST to /other: not followed, only GET and HEAD are"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /snaps": {tt.answer}})
			action := acmeAction()
			if tt.id != "" {
				action = acmeAction("id: " + tt.id)
			}
			started, err := openAt(t, acme(words, action), target.Target{URL: p.URL}).Start(patience(t), "vm.snap", map[string]any{"name": "s 1"})
			got := strings.Join(started.IDs, " ")
			if started.Done {
				got = "done"
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && !(kindOf(err) == "denied" || kindOf(err) == "not found") || !strings.HasSuffix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if kind, outcome := kindOf(err), settle.OutcomeOf(err); kind != tt.kind || outcome != tt.outcome {
				t.Errorf("got %s, %s, want %s, %s", kind, outcome, tt.kind, tt.outcome)
			}
			if n := p.count("POST /snaps"); n != 1 || p.last().body != `{"name":"s 1"}` {
				t.Errorf("sent %d times: %s", n, p.last().body)
			}
		})
	}
}

// What came is kept, also where nobody knows what was started.
func TestSubmitKeepsTheAnswer(t *testing.T) {
	for _, tt := range []struct{ body, kind string }{{`{"task":"t-1","x":1}`, "started"}, {`{"job":"t-1"}`, "lost"}} {
		p := newPlatform(t, answers{"POST /snaps": {gives(tt.body)}})
		started, err := openAt(t, acme(acmeAction()), target.Target{URL: p.URL}).Start(patience(t), "vm.snap", map[string]any{"name": "s"})
		if string(started.Answer) != tt.body || kindOf(err) != tt.kind {
			t.Errorf("got %s, %v, want %s", started.Answer, err, tt.body)
		}
	}
}

func TestSubmitGivesOneID(t *testing.T) {
	for _, tt := range []struct{ body, id, err string }{
		{`{"task":"t-1"}`, "t-1", ""}, {`{"task":null}`, "", ""}, {`{"task":["t-1","t-2"]}`, "", "vm.snap started several tasks: t-1 t-2"},
	} {
		p := newPlatform(t, answers{"POST /snaps": {gives(tt.body)}})
		tasks := openAt(t, acme(acmeAction()), target.Target{URL: p.URL})
		id, err := tasks.Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if id != tt.id || text(err) != tt.err {
			t.Errorf("got %q, %v, want %q, %s", id, err, tt.id, tt.err)
		}
	}
}

// Mistakes are found before any request.
func TestSubmitParameters(t *testing.T) {
	params := "params: {vm: {}, size: {type: bytes, default: 1GiB}, quiet: {type: bool, optional: true}, count: {type: int, optional: true, example: 3}, mode: {choices: [full, thin], default: thin}}"
	action := acmeAction(params, `request: {post: "{url}/snaps", json: "{vm: $vm, size: $size, quiet: $quiet, count: $count, mode: $mode}"}`)
	tests := []struct {
		name, action string
		given        map[string]any
		want         string // the body, or the error
	}{
		{"defaults", "vm.snap", map[string]any{"vm": "a\"b"}, `{"count":null,"mode":"thin","quiet":null,"size":1073741824,"vm":"a\"b"}`},
		{"text", "vm.snap", map[string]any{"vm": "a", "size": "1.5TB", "quiet": "true", "count": "3", "mode": "full"}, `{"count":3,"mode":"full","quiet":true,"size":1500000000000,"vm":"a"}`},
		{"values", "vm.snap", map[string]any{"vm": "a", "size": 5, "quiet": false, "count": nil}, `{"count":null,"mode":"thin","quiet":false,"size":5,"vm":"a"}`},
		{"missing", "vm.snap", nil, "vm.snap: missing: vm"},
		{"null is missing", "vm.snap", map[string]any{"vm": nil}, "vm.snap: missing: vm"},
		{"unknown", "vm.snap", map[string]any{"vm": "a", "sise": "1"}, `sise: vm.snap has no parameter "sise"`},
		{"no size", "vm.snap", map[string]any{"vm": "a", "size": "200G"}, `size: "200G" is not clear: powers of 1024 are written GiB, powers of 1000 GB`},
		{"no bool", "vm.snap", map[string]any{"vm": "a", "quiet": "yes"}, `quiet: "yes" is neither true nor false`},
		{"no number", "vm.snap", map[string]any{"vm": "a", "count": "many"}, `count: "many" is not a whole number`},
		{"none of the choices", "vm.snap", map[string]any{"vm": "a", "mode": "thick"}, `mode: "thick" is not one of full, thin`},
		{"an unknown action", "vm.snpa", map[string]any{"vm": "a"}, `action: acme/task has no action "vm.snpa"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /snaps": {gives(`{"task":"t-1"}`)}})
			_, err := openAt(t, acme(action), target.Target{URL: p.URL}).Submit(patience(t), tt.action, tt.given)
			if err == nil {
				if got := p.last().body; got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
				return
			}
			var refused *recipe.Error
			if !errors.As(err, &refused) || err.Error() != tt.want || refused.Hint == "" || len(p.lines()) != 0 {
				t.Errorf("got  %v (%T), %d requests\nwant %s", err, err, len(p.lines()), tt.want)
			}
		})
	}
	var refused *recipe.Error
	if _, err := openAt(t, acme(), target.Target{URL: "http://acme.lab"}).Submit(t.Context(), "x", nil); !errors.As(err, &refused) {
		t.Errorf("a recipe without actions: got %v", err)
	}
}

// What a start has to know is read first.
func TestSubmitReads(t *testing.T) {
	found := gives(`[{"id":"vm-1"}]`)
	tests := []struct {
		name    string
		find    []http.HandlerFunc
		kind    string
		outcome settle.Outcome
		want    string
		reads   int
		starts  int
	}{
		{"one", []http.HandlerFunc{found}, "started", settle.OutcomeSucceeded, "", 1, 1},
		{"the same one twice", []http.HandlerFunc{gives(`[{"id":"vm-1"},{"id":"vm-1"},{}]`)}, "started", settle.OutcomeSucceeded, "", 1, 1},
		{"none", []http.HandlerFunc{gives(`[]`)}, "not found", settle.OutcomeNotFound, "vm: not found: nothing matches vm web-07", 1, 0},
		{"the platform says that there is none", []http.HandlerFunc{says(404, "", "")}, "not found", settle.OutcomeNotFound, "vm: not found: HTTP 404 Not Found, no content type", 1, 0},
		{"several", []http.HandlerFunc{gives(`[{"id":"vm-1"},{"id":"vm-2"}]`)}, "invalid", settle.OutcomeInvalid, "vm: 2 things match vm web-07: vm-1, vm-2", 1, 0},
		{"away, then there", []http.HandlerFunc{says(503, "", ""), hangsUp, found}, "started", settle.OutcomeSucceeded, "", 3, 1},
		{"not allowed", []http.HandlerFunc{says(403, "", "")}, "denied", settle.OutcomeDenied, "vm: not allowed: HTTP 403 Forbidden, no content type", 1, 0},
		{"refused", []http.HandlerFunc{says(400, "", "")}, "stopped", settle.OutcomeUnknown, "vm: HTTP 400 Bad Request, no content type", 1, 0},
		{"away for good", []http.HandlerFunc{says(503, "", "")}, "stopped", settle.OutcomeUnknown, "vm: HTTP 503 Service Unavailable, no content type", 4, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /find": tt.find, "POST /snaps": {gives(`{"task":"t-1"}`)}})
			at := target.Target{URL: p.URL, Policy: "every=1ms max=1ms errors=3 timeout=1m"}
			_, err := openAt(t, acme(acmeAction(readVM, startVM)), at).Submit(patience(t), "vm.snap", map[string]any{"vm": "web-07", "name": "s"})
			if kind, outcome := kindOf(err), settle.OutcomeOf(err); kind != tt.kind || outcome != tt.outcome || !strings.HasSuffix(text(err), tt.want) {
				t.Errorf("got  %s, %s, %v\nwant %s, %s, %s", kind, outcome, err, tt.kind, tt.outcome, tt.want)
			}
			var refused *recipe.Error
			if errors.As(err, &refused) && refused.Hint == "" {
				t.Error("no hint")
			}
			if reads, starts := p.count("POST /find"), p.count("POST /snaps"); reads != tt.reads || starts != tt.starts {
				t.Errorf("%d reads, %d starts, want %d, %d", reads, starts, tt.reads, tt.starts)
			}
			if tt.starts > 0 && p.last().body != `{"name":"s","vm":"vm-1"}` {
				t.Errorf("started with %s", p.last().body)
			}
		})
	}
}

// A read may be left out, be computed, refuse, and have its headers used.
func TestSubmitReadsMore(t *testing.T) {
	read := `params: {vm: {}, name: {default: s}}
    read:
      vm:   {request: {get: "{url}/vms/{vm}"}, value: ., refuse: 'if .locked then "it is locked" else null end'}
      pool: {when: $read.vm.pool == null, request: {get: "{url}/pool"}, one: .id}
      big:  {value: '$read.vm.size * 2'}`
	request := `request: {put: "{url}/snaps", header: {If-Match: "{read.vm_headers.etag}"}, json: "{name: $name, pool: ($read.pool // $read.vm.pool), big: $read.big}"}`
	tests := []struct {
		name, vm, kind, want string
		lines                []string
	}{
		{"asked", `{"size":2}`, "started", `{"big":4,"name":"s","pool":"p-1"}`, []string{"GET /vms/web-07", "GET /pool", "PUT /snaps"}},
		{"left out", `{"size":2,"pool":"p-9"}`, "started", `{"big":4,"name":"s","pool":"p-9"}`, []string{"GET /vms/web-07", "PUT /snaps"}},
		{"refuses", `{"size":2,"locked":true}`, "invalid", "vm: it is locked", []string{"GET /vms/web-07"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"GET /vms/web-07": {gives(tt.vm, "ETag", `"v1"`)}, "GET /pool": {gives(`{"id":"p-1"}`)}, "PUT /snaps": {gives(`{"task":"t-1"}`)}})
			_, err := openAt(t, acme(acmeAction(read, request)), target.Target{URL: p.URL}).Submit(patience(t), "vm.snap", map[string]any{"vm": "web-07"})
			got := text(err)
			if err == nil {
				if got = p.last().body; p.last().header.Get("If-Match") != `"v1"` {
					t.Errorf("If-Match: %q", p.last().header.Get("If-Match"))
				}
			}
			if got != tt.want || kindOf(err) != tt.kind {
				t.Errorf("got %s, %s, want %s", kindOf(err), got, tt.want)
			}
			if diff := cmp.Diff(tt.lines, p.lines()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// Refused for now: sent again at the policy's pauses, with all that it reads, within the limits.
func TestSubmitBusy(t *testing.T) {
	busy := says(400, "application/json", `{"code":"ResourceLocked","message":"another task runs"}`)
	inGood := gives(`{"code":"ResourceLocked"}`)
	text := acme(acmeStatus("error: .message"), acmeAction(readVM, startVM, `busy: '.code == "ResourceLocked"'`))
	find := []http.HandlerFunc{gives(`[{"id":"vm-1"}]`), gives(`[{"id":"vm-2"}]`)}
	params := map[string]any{"vm": "web-07", "name": "s"}
	t.Run("and then it is not", func(t *testing.T) {
		p := newPlatform(t, answers{"POST /find": find, "POST /snaps": {busy, inGood, busy, gives(`{"task":"t-1"}`)}})
		id, err := openAt(t, text, target.Target{URL: p.URL}).Submit(patience(t), "vm.snap", params)
		if id != "t-1" || err != nil || p.count("POST /find") != 4 || p.count("POST /snaps") != 4 {
			t.Errorf("got %q, %v, asked %q", id, err, p.lines())
		}
		if got := p.last().body; got != `{"name":"s","vm":"vm-2"}` {
			t.Errorf("started with %s", got)
		}
	})
	t.Run("for good", func(t *testing.T) {
		p := newPlatform(t, answers{"POST /find": find, "POST /snaps": {busy}})
		_, err := openAt(t, text, target.Target{URL: p.URL, Policy: "every=1ms max=1ms checks=5"}).Submit(patience(t), "vm.snap", params)
		if kindOf(err) != "stopped" || settle.OutcomeOf(err) != settle.OutcomeTimeout || p.count("POST /snaps") != 5 || !strings.Contains(err.Error(), "another task runs") {
			t.Errorf("got %v after %d starts", err, p.count("POST /snaps"))
		}
	})
	t.Run("until somebody goes home", func(t *testing.T) {
		ctx, cancel := context.WithCancel(patience(t))
		p := newPlatform(t, answers{"POST /find": find, "POST /snaps": {busy}})
		ctx = settle.WithTrace(ctx, func(settle.Step) { cancel() })
		_, err := openAt(t, text, target.Target{URL: p.URL, Policy: "every=1h max=1h checks=5"}).Submit(ctx, "vm.snap", params)
		if kindOf(err) != "stopped" || settle.OutcomeOf(err) != settle.OutcomeInterrupted || p.count("POST /snaps") != 1 {
			t.Errorf("got %v after %d starts", err, p.count("POST /snaps"))
		}
	})
}

func TestSubmitRenewsTheLogin(t *testing.T) {
	for _, tt := range []struct {
		name      string
		otherwise http.HandlerFunc
		kind      string
		logins    int
	}{
		{"401", says(401, "", ""), "started", 2},
		{"the recipe's word in a 200", gives(`{"error":"session expired"}`), "started", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{
				"POST /login": {gives(`{"token":"token-one"}`), gives(`{"token":"token-two"}`)},
				"POST /snaps": {knows("token-two", gives(`{"task":"t-1"}`), tt.otherwise)},
			})
			_, err := openAt(t, acme(loginFields, bearer, acmeAction()), ops(p.URL)).Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
			if kindOf(err) != tt.kind || p.count("POST /login") != tt.logins || p.count("POST /snaps") != 2 {
				t.Errorf("got %v, asked %q", err, p.lines())
			}
		})
	}
	t.Run("and the fresh login fails for a while", func(t *testing.T) {
		p := newPlatform(t, answers{
			"POST /login": {gives(`{"token":"token-one"}`), says(503, "", ""), gives(`{"token":"token-two"}`)},
			"POST /snaps": {knows("token-two", gives(`{"task":"t-1"}`), says(401, "", ""))},
		})
		_, err := openAt(t, acme(loginFields, bearer, acmeAction()), ops(p.URL)).Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if err != nil || p.count("POST /snaps") != 2 {
			t.Errorf("got %v, asked %q", err, p.lines())
		}
	})
}

// An exit code alone does not say what has happened.
func TestSubmitByACommand(t *testing.T) {
	script := filepath.Join(t.TempDir(), "cli")
	if err := os.WriteFile(script, []byte(`#!/bin/sh
case $1 in
good) echo '{"task":"t-1"}';;
said) echo '{"message":"no such volume"}'; exit 254;;
died) echo 'Connection timed out' >&2; exit 1;;
esac
`), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, command, kind string }{
		{"good", script, "started"}, {"said", script, "refused"}, {"died", script, "lost"}, {"good", "no-such-command-here", "stopped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			action := acmeAction("request: {exec: ["+tt.command+`, "{name}"]}`, "error: .message")
			_, err := openAt(t, acme(action), target.Target{URL: "http://acme.lab"}).Submit(patience(t), "vm.snap", map[string]any{"name": tt.name})
			if kindOf(err) != tt.kind {
				t.Errorf("got %s: %v, want %s", kindOf(err), err, tt.kind)
			}
		})
	}
}

// HTTP's own word for "not now" is a refusal for now: nothing was started, and it is sent again.
func TestSubmitTooManyRequests(t *testing.T) {
	p := newPlatform(t, answers{"POST /snaps": {says(429, "", "", "Retry-After", "0"), gives(`{"task":"t-1"}`)}})
	at := target.Target{URL: p.URL, Policy: "every=1ms max=1ms errors=3 timeout=1m"}
	id, err := openAt(t, acme(acmeAction()), at).Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
	if id != "t-1" || err != nil || p.count("POST /snaps") != 2 {
		t.Errorf("got %q, %v after %d starts", id, err, p.count("POST /snaps"))
	}
}
