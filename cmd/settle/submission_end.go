package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

// report is that of a start which no wait follows.
func (s *submission) report(outcome settle.Outcome) report {
	return report{Outcome: outcome, Task: s.called(), Target: s.at.target, Recipe: s.at.recipe(), Requests: s.at.Requests()}
}

// notStarted says that no task is known to wait for, and why.
func (s *submission) notStarted(ctx context.Context, err error) error {
	outcome := settle.OutcomeOf(err)
	var refused *recipe.Error
	if errors.As(err, &refused) {
		outcome = settle.OutcomeInvalid
		if refused.Place == s.action && s.at.Recipe().Action(s.action) != nil {
			refused = &recipe.Error{Problem: refused.Problem, Hint: s.at.submit() + " " + refused.Hint}
		}
	}
	r := s.report(outcome)
	r.ExitCode, r.Error = exitOf(outcome), failure(err)
	var stop *settle.StopError
	if errors.As(err, &stop) && stop.Last != nil && stop.Last.Error() != r.Error {
		r.Error += ": " + stop.Last.Error()
	}
	var lost *httptask.LostError
	var no *httptask.RefusedError
	about, phase := r.Task, journal.Ended
	switch code, signaled := exitAfterSignal(ctx); {
	case refused != nil:
		r.Error, r.Hint = refused.Error(), refused.Hint
	case errors.As(err, &lost):
		phase = journal.Submitting // for good: nobody knows
		about, r.Error, r.Hint = s.at.name, lost.Error(), s.say(words.mayHaveStarted)
		if signaled {
			r.Outcome, r.ExitCode = settle.OutcomeInterrupted, code
		}
	case errors.As(err, &no):
		about, r.Error = s.at.name, no.Error()
	case outcome == settle.OutcomeDenied:
		r.Hint = s.commonHint(task{target: s.at.target, recipe: s.at.recipe()}, err)
	case signaled && outcome == settle.OutcomeInterrupted:
		r.ExitCode, r.Hint = code, s.say(words.nothingStarted)
	case outcome == settle.OutcomeTimeout, outcome == settle.OutcomeUnknown:
		r.Hint = s.say(words.nothingStarted)
	}
	s.over(phase, r.Outcome, r.Error)
	r.Handle = s.handle()
	told := r
	if refused != nil {
		told.Error, told.Hint = s.inWords(refused)
	}
	s.complain(said("%s: %s", about, told.Error).in(s.options.Language), told.Hint)
	s.notifyOfStart(ctx, r)
	s.printReport(r)
	s.announce(told)
	return exitWith(r.ExitCode)
}

func (s *submission) doneAtOnce(ctx context.Context) error {
	r := s.report(settle.OutcomeSucceeded)
	r.State, r.Handle = settle.Succeeded, s.handle()
	s.notifyOfStart(ctx, r)
	s.printReport(r)
	s.announce(r)
	return nil
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
		rep = s.report(outcomePending)
		rep.Tasks = v.reports
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
