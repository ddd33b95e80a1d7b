package term

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/settle-go/settle"
)

func TestClean(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain", "web-07", "web-07"},
		{"Chinese", "虚拟机：重启", "虚拟机：重启"},
		{"joined emoji", "👩‍🚀", "👩‍🚀"},
		{"colour", "\x1b[31mred", `\x1b[31mred`},
		{"one-byte CSI", "\u009b2J", `\u009b2J`},
		{"title", "\x1b]0;x\a", `\x1b]0;x\a`},
		{"lines", "a\nb\r\nc\td", `a\nb\r\nc d`},
		{"delete", "a\x7f\x00", `a\x7f\x00`},
		{"other line ends", "a\u2028b\u0085", `a\u2028b\u0085`},
		{"right to left", "a\u202eb", `a\u202eb`},
		{"no UTF-8", "a\xff\x9bb", `a\xff\x9bb`},
		{"replacement character", "a\uFFFD", "a\uFFFD"},
	} {
		if got := Clean(row.text); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	for _, long := range []string{strings.Repeat("任", 2001), strings.Repeat("x", 8<<20), strings.Repeat("\x1b", 1999), strings.Repeat("e\u0301", 1<<20)} {
		if got := utf8.RuneCountInString(Clean(long)); got != longest {
			t.Errorf("%.6q: %d runes, want %d", long, got, longest)
		}
	}
	if exactly := strings.Repeat("任", longest); Clean(exactly) != exactly {
		t.Error("a text that is just short enough was cut")
	}
}

func TestCut(t *testing.T) {
	for _, row := range []struct {
		text  string
		cells int
		want  string
	}{
		{"pending", 7, "pending"},
		{"pending", 6, "pendi…"},
		{"pending", 1, "…"},
		{"pending", 0, ""},
		{"虚拟机", 6, "虚拟机"},
		{"虚拟机", 5, "虚拟…"},
		{"虚拟机", 4, "虚…"},
		{"re\u0301sume\u0301", 4, "re\u0301s…"},
	} {
		p := newPen(Options{})
		if got := p.cut(line{}.add(bold, row.text), row.cells).String(); got != row.want {
			t.Errorf("%s in %d cells: got %s, want %s", row.text, row.cells, got, row.want)
		}
	}
}

func TestMeter(t *testing.T) {
	for _, row := range []struct {
		screen   Screen
		progress float64
		want     string
	}{
		{Screen{}, 0, "··········"},
		{Screen{}, .62, "██████▏···"},
		{Screen{}, .999, "█████████▉"},
		{Screen{}, 1, "██████████"},
		{Screen{}, 7, "██████████"},
		{Screen{Wide: true}, .65, "███▎·"},
		{Screen{ASCII: true}, .62, "######...."},
	} {
		if got := newPen(Options{Screen: row.screen}).meter(row.progress, 10); got != row.want {
			t.Errorf("%v: got %s, want %s", row.progress, got, row.want)
		}
	}
}

// Whatever a server says, only our own codes reach the screen, and the live line stays one line.
func FuzzHostile(f *testing.F) {
	for _, text := range []string{"ok", "\x1b[2J\x1b]0;title\a", "\u009b31m\u0085\u2028\u202e", "a\r\nb\x00\x7f\xff", "虚e\u0301\u200d👩‍🚀❤️", "%d%s\\"} {
		f.Add(text, text, text, .5, uint8(30))
	}
	f.Fuzz(func(t *testing.T, name, raw, reason string, progress float64, columns uint8) {
		synctest.Test(t, func(t *testing.T) {
			for n, mode := range []Mode{TTY, Plain, TTY, Plain} {
				n = 1 + n/2
				o := Options{Mode: mode, Verbose: true, Screen: terminal(int(columns))}
				o.Color, o.Wide = true, true
				live := &screen{t: t, columns: int(columns), wide: true}
				o.Out = live
				d := New(o, n)
				d.Start(0, Task{Name: name, Usually: raw, Link: reason})
				status := settle.Status{State: settle.Pending, Raw: raw, Reason: reason, Progress: progress}
				if mode == TTY {
					time.Sleep(redraw)
					if rows := strings.Count(live.see(), "\n"); columns > 0 && rows > n {
						t.Errorf("%d live lines take %d rows", n, rows)
					}
				}
				d.Step(0, settle.Step{Check: 1, Status: status, Next: time.Second})
				d.Step(0, settle.Step{Check: 2, Status: status, Err: errors.New(reason), Next: time.Minute})
				time.Sleep(time.Second)
				d.Note(reason)
				d.Stop(0, End{Err: &settle.StopError{Status: status, Cause: context.Canceled, Last: errors.New(reason)}, Link: raw, Below: []Detail{{Labels.Hint, name}}})
				d.Close()
				if !utf8.Valid(live.bytes) {
					t.Errorf("no UTF-8: %q", live.bytes)
				}
			}
		})
	})
}
