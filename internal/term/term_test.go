package term

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

func TestRedrawsAtMostEvery100ms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{}
		notes := map[time.Duration]string{}
		for i := range 200 {
			notes[time.Duration(i*7)*time.Millisecond] = "note"
		}
		play{Options: Options{Screen: terminal(80)}, policy: "every=3ms timeout=10s", script: []answer{pending(.5)}, notes: notes}.run(t, s)
		if n := len(s.draws); n < 90 || n > 101 {
			t.Errorf("%d draws in 10 s", n)
		}
		for i := range s.draws[2:] { // the last one is the end
			if gap := s.draws[i+1].Sub(s.draws[i]); gap < redraw {
				t.Errorf("drawn again after %v", gap)
			}
		}
	})
}

func TestAPausedTerminalHoldsNobodyUp(t *testing.T) {
	for _, o := range []Options{{Screen: terminal(80)}, {}} {
		synctest.Test(t, func(t *testing.T) {
			s := &screen{t: t, hold: make(chan struct{})}
			o.Out = s
			d := New(o, 1)
			begun := time.Now()
			d.Start(0, Task{Name: "web-07", Plan: "every 1s"})
			for i := range 100 {
				d.Step(0, settle.Step{Check: i + 1, Status: settle.Status{State: settle.Pending, Raw: fmt.Sprint(i)}, Next: time.Second})
				d.Note(fmt.Sprintf("note %d.", i))
			}
			if took := time.Since(begun); took > 0 {
				t.Errorf("held up for %v", took)
			}
			time.AfterFunc(time.Minute, func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				close(s.hold)
				s.hold = nil
			})
			d.Stop(0, End{})
			d.Close()
			if took := time.Since(begun); took != time.Minute {
				t.Errorf("Stop returned after %v, before all was written", took)
			}
			for i := range 100 {
				if !strings.Contains(s.see(), fmt.Sprintf("note %d.", i)) {
					t.Errorf("note %d is lost", i)
				}
			}
		})
	}
}

// A terminal that has gone away is written to no more than there is to say.
func TestATerminalThatGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := &failing{}
		d := New(Options{Out: gone, Screen: terminal(80)}, 2)
		d.Start(0, Task{Name: "web-07"})
		d.Start(1, Task{Name: "web-08"})
		time.Sleep(time.Hour)
		if n := gone.writes.Load(); n != 1 {
			t.Errorf("%d writes in an hour, want one", n)
		}
		d.Step(0, settle.Step{Check: 1, Status: settle.Status{State: settle.Pending}})
		d.Stop(0, End{})
		d.Close()
	})
}

type failing struct{ writes atomic.Int64 }

func (f *failing) Write([]byte) (int, error) {
	f.writes.Add(1)
	return 0, errors.New("input/output error")
}

func TestOneLastLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(Options{Out: s, Screen: terminal(80)}, 1)
		d.Note("before")
		d.Start(0, Task{Name: "web-07"})
		d.Start(0, Task{Name: "web-08"})
		d.Stop(0, End{})
		d.Close()
		d.Stop(0, End{Err: errors.New("no")})
		d.Close()
		d.Step(0, settle.Step{Check: 1})
		d.Start(0, Task{Name: "web-09"})
		d.Note("after")
		want := "before\n✔ web-07  succeeded in 0.0s\nafter\n"
		if got := s.see(); got != want {
			t.Errorf("got %s", got)
		}
	})
}

