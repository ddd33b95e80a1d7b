package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
		Short: "Ask the platform to cancel tasks",
		Long: `settle cancel asks the platform to cancel each task, in the recipe's words. Exit 0 says that the platform took the
request, not that the task has ended: some go on for a while, and some end all the same. With --wait it waits
until they have ended, and exits as settle wait does: 6 canceled, 0 succeeded before it was heard, 1 failed.

A wait for the task that goes on elsewhere is left alone: it sees the end by itself. A URL or a command has
nothing that says how to cancel it, and not every recipe has.`,
		Example: `  settle cancel tower/ckx2p0z3k00a1
  settle cancel 0a4b --wait --timeout 5m
  settle cancel github/OWNER/REPO/RUN gitlab/GROUP%2FPROJECT/PIPELINE -o json`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) == 0 {
				return usage("arguments", said("nothing to cancel"), said("settle list shows what is waited for; settle cancel TARGET/ID"))
			}
			if a.settings, err = a.settled(cmd); err != nil {
				return err
			}
			c := &cancellation{vigil: vigil{app: a}}
			defer c.close()
			if err := c.toCancel(cmd, args, file); err != nil {
				return err
			}
			for _, w := range c.asked {
				if w.policy, w.patient, err = a.settings.policy(when, w.policies...); err != nil {
					return err
				}
			}
			return c.do(cmd.Context(), wait)
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until the tasks have ended")
	cmd.Flags().StringVar(&file, "recipe", "", "a recipe `FILE` that says how tasks are canceled; TASK is then an id")
	when = addWhenFlags(cmd.Flags())
	a.addShowFlags(cmd.Flags())
	return cmd
}

// A cancellation is the tasks that the platforms are asked to cancel, and, where that is wanted, the wait for those that
// they took the request of.
type cancellation struct {
	vigil
	asked []*waiting // all that is to be canceled
}

// toCancel finds out what the arguments name, before any request. A task that was named twice is canceled once.
func (c *cancellation) toCancel(cmd *cobra.Command, args []string, file string) error {
	for _, arg := range args {
		w, err := c.named(cmd, arg, file)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(c.asked, func(other *waiting) bool { return other.name == w.name }) {
			c.asked = append(c.asked, w)
		}
	}
	return nil
}

func (a *app) named(cmd *cobra.Command, text, file string) (*waiting, error) {
	var e *journal.Entry
	switch {
	case isURL(text), file == "" && new(askFlags).isPlain(text):
		return nil, usage("task", said("nothing says how %s is canceled", a.secrets.ShowArguments([]string{text})[0]), said("settle cancel TARGET/ID, of a target whose recipe says it: settle recipe list"))
	case file == "" && !strings.Contains(text, "/"):
		j, err := a.journal()
		if err != nil {
			return nil, err
		}
		if e, err = a.saved(j, text); err != nil {
			return nil, a.notSaved(cmd, text, err)
		}
		if err := a.refuseToCancel(e); err != nil {
			return nil, err
		}
		if text, file, err = taskOfEntry(e); err != nil {
			return nil, err
		}
	}
	t, err := a.recipeTask(cmd, text, &askFlags{recipe: file})
	if err != nil {
		return nil, err
	}
	if t.at.Recipe().Cancel == nil {
		hint := asIs("settle recipe show " + t.recipe)
		if link := t.link(nil); link != "" {
			hint = phrase{listWords.cancelThere, []any{link}}
		}
		return nil, usage("cancel", said("%s does not say how a task is canceled", t.recipe), hint)
	}
	return &waiting{task: t, entry: e, resumed: e != nil}, nil
}

// notSaved is the error of what is no handle: err, or that a target or a recipe was named without an id.
func (a *app) notSaved(cmd *cobra.Command, text string, err error) error {
	var refused *recipe.Error
	if !errors.As(err, &refused) {
		return err
	}
	i, _, notThere := a.find(cmd.Context(), text, new(askFlags))
	if notThere != nil {
		return err
	}
	return usage("task", said("%s has no id", quoted(text)), asIs("settle cancel "+i.shown(cmp.Or(i.Recipe().ID.Example, i.Recipe().ID.Pattern, "ID"))))
}

