package recipe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/settle-go/settle"
)

// A meaning is what the words of one list stand for.
type meaning struct {
	place  string // the list's name
	state  settle.State
	warned bool
}

// A vocabulary knows what each listed word means. The zero value lists nothing.
type vocabulary struct {
	known    []string          // as written, in order, each once
	literals map[string]listed // by folded text
	globs    []glob
}

type listed struct {
	word string // as written
	meaning
}

type glob struct {
	listed
	folded folded
	pieces []piece // what stands between the stars; the first and the last are anchored
}

// A piece of a glob; cutBefore and cutAfter ask for a word's edge at that side.
type piece struct {
	text                string
	cutBefore, cutAfter bool
}

// folded is a word without what does not count. edge[i] is set where a word within begins or ends before text[i].
type folded struct {
	text string
	edge []bool // len(text)+1
}

func fold(word string) folded {
	var text strings.Builder
	var edge []bool
	cut, lower := true, false // a separator came before; the last letter was a small one
	for i, r := range word {
		if isSeparator(r) && !(r == '-' && i == 0 && startsWithDigit(word[1:])) {
			cut, lower = true, false
			continue
		}
		edge = append(edge, cut || lower && unicode.IsUpper(r))
		text.WriteRune(unicode.ToLower(r))
		for len(edge) < text.Len() {
			edge = append(edge, false)
		}
		cut, lower = false, unicode.IsLower(r)
	}
	return folded{text.String(), append(edge, true)}
}

func isSeparator(r rune) bool { return r == '_' || r == '-' || unicode.IsSpace(r) }

func startsWithDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }

// add lists word, or returns an *Error that says why it cannot be.
func (v *vocabulary) add(word string, m meaning) error {
	f := fold(word)
	switch {
	case f.text == "":
		return refused(m.place, "an empty word "+quote(word)+" in the list", "take out the comma too many")
	case strings.Trim(f.text, "*") == "":
		return refused(m.place, quote(word)+" covers every raw state", "say what unlisted words mean: --unlisted pending or --unlisted failed")
	case strings.Contains(f.text, "*"):
		v.globs = append(v.globs, newGlob(listed{word, m}, f))
	default:
		if was, found := v.literals[f.text]; found {
			if was.meaning == m {
				return nil
			}
			return twice(word, m, was)
		}
		if v.literals == nil {
			v.literals = map[string]listed{}
		}
		v.literals[f.text] = listed{word, m}
	}
	v.known = append(v.known, word)
	return nil
}

func twice(word string, m meaning, was listed) error {
	problem := fmt.Sprintf("%s is listed under %s too", quote(word), was.place)
	if word != was.word {
		problem = fmt.Sprintf("%s is the same word as %s, listed under %s", quote(word), quote(was.word), was.place)
	}
	return refused(m.place, problem, "one raw state has one meaning: take it out of one list")
}

// refuse returns an *Error for two globs of different meaning of which one covers all that the other does, and the
// narrower of them.
func (v *vocabulary) refuse() (listed, error) {
	for i := range v.globs {
		for j := range v.globs {
			narrow, wide := &v.globs[i], &v.globs[j]
			if narrow.meaning == wide.meaning || !wide.covers(narrow.folded) {
				continue
			}
			return narrow.listed, refused(narrow.place, fmt.Sprintf("%s under %s covers all that %s does", quote(wide.word), wide.place, quote(narrow.word)),
				"write out the words of one of them: a word itself wins over every *")
		}
	}
	return listed{}, nil
}

func newGlob(l listed, f folded) glob {
	g := glob{listed: l, folded: f}
	start := 0
	for text := range strings.SplitSeq(f.text, "*") {
		end := start + len(text)
		g.pieces = append(g.pieces, piece{text, start > 0 && f.edge[start], end < len(f.text) && f.edge[end]})
		start = end + 1
	}
	return g
}

// covers reports whether g matches the word. A glob may be given as the word: only a star of g takes in its stars, so
// that true means that g matches everything it does.
func (g *glob) covers(w folded) bool {
	first, last := g.pieces[0], g.pieces[len(g.pieces)-1]
	from, to := len(first.text), len(w.text)-len(last.text)
	if from > to || !first.at(w, 0) || !last.at(w, to) {
		return false
	}
	for _, p := range g.pieces[1 : len(g.pieces)-1] {
		for from+len(p.text) <= to && !p.at(w, from) {
			from++
		}
		if from += len(p.text); from > to {
			return false
		}
	}
	return true
}

func (p piece) at(w folded, i int) bool {
	end := i + len(p.text)
	return strings.HasPrefix(w.text[i:], p.text) && (!p.cutBefore || w.edge[i]) && (!p.cutAfter || w.edge[end])
}

// look returns what raw means; found is false where nobody listed it. Globs that contradict each other are an error.
func (v *vocabulary) look(raw string) (m meaning, found bool, err error) {
	f := fold(raw)
	if l, found := v.literals[f.text]; found {
		return l.meaning, true, nil
	}
	var by *glob
	for i := range v.globs {
		g := &v.globs[i]
		switch {
		case !g.covers(f):
		case by == nil:
			by = g
		case by.meaning != g.meaning:
			return meaning{}, false, fmt.Errorf("state %s is both %s (%s) and %s (%s): list the word itself", quote(raw), by.place, by.word, g.place, g.word)
		}
	}
	if by == nil {
		return meaning{}, false, nil
	}
	return by.meaning, true, nil
}

// nearest returns the listed word that raw was probably meant to be, or "".
func (v *vocabulary) nearest(raw string) string { return nearest(raw, v.known) }

// nearest returns the one of the words that was probably meant, or "".
func nearest(meant string, words []string) string {
	text := fold(meant).text
	first := func(word string) bool { return word != "" && text != "" && word[0] == text[0] } // who slips seldom does so at once
	best, near := "", 0
	for _, word := range words {
		listed := fold(word).text
		allowed := max(1, min(utf8.RuneCountInString(text), utf8.RuneCountInString(listed))/3)
		if d := distance(text, listed); d <= allowed && (best == "" || d < near || d == near && first(listed) && !first(fold(best).text)) {
			best, near = word, d
		}
	}
	return best
}

// meant is the hint for a word that is none of those known.
func meant(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "known are " + strings.Join(known, ", ")
}

// distance is how many characters must be put in, taken out, changed, or swapped with the next to make b of a.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	var before []int // the row above the one above
	above := make([]int, len(to)+1)
	for j := range above {
		above[j] = j
	}
	for i := range from {
		row := make([]int, len(to)+1)
		row[0] = i + 1
		for j := range to {
			change := above[j]
			if from[i] != to[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(to)]
}
