package main

import (
	"time"

	"github.com/settle-go/settle"
)

// learnFrom has w go by the history of tasks of its kind, and the history learn from w. Where pauses are fixed, it only
// learns.
func (a *app) learnFrom(w *waiting, fixed bool) {
	if w.kind == "" {
		return
	}
	l := a.learned[w.kind]
	if l == nil {
		l = &lesson{history: a.histories().Load(w.kind)}
		l.known = l.newest()
		a.learned[w.kind] = l
	}
	w.history = l.history
	if !fixed {
		w.policy.History = w.history
	}
}

// took tells the history of a task that was checked by fixed pauses how long it took; of others the wait has told it.
func (w *waiting) took(rep report) {
	if w.history == nil || w.policy.History != nil || w.running == 0 {
		return
	}
	if rep.State.Ended() {
		w.history.Add(w.policy, w.running, time.Since(w.began))
	} else {
		w.history.AddUnfinished(w.policy, w.running)
	}
}

// learn keeps what was learned. Losing it costs nothing but that, so that a folder that cannot be written is no error.
func (v *vigil) learn() {
	for kind, l := range v.learned {
		if l.newest() != l.known {
			_ = v.histories().Learn(kind, l.history)
		}
	}
}

// A lesson is what is known of a kind of task, and how much of it is new.
type lesson struct {
	history *settle.History
	known   time.Time // of the newest that was read
}

// newest is when the newest was added; zero: there is none.
func (l *lesson) newest() time.Time {
	all := l.history.Observations()
	if len(all) == 0 {
		return time.Time{}
	}
	return all[len(all)-1].At
}
