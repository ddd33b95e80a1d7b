package lxdtest

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
)

// An answer is what LXD says of an operation to somebody who comes through URL.
type answer struct {
	HTTP     int `json:"-"`
	Error    string
	Metadata struct {
		Status     string
		StatusCode int `json:"status_code"`
		Err        string
		Metadata   map[string]any
	}
}

func look(t *testing.T, s *Server, op string) (a answer) {
	t.Helper()
	resp, err := http.Get(s.URL + op)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	a.HTTP = resp.StatusCode
	return a
}

// end looks until the operation no longer runs.
func end(t *testing.T, s *Server, op string) (a answer) {
	t.Helper()
	s.until(op+" has ended", func() bool {
		a = look(t, s, op)
		return a.Metadata.Status != "Running"
	})
	return a
}

func expect(t *testing.T, a answer, status string, code int, reason string) {
	t.Helper()
	got := a.Metadata
	if a.HTTP != http.StatusOK || got.Status != status || got.StatusCode != code || got.Err != reason {
		t.Errorf("HTTP %d, %q, %d, err %q, want 200, %q, %d, err %q", a.HTTP, got.Status, got.StatusCode, got.Err, status, code, reason)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	s := Start(t)
	expect(t, end(t, s, s.CreateSnapshot("one")), "Success", 200, "")
	expect(t, end(t, s, s.DeleteSnapshot("one")), "Success", 200, "")
	expect(t, end(t, s, s.CreateSnapshot("one")), "Success", 200, "")
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s := Start(t)
	op, finish := s.Download()
	var a answer
	s.until("half has come", func() bool {
		a = look(t, s, op)
		return a.Metadata.Metadata["download_progress"] != nil
	})
	expect(t, a, "Running", 103, "")
	before := s.Requests(op)
	for range 3 {
		expect(t, look(t, s, op), "Running", 103, "")
	}
	if got, want := s.Requests(op), before+3; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
	finish()
	expect(t, end(t, s, op), "Success", 200, "")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := Start(t)
	token := s.Token()
	expect(t, look(t, s, token), "Running", 103, "")
	s.Cancel(token)
	expect(t, look(t, s, token), "Cancelled", 401, "")

	download, _ := s.Download()
	s.until("it may be canceled", func() bool { return look(t, s, download).Metadata.Metadata != nil })
	s.Cancel(download)
	// For less than a millisecond LXD says Cancelled; then the download notices, and it is Failure for good.
	var a answer
	s.until("it has failed", func() bool {
		a = look(t, s, download)
		return a.Metadata.Status == "Failure"
	})
	expect(t, a, "Failure", 400, "context canceled")
}

func TestFailToStart(t *testing.T) {
	t.Parallel()
	s := Start(t)
	a := end(t, s, s.FailToStart())
	if a.Metadata.Err == "" {
		t.Error("it failed without saying why")
	}
	expect(t, a, "Failure", 400, a.Metadata.Err)
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	s := Start(t)
	for name, op := range map[string]string{
		"forgotten": s.Forgotten(),
		"never was": "/1.0/operations/00000000-0000-4000-8000-000000000000",
	} {
		got := look(t, s, op)
		if got.HTTP != http.StatusNotFound || got.Error != "Operation not found" {
			t.Errorf("%s: HTTP %d, error %q, want 404, Operation not found", name, got.HTTP, got.Error)
		}
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	s := Start(t)
	h := s.HTTPS()
	op := s.Token()
	for _, tt := range []struct {
		name, cert, key string
		want            int
	}{
		{"trusted", h.CertFile, h.KeyFile, http.StatusOK},
		{"a stranger", h.StrangerCert, h.StrangerKey, http.StatusForbidden},
	} {
		client, err := tls.LoadX509KeyPair(tt.cert, tt.key)
		if err != nil {
			t.Fatal(err)
		}
		var fingerprint string
		transport := &http.Transport{TLSClientConfig: &tls.Config{
			Certificates:       []tls.Certificate{client},
			InsecureSkipVerify: true,
			VerifyConnection: func(c tls.ConnectionState) error {
				fingerprint = fmt.Sprintf("sha256:%x", sha256.Sum256(c.PeerCertificates[0].Raw))
				return nil
			},
		}}
		t.Cleanup(transport.CloseIdleConnections)
		resp, err := (&http.Client{Transport: transport}).Get(h.URL + op)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.want || fingerprint != h.Fingerprint {
			t.Errorf("%s: HTTP %d, certificate %s, want %d, %s", tt.name, resp.StatusCode, fingerprint, tt.want, h.Fingerprint)
		}
	}
}

// A test may end while an operation runs; nothing may outlive it.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	var s *Server
	t.Run("a test", func(t *testing.T) {
		s = Start(t)
		s.FailToStart()
		s.Download()
		s.Token()
	})
	if s == nil {
		return
	}
	if left := s.daemon.processes(); len(left) > 0 {
		t.Errorf("processes %v run on", left)
	}
	if left := s.daemon.mounts(); len(left) > 0 {
		t.Errorf("still mounted: %q", left)
	}
	if _, err := os.Stat(s.daemon.dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it gone", s.daemon.dir, err)
	}
	if _, err := http.Get(s.URL); err == nil {
		t.Error("the port is still open")
	}
}

// TestNeed is what `make check` asks whether the tests against LXD were left out.
func TestNeed(t *testing.T) { need(t) }
