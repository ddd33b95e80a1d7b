package httptask_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// acmeBatch asks for many by POST /tasks.
func acmeBatch(lines ...string) string {
	all := []string{`request: {post: "{url}/tasks", json: "{ids: $ids}"}`, "items: .tasks", "id: .id"}
	for _, l := range lines {
		all = replaced(all, l)
	}
	return "batch:\n  " + strings.Join(all, "\n  ")
}

// brought is what a batch says of one id: "done", or the error.
func brought(t *testing.T, at target.Target, text string, ids ...string) map[string]string {
	t.Helper()
	found, err := openAt(t, text, at).Fleet().Batch(patience(t), ids)
	got := map[string]string{}
	if err != nil {
		got["error"] = err.Error()
	}
	for id, a := range found {
		if got[id] = a.Status.Raw + " " + a.Status.Reason; a.Err != nil {
			got[id] = a.Err.Error()
		}
	}
	return got
}

func TestTasksBatch(t *testing.T) {
	alone := answers{
		"GET /tasks/1": {gives(`{"state":"run","reason":"alone"}`)}, "GET /tasks/2": {gives(`{"state":"done","reason":"alone"}`)},
		"GET /tasks/3": {says(404, "", "")},
	}
	all := `{"tasks":[{"id":"1","state":"run"},{"id":2,"state":"done","reason":"ok"},{"id":"3","state":"odd"}]}`
	tests := []struct {
		name, batch string
		answer      http.HandlerFunc
		ids         string
		want        map[string]string
		requests    int
	}{
		{"a list", acmeBatch(), gives(all), "1 2 3", map[string]string{"1": "run ", "2": "done ok", "3": `unknown state "odd": nobody listed it`}, 1},
		{"a map", acmeBatch("items: .by", "id: null"), gives(`{"by":{"1":{"state":"run"},"2":{"state":"done"}}}`), "1 2", map[string]string{"1": "run ", "2": "done "}, 1},
		{"a map whose items have an id", acmeBatch("items: .by"), gives(`{"by":{"a":{"id":"1","state":"run"},"b":{"id":"2","state":"done"}}}`), "1 2", map[string]string{"1": "run ", "2": "done "}, 1},
		{"others that nobody asked for", acmeBatch(), gives(all), "1 2", map[string]string{"1": "run ", "2": "done ok"}, 1},
		{"the same one twice", acmeBatch(), gives(`{"tasks":[{"id":"1","state":"run"},{"id":"1","state":"run"},{"id":"2","state":"run"}]}`), "1 2", map[string]string{"1": "run ", "2": "run "}, 1},
		{"missing: asked alone, by default", acmeBatch(), gives(`{"tasks":[{"id":"1","state":"run"}]}`), "1 2 3", map[string]string{"1": "run ", "2": "done alone", "3": "not found: HTTP 404 Not Found, no content type"}, 3},
		{"missing: pending", acmeBatch("missing: pending"), gives(`{"tasks":[{"id":"1","state":"run"}]}`), "1 2", map[string]string{"1": "run ", "2": " not in the answer yet"}, 1},
		{"an empty answer, asked alone", acmeBatch(), gives(`{"tasks":[]}`), "1 2", map[string]string{"1": "run alone", "2": "done alone"}, 3},
		{"an empty answer, pending", acmeBatch("missing: pending"), gives(`{"tasks":[]}`), "1 2", map[string]string{"1": " not in the answer yet", "2": " not in the answer yet"}, 1},
		{"nothing at all", acmeBatch("missing: pending"), says(204, "", ""), "1 2", map[string]string{"error": "batch.items: .tasks finds no list: HTTP 204 No Content"}, 1},
		{"null", acmeBatch("missing: pending"), gives(`{"tasks":null}`), "1 2", map[string]string{"error": `batch.items: .tasks finds no list: HTTP 200 OK: {"tasks":null}`}, 1},
		{"items without an id", acmeBatch("missing: pending"), gives(`{"tasks":[{"state":"done"},{"id":null,"state":"done"},{"id":"","state":"done"},7]}`), "1 2", map[string]string{"1": " not in the answer yet", "2": " not in the answer yet"}, 1},
		{"an item without a state", acmeBatch(), gives(`{"tasks":[{"id":"1"},{"id":"2","state":"run"}]}`), "1 2", map[string]string{"1": "state: .state finds null; the answer is an object with the keys id", "2": "run "}, 1},
		{"an item that is said to be missing", acmeBatch(), gives(`{"tasks":[{"id":"1","gone":true},{"id":"2","state":"run"}]}`), "1 2", map[string]string{"1": "not found: the batch says so", "2": "run "}, 1},
		{"one id alone is asked alone", acmeBatch(), gives(all), "2", map[string]string{"2": "done alone"}, 1},
		{"one id alone, pending", acmeBatch("missing: pending"), gives(all), "2", map[string]string{"2": "done ok"}, 1},
		{"refused", acmeBatch(), says(400, "text/plain", "bad id"), "1 2", map[string]string{"error": "HTTP 400 Bad Request, text/plain: bad id"}, 1},
		{"refused, then asked alone", acmeBatch("on_error: single"), says(400, "", ""), "1 2", map[string]string{"1": "run alone", "2": "done alone"}, 3},
		{"not found, then asked alone", acmeBatch("on_error: single"), says(404, "", ""), "1 2", map[string]string{"1": "run alone", "2": "done alone"}, 3},
		{"not found is not said of each", acmeBatch(), says(404, "", ""), "1 2", map[string]string{"error": "not found: HTTP 404 Not Found, no content type"}, 1},
		{"ok is false, then asked alone", acmeBatch("on_error: single", "ok: .code == null"), gives(`{"code":5}`), "1 2", map[string]string{"1": "run alone", "2": "done alone"}, 3},
		{"denied is not asked alone", acmeBatch("on_error: single"), says(403, "", ""), "1 2", map[string]string{"error": "not allowed: HTTP 403 Forbidden, no content type"}, 1},
		{"unavailable is not asked alone", acmeBatch("on_error: single"), says(503, "", ""), "1 2", map[string]string{"error": "HTTP 503 Service Unavailable, no content type"}, 1},
		{"a lost connection is not asked alone", acmeBatch("on_error: single"), hangsUp, "1 2", map[string]string{"error": "HOST: connection closed before an answer came"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := answers{"POST /tasks": {tt.answer}}
			for key, list := range alone {
				a[key] = list
			}
			p := newPlatform(t, a)
			batch := strings.Replace(tt.batch, "\n  id: null", "", 1)
			got := brought(t, target.Target{URL: p.URL}, acme(batch, acmeStatus("missing: {when: .gone == true}")), strings.Fields(tt.ids)...)
			for id, what := range got {
				got[id] = strings.ReplaceAll(what, strings.TrimPrefix(p.URL, "http://"), "HOST")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := len(p.lines()); n != tt.requests {
				t.Errorf("%d requests, want %d: %q", n, tt.requests, p.lines())
			}
		})
	}
}

// What a batch as a whole comes to is permanent, denied or a wish as of one check.
func TestTasksBatchMarks(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   settle.Outcome
	}{
		{"denied ends all", says(401, "", ""), settle.OutcomeDenied},
		{"refused ends all", says(400, "", ""), settle.OutcomeUnknown},
		{"not found may pass", says(404, "", ""), settle.OutcomeTimeout},
		{"unavailable may pass", says(503, "", ""), settle.OutcomeTimeout},
		{"an empty answer is no success", gives(`{"tasks":[]}`), settle.OutcomeTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /tasks": {tt.answer}})
			fleet := openAt(t, acme(acmeBatch("missing: pending")), target.Target{URL: p.URL}).Fleet()
			fleet.Policy = settle.Policy{Every: 1, Checks: 3, Errors: -1}
			n := 0
			for id, result := range fleet.Each(patience(t), slices.Values([]string{"1", "2", "3"})) {
				if n++; settle.OutcomeOf(result.Err) != tt.want {
					t.Errorf("%s: got %v, want %s", id, result.Err, tt.want)
				}
			}
			if n != 3 {
				t.Errorf("%d ends", n)
			}
		})
	}
	t.Run("Retry-After of a good answer", func(t *testing.T) {
		p := newPlatform(t, answers{"POST /tasks": {gives(`{"tasks":[{"id":"1","state":"run"},{"id":"2","state":"run"}]}`, "Retry-After", "7")}})
		found, err := openAt(t, acme(acmeBatch()), target.Target{URL: p.URL}).Fleet().Batch(patience(t), []string{"1", "2"})
		if err != nil || found["1"].Status.After != 7*time.Second || found["2"].Status.After != 7*time.Second {
			t.Errorf("got %+v, %v", found, err)
		}
	})
	t.Run("Retry-After of one that failed", func(t *testing.T) {
		p := newPlatform(t, answers{"POST /tasks": {says(503, "", "", "Retry-After", "7")}})
		_, err := openAt(t, acme(acmeBatch()), target.Target{URL: p.URL}).Fleet().Batch(patience(t), []string{"1", "2"})
		v := judge(t, func(context.Context) (*recipe.Answer, settle.Status, error) { return nil, settle.Status{}, err })
		if v.wish != 7*time.Second || v.permanent {
			t.Errorf("got %+v", v)
		}
	})
}

