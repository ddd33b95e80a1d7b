package httptask_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// reading is how most tests read answers.
var reading = recipe.Reading{
	State: ".state", Progress: ".progress", Reason: ".reason",
	Pending: []string{"run"}, Succeeded: []string{"done"}, Failed: []string{"bad"},
}

func compile(t testing.TB, r recipe.Reading) *recipe.Reader {
	t.Helper()
	reader, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func newClient(t testing.TB, o httptask.Options) *httptask.Client {
	c := httptask.New(o)
	t.Cleanup(c.Close)
	return c
}

func secrets(values ...string) *target.Secrets {
	var s target.Secrets
	for _, v := range values {
		s.Add(v)
	}
	return &s
}

// patience only ends what would hang.
func patience(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// net/http logs what a server says unasked.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// serve starts a server; trusting c, if it is to speak TLS.
func serve(t testing.TB, c *httptask.Client, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	if c != nil {
		s.EnableHTTP2 = true
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // some clients here do not trust it
		s.StartTLS()
		c.Transport().TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// says is a handler that gives one answer.
func says(code int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// listen starts a server of bytes. Each connection is answered by talk, after one read, and closed.
func listen(t testing.TB, talk func(net.Conn)) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 64<<10))
				talk(conn)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// A verdict is what a wait makes of one check.
type verdict struct {
	err       error
	status    settle.Status
	permanent bool
	wish      time.Duration
}

// judge makes one check, and asks a wait that would go on what it thinks of it.
func judge(t testing.TB, check settle.Check[*recipe.Answer]) verdict {
	t.Helper()
	p := settle.Policy{Every: 1, Checks: 2, Errors: 5, Missing: time.Hour}
	for seen, end := range settle.Watch(patience(t), p, check) {
		v := verdict{err: seen.Err, status: seen.Status, wish: seen.Next}
		if seen.Next == 1 {
			v.wish = 0
		}
		v.permanent = end != nil && seen.Err != nil
		return v
	}
	panic("no check")
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
