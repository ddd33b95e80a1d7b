package main

import (
	"cmp"
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

const keptAtOnce = 16 // entries that are written at once: each waits for the disk

// atOnce calls write for each of the waits, some at once, and returns their errors when all have returned.
func atOnce(all []*waiting, write func(*waiting) error) []error {
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
	return problems
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
	if err := cmp.Or(atOnce(changed, k.save)...); err != nil {
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

// end notes how the wait for w ended. A wait that is over without an end of its task is one that nobody wants to take up
// again.
func (k *keeper) end(w *waiting, rep report, over bool) {
	if k == nil || w.entry == nil {
		return
	}
	k.mu.Lock()
	e := w.entry
	e.Phase = journal.Stopped
	mistyped := rep.Outcome == settle.OutcomeNotFound && e.Action == "" // one that was started here may yet be known
	if over || mistyped || rep.Outcome == settle.OutcomeInvalid || rep.State.Ended() && slices.Contains(taskOutcomes, rep.Outcome) {
		e.Phase = journal.Ended
	}
	e.Outcome, e.Link, e.Error, e.Updated = rep.Outcome, k.mask(rep.Link), k.mask(rep.Error), time.Now().UTC()
	k.change(w)
	k.mu.Unlock()
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
