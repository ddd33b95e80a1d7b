package main

import (
	"errors"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
)

// waitHint is what to do after a wait that ended with err; "" where there is nothing to do.
func (a *app) waitHint(t task, rec *record, err error) string {
	outcome := settle.OutcomeOf(err)
	if t.again != "" && (outcome == settle.OutcomeTimeout || outcome == settle.OutcomeInterrupted) {
		return a.say(words.waitFor, t.again)
	}
	switch outcome {
	case settle.OutcomeTimeout:
		return a.say(words.timedOut)
	case settle.OutcomeInterrupted:
		return a.say(words.goOn)
	case settle.OutcomeNotFound:
		return a.say(words.notFound)
	case settle.OutcomeUnknown:
		if hint := a.commonHint(t, err); hint != "" {
			return hint
		}
		if !rec.hopeless() && !errors.Is(err, settle.ErrNotFound) {
			return a.say(words.askAgain)
		}
		return ""
	}
	return a.commonHint(t, err)
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
