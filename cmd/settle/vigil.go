package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

// A vigil is what one command waits for, from its first check to its exit code.
type vigil struct {
	*app
	runFlags
	all     []*waiting // at least one
	unnamed bool       // settle resume took all that was left: what another process takes first is left to it
	then    []string   // runs once they have succeeded

	opening []string      // what was done before the waits, to be said first
	display *term.Display // nil where nobody waits
	events  *events       // of -o ndjson; nil: none are wanted
	keeper  *keeper       // nil: nothing is kept
	closing []string      // warnings of --on-done, which -q does not hold back
	reports []report
	counted []report // those that the exit code goes by: all but of tasks that --any or --fail-fast left
}

// Why waits were left whose tasks go on.
var (
	errEnough   = errors.New("another task has succeeded, which was enough (--any)")
	errFailFast = errors.New("another task did not succeed (--fail-fast)")
)

// do waits for all, shows it, prints the results, runs what is to follow, and returns how to exit.
func (v *vigil) do(ctx context.Context) error {
	if err := v.keep(); err != nil {
		return err
	}
	waits, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	v.begin()
	for e := range v.ends(ctx, waits) {
		v.end(ctx, waits, e)
		switch succeeded := v.reports[len(v.reports)-1].ExitCode == exitSucceeded; {
		case succeeded && v.any:
			enough(errEnough)
		case !succeeded && v.failFast:
			enough(errFailFast)
		}
	}
	return v.finish(ctx)
}

// begin shows all that is waited for.
func (v *vigil) begin() {
	options := v.options
	if v.quiet {
		options.Mode = term.Quiet
	}
	v.display = term.New(options, len(v.all))
	for _, text := range v.opening {
		v.display.Note(text)
	}
	if v.output == outputNDJSON {
		v.events = v.startEvents(v.display.Aside)
	}
	for _, w := range v.all {
		w.record = newRecord()
		plan := v.plan(w.policy)
		if w.shown() != w.name {
			plan = w.name + "  " + plan
		}
		v.display.Start(w.key, term.Task{
			Name: w.shown(), Plan: plan, Usually: v.usually(w.history), Link: w.link(nil), Timeout: w.policy.Timeout, Thing: w.isThing(),
		})
	}
}

// step is told of every check of every task. It may come from several goroutines, never from two about one task.
func (v *vigil) step(s settle.Step) {
	key, _ := s.Key.(int)
	w := v.all[key]
	s = answered(s)
	told := s.Check > w.last.Check && !term.Interrupted(s)
	w.step(s)
	if v.display != nil {
		v.display.Step(key, s)
	}
	if told {
		v.events.check(w, s)
		v.keeper.check(w, s)
	}
}

// end tells one task's end, wherever that is to be known. waits is the context of the waits, ctx the command's.
func (v *vigil) end(ctx, waits context.Context, e ending) {
	e.err = withBlocked(e.err)
	rep := v.reportOf(ctx, e)
	left := rep.Outcome == settle.OutcomeInterrupted && ctx.Err() == nil && waits.Err() != nil
	if left {
		rep.Error, rep.Hint = context.Cause(waits).Error(), ""
	} else {
		v.counted = append(v.counted, rep)
	}
	e.took(rep)
	v.display.Stop(e.key, term.End{Err: e.err, Outcome: rep.Outcome, Link: rep.Link, Below: v.below(e.waiting, rep)})
	v.keeper.end(e.waiting, rep, left && v.any)
	if len(v.all) == 1 {
		rep.Requests = v.requested() // of several nobody knows whose they were
	}
	v.events.end(rep)
	v.reports = append(v.reports, rep)
	v.printLine(rep)
	if command := e.run.whenDone; command != "" {
		v.keeper.write() // the command may ask for what is kept
		wrote, problem := v.onDone(ctx, command, rep)
		if !v.hushed(rep, problem) {
			v.warn(strings.Join(wrote, "\n"))
		}
		if problem != nil {
			v.closing = append(v.closing, inLanguage(problem, v.options.Language))
		}
	}
}

