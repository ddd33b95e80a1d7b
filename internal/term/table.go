package term

import "strings"

// A Table lays out text in columns and paragraphs, by the cells that it takes. The zero value does not break lines.
type Table struct {
	Width int    // cells of a line; 0: as many as there are
	Wide  bool   // as in Screen
	Cut   string // what does not fit into the last column's line ends in this, such as "…"; "": it is wrapped
}

const (
	columnGap = 2
	narrow    = 24 // a column with less room than this is put below instead
	indented  = 4
)

// Rows returns the rows one below the other, their cells in columns. What is in a cell is one harmless line. The last
// column is wrapped, or cut, where it does not fit; where there is no room for that either, each row is a line with its first cell,
// and the others below it.
func (t Table) Rows(rows [][]string) string {
	widths, before, fits := t.measure(rows)
	var b strings.Builder
	for _, row := range rows {
		if !fits {
			t.stack(&b, row)
			continue
		}
		t.align(&b, row, widths, before)
	}
	return b.String()
}

// Fits reports whether Rows would put these in columns.
func (t Table) Fits(rows [][]string) bool {
	_, _, fits := t.measure(rows)
	return fits
}

// measure returns how wide the columns are, the cells before the last one, and whether there is room for that.
func (t Table) measure(rows [][]string) (widths []int, before int, fits bool) {
	p := t.pen()
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], p.width(Escape(cell)))
		}
	}
	last := 0
	for i, w := range widths {
		if i < len(widths)-1 {
			before += w + columnGap
		} else {
			last = w
		}
	}
	return widths, before, t.Width == 0 || before+min(last, narrow) <= t.Width
}

// align writes a row in its columns.
func (t Table) align(b *strings.Builder, row []string, widths []int, before int) {
	p := t.pen()
	at := 0
	for i, cell := range row {
		cell = Escape(cell)
		if i == len(widths)-1 {
			b.WriteString(strings.Join(t.wrap(t.shortened(cell, before), before), "\n"+strings.Repeat(" ", before)))
			break
		}
		b.WriteString(cell)
		if i < len(row)-1 && strings.Join(row[i+1:], "") != "" {
			b.WriteString(strings.Repeat(" ", widths[i]-p.width(cell)+columnGap))
		}
		at += widths[i] + columnGap
	}
	b.WriteByte('\n')
}

// stack writes a row with its first cell on a line of its own.
func (t Table) stack(b *strings.Builder, row []string) {
	b.WriteString(Escape(row[0]) + "\n")
	var rest []string
	for _, cell := range row[1:] {
		if cell != "" {
			rest = append(rest, cell)
		}
	}
	if len(rest) > 0 {
		b.WriteString(t.Indent(t.shortened(Escape(strings.Join(rest, "  ")), indented), indented))
	}
}

// Indent returns text as a paragraph of lines that begin with so many spaces. What follows on the first line of a text
// that is itself indented, as a line of JSON, begins two deeper than that.
func (t Table) Indent(text string, spaces int) string {
	text = Escape(text)
	margin := strings.Repeat(" ", spaces)
	more := margin
	if own := len(text) - len(strings.TrimLeft(text, " ")); own > 0 {
		more += strings.Repeat(" ", own+2)
	}
	return margin + strings.Join(t.wrap(text, len(more)), "\n"+more) + "\n"
}

// shortened is text cut to one line beside so many cells, where the table cuts.
func (t Table) shortened(text string, beside int) string {
	p := t.pen()
	p.ellipsis = t.Cut
	if t.Cut == "" || t.Width <= 0 {
		return text
	}
	return p.cut(line{}.add(normal, text), t.Width-beside).String()
}

// wrap breaks text between words into lines that fit beside so many cells. A word that is longer than a line stays whole,
// so that it can be copied; Chinese has no spaces, and is broken where a line is full.
func (t Table) wrap(text string, beside int) []string {
	p := t.pen()
	room := t.Width - beside
	if t.Width <= 0 || p.width(text) <= room {
		return []string{text}
	}
	var lines []string
	from := 0
	for _, to := range append(p.breaks(text, room, 0), len(text)) {
		lines = append(lines, strings.TrimRight(text[from:to], " "))
		from = to
	}
	return lines
}

func (t Table) pen() *pen { return newPen(Options{Screen: Screen{Wide: t.Wide}}) }

// Cells is how many cells text takes.
func Cells(text string) int { return newPen(Options{}).width(text) }
