package lxdtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// CreateSnapshot begins a snapshot of the instance and returns the operation's path, "/1.0/operations/…". It succeeds within
// milliseconds.
func (s *Server) CreateSnapshot(name string) string {
	s.t.Helper()
	return s.call("POST", "/1.0/instances/"+Instance+"/snapshots", object{"name": name}).Operation
}

// DeleteSnapshot begins to delete a snapshot that is there and returns the operation's path. It succeeds within milliseconds.
func (s *Server) DeleteSnapshot(name string) string {
	s.t.Helper()
	return s.call("DELETE", "/1.0/instances/"+Instance+"/snapshots/"+name, nil).Operation
}

// Download begins to fetch an image, half of which comes at once, and returns the operation's path. It runs, with progress,
// until finish is called, and then succeeds. If it is canceled it fails, "context canceled".
func (s *Server) Download() (op string, finish func()) {
	s.t.Helper()
	image := s.newImage()
	finished := make(chan struct{})
	finish = sync.OnceFunc(func() { close(finished) })
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("LXD-Image-Hash", fingerprint(image))
		w.Header().Set("LXD-Image-URL", "http://"+r.Host)
		w.Header().Set("Content-Length", strconv.Itoa(len(image)))
		if r.Method == http.MethodHead {
			return
		}
		half := len(image) / 2
		_, _ = w.Write(image[:half])
		_ = http.NewResponseController(w).Flush()
		select {
		case <-finished:
			_, _ = w.Write(image[half:])
		case <-r.Context().Done(): // canceled
		}
	}))
	s.t.Cleanup(func() {
		finish()
		source.Close()
	})
	from := object{"type": "url", "mode": "pull", "url": source.URL}
	return s.call("POST", "/1.0/images", object{"source": from}).Operation, finish
}

// Token asks for a download token and returns the operation's path. It runs until it is canceled.
func (s *Server) Token() string {
	s.t.Helper()
	return s.call("POST", "/1.0/images/"+s.image+"/secret", object{}).Operation
}

// Cancel cancels a running Token or Download.
func (s *Server) Cancel(op string) {
	s.t.Helper()
	s.call("DELETE", op, nil)
}

// FailToStart begins to start an instance that has no init, and returns the operation's path. It runs for five seconds and
// fails; where LXD may not mount it fails at once, for that reason.
func (s *Server) FailToStart() string {
	s.t.Helper()
	s.made++
	name := "broken" + strconv.Itoa(s.made)
	s.newInstance(name)
	return s.call("PUT", "/1.0/instances/"+name+"/state", object{"action": "start"}).Operation
}

// Forgotten returns the path of an operation that has succeeded and that LXD no longer knows: 404.
func (s *Server) Forgotten() string {
	s.t.Helper()
	s.made++
	op := s.CreateSnapshot("forgotten" + strconv.Itoa(s.made))
	s.wait(op)
	s.Forget(op)
	return op
}

// Forget returns once LXD no longer knows the operation, which must have ended. LXD takes five seconds to forget.
func (s *Server) Forget(op string) {
	s.t.Helper()
	s.until("LXD has forgotten "+op, func() bool {
		code, _ := s.ask("GET", op, nil)
		return code == http.StatusNotFound
	})
}

func (s *Server) newInstance(name string) {
	s.t.Helper()
	s.wait(s.call("POST", "/1.0/instances", object{
		"name":    name,
		"source":  object{"type": "image", "fingerprint": s.image},
		"devices": object{"root": object{"type": "disk", "path": "/", "pool": "default"}},
	}).Operation)
}

// wait blocks until the operation has succeeded.
func (s *Server) wait(op string) {
	s.t.Helper()
	var end struct{ Status, Err string }
	if err := json.Unmarshal(s.call("GET", op+"/wait", nil).Metadata, &end); err != nil {
		s.t.Fatal(err)
	}
	if end.Status != "Success" {
		s.t.Fatalf("%s: %s: %s", op, end.Status, end.Err)
	}
}

type object map[string]any

type reply struct {
	Operation string
	Error     string
	Metadata  json.RawMessage
}

// call is ask for those who expect to get what they want.
func (s *Server) call(method, path string, body any) reply {
	s.t.Helper()
	code, r := s.ask(method, path, body)
	if code >= 400 {
		s.t.Fatalf("%s %s: %d: %s", method, path, code, r.Error)
	}
	return r
}

// ask sends a []byte as it is, nothing for nil, and anything else as JSON.
func (s *Server) ask(method, path string, body any) (code int, r reply) {
	s.t.Helper()
	raw, ok := body.([]byte)
	if !ok && body != nil {
		raw, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://lxd"+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		s.t.Fatalf("%s %s: %v: %q", method, path, err, text)
	}
	return resp.StatusCode, r
}
