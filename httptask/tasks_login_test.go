package httptask_test

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const loginFields = "target: {url: {help: address}, user: {}, password: {secret: true}}"

// bearer logs in by POST /login.
const bearer = `auth:
  header: {Authorization: "Bearer {login}"}
  login:
    request: {post: "{url}/login", json: "{user: $user, password: $password}"}
    denied: .error == "wrong password"
    token: .token
    expired: .error == "session expired"`

func ops(url string) target.Target {
	return target.Target{URL: url, Values: map[string]string{"user": "ops"}, Secrets: map[string]string{"password": "hunter22"}}
}

// knows lets through who shows that token.
func knows(token string, then, otherwise http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+token {
			then(w, r)
			return
		}
		otherwise(w, r)
	}
}

func TestTasksLogin(t *testing.T) {
	run, unauthorized := gives(`{"state":"run"}`), says(401, "", "")
	first, second := gives(`{"token":"token-one"}`), gives(`{"token":"token-two"}`)
	tests := []struct {
		name   string
		login  []http.HandlerFunc
		status []http.HandlerFunc
		want   string // the error; "": the check was answered
		ends   bool
		logins int
		asked  int
	}{
		{"when it is first needed", []http.HandlerFunc{first}, []http.HandlerFunc{knows("token-one", run, unauthorized)}, "", false, 1, 1},
		{"once more after a 401", []http.HandlerFunc{first, second}, []http.HandlerFunc{knows("token-two", run, unauthorized)}, "", false, 2, 2},
		{"once more after a 403", []http.HandlerFunc{first, second}, []http.HandlerFunc{knows("token-two", run, says(403, "", ""))}, "", false, 2, 2},
		{"once more after the recipe's word in a 200", []http.HandlerFunc{first, second}, []http.HandlerFunc{knows("token-two", run, gives(`{"error":"session expired"}`))}, "", false, 2, 2},
		{"and then it is denied", []http.HandlerFunc{first}, []http.HandlerFunc{unauthorized}, "not allowed: HTTP 401 Unauthorized, no content type", true, 2, 2},
		{"and then it has expired again", []http.HandlerFunc{first}, []http.HandlerFunc{gives(`{"error":"session expired"}`)}, `not allowed: HTTP 200 OK: {"error":"session expired"}`, true, 2, 2},
		{"a 401 whose body cannot be read", []http.HandlerFunc{first, second}, []http.HandlerFunc{knows("token-two", run, says(401, "", "x", "Content-Encoding", "br"))}, "", false, 2, 2},
		{"wrong password, by 401", []http.HandlerFunc{says(401, "", "")}, nil, "log in: not allowed: HTTP 401 Unauthorized, no content type", true, 1, 0},
		{"wrong password, by the recipe's word in a 200", []http.HandlerFunc{gives(`{"error":"wrong password"}`)}, nil, `log in: not allowed: HTTP 200 OK: {"error":"wrong password"}`, true, 1, 0},
		{"wrong password, by the recipe's word in a 400", []http.HandlerFunc{says(400, "application/json", `{"error":"wrong password"}`)}, nil, `log in: not allowed: HTTP 400 Bad Request: {"error":"wrong password"}`, true, 1, 0},
		{"the login is away", []http.HandlerFunc{says(503, "", "", "Retry-After", "1")}, nil, "log in: HTTP 503 Service Unavailable, no content type", false, 1, 0},
		{"the login is not there", []http.HandlerFunc{says(404, "", "")}, nil, "log in: not found: HTTP 404 Not Found, no content type", false, 1, 0},
		{"the login is refused", []http.HandlerFunc{says(400, "", "")}, nil, "log in: HTTP 400 Bad Request, no content type", true, 1, 0},
		{"no token in the answer", []http.HandlerFunc{gives(`{"tokens":[]}`)}, nil, `log in: the answer has no token where the recipe looks for it: HTTP 200 OK: {"tokens":[]}`, true, 1, 0},
		{"an empty token", []http.HandlerFunc{gives(`{"token":""}`)}, nil, `log in: the answer has no token where the recipe looks for it: HTTP 200 OK: {"token":""}`, true, 1, 0},
		{"no JSON", []http.HandlerFunc{says(200, "text/html", "<b>Welcome</b>")}, nil, "log in: HTTP 200 OK, text/html, not JSON: <b>Welcome</b>", false, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /login": tt.login, "GET /tasks/7": tt.status})
			v := verdictOf(t, openAt(t, acme(loginFields, bearer), ops(p.URL)).Check("7"))
			if text(v.err) != tt.want || v.permanent != tt.ends {
				t.Errorf("got  %v, permanent %v\nwant %s", v.err, v.permanent, tt.want)
			}
			if denied := strings.Contains(tt.want, "not allowed"); errors.Is(v.err, settle.ErrDenied) != denied || errors.Is(v.err, settle.ErrNotFound) {
				t.Errorf("got %#v", v.err)
			}
			if logins, asked := p.count("POST /login"), p.count("GET /tasks/7"); logins != tt.logins || asked != tt.asked {
				t.Errorf("got %d logins and %d questions, want %d and %d", logins, asked, tt.logins, tt.asked)
			}
			if got := p.asked[0]; got.body != `{"password":"hunter22","user":"ops"}` || got.header.Get("Authorization") != "" {
				t.Errorf("login: %+v", got)
			}
		})
	}
}