// warn writes lines beside the display, where there is one.
func (v *vigil) warn(text string) {
	switch {
	case text == "":
	case v.display != nil:
		v.display.Warn(text)
	default:
		fmt.Fprintln(v.stderr, term.Clean(text))
	}
}

// reportOf says how one wait ended, with the result where the task succeeded.
func (v *vigil) reportOf(ctx context.Context, e ending) report {
	w := e.waiting
	rep := w.report(ctx, w.name, e.err)
	rep.Name, rep.Target, rep.Recipe, rep.ID, rep.Link = w.label, w.target, w.recipe, w.id, w.link(e.last)
	if w.entry != nil {
		rep.Handle = w.entry.Handle
	}
	if e.err == nil {
		if rep.Result = e.result; e.noValue != nil {
			text := e.noValue.Error()
			if len(v.all) > 1 {
				text = w.shown() + ": " + text
			}
			v.warn("settle: " + v.say(words.warning, text))
		}
		if rep.Warned && w.run.strict {
			rep.ExitCode = exitFailed
		}
	}
	rep.Hint = v.waitHint(w, e.err)
	var bug *bugError
	if errors.As(e.err, &bug) {
		v.warn(string(bug.stack))
	}
	return rep
}

// printLine prints the result of a task among several as a line: task, outcome and result with tabs between. On a terminal
// one without a result has been told already. What reads a pipe may write on the terminal, as tee does.
func (v *vigil) printLine(rep report) {
	switch {
	case !v.forPeople() || v.single():
	case !v.terminal && !v.piped:
		v.printText(v.line(rep))
	case v.piped, rep.Result != nil:
		v.display.Aside(func() { v.printText(v.line(rep)) })
	}
}

// single reports whether the command was about one task, once that is reported: one of several may be the only one that
// is waited for.
func (v *vigil) single() bool { return len(v.all) == 1 && len(v.reports) == 1 }

func (v *vigil) line(rep report) string {
	text := ""
	if rep.Result != nil {
		text = v.resultText(rep.Result)
		if strings.ContainsAny(text, "\t\r\n") {
			text = string(encode(text, ""))
		}
	}
	return v.secrets.Mask(rep.Task) + "\t" + string(rep.Outcome) + "\t" + text
}

// finish ends the display, prints what stdout is to get, runs what follows, and returns how to exit.
func (v *vigil) finish(ctx context.Context) error {
	total := v.total()
	v.display.Requests(total.Requests)
	v.display.Close(v.next(total)...)
	for _, text := range v.closing {
		v.complain(v.say(words.warning, text), "")
	}
	if err := v.keeper.close(); err != nil {
		v.notKept(err)
	}
	v.learn()
	if v.forPeople() && v.single() && total.Result != nil {
		v.printResult(total.Result)
	}
	if total.ExitCode == exitSucceeded && len(v.then) > 0 {
		var problem error
		if total.ExitCode, problem = v.follow(ctx, v.then); problem != nil {
			total.Error = problem.Error()
			v.complain(inLanguage(problem, v.options.Language), "")
		}
	}
	v.events.close()
	v.printReport(total)
	v.announce(total)
	return exitWith(total.ExitCode)
}

// requested is how many requests the whole command has made.
func (v *vigil) requested() (n int64) {
	for _, at := range v.targets() {
		n += at.Requests()
	}
	if v.urls != nil {
		n += v.urls.Requests()
	}
	return n
}

// targets are all that the tasks belong to, each once.
func (v *vigil) targets() []*installed {
	var all []*installed
	for _, w := range v.all {
		if w.at != nil && !slices.Contains(all, w.at) {
			all = append(all, w.at)
		}
	}
	return all
}

// close lets go of the targets.
func (v *vigil) close() {
	for _, at := range v.targets() {
		at.Close()
	}
}
