package httptask_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

const patient = "every=1ms max=1ms errors=3 timeout=1m"

// A start whose connection breaks after it may have been sent is lost, and has reached the server once.
func TestSubmitLost(t *testing.T) {
	faults := []struct {
		name  string
		fault http.HandlerFunc
	}{
		{"half of the body is read, then a reset", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 1<<19)
			resets(w, r)
		}},
		{"a reset", readBody(resets)},
		{"closed without an answer", readBody(hangsUp)},
		{"half a head", readBody(raw("HTTP/1.1 200 OK\r\nConte"))},
		{"half an answer", readBody(raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"task\":\"t-1\""))},
		{"an answer that breaks off, of 400", readBody(raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{\"task\":\"t-1\""))},
		{"no HTTP", readBody(raw("SSH-2.0-OpenSSH_9.6\r\n"))},
	}
	for _, method := range []string{"post", "get", "put", "delete"} {
		for _, tt := range faults {
			t.Run(method+", "+tt.name, func(t *testing.T) {
				var starts atomic.Int32
				s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/snaps" {
						starts.Add(1)
						tt.fault(w, r)
						return
					}
					gives(`{"state":"run"}`)(w, r)
				})
				body := `"{name: $name}"`
				if method == "get" {
					body = `"{name: $name[:1]}"`
				}
				action := acmeAction("request: {" + method + `: "{url}/snaps", json: ` + body + "}")
				if method == "get" {
					action = acmeAction(`request: {get: "{url}/snaps", query: {n: "{name}"}}`)
				}
				tasks := openAt(t, acme(action), target.Target{URL: s.URL, Policy: patient})
				if v := verdictOf(t, tasks.Check("7")); v.err != nil { // there is a connection that lies idle
					t.Fatal(v.err)
				}
				name := strings.Repeat("x", 4<<20)
				if method == "get" {
					name = "x"
				}
				_, err := tasks.Submit(patience(t), "vm.snap", map[string]any{"name": name})
				if kindOf(err) != "lost" || settle.OutcomeOf(err) != settle.OutcomeUnknown || starts.Load() != 1 {
					t.Errorf("got %s: %v, sent %d times", kindOf(err), err, starts.Load())
				}
			})
		}
	}
}

func readBody(then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		then(w, r)
	}
}

// The time of one try, and the caller's patience, may be over when the start is under way.
func TestSubmitLostInTime(t *testing.T) {
	tests := []struct {
		name, policy string
		cancel       bool
	}{
		{"the attempt", "every=1ms max=1ms attempt=100ms errors=-1 timeout=1m", false},
		{"the wait's limit", "every=1ms max=1ms timeout=500ms", false},
		{"the caller", patient, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(patience(t))
			defer cancel()
			var starts atomic.Int32
			s := serve(t, nil, readBody(func(_ http.ResponseWriter, r *http.Request) {
				starts.Add(1)
				if tt.cancel {
					cancel()
				}
				<-r.Context().Done()
			}))
			_, err := openAt(t, acme(acmeAction()), target.Target{URL: s.URL, Policy: tt.policy}).Submit(ctx, "vm.snap", map[string]any{"name": "s"})
			if kindOf(err) != "lost" || settle.OutcomeOf(err) != settle.OutcomeUnknown || starts.Load() > 1 {
				t.Errorf("got %s, %s: %v, sent %d times", kindOf(err), settle.OutcomeOf(err), err, starts.Load())
			}
		})
	}
}

