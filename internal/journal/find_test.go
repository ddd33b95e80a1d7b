package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle/internal/journal"
)

// put writes a file as another settle would have left it.
func put(t testing.TB, folder, handle, text string) {
	t.Helper()
	waits := filepath.Join(folder, "waits")
	if err := os.MkdirAll(waits, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(waits, handle+".json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFindByTheBeginning(t *testing.T) {
	j, folder := open(t)
	for _, handle := range []string{"0a4b", "0a77", "0a4b12", "ff00"} {
		put(t, folder, handle, `{"schema":1,"handle":"0000"}`)
	}
	put(t, folder, "ffee", "")         // a crash has left it: it makes nothing ambiguous
	put(t, folder, "ff11", "{\"schem") // nor does this
	for typed, want := range map[string]string{"0a7": "0a77", "0a4b": "0a4b", "0a4b1": "0a4b12", "ff": "ff00"} {
		e, err := j.Find(typed)
		if err != nil || e.Handle != want {
			t.Errorf("%s: got %v, %v, want %s", typed, e, err, want)
		}
	}
	var several *journal.AmbiguousError
	if _, err := j.Find("0a"); !errors.As(err, &several) || len(several.Entries) != 3 || !strings.Contains(err.Error(), "0a4b, 0a4b12, 0a77") {
		t.Errorf("got %v", err)
	}
	if _, err := j.Find("0"); !errors.Is(err, journal.ErrNone) {
		t.Errorf("one character: got %v", err)
	}
}

// What a later settle has written is listed, and neither read nor overwritten nor taken up.
func TestALaterSettlesEntry(t *testing.T) {
	j, folder := open(t)
	text := `{"schema":2,"handle":"0a4b","name":"web-07","phase":{"now":"waiting"},"started":7}`
	put(t, folder, "0a4b", text)
	all, err := j.List()
	if err != nil || len(all) != 1 || !all[0].IsLater() || all[0].Handle != "0a4b" || all[0].Name != "web-07" || all[0].Started.IsZero() {
		t.Fatalf("got %+v, %v", all, err)
	}
	e, err := j.Find("0a4b")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Save(e); !errors.Is(err, journal.ErrLater) {
		t.Errorf("Save: got %v, want ErrLater", err)
	}
	if _, err := j.Take("0a4b"); !errors.Is(err, journal.ErrLater) {
		t.Errorf("Take: got %v, want ErrLater", err)
	}
	if run, err := j.Last(); err != nil || len(run) > 0 {
		t.Errorf("Last: got %v, %v", run, err)
	}
	if err := j.Clear(time.Now().Add(8 * 24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "waits", "0a4b.json")); err != nil || string(got) != text {
		t.Errorf("the file is now %s, %v", got, err)
	}
}

func TestAJournalThatIsNotThereIsEmpty(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	j, err := journal.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	all, err := j.List()
	run, err2 := j.Last()
	_, err3 := j.Find("0a4b")
	if len(all)+len(run) > 0 || err != nil || err2 != nil || !errors.Is(err3, journal.ErrNone) || j.Clear(noon) != nil {
		t.Errorf("got %v, %v, %v, %v, %v", all, run, err, err2, err3)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("looking has made the folder")
	}
}

// Another terminal goes on waiting for the newest run: what is left is the one before.
func TestLastLeavesOutWhatIsWaitedFor(t *testing.T) {
	j, _ := open(t)
	old := add(t, j, journal.Entry{Run: "old", Phase: journal.Stopped, Task: "a/1", Started: noon})
	other := add(t, j, journal.Entry{Run: "new", Phase: journal.Waiting, Task: "a/2", Started: noon.Add(time.Hour), Process: os.Getpid()})
	killed := add(t, j, journal.Entry{Run: "new", Phase: journal.Waiting, Task: "a/3", Started: noon.Add(time.Hour), Process: 1 << 30})
	for _, want := range []string{killed.Handle, old.Handle} {
		run, err := j.Last()
		if err != nil || len(run) != 1 || run[0].Handle != want {
			t.Errorf("got %v, %v, want %s", run, err, want)
		}
		killed.Phase = journal.Ended
		if err := j.Save(killed); err != nil {
			t.Fatal(err)
		}
	}
	if !other.Alive() {
		t.Error("this process is not alive")
	}
}

// A newer wait for the same task speaks for it.
func TestLastIsTheNewestOfATask(t *testing.T) {
	for _, newer := range []journal.Phase{journal.Ended, journal.Stopped} {
		j, _ := open(t)
		began := time.Now().Add(-time.Hour)
		add(t, j, journal.Entry{Run: "1", Phase: journal.Stopped, Task: "tower/1", Started: began})
		other := add(t, j, journal.Entry{Run: "1", Phase: journal.Stopped, Task: "tower/2", Started: began.Add(time.Second)})
		want := []string{other.Handle}
		again := add(t, j, journal.Entry{Run: "2", Phase: newer, Task: "tower/1", Started: began.Add(time.Minute)})
		if newer == journal.Stopped {
			want = []string{again.Handle}
		}
		all, err := j.List()
		if n := len(journal.Standing(all)); n != 2 || err != nil {
			t.Errorf("after one that has %s %d stand, %v, want 2", newer, n, err)
		}
		left, err := j.Last()
		var got []string
		for _, e := range left {
			got = append(got, e.Handle)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("after one that has %s: got %v, %v, want %v", newer, got, err, want)
		}
	}
}
