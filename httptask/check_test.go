package httptask_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
)

func TestGoodAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   settle.Status
	}{
		{"pending", says(200, "application/json", `{"state":"run","progress":0.5,"reason":"copying"}`), settle.Status{State: settle.Pending, Raw: "run", Progress: 0.5, Reason: "copying"}},
		{"succeeded", says(200, "application/json", `{"state":"done"}`), settle.Status{State: settle.Succeeded, Raw: "done"}},
		{"failed", says(200, "application/json", `{"state":"bad"}`), settle.Status{State: settle.Failed, Raw: "bad"}},
		{"202", says(202, "application/json", `{"state":"run"}`), settle.Status{State: settle.Pending, Raw: "run"}},
		{"the content type does not matter", says(200, "text/html", `{"state":"run"}`), settle.Status{State: settle.Pending, Raw: "run"}},
		{"Retry-After", says(200, "application/json", `{"state":"run"}`, "Retry-After", "7"), settle.Status{State: settle.Pending, Raw: "run", After: 7 * time.Second}},
		{"a byte order mark", says(200, "application/json", "\ufeff{\"state\":\"run\"}"), settle.Status{State: settle.Pending, Raw: "run"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, tt.answer)
			check := newClient(t, httptask.Options{}).Check(httptask.Request{URL: s.URL}, compile(t, reading))
			answer, got, err := check(patience(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("status (-want +got):\n%s", diff)
			}
			if answer == nil || answer.Status/100 != 2 || !strings.Contains(answer.Text, tt.want.Raw) || answer.Header.Get("Content-Type") == "" {
				t.Errorf("answer: got %+v", answer)
			}
		})
	}
}

