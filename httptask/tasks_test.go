package httptask_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func TestTasksFourEndsOfACheck(t *testing.T) {
	missing := acmeStatus(`missing: {when: .code == "NoSuchTask"}`, "error: .message", `ok: .code != "Broken"`, `denied: .code == "NoLogin"`)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string // the error; "": a status
		is     error
		ends   bool
	}{
		{"a status", gives(`{"state":"run"}`), "", nil, false},
		{"404", says(404, "application/json", `{"message":"no such task"}`), "not found: HTTP 404 Not Found: no such task", settle.ErrNotFound, false},
		{"410", says(410, "text/html", `<b>Gone</b>`), "not found: HTTP 410 Gone, text/html: <b>Gone</b>", settle.ErrNotFound, false},
		{"the recipe's word in a 200", gives(`{"code":"NoSuchTask"}`), `not found: HTTP 200 OK: {"code":"NoSuchTask"}`, settle.ErrNotFound, false},
		{"the recipe's word in a 500", says(500, "application/json", `{"code":"NoSuchTask","message":"what task?"}`), "not found: what task?", settle.ErrNotFound, false},
		{"401", says(401, "application/json", `{"message":"who are you"}`), "not allowed: HTTP 401 Unauthorized: who are you", settle.ErrDenied, true},
		{"403", says(403, "text/plain", `no`), "not allowed: HTTP 403 Forbidden, text/plain: no", settle.ErrDenied, true},
		{"the recipe's word for it in a 200", gives(`{"code":"NoLogin","message":"log in first"}`), "not allowed: log in first", settle.ErrDenied, true},
		{"ok is false", gives(`{"code":"Broken","message":"the database is away"}`), `ok: .code != "Broken" is false: the database is away`, nil, false},
		{"ok is false, and says nothing", gives(`{"code":"Broken"}`), `ok: .code != "Broken" is false`, nil, false},
		{"503", says(503, "text/html", "<b>Sorry</b>"), "HTTP 503 Service Unavailable, text/html: <b>Sorry</b>", nil, false},
		{"500 with the platform's words", says(500, "application/json", `{"message":"out of memory"}`), "HTTP 500 Internal Server Error: out of memory", nil, false},
		{"408", says(408, "", ""), "HTTP 408 Request Timeout, no content type", nil, false},
		{"425", says(425, "", ""), "HTTP 425 Too Early, no content type", nil, false},
		{"429", says(429, "", ""), "HTTP 429 Too Many Requests, no content type", nil, false},
		{"400", says(400, "application/json", `{"message":"an id has 8 letters"}`), "HTTP 400 Bad Request: an id has 8 letters", nil, true},
		{"422", says(422, "", ""), "HTTP 422 Unprocessable Entity, no content type", nil, true},
		{"no JSON", says(200, "text/html", "<title>Log in</title>"), "HTTP 200 OK, text/html, not JSON: <title>Log in</title>", nil, false},
		{"an unlisted state", gives(`{"state":"odd"}`), `unknown state "odd": nobody listed it`, settle.ErrUnknownState, false},
		{"no state", gives(`{"status":"run"}`), "state: .state finds null; the answer is an object with the keys status", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, one(tt.answer))
			v := verdictOf(t, openAt(t, acme(missing), target.Target{URL: p.URL}).Check("7"))
			if text(v.err) != tt.want {
				t.Errorf("got  %v\nwant %s", v.err, tt.want)
			}
			if v.permanent != tt.ends || tt.is != nil && !errors.Is(v.err, tt.is) || tt.is == nil && (errors.Is(v.err, settle.ErrDenied) || errors.Is(v.err, settle.ErrNotFound)) {
				t.Errorf("permanent %v, %#v", v.permanent, v.err)
			}
			if n := len(p.lines()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

// The first 200 characters of a body are shown.
func TestTasksErrorsShowABodysBeginning(t *testing.T) {
	p := newPlatform(t, one(says(500, "text/plain", strings.Repeat("é", 200)+"hidden")))
	v := verdictOf(t, openAt(t, acme(), target.Target{URL: p.URL}).Check("7"))
	if want := "HTTP 500 Internal Server Error, text/plain: " + strings.Repeat("é", 200) + "…"; text(v.err) != want {
		t.Errorf("got %v", v.err)
	}
}

// Once a task has been seen, its absence means what the recipe says: unknown, or success where a deletion is awaited.
func TestTasksMissing(t *testing.T) {
	gone, run := says(404, "", ""), gives(`{"state":"run"}`)
	tests := []struct {
		name, missing string
		answers       []http.HandlerFunc
		want          settle.Outcome
	}{
		{"never seen", "missing: {after: succeeded}", []http.HandlerFunc{gone}, settle.OutcomeNotFound},
		{"never seen, but awaited", "missing: {before: 1m, after: succeeded}", []http.HandlerFunc{gone, gone, run, gone}, settle.OutcomeSucceeded},
		{"seen once, by default", "missing: {before: 1m}", []http.HandlerFunc{run, gone}, settle.OutcomeUnknown},
		{"seen once, deletion awaited", "missing: {after: succeeded}", []http.HandlerFunc{run, gone}, settle.OutcomeSucceeded},
		{"a failed check has not seen it", "missing: {after: succeeded}", []http.HandlerFunc{says(500, "", ""), gone}, settle.OutcomeNotFound},
		{"it was seen failed", "missing: {after: succeeded}", []http.HandlerFunc{gives(`{"state":"bad"}`), gone}, settle.OutcomeFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"GET /tasks/7": tt.answers})
			got, err := outcomeOf(t, openAt(t, acme(acmeStatus(tt.missing)), target.Target{URL: p.URL}), "7")
			if got != tt.want {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
		})
	}
}

