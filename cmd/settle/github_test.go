package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// announced returns what announce writes of r to stderr, the summary and the output.
func announced(t *testing.T, secrets *target.Secrets, r report) (stderr, summary, output string) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(folder, "summary"))
	t.Setenv("GITHUB_OUTPUT", filepath.Join(folder, "output"))
	var problems bytes.Buffer
	a := &app{stderr: &problems, secrets: secrets, child: stdio{err: &problems}}
	a.announce(r)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return problems.String(), read("summary"), read("output")
}

func TestAnnounceSeveral(t *testing.T) {
	all := report{Outcome: settle.OutcomeFailed, ExitCode: 1}
	began := time.Now()
	for n := range 600 {
		r := report{Task: fmt.Sprintf("web-%03d", n), Outcome: settle.OutcomeSucceeded, Started: &began, Elapsed: 242, Link: "https://ci.lab/run/(7)|"}
		if n >= 580 {
			r.Outcome, r.Error = settle.OutcomeTimeout, "stopped waiting"
		}
		all.Tasks = append(all.Tasks, r)
	}
	stderr, summary, output := announced(t, new(target.Secrets), all)
	if got := strings.Count(stderr, "::error "); got != maxAnnotations {
		t.Errorf("%d annotations, want %d:\n%s", got, maxAnnotations, stderr)
	}
	if want := "::error title=settle::11 more tasks did not succeed; the step's summary has them\n"; !strings.HasSuffix(stderr, want) {
		t.Errorf("got %s, want at the end %s", stderr, want)
	}
	rows := strings.Split(strings.TrimSpace(summary), "\n")
	if want := "| web-580 | ❌ timeout | 4m02s | [page](https://ci.lab/run/%287%29%7C) | stopped waiting |"; rows[2] != want {
		t.Errorf("got %s, want %s", rows[2], want)
	}
	if got, want := rows[len(rows)-1], "… 100 more"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if want := "outcome=failed\nexit_code=1\ntask=\nhandle=\nlink=\nresult=\n"; output != want {
		t.Errorf("got %s, want %s", output, want)
	}
}

func TestAnnounceMasks(t *testing.T) {
	secrets := new(target.Secrets)
	secrets.Add("100%|s3cr3t")
	const secret = "100%|s3cr3t"
	r := report{
		Task: "web-07 " + secret, Outcome: settle.OutcomeFailed, Reason: secret, Error: "task failed: " + secret,
		Link: "https://ci.lab/?" + secret, Hint: secret, Handle: secret, Result: json.RawMessage(`"` + secret + `"`),
	}
	r.Tasks = []report{r}
	stderr, summary, output := announced(t, secrets, r)
	for _, text := range []string{stderr, summary, output} {
		if strings.Contains(text, "s3cr3t") || !strings.Contains(text, "***") && !strings.Contains(text, "&#42;") {
			t.Errorf("not masked: %s", text)
		}
	}
}

func TestLinksThatNobodyShouldOpen(t *testing.T) {
	a := new(app)
	for _, link := range []string{"", "javascript:alert(1)", "file:///etc/passwd", "://", "ci.lab/7"} {
		if got := a.markdownLink(link); got != "" {
			t.Errorf("%s: got %s", link, got)
		}
	}
}

func TestOutputs(t *testing.T) {
	var problem bytes.Buffer
	a := &app{stderr: &problem, secrets: new(target.Secrets)}
	for _, row := range []struct{ result, want string }{
		{`"text"`, "result=text\n"},
		{`{"a":1}`, "result={\"a\":1}\n"},
		{`null`, "result=\n"},
		{``, "result=\n"},
		{`"<<EOF"`, "result=<<EOF\n"},
		{`"` + strings.Repeat("x", maxOutput+1) + `"`, "result=\n"},
	} {
		if got := a.outputs(report{Result: json.RawMessage(row.result)}); !strings.HasSuffix(got, row.want) {
			t.Errorf("%.20s: got %.200s, want at the end %s", row.result, got, row.want)
		}
	}
	if want := "settle: the output result is left out of $GITHUB_OUTPUT: it has 524289 bytes\n"; problem.String() != want {
		t.Errorf("got %s, want %s", &problem, want)
	}
}

func TestGuarded(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	for _, row := range []struct{ text, want string }{
		{"a line\n", "a line\n"},
		{"  reason   x\n           ::set-output name=outcome::succeeded\n", "  reason   x\n           : :set-output name=outcome::succeeded\n"},
		{"::error::x\n", ": :error::x\n"},
		{"x ##[add-mask]a::b\n", "x ## [add-mask]a::b\n"},
		{"x\r::error::x\r\n\t::error::y\n", "x\r: :error::x\r\n\t: :error::y\n"},
	} {
		var out bytes.Buffer
		if n, err := guarded(&out).Write([]byte(row.text)); n != len(row.text) || err != nil {
			t.Errorf("%q: wrote %d, %v", row.text, n, err)
		}
		if got := out.String(); got != row.want {
			t.Errorf("%q: got %q, want %q", row.text, got, row.want)
		}
	}
	t.Setenv("GITHUB_ACTIONS", "")
	if _, is := guarded(new(bytes.Buffer)).(guard); is {
		t.Error("guarded where there is no job")
	}
}