// How ids stand in the batch's request.
func TestTasksBatchRequest(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"in a path, each escaped by itself", "request: {get: \"{url}/batch/{ids}\"}\n  join: \";\"", "GET /batch/a%2Fb;c%3Bd "},
		{"in a query, repeated", `request: {get: "{url}/batch", query: {id: "{ids}"}}`, "GET /batch?id=a%2Fb&id=c%3Bd "},
		{"in JSON", `request: {post: "{url}/batch", json: "{in: $ids}"}`, `POST /batch {"in":["a/b","c;d"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{})
			p.answers["GET /batch"], p.answers["POST /batch"] = []http.HandlerFunc{gives(`{"tasks":[]}`)}, []http.HandlerFunc{gives(`{"tasks":[]}`)}
			brought(t, target.Target{URL: p.URL}, acme(acmeBatch("missing: pending", tt.request)), "a/b", "c;d")
			if got := p.last(); got.line+" "+got.body != tt.want {
				t.Errorf("got %s %s, want %s", got.line, got.body, tt.want)
			}
		})
	}
}

// A fleet gives each task its own end, by batches where the recipe has them, else one by one.
func TestTasksFleet(t *testing.T) {
	want := map[string]settle.Outcome{"1": settle.OutcomeSucceeded, "2": settle.OutcomeFailed, "3": settle.OutcomeNotFound}
	a := func() answers {
		return answers{
			"POST /tasks": {
				gives(`{"tasks":[{"id":"1","state":"run"},{"id":"2","state":"run"},{"id":"3","gone":true}]}`),
				gives(`{"tasks":[{"id":"1","state":"done"},{"id":"2","state":"run"}]}`), gives(`{"tasks":[{"id":"2","state":"bad"}]}`),
			},
			"GET /tasks/1": {gives(`{"state":"run"}`), gives(`{"state":"done"}`)}, "GET /tasks/2": {gives(`{"state":"bad","reason":"no room"}`)},
			"GET /tasks/3": {says(404, "", "")},
		}
	}
	for _, blocks := range [][]string{{acmeStatus("missing: {when: .gone == true}"), acmeBatch("missing: pending")}, {acmeStatus()}} {
		p := newPlatform(t, a())
		got := map[string]settle.Outcome{}
		for id, result := range openAt(t, acme(blocks...), target.Target{URL: p.URL}).Fleet().Each(patience(t), slices.Values([]string{"1", "2", "3"})) {
			got[id] = settle.OutcomeOf(result.Err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if single := p.count("GET"); (single == 0) != (len(blocks) == 2) {
			t.Errorf("asked: %q", p.lines())
		}
	}
}

// A deletion that is awaited has succeeded where an answer says that the task is not there any more.
func TestTasksBatchMissingAfter(t *testing.T) {
	p := newPlatform(t, answers{"POST /tasks": {
		gives(`{"tasks":[{"id":"1","state":"run"},{"id":"2","gone":true}]}`), gives(`{"tasks":[{"id":"1","gone":true}]}`),
	}})
	text := acme(acmeStatus("missing: {when: .gone == true, after: succeeded}"), acmeBatch("missing: pending"))
	got := map[string]settle.Outcome{}
	for id, result := range openAt(t, text, target.Target{URL: p.URL}).Fleet().Each(patience(t), slices.Values([]string{"1", "2"})) {
		got[id] = settle.OutcomeOf(result.Err)
	}
	if diff := cmp.Diff(map[string]settle.Outcome{"1": settle.OutcomeSucceeded, "2": settle.OutcomeNotFound}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// One that hangs does not keep the others of a refused batch from their turn.
func TestTasksBatchAloneAtOnce(t *testing.T) {
	quit := make(chan bool)
	a := answers{"POST /tasks": {says(400, "", "")}, "GET /tasks/1": {func(http.ResponseWriter, *http.Request) { <-quit }}}
	others := make(chan bool)
	ids := []string{"1"}
	for _, id := range strings.Fields("2 3 4 5 6 7 8 9 10 11 12") {
		ids = append(ids, id)
		a["GET /tasks/"+id] = []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			gives(`{"state":"run"}`)(w, r)
			others <- true
		}}
	}
	p := newPlatform(t, a)
	go func() {
		for range ids[1:] {
			<-others
		}
		close(quit)
	}()
	got := brought(t, target.Target{URL: p.URL}, acme(acmeBatch("on_error: single")), ids...)
	for _, id := range ids[1:] {
		if got[id] != "run " {
			t.Errorf("%s: got %q", id, got[id])
		}
	}
}

func TestTasksBatchRenewsTheLogin(t *testing.T) {
	p := newPlatform(t, answers{
		"POST /login": {gives(`{"token":"token-one"}`), gives(`{"token":"token-two"}`)},
		"POST /tasks": {knows("token-two", gives(`{"tasks":[{"id":"1","state":"run"},{"id":"2","state":"run"}]}`), says(401, "", ""))},
	})
	found, err := openAt(t, acme(loginFields, bearer, acmeBatch()), ops(p.URL)).Fleet().Batch(patience(t), []string{"1", "2"})
	if err != nil || len(found) != 2 || p.count("POST /login") != 2 || errors.Is(err, settle.ErrDenied) {
		t.Errorf("got %v, %v", found, err)
	}
}

// What batches leave out is asked alone, by all of them together no more at once than a Fleet without batches asks.
func TestTasksAloneAtOnce(t *testing.T) {
	const most, batches, size = 8, 4, 20
	var mu sync.Mutex
	under, highest, asked := 0, 0, 0
	full := make(chan struct{}) // closed when as many as may be are under way, and all batches were answered
	fill := sync.OnceFunc(func() { close(full) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		mu.Lock()
		if r.Method == http.MethodPost {
			asked++
		} else {
			under++
		}
		highest = max(highest, under)
		if under >= most && asked == batches {
			fill()
		}
		mu.Unlock()
		if r.Method == http.MethodPost {
			fmt.Fprint(w, `{"tasks":[]}`)
			return
		}
		<-full
		mu.Lock()
		under--
		mu.Unlock()
		fmt.Fprint(w, `{"state":"done"}`)
	}))
	defer server.Close()
	fleet := openAt(t, acme(acmeBatch()), target.Target{URL: server.URL}).Fleet()
	var group sync.WaitGroup
	for b := range batches {
		var ids []string
		for i := range size {
			ids = append(ids, fmt.Sprint(b, "-", i))
		}
		group.Go(func() {
			if found, err := fleet.Batch(patience(t), ids); err != nil || len(found) != size {
				t.Errorf("batch: %d answers, %v", len(found), err)
			}
		})
	}
	group.Wait()
	if highest != most {
		t.Errorf("%d at once, want %d", highest, most)
	}
}
