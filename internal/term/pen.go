package term

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// longest bounds, in runes, what one text from outside may put on the screen.
const longest = 2000

// Clean returns text as one harmless line of at most 2,000 characters: as Escape does, and cut.
func Clean(text string) string {
	text = Escape(text[:min(len(text), (longest+1)*utf8.UTFMax)])
	if len(text) <= longest {
		return text
	}
	runes, end := 0, 0
	for i := range text {
		if runes == longest-3 {
			end = i
		}
		if runes++; runes > longest {
			return text[:end] + "..."
		}
	}
	return text
}

// Escape returns text as one harmless line: control characters, invisible ones that reorder or hide text, and bytes that
// are no UTF-8 are written as escapes such as \n, \x1b and \u202e. Tabs become spaces.
func Escape(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, Hostile) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == '\t':
			b.WriteByte(' ')
		case Hostile(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Hostile reports whether r acts on a terminal, or on how its neighbours are read, instead of being seen. The joiners
// that emoji and some scripts need are left alone.
func Hostile(r rune) bool {
	const nonJoiner, joiner = 0x200c, 0x200d
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner
}

type style string // the parameters of an SGR code

const (
	normal style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// A line is text in styles, harmless since add is the only way to make one.
type line []span

type span struct {
	text  string
	style style
}

func (l line) add(s style, text string) line {
	if text == "" {
		return l
	}
	return append(l, span{Clean(text), s})
}

func (l line) and(more ...line) line {
	for _, m := range more {
		l = append(l, m...)
	}
	return l
}

func (l line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// A pen knows how to write for one screen, and keeps what it wrote until somebody takes it there.
type pen struct {
	Language
	color bool
	glyphs
	cells runewidth.Condition
	out   []byte
}

type glyphs struct {
	spinner                   []string
	good, bad, halt, ellipsis string
	bar                       []string // empty, then filled in equal steps up to full
}

var (
	unicodeGlyphs = glyphs{
		spinner: strings.Split("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", ""), good: "✔", bad: "✘", halt: "■", ellipsis: "…",
		bar: strings.Split("·▏▎▍▌▋▊▉█", ""),
	}
	asciiGlyphs = glyphs{
		spinner: strings.Split(`|/-\`, ""), good: "ok", bad: "!!", halt: "--", ellipsis: "...",
		bar: []string{".", "#"},
	}
)

func newPen(o Options) *pen {
	p := &pen{Language: o.Language, color: o.Color, glyphs: unicodeGlyphs}
	p.cells = runewidth.Condition{EastAsianWidth: o.Wide, StrictEmojiNeutral: true}
	if o.ASCII {
		p.glyphs = asciiGlyphs
	}
	return p
}

func (p *pen) write(l line) {
	for _, s := range l {
		if p.color && s.style != normal {
			p.out = append(p.out, "\x1b["+string(s.style)+"m"+s.text+"\x1b[0m"...)
		} else {
			p.out = append(p.out, s.text...)
		}
	}
}

func (p *pen) writeln(l line) {
	p.write(l)
	p.out = append(p.out, '\n')
}

// width is how many cells text may take. Terminals differ on emoji that are joined or changed by a selector: the widest
// reading counts, since a line that wraps cannot be redrawn and one that is too short only looks short.
func (p *pen) width(text string) int {
	const emojiSelector = 0xfe0f
	n := 0
	for _, r := range text {
		n += p.cells.RuneWidth(r)
		if r == emojiSelector {
			n++
		}
	}
	return n
}

func (p *pen) lineWidth(l line) int {
	n := 0
	for _, s := range l {
		n += p.width(s.text)
	}
	return n
}

// cut returns the beginning of l that fits into so many cells, with an ellipsis where something is missing.
func (p *pen) cut(l line, cells int) line {
	if p.lineWidth(l) <= cells {
		return l
	}
	tail := p.ellipsis
	if p.width(tail) > cells {
		tail = ""
	}
	room := cells - p.width(tail)
	var kept line
	for _, s := range l {
		end := 0
		for i, r := range s.text {
			w := p.width(string(r))
			if w > room {
				return kept.add(s.style, s.text[:end]+tail)
			}
			room -= w
			end = i + utf8.RuneLen(r)
		}
		kept = append(kept, s)
	}
	return kept
}

// pad fills l up to so many cells with spaces.
func (p *pen) pad(l line, cells int) line {
	return l.add(normal, strings.Repeat(" ", max(0, cells-p.lineWidth(l))))
}

// meter draws progress, from 0 to 1, as a bar of so many cells.
func (p *pen) meter(progress float64, cells int) string {
	steps := len(p.bar) - 1
	n := cells / p.width(p.bar[steps])
	filled := int(min(progress, 1) * float64(n*steps))
	text := strings.Repeat(p.bar[steps], filled/steps)
	if rest := filled % steps; rest > 0 {
		text += p.bar[rest]
	}
	return text + strings.Repeat(p.bar[0], n-(filled+steps-1)/steps)
}
