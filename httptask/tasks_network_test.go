package httptask_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// serveTLS starts a server with httptest's certificate, which nobody has signed.
func serveTLS(t testing.TB, config *tls.Config, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS, s.EnableHTTP2 = config, true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func pemFile(t testing.TB, kind string, der []byte) string {
	path := filepath.Join(t.TempDir(), strings.ToLower(strings.ReplaceAll(kind, " ", "-"))+".pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTasksTLS(t *testing.T) {
	s := serveTLS(t, nil, gives(`{"state":"run"}`))
	print := target.Fingerprint(s.Certificate())
	other := "sha256:" + strings.Repeat("00", 32)
	host := strings.TrimPrefix(s.URL, "https://")
	ca := pemFile(t, "CERTIFICATE", s.Certificate().Raw)
	tests := []struct {
		name string
		tls  target.TLS
		want string
	}{
		{"self-signed", target.TLS{}, host + ": its certificate does not verify: nobody known has signed it (" + print + ")"},
		{"a private CA", target.TLS{CAFile: ca}, ""},
		{"pinned", target.TLS{Fingerprint: print}, ""},
		{"pinned, as openssl writes it", target.TLS{Fingerprint: "SHA256 Fingerprint=" + strings.ToUpper(strings.TrimPrefix(print, "sha256:"))}, ""},
		{"another is pinned", target.TLS{Fingerprint: other}, host + ": the server's certificate is not the pinned one: its fingerprint is " + print + ", pinned is " + other},
		{"insecure", target.TLS{Insecure: true}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := verdictOf(t, openAt(t, acme(), target.Target{URL: s.URL, TLS: tt.tls}).Check("7"))
			if text(v.err) != tt.want || v.permanent != (tt.want != "") {
				t.Errorf("got  %v, permanent %v\nwant %s", v.err, v.permanent, tt.want)
			}
		})
	}
}

func TestTasksClientCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ops"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s := serveTLS(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert}, func(w http.ResponseWriter, r *http.Request) {
		gives(`{"state":"run","reason":"`+r.TLS.PeerCertificates[0].Subject.CommonName+`"}`)(w, r)
	})
	with := target.TLS{Insecure: true, CertFile: pemFile(t, "CERTIFICATE", cert), KeyFile: pemFile(t, "PRIVATE KEY", private)}
	if v := verdictOf(t, openAt(t, acme(), target.Target{URL: s.URL, TLS: with}).Check("7")); v.err != nil || v.status.Reason != "ops" {
		t.Errorf("got %+v", v)
	}
	// What net/http says of it depends on how far it had come.
	if v := verdictOf(t, openAt(t, acme(), target.Target{URL: s.URL, TLS: target.TLS{Insecure: true}}).Check("7")); v.err == nil {
		t.Errorf("without one: got %+v", v.status)
	}
}

