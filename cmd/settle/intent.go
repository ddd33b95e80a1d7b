package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
)

// intend writes down what is about to be started: after a crash nobody would know that it may have been.
func (s *submission) intend() {
	j, err := s.journal()
	if err == nil {
		e := &journal.Entry{
			Run: journal.NewRun(), Phase: journal.Submitting, Process: os.Getpid(), Started: time.Now().UTC(), Updated: time.Now().UTC(),
			Name: s.short(), Target: s.at.target, Recipe: s.at.recipe(), Action: s.action,
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

// found gives the tasks that were started their entries: the first takes the place of the intent, the others come beside
// it. They are on disk, all at one moment, before anything is asked.
func (s *submission) found(all []*waiting) {
	var entries []*journal.Entry
	for _, w := range all {
		w.entry = s.entry(w, s.flagsKept, s.needs)
		entries = append(entries, w.entry)
	}
	intent := s.intent
	if intent == nil {
		return
	}
	for _, e := range entries {
		e.Run, e.Action, e.Params, e.Started, e.Updated = intent.Run, intent.Action, intent.Params, intent.Started, time.Now().UTC()
		e.Phase, e.Process = journal.Waiting, os.Getpid()
	}
	first := entries[0]
	first.Schema, first.Handle = intent.Schema, intent.Handle
	j, err := s.journal()
	if err == nil {
		err = j.Replace(first, entries[1:])
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
