package main

import (
	"context"
	"errors"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) waitCommand() *cobra.Command {
	var f *askFlags
	var when whenFlags
	cmd := &cobra.Command{
		Use:   "wait {TASK | -- COMMAND...} [-- COMMAND...]",
		Short: "Wait for a task, and say by the exit code how it ended",
		Long: `settle wait asks where a task stands until it has ended or the limit is reached. A check that fails (a lost
connection, an answer that cannot be read, a raw state that nobody listed) is never taken for the task's
failure.

TASK is TARGET/ID (settle target list), RECIPE/ID (settle recipe list; what it needs comes from the
environment), or a URL with --state and what its raw states mean. With --recipe FILE it is an ID.

Behind a TASK, "-- COMMAND" is run once the task has succeeded, and its exit code is ours; with -o json its
output goes to stderr. Without a TASK the command is the check: its exit code is the answer (0 succeeded,
--pending-exit N: again), or with --state the JSON that it prints. What such a check leaves running is ended
with it.`,
		Example: `  settle wait tower/ckx2p0z3k00a1
  settle wait github/OWNER/REPO/RUN             # with GITHUB_TOKEN in the environment
  settle wait https://ci.lab/api/run/7 --state .status --pending queued,running --succeeded done --failed error,aborted
  settle wait https://ci.lab/api/run/7          # shows the answer, and the command to type
  settle wait https://ci.lab/health --state '$http.status' --pending 503 --succeeded 200 --timeout 5m
  settle wait --pending-exit 75 --every 5s -- ./is-it-ready.sh
  settle wait --state '.Snapshots[0].State' --pending pending --succeeded completed --failed error -- \
      aws ec2 describe-snapshots --snapshot-ids snap-1
  settle wait https://ci.lab/api/run/7 --state .status --pending running --succeeded done -- ./deploy.sh`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settled(cmd)
			if err != nil {
				return err
			}
			t, then, err := a.task(cmd, args, f)
			if err != nil {
				return err
			}
			defer t.end()
			p, patient, err := s.policy(when, t.policies...)
			if err != nil {
				return err
			}
			if err := findCommand(then); err != nil {
				return err
			}
			if t.ask != nil {
				return a.showAnswer(cmd, t, f, p.Attempt)
			}
			return a.wait(cmd.Context(), t, p, patient, then)
		},
	}
	f = addAskFlags(cmd.Flags(), &a.options)
	when = addWhenFlags(cmd.Flags())
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	cmd.Flags().BoolVarP(&a.options.Verbose, "verbose", "v", false, "a line for every check")
	return cmd
}

// soonAnswered ends a wait whose first checks all fail: an address that never worked is a mistake.
func soonAnswered(check settle.Check[*recipe.Answer]) settle.Check[*recipe.Answer] {
	failed, answered := 0, false
	return func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		answer, status, err := check(ctx)
		switch {
		case answered:
		case err == nil && status.State != settle.Unknown:
			answered = true
		case errors.Is(err, settle.ErrNotFound):
			failed = 0
		default:
			if failed++; failed == firstErrors {
				err = settle.Permanent(err)
			}
		}
		return answer, status, err
	}
}

// wait waits for t, shows it, prints its result, runs what is to follow, and returns how to exit.
func (a *app) wait(ctx context.Context, t task, p settle.Policy, patient bool, then []string) error {
	rec := newRecord()
	t.check = rec.hearing(t.check)
	if !patient {
		t.check = soonAnswered(t.check)
	}
	display := term.New(a.options, 1)
	display.Start(0, term.Task{Name: t.short, Plan: t.name + "  " + a.plan(p), Timeout: p.Timeout})
	shown := func(s settle.Step) { display.Step(0, s) }
	answer, err := settle.Wait(settle.WithTrace(settle.WithTrace(ctx, rec.step), shown), p, t.check)
	r := rec.report(ctx, t.name, err)
	if err == nil {
		var problem error
		if r.Result, problem = t.result(ctx, answer); problem != nil {
			display.Note("settle: " + a.say(words.warning, problem.Error()))
		}
	}
	r.Target, r.Recipe, r.ID, r.Link = t.target, t.recipe, t.id, t.link(answer)
	r.Hint = a.waitHint(t, rec, err)
	display.Stop(0, term.End{Err: err, Link: r.Link, Below: []term.Detail{{Label: term.Labels.Hint, Text: r.Hint}}})
	display.Close()

	if a.output != outputJSON && r.Result != nil {
		a.printResult(r.Result)
	}
	if err == nil && len(then) > 0 {
		var problem error
		if r.ExitCode, problem = a.follow(ctx, then); problem != nil {
			r.Error = problem.Error()
			a.complain(r.Error, "")
		}
	}
	if a.output == outputJSON {
		a.printReport(r)
	}
	return exitWith(r.ExitCode)
}
