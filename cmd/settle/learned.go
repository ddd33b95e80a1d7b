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
	if a.learned == nil {
		a.learned = map[string]*settle.History{}
	}
	if a.learned[w.kind] == nil {
		a.learned[w.kind] = a.histories().Load(w.kind)
	}
	w.history = a.learned[w.kind]
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
	for kind, history := range v.learned {
		if history.Len() > 0 {
			_ = v.histories().Learn(kind, history)
		}
	}
}
