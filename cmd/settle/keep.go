package main

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/settle-go/settle/internal/journal"
)

// keep adds the waits to the journal, so that they are on disk before the first check, and begins to keep them up to
// date. Where nothing can be kept it says so once, and the waits go on. The error refuses one that another process is
// waiting for; where nobody named it, and others are left, it is left out.
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

// keepAll writes the entries of all that is ours to wait for.
func (v *vigil) keepAll(j *journal.Journal) error {
	run, handles := journal.NewRun(), make([]string, len(v.all))
	problems := atOnce(v.all, func(w *waiting) error {
		if w.entry != nil {
			handles[w.key] = w.entry.Handle
		}
		return v.keepOne(j, w, run)
	})
	var mine []*waiting
	var taken []string
	for i, w := range v.all {
		switch problem := problems[i]; {
		case v.unnamed && errors.Is(problem, journal.ErrTaken):
			taken = append(taken, handles[i])
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
	v.leaveOut(taken)
	return nil
}

// leaveOut leaves waits to the process that has taken them: what was to follow the success of all is not ours any more.
func (v *vigil) leaveOut(taken []string) {
	if len(taken) == 0 {
		return
	}
	if len(v.then) > 0 {
		v.complain(v.say(words.notFollowed, taken[0]), "settle show "+taken[0])
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
	if w.entry == nil {
		return nil
	}
	if w.resumed {
		take := j.Take
		if v.unnamed {
			take = j.TakeLeft
		}
		if w.entry, err = take(w.entry.Handle); err != nil || slices.Equal(w.entry.Behind, w.behind) {
			return err
		}
		w.entry.Behind = w.behind // another command is to follow now
		if w.hidden {
			w.entry.Needs = append(w.entry.Needs, theCommand)
		}
		return j.Save(w.entry)
	}
	e := w.entry
	e.Phase, e.Process, e.Updated = journal.Waiting, os.Getpid(), time.Now().UTC()
	if e.Handle != "" { // it was submitted
		return j.Save(e)
	}
	e.Run, e.Started = run, e.Updated
	return j.Add(e)
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
