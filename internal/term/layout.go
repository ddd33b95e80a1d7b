package term

import (
	"fmt"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

// A part is one piece of a live line.
type part struct {
	gap   int                    // spaces before it
	text  line                   // cut to the cells that it gets
	draw  func(cells int) string // instead of text: something that fills them
	min   int                    // it is not shown in fewer cells; 0: only whole
	full  int                    // as many cells as it can use; 0: there is nothing to show
	right bool                   // below others it stands at the right of their column
	got   int                    // cells; 0: it is not shown
}

// A claim lets a part grow to so many cells. Claims stand in the order of their importance: on a narrow terminal those
// at the end go away empty. Some parts come again, for what is left.
type claim struct{ part, cells int }

const whole = 1 << 30 // cells: all that a part can use

// The parts of the one live line of a task, in the order in which they stand.
const (
	markPart = iota
	namePart
	statePart
	rawPart
	percentPart
	barPart
	elapsedPart
	countPart // of checks, where there is a limit
	usualPart
	nextPart
	troublePart // why the last check failed; else
	reasonPart  // the platform's reason
	allParts
)

var claims = []claim{
	{markPart, whole}, {statePart, whole}, {namePart, 3}, {troublePart, 16}, {percentPart, whole}, {namePart, 24},
	{elapsedPart, whole}, {countPart, whole}, {troublePart, 32}, {reasonPart, 24}, {rawPart, whole}, {usualPart, whole},
	{nextPart, whole}, {barPart, 20}, {namePart, whole}, {troublePart, whole}, {reasonPart, whole},
}

func (v *live) parts(t *task, now time.Time) []part {
	elapsed := t.elapsed(now)
	ps := []part{
		markPart:    {text: line{}.add(cyan, v.spin(t.begun, now))},
		namePart:    {text: line{}.add(bold, t.Name), gap: 1, min: 3},
		statePart:   {text: v.state(t.status.State), gap: 2, min: 1},
		rawPart:     {text: v.raw(t.status), gap: 1},
		elapsedPart: {text: line{}.add(dim, v.Duration(elapsed)), gap: 2},
		countPart:   {text: v.counted(t), gap: 2},
		nextPart:    {text: v.next(t, now), gap: 2},
		reasonPart:  {text: line{}.add(normal, v.reason(t.status)), gap: 2, min: 12},
	}
	if t.Usually != "" {
		ps[usualPart] = part{text: v.text(dim, words.usually, t.Usually), gap: 2}
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
	if t.status.Percent() > 0 {
		ps[percentPart] = percent(t.status.Progress)
		if t.last == nil { // else it shows what was, and the failure needs the room
			ps[barPart] = v.progressBar(t.status.Progress)
		}
	}
	return ps
}

func (p *pen) spin(begun, now time.Time) string {
	return p.spinner[int(now.Sub(begun)/redraw)%len(p.spinner)]
}

func percent(progress float64) part {
	text := fmt.Sprintf("%d%%", settle.Status{Progress: progress}.Percent())
	return part{text: line{}.add(normal, text), gap: 2, full: len(text), right: true}
}

func (p *pen) progressBar(progress float64) part {
	return part{draw: func(cells int) string { return p.meter(progress, cells) }, gap: 2, min: 8, full: 20}
}

// next says when the next check comes, or how long the one under way has taken if that is worth a word.
func (v *live) next(t *task, now time.Time) line {
	const slow = 3 * time.Second
	left := t.due.Sub(now)
	switch {
	case !t.ended.IsZero():
		return nil
	case left > 0:
		return v.text(dim, words.nextCheck, v.left(ceil(left, redraw)))
	case left > -slow:
		return v.text(dim, words.checking)
	}
	return v.text(dim, words.silent, v.Duration(-left))
}

// table lays out rows of the same parts in columns, in so many cells.
func (p *pen) table(rows [][]part, claims []claim, cells int) []line {
	columns := make([]part, len(rows[0]))
	for _, row := range rows {
		for i, r := range row {
			if r.full > columns[i].full {
				columns[i] = r
			}
		}
	}
	for _, c := range claims {
		cells -= columns[c.part].claim(c.cells, cells)
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		lines[i] = p.compose(row, columns)
	}
	return lines
}

// compose puts the parts of a row in their columns. There are no spaces at the ends.
func (p *pen) compose(row, columns []part) line {
	l := make(line, 0, 2*len(row))
	spaces := 0
	for i, r := range row {
		got := columns[i].got
		if got == 0 {
			continue
		}
		if len(l) > 0 {
			spaces += columns[i].gap
		}
		text := r.text
		if r.draw != nil {
			text = line{}.add(normal, r.draw(got))
		}
		text = p.cut(text, got)
		rest := got - p.lineWidth(text)
		if len(text) == 0 {
			spaces += got
			continue
		}
		if r.right {
			spaces, rest = spaces+rest, 0
		}
		l = append(l.add(normal, strings.Repeat(" ", spaces)), text...)
		spaces = rest
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
