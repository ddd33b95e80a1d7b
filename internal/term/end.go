package term

import (
	"errors"
	"strings"

	"github.com/settle-go/settle"
)

// An End is what Stop tells of how a wait ended, beside what the steps have told.
type End struct {
	Err   error    // what the wait returned; nil: the task succeeded
	Link  string   // the page where a person sees the task; "": none
	Hints []string // what to do next, such as a command to type; in the person's language
}

// An ending is a last line and the lines below it.
type ending struct {
	mark, headline line
	below          []detail
}

type detail struct {
	label Text
	text  string
}

// ending words the end of t. "Failed" is said only where the platform said so: everything else is settle that stopped,
// and what is known of the task then.
func (p *pen) ending(t *task, e End) ending {
	var end ending
	switch outcome := settle.OutcomeOf(e.Err); outcome {
	case settle.OutcomeSucceeded, settle.OutcomeFailed, settle.OutcomeCanceled:
		end = p.taskEnding(t, outcome)
	case settle.OutcomeTimeout:
		end = p.timeoutEnding(t)
	case settle.OutcomeInterrupted:
		end = p.interruptedEnding(t)
	default:
		end = p.failureEnding(t, outcome, e.Err)
	}
	end.add(words.link, e.Link)
	for _, hint := range e.Hints {
		end.add(words.hint, hint)
	}
	return end
}

func (e *ending) add(label Text, text string) {
	if strings.TrimSpace(text) != "" {
		e.below = append(e.below, detail{label, text})
	}
}

// taskEnding is for a task that has ended.
func (p *pen) taskEnding(t *task, outcome settle.Outcome) ending {
	took := p.took(t.elapsed(t.ended))
	var end ending
	switch {
	case outcome == settle.OutcomeSucceeded && t.status.Warned:
		end.mark = line{}.add(yellow, p.good)
		end.headline = p.text(yellow, words.warnedIn, took)
	case outcome == settle.OutcomeSucceeded:
		end.mark = line{}.add(green, p.good)
		end.headline = p.text(green, words.succeededIn, took)
	case outcome == settle.OutcomeCanceled:
		end.mark = line{}.add(yellow, p.bad)
		end.headline = p.text(yellow, words.canceledAfter, took)
	case t.reached > 0:
		end.mark = line{}.add(red, p.bad)
		end.headline = p.text(red, words.failedAt, t.reached, took)
	default:
		end.mark = line{}.add(red, p.bad)
		end.headline = p.text(red, words.failedAfter, took)
	}
	if raw := p.raw(t.status); raw != nil && outcome != settle.OutcomeSucceeded {
		end.headline = end.headline.add(normal, " ").and(raw)
	}
	if outcome != settle.OutcomeSucceeded || t.status.Warned { // "all done" is not worth a line
		end.add(words.reason, t.status.Reason)
	}
	return end
}

// timeoutEnding is for a wait that reached its limit. It says why the wait was still going on.
func (p *pen) timeoutEnding(t *task) ending {
	took := p.took(t.elapsed(t.ended))
	headline := p.text(yellow, words.timeLimit, took)
	if t.of > 0 && t.checks >= t.of {
		headline = p.text(yellow, words.checkLimit, p.Checks(t.checks), took)
	}
	end := p.open(headline.and(p.goesOn(t)))
	if t.seen {
		end.add(words.lastStatus, p.standing(t).String())
	}
	end.add(words.why, p.whyStill(t))
	return end
}

func (p *pen) whyStill(t *task) string {
	switch {
	case t.last != nil && errors.Is(t.last, settle.ErrNotFound):
		return p.Say(words.neverThere, problem(t.last))
	case t.last != nil && !t.seen:
		return p.Say(words.neverAnswered, problem(t.last))
	case t.last != nil:
		return p.trouble(t).String()
	case !t.seen:
		return p.Say(words.noAnswerYet)
	case t.status.State == settle.Blocked && t.status.Reason == "", t.answered.IsZero():
		return "" // the last status has said it, or nobody knows
	case t.status.State == settle.Blocked:
		return p.Say(words.mustAct)
	case t.status.State == settle.Succeeded:
		return p.Say(words.notStable)
	case t.status.State.Ended():
		return p.Say(words.notGrace, p.standing(t).String())
	}
	return p.Say(words.notAnEnd, p.took(t.answered.Sub(t.begun)))
}

// interruptedEnding is for a person who went away.
func (p *pen) interruptedEnding(t *task) ending {
	end := p.open(p.text(yellow, words.stopped, p.took(t.elapsed(t.ended))).and(p.goesOn(t)))
	if t.last != nil {
		end.add(words.lastCheck, p.Say(words.failedBefore, problem(t.last)))
	}
	return end
}

// goesOn says what becomes of a task that settle no longer watches, no surer than the last check was.
func (p *pen) goesOn(t *task) line {
	what := words.stillRunning
	switch {
	case !t.seen || t.last != nil || t.status.State.Ended():
		what = words.mayRun
	case t.status.State == settle.Blocked:
		what = words.stillBlocked
	}
	l := p.text(normal, what)
	if t.reached > 0 {
		l = l.and(p.text(normal, words.inBrackets, t.reached))
	}
	return l
}

// failureEnding is for a wait that settle gave up, or did not begin.
func (p *pen) failureEnding(t *task, outcome settle.Outcome, err error) ending {
	took := p.took(t.elapsed(t.ended))
	cause := err
	var stopped *settle.StopError
	if errors.As(err, &stopped) && stopped.Cause != nil {
		cause = stopped.Cause
	}
	var end ending
	switch {
	case outcome == settle.OutcomeNotFound:
		end = p.open(p.text(yellow, words.notFound))
	case outcome == settle.OutcomeDenied:
		end = p.open(p.text(yellow, words.denied))
	case outcome == settle.OutcomeInvalid:
		end = p.open(p.text(yellow, words.refused))
	case errors.Is(cause, settle.ErrNotFound):
		end = p.open(p.text(yellow, words.vanished, took))
	default:
		end = p.open(p.text(yellow, words.lostTrack, took).and(p.text(normal, words.mayRun)))
	}
	end.add(words.problem, problem(cause))
	if t.seen {
		end.add(words.lastStatus, p.standing(t).String())
	}
	return end
}

func (p *pen) open(headline line) ending {
	return ending{mark: line{}.add(yellow, p.halt), headline: headline}
}

// details writes the lines below the last line. A text of several lines goes on below itself.
func (p *pen) details(e ending) {
	widest := 0
	for _, d := range e.below {
		widest = max(widest, p.width(p.Say(d.label)))
	}
	for _, d := range e.below {
		label := p.text(dim, d.label)
		for _, text := range lines(d.text) {
			p.writeln(line{}.add(normal, "    ").and(p.pad(label, widest+2)).add(normal, text))
			label = nil
		}
	}
}