func TestTasksRetryAfter(t *testing.T) {
	date := []string{"Date", "Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After", "Tue, 24 Nov 2026 10:00:09 GMT"}
	limit := []string{"Date", "Tue, 24 Nov 2026 10:00:00 GMT", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1795514405"}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   time.Duration
		good   bool
	}{
		{"seconds, pending", gives(`{"state":"run"}`, "Retry-After", "7"), 7 * time.Second, true},
		{"a date, pending", gives(`{"state":"run"}`, date...), 9 * time.Second, true},
		{"seconds, unavailable", says(503, "", "", "Retry-After", "7"), 7 * time.Second, false},
		{"a date, unavailable", says(503, "", "", date...), 9 * time.Second, false},
		{"not found", says(404, "", "", "Retry-After", "7"), 7 * time.Second, false},
		{"too many requests", says(429, "", "", "Retry-After", "7"), 7 * time.Second, false},
		{"forbidden for now", says(403, "application/json", `{"reason":"secondary rate limit"}`, "Retry-After", "7"), 7 * time.Second, false},
		{"forbidden until the limit is filled again", says(403, "", "", limit...), 5 * time.Second, false},
		{"a limit that is used up, and a good answer", gives(`{"state":"run"}`, limit...), 0, true},
		{"nothing that can be read", gives(`{"state":"run"}`, "Retry-After", "soon"), 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, one(tt.answer))
			v := verdictOf(t, openAt(t, acme(), target.Target{URL: p.URL}).Check("7"))
			if v.wish != tt.want || v.permanent || (v.err == nil) != tt.good || errors.Is(v.err, settle.ErrDenied) {
				t.Errorf("got a wish of %v, permanent %v, %v; want %v", v.wish, v.permanent, v.err, tt.want)
			}
		})
	}
}

