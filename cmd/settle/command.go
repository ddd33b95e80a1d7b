package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

const (
	maxCommandOutput = 8 << 20 // of a check: more is no answer
	maxCommandError  = 4 << 10 // the end of stderr that is kept, for the reason

	// How long what a command has started may hold its output open: after it has ended, and after it was killed with
	// its group, so that only a group of its own can.
	afterEnd  = time.Second
	afterKill = 100 * time.Millisecond
)

// commandTask makes a check of a command: its exit code is the answer, or with --state the JSON that it prints.
func (a *app) commandTask(argv []string, f *askFlags) (task, error) {
	if f.method != "" || f.data != "" || len(f.header) > 0 {
		return task{}, usage("--header, --method, --data", said("are for a URL, and this is a command"), asIs("settle wait --pending-exit 75 -- COMMAND"))
	}
	if err := findCommand(argv); err != nil {
		return task{}, err
	}
	t := task{short: filepath.Base(argv[0]), kind: kindOfCommand(argv)}
	t.noteBehind(a, argv)
	t.name = strings.Join(t.behind, " ")
	for _, code := range f.pendingExit {
		if code < 1 || code > maxExit {
			return task{}, usage("--pending-exit", said("%d is no exit code from 1 to %d; 0 is succeeded", code, maxExit), asIs("--pending-exit 75"))
		}
	}
	c := commandCheck{argv: argv, pendingExit: f.pendingExit}
	if f.reading.State == "" && !f.lists() {
		r := &f.reading
		if r.Result != "" || r.OK != "" || r.Reason != "" || r.Progress != "" {
			return task{}, usage("--state", said("missing: without it the exit code is the answer, and the output is not read"), asIs("--state .status"))
		}
		t.check = c.byExit
		return t, nil
	}
	if len(f.pendingExit) > 0 {
		return task{}, usage("--pending-exit", said("goes by the exit code, --state by the output"), said("leave one out"))
	}
	return t, t.readBy(*f, c.answer)
}

// readBy has t ask without HTTP, and read the answer as the flags say.
func (t *task) readBy(f askFlags, answer func(context.Context) (*recipe.Answer, error)) error {
	f.reading.NoHTTP = true
	reader, reads, err := f.reader()
	t.reader = reader
	if err != nil || !reads {
		t.ask = answer
		return err
	}
	t.check = func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		answer, err := answer(ctx)
		if err != nil {
			return nil, settle.Status{}, err
		}
		status, err := reader.Status(ctx, answer)
		return answer, status, err
	}
	return nil
}

// kindOfCommand is a command with the words up to its first flag, such as aws ec2 describe-snapshots.
func kindOfCommand(argv []string) string {
	flag := slices.IndexFunc(argv, func(arg string) bool { return strings.HasPrefix(arg, "-") })
	if flag < 0 {
		flag = 1 // which of the words say what is asked, and which of what, nobody knows
	}
	return strings.Join(argv[:max(flag, 1)], " ")
}

// findCommand tells before the first check that a command cannot be run at all.
func findCommand(argv []string) error {
	if len(argv) == 0 {
		return nil
	}
	_, err := exec.LookPath(argv[0])
	return notRunnable(argv[0], err)
}

// notRunnable is why a command did not begin, with the exit code that a shell would give; nil where it did.
func notRunnable(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return &exitError{exitNoCommand, &spokenError{problem: said("%s: command not found", name)}}
	case errors.Is(err, fs.ErrPermission):
		return &exitError{exitNoRun, &spokenError{problem: said("%s: not executable", name)}}
	case errors.Is(err, syscall.EISDIR):
		return &exitError{exitNoRun, &spokenError{problem: said("%s: a directory", name)}}
	case errors.Is(err, syscall.ENOEXEC):
		return &exitError{exitNoRun, &spokenError{problem: said("%s: no program for this system", name)}}
	}
	return &exitError{exitNoSetup, fmt.Errorf("%s: %w", name, err)}
}

// A commandCheck runs a command for each check.
type commandCheck struct {
	argv        []string
	pendingExit []int // empty: nobody said what exit codes mean
}

