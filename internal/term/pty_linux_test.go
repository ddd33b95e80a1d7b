package term

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/settle-go/settle"
)

// openTerminal returns both ends of a new terminal of so many columns and lines.
func openTerminal(t testing.TB, columns, lines uint16) (person, program *os.File) {
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	resize(t, person, columns, lines)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

func resize(t testing.TB, person *os.File, columns, lines uint16) {
	if err := unix.IoctlSetWinsize(int(person.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: lines}); err != nil {
		t.Fatal(err)
	}
}

func environment(name string) string {
	return map[string]string{"LANG": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1"}[name]
}

// until takes from the terminal what is written there, until a person sees the text.
func until(t *testing.T, s *screen, person *os.File, text string) {
	t.Helper()
	var left []byte
	for b := make([]byte, 4096); !strings.Contains(s.see(), text); {
		n, err := person.Read(b)
		if err != nil {
			t.Fatalf("%v; seen:\n%s", err, s.see())
		}
		left = append(left, b[:n]...)
		whole := len(left)
		if begun := bytes.LastIndexByte(left, '\x1b'); begun >= 0 && len(left)-begun < 10 && !bytes.ContainsAny(left[begun:], "hlmAJK\n") {
			whole = begun // a code may have been read in part
		}
		for whole > 0 && left[whole-1] >= 0x80 { // so may a character
			whole--
		}
		s.Write(left[:whole])
		left = left[whole:]
	}
}

// The kernel's terminal is between a Display and a person: its line ends, its echo, its size.
func TestAtATerminal(t *testing.T) {
	person, program := openTerminal(t, 70, 12)
	s := &screen{t: t, columns: 70, height: 12}
	d := New(Detect(program, environment), 2)
	pending := settle.Step{Check: 1, Of: 9, Status: settle.Status{State: settle.Pending, Progress: .5}, Next: time.Hour}
	for key, name := range []string{"web-07", "虚拟机-08"} {
		d.Start(key, Task{Name: name})
		d.Step(key, pending)
	}
	until(t, s, person, "虚拟机-08  pending  50%  █████████")
	if rows := strings.Count(s.see(), "\n"); rows != 3 {
		t.Errorf("%d rows:\n%s", rows, s.see())
	}
	s.resize(24)
	resize(t, person, 24, 12)
	until(t, s, person, "虚拟机-08  50%")
	if rows := strings.Count(s.see(), "\n"); rows != 3 {
		t.Errorf("%d rows after resizing:\n%s", rows, s.see())
	}
	s.resize(70)
	resize(t, person, 70, 12)
	person.WriteString("\x03") // its echo falls on a live line
	until(t, s, person, "████")
	d.Stop(0, End{})
	d.Note("a note")
	d.Stop(1, End{Err: fmt.Errorf("log in: %w", settle.ErrDenied)})
	d.Close(Detail{Labels.Resume, "settle resume"})
	until(t, s, person, "resume  settle resume")
	seen := strings.Split(strings.TrimSpace(s.see()), "\n")
	for i, want := range []string{
		"✔ web-07  succeeded in ", "a note", "■ 虚拟机-08  not allowed to ask about this task", "    problem      log in: not allowed",
		"    last status  pending 50%", "■ 2 tasks after ", "    resume  settle resume",
	} {
		if i >= len(seen) || !strings.HasPrefix(seen[i], want) {
			t.Errorf("row %d is not %s:\n%s", i, want, s.see())
		}
	}
}

// A terminal that goes away in the middle of a wait holds nobody up.
func TestATerminalThatIsClosed(t *testing.T) {
	person, program := openTerminal(t, 70, 12)
	d := New(Detect(program, environment), 1)
	d.Start(0, Task{Name: "web-07"})
	until(t, &screen{t: t, columns: 70}, person, "web-07")
	person.Close()
	d.Step(0, settle.Step{Check: 1, Status: settle.Status{State: settle.Pending}})
	d.Stop(0, End{})
	d.Close()
	if _, err := program.WriteString("x"); err == nil {
		t.Error("the terminal is still there")
	}
}
