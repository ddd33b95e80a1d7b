package term

import (
	"slices"
	"strings"
	"unicode"
)

// A paragraph is text that stays on a screen. Where it does not fit into one row, it goes on below itself.
type paragraph struct {
	head  line // what the text stands beside: a sign, or a label
	text  line
	hang  int  // by how much further the rows after the first are indented
	label bool // where there is little room beside it, the text stands below it
	typed bool // a command to type: it is not broken, so that it can be copied
}

func (t paragraph) line() line { return slices.Concat(t.head, t.text) }

// How a paragraph is folded.
const (
	leastBeside = 16 // cells that a text needs beside a label, else it stands below
	leastRoom   = 10 // cells that are worth to break a text for; a terminal with fewer wraps it as it can
	belowLabel  = 6  // the indent of a text that stands below its label
)

// fold breaks t between words into rows of so many cells. A word that is longer than a row stays whole: the terminal wraps
// it, and it can still be copied.
func (p *pen) fold(t paragraph, room int) []line {
	if p.lineWidth(t.head)+p.lineWidth(t.text) <= room {
		return []line{t.line()}
	}
	var rows []line
	head := t.head
	if beside := room - p.lineWidth(head); t.label && (t.typed || beside < leastBeside) {
		if strings.TrimSpace(head.String()) != "" {
			rows = append(rows, p.rows(head, nil, 0)...)
		}
		indent := belowLabel
		if t.typed {
			indent = max(0, min(belowLabel, room-p.lineWidth(t.text)))
		}
		head = p.spaces(indent)
	}
	if beside := room - p.lineWidth(head); !t.typed && beside >= leastRoom {
		folded := p.rows(t.text, p.breaks(t.text.String(), beside, t.hang), p.lineWidth(head)+t.hang)
		folded[0] = slices.Concat(head, folded[0])
		return append(rows, folded...)
	}
	return append(rows, slices.Concat(head, t.text))
}

func (p *pen) spaces(n int) line { return p.pad(nil, n) }

// rows takes l apart at the offsets, and indents all but the first. There are no spaces at their ends.
func (p *pen) rows(l line, breaks []int, indent int) []line {
	text := l.String()
	var rows []line
	from := 0
	for _, to := range append(breaks, len(text)) {
		row := l.between(from, from+len(strings.TrimRight(text[from:to], " ")))
		if from > 0 {
			row = slices.Concat(p.spaces(indent), row)
		}
		rows = append(rows, row)
		from = to
	}
	return rows
}

// between is the part of l from one offset into its text to another.
func (l line) between(from, to int) line {
	var part line
	for _, s := range l {
		if a, b := max(from, 0), min(to, len(s.text)); a < b {
			part = append(part, span{s.text[a:b], s.style})
		}
		from, to = from-len(s.text), to-len(s.text)
	}
	return part
}

// breaks returns the offsets at which the rows after the first begin, so that each fits into so many cells, those rows
// into hang fewer.
func (p *pen) breaks(text string, room, hang int) []int {
	var breaks []int
	begun, at, used := 0, 0, 0
	for _, word := range pieces(text) {
		if strings.TrimSpace(text[begun:at]) != "" && used+p.width(strings.TrimRight(word, " ")) > room {
			if len(breaks) == 0 {
				room -= hang
			}
			breaks = append(breaks, at)
			begun, used = at, 0
		}
		at += len(word)
		used += p.width(word)
	}
	return breaks
}

// pieces are what a text may be broken between: words with the spaces behind them, and single wide characters.
func pieces(text string) []string {
	var all []string
	begun := 0
	var last rune
	for i, r := range text {
		if i > 0 && parts(last, r) {
			all = append(all, text[begun:i])
			begun = i
		}
		last = r
	}
	return append(all, text[begun:])
}

// parts reports whether a row may end between two characters.
func parts(last, r rune) bool {
	const joiner = 0x200d
	switch {
	case r == ' ', r == joiner, last == joiner, unicode.Is(unicode.M, r):
		return false
	case last == ' ':
		return true
	case strings.ContainsRune("（“‘《【", last), strings.ContainsRune("，。；：、）？！”’》】,.;:)?!%]", r):
		return false
	case broad(r):
		return !unicode.IsDigit(last)
	}
	return broad(last)
}

// broad reports whether r is of those that stand without spaces between them.
func broad(r rune) bool { return r >= 0x2e80 }
