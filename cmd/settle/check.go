package main

import (
	"context"
	"fmt"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

func (a *app) checkCommand() *cobra.Command {
	var f *askFlags
	var attempt time.Duration
	cmd := &cobra.Command{
		Use:   "check {TASK | -- COMMAND...}",
		Short: "Ask once where a task stands",
		Long: `settle check asks once, prints where the task stands, and exits at once: 0 when it has succeeded, 8 when it
has not ended yet, otherwise as settle wait does.`,
		Example: `  settle check tower/ckx2p0z3k00a1
  settle check https://ci.lab/api/run/7 --state .status --pending queued,running --succeeded done --failed error
  settle check https://ci.lab/api/run/7         # shows the answer, and the command to type
  settle check -o json https://ci.lab/health --state '$http.status' --pending 503 --succeeded 200`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.settled(cmd); err != nil {
				return err
			}
			if attempt < 0 {
				return usage("--attempt", attempt.String()+" is negative", "--attempt 30s")
			}
			t, then, err := a.task(cmd, args, f)
			if err != nil {
				return err
			}
			defer t.end()
			if len(then) > 0 {
				return usage("-- COMMAND", "nothing follows a check", "settle wait runs a command once the task has succeeded")
			}
			if t.ask != nil {
				return a.showAnswer(cmd, t, f, attempt)
			}
			return a.check(cmd.Context(), t, attempt)
		},
	}
	f = addAskFlags(cmd.Flags(), &a.options)
	cmd.Flags().DurationVar(&attempt, "attempt", 30*time.Second, "the check may take this long; 0: any time")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// check asks once, prints where the task stands, and returns how to exit.
func (a *app) check(ctx context.Context, t task, attempt time.Duration) error {
	rec := newRecord()
	answer, err := settle.Wait(settle.WithTrace(ctx, rec.step), settle.Policy{Checks: 1, Attempt: attempt}, t.check)
	r := rec.report(ctx, t.name, err)
	r.Target, r.Recipe, r.ID, r.Link = t.target, t.recipe, t.id, t.link(answer)
	if r.Outcome == settle.OutcomeTimeout {
		r.Outcome, r.ExitCode, r.Error = outcomePending, exitPending, ""
	} else {
		r.Error, r.Hint = failure(err), a.commonHint(t, err)
	}
	if err == nil {
		var problem error
		if r.Result, problem = t.result(ctx, answer); problem != nil {
			fmt.Fprintf(a.stderr, "settle: %s\n", term.Clean(a.say(words.warning, problem.Error())))
		}
	}
	switch {
	case a.output == outputJSON:
		a.printReport(r)
	case r.Result != nil:
		a.printResult(r.Result)
	case r.State != settle.Unknown:
		fmt.Fprintln(a.stdout, term.Clean(a.secrets.Mask(rec.last.Status.String())))
	default:
		a.complain(r.Task+": "+r.Error, r.Hint)
	}
	return exitWith(r.ExitCode)
}
