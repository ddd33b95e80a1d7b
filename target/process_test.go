package target_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/settle-go/settle/target"
)

// Many goroutines and processes add at once, and some take away again: no entry is lost.
func TestManyAtOnce(t *testing.T) {
	const goroutines, processes = 8, 4
	path := filepath.Join(t.TempDir(), "settle", "targets.yaml")
	var all sync.WaitGroup
	for i := range goroutines {
		all.Go(func() {
			for n := range perAdder {
				if err := addEntry(path, fmt.Sprintf("g%d-%d", i, n)); err != nil {
					t.Error(err)
				}
			}
			f, err := target.Load(path)
			if err != nil {
				t.Error(err)
			} else if err := f.Remove(fmt.Sprintf("g%d-0", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range processes {
		argv := self(t, "add-some", path, fmt.Sprintf("p%d", i))
		all.Go(func() {
			if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	names := load(t, path).Names()
	if got, want := len(names), goroutines*(perAdder-1)+processes*perAdder; got != want {
		t.Errorf("got %d names, want %d: %q", got, want, names)
	}
}

// A process that is killed while it writes leaves a whole file with all that it said it had written, and no lock.
func TestKilledWhileItWrites(t *testing.T) {
	path := write(t, "# mine\n")
	for round := range 5 {
		argv := self(t, "add", path, fmt.Sprintf("r%d", round))
		command := exec.Command(argv[0], argv[1:]...)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var last string
		for range 3 + round {
			if !lines.Scan() {
				t.Fatal("it has ended by itself")
			}
			last = lines.Text()
		}
		_ = command.Process.Kill()
		for lines.Scan() {
			last = lines.Text()
		}
		_ = command.Wait() // it was killed
		entry(t, path, last)
		if err := addEntry(path, fmt.Sprintf("after-%d", round)); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(read(t, path), "# mine\n\nr0-0:\n") {
			t.Fatalf("the file has become\n%s", read(t, path))
		}
		if _, err := os.Stat(path + ".part"); !os.IsNotExist(err) {
			t.Errorf("what the killed process had left is still there: %v", err)
		}
	}
}
