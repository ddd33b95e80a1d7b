package main

import (
	"errors"
	"os"
	"slices"
	"time"

	"github.com/settle-go/settle/internal/journal"
)

// keep puts the waits on disk before the first check, and begins to keep them up to date. Where nothing can be kept it
// says so once, and the waits go on. The error refuses a wait that another process has.
func (v *vigil) keep() error {
	j, err := v.journal()
	if err == nil {
		err = v.keepAll(j)
	}
	switch {
	case errors.Is(err, journal.ErrTaken):
		return usage("handle", byOthers(err.Error()), said("settle list shows who waits"))
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

// keepAll writes the entries of all waits. Those that nobody named and another process has taken are left to it.
func (v *vigil) keepAll(j *journal.Journal) error {
	run := journal.NewRun()
	problems := atOnce(v.all, func(w *waiting) error {
		switch {
		case w.entry == nil:
			return nil
		case w.resumed:
			return v.takeEntry(j, w)
		}
		return keepEntry(j, w.entry, run)
	})
	var mine []*waiting
	var taken []string
	for i, w := range v.all {
		switch problem := problems[i]; {
		case v.unnamed && errors.Is(problem, journal.ErrTaken):
			taken = append(taken, w.entry.Handle)
		case problem != nil:
			return problem
		default:
			w.key = len(mine)
			mine = append(mine, w)
		}
	}
	if len(mine) == 0 {
		return problems[0]
	}
	v.all = mine
	if len(taken) > 0 && len(v.then) > 0 { // what was to follow the success of all is not ours any more
		v.complain(v.say(words.notFollowed, taken[0]), "settle show "+taken[0])
		v.then = nil
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

// takeEntry makes the entry of a wait that is taken up again ours.
func (v *vigil) takeEntry(j *journal.Journal, w *waiting) error {
	take := j.Take
	if v.unnamed {
		take = j.TakeLeft
	}
	e, err := take(w.entry.Handle)
	if err != nil {
		return err
	}
	w.entry = e
	if slices.Equal(e.Behind, w.behind) {
		return nil
	}
	e.Behind = w.behind // another command is to follow now
	if w.hidden {
		e.Needs = append(e.Needs, theCommand)
	}
	return j.Save(e)
}

// keepEntry writes the entry of a wait that begins.
func keepEntry(j *journal.Journal, e *journal.Entry, run string) error {
	e.Phase, e.Process, e.Updated = journal.Waiting, os.Getpid(), time.Now().UTC()
	if e.Handle != "" { // it was submitted
		return j.Save(e)
	}
	e.Run, e.Started = run, e.Updated
	return j.Add(e)
}

// entry is what the journal is to keep of w; flags and needs are those of the command line.
func (a *app) entry(w *waiting, flags, needs []string) *journal.Entry {
	e := &journal.Entry{
		Name: w.shown(), Task: a.secrets.Mask(w.typed), Target: w.target, Recipe: w.recipe, ID: a.secrets.Mask(w.id),
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
