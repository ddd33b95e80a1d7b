package main

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/target"
)

// A secureTower is a CloudTower whose certificate nobody has signed.
func secureTower(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(vendortest.SmartX())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// person starts settle at a new terminal, with a settings folder of its own.
func person(t *testing.T, args ...string) (cmd *exec.Cmd, keyboard *os.File, settings string) {
	name, err := exec.LookPath("settle")
	if err != nil {
		t.Fatal(err)
	}
	keyboard, program := openTerminal(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // only ends what would hang
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, name, args...)
	folder := t.TempDir()
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+folder, "LC_ALL=C.UTF-8")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	return cmd, keyboard, filepath.Join(folder, "settle")
}

// At a terminal all that is missing is asked for, the certificate is shown before anything is typed that is secret, and
// the password is not echoed.
func TestTargetAddAsks(t *testing.T) {
	t.Parallel()
	s := secureTower(t)
	cmd, keyboard, settings := person(t, "target", "add", "tower")
	for _, step := range []struct{ question, answer string }{
		{"Platform", "smartx"},
		{"Address, such as https://tower.example.com: ", s.URL},
		{"Type yes: ", "yes"},
		{"Log in with 1 token, 2 user + password? [1-2] ", "2"},
		{"user: ", "root"},
		{"password (not shown): ", "secret"},
	} {
		see(t, keyboard, step.question)
		typed(t, keyboard, step.answer+"\n")
	}
	shown := seen(t, keyboard, "lists what can be started")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, shown)
	}
	if strings.Contains(shown, "secret") {
		t.Errorf("the password is shown:\n%s", shown)
	}
	text, err := os.ReadFile(filepath.Join(settings, target.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"recipe: smartx/cloudtower\n", "url: " + s.URL + "\n", "user: root\n", "password: secret\n", target.Fingerprint(s.Certificate())} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
}

// Who says no to a certificate, or leaves a question with Ctrl-C, has nothing written.
func TestTargetAddIsLeft(t *testing.T) {
	t.Parallel()
	s := secureTower(t)
	for _, row := range []struct {
		name, keys string
		code       int
	}{{"no", "no\n", exitInvalid}, {"Ctrl-C", "\x03", 130}, {"Ctrl-D", "\x04", exitInvalid}} {
		cmd, keyboard, settings := person(t, "target", "add", "tower", "smartx", s.URL, "--user", "root")
		see(t, keyboard, "Type yes: ")
		typed(t, keyboard, row.keys)
		see(t, keyboard, "nothing was written")
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != row.code {
			t.Errorf("%s: exit code %d, want %d", row.name, got, row.code)
		}
		if _, err := os.Stat(filepath.Join(settings, target.FileName)); !os.IsNotExist(err) {
			t.Errorf("%s: %v; want no file", row.name, err)
		}
	}
}

// seen reads from the terminal until the text has come by, and returns all that has.
func seen(t *testing.T, keyboard *os.File, text string) string {
	t.Helper()
	all := ""
	for b := make([]byte, 100); !strings.Contains(all, text); {
		n, err := keyboard.Read(b)
		if all += string(b[:n]); err != nil {
			t.Fatalf("%v after %q", err, all)
		}
	}
	return all
}
