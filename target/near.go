package target

import (
	"strings"
	"unicode/utf8"
)

// nearest returns the name that was probably meant, "" where none is near.
func nearest(typed string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := distance(strings.ToLower(typed), strings.ToLower(name)); d < least && d < utf8.RuneCountInString(name) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to put in, take out or replace.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
