package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
)

// A submission is one start, and what it started.
type submission struct {
	*app
	flags  *submitFlags
	at     *installed
	action string
	params map[string]any

	flagsKept, needs []string // of the command line, as the journal keeps them
	intent           *journal.Entry
	said             []string // of what was started
}

// do starts, keeps what was started before its first check, and waits for it.
func (s *submission) do(ctx context.Context) error {
	s.intend()
	started, err := s.at.Start(settle.WithTrace(ctx, s.notYet()), s.action, s.params)
	switch {
	case err != nil:
		return s.notStarted(ctx, err)
	case started.Done:
		s.over(journal.Ended, settle.OutcomeSucceeded, "")
		if !s.quiet {
			fmt.Fprintln(s.stderr, s.say(words.doneAtOnce, s.action))
		}
		return s.doneAtOnce(ctx)
	}
	v := &vigil{app: s.app, runFlags: s.flags.run}
	for _, id := range started.IDs {
		w := s.started(id)
		w.key = len(v.all)
		v.all = append(v.all, w)
	}
	s.found(v.all)
	if s.flags.detach {
		return s.leave(v)
	}
	v.opening = s.said
	return v.do(ctx)
}

// started is the wait for a task that was started.
func (s *submission) started(id string) *waiting {
	w := &waiting{task: s.at.taskOf(id), run: s.flags.run}
	called := s.action
	if s.at.recipe() == "" {
		w.task, called = s.flags.polled(s.app, w.task), s.at.name
		w.again = "settle wait " + w.address + " " + shellQuote(s.flagsKept) + givenAgain(s.needs)
	} else {
		w.short = s.short()
		w.kind = s.at.name + "/" + s.action
	}
	s.said = append(s.said, s.say(words.submitted, called, w.name))
	if err := s.time(w, s.flags.when); err != nil {
		panic(err) // submit has read the same flags and texts before the start
	}
	return w
}

// called is the start by its name: the target's and the action's, or the URL alone.
func (s *submission) called() string {
	if s.at.recipe() == "" {
		return s.at.name
	}
	return s.at.name + " " + s.action
}

// notYet says why a start is not through yet: what it reads cannot be had, the platform refuses it for now, or the answer
// was lost of one that it can tell from others.
func (s *submission) notYet() func(settle.Step) {
	said, text := "", words.notYet
	return func(step settle.Step) {
		problem := step.Status.Reason
		var lost *httptask.LostError
		switch {
		case errors.As(step.Err, &lost):
			problem, text = lost.Cause.Error(), words.notSure // and stays so, whatever the next try meets
		case step.Err != nil:
			problem = step.Err.Error()
		}
		if s.quiet || step.Last || problem == said {
			return
		}
		said = problem
		s.complain(s.say(text, s.called(), problem, brief(step.Next.Round(time.Millisecond))), "")
	}
}

// short names a started task for a line with little room: the action, and what it is done to.
func (s *submission) short() string {
	if described := s.at.Recipe().Action(s.action); described != nil && len(described.Params) > 0 {
		if value, isText := s.params[described.Params[0].Name].(string); isText {
			return s.action + " " + value
		}
	}
	return s.action
}
