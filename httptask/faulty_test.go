package httptask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// resets closes the connection so that the other side sees a reset.
func resets(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// raw writes bytes in place of an answer, and hangs up.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, text)
		conn.Close()
	}
}

// A wait outlasts what a platform and the way to it do wrong, as long as it may pass.
func TestFaultyPlatform(t *testing.T) {
	date := []string{"Date", "Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After", "Tue, 24 Nov 2026 10:00:00 GMT"}
	faults := []struct {
		name  string
		fault http.HandlerFunc
		want  string // how the failed check begins, after the host
	}{
		{"503", says(503, "", ""), "HTTP 503 Service Unavailable"},
		{"503 with Retry-After in seconds", says(503, "", "", "Retry-After", "0"), "HTTP 503 Service Unavailable"},
		{"503 with Retry-After as a date", says(503, "", "", date...), "HTTP 503 Service Unavailable"},
		{"429", says(429, "", ""), "HTTP 429 Too Many Requests"},
		{"a gateway's page", says(502, "text/html", "<h1>Bad Gateway</h1>"), "HTTP 502 Bad Gateway, text/html: <h1>"},
		{"a page that says 200", says(200, "text/html", "<h1>Maintenance</h1>"), "HTTP 200 OK, text/html, not JSON"},
		{"an empty 200", says(200, "application/json", ""), "state: .state finds null"},
		{"half of the JSON", gives(`{"state":"do`), "HTTP 200 OK, application/json, JSON that ends in the middle"},
		{"a malformed chunk", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), "HTTP 200 OK, no content type: the body cannot be read: invalid byte in chunk length"},
		{"a body that breaks off", raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"state\":\"done\"}"), "HTTP 200 OK, no content type: the connection was closed in the middle of the body"},
		{"half a gzip", says(200, "application/json", packed("gzip", `{"state":"done"}`)[:20], "Content-Encoding", "gzip"), "HTTP 200 OK, application/json: the connection was closed in the middle of the body"},
		{"a gzip bomb", says(200, "application/json", packed("gzip", strings.Repeat(" ", 1<<20)), "Content-Encoding", "gzip"), "HTTP 200 OK, application/json: body too large: more than 65536 bytes"},
		{"a body that is too large", gives(`{"state":"done","x":"` + strings.Repeat("x", 70_000) + `"}`), "HTTP 200 OK, application/json: body too large: more than 65536 bytes"},
		{"another encoding", says(200, "application/json", "x", "Content-Encoding", "br"), "HTTP 200 OK, application/json: content encoding br"},
		{"a redirect without end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) }, "more than 10 redirects"},
		{"a state that nobody listed", gives(`{"state":"pondering"}`), `unknown state "pondering"`},
	}
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"GET /tasks/7": {gives(`{"state":"run"}`), tt.fault, gives(`{"state":"done"}`)}})
			p.answers["GET /loop"] = []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) }}
			tasks := openAt(t, acme(), target.Target{URL: p.URL, MaxBody: 64 << 10})
			var failed []string
			var end error
			for seen, err := range settle.Watch(patience(t), tasks.Policy(), tasks.Check("7")) {
				if end = err; seen.Err != nil {
					failed = append(failed, strings.TrimPrefix(text(seen.Err), strings.TrimPrefix(p.URL, "http://")+": "))
				}
			}
			if end != nil || len(failed) != 1 || !strings.HasPrefix(failed[0], tt.want) {
				t.Errorf("ended with %v; failed checks: got %q, want %s", end, failed, tt.want)
			}
		})
	}
}

