package term

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// What the caller says of an outcome holds, where it is stricter than the wait.
func TestOutcomeOfTheCaller(t *testing.T) {
	warned := settle.Status{State: settle.Succeeded, Warned: true, Raw: "DONE", Reason: "2 of 3 disks"}
	blocked := settle.Status{State: settle.Blocked, Raw: "approval", Reason: "waits for alice"}
	for _, row := range []struct {
		name   string
		status settle.Status
		end    End
		want   string
	}{
		{"blocked", blocked, End{Err: settle.Permanent(fmt.Errorf("blocked")), Outcome: OutcomeBlocked, Link: "https://tower.lab/t/7"}, `
■ web-07  stopped: a person must act first (after 1m00s)
    last status  blocked [approval]: waits for alice
    link         https://tower.lab/t/7
`},
		{"strict", warned, End{Outcome: settle.OutcomeFailed}, `
✘ web-07  succeeded with warnings in 1m00s; that counts as failed (strict)
  [DONE]
    reason  2 of 3 disks
`},
		{"not watched any more", blocked, End{Err: context.Canceled, Outcome: settle.OutcomeInterrupted}, `
■ web-07  stopped watching after 1m00s; the task still waits for a person to
  act
`},
		{"nothing is known", settle.Status{}, End{Outcome: settle.OutcomeUnknown}, `
■ web-07  could not learn how the task stands, gave up after 1m00s; the task
  may still run
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{t: t}
				d := New(Options{Out: s, Screen: terminal(80)}, 1)
				d.Start(0, Task{Name: "web-07"})
				time.Sleep(time.Minute)
				if row.status.State != settle.Unknown {
					d.Step(0, settle.Step{Check: 1, Status: row.status, Last: true})
				}
				d.Stop(0, row.end)
				d.Close()
				if got, want := s.see(), strings.TrimPrefix(row.want, "\n"); got != want {
					t.Errorf("got\n%swant\n%s", got, want)
				}
			})
		})
	}
}

func TestQuiet(t *testing.T) {
	failed := &settle.TaskError{Status: settle.Status{State: settle.Failed, Raw: "ERR_17"}, Checks: 3, Elapsed: time.Minute}
	for _, row := range []struct {
		name   string
		screen Screen
		ends   []error
		want   string
	}{
		{"one success", terminal(80), []error{nil}, "\n"},
		{"one failure", terminal(80), []error{failed}, "✘ web-0  failed after 1m00s [ERR_17]\n    resume  settle resume\n"},
		{"many", terminal(80), []error{nil, failed, nil}, "✘ web-1  failed after 1m00s [ERR_17]\n    resume  settle resume\n"},
		{"a pipe", Screen{}, []error{nil, failed}, "00:00:00Z web-1 failed after 1m00s [ERR_17]  checks=3 failed_checks=0\n    resume  settle resume\n"},
		{"one success in a pipe", Screen{}, []error{nil}, "\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{t: t}
				d := New(Options{Out: s, Mode: Quiet, Verbose: true, Screen: row.screen}, len(row.ends))
				d.Note("warning: TLS is not verified")
				var below []Detail
				for key, err := range row.ends {
					d.Start(key, Task{Name: fmt.Sprint("web-", key), Plan: "every 2s"})
					d.Step(key, settle.Step{Check: 1, Status: settle.Status{State: settle.Pending}})
					d.Stop(key, End{Err: err})
					if err != nil {
						below = []Detail{{Labels.Resume, "settle resume"}}
					}
				}
				d.Close(below...)
				if got := s.see(); got != row.want {
					t.Errorf("got\n%swant\n%s", got, row.want)
				}
			})
		})
	}
}

// Of one task that a person goes away from, the last failure is told; of several it would push the first ones off the screen.
func TestLeavingSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(Options{Out: s, Screen: terminal(100)}, 2)
		for key := range 2 {
			d.Start(key, Task{Name: fmt.Sprint("web-", key)})
			d.Step(key, settle.Step{Check: 1, Err: errors.New("HTTP 503")})
		}
		for key := range 2 {
			d.Stop(key, End{Err: context.Canceled})
		}
		d.Close(Detail{Labels.Resume, "settle resume"})
		const want = `■ web-0  stopped watching after 0.0s; the task may still run  1 of 1 check failed
■ web-1  stopped watching after 0.0s; the task may still run  1 of 1 check failed
■ 2 tasks after 0.0s: 2 no longer watched
    resume  settle resume
`
		if got := s.see(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

func TestRequestsInTheSum(t *testing.T) {
	for name, row := range map[string]struct {
		screen Screen
		want   string
	}{
		"a terminal": {terminal(80), "✔ 2 tasks after 0.0s: 2 succeeded  6 checks by 3 requests\n"},
		"a pipe":     {Screen{}, "2 tasks after 0.0s: 2 succeeded  checks=6 failed_checks=0 requests=3\n"},
		"Chinese":    {chineseTerminal, "✔ 2 个任务，用时 0.0秒：2 个成功  6 次检查，共 3 个请求\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{t: t}
				d := New(Options{Out: s, Screen: row.screen}, 2)
				for key := range 2 {
					d.Start(key, Task{Name: "web"})
					d.Step(key, settle.Step{Check: 3, Status: settle.Status{State: settle.Succeeded}, Last: true})
					d.Stop(key, End{})
				}
				d.Requests(3)
				d.Close()
				if got := s.see(); !strings.HasSuffix(got, row.want) {
					t.Errorf("got\n%swant\n%s", got, row.want)
				}
			})
		})
	}
}

// What others write on the terminal stands above the live lines.
func TestAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(Options{Out: s, Screen: terminal(80)}, 2)
		for key := range 2 {
			d.Start(key, Task{Name: fmt.Sprint("web-", key)})
		}
		time.Sleep(time.Second + redraw/2) // between two redraws
		d.Note("a note")
		d.Aside(func() { fmt.Fprintln(s, "a result") })
		time.Sleep(redraw * 3 / 4)
		fmt.Fprintln(s, "one that a pipe held up")
		time.Sleep(time.Second)
		synctest.Wait() // a redraw is due at this very moment
		want := "a note\na result\none that a pipe held up\n2 tasks  · 2 waiting  ····················  0%  2s\n⠋ web-0  waiting  2s\n⠋ web-1  waiting  2s\n"
		if got := s.see(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		d.Close()
	})
}
