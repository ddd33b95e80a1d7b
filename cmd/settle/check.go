package main

import (
	"context"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

func (a *app) checkCommand() *cobra.Command {
	var f *askFlags
	var attempt time.Duration
	var several runFlags
	var file string
	cmd := &cobra.Command{
		Use:   "check {TASK... | -f FILE | -- COMMAND...}",
		Short: "Ask once where tasks stand",
		Long: `settle check asks once, prints where the task stands, and exits at once: 0 when it has succeeded, 8 when it
has not ended yet, otherwise as settle wait does. Of several tasks each gets a line: task, outcome and result,
or where it stands, with tabs between.`,
		Example: `  settle check tower/ckx2p0z3k00a1
  settle check 0a4b                             # a handle: settle list
  settle check -f tasks.txt
  if settle check tower/9f3c -q; then echo done; fi
  settle check https://ci.lab/api/run/7 --state .status --pending queued,running --succeeded done --failed error
  settle check https://ci.lab/api/run/7         # shows the answer, and the command to type
  settle check -o json https://ci.lab/health --state '$http.status' --pending 503 --succeeded 200`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if a.settings, err = a.settled(cmd); err != nil {
				return err
			}
			if attempt < 0 {
				return usage("--attempt", said("%v is negative", attempt), asIs("--attempt 30s"))
			}
			if err := several.refuse(); err != nil {
				return err
			}
			f.bounds = several.bounds
			all, then, err := a.tasks(cmd, args, f, file)
			if err != nil {
				return err
			}
			if len(then) > 0 {
				return usage("-- COMMAND", said("nothing follows a check"), said("settle wait runs a command once the task has succeeded"))
			}
			v := &vigil{app: a, runFlags: several, all: all}
			defer v.close()
			if all[0].ask != nil {
				return a.showAnswer(cmd, all[0].task, f, attempt)
			}
			return v.check(cmd.Context(), attempt)
		},
	}
	f = addAskFlags(cmd.Flags(), &a.options)
	cmd.Flags().StringVarP(&file, "file", "f", "", "a `FILE` with a TASK a line, an optional name after it, # for comments; -: stdin")
	cmd.Flags().DurationVar(&attempt, "attempt", 30*time.Second, "the check may take this long; 0: any time")
	several.addSeveralFlags(cmd.Flags())
	for _, flag := range []string{"any", "fail-fast"} {
		cmd.Flags().Lookup(flag).Hidden = true
	}
	cmd.Flags().BoolVar(&several.strict, "strict", false, "succeeded with warnings is exit 1")
	cmd.Flags().VarP(&waitOutputFlag{a}, "output", "o", outputUsageWait)
	cmd.Flags().BoolVarP(&a.quiet, "quiet", "q", a.quiet, "print nothing: the exit code tells")
	return cmd
}

// check asks once about each, prints where it stands, and returns how to exit.
func (v *vigil) check(ctx context.Context, attempt time.Duration) error {
	for _, w := range v.all {
		w.record, w.patient, w.run = newRecord(), true, v.runFlags
		w.policy = settle.Policy{Checks: 1, Attempt: attempt}
	}
	if v.output == outputNDJSON {
		v.events = v.startEvents(func(do func()) { do() })
	}
	for e := range v.ends(ctx, ctx) {
		rep := v.checked(ctx, e)
		v.reports = append(v.reports, rep)
		v.events.end(rep)
		switch several := len(v.all) > 1; {
		case !v.forPeople(), v.quiet:
		case several:
			v.printText(v.checkLine(e, rep))
		case rep.Result != nil:
			v.printResult(rep.Result)
		case rep.State != settle.Unknown:
			v.printText(term.Clean(v.secrets.Mask(e.record.last.Status.String())))
		default:
			v.complain(rep.Task+": "+rep.Error, rep.Hint)
		}
	}
	v.counted = v.reports
	total := v.total()
	v.events.close()
	v.printReport(total)
	return exitWith(total.ExitCode)
}

// checked says where a task stands: "pending" where a wait would have reached its limit.
func (v *vigil) checked(ctx context.Context, e ending) report {
	rep := v.reportOf(ctx, e)
	if rep.Outcome == settle.OutcomeTimeout {
		rep.Outcome, rep.ExitCode, rep.Error, rep.Hint = outcomePending, exitPending, "", ""
	} else {
		rep.Error, rep.Hint = failure(e.err), v.commonHint(e.task, e.err)
	}
	return rep
}

// checkLine is a line about a task among several: where there is no result, where it stands or why that is not known.
func (v *vigil) checkLine(e ending, rep report) string {
	line := v.line(rep)
	switch {
	case rep.Result != nil:
	case rep.State != settle.Unknown:
		line += v.secrets.Mask(e.record.last.Status.String())
	default:
		line += v.secrets.Mask(rep.Error)
	}
	return line
}
