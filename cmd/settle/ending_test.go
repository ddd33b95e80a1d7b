package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Results are asked for at once: each here comes only when all are asked for.
func TestResultsOfSeveral(t *testing.T) {
	const tasks = 5
	asked, all := 0, make(chan struct{})
	var mu sync.Mutex
	code, stdout, stderr := waitInCrowd(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPost:
			fmt.Fprint(w, `{"tasks":[]}`) // each is asked alone
			return
		case !strings.HasSuffix(r.URL.Path, "/result"):
			fmt.Fprint(w, `{"status":"done"}`)
			return
		}
		mu.Lock()
		if asked++; asked == tasks {
			close(all)
		}
		mu.Unlock()
		select {
		case <-all:
			fmt.Fprintf(w, `{"value": %q}`, r.URL.Path)
		case <-r.Context().Done():
		}
	}), "1", "2", "3", "4", "5", "--workers", "5")
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	slices.Sort(lines)
	if code != exitSucceeded || len(lines) != tasks || lines[0] != "lab/crowd/1\tsucceeded\t/tasks/1/result" {
		t.Errorf("exit code %d, stdout\n%sstderr\n%s", code, stdout, stderr)
	}
}
