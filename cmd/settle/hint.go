package main

import (
	"errors"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

// below is what stands below a task's last line: the lines to type next. Those of several tasks stand below the sum (next).
func (v *vigil) below(w *waiting, rep report) []term.Detail {
	var all []term.Detail
	switch {
	case len(v.all) > 1:
		return nil
	case v.demoing && rep.Outcome == settle.OutcomeInterrupted:
		return []term.Detail{{Label: term.Labels.Hint, Text: v.say(words.demoOver)}}
	case w.entry == nil || !w.runsOn(rep.Outcome) || !isWhole(w.entry):
		all = append(all, term.Detail{Label: term.Labels.Hint, Text: rep.Hint})
	default:
		if rep.Outcome == settle.OutcomeUnknown {
			all = append(all, term.Detail{Label: term.Labels.Hint, Text: rep.Hint})
		}
		all = append(all, term.Detail{Label: term.Labels.Resume, Text: resumeLine(w.entry)})
		if w.at != nil && w.at.Recipe().Cancel != nil {
			all = append(all, term.Detail{Label: term.Labels.Cancel, Text: "settle cancel " + w.entry.Handle})
		}
	}
	if w.entry != nil && rep.Outcome == settle.OutcomeFailed {
		all = append(all, term.Detail{Label: term.Labels.Next, Text: "settle show " + w.entry.Handle + " --raw"})
	}
	return all
}

// runsOn reports whether the task may go on, after a wait that ended so. Where settle lost sight of it, of one that never
// answered and was not started here nothing says that it is there.
func (w *waiting) runsOn(o settle.Outcome) bool {
	switch o {
	case settle.OutcomeTimeout, settle.OutcomeInterrupted, outcomeBlocked:
		return true
	case settle.OutcomeUnknown:
		var unlisted *recipe.UnlistedError
		seen := w.running > 0 || w.entry.Action != ""
		return seen && !errors.Is(w.last.Err, settle.ErrNotFound) && !errors.As(w.last.Err, &unlisted)
	}
	return false
}

// next is what stands below the sum of several tasks.
func (v *vigil) next(total report) []term.Detail {
	if len(v.all) == 1 || v.keeper == nil {
		return nil
	}
	var failed []*waiting
	for _, w := range v.all {
		if w.entry != nil && w.entry.Outcome == settle.OutcomeFailed {
			failed = append(failed, w)
		}
	}
	left := v.left()
	var all []term.Detail
	switch {
	case len(left) > mostNamed:
		all = append(all, term.Detail{Label: term.Labels.Resume, Text: "settle resume"})
	case len(left) > 0:
		all = append(all, term.Detail{Label: term.Labels.Resume, Text: resumeLine(left...)})
	}
	for _, w := range failed[:min(len(failed), mostShown)] {
		all = append(all, term.Detail{Label: term.Verbatim(w.shown()), Text: "settle show " + w.entry.Handle + " --raw"})
	}
	if len(failed) > mostShown || len(left) > 0 {
		all = append(all, term.Detail{Label: term.Labels.Next, Text: "settle list"})
	}
	if len(all) == 0 && total.ExitCode != exitSucceeded || total.ExitCode == exitDenied {
		all = append(all, term.Detail{Label: term.Labels.Hint, Text: total.Hint})
	}
	return all
}

// sharedHint is the hint of the report that the exit code goes by, for all tasks that it would help alike: with one login
// they are all asked about again.
func (v *vigil) sharedHint(decides *report) string {
	if decides.Handle == "" || decides.Outcome != settle.OutcomeDenied {
		return decides.Hint
	}
	before, after, found := strings.Cut(decides.Hint, " "+decides.Handle)
	if !found {
		return decides.Hint
	}
	handles := ""
	n := 0
	for _, rep := range v.counted {
		if rep.Handle != "" && rep.Hint == before+" "+rep.Handle+after {
			handles += " " + rep.Handle
			n++
		}
	}
	if n > mostNamed {
		handles = ""
	}
	return before + handles + after
}

const (
	mostNamed = 20 // handles in a line to type; without any it takes up what is left of the newest command
	mostShown = 3  // failed tasks that have a line to type of their own
)

// left are the entries of the waits that can be taken up again.
func (v *vigil) left() (all []*journal.Entry) {
	for _, w := range v.all {
		if w.entry != nil && w.entry.Phase == journal.Stopped && w.runsOn(w.entry.Outcome) && isWhole(w.entry) {
			all = append(all, w.entry)
		}
	}
	return all
}

// waitHint is what to do after a wait that ended with err; "" where there is nothing to do.
func (a *app) waitHint(w *waiting, err error) string {
	switch outcome := outcomeOf(err); outcome {
	case settle.OutcomeTimeout, settle.OutcomeInterrupted, outcomeBlocked:
		switch {
		case w.entry != nil && isWhole(w.entry):
			return a.say(words.waitFor, resumeLine(w.entry))
		case w.again != "":
			return a.say(words.waitFor, w.again)
		case outcome == settle.OutcomeTimeout:
			return a.say(words.timedOut)
		}
		return a.say(words.goOn)
	case settle.OutcomeNotFound:
		if w.policy.Missing > 0 {
			return a.say(words.neverFound, brief(w.policy.Missing))
		}
		return a.say(words.notFound)
	case settle.OutcomeDenied:
		if hint := a.commonHint(w.task, err); w.entry == nil || hint != a.say(words.denied) {
			return hint
		}
		if line := resumeLine(w.entry); len(w.entry.Needs) > 0 {
			return line
		}
		return "settle resume " + w.entry.Handle + " " + a.say(words.denied)
	case settle.OutcomeUnknown:
		if hint := a.commonHint(w.task, err); hint != "" {
			return hint
		}
		switch {
		case errors.Is(err, settle.ErrNotFound):
			return ""
		case !w.hopeless():
			return a.say(words.askAgain)
		case w.target != "": // which also says how to pin a certificate
			return "settle target check " + w.target
		}
		return ""
	}
	return a.commonHint(w.task, err)
}

// commonHint is what to do after a wait or a single check: of its flags there is nothing that only a wait has.
func (a *app) commonHint(t task, err error) string {
	var redirected *httptask.RedirectedError
	var unlisted *recipe.UnlistedError
	var exit *exitCodeError
	var refused *recipe.Error
	switch settle.OutcomeOf(err) {
	case settle.OutcomeInvalid:
		if errors.As(err, &refused) {
			return refused.Hint
		}
	case settle.OutcomeDenied:
		if errors.As(err, &redirected) {
			return a.say(words.askThere, shellWord(redirected.URL))
		}
		if t.target != "" {
			return "settle target check " + t.target
		}
		if t.recipe != "" {
			return "settle recipe show " + t.recipe
		}
		return a.say(words.denied)
	case settle.OutcomeUnknown:
		switch {
		case errors.As(err, &unlisted) && t.recipe != "":
			if t.file != "" {
				return a.say(words.unlistedInFile, shellWord(t.file))
			}
			return a.say(words.unlistedThere, t.recipe)
		case errors.As(err, &unlisted) && unlisted.Nearest != "":
			return a.say(words.unlistedNear, listWord(unlisted.Raw), unlisted.Nearest)
		case errors.As(err, &unlisted):
			return a.say(words.unlisted, listWord(unlisted.Raw))
		case errors.As(err, &exit):
			return a.say(words.pendingExit, exit.code)
		}
	}
	return ""
}