// A login that fails on the network may pass.
func TestTasksLoginOverABadNetwork(t *testing.T) {
	url := listen(t, func(net.Conn) {})
	v := verdictOf(t, openAt(t, acme(loginFields, bearer), ops(url)).Check("7"))
	if want := "log in: " + strings.TrimPrefix(url, "http://") + ": connection closed before an answer came"; text(v.err) != want || v.permanent {
		t.Errorf("got %v, permanent %v, want %s", v.err, v.permanent, want)
	}
}

// However many checks find that nobody is logged in, or that the login has expired, one logs in.
func TestTasksLogInOnceForAll(t *testing.T) {
	const checks = 20
	var mu sync.Mutex
	now, logins, waiting := "token-1", 0, 0
	release := make(chan struct{})
	p := newPlatform(t, answers{
		"POST /login": {func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			logins++
			now = "token-" + strconv.Itoa(logins)
			gives(`{"token":"`+now+`"}`)(w, r)
		}},
		"GET /tasks/7": {func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			token := now
			if waiting++; waiting == checks {
				close(release)
			}
			mu.Unlock()
			if r.Header.Get("Authorization") == "Bearer token-1" {
				<-release // all of them have the first one, before it expires for all
				says(401, "", "")(w, r)
				return
			}
			knows(token, gives(`{"state":"run"}`), says(401, "", ""))(w, r)
		}},
	})
	tasks := openAt(t, acme(loginFields, bearer), ops(p.URL))
	var group sync.WaitGroup
	for range checks {
		group.Go(func() {
			if _, _, err := tasks.Check("7")(patience(t)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if logins != 2 {
		t.Errorf("%d logins, want one and a fresh one", logins)
	}
}

// A wrong password is shown to the platform once, not once for every task: it would lock the account.
func TestTasksWrongPasswordIsTriedOnce(t *testing.T) {
	p := newPlatform(t, answers{"POST /login": {says(401, "", "")}})
	tasks := openAt(t, acme(loginFields, bearer), ops(p.URL))
	ids := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
	n := 0
	for id, result := range tasks.Fleet().Each(patience(t), slices.Values(ids)) {
		if n++; settle.OutcomeOf(result.Err) != settle.OutcomeDenied || strings.Count(text(result.Err), "log in:") != 1 {
			t.Errorf("%s: got %v", id, result.Err)
		}
	}
	if n != len(ids) || p.count("POST /login") != 1 {
		t.Errorf("%d ends, %d logins, want %d and 1", n, p.count("POST /login"), len(ids))
	}
}

// Who waits for another's login goes when their own time is up.
func TestTasksWaitForAnothersLogin(t *testing.T) {
	at, quit := make(chan bool), make(chan bool)
	p := newPlatform(t, answers{"POST /login": {func(w http.ResponseWriter, r *http.Request) { at <- true; <-quit }}})
	tasks := openAt(t, acme(loginFields, bearer), ops(p.URL))
	first, endFirst := context.WithCancel(patience(t))
	done := make(chan bool)
	go func() {
		_, _, _ = tasks.Check("1")(first)
		close(done)
	}()
	<-at
	why := errors.New("the user went home")
	second, endSecond := context.WithCancelCause(patience(t))
	endSecond(why)
	if _, _, err := tasks.Check("2")(second); !errors.Is(err, why) || text(err) != "log in: the user went home" {
		t.Errorf("got %v", err)
	}
	endFirst()
	<-done
	close(quit)
}

func TestTasksWaysToLogIn(t *testing.T) {
	printed := filepath.Join(t.TempDir(), "token.sh")
	if err := os.WriteFile(printed, []byte("#!/bin/sh\necho \" token-of-$1 \"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	const token = "target: {url: {help: address}, token: {secret: true, optional: true}, team: {optional: true}, user: {optional: true}, password: {secret: true, optional: true}}\n"
	tests := []struct {
		name, auth string
		change     func(*target.Target)
		want       string
	}{
		{"a header", `auth: {header: {Authorization: "Bearer {token}"}}`, nil, "Authorization=Bearer sesame77"},
		{"a part that is not there is left out", `auth: {login: {request: {post: "{url}/login"}, token: .data}, header: {Cookie: "PVE={login.ticket}", X-CSRF: "{login.csrf}", X-Team: "{login.team}"}}`, nil, "Cookie=PVE=ticket-1 X-Csrf=csrf-1"},
		{"a way that lacks a field is not whole", "auth:\n  - header: {X-Token: '{token}', X-Team: '{team}'}\n  - header: {X-Token: '{token}'}", nil, "X-Token=sesame77"},
		{"basic", `auth: {basic: {user: "{user}", password: "{password}"}}`, nil, "Authorization=Basic b3BzOmh1bnRlcjIy"},
		{"a query, behind what is there", `auth: {query: {key: "{token}"}}`, nil, "/tasks/7?b=%3B%20&a=1&key=sesame77"},
		{"a query, in place of what is there", `auth: {query: {a: "{token}"}}`, nil, "/tasks/7?b=%3B%20&a=sesame77"},
		{"a command", "auth: {exec: [" + printed + ", '{user}'], header: {Authorization: 'Bearer {login}'}}", nil, "Authorization=Bearer token-of-ops"},
		{"a cookie is sent by itself", `auth: {login: {request: {post: "{url}/login"}, cookie: SID}}`, nil, "Cookie=SID=cookie-99"},
		{"a cookie beside another", `auth: {login: {request: {post: "{url}/login"}, cookie: SID}, header: {Cookie: "lang=en", X-CSRF: "{login}"}}`, nil, "Cookie=lang=en; SID=cookie-99 X-Csrf=cookie-99"},
		{"a cookie in a header of its own", `auth: {login: {request: {post: "{url}/login"}, cookie: SID}, header: {Cookie: "lang=en; SID={login}"}}`, nil, "Cookie=lang=en; SID=cookie-99"},
		{"a token of parts", `auth: {login: {request: {post: "{url}/login"}, token: "{ticket: .data.ticket, csrf: .data.csrf}"}, header: {Cookie: "PVE={login.ticket}", X-CSRF: "{login.csrf}"}}`, nil, "Cookie=PVE=ticket-1 X-Csrf=csrf-1"},
		{"the first way that is whole", "auth:\n  - header: {Authorization: 'Bearer {token}'}\n  - basic: {user: '{user}', password: '{password}'}", func(t *target.Target) { delete(t.Secrets, "token") }, "Authorization=Basic b3BzOmh1bnRlcjIy"},
		{"none is whole, and nothing is sent", "auth:\n  - header: {Authorization: 'Bearer {token}'}\n  - none: true", func(t *target.Target) { delete(t.Secrets, "token") }, ""},
		{"the target's headers go along", `auth: {header: {Authorization: "Bearer {token}"}}`, func(t *target.Target) { t.Headers = map[string]string{"X-Mine": "yes", "Authorization": "no"} }, "Authorization=Bearer sesame77 X-Mine=yes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			p := newPlatform(t, answers{
				"POST /login": {says(200, "application/json", `{"data":{"ticket":"ticket-1","csrf":"csrf-1"}}`, "Set-Cookie", "other=1", "Set-Cookie", "SID=cookie-99; Path=/; HttpOnly")},
				"GET /tasks/7": {func(w http.ResponseWriter, r *http.Request) {
					var said []string
					for _, name := range []string{"Authorization", "Cookie", "X-Token", "X-Team", "X-Csrf", "X-Mine"} {
						if v := r.Header.Values(name); len(v) > 0 {
							said = append(said, name+"="+strings.Join(v, "|"))
						}
					}
					if got = strings.Join(said, " "); strings.HasPrefix(tt.want, "/") {
						got = r.RequestURI
					}
					gives(`{"state":"run"}`)(w, r)
				}},
			})
			at := target.Target{URL: p.URL, Values: map[string]string{"user": "ops"}, Secrets: map[string]string{"token": "sesame77", "password": "hunter22"}}
			status := acmeStatus()
			if strings.HasPrefix(tt.want, "/") {
				status = acmeStatus(`request: {get: "{url}/tasks/{id}?b=%3B%20&a=1"}`)
			}
			// Each field is used, whatever the way.
			used := "detect: {request: {get: \"{url}/v\", header: {A: '{token}', B: '{team}', C: '{user}', D: '{password}'}}, when: 'true'}"
			if tt.change != nil {
				tt.change(&at)
			}
			if v := verdictOf(t, openAt(t, acme(token, tt.auth, status, used), at).Check("7")); v.err != nil || got != tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, v.err, tt.want)
			}
		})
	}
}