func TestFailedChecks(t *testing.T) {
	const html = "<html>\n  <title>Sorry</title>\n</html>"
	const (
		passing   = false
		permanent = true
	)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
		is     error
		ends   bool
		wish   time.Duration
	}{
		{"HTML", says(200, "text/html", html), "HTTP 200 OK, text/html, not JSON: <html> <title>Sorry</title> </html>", nil, passing, 0},
		{"half", says(200, "application/json", `{"state":"do`), `HTTP 200 OK, application/json, JSON that ends in the middle: {"state":"do`, nil, passing, 0},
		{"something behind", says(200, "application/json", `{"state":"done"} garbage`), `HTTP 200 OK, application/json, JSON with something after it, at byte 18: {"state":"done"} garbage`, nil, passing, 0},
		{"empty", says(200, "application/json", ""), "HTTP 200 OK, application/json, empty", nil, passing, 0},
		{"no content", says(204, "", ""), "HTTP 204 No Content, no content type, empty", nil, passing, 0},
		{"HTML with a wish", says(200, "text/html", "x", "Retry-After", "9"), "HTTP 200 OK, text/html, not JSON: x", nil, passing, 9 * time.Second},
		{"no state", says(200, "application/json", `{"status":"run"}`), "state: .state finds null; the answer is an object with the keys status", nil, passing, 0},
		{"no state, and a wish", says(200, "application/json", `{}`, "Retry-After", "9"), "state: .state finds null; the answer is an object with no keys", nil, passing, 9 * time.Second},
		{"an unlisted state", says(200, "application/json", `{"state":"exploded"}`), `unknown state "exploded": nobody listed it`, settle.ErrUnknownState, passing, 0},
		{"an unlisted state, and a wish", says(200, "application/json", `{"state":"exploded"}`, "Retry-After", "9"), `unknown state "exploded": nobody listed it`, settle.ErrUnknownState, passing, 9 * time.Second},
		{"401", says(401, "application/json", `{"error":"who are you"}`), `not allowed: HTTP 401 Unauthorized, application/json: {"error":"who are you"}`, settle.ErrDenied, permanent, 0},
		{"403", says(403, "text/plain", "no"), "not allowed: HTTP 403 Forbidden, text/plain: no", settle.ErrDenied, permanent, 0},
		{"404", says(404, "text/plain", "no such task"), "not found: HTTP 404 Not Found, text/plain: no such task", settle.ErrNotFound, passing, 0},
		{"410", says(410, "text/plain", ""), "not found: HTTP 410 Gone, text/plain", settle.ErrNotFound, passing, 0},
		{"404 with a wish", says(404, "text/plain", "", "Retry-After", "9"), "not found: HTTP 404 Not Found, text/plain", settle.ErrNotFound, passing, 9 * time.Second},
		{"a state in a 404 does not count", says(404, "application/json", `{"state":"bad"}`), `not found: HTTP 404 Not Found, application/json: {"state":"bad"}`, settle.ErrNotFound, passing, 0},
		{"400", says(400, "text/plain", "what?"), "HTTP 400 Bad Request, text/plain: what?", nil, permanent, 0},
		{"405", says(405, "text/plain", ""), "HTTP 405 Method Not Allowed, text/plain", nil, permanent, 0},
		{"422", says(422, "text/plain", ""), "HTTP 422 Unprocessable Entity, text/plain", nil, permanent, 0},
		{"499", says(499, "text/plain", ""), "HTTP 499, text/plain", nil, permanent, 0},
		{"408", says(408, "text/plain", ""), "HTTP 408 Request Timeout, text/plain", nil, passing, 0},
		{"425", says(425, "text/plain", ""), "HTTP 425 Too Early, text/plain", nil, passing, 0},
		{"429", says(429, "text/plain", "slow down", "Retry-After", "30"), "HTTP 429 Too Many Requests, text/plain: slow down", nil, passing, 30 * time.Second},
		{"500", says(500, "application/json", `{"state":"bad"}`), `HTTP 500 Internal Server Error, application/json: {"state":"bad"}`, nil, passing, 0},
		{"503 until a date", says(503, "text/html", html, "Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT", "Date", "Sun, 06 Nov 1994 08:49:37 GMT"), "HTTP 503 Service Unavailable, text/html: <html> <title>Sorry</title> </html>", nil, passing, 30 * time.Second},
		{"999", says(999, "text/plain", "denied"), "HTTP 999, text/plain: denied", nil, passing, 0},
		{"304", says(304, "", ""), "HTTP 304 Not Modified, no content type", nil, passing, 0},
		{"300", says(300, "text/plain", "choose"), "HTTP 300 Multiple Choices, text/plain: choose", nil, passing, 0},
		{"control characters", says(500, "text/plain", "a\x1b[2Jb\x00\u202ec\u200b\xffd\r\ne"), `HTTP 500 Internal Server Error, text/plain: a\x1b[2Jb\x00\u202ec\u200b\xffd e`, nil, passing, 0},
		{"a long body", says(500, "text/plain", strings.Repeat("é", 300)), "HTTP 500 Internal Server Error, text/plain: " + strings.Repeat("é", 200) + "…", nil, passing, 0},
		{"a longer one", says(500, strings.Repeat("t", 300), strings.Repeat("x", 100_000)), "HTTP 500 Internal Server Error, " + strings.Repeat("t", 80) + "…: " + strings.Repeat("x", 200) + "…", nil, passing, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, tt.answer)
			check := newClient(t, httptask.Options{}).Check(httptask.Request{URL: s.URL}, compile(t, reading))
			v := judge(t, check)
			if got := text(v.err); got != tt.want {
				t.Errorf("error:\ngot  %s\nwant %s", got, tt.want)
			}
			if tt.is != nil && !errors.Is(v.err, tt.is) {
				t.Errorf("error is not %v", tt.is)
			}
			for _, other := range []error{settle.ErrDenied, settle.ErrNotFound, settle.ErrUnknownState} {
				if other != tt.is && errors.Is(v.err, other) {
					t.Errorf("error is %v", other)
				}
			}
			if v.permanent != tt.ends {
				t.Errorf("permanent: got %v, want %v", v.permanent, tt.ends)
			}
			if v.wish != tt.wish && !tt.ends {
				t.Errorf("wish: got %v, want %v", v.wish, tt.wish)
			}
		})
	}
}

