package proof_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// With --rate no request reaches the server before its turn: of n in the time since the start, all but the burst have
// waited. A slow machine only makes them later.
func TestHundredTasksAtARate(t *testing.T) {
	const rate, burst = 10, 1
	h := newHundred(t, mixed)
	arrivals := h.arrivals()
	if got := h.wait(t, "vmware", false, "--rate=10", "--every=1ms"); got.code != 1 {
		t.Errorf("exit code %d, want 1\n%s", got.code, got.stderr)
	}
	arrivals.hold(t, rate, burst)
}

// Nor where a batch leaves tasks out, and each of them is asked about alone.
func TestAbsentTasksAtARate(t *testing.T) {
	const rate, burst = 10, 1
	h := newHundred(t, mixed)
	for i := range h.tasks {
		if h.tasks[i].Vanish(t); i == 14 {
			h.tasks, h.want = h.tasks[:15], h.want[:15]
			break
		}
	}
	h.round = rounds // nothing is left to end
	arrivals := h.arrivals()
	if got := h.wait(t, "vmware", false, "--every=20ms", "--rate=10", "--missing=0s"); got.code != 3 {
		t.Errorf("exit code %d, want 3\n%s", got.code, got.stderr)
	}
	arrivals.hold(t, rate, burst)
}

// arrivals are the moments at which requests came, after a beginning.
type arrivals struct {
	mu    sync.Mutex // guards after
	after []time.Duration
}

// arrivals notes when requests come from now on.
func (h *hundred) arrivals() *arrivals {
	a, began := new(arrivals), time.Now()
	h.server.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if h.server.Asks(r, "Logout") { // the last one is not waited for
			return false
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.after = append(a.after, time.Since(began))
		return false
	})
	return a
}

func (a *arrivals) hold(t *testing.T, rate, burst float64) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	t.Logf("%d requests in %v", len(a.after), a.after[len(a.after)-1])
	for n, after := range a.after {
		if earliest := time.Duration((float64(n+1) - burst) / rate * float64(time.Second)); after < earliest {
			t.Errorf("request %d came after %v, not before %v at %v a second", n+1, after, earliest, rate)
		}
	}
}

// With --workers there are never more requests under way, and there are so many: the first ones wait for each other at the
// server. The recipe is vSphere's, with ten ids a batch.
func TestHundredTasksByWorkers(t *testing.T) {
	const workers = 3
	h := newHundred(t, mixed)
	var (
		mu          sync.Mutex // guards now and most
		now, most   int
		together    = make(chan struct{})
		allTogether = sync.OnceFunc(func() { close(together) })
	)
	h.server.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if !h.server.Asks(r, "RetrievePropertiesEx") && !h.server.Asks(r, "info") {
			return false
		}
		mu.Lock()
		now++
		if most = max(most, now); most == workers {
			allTogether()
		}
		mu.Unlock()
		select {
		case <-together:
		case <-r.Context().Done():
		}
		mu.Lock()
		now--
		mu.Unlock()
		return false
	})
	addRecipe(t, h.shell, "max: 100", "max: 10")
	if got := h.wait(t, "lab/task", false, "--every=20ms", "--workers=3"); got.code != 1 {
		t.Errorf("exit code %d, want 1\n%s", got.code, got.stderr)
	}
	if most != workers {
		t.Errorf("%d requests at once, want %d", most, workers)
	}
}

// addRecipe adds a recipe lab/task to the settings: vmware/vsphere with one thing changed.
func addRecipe(t *testing.T, sh *shell, was, is string) {
	t.Helper()
	text, err := os.ReadFile("../recipe/library/vmware-vsphere.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("name: vmware/vsphere", "name: lab/task", was, is).Replace(string(text))
	folder := filepath.Join(sh.settings, "settle", "recipes")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "lab-task.yaml"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}
