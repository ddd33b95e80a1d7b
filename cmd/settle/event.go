package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/settle-go/settle"
)

// An event is what -o ndjson prints of one check.
type event struct {
	Event    string       `json:"event"` // "check"
	Time     time.Time    `json:"time"`
	Task     string       `json:"task"`
	Handle   string       `json:"handle"`
	Check    int          `json:"check"`
	Of       int          `json:"of"` // 0: there is no limit in checks
	State    settle.State `json:"state"`
	Raw      string       `json:"raw"`
	Progress float64      `json:"progress"`
	Reason   string       `json:"reason"`
	Error    string       `json:"error"` // why the check failed
	Next     float64      `json:"next"`  // seconds until the next check; 0 after the last
}

// events are the lines of -o ndjson. What is told is written by a goroutine of its own: a reader that is slow must not
// hold up the waits. A nil *events is told nothing.
type events struct {
	app   *app
	aside func(func())  // writes beside a display on the same terminal
	wake  chan struct{} // closed: no more will come
	done  chan struct{}

	mu    sync.Mutex // guards lines
	lines []byte
}

func (a *app) startEvents(aside func(func())) *events {
	e := &events{app: a, aside: aside, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(e.done)
		for range e.wake {
			e.flush()
		}
	}()
	return e
}

func (e *events) flush() {
	e.mu.Lock()
	lines := e.lines
	e.lines = nil
	e.mu.Unlock()
	if len(lines) > 0 {
		e.aside(func() { _, _ = e.app.stdout.Write(lines) }) // the sink keeps the error
	}
}

func (e *events) add(line any) {
	e.mu.Lock()
	e.lines = fmt.Appendf(e.lines, "%s\n", encode(line, ""))
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default: // it will be awake
	}
}

func (e *events) check(w *waiting, s settle.Step) {
	if e == nil {
		return
	}
	mask := e.app.secrets.Mask
	line := event{
		Event: "check", Time: time.Now().UTC(), Task: mask(w.name), Check: s.Check, Of: s.Of,
		State: s.Status.State, Raw: mask(s.Status.Raw), Progress: s.Status.Progress, Reason: mask(s.Status.Reason), Next: s.Next.Seconds(),
	}
	if s.Err != nil {
		line.Error = mask(s.Err.Error())
	}
	if w.entry != nil {
		line.Handle = w.entry.Handle
	}
	e.add(line)
}

func (e *events) end(rep report) {
	if e == nil {
		return
	}
	e.add(struct {
		Event string `json:"event"` // "end"
		report
	}{"end", e.app.shown(rep)})
}

// close returns when all is written.
func (e *events) close() {
	if e == nil {
		return
	}
	close(e.wake)
	<-e.done
	e.flush()
}
