package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) submitCommand() *cobra.Command {
	var when whenFlags
	var f submitFlags
	cmd := &cobra.Command{
		Use:   "submit {TARGET [ACTION [NAME=VALUE...]] | URL -d BODY --id EXPR --poll URL}",
		Short: "Start a task, and wait for it",
		Long: `settle submit starts an action of a target, keeps the task's id, and waits for it as settle wait does. Without
an ACTION it lists the actions as lines to type.

The start is sent once. It is sent again only where it surely never left this machine, where the platform
refused it for now (busy), or where the recipe has a header that makes the platform see the second as the
first. Where nobody knows whether it was started, that is said, and the exit code is 5.

With a URL, the request is given by flags: -d its body, --id where the answer has the task's id, --poll the
URL that is asked for the state, with {id} in it, and --state and the lists as for settle wait.`,
		Example: `  settle submit tower                                             # what can be started
  settle submit tower snapshot.create vm=web-07 name=pre-upgrade
  settle submit tower disk.expand vm=web-07 disk=1 size=200GiB --timeout 1h
  settle submit https://ci.lab/api/runs -d '{"job": "nightly"}' --id .id --poll 'https://ci.lab/api/runs/{id}' \
      --state .status --pending queued,running --succeeded done --failed error`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.submit(cmd, args, &f, when) },
	}
	f.ask = addAskFlags(cmd.Flags(), &a.options)
	cmd.Flags().Lookup("pending-exit").Hidden = true
	cmd.Flags().StringVar(&f.id, "id", "", "with a URL: jq `EXPR` over the start's answer that finds the task's id")
	cmd.Flags().StringVar(&f.poll, "poll", "", "with a URL: the `URL` that is asked for the state, with {id} in it")
	when = addWhenFlags(cmd.Flags())
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	cmd.Flags().BoolVarP(&a.options.Verbose, "verbose", "v", false, "a line for every check")
	return cmd
}

type submitFlags struct {
	ask      *askFlags
	id, poll string
}

func (a *app) submit(cmd *cobra.Command, args []string, f *submitFlags, when whenFlags) error {
	if len(args) == 0 {
		return usage("arguments", "nothing to submit to", "settle submit TARGET lists what can be started; settle target list lists the targets")
	}
	i, action, params, err := a.submission(cmd, args, f)
	if err != nil {
		return err
	}
	defer i.Close()
	if action == "" {
		a.listActions(i)
		return nil
	}
	p, patient, err := when.policy(i.PolicyTexts()...)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	started, err := i.Start(ctx, action, params)
	switch {
	case err != nil:
		return a.notStarted(ctx, i, action, err)
	case started.Done:
		fmt.Fprintln(a.stderr, a.say(words.doneAtOnce, action))
		return a.doneAtOnce(i, action)
	case len(started.IDs) > 1:
		return a.startedSeveral(i, action, started)
	}
	t := i.taskOf(started.IDs[0])
	if isURL(args[0]) {
		t = f.polled(a, t)
	} else {
		t.short = a.shortAction(i, action, params)
	}
	fmt.Fprintln(a.stderr, term.Clean(a.say(words.submitted, action, t.name)))
	return a.wait(ctx, t, p, patient, nil)
}

// submission finds out what is to be started, and where.
func (a *app) submission(cmd *cobra.Command, args []string, f *submitFlags) (i *installed, action string, params map[string]any, err error) {
	if isURL(args[0]) {
		if len(args) > 1 {
			return nil, "", nil, usage("arguments", "a URL has no actions: "+a.secrets.ShowArguments(args)[1], "settle submit TARGET ACTION NAME=VALUE")
		}
		i, err = a.urlSubmission(args[0], f)
		return i, submitAction, nil, err
	}
	if name := f.given(cmd); name != "" {
		return nil, "", nil, usage("--"+name, "is for a URL; of a target the recipe says it", "settle submit "+shellWord(args[0]))
	}
	i, rest, err := a.find(cmd.Context(), args[0], f.ask.recipe)
	if err != nil {
		return nil, "", nil, err
	}
	if rest != "" && f.ask.recipe == "" {
		return nil, "", nil, usage("arguments", quoted(args[0])+" has an id, and submit starts a new task", "settle submit "+i.name)
	}
	if len(args) == 1 {
		return i, "", nil, nil
	}
	params, err = parameters(args[2:])
	return i, args[1], params, err
}

