package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"settle": main, "counts": counts})
}

// counts is a command that says how many SIGINTs it has had. A SIGTERM ends it with 10 and that number; a shell would be
// interrupted in the middle of its own script.
func counts() {
	heard := make(chan os.Signal, 8)
	signal.Notify(heard, syscall.SIGINT, syscall.SIGTERM)
	n := 0
	fmt.Println("had 0")
	for s := range heard {
		if s == syscall.SIGTERM {
			os.Exit(10 + n)
		}
		n++
		fmt.Println("had", n)
	}
}

// TestScript runs the real main against real servers: $URL, which answers as testserver_test.go says, and $OTHER, the
// same on another port.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			platform, other := newPlatform(), newPlatform()
			servers := []*httptest.Server{httptest.NewServer(platform), httptest.NewServer(other)}
			env.Defer(func() {
				platform.close()
				other.close()
				for _, s := range servers {
					s.Close()
				}
			})
			env.Setenv("URL", servers[0].URL)
			env.Setenv("OTHER", servers[1].URL)
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Values["platform"] = platform
			return vendors(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "interrupted": interrupted, "vendor": vendor, "asked": asked, "events": eventWords},
	})
}

// exits N COMMAND…: run the command, which must exit with N. What it wrote is for stdout and stderr to look at.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var exit *exec.ExitError
	got := 0
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// eventWords FILE: puts into FILE what the lines on stdout say, each of which must be a JSON object, a line each: of a
// check "check STATE RAW ERROR", of an end "end OUTCOME", and of the report "report OUTCOME".
func eventWords(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: events FILE")
	}
	var words strings.Builder
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var e struct{ Event, State, Raw, Error, Outcome string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			ts.Fatalf("%q: %v", line, err)
		}
		switch e.Event {
		case "check":
			fmt.Fprintln(&words, "check", e.State, e.Raw, e.Error)
		case "end":
			fmt.Fprintln(&words, "end", e.Outcome)
		default:
			fmt.Fprintln(&words, "report", e.Outcome)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(words.String()), 0o600))
}

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}

// interrupted SIGNAL N WHEN COMMAND…: run the command, send the signal at a moment, and expect exit code N. Its output is
// in the files out and err. WHEN is asked=N, when the platform has been asked so many times, or says=TEXT, when the
// command has written that.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: interrupted SIGNAL N WHEN COMMAND...")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	name, err := exec.LookPath(args[3])
	ts.Check(err)
	cmd := exec.Command(name, args[4:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "LC_ALL="+ts.Getenv("LC_ALL"), "URL="+ts.Getenv("URL"),
		"XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"))
	text, says := strings.CutPrefix(args[2], "says=")
	said := make(chan struct{})
	say := sync.OnceFunc(func() { close(said) })
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if says {
		cmd.Stdout = &awaited{to: &stdout, text: text, say: say}
		cmd.Stderr = &awaited{to: &stderr, text: text, say: say}
	}
	platform := ts.Value("platform").(*platform)
	before := platform.awaitAsked(0)
	ts.Check(cmd.Start())
	if says {
		<-said
	} else {
		n, err := strconv.Atoi(strings.TrimPrefix(args[2], "asked="))
		ts.Check(err)
		platform.awaitAsked(before + n)
	}
	if err := cmd.Process.Signal(signals[args[0]]); !errors.Is(err, os.ErrProcessDone) { // it may be as quick as that
		ts.Check(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, stdout.String(), stderr.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs("out"), stdout.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("err"), stderr.Bytes(), 0o600))
}

// awaited passes text on, and calls say when what it waits for has come by.
type awaited struct {
	to   *bytes.Buffer
	text string
	say  func()
}

func (a *awaited) Write(p []byte) (int, error) {
	n, err := a.to.Write(p)
	if strings.Contains(a.to.String(), a.text) {
		a.say()
	}
	return n, err
}

// The demo is its own platform, and takes the fifteen seconds that a person would watch.
func TestDemo(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run([]string{"demo"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &stderr)
	}
	if got, want := stdout.String(), `{"size":"3.4 GiB","snapshot":"pre-upgrade","vm":"web-07"}`+"\n"; got != want {
		t.Errorf("stdout %q, want %q", got, want)
	}
	for _, want := range []string{"HTTP 503", "the connection was closed in the middle", "succeeded in", "failed at 62%", "NoSpaceLeft", "exit code 1: failed", "settle wait ops/EXECUTION_ID"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, &stderr)
		}
	}
}

// leaveOut ends a test that lacks something on this machine. CI must not lack it.
func leaveOut(t *testing.T, missing error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip("left out: ", missing)
}