func TestReaderOfTheHTTPCode(t *testing.T) {
	byCode := recipe.Reading{State: "$http.status", Pending: []string{"202", "404"}, Succeeded: []string{"200", "204"}, Failed: []string{"410", "500"}}
	byHeader := recipe.Reading{State: `$http.headers["x-state"]`, Pending: []string{"run"}, Succeeded: []string{"done"}}
	lenient := byCode
	lenient.Unlisted = "failed"
	withOK := recipe.Reading{OK: "$http.status < 500", State: ".state", Pending: []string{"run"}, Failed: []string{"bad"}}
	tests := []struct {
		name    string
		reading recipe.Reading
		answer  http.HandlerFunc
		state   settle.State
		err     string
		ends    bool
	}{
		{"a code that ends well, without a body", byCode, says(204, "", ""), settle.Succeeded, "", false},
		{"a 404 that is pending", byCode, says(404, "text/html", "<p>wait"), settle.Pending, "", false},
		{"a 410 that is a failure", byCode, says(410, "", ""), settle.Failed, "", false},
		{"a listed 500", byCode, says(500, "", ""), settle.Failed, "", false},
		{"an unlisted 503", byCode, says(503, "text/plain", "soon"), 0, "HTTP 503 Service Unavailable, text/plain: soon", false},
		{"an unlisted 401", byCode, says(401, "text/plain", ""), 0, "not allowed: HTTP 401 Unauthorized, text/plain", true},
		{"an unlisted 201", byCode, says(201, "text/plain", "ok"), 0, `unknown state "201": nobody listed it; is it "202"?`, false},
		{"an unlisted 503 where unlisted means failed", lenient, says(503, "text/plain", "soon"), 0, "HTTP 503 Service Unavailable, text/plain: soon", false},
		{"an unlisted 201 where unlisted means failed", lenient, says(201, "application/json", "{}"), settle.Failed, "", false},
		{"a header", byHeader, says(200, "", "", "X-State", "done"), settle.Succeeded, "", false},
		{"no such header", byHeader, says(200, "text/plain", "x"), 0, "HTTP 200 OK, text/plain, not JSON: x", false},
		{"no such header, but JSON", byHeader, says(200, "", "{}"), 0, `state: $http.headers["x-state"] finds null; the answer is an object with no keys`, false},
		{"ok lets a 404 pass", withOK, says(404, "application/json", `{"state":"bad"}`), settle.Failed, "", false},
		{"ok refuses", withOK, says(500, "application/json", `{"state":"bad"}`), 0, `HTTP 500 Internal Server Error, application/json: {"state":"bad"}`, false},
		{"a redirect that is not followed", recipe.Reading{State: "$http.status", Succeeded: []string{"303"}}, says(303, "", "", "Location", "/elsewhere"), settle.Succeeded, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, tt.answer)
			req := httptask.Request{Method: "POST", URL: s.URL}
			v := judge(t, newClient(t, httptask.Options{}).Check(req, compile(t, tt.reading)))
			if v.status.State != tt.state || text(v.err) != tt.err || v.permanent != tt.ends {
				t.Errorf("got  %v, %v, permanent %v\nwant %v, %v, permanent %v", v.status, v.err, v.permanent, tt.state, tt.err, tt.ends)
			}
		})
	}
}

func TestSecretsAreMasked(t *testing.T) {
	const secret = "hunter22hunter"
	tests := []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"in a body", says(500, "text/plain", "your token is "+secret)},
		{"where the body is cut", says(500, "text/plain", strings.Repeat("x", 195)+secret)},
		{"at the end of what is looked at", says(500, "text/plain", strings.Repeat(" ", 64<<10-10)+secret)},
		{"quoted", says(500, "text/plain", `{"auth":"Basic b3BzOmh1bnRlcjIyaHVudGVy"}`)},
		{"in a content type", says(500, "text/"+secret, "")},
		{"in a content encoding", says(200, "text/plain", "x", "Content-Encoding", secret)},
		{"in a raw state", says(200, "application/json", `{"state":"`+secret+`"}`)},
		{"in a raw state that is long", says(200, "application/json", `{"state":"`+strings.Repeat("x", 195)+secret+`"}`)},
		{"in what jq says", says(200, "application/json", `"`+secret+`"`)},
		{"in a long text that jq cuts", says(200, "application/json", `"xxxxxxxxxxxxxxxx`+secret+secret+`"`)},
		{"in a key", says(200, "application/json", `{"`+secret+`":1}`)},
		{"in a long key", says(200, "application/json", `{"`+strings.Repeat("x", 35)+secret+`":1}`)},
		{"in a reason", says(200, "application/json", `{"state":"bad","reason":"bad token `+secret+`"}`)},
		{"in a redirect", says(302, "", "", "Location", "http://h:99999/?x="+secret)},
		{"in a redirect by its name", says(302, "", "", "Location", "ftp://h/?token=another-hunter22")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, tt.answer)
			c := newClient(t, httptask.Options{Secrets: secrets(secret, "ops:"+secret)})
			_, status, err := c.Check(httptask.Request{URL: s.URL}, compile(t, reading))(patience(t))
			shown := text(err) + " " + status.Raw + " " + status.Reason
			if strings.Contains(shown, "hunter22") || strings.Contains(shown, "b3BzOmh1") {
				t.Errorf("shown: %s", shown)
			}
			if err == nil && status.State != settle.Failed {
				t.Errorf("got %v", status)
			}
			var unlisted *recipe.UnlistedError
			if errors.As(err, &unlisted) && strings.Contains(unlisted.Raw, "hunter22") {
				t.Errorf("raw: %s", unlisted.Raw)
			}
		})
	}
}

