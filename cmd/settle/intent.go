package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
)

// intend writes down what is about to be started: after a crash nobody would know that it may have been.
func (s *submission) intend() {
	j, err := s.journal()
	if err == nil {
		e := &journal.Entry{
			Run: journal.NewRun(), Phase: journal.Submitting, Process: os.Getpid(), Started: time.Now().UTC(), Updated: time.Now().UTC(),
			Name: s.shortAction(s.at, s.action, s.params), Target: s.at.target, Recipe: s.at.recipe(), Action: s.action,
			Flags: s.flagsKept, Needs: s.needs,
		}
		if s.at.recipe() == "" {
			e.Name, e.Action = s.at.name, ""
		}
		for _, name := range slices.Sorted(maps.Keys(s.params)) {
			e.Params = append(e.Params, s.secrets.ShowArguments([]string{fmt.Sprint(name, "=", s.params[name])})[0])
		}
		if err = j.Add(e); err == nil {
			s.intent = e
			return
		}
	}
	s.notKept(err)
}

func (s *submission) handle() string {
	if s.intent == nil {
		return ""
	}
	return s.intent.Handle
}

// found gives w its entry: the first task that was started takes the place of the intent, others of the same start come
// beside it. It is on disk when this returns.
func (s *submission) found(w *waiting) {
	w.entry = s.entry(w, s.flagsKept, s.needs)
	intent := s.intent
	if intent == nil {
		return
	}
	e := w.entry
	e.Run, e.Action, e.Params, e.Started, e.Updated = intent.Run, intent.Action, intent.Params, intent.Started, time.Now().UTC()
	e.Phase, e.Process = journal.Waiting, os.Getpid()
	j, err := s.journal()
	switch {
	case err != nil:
	case intent.Task == "":
		e.Schema, e.Handle = intent.Schema, intent.Handle
		intent.Task = e.Task
		err = j.Save(e)
	default:
		err = j.Add(e)
	}
	if err != nil {
		s.notKept(err)
	}
}

// over notes how a start ended that has no task to wait for. Of one with a bad name or value there is nothing to look
// back at.
func (s *submission) over(phase journal.Phase, outcome settle.Outcome, problem string) {
	if s.intent == nil {
		return
	}
	if outcome == settle.OutcomeInvalid {
		if j, err := s.journal(); err == nil && j.Remove(s.intent) == nil {
			s.intent = nil
			return
		}
	}
	s.intent.Phase, s.intent.Outcome, s.intent.Error = phase, outcome, s.secrets.Mask(problem)
	s.intent.Updated = time.Now().UTC()
	if j, err := s.journal(); err == nil {
		_ = j.Save(s.intent) // it was the truth before, only less
	}
}

// leave prints what was started, one TASK a line, and returns: somebody else is to wait for it.
func (s *submission) leave(v *vigil) error {
	j, err := s.journal()
	for _, text := range s.said {
		if !s.quiet {
			fmt.Fprintln(s.stderr, term.Clean(text))
		}
	}
	for _, w := range v.all {
		if err == nil && w.entry.Handle != "" {
			w.entry.Phase = journal.Stopped
			err = j.Save(w.entry)
		}
		rep := report{
			Outcome: outcomePending, Task: w.name, Target: w.target, Recipe: w.recipe, ID: w.id, Handle: w.entry.Handle,
			Link: w.link(nil), Hint: s.resumeHint(w),
		}
		v.reports = append(v.reports, rep)
		if !s.quiet && rep.Hint != "" {
			fmt.Fprintln(s.stderr, term.Clean(rep.Hint))
		}
		if s.forPeople() {
			s.printText(s.secrets.Mask(w.name))
		}
	}
	if err != nil {
		s.notKept(err)
	}
	rep := v.reports[0]
	rep.Requests = s.at.Requests()
	if len(v.reports) > 1 {
		rep = report{Requests: s.at.Requests(), Outcome: outcomePending, Task: s.at.called(s.action), Target: s.at.target, Recipe: s.at.recipe(), Tasks: v.reports}
	}
	s.printReport(rep)
	return nil
}

func (s *submission) resumeHint(w *waiting) string {
	switch {
	case w.entry.Handle != "":
		return s.say(words.detached, resumeLine(w.entry))
	case w.again != "":
		return s.say(words.detached, w.again)
	}
	return ""
}
