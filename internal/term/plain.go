package term

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/settle-go/settle"
)

// How long plain lines may be silent before they give a sign of life: a CI system ends a job that says nothing for too
// long. The longer the wait, the rarer.
var heartbeats = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}

// A change of progress or reason alone gets a line only so long after the line before, and progress only in such steps:
// a bar, or a reason such as "copied 3 of 40 GB", would fill a log with itself. A heartbeat shows what was left out.
const (
	minorChange  = 10 * time.Second
	progressStep = 10 // percent
)

// plain shows tasks as lines that are never taken back: one for each change, each with its time in UTC.
type plain struct {
	*pen
	tasks   *tasks
	mode    Mode
	verbose bool
	wrote   time.Time // when the last line was written
	beats   int       // heartbeats given
}

func (v *plain) start(t *task, now time.Time) {
	l := v.text(normal, words.begun).and(gap(t.Plan != "")).add(normal, t.Plan)
	if t.Usually != "" {
		l = l.and(gap(true), v.text(normal, words.usually, t.Usually))
	}
	if t.Link != "" {
		l = l.and(gap(true)).add(normal, t.Link)
		t.linkTold = true
	}
	v.line(t, now, l)
}

func (v *plain) step(t *task, s settle.Step, fresh bool, now time.Time) {
	switch {
	case !fresh:
	case v.verbose:
		v.line(t, now, v.check(t, s, now))
		t.told = t.status
	case s.Last: // the last line tells
	case s.Err != nil:
		if row := t.row(); bits.OnesCount(uint(row)) == 1 { // the first, then each time that their number has doubled
			v.line(t, now, v.failure(t, s))
		}
	case t.mended > 0:
		v.status(t, now, v.text(normal, words.answersAgain, t.mended))
	case v.changed(t, now):
		v.status(t, now, nil)
	}
}

// changed reports whether t differs so much from what was told last that it needs a line. All tasks together have no more
// lines with a minor change than one would have.
func (v *plain) changed(t *task, now time.Time) bool {
	st, told := t.status, t.told
	if st.State != told.State || st.Raw != told.Raw {
		return true
	}
	step := st.Percent() - told.Percent()
	spacing := minorChange * time.Duration(len(v.tasks.list))
	return now.Sub(t.toldAt) >= spacing && (st.Reason != told.Reason || max(step, -step) >= progressStep)
}

func (v *plain) tick(now time.Time) time.Duration {
	most := len(heartbeats) - 1
	v.tasks.count()
	if v.tasks.sum.open == 0 || v.tasks.one() && !v.tasks.open[0].ended.IsZero() { // the last line is on its way
		return heartbeats[most]
	}
	if left := heartbeats[min(v.beats, most)] - now.Sub(v.wrote); left > 0 {
		return left
	}
	v.beats++
	if v.tasks.one() {
		v.still(v.tasks.open[0], now)
	} else {
		v.wrote = now
		v.writeln(stamp(now).and(v.stillMany(v.tasks, now)))
	}
	return heartbeats[min(v.beats, most)]
}

func (v *plain) still(t *task, now time.Time) {
	opening := v.text(normal, words.still)
	if t.inRow > 0 {
		opening = opening.and(v.trouble(t), v.text(normal, words.semicolon))
	}
	v.status(t, now, opening)
}

func (v *plain) note(lines []string, now time.Time) {
	for _, l := range lines {
		v.wrote = now
		v.writeln(stamp(now).add(normal, l))
	}
}

func (v *plain) end(t *task, e ending, now time.Time) {
	if t.outcome == settle.OutcomeSucceeded && (v.mode == Quiet || v.mode == None && !v.tasks.one()) {
		return
	}
	v.line(t, now, e.headline.and(gap(true)).add(dim, counts(t.checks, t.failed)))
	v.below(e.details(e.link != t.Link || !t.linkTold))
}

func (v *plain) leave() {}
func (v *plain) lost()  {}

func (v *plain) close(below []Detail, now time.Time) {
	if !v.tasks.one() && v.mode != Quiet {
		l := stamp(now).and(v.total(v.tasks, now), gap(true)).add(dim, counts(v.tasks.sum.checks, v.tasks.sum.failedChecks))
		if n := v.tasks.requests; n > 0 {
			l = l.add(dim, fmt.Sprintf(" requests=%d", n))
		}
		v.writeln(l)
	}
	v.below(below)
}

func (v *plain) below(all []Detail) {
	for _, t := range v.details(all, 0) {
		v.writeln(t.line())
	}
}

func counts(checks, failed int) string {
	return fmt.Sprintf("checks=%d failed_checks=%d", checks, failed)
}

// status writes a line that says where the task stands, with an opening.
func (v *plain) status(t *task, now time.Time, opening line) {
	t.told = t.status
	l := opening.and(v.standing(t))
	if n := v.counted(t); n != nil {
		l = l.and(gap(true), n)
	}
	v.line(t, now, l.and(gap(true)).add(dim, "+"+clock(t.elapsed(now))))
}

func (v *plain) line(t *task, now time.Time, l line) {
	v.wrote, t.toldAt = now, now
	head := stamp(now)
	if t.Name != "" {
		head = head.add(bold, t.Name).add(normal, " ")
	}
	v.writeln(head.and(l))
}

func stamp(now time.Time) line {
	return line{}.add(dim, now.UTC().Format("15:04:05Z")).add(normal, " ")
}

// gap parts columns, where there is something on its right.
func gap(something bool) line {
	if !something {
		return nil
	}
	return line{}.add(normal, "  ")
}

// clock is d as a stopwatch shows it, 1:30 or 1:02:03: what stands in columns, the same in every language.
func clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s < 60*60 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
