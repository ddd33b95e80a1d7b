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

	writing sync.Mutex // held while entries are written, so that an older state never follows a newer; taken before mu
}

// keep adds the waits to the journal, so that they are on disk before the first check, and begins to keep them up to
// date. Where nothing can be kept it says so once, and the waits go on. The error refuses one that another process is
// waiting for.
func (v *vigil) keep() error {
	j, err := v.journal()
	run := journal.NewRun()
	if err == nil {
		v.adopt(j)
		err = atOnce(v.all, func(w *waiting) error { return v.keepOne(j, w, run) })
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

// adopt finds for each new wait the entry of an earlier one for the same task that is left, and has it go on in that: of two
// entries one would stay, and be taken up again, when the task has long ended.
func (v *vigil) adopt(j *journal.Journal) {
	all, err := j.List()
	if err != nil {
		return // they stay apart
	}
	left := map[string]*journal.Entry{}
	for _, e := range all {
		if e.IsLeft() && e.Phase != journal.Submitting && e.Task != "" {
			left[e.Recipe+" "+e.Task] = e
		}
	}
	for _, w := range v.all {
		if w.entry == nil || w.resumed || w.entry.Handle != "" || !isWhole(w.entry) {
			continue
		}
		if e := left[w.entry.Recipe+" "+w.entry.Task]; e != nil {
			w.adopted = e.Handle
		}
	}
}

const keptAtOnce = 16 // entries that are written at once: each waits for the disk

// atOnce calls write for each of the waits, some at once, and returns when all have returned. The error is that of the
// first that has one.
func atOnce(all []*waiting, write func(*waiting) error) error {
	problems := make([]error, len(all))
	room := make(chan struct{}, keptAtOnce)
	var writes sync.WaitGroup
	for i, w := range all {
		room <- struct{}{}
		writes.Go(func() {
			problems[i] = write(w)
			<-room
		})
	}
	writes.Wait()
	for _, problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}

// notKept says, once, that the waits cannot be taken up again.
func (a *app) notKept(err error) {
	if !a.toldNotKept && !a.quiet {
		a.complain(a.say(words.notKept, err.Error()), "")
	}
	a.toldNotKept = true
}

func (v *vigil) keepOne(j *journal.Journal, w *waiting, run string) (err error) {
	if w.entry == nil {
		return nil
	}
	if w.resumed {
		if w.entry, err = j.Take(w.entry.Handle); err != nil || slices.Equal(w.entry.Behind, w.behind) {
			return err
		}
		w.entry.Behind = w.behind // another command is to follow now
		if w.hidden {
			w.entry.Needs = append(w.entry.Needs, theCommand)
		}
		return j.Save(w.entry)
	}
	e := w.entry
	if w.adopted != "" {
		if earlier, err := j.Take(w.adopted); err == nil { // else another process was quicker
			e.Schema, e.Handle, e.Started, e.Action, e.Params = earlier.Schema, earlier.Handle, earlier.Started, earlier.Action, earlier.Params
			e.Events, e.Left, e.Run = earlier.Events, earlier.Left, run
		}
	}
	e.Phase, e.Process, e.Updated = journal.Waiting, os.Getpid(), time.Now().UTC()
	if e.Handle != "" { // it was submitted, or waited for
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

// write writes what has changed, and returns when that is on disk. A nil *keeper has nothing to write.
func (k *keeper) write() {
	if k == nil {
		return
	}
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	changed := k.changed
	k.changed = nil
	k.mu.Unlock()
	if err := atOnce(changed, k.save); err != nil {
		k.mu.Lock()
		k.problem = cmp.Or(k.problem, err)
		k.mu.Unlock()
	}
}

func (k *keeper) save(w *waiting) error {
	k.mu.Lock()
	if answer := w.answer.Load(); answer != nil {
		w.entry.Answered(k.mask(answer.Text))
	}
	e := *w.entry
	e.Events = slices.Clone(e.Events)
	k.mu.Unlock()
	return k.journal.Save(&e)
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
	k.change(w)
}

// change has w written. The caller holds mu.
func (k *keeper) change(w *waiting) {
	if !slices.Contains(k.changed, w) {
		k.changed = append(k.changed, w)
	}
}

// end notes how the wait for w ended. A wait that is over without an end of its task is
// one that nobody wants to take up again.
func (k *keeper) end(w *waiting, rep report, over bool) {
	if k == nil || w.entry == nil {
		return
	}
	k.mu.Lock()
	k.changed = slices.DeleteFunc(k.changed, func(other *waiting) bool { return other == w })
	e := w.entry
	e.Phase = journal.Stopped
	if over || rep.State.Ended() && slices.Contains(taskOutcomes, rep.Outcome) || slices.Contains(noTask, rep.Outcome) {
		e.Phase = journal.Ended
	}
	e.Outcome, e.Link, e.Error, e.Updated = rep.Outcome, k.mask(rep.Link), k.mask(rep.Error), time.Now().UTC()
	k.change(w)
	k.mu.Unlock()
}

// noTask are outcomes after which there is nothing to take up.
var noTask = []settle.Outcome{settle.OutcomeNotFound, settle.OutcomeInvalid}

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
		e.Needs = append(e.Needs, theCommand)
	}
	return e
}