// What was asked arrives whole at every check.
func TestEachCheckAsksAnew(t *testing.T) {
	var mu sync.Mutex // guards got
	var got []string
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Method+" "+string(body)+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("X-Mine"))
		state := "run"
		if len(got) == 3 {
			state = "done"
		}
		_, _ = io.WriteString(w, `{"state":"`+state+`"}`)
	})
	req := httptask.Request{URL: s.URL, Body: []byte(`{"id":7}`), Header: http.Header{"x-mine": {"yes"}}}
	check := newClient(t, httptask.Options{}).Check(req, compile(t, reading))
	answer, err := settle.Wait(patience(t), settle.Policy{Every: 1, Checks: 5}, check)
	if err != nil || answer.Text != `{"state":"done"}` {
		t.Errorf("got %v, %v", answer, err)
	}
	want := strings.Repeat(`POST {"id":7} application/json yes|`, 3)
	if diff := cmp.Diff(want, strings.Join(got, "|")+"|"); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAsk(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		body   any
		text   string
		err    string
	}{
		{"good", says(200, "application/json", `{"a":"b"}`), map[string]any{"a": "b"}, `{"a":"b"}`, ""},
		{"not JSON", says(200, "text/plain", "hello"), nil, "hello", "HTTP 200 OK, text/plain, not JSON: hello"},
		{"not found, in JSON", says(404, "application/json", `{"a":"b"}`), map[string]any{"a": "b"}, `{"a":"b"}`, `not found: HTTP 404 Not Found, application/json: {"a":"b"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, tt.answer)
			got, err := newClient(t, httptask.Options{}).Ask(patience(t), httptask.Request{URL: s.URL})
			if text(err) != tt.err {
				t.Errorf("got %v, want %s", err, tt.err)
			}
			if diff := cmp.Diff(tt.body, got.Body); diff != "" || got.Text != tt.text {
				t.Errorf("answer %q (-want +got):\n%s", got.Text, diff)
			}
		})
	}
}

func TestHTTP2(t *testing.T) {
	c := newClient(t, httptask.Options{})
	s := serve(t, c, func(w http.ResponseWriter, r *http.Request) { says(200, "", `{"state":"`+r.Proto+`"}`)(w, r) })
	r := compile(t, recipe.Reading{State: ".state", Succeeded: []string{"HTTP/2.0"}})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, status, err := c.Check(httptask.Request{URL: s.URL}, r)(patience(t)); err != nil || status.State != settle.Succeeded {
				t.Errorf("got %v, %v", status, err)
			}
		})
	}
	all.Wait()
}

func TestConnectionIsKept(t *testing.T) {
	addresses := map[string]bool{}
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		addresses[r.RemoteAddr] = true
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		says(500, "text/html", strings.Repeat("x", 100_000))(w, r)
	})
	c := newClient(t, httptask.Options{})
	for range 3 {
		_, _ = c.Ask(patience(t), httptask.Request{URL: s.URL})
	}
	if len(addresses) != 1 {
		t.Errorf("%d connections, want 1", len(addresses))
	}
}
