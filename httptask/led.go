package httptask

import "sync"

// Paths are where the platform's answers have led from the ids that were given: from a queue item to its build.
type paths struct {
	mu sync.Mutex
	to map[string]string // guarded by mu
}

// A long-lived process forgets them all once there are so many: each can be found again by asking.
const maxPaths = 10_000

// watch begins to ask for the task with that id, where the answers have led before.
func (t *Tasks) watch(id string) *watched {
	return &watched{given: id, id: t.at(id)}
}

// at is where the task with that id is to be asked for now.
func (t *Tasks) at(id string) string {
	t.led.mu.Lock()
	defer t.led.mu.Unlock()
	if to := t.led.to[id]; to != "" {
		return to
	}
	return id
}

// leadTo goes on with another id in place of w's.
func (t *Tasks) leadTo(w *watched, id string) {
	w.id = id
	t.led.mu.Lock()
	defer t.led.mu.Unlock()
	if t.led.to == nil || len(t.led.to) >= maxPaths {
		t.led.to = map[string]string{}
	}
	t.led.to[w.given] = id
}
