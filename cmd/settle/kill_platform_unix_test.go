//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// A moment is when the at-th request has come: before it is answered, or after. At 0 it is right after the start, and when
// the command first says something.
type moment struct {
	at    int
	after bool
}

func (m moment) String() string {
	switch {
	case m.at == 0 && !m.after:
		return "at the start"
	case m.at == 0:
		return "at its first words"
	case m.after:
		return fmt.Sprintf("after answer %d", m.at)
	}
	return fmt.Sprintf("at request %d", m.at)
}

// runs is a platform of runs. Each is running when it is first asked for and once more, then done, and the one named bad
// failed.
//
// Every answer says back all that came with its request.
//
//	POST /login   GET /vms/NAME   POST /runs   POST /several   GET /runs/ID
type runs struct {
	moment
	ready chan struct{} // closed: whom to kill is known

	mu      sync.Mutex // guards what follows
	count   int        // requests
	starts  int
	checked map[string]int
	who     map[string]map[string]bool // X-Who of those that asked for a run
	kill    func()                     // returns when the process is gone; nil: it is
	hold    func(id string, check int) // before a check is answered; nil: it is not held
}

var severalRuns = []string{"run-1", "run-2", "run-3", "run-4", "run-5", "run-6"}

func newRuns(m moment) *runs {
	return &runs{moment: m, ready: make(chan struct{}), checked: map[string]int{}, who: map[string]map[string]bool{}}
}

func (p *runs) arm(kill func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kill = kill
}

// came reports whether the moment has come.
func (p *runs) came() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count >= p.at
}

// asked is how often a run was asked for.
func (p *runs) asked(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.checked[id]
}

// checks is how often any was.
func (p *runs) checks() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, asked := range p.checked {
		n += asked
	}
	return n
}

// started is how many starts have come.
func (p *runs) started() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.starts
}

func (p *runs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	<-p.ready
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	answer, kill := p.act(r)
	user, password, _ := r.BasicAuth()
	answer["message"] = fmt.Sprint(r.Header, r.URL, string(body), " ", user, " ", password)
	if kill != nil && !p.after {
		kill()
		return
	}
	text, _ := json.Marshal(answer)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	_, _ = w.Write(text)
	_ = http.NewResponseController(w).Flush()
	if kill != nil {
		kill()
	}
}

// act does what r asks for. kill is set where that is the moment.
func (p *runs) act(r *http.Request) (answer map[string]any, kill func()) {
	p.mu.Lock()
	if p.count++; p.count == p.at {
		kill = p.kill
	}
	switch id, isRun := strings.CutPrefix(r.URL.Path, "/runs/"); {
	case r.URL.Path == "/login":
		answer = map[string]any{"token": loginSecret}
	case r.URL.Path == "/runs" && r.Method == http.MethodPost:
		p.starts++
		answer = map[string]any{"id": fmt.Sprint("run-", p.starts)}
	case r.URL.Path == "/several":
		p.starts++
		answer = map[string]any{"ids": severalRuns}
	case isRun:
		p.checked[id]++
		if p.who[id] == nil {
			p.who[id] = map[string]bool{}
		}
		p.who[id][r.Header.Get("X-Who")] = true
		status := "running"
		switch {
		case p.checked[id] <= 2:
		case id == "bad":
			status = "failed"
		default:
			status = "done"
		}
		answer = map[string]any{"id": id, "status": status}
		if hold, check := p.hold, p.checked[id]; hold != nil {
			p.mu.Unlock()
			hold(id, check)
			return answer, kill
		}
	default:
		answer = map[string]any{"id": "vm-7"}
	}
	p.mu.Unlock()
	return answer, kill
}

// holdChecks has f called before each check is answered.
func (p *runs) holdChecks(f func(id string, check int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = f
}

// askedFor is how many runs were asked for since forget.
func (p *runs) askedFor() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.who)
}

// forget forgets who asked for what.
func (p *runs) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.who)
}
