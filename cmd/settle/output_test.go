package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/settle-go/settle/target"
)

func TestResultsOnATerminal(t *testing.T) {
	for _, tt := range []struct {
		name, result string
		terminal     bool
		want         string
	}{
		{"raw elsewhere", `"a\u001b[2J\u009bx\n\u202eb <&>"`, false, "a\x1b[2J\u009bx\n\u202eb <&>\n"},
		{"harmless there", `"a\u001b[2J\u009bx\n\u202eb <&>"`, true, "a\\x1b[2J\\u009bx\n\\u202eb <&>\n"},
		{"an object", "{\"a\":\"\u202e<&>\"}", true, "{\"a\":\"\\u202e<&>\"}\n"},
	} {
		var out bytes.Buffer
		a := &app{stdout: &sink{to: &out}, secrets: new(target.Secrets), terminal: tt.terminal}
		a.printResult([]byte(tt.result))
		if got := out.String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestLostOutput(t *testing.T) {
	var problem bytes.Buffer
	a := &app{stdout: &sink{to: full{}}, stderr: &problem, secrets: new(target.Secrets)}
	if got := a.written(exitFailed); got != exitFailed || problem.Len() > 0 {
		t.Errorf("nothing written: got %d, %s", got, &problem)
	}
	a.printText("all of it")
	if got, want := problem.String(), ""; got != want || !errors.Is(a.stdout.err, syscall.ENOSPC) {
		t.Errorf("got %q, %v", got, a.stdout.err)
	}
	if got := a.written(exitSucceeded); got != exitInternal || problem.String() != "settle: write the result: no space left on device\n" {
		t.Errorf("lost: got %d, %q", got, &problem)
	}
}

// Lines for a pipe go past the live view, as what reads it may show them; a file shows nothing.
func TestIsPipe(t *testing.T) {
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reads.Close()
	defer writes.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !isPipe(writes) || isPipe(file) || isPipe(new(bytes.Buffer)) {
		t.Errorf("got %v, %v, %v, want true for the pipe alone", isPipe(writes), isPipe(file), isPipe(new(bytes.Buffer)))
	}
}