// byExit takes the exit code for the answer. 0 is succeeded. Where --pending-exit says which codes mean "again", any
// other is the command's word that the task failed; where it does not, a code above 0 is only a failed check: it may
// as well mean that the command could not ask.
func (c commandCheck) byExit(ctx context.Context) (*recipe.Answer, settle.Status, error) {
	problem, err := c.run(ctx, nil)
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // exit 0, whatever it left running
		return nil, settle.Status{State: settle.Succeeded, Raw: "exit 0"}, nil
	case !errors.As(err, &exit) || exit.ExitCode() < 0:
		return nil, settle.Status{}, err
	}
	status := settle.Status{State: settle.Failed, Raw: fmt.Sprintf("exit %d", exit.ExitCode()), Reason: problem}
	if slices.Contains(c.pendingExit, exit.ExitCode()) {
		status.State = settle.Pending
		return nil, status, nil
	}
	if len(c.pendingExit) > 0 {
		return nil, status, nil
	}
	return nil, settle.Status{}, &exitCodeError{exit.ExitCode(), problem}
}

// An exitCodeError is a check whose command exited with a code that nobody gave a meaning.
type exitCodeError struct {
	code    int
	problem string
}

func (e *exitCodeError) Error() string {
	return withProblem(fmt.Sprintf("exit code %d", e.code), e.problem)
}

// answer takes what the command prints for the answer.
func (c commandCheck) answer(ctx context.Context) (*recipe.Answer, error) {
	out := &head{most: maxCommandOutput}
	problem, err := c.run(ctx, out)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return nil, errors.New(withProblem(exit.Error(), problem))
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, errors.New("the command has ended, but something that it started still holds its output open")
	case err != nil:
		return nil, err
	case out.over:
		return nil, fmt.Errorf("the output is longer than %d bytes", maxCommandOutput)
	}
	body, err := recipe.Decode(out.text)
	if err != nil {
		return nil, errors.New(withProblem("the output is "+err.Error(), excerpt(out.text)))
	}
	return &recipe.Answer{Body: body, Text: string(out.text)}, nil
}

// run runs the command once; a nil out is for nobody to read. problem is the end of what it wrote to stderr. The error is
// an *exec.ExitError where it exited with another code than 0, and exec.ErrWaitDelay where it exited with 0 but its
// output was not closed; what it started is then killed, so that checks leave nothing behind.
func (c commandCheck) run(ctx context.Context, out io.Writer) (problem string, err error) {
	began := time.Now()
	stderr := &tail{most: maxCommandError}
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Stdout, cmd.Stderr = out, stderr
	cmd.WaitDelay = afterEnd
	cmd.Cancel = func() error {
		cmd.WaitDelay = afterKill // read by exec when this has returned
		return endGroup(cmd)
	}
	ownGroup(cmd)
	asTyped(cmd)
	err = cmd.Run()
	if cmd.Process != nil {
		_ = endGroup(cmd) // mostly there is none left
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("timed out after %v", time.Since(began).Round(10*time.Millisecond))
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case cmd.ProcessState == nil:
		err = settle.Permanent(notRunnable(c.argv[0], err))
	}
	return lastLine(stderr.text), err
}

// head keeps the beginning of what is written to it.
type head struct {
	most int
	text []byte
	over bool // there was more
}

func (h *head) Write(p []byte) (int, error) {
	room := h.most - len(h.text)
	h.over = h.over || len(p) > room
	h.text = append(h.text, p[:min(room, len(p))]...)
	return len(p), nil
}

// tail keeps the end of what is written to it.
type tail struct {
	most int
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-t.most):]
	return len(p), nil
}

func lastLine(text []byte) string {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return strings.ToValidUTF8(string(bytes.TrimSpace(lines[len(lines)-1])), "\ufffd")
}

func withProblem(what, problem string) string {
	if problem == "" {
		return what
	}
	return what + ": " + problem
}

func excerpt(text []byte) string {
	text = bytes.TrimSpace(text)
	const most = 200
	if len(text) > most {
		text = append(text[:most:most], "..."...)
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}