func (f *submitFlags) given(cmd *cobra.Command) string {
	switch {
	case f.id != "":
		return "id"
	case f.poll != "":
		return "poll"
	}
	return f.ask.given(cmd.Flags())
}

// parameters reads NAME=VALUE.
func parameters(args []string) (map[string]any, error) {
	params := map[string]any{}
	for _, arg := range args {
		name, value, found := strings.Cut(arg, "=")
		switch _, twice := params[name]; {
		case !found || name == "":
			return nil, usage("arguments", quoted(arg)+" is not NAME=VALUE", "vm=web-07")
		case twice:
			return nil, usage(name, "is given a second time", "one "+name+"=…")
		}
		params[name] = value
	}
	return params, nil
}

// listActions prints what can be started, as lines to type.
func (a *app) listActions(i *installed) {
	actions := i.Recipe().Actions
	if len(actions) == 0 {
		a.complain(i.Recipe().Name+" starts nothing, it only waits", "settle wait "+i.name+"/"+cmp.Or(i.Recipe().ID.Example, "ID"))
		return
	}
	lines, width := make([]string, len(actions)), 0
	for n, action := range actions {
		lines[n] = "settle submit " + i.name + " " + action.Line()
		width = max(width, len(lines[n]))
	}
	for n, action := range actions {
		a.printText(fmt.Sprintf("%-*s  # %s", width, lines[n], action.Help))
	}
}

// shortAction names a submitted task for a line with little room: the action, and what it is done to.
func (a *app) shortAction(i *installed, action string, params map[string]any) string {
	if described := i.Recipe().Action(action); described != nil && len(described.Params) > 0 {
		if value, isText := params[described.Params[0].Name].(string); isText {
			return action + " " + value
		}
	}
	return action
}

// notStarted says that no task is known to wait for, and why.
func (a *app) notStarted(ctx context.Context, i *installed, action string, err error) error {
	var refused *recipe.Error
	if errors.As(err, &refused) {
		return err
	}
	outcome := settle.OutcomeOf(err)
	r := report{
		Outcome: outcome, ExitCode: exitOf(outcome), Task: i.name + " " + action, Target: i.target, Recipe: i.Recipe().Name,
		Error: failure(err),
	}
	var lost *httptask.LostError
	var no *httptask.RefusedError
	switch code, signaled := exitAfterSignal(ctx); {
	case errors.As(err, &lost):
		r.Error, r.Hint = lost.Error(), a.say(words.mayHaveStarted)
	case errors.As(err, &no):
		r.Error = no.Error()
	case outcome == settle.OutcomeDenied:
		r.Hint = a.commonHint(task{target: i.target, recipe: i.Recipe().Name}, err)
	case signaled && outcome == settle.OutcomeInterrupted:
		r.ExitCode = code
	}
	a.complain(r.Task+": "+r.Error, r.Hint)
	if a.output == outputJSON {
		a.printReport(r)
	}
	return exitWith(r.ExitCode)
}

func (a *app) doneAtOnce(i *installed, action string) error {
	if a.output == outputJSON {
		a.printReport(report{
			Outcome: settle.OutcomeSucceeded, Task: i.name + " " + action, Target: i.target, Recipe: i.Recipe().Name,
			State: settle.Succeeded,
		})
	}
	return nil
}

// startedSeveral names the tasks of a start that has several: each is waited for by itself.
func (a *app) startedSeveral(i *installed, action string, started httptask.Started) error {
	for _, id := range started.IDs {
		fmt.Fprintln(a.stderr, term.Clean(a.say(words.submitted, action, i.name+"/"+id)))
	}
	text, err := json.Marshal(started.IDs)
	if err != nil {
		return err
	}
	return usage("submit", "it started several tasks: "+string(text), "settle wait "+i.name+"/"+started.IDs[0])
}
