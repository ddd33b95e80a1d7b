package term

import (
	"fmt"
	"strings"
	"time"
)

// A part is one piece of a live line.
type part struct {
	gap  int                    // spaces before it
	text line                   // cut to the cells that it gets
	draw func(cells int) string // instead of text: something that fills them
	min  int                    // it is not shown in fewer cells; 0: only whole
	full int                    // as many cells as it can use; 0: there is nothing to show
	got  int                    // cells; 0: it is not shown
}

// The parts of a live line, in the order in which they stand.
const (
	markPart = iota
	namePart
	statePart
	rawPart
	percentPart
	barPart
	elapsedPart
	nextPart
	troublePart // why the last check failed; else
	reasonPart  // the platform's reason
	allParts
)

const whole = 1 << 30 // cells: all that a part can use

// claims is who gets cells, the most important first: how many a part may have grown to by then. On a narrow terminal
// those at the end go away empty. Some come again, for what is left.
var claims = []struct{ part, cells int }{
	{markPart, whole}, {statePart, whole}, {namePart, 3}, {troublePart, 16}, {percentPart, whole}, {namePart, 24},
	{elapsedPart, whole}, {troublePart, 32}, {reasonPart, 24}, {rawPart, whole}, {nextPart, whole}, {barPart, 20},
	{namePart, whole}, {troublePart, whole}, {reasonPart, whole},
}

func (v *live) parts(t *task, now time.Time) *[allParts]part {
	elapsed := t.elapsed(now)
	frame := int(now.Sub(t.begun)/redraw) % len(v.spinner)
	ps := &[allParts]part{
		markPart:    {text: line{}.add(cyan, v.spinner[frame])},
		namePart:    {text: line{}.add(bold, t.name), gap: 1, min: 3},
		statePart:   {text: v.state(t.status.State), gap: 2, min: 1},
		rawPart:     {text: v.raw(t.status), gap: 1},
		elapsedPart: {text: line{}.add(dim, v.Duration(elapsed)), gap: 2},
		nextPart:    {text: v.next(t, now), gap: 2},
		reasonPart:  {text: line{}.add(normal, v.reason(t.status)), gap: 2, min: 12},
	}
	switch {
	case t.last != nil:
		ps[troublePart] = part{text: v.trouble(t), gap: 2, min: 12}
		ps[reasonPart] = part{}
	case t.unsure():
		ps[reasonPart].text = v.text(normal, words.notFinal)
	}
	for i := range ps {
		ps[i].full = v.lineWidth(ps[i].text)
	}
	if n := t.status.Percent(); n > 0 {
		text := fmt.Sprintf("%d%%", n)
		ps[percentPart] = part{text: line{}.add(normal, text), gap: 2, full: len(text)}
		if t.last == nil { // else it shows what was, and the failure needs the room
			ps[barPart] = part{draw: func(cells int) string { return v.meter(t.status.Progress, cells) }, gap: 2, min: 8, full: 20}
		}
	}
	return ps
}

// next says when the next check comes, or how long the one under way has taken if that is worth a word.
func (v *live) next(t *task, now time.Time) line {
	const slow = 3 * time.Second
	left := t.due.Sub(now)
	switch {
	case !t.ended.IsZero():
		return nil
	case left > 0:
		return v.text(dim, words.nextCheck, v.left(left))
	case left > -slow:
		return v.text(dim, words.checking)
	}
	return v.text(dim, words.silent, v.Duration(-left))
}

// fit puts the parts together in so many cells.
func (v *live) fit(ps *[allParts]part, cells int) line {
	for _, c := range claims {
		cells -= ps[c.part].claim(c.cells, cells)
	}
	var l line
	for _, p := range ps {
		switch {
		case p.got == 0:
			continue
		case p.draw != nil:
			p.text = line{}.add(normal, p.draw(p.got))
		}
		l = l.add(normal, strings.Repeat(" ", p.gap)).and(v.cut(p.text, p.got))
	}
	return l
}

// claim lets p grow to want cells if there is room, and returns how much of the room it took.
func (p *part) claim(want, room int) int {
	gap := 0
	if p.got == 0 {
		gap = p.gap
	}
	least := p.full
	if p.min > 0 {
		least = min(p.min, p.full)
	}
	get := min(want, p.full, p.got+room-gap)
	if get < least || get <= p.got {
		return 0
	}
	took := gap + get - p.got
	p.got = get
	return took
}
