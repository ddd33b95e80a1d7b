//go:build !windows

package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/settle-go/settle/internal/journal"
)

// What was open to others is closed to them.
func TestWideFoldersAreClosed(t *testing.T) {
	state := filepath.Join(t.TempDir(), "settle")
	waits := filepath.Join(state, "waits")
	if err := os.MkdirAll(waits, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{state, waits} {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(waits, "0a4b.json")
	if err := os.WriteFile(file, []byte(`{"schema":1}`), 0o666); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	e, err := j.Find("0a4b")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Save(e); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{state: 0o700, waits: 0o700, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestAFolderOfSomebodyElseIsRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may use any folder")
	}
	if _, err := journal.Open("/"); err == nil {
		t.Error("the root folder is used")
	}
}

// What is no plain file is neither read, which might never end, nor cleared away.
func TestWhatIsNoFileIsLeftAlone(t *testing.T) {
	j, folder := open(t)
	put(t, folder, "0001", `{"schema":1}`)
	pipe, link := filepath.Join(folder, "waits", "abcd.json"), filepath.Join(folder, "waits", "abce.json")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "waits", "0001.json"), link); err != nil {
		t.Fatal(err)
	}
	all, err := j.List()
	if err != nil || len(all) != 1 {
		t.Errorf("got %v, %v", all, err)
	}
	for _, handle := range []string{"abcd", "abce"} {
		if e, err := j.Find(handle); err == nil {
			t.Errorf("got %v", e)
		}
	}
	if err := j.Clear(noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
}

// A folder that cannot be made, and a disk that is full, are errors that leave nothing behind.
func TestAFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(file, "settle"))
	if err == nil {
		err = j.Add(&journal.Entry{})
	}
	if err == nil {
		t.Error("an entry below a file")
	}
}

func TestAFullDisk(t *testing.T) {
	j, folder := open(t)
	e := add(t, j, journal.Entry{Task: "a/1"})
	cmd := another(t, folder, "full "+e.Handle)
	said, err := cmd.CombinedOutput()
	if err != nil || string(said) != "errors" {
		t.Fatalf("got %s, %v", said, err)
	}
	files, err := os.ReadDir(filepath.Join(folder, "waits"))
	got, err2 := j.Find(e.Handle)
	if err != nil || err2 != nil || len(files) != 1 || got.Task != "a/1" || got.Answer != "" {
		t.Errorf("left are %v, %+v, %v, %v", files, got, err, err2)
	}
}

// fillUp writes where there is room for 1,000 bytes a file, and says whether Add and Save say that it is not enough.
func fillUp(j *journal.Journal) string {
	limit := syscall.Rlimit{Cur: 1000, Max: 1000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err.Error()
	}
	_, handle, _ := strings.Cut(os.Getenv("DOES"), " ")
	e, err := j.Find(handle)
	if err != nil {
		return err.Error()
	}
	e.Answered(strings.Repeat("x", 5000))
	if save, add := j.Save(e), j.Add(&journal.Entry{Answer: e.Answer}); save == nil || add == nil {
		return fmt.Sprint(save, add)
	}
	return "errors"
}

// Nobody may ever write into a pipe, and what comes out of some files has no end.
func TestAHistoryThatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "history"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "history", "pipe.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(folder, "history", "zero.json")); err != nil {
		t.Fatal(err)
	}
	h := journal.OpenHistories(folder)
	for _, kind := range []string{"pipe", "zero"} {
		if got := h.Load(kind).Len(); got != 0 {
			t.Errorf("%s: got %d durations", kind, got)
		}
	}
}