// Redirects take what is secret to the target's own origin and its hosts, nowhere else, and never from https to http.
func TestTasksRedirects(t *testing.T) {
	const all = "Authorization=Bearer sesame77 X-Mine=yes"
	const token = "target: {url: {help: address}, token: {secret: true}}\nauth: {header: {Authorization: 'Bearer {token}'}}"
	tests := []struct {
		name, to string
		hosts    []string
		code     int
		want     string // what the last server was told
		err      string
	}{
		{"within the origin", "/end", nil, 200, all, ""},
		{"to another", "OTHER/end", nil, 200, "", ""},
		{"to another that is one of its hosts", "OTHER/end", []string{"OTHER"}, 200, all, ""},
		{"to another, and only https is one of its hosts", "OTHER/end", []string{"HOST"}, 200, "", ""},
		{"to another, denied", "OTHER/end", nil, 401, "", "not allowed after a redirect to HOST, which gets no credentials: HTTP 401 Unauthorized, application/json: {\"state\":\"run\"}"},
		{"to a host of its own, denied", "OTHER/end", []string{"OTHER"}, 401, all, "not allowed: HTTP 401 Unauthorized, application/json: {\"state\":\"run\"}"},
		{"to another and back", "OTHER/back", nil, 200, "", ""},
		{"to another of its hosts and back", "OTHER/back", []string{"OTHER"}, 200, all, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := "nothing"
			var here, other string
			h := func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/tasks/7":
					http.Redirect(w, r, strings.Replace(tt.to, "OTHER", other, 1), http.StatusFound)
				case "/back":
					http.Redirect(w, r, here+"/end", http.StatusFound)
				case "/end":
					got = told(r)
					says(tt.code, "application/json", `{"state":"run"}`)(w, r)
				}
			}
			here, other = serve(t, nil, h).URL, serve(t, nil, h).URL
			fill := strings.NewReplacer("OTHER", other, "HOST", strings.TrimPrefix(other, "http://"))
			at := target.Target{URL: here, Secrets: map[string]string{"token": "sesame77"}, Headers: map[string]string{"X-Mine": "yes"}}
			for _, host := range tt.hosts {
				at.Hosts = append(at.Hosts, fill.Replace(host))
			}
			v := verdictOf(t, openAt(t, acme(token), at).Check("7"))
			if got != tt.want || text(v.err) != fill.Replace(tt.err) {
				t.Errorf("told %q, %v\nwant %q, %s", got, v.err, tt.want, tt.err)
			}
		})
	}
	t.Run("from https to http, even to one of its hosts", func(t *testing.T) {
		asked := false
		plain := serve(t, nil, func(http.ResponseWriter, *http.Request) { asked = true })
		s := serveTLS(t, nil, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL, http.StatusFound) })
		at := target.Target{URL: s.URL, TLS: target.TLS{Insecure: true}, Secrets: map[string]string{"token": "sesame77"}, Hosts: []string{plain.URL}}
		v := verdictOf(t, openAt(t, acme(token), at).Check("7"))
		if !strings.Contains(text(v.err), "redirects from https to http") || !v.permanent || asked {
			t.Errorf("got %v, permanent %v, asked %v", v.err, v.permanent, asked)
		}
	})
	t.Run("a bare host by https", func(t *testing.T) {
		got := ""
		end := serveTLS(t, nil, func(w http.ResponseWriter, r *http.Request) {
			got = told(r)
			gives(`{"state":"run"}`)(w, r)
		})
		s := serveTLS(t, nil, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, end.URL, http.StatusFound) })
		at := target.Target{URL: s.URL, TLS: target.TLS{Insecure: true}, Secrets: map[string]string{"token": "sesame77"}, Hosts: []string{"127.0.0.1"}}
		if v := verdictOf(t, openAt(t, acme(token), at).Check("7")); v.err != nil || got != "Authorization=Bearer sesame77" {
			t.Errorf("told %q, %v", got, v.err)
		}
	})
}

func TestTasksProxy(t *testing.T) {
	var got []string
	proxy := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
		gives(`{"state":"run"}`)(w, r)
	})
	through := strings.Replace(proxy.URL, "http://", "http://ops:hunter22@", 1)
	if v := verdictOf(t, openAt(t, acme(), target.Target{URL: "http://acme.invalid", Proxy: through}).Check("7")); v.err != nil {
		t.Error(v.err)
	}
	if diff := cmp.Diff([]string{"GET http://acme.invalid/tasks/7 Basic b3BzOmh1bnRlcjIy"}, got); diff != "" {
		t.Errorf("the proxy saw (-want +got):\n%s", diff)
	}
	v := verdictOf(t, openAt(t, acme(), target.Target{URL: "https://acme.invalid", Proxy: through}).Check("7"))
	if v.err == nil || strings.Contains(text(v.err), "hunter22") || len(got) != 2 || !strings.HasPrefix(got[1], "CONNECT acme.invalid:443") {
		t.Errorf("https: %v, the proxy saw %q", v.err, got)
	}
}

