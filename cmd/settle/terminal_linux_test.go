package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns both ends of a new terminal: what a person types and sees, and what a program has.
func openTerminal(t *testing.T) (person, program *os.File) {
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		leaveOut(t, err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// atTerminal starts settle at a new terminal; the command follows a success.
func atTerminal(t *testing.T, command ...string) (cmd *exec.Cmd, person *os.File) {
	platform := newPlatform()
	server := httptest.NewServer(platform)
	t.Cleanup(server.Close)
	t.Cleanup(platform.close)
	name, err := exec.LookPath("settle")
	if err != nil {
		t.Fatal(err)
	}
	person, program := openTerminal(t)
	args := []string{"wait", server.URL + "/states/a/done", "--state", ".status", "--succeeded", "done", "--progress", "none", "--"}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only ends what would hang
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, name, append(args, command...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	return cmd, person
}

// see reads from the terminal until the text has come by.
func see(t *testing.T, person *os.File, text string) {
	t.Helper()
	seen := ""
	for b := make([]byte, 100); !strings.Contains(seen, text); {
		n, err := person.Read(b)
		if seen += string(b[:n]); err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
	}
}

func typed(t *testing.T, person *os.File, text string) {
	t.Helper()
	if _, err := io.WriteString(person, text); err != nil {
		t.Fatal(err)
	}
}

// The command that follows a success decides what a Ctrl-C does, a second one too.
func TestCtrlCInACommandThatFollows(t *testing.T) {
	t.Parallel()
	cmd, person := atTerminal(t, "counts")
	see(t, person, "had 0")
	typed(t, person, "\x03")
	see(t, person, "had 1")
	typed(t, person, "\x03")
	see(t, person, "had 2")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 12 {
		t.Errorf("exit code %d, want that of the command: 10 and the number of SIGINTs", got)
	}
}

// It has a Ctrl-C from the terminal, not from settle as well: one that has left the terminal has none.
func TestCtrlCIsNotPassedOn(t *testing.T) {
	t.Parallel()
	cmd, person := atTerminal(t, "setsid", "counts")
	see(t, person, "had 0")
	typed(t, person, "\x03")
	see(t, person, "^C")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil { // this is passed on, after the other
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 10 {
		t.Errorf("exit code %d, want 10 and the number of SIGINTs", got)
	}
}
