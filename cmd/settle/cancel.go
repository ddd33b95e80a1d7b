package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) cancelCommand() *cobra.Command {
	var file string
	var wait bool
	var when whenFlags
	cmd := &cobra.Command{
		Use:   "cancel {TASK | HANDLE}...",
		Short: "Ask the platform to cancel a task",
		Long: `settle cancel asks the platform to cancel each task, in the recipe's words. Exit 0 says that the platform took the
request, not that the task has ended: some go on for a while, and some end all the same. With --wait it waits
until they have ended, and exits as settle wait does: 6 canceled, 0 succeeded before it was heard, 1 failed.

A wait for the task that goes on elsewhere is left alone: it sees the end by itself. A URL or a command has
nothing that says how to cancel it, and not every recipe has.`,
		Example: `  settle cancel tower/ckx2p0z3k00a1
  settle cancel 0a4b --wait --timeout 5m
  settle cancel github/OWNER/REPO/RUN gitlab/GROUP%2FPROJECT/PIPELINE -o json`,
		ValidArgsFunction: completeHandles(func(e *journal.Entry) bool { return e.Phase != journal.Ended && e.ID != "" }),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("arguments", "nothing to cancel", "settle list shows what is waited for; settle cancel TARGET/ID")
			}
			all, err := a.toCancel(cmd, args, file)
			defer func() {
				for _, c := range all {
					c.task.end()
				}
			}()
			if err != nil {
				return err
			}
			for _, c := range all {
				if c.policy, c.patient, err = when.policy(c.task.policies...); err != nil {
					return err
				}
			}
			return a.cancelAll(cmd.Context(), all, wait)
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until the tasks have ended")
	cmd.Flags().StringVar(&file, "recipe", "", "a recipe `FILE` that says how tasks are canceled; TASK is then an id")
	when = addWhenFlags(cmd.Flags())
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	cmd.Flags().BoolVarP(&a.options.Verbose, "verbose", "v", false, "a line for every check")
	return cmd
}

// A canceling is a task that is to be canceled.
type canceling struct {
	at      *installed
	task    task
	cancel  func(context.Context) error
	entry   *journal.Entry // nil: it was not named by its handle
	policy  settle.Policy
	patient bool

	report cancelReport
}

// A cancelReport is what settle cancel -o json prints of a task: as a wait's, where it was waited for. Otherwise its
// outcome is pending once the platform was asked.
type cancelReport struct {
	report
	Asked bool `json:"asked"` // the platform took the request
}

