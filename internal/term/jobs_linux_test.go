package term

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

// waiting names the environment variable that makes the test binary a program which waits for two tasks, so that a shell
// can stop it.
const waiting = "SETTLE_TEST_WAITING"

func TestMain(m *testing.M) {
	if os.Getenv(waiting) == "" {
		os.Exit(m.Run())
	}
	leave := make(chan os.Signal, 1)
	signal.Notify(leave, os.Interrupt)
	d := New(Detect(os.Stderr, environment), 2)
	for key, name := range []string{"web-07", "web-08"} {
		d.Start(key, Task{Name: name})
		d.Step(key, settle.Step{Check: 1, Status: settle.Status{State: settle.Pending, Progress: .5}, Next: time.Hour})
	}
	d.Note("begun")
	<-leave
	d.Stop(0, End{})
	d.Stop(1, End{})
	d.Close()
}

// shell runs a script at a terminal of its own, in which the program waits, and returns the person's end.
func shell(t *testing.T, script string) (*os.File, *screen) {
	t.Helper()
	person, program := openTerminal(t, 60, 24)
	sh := exec.Command("sh", "-c", script, os.Args[0])
	sh.Env = append(os.Environ(), waiting+"=1", "PS1=")
	sh.Stdin, sh.Stdout, sh.Stderr = program, program, program
	sh.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := sh.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		person.Close() // where the test failed, the terminal's end is the shell's too
		_ = sh.Wait()
	})
	program.Close()
	return person, &screen{t: t, columns: 60}
}

// Ctrl-Z leaves nothing of the live lines behind, and fg draws them again.
func TestStoppedAndWoken(t *testing.T) {
	person, s := shell(t, `set -m; "$0"; echo stopped; fg >/dev/null; echo over`)
	until(t, s, person, "web-08  pending  50%")
	person.WriteString("\x1a")
	until(t, s, person, "stopped")
	if seen := s.see(); strings.Contains(seen[:strings.Index(seen, "stopped")], "web-0") {
		t.Errorf("left behind:\n%s", seen)
	}
	until(t, s, person, "web-08  pending  50%")
	person.WriteString("\x03")
	until(t, s, person, "over")
	seen := s.see()
	for _, once := range []string{"web-07", "web-08", "2 tasks"} {
		if strings.Count(seen, once) != 1 {
			t.Errorf("%s is not there once:\n%s", once, seen)
		}
	}
}

// A settle in the background draws nothing into what a person types, and does when it comes to the front.
func TestInTheBackground(t *testing.T) {
	person, s := shell(t, `set -m; "$0" & read line; echo in front; fg >/dev/null; echo over`)
	until(t, s, person, "begun") // with the live lines, if there were any
	person.WriteString("\n")
	until(t, s, person, "in front")
	if seen := s.see(); strings.Contains(seen, "pending") {
		t.Errorf("drawn in the background:\n%s", seen)
	}
	until(t, s, person, "web-08  pending  50%")
	person.WriteString("\x03")
	until(t, s, person, "over")
}
