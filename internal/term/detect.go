package term

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// A Mode is how progress is shown.
type Mode uint8

const (
	Auto  Mode = iota // TTY where a person watches, else Plain
	TTY               // live lines, redrawn in place; Plain where the output cannot do that
	Plain             // lines, one for each change
	None              // no progress: only notes, and how it ended; of many tasks, which ones did not succeed
	Quiet             // only how those ended that did not succeed, and what stands below
)

var modeNames = [...]string{"auto", "tty", "plain", "none"} // Quiet is a flag of its own

// ParseMode reads the names auto, tty, plain and none.
func ParseMode(name string) (Mode, error) {
	for m, known := range modeNames {
		if known == name {
			return Mode(m), nil
		}
	}
	return Auto, fmt.Errorf("%q is not a way to show progress (known: %s)", name, strings.Join(modeNames[:], ", "))
}

func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	if m == Quiet {
		return "quiet"
	}
	return fmt.Sprintf("mode(%d)", m)
}

// silent reports whether m shows no progress.
func (m Mode) silent() bool { return m == None || m == Quiet }

// Options say where a Display writes, how much, and what the other end can show. Detect finds out the latter; the zero
// value of everything but Out is plain English lines without colour.
type Options struct {
	Out     io.Writer
	Mode    Mode
	Verbose bool // a line a check as well
	Screen
}

// A Screen is what the other end of the output can show.
type Screen struct {
	Terminal bool       // it can redraw a line
	CI       bool       // a CI system keeps the output: Auto is Plain
	Width    func() int // columns now; nil, or not above 0: 80
	Height   func() int // lines now; nil, or not above 0: 24
	Color    bool
	ASCII    bool // no other characters of our own; names and reasons keep theirs
	Wide     bool // characters whose width East Asian fonts disagree on are counted as two cells
	Language Language

	front func() bool // whether settle has the terminal to itself, a shell and not the background; nil: no terminal
}

// Detect returns the Options of a Display that writes to out. getenv is os.Getenv or a test's.
func Detect(out *os.File, getenv func(string) string) Options {
	screen := locale(getenv)
	screen.CI = getenv("CI") != "" && getenv("CI") != "false"
	fd := int(out.Fd())
	screen.Terminal = IsTerminal(out) && getenv("TERM") != "dumb" && takesCodes(out)
	if screen.Terminal {
		screen.front = inFront(fd)
	}
	screen.Color = screen.Terminal && getenv("NO_COLOR") == ""
	screen.Width = func() int {
		width, _, _ := term.GetSize(fd)
		return width
	}
	screen.Height = func() int {
		_, height, _ := term.GetSize(fd)
		return height
	}
	return Options{Out: out, Screen: screen}
}

// IsTerminal reports whether what is written to out is seen by a person at a terminal.
func IsTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd()))
}

// locale is what the locale variables say of a screen.
func locale(getenv func(string) string) Screen {
	first := func(names ...string) string {
		for _, name := range names {
			if value := getenv(name); value != "" {
				return value
			}
		}
		return ""
	}
	messages := first("LC_ALL", "LC_MESSAGES", "LANG")
	types := first("LC_ALL", "LC_CTYPE", "LANG")
	charset := types // macOS has LC_CTYPE=UTF-8
	if _, after, found := strings.Cut(types, "."); found {
		charset, _, _ = strings.Cut(after, "@")
	}
	utf8 := strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
	if types == "" && runtime.GOOS == "windows" {
		utf8 = true // its console is written in Unicode, whatever the code page
	}
	s := Screen{ASCII: !utf8, Wide: in(types, "zh", "ja", "ko")}
	// A locale that names another charset would get our UTF-8 as garbage: English there. One that names none, zh_CN,
	// is today nearly always shown as UTF-8.
	if in(messages, "zh") && (utf8 || !strings.Contains(types, ".")) {
		s.Language = Chinese
	}
	return s
}

func in(locale string, languages ...string) bool {
	name, _, _ := strings.Cut(locale, ".")
	name, _, _ = strings.Cut(strings.ReplaceAll(name, "-", "_"), "_")
	for _, l := range languages {
		if strings.EqualFold(name, l) {
			return true
		}
	}
	return false
}
