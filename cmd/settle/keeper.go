package main

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
)

// How long what a check has changed may wait to be written: what a crash then loses is no more than what happened last.
const keptAfter = 500 * time.Millisecond

// A keeper keeps the entries of a run's waits in the journal up to date. What is told is written by a goroutine of its
// own: a slow disk must not hold up the waits. A nil *keeper is told nothing.
type keeper struct {
	journal *journal.Journal
	mask    func(string) string
	quit    chan struct{} // closed: what is left is written, and the goroutine ends
	done    chan struct{}

	mu      sync.Mutex // guards the entries, and what follows
	changed []*waiting
	problem error // the first of writing

	writing sync.Mutex // held while an entry is written, so that an older state never follows a newer; taken before mu
}

// keep adds the waits to the journal, so that they are on disk before the first check, and begins to keep them up to
// date. Where nothing can be kept it says so once, and the waits go on. The error refuses one that another process is
// waiting for; where nobody named it, and others are left, it is left out.
func (v *vigil) keep() error {
	j, err := v.journal()
	run, all := journal.NewRun(), v.all
	v.all = nil
	for i, w := range all {
		kept := w.entry
		if err == nil && kept != nil {
			err = v.keepOne(j, w, run)
		}
		if mine := len(v.all) + len(all) - i; v.left && errors.Is(err, journal.ErrTaken) && mine > 1 {
			v.leaveOut(kept)
			err = nil
			continue
		}
		w.key = len(v.all)
		v.all = append(v.all, w)
	}
	switch {
	case errors.Is(err, journal.ErrTaken):
		return usage("handle", err.Error(), "settle list shows who waits")
	case err != nil:
		v.notKept(err)
		for _, w := range v.all {
			w.entry = nil
		}
		return nil
	}
	v.keeper = startKeeper(j, v.secrets.Mask)
	return nil
}

// leaveOut leaves e to the process that has taken it: what was to follow the success of all is not ours any more.
func (v *vigil) leaveOut(e *journal.Entry) {
	if len(v.then) > 0 {
		v.complain(v.say(words.notFollowed, e.Handle), "settle show "+e.Handle)
	}
	v.then = nil
}

// notKept says, once, that the waits cannot be taken up again.
func (a *app) notKept(err error) {
	if !a.toldNotKept && !a.quiet {
		a.complain(a.say(words.notKept, err.Error()), "")
	}
	a.toldNotKept = true
}

func (v *vigil) keepOne(j *journal.Journal, w *waiting, run string) (err error) {
	if w.resumed {
		w.entry, err = j.Take(w.entry.Handle)
		return err
	}
	e := w.entry
	e.Phase, e.Process, e.Updated = journal.Waiting, os.Getpid(), time.Now().UTC()
	if e.Handle != "" { // it was submitted
		return j.Save(e)
	}
	e.Run, e.Started = run, e.Updated
	return j.Add(e)
}

func startKeeper(j *journal.Journal, mask func(string) string) *keeper {
	k := &keeper{journal: j, mask: mask, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(k.done)
		for clock := time.NewTicker(keptAfter); ; {
			select {
			case <-clock.C:
				k.write()
			case <-k.quit:
				clock.Stop()
				k.write()
				return
			}
		}
	}()
	return k
}

// write writes what has changed.
func (k *keeper) write() {
	k.mu.Lock()
	changed := k.changed
	k.changed = nil
	k.mu.Unlock()
	for _, w := range changed {
		k.save(w)
	}
}

func (k *keeper) save(w *waiting) {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	if answer := w.answer.Load(); answer != nil {
		w.entry.Answered(k.mask(answer.Text))
	}
	e := *w.entry
	e.Events = slices.Clone(e.Events)
	k.mu.Unlock()
	if err := k.journal.Save(&e); err != nil {
		k.mu.Lock()
		if k.problem == nil {
			k.problem = err
		}
		k.mu.Unlock()
	}
}

// check notes what a check of w has seen.
func (k *keeper) check(w *waiting, s settle.Step) {
	if k == nil || w.entry == nil {
		return
	}
	event := journal.Event{At: time.Now().UTC(), Check: s.Check, Status: s.Status}
	event.Status.Raw, event.Status.Reason = k.mask(s.Status.Raw), k.mask(s.Status.Reason)
	if s.Err != nil {
		event.Error = k.mask(s.Err.Error())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	w.entry.Happened(event)
	if !slices.Contains(k.changed, w) {
		k.changed = append(k.changed, w)
	}
}

// end notes how the wait for w ended, and returns when that is on disk. A wait that is over without an end of its task is
// one that nobody wants to take up again.
func (k *keeper) end(w *waiting, rep report, over bool) {
	if k == nil || w.entry == nil {
		return
	}
	k.mu.Lock()
	e := w.entry
	e.Phase = journal.Stopped
	if over || rep.State.Ended() && slices.Contains(taskOutcomes, rep.Outcome) {
		e.Phase = journal.Ended
	}
	e.Outcome, e.Link, e.Error, e.Updated = rep.Outcome, k.mask(rep.Link), k.mask(rep.Error), time.Now().UTC()
	k.mu.Unlock()
	k.save(w)
}

var taskOutcomes = []settle.Outcome{settle.OutcomeSucceeded, settle.OutcomeFailed, settle.OutcomeCanceled}

// close returns when all is written. The error is the first of writing.
func (k *keeper) close() error {
	if k == nil {
		return nil
	}
	close(k.quit)
	<-k.done
	return k.problem
}

// entry is what the journal keeps of w; flags and needs are those of the command line.
func (a *app) entry(w *waiting, flags, needs []string) *journal.Entry {
	e := &journal.Entry{
		Name: cmp.Or(w.label, w.short), Task: a.secrets.Mask(w.typed), Target: w.target, Recipe: w.recipe, ID: a.secrets.Mask(w.id),
		Flags: flags, Needs: slices.Clone(needs), Behind: w.behind,
	}
	if e.Task != w.typed {
		e.Needs = append(e.Needs, "TASK")
	}
	if w.hidden {
		e.Needs = append(e.Needs, "-- COMMAND")
	}
	return e
}