// refuseToCancel says what cannot be canceled by what is known of it.
func (a *app) refuseToCancel(e *journal.Entry) error {
	shown := a.secrets.Mask(nameOf(e))
	switch phase := phaseOf(e); {
	case phase == phaseLater:
		return usageOf(e.Handle, phrase{text: listWords.later}, asIs("settle list"))
	case phase == journal.Ended:
		now := time.Now()
		stands := ready(standing(term.English, e, now), standing(term.Chinese, e, now))
		return usageOf(e.Handle, said("%s %s: there is nothing to cancel", shown, stands), asIs("settle show "+e.Handle))
	case phase == phaseLost, phase == journal.Submitting:
		return usageOf(e.Handle, said("%s: nobody knows its id yet", shown), phrase{text: words.mayHaveStarted})
	case e.ID == "" || e.Recipe == "":
		return usageOf(e.Handle, said("nothing says how %s is canceled: it is no task of a recipe", shown), asIs("settle show "+e.Handle))
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

// do asks for each, waits for those that the platform took the request of, where that was wanted, and returns how to exit.
func (c *cancellation) do(ctx context.Context, wait bool) error {
	for _, w := range c.asked {
		rep := c.ask(ctx, w)
		c.tell(rep, wait)
		if rep.ExitCode == exitSucceeded && wait {
			if w.entry != nil && w.entry.Alive() {
				w.entry = nil // the wait that goes on elsewhere keeps it
			}
			w.key = len(c.all)
			c.all = append(c.all, w)
			continue
		}
		c.reports = append(c.reports, rep)
	}
	c.counted = c.reports
	if len(c.all) > 0 {
		return c.vigil.do(ctx)
	}
	total := c.total()
	c.printReport(total)
	return exitWith(total.ExitCode)
}

// ask asks the platform once, and reports what came of it.
func (c *cancellation) ask(ctx context.Context, w *waiting) report {
	rec := newRecord()
	_, err := settle.Wait(settle.WithTrace(ctx, rec.step), settle.Policy{Checks: 1, Attempt: w.policy.Attempt}, func(ctx context.Context) (any, settle.Status, error) {
		if err := w.at.Cancel(ctx, w.id); err != nil {
			return nil, settle.Status{}, err
		}
		return nil, settle.When(true), nil
	})
	r := rec.report(ctx, w.name, err)
	r.setStatus(settle.Status{})
	r.Checks, r.FailedChecks = 0, 0
	r.Error = failure(err)
	r.Target, r.Recipe, r.ID, r.Link = w.target, w.recipe, w.id, w.link(nil)
	next := w.again
	if w.entry != nil {
		r.Handle, next = w.entry.Handle, resumeLine(w.entry)
	}
	switch r.Outcome {
	case settle.OutcomeSucceeded: // that it was asked
		r.Outcome, r.ExitCode = outcomePending, exitSucceeded
		r.Hint = c.say(listWords.seesWhether, next)
	case settle.OutcomeInterrupted:
		r.Hint = c.say(listWords.sameAgain)
	case settle.OutcomeUnknown:
		r.Hint = c.say(listWords.mayHaveEnded, w.address)
	default:
		r.Hint = c.commonHint(w.task, err)
	}
	return r
}

// tell says what came of it; where the task is waited for, not how somebody would wait.
func (c *cancellation) tell(r report, wait bool) {
	text := c.say(listWords.asked, r.Task)
	if !wait {
		text += c.say(listWords.semicolon) + r.Hint
	}
	switch {
	case r.ExitCode != exitSucceeded:
		c.complain(r.Task+": "+r.Error, r.Hint)
	case !c.quiet:
		fmt.Fprintln(c.stderr, term.Clean(text))
	}
}
