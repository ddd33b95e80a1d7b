//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/settle-go/settle/internal/journal"
)

func TestKilledSubmit(t *testing.T) {
	t.Parallel()
	header := "--header=X-Token: " + headerSecret
	rows := []struct {
		name   string
		submit func(k *killer) []string
		task   func(k *killer) string // that was started
		again  []string
	}{
		{"of a target", func(k *killer) []string {
			return []string{"submit", "lab", "start", "vm=web-07", "user_password=" + paramSecret}
		}, func(*killer) string { return "lab/run-1" }, nil},
		{"to a URL", func(k *killer) []string {
			return append([]string{"submit", k.url + "/runs", `-d={"password": "` + bodySecret + `"}`, header, "--id=.id", "--poll=" + k.url + "/runs/{id}"}, reads...)
		}, func(k *killer) string { return k.url + "/runs/run-1" }, []string{header}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			storm(t, 1, func(t *testing.T, k *killer) {
				k.killed(t, row.submit(k)...)
				starts, waits := k.started(), k.list(t)
				if starts > 1 || len(waits) > 1 || starts == 1 && len(waits) != 1 {
					t.Fatalf("%d starts, and it knows %+v", starts, waits)
				}
				code := 0
				if left := leftOf(waits); len(left) == 1 {
					switch w := left[0]; {
					case w.Phase == phaseLost && w.ID == "" && w.Task == "" && k.asked("run-1") == 0:
						code = exitUnknown
					case w.Phase == journal.Stopped && w.Task == row.task(k) && starts == 1:
					default:
						t.Errorf("%d starts, %d checks, and it knows %+v", starts, k.asked("run-1"), w)
					}
				}
				k.resumes(t, code, row.again...)
				if got := k.started(); got != starts {
					t.Errorf("%d starts before the resume, %d after it", starts, got)
				}
				if left := leftOf(k.list(t)); len(left) > 0 && code != exitUnknown {
					t.Errorf("after its end it knows %+v", left)
				}
			})
		})
	}
}

// Of a start that answers several ids all are known, or none: also where the kill comes between their entries.
func TestKilledSubmitOfSeveral(t *testing.T) {
	t.Parallel()
	knowsAll := func(t *testing.T, k *killer) {
		waits, code := k.list(t), 0
		var tasks []string
		for _, w := range waits {
			tasks = append(tasks, w.Task)
		}
		slices.Sort(tasks)
		switch {
		case len(waits) == 0 && k.started() == 0:
		case len(waits) == 1 && waits[0].Phase == phaseLost && k.checks() == 0:
			code = exitUnknown
		case slices.Equal(tasks, []string{"lab/run-1", "lab/run-2", "lab/run-3", "lab/run-4", "lab/run-5", "lab/run-6"}):
		default:
			t.Fatalf("%d starts, %d checks, and it knows %q", k.started(), k.checks(), tasks)
		}
		k.resumes(t, code)
		if left := leftOf(k.list(t)); len(left) > 0 && code != exitUnknown {
			t.Errorf("after its end it knows %+v", left)
		}
	}
	storm(t, 1, func(t *testing.T, k *killer) {
		k.killed(t, "submit", "lab", "several")
		knowsAll(t, k)
	})
	for files := range len(severalRuns) + 1 {
		t.Run(fmt.Sprint("at file ", files), func(t *testing.T) {
			k := newKiller(t, moment{at: -1})
			close(k.ready)
			free := make(chan struct{})
			k.holdChecks(func(string, int) { <-free })
			cmd := k.command(t, "submit", "lab", "several")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for k.started() == 0 || k.files() < files && k.checks() == 0 {
				runtime.Gosched()
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			close(free)
			knowsAll(t, k)
		})
	}
}

// files is how many entries are on disk.
func (k *killer) files() int {
	all, _ := filepath.Glob(filepath.Join(k.state, "settle", "waits", "*.json"))
	return len(all)
}
