package journal_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/settle-go/settle/internal/journal"
)

// another is this test as another process, which does what TestMain says.
func another(t testing.TB, folder, does string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "JOURNAL="+folder, "DOES="+does)
	return cmd
}

func TestMain(m *testing.M) {
	folder := os.Getenv("JOURNAL")
	if folder == "" {
		os.Exit(m.Run())
	}
	j, err := journal.Open(folder)
	if err != nil {
		panic(err)
	}
	switch what, handle, _ := strings.Cut(os.Getenv("DOES"), " "); what {
	case "write":
		writeOn(j)
	case "full":
		fmt.Print(fillUp(j))
	case "take":
		_, err := j.Take(handle)
		fmt.Println(err)
		_, _ = bufio.NewReader(os.Stdin).ReadByte() // lives until it is told to end
	}
}

func writeOn(j *journal.Journal) {
	e := &journal.Entry{Phase: journal.Waiting, Process: os.Getpid(), Answer: strings.Repeat("x", 50_000)}
	if err := j.Add(e); err != nil {
		panic(err)
	}
	for n := 1; ; n++ {
		e.Happened(journal.Event{Check: n, Error: fmt.Sprint(n)})
		if err := j.Save(e); err != nil {
			panic(err)
		}
		fmt.Println(e.Handle)
	}
}

// A process that is killed while it writes leaves the old entry or the new one, and nobody that reads meanwhile sees
// anything else.
func TestKill(t *testing.T) {
	j, folder := open(t)
	for range 5 {
		cmd := another(t, folder, "write")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line := bufio.NewScanner(out)
		handle := ""
		for n := 0; n < 30 && line.Scan(); n++ {
			handle = line.Text()
			if e, err := j.Find(handle); err != nil || len(e.Events) < n || !e.Alive() {
				t.Fatalf("while it is written: got %v of check %d", err, n)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		e, err := j.Find(handle)
		if err != nil || len(e.Events) < 29 || e.Phase != journal.Waiting || e.Alive() || !e.IsLeft() {
			t.Errorf("got %v", err)
		}
	}
}

// Of several processes that take up a wait at once one gets it, and when that has ended, another may.
func TestTake(t *testing.T) {
	j, folder := open(t)
	e := add(t, j, journal.Entry{Phase: journal.Stopped, Outcome: "timeout", Task: "a/1"})
	const all = 8
	var said [all]string
	var told sync.WaitGroup
	release, end := make(chan struct{}), sync.WaitGroup{}
	for n := range all {
		told.Add(1)
		end.Go(func() {
			cmd := another(t, folder, "take "+e.Handle)
			in, err := cmd.StdinPipe()
			out, err2 := cmd.StdoutPipe()
			if err := errors.Join(err, err2, cmd.Start()); err != nil {
				t.Error(err)
				told.Done()
				return
			}
			said[n], _ = bufio.NewReader(out).ReadString('\n')
			told.Done()
			<-release
			_ = in.Close()
			_ = cmd.Wait()
		})
	}
	told.Wait()
	taken := 0
	for _, s := range said {
		if s == "<nil>\n" {
			taken++
		} else if !strings.Contains(s, "another settle is waiting for it: process ") {
			t.Errorf("got %q", s)
		}
	}
	if _, err := j.Take(e.Handle); taken != 1 || !errors.Is(err, journal.ErrTaken) {
		t.Errorf("%d have taken it, and a further one got %v", taken, err)
	}
	close(release)
	end.Wait()
	got, err := j.Take(e.Handle)
	if err != nil || got.Process != os.Getpid() || got.Phase != journal.Waiting || got.Outcome != "" || !got.Alive() {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := j.Take("ffffff"); !errors.Is(err, journal.ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
}

// A process's number does not make it the one that waited.
func TestAliveIsNotFooledByANumber(t *testing.T) {
	j, _ := open(t)
	e := add(t, j, journal.Entry{Phase: journal.Waiting, Process: os.Getpid()})
	if !e.Alive() {
		t.Fatal("this process is not alive")
	}
	if e.Born == "" {
		t.Skip("this system does not say when a process was started")
	}
	e.Born = "another start"
	if e.Alive() {
		t.Error("a process with a number that was used before is taken for the old one")
	}
	e.Born, e.Phase = "", journal.Stopped
	if e.Alive() {
		t.Error("nobody waits for what was stopped")
	}
}
