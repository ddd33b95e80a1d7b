//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
)

// What must not be in any file of the state folder, wherever it was given.
const (
	headerSecret = "h34der-s3cret"
	urlPassword  = "ur1-pa55word"
	urlToken     = "ur1-t0ken"
	bodySecret   = "b0dy-s3cret"
	paramSecret  = "p4ram-s3cret"
	targetSecret = "t4rget-pa55word"
	loginSecret  = "l0gin-t0ken" // the platform gives it
)

var planted = []string{
	headerSecret, urlPassword, urlToken, bodySecret, paramSecret, targetSecret, loginSecret,
	base64.StdEncoding.EncodeToString([]byte("oper:" + urlPassword)),
}

// A killer is a platform, and a command that it kills at a moment: when so many requests have come, before the last of
// them is answered or just after.
type killer struct {
	*runs
	url   string
	state string // $XDG_STATE_HOME
	env   []string
}

func newKiller(t *testing.T, m moment) *killer {
	t.Helper()
	k := &killer{runs: newRuns(m), state: t.TempDir()}
	server := httptest.NewServer(k.runs)
	t.Cleanup(server.Close)
	k.url = server.URL
	settings := t.TempDir()
	k.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + settings, "XDG_CONFIG_HOME=" + settings, "XDG_STATE_HOME=" + k.state, "LC_ALL=C.UTF-8",
		"GORACE=atexit_sleep_ms=0", // the race detector's second at every exit
	}
	for name, text := range map[string]string{
		"recipes/lab-run.yaml": labRecipe,
		"targets.yaml":         "lab:\n  recipe: lab/run\n  url: " + k.url + "\n  user: ops\n  password: " + targetSecret + "\n",
	} {
		path := filepath.Join(settings, "settle", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

const labRecipe = `
name: lab/run
title: a run
docs: kill_unix_test.go
proof: {mock: "kill_unix_test.go"}
target:
  url: {help: address, example: "https://lab.example.com"}
  user: {help: who logs in, example: ops}
  password: {secret: true}
auth:
  header: {Authorization: "Bearer {login}"}
  login:
    request: {post: "{url}/login", json: '{user: $user, password: $password}'}
    token: .token
status:
  request: {get: "{url}/runs/{id}"}
  state: .status
  pending: [running]
  succeeded: [done]
  failed: [failed]
  reason: .message
actions:
  start:
    help: starts a run
    params: {vm: {help: its name, example: web-07}, user_password: {help: of its user, example: secret}}
    read: {vm: {request: {get: "{url}/vms/{vm}"}, value: .id}}
    request: {post: "{url}/runs", json: '{vm: $read.vm, password: $user_password}'}
    id: .id
  several:
    help: starts several runs
    request: {post: "{url}/several", json: '{}'}
    id: .ids
policy: every=1ms timeout=1m
`

// command is settle, with these arguments.
func (k *killer) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("settle")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = k.env, k.state
	return cmd
}

// killed runs settle until its moment comes.
func (k *killer) killed(t *testing.T, args ...string) {
	t.Helper()
	cmd := k.command(t, args...)
	stderr := &firstWrite{}
	cmd.Stderr = stderr
	kill := func() { _ = cmd.Process.Kill() } // it may have ended
	if k.moment == (moment{0, true}) {
		stderr.then = kill
	}
	gone := make(chan struct{})
	k.arm(func() {
		kill()
		<-gone
	})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if k.moment == (moment{0, false}) {
		kill()
	}
	close(k.ready)
	_ = cmd.Wait()
	close(gone)
	k.arm(nil)
}

// A firstWrite calls then when something is written.
type firstWrite struct{ then func() }

func (f *firstWrite) Write(p []byte) (int, error) {
	if f.then != nil {
		f.then()
	}
	return len(p), nil
}

// settle runs it to its end.
func (k *killer) settle(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := k.command(t, args...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run() // the code says it
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

// list is what settle list -o json says.
func (k *killer) list(t *testing.T) []listedWait {
	t.Helper()
	code, stdout, stderr := k.settle(t, "list", "-o=json")
	var said struct{ Waits []listedWait }
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || code != 0 {
		t.Fatalf("settle list: %d, %v\n%s%s", code, err, stdout, stderr)
	}
	return said.Waits
}

// keepsNoSecret reads every byte below the state folder.
func (k *killer) keepsNoSecret(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(k.state, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, secret := range planted {
			if strings.Contains(path, secret) || bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %s:\n%s", path, secret, text)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

var reads = []string{"--state=.status", "--pending=running", "--succeeded=done", "--failed=failed", "--reason=.message", "--every=1ms"}

// storm runs f at every moment there is: right after the start, when it first says something, and at each step-th request
// until the command needs no more, before and after the answer.
func storm(t *testing.T, step int, f func(t *testing.T, k *killer)) {
	for at := 0; ; at += step {
		enough := false
		for _, after := range []bool{false, true} {
			m := moment{at, after}
			t.Run(m.String(), func(t *testing.T) {
				k := newKiller(t, m)
				f(t, k)
				k.keepsNoSecret(t)
				enough = at > 0 && !k.came()
			})
		}
		if enough {
			if at == step {
				t.Error("it made no request")
			}
			return
		}
	}
}

// leftOf are the waits that are not over.
func leftOf(waits []listedWait) (left []listedWait) {
	return slices.DeleteFunc(slices.Clone(waits), func(w listedWait) bool { return w.Phase == journal.Ended })
}

// resumes takes up all that is left, which is to end with that code.
func (k *killer) resumes(t *testing.T, want int, flags ...string) {
	t.Helper()
	code, _, stderr := k.settle(t, append([]string{"resume"}, flags...)...)
	if code != want {
		t.Errorf("settle resume: exit code %d, want %d\n%s", code, want, stderr)
	}
}

func TestKilledWait(t *testing.T) {
	t.Parallel()
	header, data := "--header=X-Token: "+headerSecret, `--data={"password": "`+bodySecret+`"}`
	for id, code := range map[string]int{"good": 0, "bad": 1} {
		t.Run(id, func(t *testing.T) {
			storm(t, 1, func(t *testing.T, k *killer) {
				k.killed(t, append([]string{"wait", k.url + "/runs/" + id, header, data}, reads...)...)
				waits := k.list(t)
				if asked := k.asked(id) > 0; len(waits) > 1 || asked && len(waits) != 1 {
					t.Fatalf("asked: %t, and it knows %+v", asked, waits)
				}
				left := leftOf(waits)
				if len(left) == 0 {
					k.resumes(t, 0, header, data)
					return
				}
				if left[0].Task != k.url+"/runs/"+id || left[0].Phase != journal.Stopped {
					t.Errorf("it knows %+v", left[0])
				}
				k.resumes(t, code, header, data)
				if left := leftOf(k.list(t)); len(left) > 0 {
					t.Errorf("after its end it knows %+v", left)
				}
			})
		})
	}
}

// A URL that holds a secret cannot be asked again from what is kept: that is said, and nothing is asked.
func TestKilledWaitForASecretURL(t *testing.T) {
	t.Parallel()
	storm(t, 1, func(t *testing.T, k *killer) {
		address := strings.Replace(k.url, "://", "://oper:"+urlPassword+"@", 1) + "/runs/good?token=" + urlToken
		k.killed(t, append([]string{"wait", address}, reads...)...)
		waits := k.list(t)
		asked := k.asked("good")
		switch left := leftOf(waits); {
		case len(waits) > 1, asked > 0 && len(waits) != 1:
			t.Errorf("it was asked %d times, and settle knows %+v", asked, waits)
		case len(left) == 1:
			k.resumes(t, 2)
		}
		if again := k.asked("good"); again != asked {
			t.Errorf("it was asked %d times, and then %d", asked, again)
		}
	})
}

func TestKilledRun(t *testing.T) {
	t.Parallel()
	const tasks = 20
	storm(t, 17, func(t *testing.T, k *killer) {
		args := []string{"wait", "-o=json"}
		for i := range tasks - 1 {
			args = append(args, fmt.Sprintf("lab/run-%d", i))
		}
		k.killed(t, append(args, "lab/bad")...)
		waits := k.list(t)
		if len(waits) != tasks && k.checks() > 0 {
			t.Fatalf("%d checks, and it knows %d waits, want %d", k.checks(), len(waits), tasks)
		}
		left, code := leftOf(waits), 0
		if slices.ContainsFunc(left, func(w listedWait) bool { return w.Task == "lab/bad" }) {
			code = exitFailed
		}
		k.resumes(t, code)
		for _, w := range k.list(t) {
			want := settle.OutcomeSucceeded
			if w.Task == "lab/bad" {
				want = settle.OutcomeFailed
			}
			if w.Phase != journal.Ended || w.Outcome != want {
				t.Errorf("after its end it knows %+v", w)
			}
		}
	})
}
