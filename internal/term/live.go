package term

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

// redraw is how often live lines may be drawn, and how long each picture of the spinner stands.
const redraw = 100 * time.Millisecond

const (
	eraseRight = "\x1b[K"
	eraseBelow = "\x1b[J"

	// The space is for tmux, which takes what is erased from the first cell of the screen on into its history.
	eraseAll = "\r " + eraseBelow + "\r"

	// What stands between these is shown at once by terminals that know them (synchronized output, DEC mode 2026). The
	// others ignore them.
	beginFrame = "\x1b[?2026h"
	endFrame   = "\x1b[?2026l"

	// Between these what does not fit into a row is lost. A terminal that has just become narrower, which nobody has told
	// yet, would wrap the live lines, and the cursor would not find back.
	clip   = "\x1b[?7l"
	unclip = "\x1b[?7h"
)

// live shows tasks as a few lines that are drawn again and again in the same place. Lines that stay are printed above.
//
// The cursor rests at the beginning of the first live line. So the ^C which the terminal echoes falls on what is drawn
// over, and when the terminal becomes narrower, all that wraps then is below the cursor, where it can be erased. No live
// line wraps at the right edge. The cursor is not hidden: a killed settle would leave it so.
type live struct {
	*pen
	tasks   *tasks
	screen  Screen
	mode    Mode
	verbose bool

	running     bool      // ticks come: what is to be printed waits for the next
	last        time.Time // the last tick
	above       []line    // to be printed
	shown       []line    // on the screen, from the cursor down
	size, drawn size      // of the screen, and of that on which shown was drawn
	room, lines int       // columns and live lines to draw in
}

type size struct{ columns, rows int }

func (v *live) start(t *task, _ time.Time) {
	v.running = true
	if t.Plan != "" && v.tasks.one() {
		v.print(paragraph{text: v.text(dim, words.waitingFor, t.Name).add(dim, v.colon()+t.Plan), hang: 2})
	}
}

func (v *live) step(t *task, s settle.Step, fresh bool, now time.Time) {
	if fresh && v.verbose {
		v.print(paragraph{text: line{}.add(bold, t.Name).add(normal, "  ").and(v.check(t, s, now)), hang: 2})
	}
}

func (v *live) note(lines []string, _ time.Time) {
	for _, l := range lines {
		own := len(l) - len(strings.TrimLeft(l, " "))
		v.print(paragraph{text: line{}.add(normal, l), hang: own + 2})
	}
}

func (v *live) end(t *task, e ending, _ time.Time) {
	if !v.tells(t) {
		return
	}
	v.measure()
	p := paragraph{head: e.mark.add(normal, " "), text: line{}.add(bold, t.Name)}
	if t.Name != "" {
		p.text = p.text.add(normal, "  ")
	}
	p.text = p.text.and(e.headline)
	if t.failed > 0 {
		p.text = p.text.and(gap(true), v.text(dim, words.someFailed, t.failed, v.Checks(t.checks)))
	}
	link := true
	switch {
	case !v.tasks.one() && t.outcome == settle.OutcomeInterrupted:
		e.why = nil // a person who goes away from many wants to see the line that takes them up again
	case t.outcome == settle.OutcomeSucceeded && e.link != "":
		link = !v.beside(&p, dim, e.link)
	case !v.tasks.one() && len(e.why) == 1 && v.beside(&p, normal, e.why[0].Text):
		e.why = nil
	}
	v.print(append([]paragraph{p}, v.details(e.details(link), v.room)...)...)
}

// beside puts text behind p where there is room for it in the row.
func (v *live) beside(p *paragraph, s style, text string) bool {
	text = strings.TrimSpace(text)
	longer := paragraph{head: p.head, text: slices.Clone(p.text).and(gap(true)).add(s, text)}
	if strings.Contains(text, "\n") || v.lineWidth(longer.line()) > v.room {
		return false
	}
	*p = longer
	return true
}

// tells reports whether the end of t has a line of its own. Where there are more tasks than lines on the screen, those
// that went well, and those that somebody went away from, are only counted: they would push the others off it.
func (v *live) tells(t *task) bool {
	switch {
	case v.mode == Quiet && t.outcome == settle.OutcomeSucceeded:
		return false
	case v.tasks.one():
		return true
	case t.outcome == settle.OutcomeSucceeded && !t.status.Warned, t.outcome == settle.OutcomeInterrupted:
		v.measure()
		return v.mode != None && len(v.tasks.list) <= v.size.rows-2
	}
	return true
}

