package host

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Table is Markdown that reads as well on a terminal as in a browser.
type Table struct {
	Words int // columns on the left that hold words; numbers stand on the right of theirs
	Head  []string
	Rows  [][]string
}

func (t Table) String() string {
	widths := make([]int, len(t.Head))
	rule := make([]string, len(t.Head))
	for i := range t.Head {
		widths[i] = 2 // a rule is at least "-:"
		for _, row := range slices.Concat([][]string{t.Head}, t.Rows) {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		rule[i] = strings.Repeat("-", widths[i])
		if i >= t.Words {
			rule[i] = rule[i][1:] + ":"
		}
	}
	var b strings.Builder
	for _, row := range slices.Concat([][]string{t.Head, rule}, t.Rows) {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= t.Words {
				pad, cell = "", pad+cell
			}
			b.WriteString("| " + cell + pad + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}
