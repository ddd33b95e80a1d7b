package httptask_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
)

// told is what a server was told that not everybody may know.
func told(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	var said []string
	for _, name := range []string{"Authorization", "Cookie", "X-Mine", "Content-Type", "Referer"} {
		if v := r.Header.Get(name); v != "" {
			said = append(said, name+"="+v)
		}
	}
	if r.Host == "inside.lab" {
		said = append(said, "Host")
	}
	return strings.TrimSpace(strings.Join(said, " ") + " " + string(body))
}

func TestRedirects(t *testing.T) {
	const (
		all  = "Authorization=Basic b3BzOmh1bnRlcjIy Cookie=a=b X-Mine=yes"
		none = ""
	)
	tests := []struct {
		name string
		code int
		to   string // HERE and OTHER stand for the servers
		want string // what the last server was told
		host bool   // with a Host of the caller's own
	}{
		{"to another path", 302, "/end", all, false},
		{"to another path, by its whole address", 307, "HERE/end", all, false},
		{"relative", 301, "end", all, false},
		{"permanent", 308, "/end", all, false},
		{"see other", 303, "/end", all, false},
		{"with a name of its own", 302, "/end", all + " Host", true},
		{"with a fragment and a user, which are ours to choose", 302, "http://evil:pw@HOST/end#x", all, false},
		{"to another port", 302, "OTHER/end", none, false},
		{"to another port, with a user", 302, "http://evil:pw@OTHERHOST/end", none, false},
		{"to another port, and the name stays", 302, "OTHER/end", none, true},
		{"to another port and back", 302, "OTHER/back", none, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			var here, other string
			handle := func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/start":
					to := strings.NewReplacer("OTHERHOST", strings.TrimPrefix(other, "http://"), "OTHER", other, "HERE", here, "HOST", strings.TrimPrefix(here, "http://")).Replace(tt.to)
					w.Header().Set("Location", to)
					w.WriteHeader(tt.code)
				case "/back":
					http.Redirect(w, r, here+"/end", http.StatusFound)
				case "/end":
					got = told(r)
					_, _ = io.WriteString(w, `{"end":true}`)
				}
			}
			here, other = serve(t, nil, handle).URL, serve(t, nil, handle).URL
			req := httptask.Request{
				URL:    strings.Replace(here, "http://", "http://ops:hunter22@", 1) + "/start",
				Header: http.Header{"Cookie": {"a=b"}, "X-Mine": {"yes"}},
			}
			if tt.host {
				req.Header.Set("Host", "inside.lab")
			}
			if _, err := newClient(t, httptask.Options{}).Ask(patience(t), req); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBodyOfRedirectedGET(t *testing.T) {
	var got []string
	var other string
	here := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, told(r))
		to := map[string]string{"/1": "/2", "/2": other + "/3"}[r.URL.Path]
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}).URL
	other = serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, told(r))
		_, _ = io.WriteString(w, `{}`)
	}).URL
	_, err := newClient(t, httptask.Options{}).Ask(patience(t), httptask.Request{Method: "GET", URL: here + "/1", Body: []byte(`{"q":1}`)})
	want := []string{`Content-Type=application/json {"q":1}`, `Content-Type=application/json {"q":1}`, ""}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, told (-want +got):\n%s", err, diff)
	}
}

func TestRedirectsNotFollowed(t *testing.T) {
	const permanent = true
	tests := []struct {
		name, method, location, want string // HERE is the server
		ends                         bool
	}{
		{"a POST's", "POST", "/login?next=1&token=abcd", "HTTP 302 redirects a POST to /login?next=1&token=***: not followed, only GET and HEAD are", false},
		{"a PUT's", "PUT", "", "HTTP 302 redirects a PUT to : not followed, only GET and HEAD are", false},
		{"without end", "GET", "HERE/again", "more than 10 redirects, the last to HERE/again", false},
		{"from https to http", "GET", "http://h:1/?token=abcd", "HTTP 302 redirects from https to http, to http://h:1/?token=***: not followed, anybody could read along", permanent},
		{"to nowhere", "GET", "", "HTTP 302 redirects to nowhere: Location ", false},
		{"to no URL", "GET", "http://[::1/", "HTTP 302 redirects to nowhere: Location http://[::1/", false},
		{"to no host", "GET", "https:///x", "HTTP 302 redirects to nowhere: Location https:///x", false},
		{"to another scheme", "GET", "ftp://h/x", "HTTP 302 redirects to ftp://h/x: neither http nor https", false},
		{"to a file", "GET", "file:///etc/passwd", "HTTP 302 redirects to nowhere: Location file:///etc/passwd", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, httptask.Options{})
			var here string
			here = serve(t, c, func(w http.ResponseWriter, r *http.Request) {
				says(302, "", "", "Location", strings.ReplaceAll(tt.location, "HERE", here))(w, r)
			}).URL
			v := judge(t, c.Check(httptask.Request{Method: tt.method, URL: here}, compile(t, reading)))
			if got := strings.ReplaceAll(text(v.err), here, "HERE"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if v.permanent != tt.ends {
				t.Errorf("permanent: got %v, want %v", v.permanent, tt.ends)
			}
		})
	}
}

// Who is redirected to another origin and denied there has to know that no credentials went along.
func TestDeniedAfterARedirect(t *testing.T) {
	there := serve(t, nil, says(401, "text/plain", "who are you")).URL
	for _, tt := range []struct{ name, to, want, url string }{
		{"to another origin", there + "/end?token=abcd", "not allowed after a redirect to HOST, which gets no credentials: HTTP 401 Unauthorized, text/plain: who are you", there + "/end?token=***"},
		{"within the origin", "/end", "not allowed: HTTP 401 Unauthorized, text/plain: not you", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			here := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/end" {
					says(401, "text/plain", "not you")(w, r)
					return
				}
				w.Header().Set("Location", tt.to)
				w.WriteHeader(http.StatusFound)
			}).URL
			v := judge(t, newClient(t, httptask.Options{}).Check(httptask.Request{URL: here}, compile(t, reading)))
			if got, want := text(v.err), strings.ReplaceAll(tt.want, "HOST", strings.TrimPrefix(there, "http://")); got != want || !v.permanent || !errors.Is(v.err, settle.ErrDenied) {
				t.Errorf("got  %s, permanent %v\nwant %s", got, v.permanent, want)
			}
			var redirected *httptask.RedirectedError
			if errors.As(v.err, &redirected) != (tt.url != "") || redirected != nil && redirected.URL != tt.url {
				t.Errorf("redirected: got %+v, want %s", redirected, tt.url)
			}
		})
	}
}

func TestTenRedirectsAreFollowed(t *testing.T) {
	n := 0
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if n++; n <= 10 {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, `{}`)
	})
	if _, err := newClient(t, httptask.Options{}).Ask(patience(t), httptask.Request{URL: s.URL}); err != nil || n != 11 {
		t.Errorf("%d requests, %v", n, err)
	}
}
