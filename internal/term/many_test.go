package term

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/settle-go/settle"
)

var update = flag.Bool("update", false, "write what is seen into testdata, for a person to look at")

// A crowd is many waits before a screen. What is seen of it stands in testdata.
type crowd struct {
	Options
	n, begun int // tasks, and how many of them begin; 0: all
	height   int
	name     string // %d: the key; "": web-%02d
	timeout  time.Duration
	checks   int
	apart    time.Duration // between two starts; 0: hardly anything
	every    time.Duration // 0: 5s
	cancel   time.Duration // when the person goes away; 0: never
	look     []time.Duration
	below    []Detail
}

// instant keeps what tasks do apart from each other, from the redraws and from the looks, so that their order is known.
const instant = 100 * time.Microsecond

// wait is the task with the key: every seventh fails, every tenth has a person act, and some checks fail. All others
// take the longer the higher the key, up to two minutes.
func (c crowd) wait(ctx context.Context, d *Display, key int) {
	time.Sleep(time.Duration(key) * max(c.apart, instant))
	every := cmp.Or(c.every, 5*time.Second)
	name := c.name
	if name == "" {
		name = "web-%02d"
	}
	d.Start(key, Task{Name: fmt.Sprintf(name, key), Plan: "every 5s", Usually: "1m-2m", Timeout: c.timeout})
	time.Sleep(redraw / 2)
	begun, takes, n := time.Now(), 20*time.Second+100*time.Second*time.Duration(key)/time.Duration(c.n), 0
	p := settle.Policy{Every: every, Max: every, Timeout: c.timeout, Checks: c.checks, Errors: 5}
	if c.timeout == 0 && c.checks == 0 {
		p.Timeout = 30 * time.Minute
	}
	_, err := settle.Wait(settle.WithTrace(ctx, func(s settle.Step) { d.Step(key, s) }), p, func(context.Context) (int, settle.Status, error) {
		n++
		done := float64(time.Since(begun)) / float64(takes)
		switch {
		case done >= 1 && key%7 == 3:
			return 0, at(settle.Failed, "ERR_17").because(`NoSpaceLeft: container "default"`).Status, nil
		case done >= 1:
			return 0, at(settle.Succeeded, "DONE").Status, nil
		case key%9 == 4 && n > 2 && n < 6:
			return 0, settle.Status{}, lost("503").err
		case key%10 == 6 && n > 2 && n < 8:
			return 0, at(settle.Blocked, "approval").because("waits for alice").Status, nil
		}
		return 0, pending(done).Status, nil
	})
	e := End{Err: err}
	if settle.OutcomeOf(err) == settle.OutcomeFailed {
		e.Link = fmt.Sprintf("https://tower.lab/t/%d", key)
		e.Below = []Detail{{Labels.Next, fmt.Sprintf("settle show %d", key)}}
	}
	d.Stop(key, e)
}

// run plays c in a bubble, and returns what was seen at each look, and at the end.
func (c crowd) run(t testing.TB, s *screen) string {
	s.t, s.height, s.wide = t, c.height, c.Wide
	c.Out = s
	if c.Terminal {
		s.columns = c.Width()
		c.Height = func() int { return c.height }
	}
	d := New(c.Options, c.n)
	var mu sync.Mutex // guards seen
	seen := ""
	for _, at := range c.look {
		time.AfterFunc(at+redraw-instant/2, func() {
			mu.Lock()
			defer mu.Unlock()
			seen += fmt.Sprintf("=== %v\n%s", at, s.display())
		})
	}
	var all sync.WaitGroup
	for key := range cmp.Or(c.begun, c.n) {
		all.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if c.cancel > 0 {
				time.AfterFunc(c.cancel+redraw/2+time.Duration(key)*instant, cancel)
			}
			c.wait(ctx, d, key)
		})
	}
	all.Wait()
	d.Close(c.below...)
	mu.Lock()
	defer mu.Unlock()
	return seen + "=== the end\n" + s.see()
}

// display is what the screen shows, without what has scrolled away.
func (s *screen) display() string {
	seen := s.see()
	rows := strings.SplitAfter(strings.TrimSuffix(seen, "\n"), "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	if gone := len(s.rows) - s.height; s.height > 0 && gone > 0 {
		rows = rows[min(gone, len(rows)):]
	}
	return strings.Join(rows, "") + "\n"
}

