package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

const (
	maxCommandOutput = 8 << 20         // of a check: more is no answer
	maxCommandError  = 4 << 10         // the end of stderr that is kept, for the reason
	afterKill        = 2 * time.Second // how long a killed command's grandchildren may hold its output open
)

// commandTask makes a check of a command: its exit code is the answer, or with --state the JSON that it prints.
func (a *app) commandTask(argv []string, f *askFlags) (task, error) {
	if f.method != "" || f.data != "" || len(f.header) > 0 {
		return task{}, usage("--header, --method, --data", "are for a URL, and this is a command", "settle wait --pending-exit 75 -- COMMAND")
	}
	if err := findCommand(argv); err != nil {
		return task{}, err
	}
	t := task{name: strings.Join(argv, " "), short: filepath.Base(argv[0]), address: "-- " + shellQuote(argv)}
	c := commandCheck{argv: argv, pendingExit: f.pendingExit}
	if f.reading.State == "" && !f.lists() {
		r := &f.reading
		if r.Result != "" || r.OK != "" || r.Reason != "" || r.Progress != "" {
			return task{}, usage("--state", "missing: without it the exit code is the answer, and the output is not read", "--state .status")
		}
		t.check = c.byExit
		return t, nil
	}
	if len(f.pendingExit) > 0 {
		return task{}, usage("--pending-exit", "goes by the exit code, --state by the output", "leave one out")
	}
	reads, err := f.reads()
	if err != nil {
		return task{}, err
	}
	if !reads {
		t.ask = c.answer
		return t, nil
	}
	reader, err := f.reading.Compile()
	if err != nil {
		return task{}, placed(err)
	}
	t.reader = reader
	t.check = func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		answer, err := c.answer(ctx)
		if err != nil {
			return nil, settle.Status{}, err
		}
		status, err := reader.Status(ctx, answer)
		return answer, status, err
	}
	return t, nil
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
		return &exitError{exitNoCommand, fmt.Errorf("%s: command not found", name)}
	case errors.Is(err, fs.ErrPermission):
		return &exitError{exitNoRun, fmt.Errorf("%s: not executable", name)}
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
	_, problem, err := c.run(ctx)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil, settle.Status{State: settle.Succeeded, Raw: "exit 0"}, nil
	case !errors.As(err, &exit) || exit.ExitCode() < 0 || ctx.Err() != nil:
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
	out, problem, err := c.run(ctx)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%s", withProblem(exit.Error(), problem))
	}
	if err != nil {
		return nil, err
	}
	body, err := recipe.Decode(out)
	if err != nil {
		return nil, fmt.Errorf("the output is %w: %s", err, excerpt(out))
	}
	return &recipe.Answer{Body: body, Text: string(out)}, nil
}

// run runs the command once. problem is the end of what it wrote to stderr.
func (c commandCheck) run(ctx context.Context) (out []byte, problem string, err error) {
	stdout, stderr := &head{most: maxCommandOutput}, &tail{most: maxCommandError}
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = afterKill
	ownGroup(cmd)
	err = cmd.Run()
	problem = lastLine(stderr.text)
	switch {
	case ctx.Err() != nil:
		return nil, problem, context.Cause(ctx)
	case errors.As(err, new(*exec.ExitError)) || errors.Is(err, exec.ErrWaitDelay):
	case err != nil:
		return nil, problem, settle.Permanent(notRunnable(c.argv[0], err))
	case stdout.over:
		return nil, problem, fmt.Errorf("the output is longer than %d bytes", maxCommandOutput)
	}
	return stdout.text, problem, err
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
	const most = 200
	if len(text) > most {
		text = append(text[:most:most], "..."...)
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}
