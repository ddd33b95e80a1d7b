package httptask_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
)

func TestValidate(t *testing.T) {
	const good = "https://ci.lab/api"
	tests := []struct {
		name  string
		req   httptask.Request
		place string // "": it is good
		want  string // a part of the problem
		hint  string // a part of it
	}{
		{"good", httptask.Request{URL: good}, "", "", ""},
		{"all of it", httptask.Request{Method: "patch", URL: "HTTP://o:p@[::1]:8080/a?b=c#d", Header: http.Header{"X-A": {"b\tc é\n"}}, Body: []byte("x")}, "", "", ""},
		{"white space around", httptask.Request{URL: " " + good + "\n"}, "", "", ""},
		{"no URL", httptask.Request{}, "url", "there is none", "https://HOST/PATH"},
		{"no scheme", httptask.Request{URL: "ci.lab/api/run/7"}, "url", "does not begin with http:// or https://", "https://ci.lab/api/run/7"},
		{"no scheme, but a port", httptask.Request{URL: "ci.lab:8080/api?token=abcd"}, "url", "does not begin with", "https://ci.lab:8080/api?token=***"},
		{"no scheme, but an address", httptask.Request{URL: "10.0.0.1:8080"}, "url", "does not begin with", "https://10.0.0.1:8080"},
		{"no scheme, but a user", httptask.Request{URL: "ops:hunter22@ci.lab"}, "url", "does not begin with", "https://ops:***@ci.lab"},
		{"a path", httptask.Request{URL: "/api/run"}, "url", "does not begin with", "https://HOST/PATH"},
		{"another scheme", httptask.Request{URL: "ftp://ci.lab/x"}, "url", `"ftp" is neither http nor https`, "https://HOST/PATH"},
		{"no host", httptask.Request{URL: "https:///api"}, "url", "no host", "https://HOST/PATH"},
		{"only a port", httptask.Request{URL: "https://:80/api"}, "url", "no host", "https://HOST/PATH"},
		{"a port that there is not", httptask.Request{URL: "https://ci.lab:99999/"}, "url", "no port 99999", ""},
		{"port 0", httptask.Request{URL: "https://ci.lab:0/"}, "url", "no port 0", ""},
		{"a password that is not escaped", httptask.Request{URL: "https://ops:hunter22#x@ci.lab/"}, "url", "cannot be read as a URL", "%23"},
		{"a space in the host", httptask.Request{URL: "https://ci lab/"}, "url", "cannot be read as a URL", ""},
		{"a control character", httptask.Request{URL: "https://ci.lab/\x00"}, "url", "cannot be read as a URL", ""},
		{"a method that is none", httptask.Request{Method: "GET /x", URL: good}, "method", `"GET /x" is not an HTTP method`, "GET"},
		{"a method in Chinese", httptask.Request{Method: "获取", URL: good}, "method", "is not an HTTP method", "GET"},
		{"CONNECT", httptask.Request{Method: "connect", URL: good}, "method", "CONNECT", "GET"},
		{"a header without a name", httptask.Request{URL: good, Header: http.Header{"": {"x"}}}, "header", `"" is not a header's name`, "Accept"},
		{"a header's name with a space", httptask.Request{URL: good, Header: http.Header{"X A": {"x"}}}, "header", `"X A" is not a header's name`, "Accept"},
		{"a header of two lines", httptask.Request{URL: good, Header: http.Header{"X-A": {"hunter22\r\nX-B: c"}}}, "header", "the value of X-A has a line break", "one line"},
		{"a header with a NUL", httptask.Request{URL: good, Header: http.Header{"X-A": {"good", "hunter22\x00"}}}, "header", "the value of X-A", "one line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.req.Validate()
			if tt.place == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var refused *recipe.Error
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if refused.Place != tt.place || !strings.Contains(refused.Problem, tt.want) || !strings.Contains(refused.Hint, tt.hint) {
				t.Errorf("got %+v\nwant %s, %s, %s", refused, tt.place, tt.want, tt.hint)
			}
			if strings.Contains(refused.Problem+refused.Hint, "hunter22") {
				t.Errorf("a secret is shown: %+v", refused)
			}
			v := judge(t, newClient(t, httptask.Options{}).Check(tt.req, compile(t, reading)))
			if !v.permanent || text(v.err) != err.Error() {
				t.Errorf("a check says %v, permanent %v", v.err, v.permanent)
			}
		})
	}
}

