package term

import (
	"time"

	"github.com/settle-go/settle"
)

// redraw is how often a live line may be drawn, and how long each picture of the spinner stands.
const redraw = 100 * time.Millisecond

const eraseLine = "\r\x1b[K"

// live shows a task as one line that is drawn again and again in the same place.
//
// The cursor rests at the beginning of the line, so that the ^C which the terminal echoes falls on what is drawn over,
// and never wraps at the right edge. It is not hidden: a killed settle would leave it so.
type live struct {
	*pen
	columns func() int // nil: not known
	verbose bool
	drawn   bool // the cursor stands on a live line
	last    time.Time
}

func (v *live) start(t *task, _ time.Time) {
	if t.plan != "" {
		v.print(v.text(dim, words.waitingFor, t.name).add(dim, v.colon()+t.plan))
	}
}

func (v *live) step(t *task, s settle.Step, fresh bool, now time.Time) {
	if fresh && v.verbose {
		v.print(line{}.add(bold, t.name).add(normal, "  ").and(v.check(t, s, now)))
	}
}

func (v *live) note(lines []string, _ time.Time) {
	for _, l := range lines {
		v.print(line{}.add(normal, l))
	}
}

func (v *live) end(t *task, e ending, _ time.Time) {
	l := e.mark
	if t.name != "" {
		l = l.add(normal, " ").add(bold, t.name)
	}
	l = l.add(normal, "  ").and(e.headline)
	if t.failed > 0 {
		l = l.add(normal, "  ").and(v.text(dim, words.someFailed, t.failed, v.Checks(t.checks)))
	}
	v.print(l)
	v.details(e)
}

func (v *live) tick(t *task, now time.Time) time.Duration {
	if left := redraw - now.Sub(v.last); left > 0 {
		return left
	}
	v.last = now
	v.drawn = true
	v.out = append(v.out, eraseLine...)
	v.write(v.picture(t, now))
	v.out = append(v.out, '\r')
	return redraw
}

// print writes a line that stays, in place of the live line, which the next tick draws below it.
func (v *live) print(l line) {
	if v.drawn {
		v.out = append(v.out, eraseLine...)
		v.drawn = false
	}
	v.writeln(l)
}

func (v *live) picture(t *task, now time.Time) line {
	columns := 0
	if v.columns != nil {
		columns = v.columns()
	}
	if columns <= 0 {
		columns = 80
	}
	// The last column stays empty: some terminals wrap as soon as it is filled.
	return v.fit(v.parts(t, now), columns-1)
}