func (v *live) close(below []Detail, now time.Time) {
	v.running = false
	v.measure()
	var last []paragraph
	if !v.tasks.one() && v.mode != Quiet {
		text := v.total(v.tasks, now)
		if effort := v.effort(v.tasks); effort != nil {
			text = text.and(gap(true), effort)
		}
		last = append(last, paragraph{head: v.mark(v.tasks.sum).add(normal, " "), text: text})
	}
	v.print(append(last, v.details(below, v.room)...)...)
}

// print writes what stays.
func (v *live) print(all ...paragraph) {
	v.measure()
	for _, t := range all {
		v.above = append(v.above, v.fold(t, v.room)...)
	}
	if !v.running {
		v.draw(nil)
	}
}

// leave takes away what is drawn until a redraw is due again: what is written meanwhile may come to the terminal late,
// through a pipe.
func (v *live) leave() {
	if len(v.shown) > 0 {
		v.last = time.Now()
	}
	v.draw(nil)
}

func (v *live) lost() {
	v.shown, v.drawn = []line{nil}, size{} // whatever stands there, it is to go
}

func (v *live) tick(now time.Time) time.Duration {
	if left := redraw - now.Sub(v.last); left > 0 {
		return left
	}
	v.last = now
	v.measure()
	if v.screen.front != nil && !v.screen.front() {
		v.shown = nil // the shell has the terminal, and wrote over it
		v.draw(nil)
		return redraw
	}
	v.tasks.count()
	v.draw(v.picture(now))
	return redraw
}

func (v *live) measure() {
	known := func(of func() int, otherwise int) int {
		if of != nil {
			if n := of(); n > 0 {
				return n
			}
		}
		return otherwise
	}
	v.size = size{known(v.screen.Width, 80), known(v.screen.Height, 24)}
	v.room = v.size.columns - 1                           // some terminals wrap as soon as the last column is filled
	v.lines = max(1, min(v.size.rows*2/3, v.size.rows-1)) // what is printed above shall be seen too
}

// picture is what the live lines shall be now.
func (v *live) picture(now time.Time) []line {
	switch {
	case !v.tasks.one():
		return v.many(now)
	case len(v.tasks.open) == 0:
		return nil
	}
	return v.table([][]part{v.parts(v.tasks.open[0], now)}, claims, v.room)
}

// draw brings the screen from what is shown to picture, with as few bytes as it takes.
func (v *live) draw(picture []line) {
	before := len(v.out)
	v.out = append(v.out, beginFrame...)
	begun := len(v.out)
	if len(v.above) > 0 || len(picture) == 0 || v.size != v.drawn {
		v.erase()
	}
	for _, l := range v.above {
		v.writeln(l)
	}
	v.above = nil
	v.update(picture)
	if len(v.out) == begun {
		v.out = v.out[:before]
		return
	}
	v.out = append(v.out, endFrame...)
	v.shown, v.drawn = picture, v.size
}

func (v *live) update(picture []line) {
	before, at := len(v.out), 0
	v.out = append(v.out, clip...)
	begun := len(v.out)
	down := func(to int) {
		for ; at < to; at++ {
			v.out = append(v.out, '\n')
		}
	}
	for i, l := range picture {
		switch {
		case i >= len(v.shown):
			down(i)
			v.write(l)
		case slices.Equal(l, v.shown[i]):
		case i > 0 && sameButMark(l, v.shown[i]): // not in the first line: a ^C may stand there
			down(i)
			v.write(l[:1])
		default:
			down(i)
			v.write(l)
			v.out = append(v.out, eraseRight...)
		}
	}
	if len(picture) < len(v.shown) {
		down(len(picture))
		v.out = append(v.out, eraseBelow...)
	}
	if len(v.out) == begun {
		v.out = v.out[:before]
		return
	}
	v.out = append(v.out, unclip+"\r"...)
	if at > 0 {
		v.out = append(v.out, "\x1b["+strconv.Itoa(at)+"A"...)
	}
}

// sameButMark reports whether nothing else than the sign at the beginning differs: in most lines it is all that moves.
func sameButMark(a, b line) bool {
	return len(a) > 0 && len(b) > 0 && slices.Equal(a[1:], b[1:])
}

func (v *live) erase() {
	if len(v.shown) > 0 {
		v.out = append(v.out, eraseAll...)
		v.shown = nil
	}
}