// Ends of waits that told no step.
func TestStopAlone(t *testing.T) {
	status := settle.Status{State: settle.Failed, Raw: "ERR", Progress: .5, Reason: "why"}
	for _, row := range []struct {
		name string
		err  error
		want string
	}{
		{"refused", settle.ErrNoLimit, `
■ the wait was refused before the first check
    problem  no limit: set Checks or Timeout, or give the context a deadline
`},
		{"denied", fmt.Errorf("log in: %w", settle.ErrDenied), `
■ not allowed to ask about this task
    problem  log in: not allowed
`},
		{"not found", errGone, `
■ not found: the platform does not know this task
    problem  task 7: not found
`},
		{"other", errors.New("no such host"), `
■ could not learn how the task stands, gave up after 0.0s; the task may still
  run
    problem  no such host
`},
		{"task error", fmt.Errorf("wait: %w", &settle.TaskError{Status: status, Checks: 3, Elapsed: time.Minute}), `
✘ failed at 50% after 1m00s [ERR]
    reason  why
`},
		{"stop error", &settle.StopError{Status: settle.Status{State: settle.Pending}, Checks: 3, Elapsed: time.Minute, Cause: settle.ErrLimit, Last: errors.New("503")}, `
■ stopped waiting after 1m00s, the time limit; the task may still run
    last status  pending
    why          check failed: 503
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := &screen{t: t}
			New(Options{Out: s, Screen: terminal(80)}, 1).Stop(0, End{Err: row.err})
			if got, want := s.see(), strings.TrimPrefix(row.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestWarned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(Options{Out: s}, 1)
		d.Start(0, Task{Name: "web-07"})
		status := settle.Status{State: settle.Succeeded, Warned: true, Reason: "2 of 3 disks"}
		d.Step(0, settle.Step{Check: 1, Status: status, Last: true})
		time.Sleep(time.Hour) // the result is fetched: that is not the task's time
		d.Stop(0, End{})
		d.Close()
		want := "00:00:00Z web-07 waiting\n01:00:00Z web-07 succeeded with warnings in 0.0s  checks=1 failed_checks=0\n    reason  2 of 3 disks\n"
		if got := s.see(); got != want {
			t.Errorf("got %s", got)
		}
	})
}

func TestColour(t *testing.T) {
	for _, colour := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			for _, mode := range []Mode{TTY, Plain} {
				s := &screen{}
				o := Options{Mode: mode, Screen: terminal(80)}
				o.Color = colour
				play{Options: o, policy: "every=1s checks=3", script: []answer{pending(.5), at(settle.Succeeded, "DONE")}}.run(t, s)
				if got := strings.Contains(string(s.bytes), "m"+"succeeded"); got != colour {
					t.Errorf("%v, colour %v: %q", mode, colour, s.bytes)
				}
				if mode == Plain && !colour && strings.ContainsAny(string(s.bytes), "\x1b\r") {
					t.Errorf("codes in plain lines: %q", s.bytes)
				}
			}
		})
	}
}

// A panicking view is a bug in settle, which ends in Stop: a panic on the display's own goroutine would be nobody's.
type panicking struct{ view }

func (panicking) tick(time.Time) time.Duration { panic("no picture") }

func TestAPanicIsStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(Options{Out: s}, 1)
		d.view = panicking{d.view}
		d.Start(0, Task{Name: "web-07"})
		synctest.Wait()
		defer func() {
			if bug := fmt.Sprint(recover()); !strings.Contains(bug, "no picture") || !strings.Contains(bug, "tick") {
				t.Errorf("got %s, want the panic and its stack", bug)
			}
			if !strings.Contains(s.see(), "succeeded") {
				t.Errorf("the end is not told: %s", s.see())
			}
		}()
		d.Stop(0, End{})
		d.Close()
	})
}

func TestConcurrentUse(t *testing.T) {
	s := &screen{t: t}
	o := Options{Out: s, Verbose: true, Screen: terminal(80)}
	d := New(o, 1)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				d.Start(0, Task{Name: "web-07"})
				d.Step(0, settle.Step{Check: n + 1, Status: settle.Status{State: settle.Pending}})
				d.Note("note")
			}
			if i == 0 {
				d.Stop(0, End{})
				d.Close()
			}
		})
	}
	all.Wait()
	d.Stop(0, End{})
	d.Close()
	if n := strings.Count(s.see(), "succeeded in"); n != 1 {
		t.Errorf("%d last lines", n)
	}
	if n := strings.Count(s.see(), "\nnote") + strings.Count(s.see()[:4], "note"); n != 400 {
		t.Errorf("%d notes", n)
	}
}