// Whatever the widths before and after, a person sees the live lines once, each in one row.
func TestManySurvivesResizing(t *testing.T) {
	for _, widths := range [][2]int{{120, 30}, {30, 120}, {80, 79}, {40, 20}} {
		t.Run(fmt.Sprint(widths), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{t: t, columns: widths[0]}
				o := Options{Out: s, Screen: Screen{Terminal: true, Width: s.width}}
				for _, n := range []int{1, 5} {
					d := New(o, n)
					for key := range n {
						d.Start(key, Task{Name: fmt.Sprintf("虚拟机 re\u0301sume\u0301-%02d", key), Usually: "3m-4m"})
						d.Step(key, settle.Step{Check: 1, Status: pending(.5).because("复制磁盘，第 2 块，共 3 块").Status, Next: time.Minute})
					}
					for range 3 {
						time.Sleep(redraw * 3 / 2)
						s.resize(widths[1])
						time.Sleep(2 * redraw)
						if got, want := strings.Count(s.see(), "\n"), n+min(1, n-1); got != want {
							t.Errorf("%d rows, want %d:\n%s", got, want, s.see())
						}
						s.resize(widths[0])
					}
					for key := range n {
						d.Stop(key, End{})
					}
					d.Close()
					s.rows, s.row = nil, 0
				}
			})
		})
	}
}

func TestMany(t *testing.T) {
	small, tiny, quiet, ascii, wide := terminal(40), terminal(20), terminal(80), terminal(80), terminal(60)
	ascii.ASCII = true
	small.Language = Chinese
	wide.Language, wide.Wide = Chinese, true
	resume := []Detail{{Labels.Resume, "settle resume"}}
	for name, c := range map[string]crowd{
		"fifty": {Options: Options{Screen: terminal(80)}, n: 50, height: 24, apart: 101 * time.Millisecond, timeout: 5 * time.Minute,
			look: []time.Duration{0, 2 * time.Second, 18 * time.Second, 60 * time.Second, 110 * time.Second}},
		"five":        {Options: Options{Screen: terminal(100)}, n: 5, height: 24, look: []time.Duration{15 * time.Second, 60 * time.Second}},
		"queue":       {Options: Options{Screen: terminal(100)}, n: 20, begun: 8, height: 24, look: []time.Duration{30 * time.Second}, below: resume},
		"narrow":      {Options: Options{Screen: small}, n: 30, height: 10, name: "虚拟机-%02d", look: []time.Duration{15 * time.Second, 60 * time.Second}},
		"wide":        {Options: Options{Screen: wide}, n: 8, height: 24, checks: 30, name: "重启 虚拟机-%02d", look: []time.Duration{15 * time.Second}},
		"tiny":        {Options: Options{Screen: tiny}, n: 300, height: 5, name: "re\u0301sume\u0301-%03d", look: []time.Duration{15 * time.Second, 60 * time.Second}},
		"ascii":       {Options: Options{Screen: ascii}, n: 30, height: 12, checks: 12, look: []time.Duration{15 * time.Second, 50 * time.Second}},
		"quiet":       {Options: Options{Screen: quiet, Mode: None}, n: 10, height: 24, look: []time.Duration{60 * time.Second}},
		"leaving":     {Options: Options{Screen: terminal(80)}, n: 30, height: 12, cancel: 52 * time.Second, look: []time.Duration{49 * time.Second}, below: resume},
		"leaving-few": {Options: Options{Screen: terminal(80)}, n: 3, height: 12, cancel: 52 * time.Second, below: resume},
		"checks":      {Options: Options{Screen: terminal(100), Verbose: true}, n: 3, height: 24, checks: 4, look: []time.Duration{11 * time.Second}},

		"plain":         {Options: Options{}, n: 8, timeout: 90 * time.Second},
		"plain-still":   {n: 12, begun: 10, every: 90 * time.Second, timeout: 10 * time.Minute},
		"plain-limit":   {Options: Options{Screen: Screen{Language: Chinese}}, n: 3, checks: 5, name: "虚拟机-%02d"},
		"plain-quiet":   {Options: Options{Mode: None}, n: 10},
		"plain-leaving": {Options: Options{}, n: 4, begun: 3, cancel: 12 * time.Second, below: resume},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := c.run(t, &screen{})
				file := filepath.Join("testdata", "many", name+".txt")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(string(want), got); diff != "" {
					t.Errorf("seen (-want +got):\n%s", diff)
				}
			})
		})
	}
}
