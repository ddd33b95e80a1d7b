package term

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/settle-go/settle"
)

// A screen is a small terminal: it takes bytes, and shows the lines that a person would see.
type screen struct {
	t       testing.TB
	columns int  // 0: never wraps; after the beginning only resize sets it
	height  int  // lines, below those that have scrolled away; 0: any number
	wide    bool // ambiguous characters take two cells

	mu       sync.Mutex // guards what follows
	bytes    []byte
	rows     [][]string // cells; the second cell of a wide character is ""
	row, col int
	framed   bool
	clips    bool          // what does not fit into a row is lost
	draws    []time.Time   // when a live line was drawn
	hold     chan struct{} // not nil: a Write waits for it to be closed
	looks    []string
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		<-hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes = append(s.bytes, b...)
	if bytes.HasSuffix(b, []byte(endFrame)) {
		s.draws = append(s.draws, time.Now())
	}
	s.take(string(b))
	return len(b), nil
}

func (s *screen) take(text string) {
	for text != "" {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' && r <= '~' })
			s.code(rest[:end+1])
			text = rest[end+1:]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch {
		case r == '\r':
			s.col = 0
		case r == '\n':
			s.row, s.col = s.row+1, 0
		case r < 0x20 || 0x7f <= r && r <= 0x9f:
			s.t.Errorf("control character %q on the screen", r)
		default:
			s.put(r)
		}
	}
}

func (s *screen) code(code string) {
	switch {
	case code == "K":
		s.grow()
		s.rows[s.row] = s.rows[s.row][:min(s.col, len(s.rows[s.row]))]
	case code == "J":
		s.grow()
		s.rows = s.rows[:s.row+1]
		s.rows[s.row] = s.rows[s.row][:min(s.col, len(s.rows[s.row]))]
	case strings.HasSuffix(code, "A"):
		n, err := strconv.Atoi(code[:len(code)-1])
		top := 0
		if s.height > 0 {
			top = max(0, len(s.rows)-s.height)
		}
		if s.row -= n; err != nil || s.row < top {
			s.t.Errorf("code %q leaves the screen", code)
			s.row = top
		}
	case code == "?7h" || code == "?7l":
		s.clips = code == "?7l"
	case code == "?2026h" || code == "?2026l":
		if s.framed == (code == "?2026h") {
			s.t.Errorf("a frame in a frame: %q", code)
		}
		s.framed = !s.framed
	case strings.HasSuffix(code, "m"):
	default:
		s.t.Errorf("code %q on the screen", code)
	}
}

func (s *screen) put(r rune) {
	width := (&runewidth.Condition{EastAsianWidth: s.wide, StrictEmojiNeutral: true}).RuneWidth(r)
	if s.columns > 0 && s.col+width > s.columns {
		if s.clips {
			return
		}
		s.row, s.col = s.row+1, 0
	}
	s.grow()
	cells := s.rows[s.row]
	if width == 0 {
		if s.col > 0 {
			cells[s.col-1] += string(r)
		}
		return
	}
	for len(cells) < s.col+width {
		cells = append(cells, " ")
	}
	cells[s.col] = string(r)
	if width == 2 {
		cells[s.col+1] = ""
	}
	s.rows[s.row] = cells
	s.col += width
}

func (s *screen) grow() {
	for len(s.rows) <= s.row {
		s.rows = append(s.rows, nil)
	}
}

// see returns what stands on the screen, a newline after each line but empty ones at the end.
func (s *screen) see() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.rows {
		b.WriteString(strings.TrimRight(strings.Join(row, ""), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (s *screen) width() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns
}

// resize makes the screen so many columns wide, as a terminal does that keeps lines whole: those that no longer fit go on
// in the next row, and the cursor stays where it was in its line. No line had wrapped before.
func (s *screen) resize(columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns = columns
	var rows [][]string
	row := s.row
	for i, cells := range s.rows {
		if i == s.row {
			row = len(rows)
		}
		for len(cells) > columns {
			cut := columns
			if cut > 1 && cells[cut] == "" { // a wide character stays whole
				cut--
			}
			rows = append(rows, cells[:cut:cut])
			cells = cells[cut:]
		}
		rows = append(rows, cells)
	}
	s.rows, s.row = rows, row
}

func (s *screen) look() {
	seen := s.see()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = append(s.looks, seen)
}

// An answer is what a scripted check gives. The last one is given again and again.
type answer struct {
	settle.Status
	err   error
	takes time.Duration
}

func pending(progress float64) answer {
	return answer{Status: settle.Status{State: settle.Pending, Raw: "EXECUTING", Progress: progress}}
}

func at(state settle.State, raw string) answer {
	return answer{Status: settle.Status{State: state, Raw: raw}}
}

func lost(text string) answer { return answer{err: fmt.Errorf("%s", text)} }

func (a answer) because(reason string) answer {
	a.Reason = reason
	return a
}

func (a answer) after(d time.Duration) answer {
	a.takes = d
	return a
}

// A play is one wait before a screen.
type play struct {
	Options
	name                string // "": web-07
	plan, usually, link string
	policy              string
	script              []answer
	cancel              time.Duration // when the person goes away; 0: never
	notes               map[time.Duration]string
	look                []time.Duration // when to look at the screen; before the end
	end                 End             // but for Err
}

// run plays p in a bubble, and returns what was seen at each look, and at the end.
func (p play) run(t testing.TB, s *screen) []string {
	s.t = t
	p.Out = s
	if p.Terminal && p.Width == nil {
		s.columns = 100
		p.Width = func() int { return s.columns }
	}
	policy, err := settle.ParsePolicy(p.policy)
	if err != nil {
		t.Fatal(err)
	}
	if p.name == "" {
		p.name = "web-07"
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if p.cancel > 0 {
		time.AfterFunc(p.cancel, cancel)
	}
	d := New(p.Options, 1)
	d.Start(0, Task{Name: p.name, Plan: p.plan, Usually: p.usually, Link: p.link})
	for at, note := range p.notes {
		time.AfterFunc(at, func() { d.Note(note) })
	}
	for _, at := range p.look {
		// A moment later, when all that happens then has happened.
		time.AfterFunc(at+time.Millisecond, func() { s.look() })
	}
	n := 0
	_, p.end.Err = settle.Wait(settle.WithTrace(ctx, func(s settle.Step) { d.Step(0, s) }), policy, func(context.Context) (int, settle.Status, error) {
		a := p.script[min(n, len(p.script)-1)]
		n++
		time.Sleep(a.takes)
		return n, a.Status, a.err
	})
	d.Stop(0, p.end)
	d.Close()
	s.look()
	return s.looks
}

// A scene is a play and what a person sees of it.
type scene struct {
	name string
	play
	want []string // at each look, and at the end; without the first newline
}

func playAll(t *testing.T, scenes []scene) {
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := sc.run(t, &screen{wide: sc.Wide})
				var want []string
				for _, w := range sc.want {
					want = append(want, strings.TrimPrefix(w, "\n"))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("seen (-want +got):\n%s", diff)
				}
			})
		})
	}
}