// The target's rate holds for all requests together.
func TestTasksRate(t *testing.T) {
	p := newPlatform(t, one(gives(`{"state":"run"}`)))
	tasks := openAt(t, acme(), target.Target{URL: p.URL, Rate: 1e-3})
	if fleet := tasks.Fleet(); fleet.Rate != 1e-3 {
		t.Errorf("the fleet's rate: got %v", fleet.Rate)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, _, err := tasks.Check("7")(ctx); err != nil {
		t.Fatal(err)
	}
	_, _, err := tasks.Check("7")(ctx)
	if !strings.Contains(text(err), "its turn under the target's rate would not come in time") || tasks.Requests() != 1 {
		t.Errorf("got %v, %d requests", err, tasks.Requests())
	}
}

// Whatever an id is made of, it is one segment of the path, or refused.
func TestTasksIDs(t *testing.T) {
	tests := []struct{ id, path, err string }{
		{"UPID:pve:0001:", "/tasks/UPID%3Apve%3A0001%3A", ""},
		{"a/b", "/tasks/a%2Fb", ""},
		{"a?b=c", "/tasks/a%3Fb%3Dc", ""},
		{"a#b", "/tasks/a%23b", ""},
		{"a%2Fb", "/tasks/a%252Fb", ""},
		{"a b", "/tasks/a%20b", ""},
		{"é", "/tasks/%C3%A9", ""},
		{"../admin", "/tasks/..%2Fadmin", ""},
		{"..", "", `status.request.get: a segment of the path would be ".."`},
		{".", "", `status.request.get: a segment of the path would be "."`},
		{"a\nb", "", `id: "a\nb" has a control character in it`},
		{"a\x00b", "", `id: "a\x00b" has a control character in it`},
		{"a\xffb", "", `id: "a\xffb" has a control character in it`},
		{strings.Repeat("x", 9000), "", "id: an id of 9000 bytes; at most 8192"},
	}
	for _, tt := range tests {
		t.Run(tt.id[:min(20, len(tt.id))], func(t *testing.T) {
			path := ""
			s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				path = r.RequestURI
				gives(`{"state":"run"}`)(w, r)
			})
			tasks := openAt(t, acme(), target.Target{URL: s.URL})
			v := verdictOf(t, tasks.Check(tt.id))
			if got := text(v.err); path != tt.path || got != tt.err && !strings.HasSuffix(got, tt.err) || v.permanent != (tt.err != "") {
				t.Errorf("got  %q, %v, permanent %v\nwant %q, %s", path, v.err, v.permanent, tt.path, tt.err)
			}
		})
	}
}

func TestTasksUnknownHost(t *testing.T) {
	v := verdictOf(t, openAt(t, acme(), target.Target{URL: "http://acme.invalid", Proxy: "none"}).Check("7"))
	var dns *net.DNSError
	if !errors.As(v.err, &dns) || dns.IsNotFound && (!v.permanent || text(v.err) != "acme.invalid: no such host") {
		t.Errorf("got %v, permanent %v", v.err, v.permanent)
	}
	if errors.Is(v.err, settle.ErrNotFound) {
		t.Error("a host that is not there is no task that is not there")
	}
}

// Who stands behind a host name is told that name, as the target's headers say.
func TestTasksHostHeader(t *testing.T) {
	host := ""
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		gives(`{"state":"run"}`)(w, r)
	})
	v := verdictOf(t, openAt(t, acme(), target.Target{URL: s.URL, Headers: map[string]string{"Host": "tool.easyops-only.com"}}).Check("7"))
	if v.err != nil || host != "tool.easyops-only.com" {
		t.Errorf("got %q, %v", host, v.err)
	}
	if u, err := url.Parse(s.URL); err != nil || u.Host == host {
		t.Error(err)
	}
}