// net/http asks a second time by itself where a kept connection was reset; a fresh one that is reset is a failed check.
func TestFaultyPlatformResets(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault http.HandlerFunc
	}{{"a reset", resets}, {"closed without an answer", hangsUp}} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"GET /tasks/7": {tt.fault, gives(`{"state":"run"}`), tt.fault, tt.fault, gives(`{"state":"done"}`)}})
			if got, err := outcomeOf(t, openAt(t, acme(), target.Target{URL: p.URL}), "7"); got != settle.OutcomeSucceeded {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// A body that comes too slowly ends with the attempt, and the wait goes on.
func TestFaultyPlatformIsSlow(t *testing.T) {
	var n atomic.Int32
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 1 {
			gives(`{"state":"done"}`)(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"state":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	tasks := openAt(t, acme(), target.Target{URL: s.URL, Policy: "every=1ms max=1ms attempt=50ms timeout=1m"})
	var failed []error
	for seen, err := range settle.Watch(patience(t), tasks.Policy(), tasks.Check("7")) {
		if err != nil {
			t.Error(err)
		}
		if seen.Err != nil {
			failed = append(failed, seen.Err)
		}
	}
	if len(failed) == 0 || !errors.Is(failed[0], context.DeadlineExceeded) || !strings.Contains(failed[0].Error(), ": timed out after ") {
		t.Errorf("failed checks: %v", failed)
	}
}

// What wait4x, another waiter, gets wrong.
func TestWait4xSendsTheBodyOnceOnly(t *testing.T) {
	var bodies []string
	p := newPlatform(t, answers{"POST /find": {gives(`{"state":"run"}`), gives(`{"state":"run"}`), gives(`{"state":"done"}`)}})
	got, err := outcomeOf(t, openAt(t, acme(acmeStatus(`request: {post: "{url}/find", json: "{id: $id}"}`)), target.Target{URL: p.URL}), "7")
	for _, r := range p.asked {
		bodies = append(bodies, r.body)
	}
	if diff := cmp.Diff([]string{`{"id":"7"}`, `{"id":"7"}`, `{"id":"7"}`}, bodies); diff != "" || got != settle.OutcomeSucceeded {
		t.Errorf("%v, %v; bodies (-want +got):\n%s", got, err, diff)
	}
}

func TestWait4xReadsTheBodyForOneConditionOnly(t *testing.T) {
	two := acmeStatus("ok: .code == 0 and (.data | type) == \"object\"", "state: .data.state", "progress: .data.done / .data.all", "reason: .data.text")
	p := newPlatform(t, one(gives(`{"code":0,"data":{"state":"run","done":1,"all":4,"text":"copying"}}`)))
	_, got, err := openAt(t, acme(two), target.Target{URL: p.URL}).Check("7")(patience(t))
	want := settle.Status{State: settle.Pending, Raw: "run", Progress: 0.25, Reason: "copying"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestWait4xWaitsOnAfterFailure(t *testing.T) {
	p := newPlatform(t, one(gives(`{"state":"bad","reason":"no room"}`)))
	got, err := outcomeOf(t, openAt(t, acme(), target.Target{URL: p.URL}), "7")
	if got != settle.OutcomeFailed || len(p.lines()) != 1 || !strings.Contains(text(err), "no room") {
		t.Errorf("got %v, %v after %d requests", got, err, len(p.lines()))
	}
}

func TestWait4xShowsThePasswordOfAURL(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	proxy := fmt.Sprintf("http://ops:hunter22@%s", l.Addr())
	for _, url := range []string{"http://acme.invalid", "https://acme.invalid"} {
		v := verdictOf(t, openAt(t, acme(), target.Target{URL: url, Proxy: proxy}).Check("7"))
		if v.err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", v.err, v.err, v.err), "hunter22") {
			t.Errorf("got %v", v.err)
		}
	}
}

func TestWait4xTakesATLSErrorForGone(t *testing.T) {
	s := serveTLS(t, nil, gives(`{"state":"done"}`))
	gone := acmeStatus("missing: {after: succeeded}")
	got, err := outcomeOf(t, openAt(t, acme(gone), target.Target{URL: s.URL}), "7")
	if got != settle.OutcomeUnknown || errors.Is(err, settle.ErrNotFound) {
		t.Errorf("got %v, %v", got, err)
	}
	// nor where it had been there before
	var n atomic.Int32
	plain := listen(t, func(conn net.Conn) {
		if n.Add(1) == 1 {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"state\":\"run\"}")
			return
		}
		_, _ = io.WriteString(conn, "\x15\x03\x01\x00\x02\x02\x28")
	})
	tasks := openAt(t, acme(gone), target.Target{URL: plain, Policy: "every=1ms max=1ms checks=4 errors=9"})
	if got, err := outcomeOf(t, tasks, "7"); got != settle.OutcomeTimeout {
		t.Errorf("got %v, %v", got, err)
	}
}
