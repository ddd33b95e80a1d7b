package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

const (
	onDoneLimit  = time.Minute // a notification that takes longer has failed
	onDoneLines  = 20          // of its output, the last ones
	onDoneOutput = 64 << 10    // of which they are looked for

	// A variable is cut there: the system takes no longer ones, and the JSON on stdin has all of it.
	maxVariable = 32 << 10
)

// onDone runs the command of --on-done in the system's shell, whatever the outcome, which it gets in variables and as
// the report's JSON on stdin. wrote is the end of what it wrote. A problem says that it could not be run, took longer than
// a minute and was ended, or exited with another code than 0; it changes no outcome.
//
// The end of ctx does not end the command: that somebody stopped watching is an outcome too. What it leaves running
// goes on.
func (a *app) onDone(ctx context.Context, command string, r report) (wrote []string, problem error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), onDoneLimit)
	defer cancel()
	return a.notify(limited, command, a.shown(r))
}

// notify is onDone for a report that is masked, until ctx ends.
func (a *app) notify(ctx context.Context, command string, r report) (wrote []string, problem error) {
	began := time.Now()
	argv := shellOf(command)
	out := &tail{most: onDoneOutput}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(cmd.Environ(), reportVariables(r)...)
	cmd.Stdin = bytes.NewReader(append(encode(r, ""), '\n'))
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = afterEnd
	cmd.Cancel = func() error {
		cmd.WaitDelay = afterKill
		return endGroup(cmd)
	}
	ownGroup(cmd)
	asTyped(cmd)
	err := cmd.Run()
	wrote = a.lastLines(out.text, len(out.text) == onDoneOutput)

	name := "--on-done " + shellWord(a.secrets.ShowArguments([]string{"sh", "-c", command})[2])
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // exit 0, whatever it left running
		return wrote, nil
	case ctx.Err() != nil:
		return wrote, &spokenError{problem: said("%s: still running after %v, ended", name, time.Since(began).Round(10*time.Millisecond))}
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return wrote, &spokenError{problem: said("%s: exit code %d", name, exit.ExitCode())}
	}
	return wrote, fmt.Errorf("%s: %w", name, err)
}

// hushed reports whether -q leaves out what the command of --on-done wrote: where nothing went wrong.
func (a *app) hushed(r report, problem error) bool {
	return a.quiet && problem == nil && r.ExitCode == exitSucceeded
}

// notifyOfStart runs the command of --on-done where a start was all there was. A refused value is no start.
func (s *submission) notifyOfStart(ctx context.Context, r report) {
	if s.flags.run.whenDone == "" || s.flags.dryRun || r.Outcome == settle.OutcomeInvalid {
		return
	}
	wrote, problem := s.onDone(ctx, s.flags.run.whenDone, r)
	for _, line := range wrote {
		if !s.hushed(r, problem) {
			fmt.Fprintln(s.stderr, term.Clean(line))
		}
	}
	if problem != nil {
		s.complain(s.say(words.warning, inLanguage(problem, s.options.Language)), "")
	}
}

// reportVariables are what the command of --on-done finds in its environment.
func reportVariables(r report) []string {
	var all []string
	for _, v := range []struct{ name, value string }{
		{"OUTCOME", string(r.Outcome)}, {"EXIT_CODE", strconv.Itoa(r.ExitCode)},
		{"TASK", r.Task}, {"TARGET", r.Target}, {"RECIPE", r.Recipe}, {"ID", r.ID}, {"HANDLE", r.Handle},
		{"STATE", r.State.String()}, {"RAW", r.Raw}, {"REASON", r.Reason}, {"LINK", r.Link},
		{"ELAPSED", strconv.FormatFloat(r.Elapsed, 'f', 3, 64)}, {"ERROR", r.Error},
	} {
		value := strings.ReplaceAll(v.value, "\x00", "\ufffd") // a variable ends at one
		if len(value) > maxVariable {
			value = strings.ToValidUTF8(value[:maxVariable], "") + "..."
		}
		all = append(all, "SETTLE_"+v.name+"="+value)
	}
	return all
}

// lastLines are the last lines of what a command wrote, masked; cut: the first of them may lack its beginning.
func (a *app) lastLines(text []byte, cut bool) []string {
	whole := strings.ToValidUTF8(string(text), "\ufffd")
	if _, rest, found := strings.Cut(whole, "\n"); cut && found {
		whole = rest
	}
	whole = strings.TrimRight(a.secrets.Mask(whole), " \t\r\n")
	if whole == "" {
		return nil
	}
	lines := strings.Split(whole, "\n")
	lines = lines[max(0, len(lines)-onDoneLines):]
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return lines
}
