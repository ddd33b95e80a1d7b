package main

import (
	"strconv"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

// A chart draws how long tasks have taken, and below the same axis when a task is checked.
type chart struct {
	width      int // cells of a line
	glyphs     chartGlyphs
	unfinished string // in front of the line that marks the tasks that nobody saw end
	checks     string // in front of the line that marks the checks
}

type chartGlyphs struct {
	levels     []string // a cell filled in equal steps, the last one wholly
	line, mark string   // the axis, and where it has a label
	one, many  string   // checks in a cell
}

var (
	chartBlocks = chartGlyphs{strings.Split("▁▂▃▄▅▆▇█", ""), "─", "┬", "│", "┃"}
	chartASCII  = chartGlyphs{[]string{".", ":", "#"}, "-", "+", "|", "#"}

	// Where fonts disagree on how wide blocks are, a bar would not stand above its place: Braille has one width.
	chartBraille = chartGlyphs{strings.Split("⣀⣤⣶⣿", ""), "-", "+", "|", "#"}
)

func glyphsFor(s term.Screen) chartGlyphs {
	switch {
	case s.ASCII:
		return chartASCII
	case s.Wide:
		return chartBraille
	}
	return chartBlocks
}

const (
	tallest    = 8  // lines of a bar
	widestPlot = 72 // cells
	leastPlot  = 12

	leastGutter = 4 // in front of a plot: room for the number of tasks in the highest bar
)

// draw returns the lines of the chart. checks are in seconds, in order. There is at least one observation.
func (c chart) draw(seen []settle.Observation, checks []float64) []string {
	gutter := max(term.Cells(c.unfinished), term.Cells(c.checks)) + 1
	above := c.width-gutter-1 < leastPlot // the names of the lines of marks
	if above {
		gutter = leastGutter
	}
	x := axisOf(seen, max(leastPlot, min(widestPlot, c.width-gutter-1)))
	ended, open := apart(seen)
	lines := c.bars(&x, ended, gutter)
	lines = append(lines, c.axisLines(&x, gutter)...)
	if len(open) > 0 {
		lines = append(lines, beside(c.unfinished, gutter, above, x.marks(open, ">", ">"))...)
	}
	if len(checks) > 0 {
		lines = append(lines, beside(c.checks, gutter, above, x.marks(checks, c.glyphs.one, c.glyphs.many))...)
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// apart are the durations in seconds, of the tasks that were seen to end and of the others.
func apart(seen []settle.Observation) (ended, open []float64) {
	for _, o := range seen {
		if o.Unfinished {
			open = append(open, o.Took.Seconds())
		} else {
			ended = append(ended, o.Took.Seconds())
		}
	}
	return ended, open
}

// beside is a line of marks with its name in front, or above where there is no room for that.
func beside(name string, gutter int, above bool, marks string) []string {
	if above {
		return []string{name, strings.Repeat(" ", gutter) + marks}
	}
	return []string{name + strings.Repeat(" ", gutter-term.Cells(name)) + marks}
}

// bars are the lines above the axis. A bin with one task is always seen.
func (c chart) bars(x *axis, ended []float64, gutter int) []string {
	bins := x.count(ended)
	highest := 0
	for _, n := range bins {
		highest = max(highest, n)
	}
	rows, steps := min(highest, tallest), len(c.glyphs.levels)
	var lines []string
	for row := rows - 1; row >= 0; row-- {
		head := ""
		if row == rows-1 {
			head = strconv.Itoa(highest)
		}
		line := strings.Repeat(" ", max(0, gutter-1-len(head))) + head + " "
		for _, n := range bins {
			cell := " "
			if filled := n*rows*steps/highest - row*steps; filled > 0 {
				cell = c.glyphs.levels[min(filled, steps)-1]
			} else if n > 0 && row == 0 {
				cell = c.glyphs.levels[0]
			}
			line += strings.Repeat(cell, x.bin)
		}
		lines = append(lines, line)
	}
	return lines
}

// axisLines are the axis and the labels below it.
func (c chart) axisLines(x *axis, gutter int) []string {
	line := make([]string, x.cells)
	for i := range line {
		line[i] = c.glyphs.line
	}
	text := strings.Repeat(" ", x.cells)
	for _, l := range x.labels() {
		line[l.at] = c.glyphs.mark
		text = text[:l.first] + l.text + text[l.first+len(l.text):]
	}
	margin := strings.Repeat(" ", gutter)
	return []string{margin + strings.Join(line, ""), margin + text}
}

// marks is a line with a mark in each cell where something happens. What happens before the axis begins, but for the
// very start, is shown by an arrow.
func (x *axis) marks(all []float64, one, many string) string {
	cells := make([]int, x.cells)
	before := false
	for _, s := range all {
		switch {
		case s >= x.from && s < x.to && (s > 0 || !x.log):
			cells[min(x.cells-1, int(x.at(s)))]++
		case s > 0 && s < x.from:
			before = true
		}
	}
	line := ""
	for i, n := range cells {
		switch {
		case i == 0 && before:
			line += "<"
		case n == 0:
			line += " "
		case n == 1:
			line += one
		default:
			line += many
		}
	}
	return line
}
