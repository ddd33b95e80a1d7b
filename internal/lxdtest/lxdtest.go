// Package lxdtest runs a real LXD for one test: a server with tasks that none of us wrote. It needs Linux, root and Debian's
// package lxd; where one is missing the test is left out, and under CI it fails.
//
//	s := lxdtest.Start(t)
//	op := s.CreateSnapshot("before")
//	// … settle wait s.URL+op …
//
// Every test has a daemon, a folder and a port of its own, so tests and test binaries may run side by side.
package lxdtest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Instance is the name of the instance whose snapshots are made. It has no init: it cannot start.
const Instance = "box"

const patience = 30 * time.Second

// A Server is an LXD with an empty instance. Its methods fail the test it was started for, so only that test's goroutine
// may call them; Requests and AwaitRequests may be called by anyone.
type Server struct {
	// URL leads to the whole of LXD's API, as root and without a login, for whoever can reach 127.0.0.1.
	URL string

	t      testing.TB
	daemon *daemon
	client *http.Client
	arch   string
	image  string // fingerprint of the image that instances are made from
	made   int    // things made so far, to give each its own name

	mu       sync.Mutex // guards requests
	more     *sync.Cond // there is one more
	requests map[string]int
}

// Start returns once LXD answers and has its instance. When the test ends the daemon, its mounts and its folder are gone.
func Start(t testing.TB) *Server {
	t.Helper()
	lxd := need(t)
	d, err := startDaemon(lxd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})

	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(d.dir, "unix.socket"))
	}
	transport := &http.Transport{DialContext: dial}
	s := &Server{
		t:        t,
		daemon:   d,
		client:   &http.Client{Transport: transport, Timeout: patience},
		requests: map[string]int{},
	}
	s.more = sync.NewCond(&s.mu)
	s.waitReady()
	s.setUp()
	s.serve(transport)
	t.Cleanup(transport.CloseIdleConnections)
	return s
}

// need returns where LXD is. Without one the test is left out, but under CI, where it fails.
func need(t testing.TB) (lxd string) {
	t.Helper()
	lxd, missing, hint := find()
	if missing != "" && os.Getenv("CI") != "" {
		t.Fatalf("%s (%s)", missing, hint)
	} else if missing != "" {
		t.Skipf("%s: this test was left out (%s)", missing, hint)
	}
	return lxd
}

// Requests says how many requests came through URL for this path, which begins with /1.0.
func (s *Server) Requests(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[path]
}

// AwaitRequests returns once Requests of this path are n or more. Like Requests it may be called by anyone.
func (s *Server) AwaitRequests(path string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.requests[path] < n {
		s.more.Wait()
	}
}

// find looks in Debian's place before PATH. The snap's lxd is no use: it ignores LXD_DIR.
func find() (path, missing, hint string) {
	for _, name := range []string{"/usr/bin/lxd", "lxd"} {
		path, err := exec.LookPath(name)
		if err != nil || strings.HasPrefix(path, "/snap/") {
			continue
		}
		if os.Geteuid() != 0 {
			return "", "LXD needs root", "run the tests as root"
		}
		return path, "", ""
	}
	return "", "LXD is not installed", "apt-get install lxd"
}

func (s *Server) waitReady() {
	s.t.Helper()
	s.until("LXD answers", func() bool {
		select {
		case <-s.daemon.gone:
			s.t.Fatalf("lxd ended early:\n%s", s.daemon.log())
		default:
		}
		resp, err := s.client.Get("http://lxd/1.0")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK // 503 until it is set up
	})
}

func (s *Server) setUp() {
	s.t.Helper()
	var about struct {
		Environment struct{ Architectures []string }
	}
	if err := json.Unmarshal(s.call("GET", "/1.0", nil).Metadata, &about); err != nil {
		s.t.Fatal(err)
	}
	s.arch = about.Environment.Architectures[0]
	s.call("POST", "/1.0/storage-pools", object{"name": "default", "driver": "dir"})
	image := s.newImage()
	s.wait(s.call("POST", "/1.0/images", image).Operation)
	s.image = fingerprint(image)
	s.newInstance(Instance)
}

// serve opens URL: settle speaks http, LXD's door is a unix socket.
func (s *Server) serve(transport http.RoundTripper) {
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "lxd"}) },
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests[r.URL.Path]++
		s.more.Broadcast()
		s.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	s.URL = front.URL
	s.t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
}

// until asks again and again whether what is so.
func (s *Server) until(what string, so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("after %v still not so: %s\n%s", patience, what, s.daemon.log())
		}
	}
}