// The signature as EasyOps documents it for its gateway, made anew for every request.
func TestTasksSignature(t *testing.T) {
	const key, secret = "access-key-1", "secret-key-22"
	var seen []string
	verify := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q := r.URL.Query()
		expires, err := strconv.ParseInt(q.Get("expires"), 10, 64)
		if left := time.Until(time.Unix(expires, 0)); err != nil || left < 0 || left > 61*time.Second {
			t.Errorf("expires %s: %v left, %v", q.Get("expires"), left, err)
		}
		var names []string
		for name := range q {
			if name != "accesskey" && name != "expires" && name != "signature" {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		params := ""
		for _, name := range names {
			params += name + q.Get(name)
		}
		sum := ""
		if len(body) > 0 {
			sum = fmt.Sprintf("%x", md5.Sum(body))
		}
		mac := hmac.New(sha1.New, []byte(secret))
		_, _ = io.WriteString(mac, strings.Join([]string{r.Method, r.URL.Path, params, r.Header.Get("Content-Type"), sum, q.Get("expires"), key}, "\n"))
		if want := hex.EncodeToString(mac.Sum(nil)); q.Get("signature") != want || q.Get("accesskey") != key {
			t.Errorf("%s %s: signature %s, want %s", r.Method, r.RequestURI, q.Get("signature"), want)
		}
		seen = append(seen, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodPost {
			gives(`{"code":0,"data":{"execId":"9"}}`)(w, r)
			return
		}
		gives(`{"code":0,"data":{"totalStatus":"run"}}`)(w, r)
	}
	p := newPlatform(t, answers{"GET /tool/tools/execution/7": {verify}, "PUT /tool/tools/terminate/7": {verify}})
	easyops, err := recipe.Find("easyops/tool")
	if err != nil {
		t.Fatal(err)
	}
	at := target.Target{URL: p.URL + "/tool", Values: map[string]string{"access_key": key}, Secrets: map[string]string{"secret_key": secret}, Policy: "every=1ms max=1ms timeout=1m"}
	for _, f := range easyops.Fields {
		if f.Default != "" {
			at.Values[f.Name] = f.Default
		}
	}
	tasks := openRecipe(t, easyops, at)
	check := tasks.Check("7")
	for range 2 {
		if _, _, err := check(patience(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tasks.Cancel(patience(t), "7"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"GET /tool/tools/execution/7", "GET /tool/tools/execution/7", "PUT /tool/tools/terminate/7"}, seen); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// A body is signed too.
func TestTasksSignatureOfABody(t *testing.T) {
	auth := `auth:
  sign: {hmac: sha256, key: "{password}", ttl: 60s, text: '[$request.method, $request.path, $request.content_type, $request.body_md5, $request.body_sha256] | join(" ")'}
  header: {X-Signature: "{signature}", X-User: "{user}"}`
	var got string
	p := newPlatform(t, answers{"POST /tasks": {func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("X-Signature")
		gives(`{"state":"run"}`)(w, r)
	}}})
	tasks := openAt(t, acme(loginFields, auth, acmeStatus(`request: {post: "{url}/tasks", json: "{id: $id}"}`)), ops(p.URL))
	if v := verdictOf(t, tasks.Check("7")); v.err != nil {
		t.Fatal(v.err)
	}
	const body = `{"id":"7"}`
	mac := hmac.New(sha256.New, []byte("hunter22"))
	fmt.Fprintf(mac, "POST /tasks application/json %x %x", md5.Sum([]byte(body)), sha256.Sum256([]byte(body)))
	want := hex.EncodeToString(mac.Sum(nil))
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// At Close the platform is told, with the login and with what was read for it.
func TestTasksLogout(t *testing.T) {
	auth := `auth:
  header: {Authorization: "Bearer {login}"}
  login:
    read: {realm: {request: {get: "{url}/realm"}, value: .name}}
    request: {post: "{url}/login", json: "{user: $user, password: $password, realm: $read.realm}"}
    token: .token
    logout: {delete: "{url}/sessions/{read.realm}"}`
	p := newPlatform(t, answers{
		"GET /realm": {gives(`{"name":"west"}`)}, "POST /login": {gives(`{"token":"token-one"}`)}, "GET /tasks/7": {gives(`{"state":"run"}`)},
		"DELETE /sessions/west": {says(500, "", "")},
	})
	tasks := openAt(t, acme(loginFields, auth), ops(p.URL))
	tasks.Close() // nobody is logged in
	if v := verdictOf(t, tasks.Check("7")); v.err != nil {
		t.Fatal(v.err)
	}
	tasks.Close()
	tasks.Close()
	if diff := cmp.Diff([]string{"GET /realm", "POST /login", "GET /tasks/7", "DELETE /sessions/west"}, p.lines()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if got := p.last().header.Get("Authorization"); got != "Bearer token-one" {
		t.Errorf("the logout shows %q", got)
	}
	if v := verdictOf(t, tasks.Check("7")); v.err != nil || p.count("POST /login") != 2 {
		t.Errorf("used on: %v, %d logins", v.err, p.count("POST /login"))
	}
}