// What surely never left is not lost, and tried again.
func TestSubmitNeverLeft(t *testing.T) {
	t.Run("connection refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		tasks := openAt(t, acme(acmeAction()), target.Target{URL: "http://" + l.Addr().String(), Policy: patient})
		_, err = tasks.Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if kindOf(err) != "stopped" || !strings.Contains(text(err), "connection refused") || tasks.Requests() != 4 {
			t.Errorf("got %s: %v after %d requests", kindOf(err), err, tasks.Requests())
		}
	})
	t.Run("no such host", func(t *testing.T) {
		_, err := openAt(t, acme(acmeAction()), target.Target{URL: "http://acme.invalid", Proxy: "none", Policy: patient}).Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if kindOf(err) != "stopped" || settle.OutcomeOf(err) != settle.OutcomeUnknown {
			t.Errorf("got %s: %v", kindOf(err), err)
		}
	})
	t.Run("a certificate that does not verify", func(t *testing.T) {
		var starts atomic.Int32
		s := serveTLS(t, nil, func(http.ResponseWriter, *http.Request) { starts.Add(1) })
		tasks := openAt(t, acme(acmeAction()), target.Target{URL: s.URL, Policy: patient})
		_, err := tasks.Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if kindOf(err) != "stopped" || !strings.Contains(text(err), "(sha256:") || starts.Load() != 0 || tasks.Requests() != 1 {
			t.Errorf("got %s: %v after %d requests", kindOf(err), err, tasks.Requests())
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := openAt(t, acme(acmeAction()), target.Target{URL: "http://acme.invalid"}).Submit(ctx, "vm.snap", map[string]any{"name": "s"})
		if kindOf(err) != "stopped" || settle.OutcomeOf(err) != settle.OutcomeInterrupted {
			t.Errorf("got %v", err)
		}
	})
	t.Run("resets in the TLS handshake, until it succeeds", func(t *testing.T) {
		var starts atomic.Int32
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			starts.Add(1)
			gives(`{"task":"t-1"}`)(w, r)
		}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.Listener = &resetting{Listener: s.Listener}
		s.StartTLS()
		defer s.Close()
		tasks := openAt(t, acme(acmeAction()), target.Target{URL: s.URL, TLS: target.TLS{Insecure: true}, Policy: patient})
		id, err := tasks.Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
		if id != "t-1" || err != nil || starts.Load() != 1 || tasks.Requests() != 3 {
			t.Errorf("got %q, %v, started %d times by %d requests", id, err, starts.Load(), tasks.Requests())
		}
	})
}

// A resetting listener resets its first two connections as soon as something comes.
type resetting struct {
	net.Listener
	n atomic.Int32
}

func (l *resetting) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || l.n.Add(1) > 2 {
			return conn, err
		}
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
}

// With a header that makes the platform see the second start as the first, it is sent again.
func TestSubmitIdempotent(t *testing.T) {
	action := acmeAction("idempotency: Request-Id", "busy: .busy == true")
	good := gives(`{"task":"t-1"}`)
	tests := []struct {
		name   string
		starts []http.HandlerFunc
		kind   string
		sent   int
	}{
		{"at once", []http.HandlerFunc{good}, "started", 1},
		{"lost twice", []http.HandlerFunc{hangsUp, resets, good}, "started", 3},
		{"unavailable twice", []http.HandlerFunc{says(503, "", ""), says(504, "", ""), good}, "started", 3},
		{"lost for good", []http.HandlerFunc{hangsUp}, "lost", 4},
		{"lost, then it is there already", []http.HandlerFunc{hangsUp, says(409, "", "")}, "lost", 2},
		{"lost, then denied", []http.HandlerFunc{hangsUp, says(403, "", "")}, "lost", 2},
		{"lost, then busy", []http.HandlerFunc{hangsUp, gives(`{"busy":true}`), good}, "started", 3},
		{"busy, refused as a start of its own", []http.HandlerFunc{gives(`{"busy":true}`), good}, "started", 2},
		{"refused", []http.HandlerFunc{says(400, "", "")}, "refused", 1},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t, answers{"POST /snaps": tt.starts})
			_, err := openAt(t, acme(action), target.Target{URL: p.URL, Policy: patient}).Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
			if kindOf(err) != tt.kind || p.count("POST /snaps") != tt.sent {
				t.Errorf("got %s: %v, sent %d times", kindOf(err), err, p.count("POST /snaps"))
			}
			id := p.asked[0].header.Get("Request-Id")
			for n, r := range p.asked {
				if again := r.header.Get("Request-Id"); (again == id) == (strings.HasPrefix(tt.name, "busy") && n > 0) {
					t.Errorf("first %q, then %q", id, again)
				}
			}
			if len(id) != 36 || seen[id] {
				t.Errorf("got the id %q", id)
			}
			seen[id] = true
		})
	}
}

// HTTP/2 keeps to it too.
func TestSubmitByHTTP2(t *testing.T) {
	for _, tt := range []struct {
		name, kind string
		answer     http.HandlerFunc
	}{{"answered", "started", gives(`{"task":"t-1"}`)}, {"the stream is reset", "lost", hangsUp}} {
		t.Run(tt.name, func(t *testing.T) {
			var starts atomic.Int32
			proto := ""
			s := serveTLS(t, &tls.Config{}, func(w http.ResponseWriter, r *http.Request) {
				starts.Add(1)
				proto = r.Proto
				tt.answer(w, r)
			})
			tasks := openAt(t, acme(acmeAction()), target.Target{URL: s.URL, TLS: target.TLS{Insecure: true}, Policy: patient})
			_, err := tasks.Submit(patience(t), "vm.snap", map[string]any{"name": "s"})
			if kindOf(err) != tt.kind || starts.Load() != 1 || proto != "HTTP/2.0" {
				t.Errorf("got %s: %v, sent %d times by %s", kindOf(err), err, starts.Load(), proto)
			}
		})
	}
}