func TestTasksPolicy(t *testing.T) {
	tests := []struct{ name, target, recipe, missing, want string }{
		{"nobody says anything", "", "", "", "every=2s max=15s timeout=30m attempt=30s errors=25"},
		{"the recipe's", "", "every=5s max=1m timeout=2h", "", "every=5s max=1m timeout=2h attempt=30s errors=25"},
		{"the recipe's missing", "", "", "before: 30s", "every=2s max=15s timeout=30m attempt=30s errors=25 missing=30s"},
		{"the target's before the recipe's", "timeout=1h missing=1s", "every=5s max=1m timeout=2h", "before: 30s", "every=5s max=1m timeout=1h attempt=30s errors=25 missing=1s"},
		{"every alone is a fixed pause", "every=1m", "every=5s max=20s", "", "every=1m timeout=30m attempt=30s errors=25"},
		{"checks alone lift the timeout", "checks=3", "timeout=2h", "", "every=2s max=15s checks=3 attempt=30s errors=25"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var blocks []string
			if tt.recipe != "" {
				blocks = append(blocks, "policy: "+tt.recipe)
			}
			if tt.missing != "" {
				blocks = append(blocks, acmeStatus("missing: {"+tt.missing+"}"))
			}
			tasks, err := httptask.Open(parse(t, acme(blocks...)), target.Target{URL: "http://acme.lab", Policy: tt.target})
			if err != nil {
				t.Fatal(err)
			}
			want, err := settle.ParsePolicy(tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), tasks.Policy().String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	fields := "target: {url: {help: address}, password: {secret: true}}\nauth: {basic: {user: ops, password: '{password}'}}"
	whole := func() target.Target {
		return target.Target{URL: "https://acme.lab", Secrets: map[string]string{"password": "hunter22"}}
	}
	tests := []struct {
		name, place string
		change      func(*target.Target)
	}{
		{"no address", "url", func(t *target.Target) { t.URL = "" }},
		{"no password", "password", func(t *target.Target) { t.Secrets = nil }},
		{"an unknown field", "pasword", func(t *target.Target) { t.Values = map[string]string{"pasword": "x"} }},
		{"a password in the address", "url", func(t *target.Target) { t.URL = "https://ops:hunter22@acme.lab" }},
		{"a policy", "policy", func(t *target.Target) { t.Policy = "every=soon" }},
		{"a proxy", "proxy", func(t *target.Target) { t.Proxy = "ftp://x" }},
		{"a CA that is not there", "tls.ca_file", func(t *target.Target) { t.TLS.CAFile = "/nowhere.pem" }},
		{"a fingerprint", "tls.fingerprint", func(t *target.Target) { t.TLS.Fingerprint = "sha256:00" }},
		{"another's recipe", "recipe", func(t *target.Target) { t.Recipe = "other/task" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := whole()
			tt.change(&at)
			_, err := httptask.Open(parse(t, acme(fields)), at)
			var refused *recipe.Error
			if !errors.As(err, &refused) || refused.Place != tt.place || refused.Hint == "" || strings.Contains(err.Error(), "hunter22") {
				t.Errorf("got %#v, want one at %s", err, tt.place)
			}
		})
	}
	if _, err := httptask.Open(parse(t, acme(fields)), whole()); err != nil {
		t.Error(err)
	}
}

func TestTasksLinkAndResult(t *testing.T) {
	result := "result: {request: {get: \"{url}/results/{id}\"}, value: .items}"
	p := newPlatform(t, answers{"GET /results/7": {gives(`{"items":[12345678901234567890,"<a>"]}`), gives(`{"other":1}`), says(500, "text/plain", "broken")}})
	tasks := openAt(t, acme(result, `link: "{url}/#/tasks/{id}"`), target.Target{URL: p.URL})
	if got, want := tasks.Link("a/b", nil), p.URL+"/#/tasks/a%2Fb"; got != want {
		t.Errorf("link: got %s, want %s", got, want)
	}
	got, found, err := tasks.Result(patience(t), "7", nil)
	if string(got) != `[12345678901234567890,"<a>"]` || !found || err != nil {
		t.Errorf("got %s, %v, %v", got, found, err)
	}
	if got, found, err = tasks.Result(patience(t), "7", nil); got != nil || found || err != nil {
		t.Errorf("nothing there: got %s, %v, %v", got, found, err)
	}
	if _, found, err = tasks.Result(patience(t), "7", nil); found || text(err) != "result: HTTP 500 Internal Server Error, text/plain: broken" {
		t.Errorf("broken: got %v, %v", found, err)
	}
	if n := p.count("GET /results/7"); n != 3 {
		t.Errorf("%d requests, want one a call", n)
	}
}

func TestTasksResultOverTheLastAnswer(t *testing.T) {
	tests := []struct{ name, value, answer, want string }{
		{"a field", ".out", `{"out":{"a":1.50}}`, `{"a":1.50}`},
		{"nothing there", ".out", `{}`, ""},
		{"null", ".out", `{"out":null}`, ""},
		{"false is a result", ".out", `{"out":false}`, "false"},
		{"the id", "$id", `{}`, `"7"`},
		{"no number", "nan", `{}`, "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tasks := openAt(t, acme("result: "+tt.value), target.Target{URL: "http://acme.lab"})
			got, found, err := tasks.Result(t.Context(), "7", json.RawMessage(tt.answer))
			if string(got) != tt.want || found != (tt.want != "") || err != nil {
				t.Errorf("got %s, %v, %v, want %s", got, found, err, tt.want)
			}
		})
	}
	tasks := openAt(t, acme("link: {value: .web.url}"), target.Target{URL: "http://acme.lab"})
	if got := tasks.Link("7", json.RawMessage(`{"web":{"url":"http://acme.lab/7"}}`)); got != "http://acme.lab/7" {
		t.Errorf("link: got %q", got)
	}
	if got := tasks.Link("7", json.RawMessage(`{}`)); got != "" {
		t.Errorf("link: got %q, want none", got)
	}
}

func TestTasksCancel(t *testing.T) {
	p := newPlatform(t, answers{"PUT /tasks/7": {says(204, "", ""), says(409, "application/json", `{"error":"it has ended"}`), says(404, "", ""), gives(`{"code":1,"error":"too late"}`)}})
	tasks := openAt(t, acme(`cancel: {put: "{url}/tasks/{id}", json: "{stop: true}"}`, acmeStatus("error: .error", "ok: .code == null or .code == 0")), target.Target{URL: p.URL})
	for _, want := range []string{"", "cancel: HTTP 409 Conflict: it has ended", "cancel: not found: HTTP 404 Not Found, no content type", "cancel: too late"} {
		if err := tasks.Cancel(patience(t), "7"); text(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := p.last(); got.line != "PUT /tasks/7" || got.body != `{"stop":true}` {
		t.Errorf("asked: %+v", got)
	}
	var refused *recipe.Error
	if err := openAt(t, acme(), target.Target{URL: p.URL}).Cancel(patience(t), "7"); !errors.As(err, &refused) {
		t.Errorf("got %v, want an *recipe.Error", err)
	}
}

// What was done at once when it was submitted has no id, and nothing is asked about it.
func TestTasksWithoutAnID(t *testing.T) {
	tasks := openAt(t, acme(), target.Target{URL: "http://acme.invalid"})
	if got, err := outcomeOf(t, tasks, ""); got != settle.OutcomeSucceeded || tasks.Requests() != 0 {
		t.Errorf("got %v, %v, %d requests", got, err, tasks.Requests())
	}
}
