package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/settle-go/settle/internal/term"
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

// JSON stays the same value, and acts on no terminal.
func TestJSONOnATerminal(t *testing.T) {
	for _, text := range []string{"a\u009b31m\x7f\u202e\u2066b", "\U000e0001", "plain 中文 é \u200d", "\ufffd\xff"} {
		got := encode(map[string]string{text: text}, "  ")
		var back, want map[string]string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		valid := strings.ToValidUTF8(text, "\ufffd")
		if want = map[string]string{valid: valid}; !maps.Equal(back, want) {
			t.Errorf("%q: got %q back from %s", text, back, got)
		}
		if bytes.ContainsFunc(got, func(r rune) bool { return r != '\n' && term.Hostile(r) }) {
			t.Errorf("%q: got %q", text, got)
		}
	}
	if got := encode("中文 é", ""); string(got) != `"中文 é"` {
		t.Errorf("got %s", got)
	}
}

// The template is the user's, and so are the codes in it; what it is filled with comes from outside.
func TestTemplateOnATerminal(t *testing.T) {
	const form = "template=\x1b[1m{{.result.a}}\x1b[0m{{range $k, $v := .result}} {{$k}}{{end}} {{json .result.a}}"
	for terminal, want := range map[bool]string{
		true:  "\x1b[1mx\\x1b[2J\\u202e\ny\x1b[0m a k\\a \"x\\\\x1b[2J\\\\u202e\\ny\"\n",
		false: "\x1b[1mx\x1b[2J\u202e\ny\x1b[0m a k\a \"x\\u001b[2J\\u202e\\ny\"\n",
	} {
		var out bytes.Buffer
		a := &app{stdout: &sink{to: &out}, secrets: new(target.Secrets), terminal: terminal, output: form}
		a.printReport(report{Result: json.RawMessage(`{"a": "x\u001b[2J\u202e\ny", "k\u0007": 1}`)})
		if got := out.String(); got != want {
			t.Errorf("terminal %v: got %q, want %q", terminal, got, want)
		}
	}
}

// What is wrong with a line may keep its flags from being read.
func TestOutputOf(t *testing.T) {
	for line, want := range map[string]string{
		"wait -o json": "json", "wait -ojson": "json", "wait -o=json": "json", "wait --output json": "json", "wait --output=ndjson": "ndjson",
		"wait -qo json": "json", "wait -vqojson": "json", "wait -qo=json": "json", "wait -o text -o json": "json", "wait -o json -o text": "text",
		"wait -o yaml": "", "wait -o json -o yaml": "", "wait -o": "", "wait -- -o json": "", "wait -": "", "wait --o json": "", "wait -q": "",
		"wait -o template={{.x}}": "template={{.x}}", "wait o json": "", "wait -f o json": "", "": "", "--only json": "", "wait qo json": "",
	} {
		if got := outputOf(strings.Fields(line)); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
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
