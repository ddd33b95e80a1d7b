package httptask_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/settle-go/settle/httptask"
)

// On a wire that fails as it is told.
func TestNetworkErrors(t *testing.T) {
	at := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		name string
		err  error
		want string
		ends bool
	}{
		{"nobody listens", at(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "ci.lab: connection refused", false},
		{"reset", at(os.NewSyscallError("read", syscall.ECONNRESET)), "ci.lab: connection reset", false},
		{"broken pipe", at(os.NewSyscallError("write", syscall.EPIPE)), "ci.lab: connection reset", false},
		{"no route", at(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "ci.lab: no route to host", false},
		{"no network", at(os.NewSyscallError("connect", syscall.ENETUNREACH)), "ci.lab: network unreachable", false},
		{"closed", at(io.EOF), "ci.lab: connection closed before an answer came", false},
		{"no such host", at(&net.DNSError{Err: "no such host", Name: "ci.lab", IsNotFound: true}), "ci.lab: no such host", true},
		{"no such proxy", at(&net.DNSError{Err: "no such host", Name: "proxy.lab", IsNotFound: true}), "ci.lab: no such host proxy.lab", true},
		{"the name server does not answer", at(&net.DNSError{Err: "server misbehaving", Name: "ci.lab", IsTemporary: true}), "ci.lab: cannot look up ci.lab", false},
		{"timed out", at(os.ErrDeadlineExceeded), "ci.lab: timed out after 0s", false},
		{"anything else, masked", errors.New("proxy says\x1b no to hunter22"), `ci.lab: proxy says\x1b no to ***`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, httptask.Options{Secrets: secrets("hunter22")})
			c.Transport().DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, tt.err }
			v := judge(t, c.Check(httptask.Request{URL: "http://ops:hunter22@ci.lab/run/7?token=hunter22"}, compile(t, reading)))
			got := text(v.err)
			if i := strings.Index(got, "after "); i >= 0 {
				got = got[:i] + "after 0s"
			}
			if got != tt.want || v.permanent != tt.ends {
				t.Errorf("got  %s, permanent %v\nwant %s, permanent %v", got, v.permanent, tt.want, tt.ends)
			}
			if !errors.Is(v.err, tt.err) {
				t.Errorf("the error does not wrap %v", tt.err)
			}
		})
	}
}

func TestConnectionRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = newClient(t, httptask.Options{}).Ask(patience(t), httptask.Request{URL: "http://" + l.Addr().String()})
	if want := l.Addr().String() + ": connection refused"; text(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestHang(t *testing.T) {
	tests := []struct {
		name string
		head string // what comes before the server falls silent
	}{
		{"before the answer", ""},
		{"in the head", "HTTP/1.1 200 OK\r\nContent-"},
		{"in the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"},
		{"in the body of a 404", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n{"},
		{"in a redirect", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9\r\n\r\n{"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			silent, quit := make(chan bool), make(chan bool)
			defer close(quit)
			url := listen(t, func(conn net.Conn) {
				_, _ = io.WriteString(conn, tt.head)
				silent <- true
				<-quit
			})
			why := errors.New("the user went home")
			ctx, cancel := context.WithCancelCause(patience(t))
			go func() {
				<-silent
				cancel(why)
			}()
			_, err := newClient(t, httptask.Options{}).Ask(ctx, httptask.Request{URL: url})
			if !errors.Is(err, why) || !strings.HasSuffix(text(err), ": canceled") {
				t.Errorf("got %v, want one that wraps the context's cause", err)
			}
		})
	}
	t.Run("until the deadline", func(t *testing.T) {
		quit := make(chan bool)
		defer close(quit)
		url := listen(t, func(net.Conn) { <-quit })
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := newClient(t, httptask.Options{}).Ask(ctx, httptask.Request{URL: url})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(text(err), ": timed out after ") {
			t.Errorf("got %v", err)
		}
	})
}

func TestCertificates(t *testing.T) {
	trusting := newClient(t, httptask.Options{})
	s := serve(t, trusting, says(200, "", `{"state":"run"}`))
	fingerprint := fmt.Sprintf("(sha256:%x)", sha256.Sum256(s.Certificate().Raw))
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	toServer := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
	expired := newClient(t, httptask.Options{})
	expired.Transport().TLSClientConfig = trusting.Transport().TLSClientConfig.Clone()
	expired.Transport().TLSClientConfig.Time = func() time.Time { return s.Certificate().NotAfter.Add(time.Hour) }
	trusting.Transport().DialContext = toServer
	tests := []struct {
		name   string
		client *httptask.Client
		host   string
		want   string
	}{
		{"trusted", trusting, "127.0.0.1", ""},
		{"self-signed", newClient(t, httptask.Options{}), "127.0.0.1", "127.0.0.1" + port + ": its certificate does not verify: nobody known has signed it " + fingerprint},
		{"another name", trusting, "ci.lab", "ci.lab" + port + ": its certificate does not verify: x509: certificate is valid for example.com, *.example.com, not ci.lab " + fingerprint},
		{"out of date", expired, "127.0.0.1", "127.0.0.1" + port + ": its certificate does not verify: it is out of date " + fingerprint},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := judge(t, tt.client.Check(httptask.Request{URL: "https://" + tt.host + port}, compile(t, reading)))
			if text(v.err) != tt.want || v.permanent != (tt.want != "") {
				t.Errorf("got  %v, permanent %v\nwant %s", v.err, v.permanent, tt.want)
			}
		})
	}
	t.Run("no TLS at all", func(t *testing.T) {
		plain := serve(t, nil, says(200, "", ""))
		v := judge(t, newClient(t, httptask.Options{}).Check(httptask.Request{URL: strings.Replace(plain.URL, "http:", "https:", 1)}, compile(t, reading)))
		if want := ": it answers http, not https"; !strings.HasSuffix(text(v.err), want) || v.permanent {
			t.Errorf("got %v, want %s", v.err, want)
		}
	})
	t.Run("something else", func(t *testing.T) {
		url := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.6\r\n") })
		v := judge(t, newClient(t, httptask.Options{}).Check(httptask.Request{URL: strings.Replace(url, "http:", "https:", 1)}, compile(t, reading)))
		if want := ": it does not speak TLS"; !strings.HasSuffix(text(v.err), want) || v.permanent {
			t.Errorf("got %v, want %s", v.err, want)
		}
	})
}

func packed(encoding, text string) string {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "deflate" {
		w = zlib.NewWriter(&b)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func TestBodies(t *testing.T) {
	const good = `{"state":"run"}`
	limit := int64(len(good))
	tests := []struct {
		name, encoding, body, want string
		max                        int64
	}{
		{"plain", "identity", good, "", 0},
		{"gzip", "gzip", packed("gzip", good), "", 0},
		{"gzip, shouted", "X-GZIP", packed("gzip", good), "", 0},
		{"deflate", "deflate", packed("deflate", good), "", 0},
		{"as large as may be", "identity", good, "", limit},
		{"one byte more", "identity", good + " ", fmt.Sprintf("HTTP 200 OK, text/x: body too large: more than %d bytes", limit), limit},
		{"larger than 8 MiB", "identity", strings.Repeat(" ", 8<<20) + "1", "HTTP 200 OK, text/x: body too large: more than 8 MiB", 0},
		{"larger than any limit", "identity", good, "", 1<<63 - 1},
		{"larger once unpacked", "gzip", packed("gzip", strings.Repeat(" ", 64<<10)), "HTTP 200 OK, text/x: body too large: more than 1024 bytes", 1024},
		{"larger once unpacked, by a lot", "gzip", packed("gzip", strings.Repeat(" ", 9<<20)), "HTTP 200 OK, text/x: body too large: more than 8 MiB", 0},
		{"larger as it came", "gzip", strings.Repeat(packed("gzip", ""), 1000), "HTTP 200 OK, text/x: body too large: more than 1024 bytes", 1024},
		{"no gzip", "gzip", good, "HTTP 200 OK, text/x: the body cannot be read: gzip: invalid header", 0},
		{"no zlib", "deflate", good, "HTTP 200 OK, text/x: the body cannot be read: zlib: invalid header", 0},
		{"half a gzip", "gzip", packed("gzip", good)[:20], "HTTP 200 OK, text/x: the connection was closed in the middle of the body", 0},
		{"an empty gzip", "gzip", "", "HTTP 200 OK, text/x, empty", 0},
		{"brotli", "br", good, "HTTP 200 OK, text/x: content encoding br", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, says(200, "text/x", tt.body, "Content-Encoding", tt.encoding))
			c := newClient(t, httptask.Options{MaxBody: tt.max})
			v := judge(t, c.Check(httptask.Request{URL: s.URL, Header: http.Header{"Accept-Encoding": {"br"}}}, compile(t, reading)))
			if text(v.err) != tt.want || v.permanent {
				t.Errorf("got  %v, permanent %v\nwant %v", v.err, v.permanent, tt.want)
			}
		})
	}
}

// A body without end is left, and so is one that only has no end once it is unpacked.
func TestEndlessBodies(t *testing.T) {
	bomb := packed("gzip", strings.Repeat(" ", 1<<20))
	tests := []struct{ name, head, body string }{
		{"plain", "", "            "},
		{"gzip", "Content-Encoding: gzip\r\n", bomb},
		{"gzip of nothing", "Content-Encoding: gzip\r\n", packed("gzip", "")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			left := make(chan error, 1)
			url := listen(t, func(conn net.Conn) {
				w := bufio.NewWriter(conn)
				_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\n"+tt.head+"\r\n")
				for err == nil {
					_, err = io.WriteString(w, tt.body)
				}
				left <- err
			})
			_, err := newClient(t, httptask.Options{}).Ask(patience(t), httptask.Request{URL: url})
			if want := "HTTP 200 OK, no content type: body too large: more than 8 MiB"; text(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
			if <-left == nil {
				t.Error("the connection was not closed")
			}
		})
	}
}

// No server can do more than fail a check.
func TestBadServers(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	tests := []struct{ name, says, want string }{ // want: how the error begins, after the host
		{"nothing", "", "connection closed before an answer came"},
		{"half a head", "HTTP/1.1 200 OK\r\nA: ", "connection closed before an answer came"},
		{"HTTP/0.9", "{\"state\":\"done\"}", "net/http: HTTP/1.x transport connection broken: malformed HTTP response"},
		{"another protocol", "SSH-2.0-OpenSSH_9.6\r\n", `net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.6"`},
		{"bytes", "\x00\xff\x1b[2J\r\n\r\n", `net/http: HTTP/1.x transport connection broken: malformed HTTP response`},
		{"no code", "HTTP/1.1 \r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed HTTP"},
		{"a code of four digits", "HTTP/1.1 1000 OK\r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed HTTP status code"},
		{"a negative code", "HTTP/1.1 -99 OK\r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed HTTP status code"},
		{"a code of no kind", "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n", "HTTP 0, no content type"},
		{"a bad header", "HTTP/1.1 200 OK\r\nA b\r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed MIME header"},
		{"a head without end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("x", 1000)+"\r\n", 3000), "net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 1048576 bytes; aborted"},
		{"a storm of 100 Continue", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 100_000), "net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 1048576 bytes; aborted"},
		{"a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n{}", "HTTP 101 Switching Protocols, no content type"},
		{"a few 1xx", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", "HTTP 200 OK, no content type, not JSON"},
		{"a body that is too short", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", "HTTP 200 OK, no content type: the connection was closed in the middle of the body"},
		{"a 404's body that is too short", "HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n{}", "not found: HTTP 404 Not Found, no content type: {}"},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: much\r\n\r\n{}", "net/http: HTTP/1.x transport connection broken: bad Content-Length"},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "net/http: HTTP/1.x transport connection broken: http: message cannot contain multiple Content-Length headers"},
		{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "net/http: HTTP/1.x transport connection broken: bad Content-Length"},
		{"a chunk that is none", chunked + "zz\r\n{}\r\n", "HTTP 200 OK, no content type: the body cannot be read: invalid byte in chunk length"},
		{"a chunk that breaks off", chunked + "99\r\n{}", "HTTP 200 OK, no content type: the connection was closed in the middle of the body"},
		{"no last chunk", chunked + "2\r\n{}\r\n", "HTTP 200 OK, no content type: the connection was closed in the middle of the body"},
		{"a huge chunk", chunked + "ffffffffffffffff\r\n{}", "HTTP 200 OK, no content type: the connection was closed in the middle of the body"},
		{"an unknown transfer encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: pigeon\r\n\r\n{}", "net/http: HTTP/1.x transport connection broken: unsupported transfer encoding"},
		{"a body where there is none", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n{\"a\":", "HTTP 204 No Content, no content type, empty"},
		{"HTTP/2 unasked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, tt.says) })
			v := judge(t, newClient(t, httptask.Options{}).Check(httptask.Request{URL: url}, compile(t, reading)))
			got := strings.TrimPrefix(text(v.err), strings.TrimPrefix(url, "http://")+": ")
			if !strings.HasPrefix(got, tt.want) || v.permanent {
				t.Errorf("got  %s, permanent %v\nwant %s", got, v.permanent, tt.want)
			}
		})
	}
}

// Whatever comes over the wire, the check is answered or fails, and never ends a task with a word that is not listed.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"state\":\"done\"}", "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "HTTP/1.1 101 \r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed("gzip", `{"state":"bad"}`), "HTTP/1.1 429 \r\nRetry-After: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sta\r\n0\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Type: \xff\r\n\r\n\xff\xfe",
	} {
		f.Add([]byte(seed))
	}
	r := compile(f, reading)
	f.Fuzz(func(t *testing.T, wire []byte) {
		c := httptask.New(httptask.Options{})
		c.Transport().DialContext = func(context.Context, string, string) (net.Conn, error) {
			return newWire(wire), nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, status, err := c.Check(httptask.Request{URL: "http://ci.lab/"}, r)(ctx)
		if err == nil && !r.Lists(status.Raw) {
			t.Errorf("got %v of %q", status, wire)
		}
		if ctx.Err() != nil {
			t.Errorf("hung on %q", wire)
		}
		c.Close()
	})
}

// A wire is a connection over which the same bytes come, whatever is asked.
type wire struct {
	net.Conn // nil: what is not below is not called
	r        io.Reader
}

func newWire(b []byte) *wire { return &wire{r: iotest.HalfReader(bytes.NewReader(b))} }

func (w *wire) Read(p []byte) (int, error)       { return w.r.Read(p) }
func (w *wire) Write(p []byte) (int, error)      { return len(p), nil }
func (w *wire) Close() error                     { return nil }
func (w *wire) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (w *wire) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