// toCancel finds out what the arguments name, before any request. A task that was named twice is canceled once. What it has
// opened comes back beside an error too.
func (a *app) toCancel(cmd *cobra.Command, args []string, file string) (all []*canceling, err error) {
	for _, arg := range args {
		c, err := a.named(cmd, arg, file, all)
		switch same := func(other *canceling) bool { return other.task.again == c.task.again }; {
		case c == nil:
		case !slices.ContainsFunc(all, same):
			all = append(all, c)
		default:
			c.task.end() // at worst its target logs in again
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// named finds out what text names; known are those before it, whose targets need no second login.
func (a *app) named(cmd *cobra.Command, text, file string, known []*canceling) (c *canceling, err error) {
	c = new(canceling)
	switch {
	case isURL(text):
		return nil, usage("task", "nothing says how "+a.secrets.ShowArguments([]string{text})[0]+" is canceled", "settle cancel TARGET/ID, of a target whose recipe says it: settle recipe list")
	case file == "" && !strings.Contains(text, "/"):
		j, err := a.journal()
		if err != nil {
			return nil, err
		}
		if c.entry, err = a.saved(j, text); err != nil {
			return nil, a.notSaved(cmd, text, err)
		}
		if err := a.refuseToCancel(c.entry); err != nil {
			return nil, err
		}
		if text, file, err = taskOfEntry(c.entry); err != nil {
			return nil, err
		}
	}
	i, id := opened(known, text, file)
	if i == nil {
		if i, id, err = a.find(cmd.Context(), text, file); err != nil {
			return nil, err
		}
	}
	c.at, c.task = i, i.taskOf(id)
	if id == "" {
		return c, usage("task", quoted(text)+" has no id", "settle cancel "+i.typed(cmp.Or(i.Recipe().ID.Example, i.Recipe().ID.Pattern, "ID")))
	}
	c.cancel = func(ctx context.Context) error { return i.Cancel(ctx, id) }
	if _, err := i.Recipe().ID.Take(id); err != nil {
		return c, err
	}
	if i.Recipe().Cancel == nil {
		hint := "settle recipe show " + i.Recipe().Name
		if link := i.Link(id, nil); link != "" {
			hint = a.say(listWords.cancelThere, link)
		}
		return c, usage("cancel", i.Recipe().Name+" does not say how a task is canceled", hint)
	}
	return c, nil
}

// opened is a target that one of known has opened, and the id behind its name in text.
func opened(known []*canceling, text, file string) (*installed, string) {
	for _, c := range known {
		if id, isThere := strings.CutPrefix(text, c.at.name+"/"); isThere && c.at.target != "" && c.at.file == file {
			return c.at, id
		}
	}
	return nil, ""
}

// notSaved is the error of what is no handle: err, or that a target or a recipe was named without an id.
func (a *app) notSaved(cmd *cobra.Command, text string, err error) error {
	var refused *recipe.Error
	if !errors.As(err, &refused) {
		return err
	}
	i, _, notThere := a.find(cmd.Context(), text, "")
	if notThere != nil {
		return err
	}
	defer i.Close()
	return usage("task", quoted(text)+" has no id", "settle cancel "+i.typed(cmp.Or(i.Recipe().ID.Example, i.Recipe().ID.Pattern, "ID")))
}

// refuseToCancel says what cannot be canceled by what is known of it.
func (a *app) refuseToCancel(e *journal.Entry) error {
	shown := a.secrets.Mask(nameOf(e))
	switch phase := phaseOf(e); {
	case phase == phaseLater:
		return usage(e.Handle, a.say(listWords.later), "settle list")
	case phase == journal.Ended:
		return usage(e.Handle, shown+" "+a.standing(e, time.Now())+": there is nothing to cancel", "settle show "+e.Handle)
	case phase == phaseLost, phase == journal.Submitting:
		return usage(e.Handle, shown+": nobody knows its id yet", a.say(words.mayHaveStarted))
	case e.ID == "" || e.Recipe == "":
		return usage(e.Handle, "nothing says how "+shown+" is canceled: it is no task of a recipe", "settle show "+e.Handle)
	}
	return nil
}

// taskOfEntry is what the wait was given: TASK, and the file of --recipe.
func taskOfEntry(e *journal.Entry) (text, file string, err error) {
	r, file := savedRecipe(e)
	if file != "" && r == nil {
		_, err = recipe.ParseFile(file)
		return "", "", err
	}
	if file != "" && e.Target == "" {
		return e.ID, file, nil
	}
	return e.Task, file, nil
}

// cancelAll asks for each, waits for those that the platform took the request of, where that was wanted, and returns how
// to exit.
func (a *app) cancelAll(ctx context.Context, all []*canceling, wait bool) error {
	var asked []*canceling
	for _, c := range all {
		a.askToCancel(ctx, c)
		if !c.report.Asked {
			a.complain(c.report.Task+": "+c.report.Error, c.report.Hint)
			continue
		}
		asked = append(asked, c)
		text := a.say(listWords.asked, c.task.name)
		if !wait {
			text += a.say(listWords.semicolon) + a.say(listWords.seesWhether, c.task.again)
		}
		fmt.Fprintln(a.stderr, term.Clean(text))
	}
	if wait && len(asked) > 0 {
		a.awaitCanceled(ctx, asked)
	}
	return a.canceled(all)
}

// askToCancel asks once, and reports what came of it.
func (a *app) askToCancel(ctx context.Context, c *canceling) {
	rec := newRecord()
	_, err := settle.Wait(settle.WithTrace(ctx, rec.step), settle.Policy{Checks: 1, Attempt: c.policy.Attempt}, func(ctx context.Context) (any, settle.Status, error) {
		if err := c.cancel(ctx); err != nil {
			return nil, settle.Status{}, err
		}
		return nil, settle.When(true), nil
	})
	r := rec.report(ctx, c.task.name, err)
	r.setStatus(settle.Status{})
	r.Checks, r.FailedChecks = 0, 0
	r.Error = failure(err)
	switch r.Outcome {
	case settle.OutcomeSucceeded:
		r.Outcome, r.ExitCode = outcomePending, exitSucceeded
	case settle.OutcomeInterrupted:
		r.Hint = a.say(listWords.sameAgain)
	case settle.OutcomeUnknown:
		r.Hint = a.say(listWords.mayHaveEnded, c.task.address)
	default:
		r.Hint = a.commonHint(c.task, err)
	}
	r.Link = c.task.link(nil)
	c.describe(&r)
	c.report = cancelReport{report: r, Asked: err == nil}
}

// describe fills in what names the task.
func (c *canceling) describe(r *report) {
	r.Target, r.Recipe, r.ID = c.task.target, c.task.recipe, c.task.id
	if c.entry != nil {
		r.Handle = c.entry.Handle
	}
}

// awaitCanceled waits for all at once.
func (a *app) awaitCanceled(ctx context.Context, all []*canceling) {
	display := term.New(a.options, len(all))
	defer display.Close()
	var waits sync.WaitGroup
	for key, c := range all {
		display.Start(key, term.Task{Name: c.task.short, Plan: c.task.name + "  " + a.plan(c.policy), Timeout: c.policy.Timeout})
		waits.Go(func() { a.awaitEnd(ctx, display, key, c) })
	}
	waits.Wait()
}

func (a *app) awaitEnd(ctx context.Context, display *term.Display, key int, c *canceling) {
	rec := newRecord()
	check := rec.hearing(c.task.check)
	if !c.patient {
		check = soonAnswered(check)
	}
	shown := func(s settle.Step) { display.Step(key, s) }
	answer, err := settle.Wait(settle.WithTrace(settle.WithTrace(ctx, rec.step), shown), c.policy, check)
	r := rec.report(ctx, c.task.name, err)
	r.Link, r.Hint = c.task.link(answer), a.waitHint(c.task, rec, err)
	c.describe(&r)
	c.report.report = r
	display.Stop(key, term.End{Err: err, Link: r.Link, Below: []term.Detail{{Label: term.Labels.Hint, Text: r.Hint}}})
	if problem := a.keepEnd(c, rec, answer); problem != nil {
		display.Note("settle: " + a.say(words.warning, a.say(listWords.notKept, problem)))
	}
}

// keepEnd writes an end that was seen into the journal, where the task has an entry that nobody else waits for.
func (a *app) keepEnd(c *canceling, rec *record, answer *recipe.Answer) error {
	if c.entry == nil || c.entry.Alive() || !rec.last.Status.State.Ended() || !endedBy(c.report.Outcome) {
		return nil
	}
	j, err := a.journal()
	if err != nil {
		return err
	}
	e, err := j.Take(c.entry.Handle)
	if err != nil {
		if errors.Is(err, journal.ErrTaken) || errors.Is(err, journal.ErrNone) {
			return nil
		}
		return err
	}
	e.Happened(journal.Event{At: time.Now().UTC(), Check: rec.last.Check, Status: maskStatus(a.secrets.Mask, rec.last.Status)})
	e.Phase, e.Outcome, e.Error, e.Link = journal.Ended, c.report.Outcome, a.secrets.Mask(c.report.Error), cmp.Or(a.secrets.Mask(c.report.Link), e.Link)
	if answer != nil {
		e.Answered(a.secrets.Mask(answer.Text))
	}
	return j.Save(e)
}

func endedBy(o settle.Outcome) bool {
	return o == settle.OutcomeSucceeded || o == settle.OutcomeFailed || o == settle.OutcomeCanceled
}

func maskStatus(mask func(string) string, s settle.Status) settle.Status {
	s.Raw, s.Reason = mask(s.Raw), mask(s.Reason)
	return s
}

// canceled prints the one object of -o json, and returns how to exit.
func (a *app) canceled(all []*canceling) error {
	reports := make([]cancelReport, len(all))
	worst := 0
	for n, c := range all {
		reports[n] = c.report
		if cancelRank(reports[n].ExitCode) < cancelRank(reports[worst].ExitCode) {
			worst = n
		}
	}
	code := reports[worst].ExitCode
	if a.output != outputJSON {
		return exitWith(code)
	}
	for n := range reports {
		r := &reports[n]
		r.Schema = reportSchema
		for _, text := range []*string{&r.Task, &r.Target, &r.Recipe, &r.ID, &r.Raw, &r.Reason, &r.Link, &r.Error, &r.Hint} {
			*text = a.secrets.Mask(*text)
		}
	}
	if len(reports) == 1 {
		fmt.Fprintf(a.stdout, "%s\n", encode(reports[0], ""))
		return exitWith(code)
	}
	fmt.Fprintf(a.stdout, "%s\n", encode(struct {
		Schema   int            `json:"schema"`
		Outcome  settle.Outcome `json:"outcome"`
		ExitCode int            `json:"exit_code"`
		Tasks    []cancelReport `json:"tasks"`
	}{reportSchema, reports[worst].Outcome, code, reports}, ""))
	return exitWith(code)
}

// cancelRank orders exit codes as those of several tasks: the first that occurs is the run's.
func cancelRank(code int) int {
	order := []int{
		exitInvalid, exitInternal, exitSignal + 1, exitSignal + 2, exitSignal + 15, exitDenied, exitFailed, exitCanceled,
		exitNotFound, exitUnknown, exitTimeout, exitPending, exitSucceeded,
	}
	if n := slices.Index(order, code); n >= 0 {
		return n
	}
	return len(order)
}
