package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) waitCommand() *cobra.Command {
	cmd, f := a.newWaitCommand()
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if a.settings, err = a.settled(cmd); err != nil {
			return err
		}
		v, err := a.waits(cmd, args, f)
		if err != nil {
			return err
		}
		defer v.close()
		if only := v.all[0]; only.ask != nil {
			return a.showAnswer(cmd, only.task, f.ask, only.policy.Attempt)
		}
		return v.do(cmd.Context())
	}
	return cmd
}

// newWaitCommand is without what it does, so that the words of a wait that is taken up again are read by the same flags.
func (a *app) newWaitCommand() (cmd *cobra.Command, f *waitFlags) {
	cmd = &cobra.Command{
		Use:   "wait {TASK... | -f FILE | -- COMMAND...} [-- COMMAND...]",
		Short: "Wait for tasks, and say by the exit code how they ended",
		Long: `settle wait asks where tasks stand until they have ended or the limit is reached. A check that fails (a lost
connection, an answer that cannot be read, a raw state that nobody listed) is never taken for the task's
failure.

TASK is TARGET/ID (settle target list), RECIPE/ID (settle recipe list; what it needs comes from the
environment), a handle (settle list), a URL with --state and what its raw states mean, tcp:HOST:PORT (can it be
connected to), file:PATH (is it there, or with --state what its JSON says) or exec:COMMAND for the shell. With
--recipe FILE it is an ID. Several tasks are asked about in as few requests as the platform can take; their
results come in the order in which they end.

Behind a TASK, "-- COMMAND" is run once all have succeeded, and its exit code is ours; with any -o but text its
output goes to stderr. Without a TASK the command is the check: its exit code is the answer (0 succeeded,
--pending-exit N: again), or with --state the JSON that it prints. What such a check leaves running is ended
with it.

Each wait has a handle, and is on disk before its first check: settle resume takes it up again.`,
		Example: `  settle wait tower/ckx2p0z3k00a1
  settle wait github/OWNER/REPO/RUN             # with GITHUB_TOKEN in the environment
  settle wait tower/9f3c tower/77b0 --any -o json
  settle wait -f tasks.txt --fail-fast          # a TASK a line, an optional name after it
  settle wait https://ci.lab/api/run/7 --state .status --pending queued,running --succeeded done --failed error,aborted
  settle wait https://ci.lab/api/run/7          # shows the answer, and the command to type
  settle wait https://ci.lab/health --state '$http.status' --pending 503 --succeeded 200 --timeout 5m
  settle wait tcp:db.lab:5432 file:/run/app/ready --timeout 2m
  settle wait --pending-exit 75 --every 5s -- ./is-it-ready.sh
  settle wait --state '.Snapshots[0].State' --pending pending --succeeded completed --failed error -- \
      aws ec2 describe-snapshots --snapshot-ids snap-1
  settle wait tower/9f3c -- ./deploy.sh         # runs once it has succeeded
  if settle wait tower/9f3c -q; then echo done; fi`,
	}
	f = a.addWaitFlags(cmd.Flags())
	cmd.Flags().StringVarP(&f.file, "file", "f", "", "a `FILE` with a TASK a line, an optional name after it, # for comments; -: stdin")
	return cmd, f
}

// waitFlags are all that a wait can be told.
type waitFlags struct {
	ask  *askFlags
	when whenFlags
	run  runFlags
	file string // of tasks; settle resume has none
}

func (a *app) addWaitFlags(fs *pflag.FlagSet) *waitFlags {
	f := &waitFlags{ask: addAskFlags(fs, &a.options)}
	f.run.addSeveralFlags(fs)
	f.run.addRunFlags(fs)
	f.when = addWhenFlags(fs)
	a.addShowFlags(fs)
	return f
}

// addShowFlags adds how the end of a wait, and the way there, are told. What holds already stays: the flags of a wait that is
// taken up again are read while those of settle resume hold.
func (a *app) addShowFlags(fs *pflag.FlagSet) {
	fs.VarP(&waitOutputFlag{a}, "output", "o", outputUsageWait)
	fs.BoolVarP(&a.options.Verbose, "verbose", "v", a.options.Verbose, "a line for every check")
	fs.BoolVarP(&a.quiet, "quiet", "q", a.quiet, "say nothing, unless a wait ends without success")
}

// waits makes a run of what a command line names. No request is made.
func (a *app) waits(cmd *cobra.Command, args []string, f *waitFlags) (*vigil, error) {
	if err := f.run.refuse(); err != nil {
		return nil, err
	}
	f.ask.bounds = f.run.bounds
	all, then, err := a.tasks(cmd, args, f.ask, f.file)
	if err != nil {
		return nil, err
	}
	flags, needs := a.keptFlags(cmd.Flags(), f.ask)
	for _, w := range all {
		if w.resumed {
			continue
		}
		w.run = f.run
		w.entry = a.entry(w, flags, needs)
		if err := a.time(w, f.when); err != nil {
			return nil, err
		}
	}
	if len(all) == 1 && all[0].resumed && len(then) == 0 {
		then = a.following(all)
	}
	if err := findCommand(then); err != nil {
		return nil, err
	}
	return &vigil{app: a, runFlags: f.run, all: all, then: then}, nil
}

// time sets when w is checked, and by what history: none where the user has said how long the pauses are.
func (a *app) time(w *waiting, when whenFlags) (err error) {
	w.policy, w.patient, err = a.settings.policy(when, w.policies...)
	if err == nil && !w.run.noHistory && !w.resumed {
		a.learnFrom(w, when.given("every", "max", "factor") || a.settings.say("every", "max", "factor"))
	}
	return err
}
