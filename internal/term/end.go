package term

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/settle-go/settle"
)

// OutcomeBlocked is that of a wait which was to stop where a person must act first.
const OutcomeBlocked settle.Outcome = "blocked"

// An End is what Stop tells of how a wait ended, beside what the steps have told.
type End struct {
	Err     error          // what the wait returned; nil: the task succeeded
	Outcome settle.Outcome // as it counts for the caller, who may be stricter; "": settle.OutcomeOf(Err)
	Link    string         // the page where a person sees the task; "": that of the Task
	Below   []Detail       // what to do next, and whatever else a person wants to know
}

// A Detail is a labelled line below an end, in the person's language. One without a text is left out.
type Detail struct {
	Label Text
	Text  string
}

// Labels are what a Detail may say of a command to type, or of anything else to do.
var Labels = struct{ Hint, Next, Resume, Cancel Text }{
	Hint:   Text{"hint", "提示"},
	Next:   Text{"next", "下一步"},
	Resume: Text{"resume", "继续等待"},
	Cancel: Text{"cancel it", "取消任务"},
}

// act reports whether d is one of several things to do, which may stand in one row.
func (d Detail) act() bool {
	return d.Label != words.link && (d.Label == Labels.Hint || d.typed()) && !strings.Contains(strings.TrimSpace(d.Text), "\n")
}

// typed reports whether d is something to type or to copy.
func (d Detail) typed() bool {
	return d.Label == words.link || d.Label == Labels.Next || d.Label == Labels.Resume || d.Label == Labels.Cancel || strings.HasPrefix(d.Text, "settle ")
}

// An ending is a last line and the lines below it.
type ending struct {
	mark, headline line
	why            []Detail // what is known of the task
	link           string
	below          []Detail // the caller's
}

// ending words the end of t. "Failed" is said only where the platform said so: everything else is settle that stopped,
// and what is known of the task then.
func (p *pen) ending(t *task, e End) ending {
	var end ending
	switch t.outcome {
	case settle.OutcomeSucceeded, settle.OutcomeFailed, settle.OutcomeCanceled:
		end = p.taskEnding(t)
	case OutcomeBlocked:
		end = p.blockedEnding(t)
	case settle.OutcomeTimeout:
		end = p.timeoutEnding(t)
	case settle.OutcomeInterrupted:
		end = p.interruptedEnding(t)
	default:
		end = p.failureEnding(t, e.Err)
	}
	end.link, end.below = strings.TrimSpace(cmp.Or(e.Link, t.Link)), e.Below
	return end
}

func (e *ending) add(label Text, text string) {
	e.why = append(e.why, Detail{label, text})
}

// details are what stands below the last line.
func (e ending) details(link bool) []Detail {
	all := slices.Clone(e.why)
	if link {
		all = append(all, Detail{words.link, e.link})
	}
	return append(all, e.below...)
}

// taskEnding is for a task that has ended.
func (p *pen) taskEnding(t *task) ending {
	outcome, took := t.outcome, p.took(t.elapsed(t.ended))
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
	case t.status.State == settle.Succeeded:
		end.mark = line{}.add(red, p.bad)
		end.headline = p.text(red, words.warnedIn, took).and(p.text(normal, words.strict))
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

// blockedEnding is for a wait that was to stop where a person must act first.
func (p *pen) blockedEnding(t *task) ending {
	end := p.open(p.text(yellow, words.mustActFirst, p.took(t.elapsed(t.ended))))
	end.add(words.lastStatus, p.standing(t).String())
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
		return p.Say(words.neverThere, p.problem(t.last))
	case t.last != nil && !t.seen:
		return p.Say(words.neverAnswered, p.problem(t.last))
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
		end.add(words.lastCheck, p.Say(words.failedBefore, p.problem(t.last)))
	}
	return end
}

// goesOn says what becomes of a task that settle no longer watches, no surer than the last check was.
func (p *pen) goesOn(t *task) line {
	what := words.stillRunning
	switch {
	case t.Thing:
		return nil
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
func (p *pen) failureEnding(t *task, err error) ending {
	outcome, took := t.outcome, p.took(t.elapsed(t.ended))
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
		headline := p.text(yellow, words.lostTrack, took)
		if !t.Thing {
			headline = headline.and(p.text(normal, words.mayRun))
		}
		end = p.open(headline)
	}
	if cause != nil {
		end.add(words.problem, p.problem(cause))
	}
	if t.seen {
		end.add(words.lastStatus, p.standing(t).String())
	}
	return end
}

func (p *pen) open(headline line) ending {
	return ending{mark: line{}.add(yellow, p.halt), headline: headline}
}

// apart stands between the commands of one row.
const apart = 8

// details are what stands below an end, on a screen with so many cells to a row; 0: it is no screen, and each stands by
// itself. On a screen the commands at the end stand in one row where they fit.
func (p *pen) details(all []Detail, room int) []paragraph {
	all = slices.DeleteFunc(slices.Clone(all), func(d Detail) bool { return strings.TrimSpace(d.Text) == "" })
	acts := len(all)
	for acts > 0 && all[acts-1].act() {
		acts--
	}
	if room > 0 && len(all)-acts > 1 {
		row := p.detail(all[acts], p.widest(all[:acts+1]))[0].line()
		for _, d := range all[acts+1:] {
			row = row.and(p.spaces(apart), p.detail(d, 0)[0].line()[1:])
		}
		if p.lineWidth(row) <= room {
			return append(p.stacked(all[:acts], p.widest(all[:acts+1])), paragraph{text: row, typed: true})
		}
	}
	return p.stacked(all, p.widest(all))
}

func (p *pen) stacked(all []Detail, widest int) []paragraph {
	var below []paragraph
	for _, d := range all {
		below = append(below, p.detail(d, widest)...)
	}
	return below
}

func (p *pen) widest(all []Detail) int {
	widest := 0
	for _, d := range all {
		widest = max(widest, p.width(p.Say(d.Label)))
	}
	return widest
}

// detail is a label, filled up to so many cells, and its text. One of several lines goes on below itself.
func (p *pen) detail(d Detail, widest int) []paragraph {
	var below []paragraph
	label := p.text(dim, d.Label)
	widest = max(widest, p.lineWidth(label))
	for _, text := range lines(d.Text) {
		head := p.spaces(4).and(p.pad(label, widest+2))
		below = append(below, paragraph{head: head, text: line{}.add(normal, text), label: true, typed: d.typed()})
		label = nil
	}
	return below
}
