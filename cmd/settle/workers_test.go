package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
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

// waitInCrowd runs settle wait with a server that speaks crowdedRecipe.
func waitInCrowd(t *testing.T, server http.Handler, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	s := httptest.NewServer(server)
	defer s.Close()
	folder := t.TempDir()
	t.Setenv("XDG_STATE_HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", folder)
	t.Setenv("SETTLE_URL", s.URL)
	file := filepath.Join(folder, "crowd.yaml")
	if err := os.WriteFile(file, []byte(crowdedRecipe), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	code = run(append([]string{"wait", "--recipe", file}, args...), strings.NewReader(""), &out, &problems)
	return code, out.String(), problems.String()
}

// No more requests to a target are under way at once than --workers says, whatever they ask: batches, what those leave
// out, results.
func TestWorkersBoundAllRequests(t *testing.T) {
	for _, flags := range [][]string{{"--workers=1"}, {"--workers=3"}, nil} {
		t.Run(fmt.Sprint(flags), func(t *testing.T) {
			c := &crowded{most: defaultWorkers, full: make(chan struct{})}
			for _, flag := range flags {
				fmt.Sscanf(flag, "--workers=%d", &c.most)
			}
			args := slices.Clone(flags)
			for i := range 40 {
				args = append(args, fmt.Sprint("task-", i))
			}
			if code, _, stderr := waitInCrowd(t, c, args...); code != 0 {
				t.Fatalf("exit code %d\n%s", code, stderr)
			}
			if c.highest > c.most {
				t.Errorf("%d at once, want at most %d", c.highest, c.most)
			}
		})
	}
}
