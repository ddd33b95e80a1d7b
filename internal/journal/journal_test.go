package journal_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func open(t testing.TB) (j *journal.Journal, folder string) {
	t.Helper()
	folder = t.TempDir()
	j, err := journal.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return j, folder
}

func add(t testing.TB, j *journal.Journal, e journal.Entry) *journal.Entry {
	t.Helper()
	if err := j.Add(&e); err != nil {
		t.Fatal(err)
	}
	return &e
}

func TestAddAndFind(t *testing.T) {
	j, folder := open(t)
	e := add(t, j, journal.Entry{Run: "r", Phase: journal.Waiting, Task: "tower/9f3c", Started: noon})
	e.Happened(journal.Event{At: noon.Add(time.Second), Check: 1, Status: settle.Status{State: settle.Pending, Raw: "run", Progress: 0.5}})
	e.Answered(`{"status":"run"}`)
	if err := j.Save(e); err != nil {
		t.Fatal(err)
	}
	got, err := j.Find(e.Handle)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	info, err := os.Stat(filepath.Join(folder, "waits", e.Handle+".json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
}

func TestFindRefuses(t *testing.T) {
	j, _ := open(t)
	add(t, j, journal.Entry{})
	for _, handle := range []string{"", "f", "ffffffff", "../../etc/passwd", "0A4B", "xyz1", "."} {
		if _, err := j.Find(handle); !errors.Is(err, journal.ErrNone) {
			t.Errorf("%q: got %v, want ErrNone", handle, err)
		}
	}
}

func TestHandlesAreShortAndTheirOwn(t *testing.T) {
	j, _ := open(t)
	seen := map[string]bool{}
	for range 300 {
		e := add(t, j, journal.Entry{})
		if seen[e.Handle] || len(e.Handle) < 4 || len(e.Handle) > 8 {
			t.Fatalf("handle %q", e.Handle)
		}
		seen[e.Handle] = true
	}
}

func TestLastIsTheNewestRunThatHasNotEnded(t *testing.T) {
	j, _ := open(t)
	add(t, j, journal.Entry{Run: "old", Phase: journal.Stopped, Task: "a/1", Started: noon})
	first := add(t, j, journal.Entry{Run: "new", Phase: journal.Stopped, Task: "a/2", Started: noon.Add(time.Hour)})
	add(t, j, journal.Entry{Run: "new", Phase: journal.Ended, Task: "a/3", Started: noon.Add(time.Hour)})
	second := add(t, j, journal.Entry{Run: "new", Phase: journal.Waiting, Task: "a/4", Started: noon.Add(time.Hour + time.Second)})
	add(t, j, journal.Entry{Run: "done", Phase: journal.Ended, Task: "a/5", Started: noon.Add(2 * time.Hour)})
	got, err := j.Last()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*journal.Entry{first, second}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEventsAreBounded(t *testing.T) {
	var e journal.Entry
	for n := range 1000 {
		e.Happened(journal.Event{Check: n, Error: fmt.Sprint(n)})
	}
	if len(e.Events) != 200 || e.Left != 800 || e.Events[0].Check != 0 || e.Events[199].Check != 999 {
		t.Errorf("got %d events, %d left out, from %d to %d", len(e.Events), e.Left, e.Events[0].Check, e.Events[len(e.Events)-1].Check)
	}
	e.Answered(strings.Repeat("x", 1<<20))
	if len(e.Answer) != 64<<10 || !e.Cut {
		t.Errorf("an answer of %d bytes is kept, cut: %v", len(e.Answer), e.Cut)
	}
	e.Answered(strings.Repeat("任务", 20_000))
	if !utf8.ValidString(e.Answer) || !e.Cut {
		t.Errorf("cut within a character, or not: %v", e.Cut)
	}
	e.Answered("{}")
	if e.Answer != "{}" || e.Cut {
		t.Errorf("got %q, cut: %v", e.Answer, e.Cut)
	}
}

func TestAnEventThatSaysTheSameIsCounted(t *testing.T) {
	var e journal.Entry
	same := journal.Event{At: noon, Check: 1, Status: settle.Status{State: settle.Pending, Raw: "run"}}
	for n := range 5 {
		same.At, same.Check, same.Status.After = noon.Add(time.Duration(n)*time.Second), n+1, time.Duration(n)
		e.Happened(same)
	}
	e.Happened(journal.Event{At: noon, Check: 6, Status: same.Status, Error: "HTTP 503"})
	if len(e.Events) != 2 || e.Events[0].Check != 1 || e.Events[0].Again != 4 || e.Events[1].Again != 0 {
		t.Errorf("got %+v", e.Events)
	}
	if last, ok := e.Last(); !ok || last.Error != "HTTP 503" {
		t.Errorf("got %+v, %v", last, ok)
	}
}

func TestClear(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		name  string
		phase journal.Phase
		age   time.Duration
		stays bool
	}{
		{"ended yesterday", journal.Ended, day, true},
		{"ended eight days ago", journal.Ended, 8 * day, false},
		{"stopped a month ago", journal.Stopped, 30 * day, true},
		{"nobody came back to it", journal.Stopped, 100 * day, false},
		{"submitting", journal.Submitting, 8 * day, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j, folder := open(t)
			e := add(t, j, journal.Entry{Phase: tt.phase})
			path := filepath.Join(folder, "waits", e.Handle+".json")
			if err := os.Chtimes(path, noon, noon.Add(-tt.age)); err != nil {
				t.Fatal(err)
			}
			if err := j.Clear(noon); err != nil {
				t.Fatal(err)
			}
			if _, err := j.Find(e.Handle); (err == nil) != tt.stays {
				t.Errorf("got %v, stays: want %v", err, tt.stays)
			}
		})
	}
}

func TestWhatACrashLeft(t *testing.T) {
	j, folder := open(t)
	e := add(t, j, journal.Entry{Phase: journal.Waiting})
	for name, text := range map[string]string{"abcd.json": "", "abcf.123.tmp": "{}"} {
		path := filepath.Join(folder, "waits", name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, noon, noon.Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := j.List()
	if err != nil || len(all) != 1 || all[0].Handle != e.Handle {
		t.Errorf("got %v, %v", all, err)
	}
	if _, err := j.Find("abcd"); !errors.Is(err, journal.ErrNone) {
		t.Errorf("got %v of an empty file, want ErrNone", err)
	}
	if err := j.Clear(noon); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(folder, "waits"))
	if err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// What Last has returned may have ended before it is taken: that was somebody's.
// Wherever a crash comes while several take the place of one, List and Take give each a file of its own, once.
func TestReplaceCutShort(t *testing.T) {
	const other = 999_999_999 // no process has that number
	for already := range 3 {
		for _, take := range []bool{false, true} {
			j, _ := open(t)
			e := add(t, j, journal.Entry{Run: "r", Phase: journal.Submitting, Process: other, Started: noon})
			e.Phase, e.Task, e.ID = journal.Waiting, "tower/1", "1"
			var others []*journal.Entry
			for _, id := range []string{"2", "3"} {
				others = append(others, &journal.Entry{Run: "r", Phase: journal.Waiting, Process: other, Task: "tower/" + id, ID: id, Started: noon})
			}
			for _, o := range others[:already] {
				add(t, j, *o)
			}
			e.Others = others
			if err := j.Save(e); err != nil {
				t.Fatal(err)
			}
			if take {
				if got, err := j.Take(e.Handle); err != nil || got.Task != "tower/1" || got.Others != nil {
					t.Errorf("took %+v, %v", got, err)
				}
			}
			for range 2 {
				all, err := j.List()
				tasks := map[string]bool{}
				for _, e := range all {
					tasks[e.Task] = !e.Alive() && e.Others == nil
				}
				if want := map[string]bool{"tower/1": !take, "tower/2": true, "tower/3": true}; err != nil || len(all) != 3 || !maps.Equal(tasks, want) {
					t.Errorf("%d had files, taken %t: got %v, %v", already, take, tasks, err)
				}
			}
		}
	}
}

// What a living process is about to give files is left to it.
func TestReplaceUnderWay(t *testing.T) {
	j, _ := open(t)
	e := add(t, j, journal.Entry{Run: "r", Phase: journal.Waiting, Process: os.Getpid(), Task: "tower/1"})
	e.Others = []*journal.Entry{{Run: "r", Task: "tower/2"}}
	if err := j.Save(e); err != nil {
		t.Fatal(err)
	}
	if all, err := j.List(); err != nil || len(all) != 1 {
		t.Errorf("got %d entries, %v, want 1", len(all), err)
	}
	if err := j.Replace(e, []*journal.Entry{{Run: "r", Task: "tower/2"}}); err != nil {
		t.Fatal(err)
	}
	all, err := j.List()
	if err != nil || len(all) != 2 || all[0].Others != nil || all[1].Others != nil {
		t.Errorf("got %d entries, %v, want 2", len(all), err)
	}
}

func TestTakeLeft(t *testing.T) {
	j, _ := open(t)
	e := add(t, j, journal.Entry{Run: "1", Phase: journal.Stopped})
	if _, err := j.TakeLeft(e.Handle); err != nil {
		t.Errorf("of what is left: %v", err)
	}
	e.Phase = journal.Ended
	if err := j.Save(e); err != nil {
		t.Fatal(err)
	}
	if _, err := j.TakeLeft(e.Handle); !errors.Is(err, journal.ErrTaken) {
		t.Errorf("of what has ended: got %v, want ErrTaken", err)
	}
	if _, err := j.Take(e.Handle); err != nil {
		t.Errorf("by its handle: %v", err)
	}
}
