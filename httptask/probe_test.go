package httptask_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const farm = `
name: acme/farm
title: Jobs of a farm
docs: here
proof: {mock: none}
target: {url: {}, user: {}, password: {secret: true}}
auth:
  header: {Authorization: "Bearer {login}"}
  login:
    request: {post: "{url}/login", json: '{user: $user, password: $password}'}
    error: .message
    token: .token
detect:
  request: {get: "{url}/version"}
  when: .farm != null
  version: .farm
status:
  request: {get: "{url}/jobs/{id}"}
  error: .message
  state: .phase
  progress: .percent / 100
  pending: [run, queued]
  succeeded: done
  failed: bad
  then: .instead
result: {request: {get: "{url}/jobs/{id}/result"}, value: .files}
link: "{url}/ui/{id}"
`

// farmRecipe is the farm's recipe, without its block of that name where one is given.
func farmRecipe(t testing.TB, without string) *recipe.Recipe {
	t.Helper()
	text := farm
	if before, rest, found := strings.Cut(text, "\n"+without+":"); without != "" && found {
		_, after, _ := strings.Cut(rest, "\nstatus:")
		text = before + "\nstatus:" + after
	}
	r, err := recipe.Parse("farm.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A farmer answers as the recipe says; requests are counted.
type farmer struct {
	asked atomic.Int64
	date  time.Time // of its answers; zero: now
	other bool      // it is some other platform
}

func (f *farmer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.asked.Add(1)
	if !f.date.IsZero() {
		w.Header().Set("Date", f.date.UTC().Format(http.TimeFormat))
	}
	say := func(code int, text string) { w.WriteHeader(code); _, _ = io.WriteString(w, text) }
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.URL.Path == "/login" && strings.Contains(string(body), `"hunter22"`):
		say(200, `{"token": "t0ken-1234"}`)
	case r.URL.Path == "/login":
		say(401, `{"message": "no such user or password"}`)
	case r.Header.Get("Authorization") != "Bearer t0ken-1234":
		say(403, `{"message": "who are you"}`)
	case r.URL.Path == "/version" && !f.other:
		say(200, `{"farm": "3.1"}`)
	case r.URL.Path == "/jobs/7":
		say(200, `{"phase": "done", "percent": 100, "note": "t0ken-1234"}`)
	case r.URL.Path == "/jobs/6":
		say(200, `{"phase": "queued", "instead": "7"}`)
	case r.URL.Path == "/jobs/7/result":
		say(200, `{"files": ["a"]}`)
	default:
		say(404, `{"message": "nothing here"}`)
	}
}

func farmAt(url, password string) target.Target {
	return target.Target{URL: url, Values: map[string]string{"user": "ops"}, Secrets: map[string]string{"password": password}}
}

func openFarm(t testing.TB, r *recipe.Recipe, at target.Target) *httptask.Tasks {
	t.Helper()
	tasks, err := httptask.Open(r, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tasks.Close)
	return tasks
}

func TestProbe(t *testing.T) {
	tests := []struct {
		name     string
		farmer   farmer
		password string
		without  string
		want     string
		denied   bool
	}{
		{"all is well", farmer{}, "hunter22", "", "logged in, answered, speaks 3.1", false},
		{"a wrong password", farmer{}, "hunter23", "", "log in: not allowed: HTTP 401 Unauthorized: no such user or password", true},
		{"another platform", farmer{other: true}, "hunter22", "", "logged in, answered, it does not answer as acme/farm does: not found: HTTP 404 Not Found: nothing here", false},
		{"no way to see it", farmer{}, "hunter22", "detect", "logged in, speaks ", false},
	}
	for i := range tests {
		tt := &tests[i]
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(&tt.farmer)
			defer s.Close()
			p := openFarm(t, farmRecipe(t, tt.without), farmAt(s.URL, tt.password)).Probe(patience(t))
			var said []string
			for _, part := range []struct {
				there bool
				text  string
			}{{p.LoggedIn, "logged in"}, {p.Answered, "answered"}, {p.Speaks, "speaks " + p.Version}, {p.Err != nil, text(p.Err)}} {
				if part.there {
					said = append(said, part.text)
				}
			}
			if got := strings.Join(said, ", "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if errors.Is(p.Err, settle.ErrDenied) != tt.denied || errors.Is(p.Err, settle.ErrNotFound) {
				t.Errorf("error %v: is it denied? want %v; never not found", p.Err, tt.denied)
			}
			if p.Took <= 0 || p.Certificates != nil {
				t.Errorf("reached: %+v", p.Reached)
			}
		})
	}
}

func TestProbeClock(t *testing.T) {
	s := httptest.NewServer(&farmer{date: time.Now().Add(-time.Hour)})
	defer s.Close()
	p := openFarm(t, farmRecipe(t, ""), farmAt(s.URL, "hunter22")).Probe(patience(t))
	if p.Clock > -59*time.Minute || p.Clock < -62*time.Minute || p.Date.IsZero() {
		t.Errorf("clock %v, date %v; want an hour behind", p.Clock, p.Date)
	}
}

func TestProbeUnreached(t *testing.T) {
	s := httptest.NewServer(&farmer{})
	s.Close()
	p := openFarm(t, farmRecipe(t, ""), farmAt(s.URL, "hunter22")).Probe(patience(t))
	if got, want := text(p.Err), strings.TrimPrefix(s.URL, "http://")+": connection refused"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Nothing is sent to a server whose certificate is not trusted.
func TestReach(t *testing.T) {
	f := &farmer{}
	s := httptest.NewUnstartedServer(f)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	right, wrong := target.Fingerprint(s.Certificate()), target.Fingerprint(&x509.Certificate{Raw: []byte("another")})
	for _, row := range []struct {
		name string
		tls  target.TLS
		want string
	}{
		{"the system", target.TLS{}, "nobody known has signed it"},
		{"pinned", target.TLS{Fingerprint: right}, ""},
		{"another pinned", target.TLS{Fingerprint: wrong}, fmt.Sprintf("the server's certificate is not the pinned one: its fingerprint is %s, pinned is %s", right, wrong)},
		{"insecure", target.TLS{Insecure: true}, ""},
	} {
		at := farmAt(s.URL, "hunter22")
		at.TLS = row.tls
		before := f.asked.Load()
		reached, err := httptask.Reach(patience(t), at)
		if err != nil || text(reached.Untrusted) != row.want || target.Fingerprint(reached.Certificates[0]) != right || reached.Took <= 0 {
			t.Errorf("%s: %+v, %v", row.name, reached, err)
		}
		if f.asked.Load() != before {
			t.Errorf("%s: something was sent", row.name)
		}
		p := openFarm(t, farmRecipe(t, ""), at).Probe(patience(t))
		if (p.Err == nil) != (row.want == "") || p.LoggedIn != (row.want == "") || row.want != "" && f.asked.Load() != before {
			t.Errorf("%s: probe %+v", row.name, p)
		}
	}
}