func TestWhatIsSent(t *testing.T) {
	tests := []struct {
		name string
		req  httptask.Request // URL: what follows the server's address
		want string
	}{
		{"by default", httptask.Request{URL: "/a"}, "GET /a|application/json|settle||||"},
		{"the fragment stays here", httptask.Request{URL: "/a?b=%41#c"}, "GET /a?b=%41|application/json|settle||||"},
		{"the caller's headers", httptask.Request{Header: http.Header{"Accept": {"text/x"}, "User-Agent": {"me"}, "Authorization": {"Bearer x\n"}}}, "GET /|text/x|me||Bearer x||"},
		{"a user in the URL", httptask.Request{URL: "@/a"}, "GET /a|application/json|settle||Basic b3BzOmh1bnRlcjIy||"},
		{"a header wins over it", httptask.Request{URL: "@/a", Header: http.Header{"Authorization": {"Bearer x"}}}, "GET /a|application/json|settle||Bearer x||"},
		{"a host", httptask.Request{Header: http.Header{"Host": {"inside.lab"}}}, "GET /|application/json|settle|||inside.lab|"},
		{"JSON", httptask.Request{Body: []byte(`{"a":1}`)}, `POST /|application/json|settle|application/json|||{"a":1}`},
		{"JSON as the caller calls it", httptask.Request{Body: []byte(`{"a":1}`), Header: http.Header{"Content-Type": {"application/x"}}}, `POST /|application/json|settle|application/x|||{"a":1}`},
		{"a form", httptask.Request{Body: []byte(`a=1`)}, `POST /|application/json|settle||||a=1`},
		{"a method", httptask.Request{Method: "put", Body: []byte(`1`)}, `PUT /|application/json|settle|application/json|||1`},
		{"a method of one's own", httptask.Request{Method: "ASK"}, `ASK /|application/json|settle||||`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				host := r.Host
				if strings.HasPrefix(host, "127.0.0.1") {
					host = ""
				}
				h := r.Header
				got = strings.Join([]string{r.Method + " " + r.RequestURI, h.Get("Accept"), h.Get("User-Agent"), h.Get("Content-Type"), h.Get("Authorization"), host, string(body)}, "|")
				_, _ = io.WriteString(w, "{}")
			})
			address := s.URL
			if rest, found := strings.CutPrefix(tt.req.URL, "@"); found {
				address, tt.req.URL = strings.Replace(s.URL, "http://", "http://ops:hunter22@", 1), rest
			}
			tt.req.URL = address + tt.req.URL
			if _, err := newClient(t, httptask.Options{}).Ask(patience(t), tt.req); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	const date = "Sun, 06 Nov 1994 08:49:37 GMT"
	tests := []struct {
		name, header, date string
		want               time.Duration
	}{
		{"none", "", "", 0},
		{"seconds", "120", "", 2 * time.Minute},
		{"white space", " 7 ", "", 7 * time.Second},
		{"zero", "0", "", 0},
		{"negative", "-5", "", 0},
		{"a fraction", "1.5", "", 0},
		{"more than fits", "99999999999999999999", "", 9223372036 * time.Second},
		{"as much as fits", "9223372036", "", 9223372036 * time.Second},
		{"a word", "soon", "", 0},
		{"a date, by the server's clock", "Sun, 06 Nov 1994 08:50:07 GMT", date, 30 * time.Second},
		{"a date in the old form", "Sunday, 06-Nov-94 08:50:07 GMT", date, 30 * time.Second},
		{"a date gone by", "Sun, 06 Nov 1994 08:49:07 GMT", date, 0},
		{"a date gone by, by our clock", date, "", 0},
		{"a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", date, 1<<63 - 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := httptask.RetryAfter(&http.Response{Header: http.Header{"Retry-After": {tt.header}, "Date": {tt.date}}})
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := httptask.RetryAfter(nil); got != 0 {
		t.Errorf("nil: got %v", got)
	}
}
