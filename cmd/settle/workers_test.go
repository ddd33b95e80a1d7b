package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A crowded server answers batches with nothing, and each task's own question with done. It keeps a request until more
// than so many are under way, or for a moment.
type crowded struct {
	most int
	full chan struct{} // closed when there are more

	mu             sync.Mutex // guards what follows
	under, highest int
}

func (c *crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.under++
	if c.highest = max(c.highest, c.under); c.under == c.most+1 {
		close(c.full)
	}
	c.mu.Unlock()
	select {
	case <-c.full:
	case <-time.After(10 * time.Millisecond): // no right answer needs it
	}
	c.mu.Lock()
	c.under--
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost:
		fmt.Fprint(w, `{"tasks":[]}`)
	case strings.HasSuffix(r.URL.Path, "/result"):
		fmt.Fprint(w, `{"value":"well"}`)
	default:
		fmt.Fprint(w, `{"status":"done"}`)
	}
}

const crowdedRecipe = `
name: lab/crowd
title: tasks that batches leave out
docs: workers_test.go
proof: {mock: "workers_test.go"}
target: {url: {help: address, example: "https://lab.example.com"}}
status: {request: {get: "{url}/tasks/{id}"}, state: .status, pending: [running], succeeded: [done]}
batch: {request: {post: "{url}/tasks", json: "{ids: $ids}"}, items: .tasks, id: .id, max: 5, missing: single}
result: {request: {get: "{url}/tasks/{id}/result"}, value: .value}
policy: every=1ms timeout=1m
`

// No more requests to a target are under way at once than --workers says, whatever they ask: batches, what those leave
// out, results.
func TestWorkersBoundAllRequests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "crowd.yaml")
	if err := os.WriteFile(file, []byte(crowdedRecipe), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{{"--workers=1"}, {"--workers=3"}, nil} {
		t.Run(fmt.Sprint(flags), func(t *testing.T) {
			c := &crowded{most: defaultWorkers, full: make(chan struct{})}
			for _, flag := range flags {
				fmt.Sscanf(flag, "--workers=%d", &c.most)
			}
			server := httptest.NewServer(c)
			defer server.Close()
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			t.Setenv("SETTLE_URL", server.URL)
			args := append([]string{"wait", "--recipe=" + file}, flags...)
			for i := range 40 {
				args = append(args, fmt.Sprint("task-", i))
			}
			var stdout, stderr bytes.Buffer
			if code := run(args, strings.NewReader(""), &stdout, &stderr); code != 0 {
				t.Fatalf("exit code %d\n%s", code, &stderr)
			}
			if c.highest > c.most {
				t.Errorf("%d at once, want at most %d", c.highest, c.most)
			}
		})
	}
}
