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
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) submitCommand() *cobra.Command {
	var f submitFlags
	cmd := &cobra.Command{
		Use:   "submit {TARGET [ACTION [NAME=VALUE...]] | URL -d BODY --id EXPR --poll URL}",
		Short: "Start a task, and wait for it",
		Long: `settle submit starts an action of a target, prints the task's id, and waits for it as settle wait does. Without
an ACTION it lists the actions as lines to type. A thing may be given by name or id: a name that nothing has
is exit 3, one that several things have exit 2 with their ids; nothing was started then.

The start is sent once. It is sent again only where it surely never left this machine, where the platform
refused it for now (busy), or where the recipe has a header that makes the platform see the second as the
first. Where nobody knows whether it was started, that is said, and the exit code is 5: look on the platform.
A refusal is exit 1, a wrong login 4. --every, --timeout and the rest hold for the start too, each anew. The task's
id is on disk before its first check: settle resume takes the wait up again.

With a URL, the request is given by flags: -d its body, --id where the answer has the task's id, --poll the
URL that is asked for the state, with {id} in it, and --state and the lists as for settle wait.`,
		Example: `  settle submit tower                                             # what can be started
  settle submit tower snapshot.create vm=web-07 name=pre-upgrade
  settle submit tower disk.expand vm=web-07 disk=data size=200GiB --timeout 1h -o json
  settle submit tower disk.expand vm=web-07 disk=data size=200GiB --dry-run
  task=$(settle submit tower snapshot.create vm=web-07 name=nightly --detach)
  settle submit https://ci.lab/api/runs -d '{"job": "nightly"}' --id .id --poll 'https://ci.lab/api/runs/{id}' \
      --state .status --pending queued,running --succeeded done --failed error`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.submit(cmd, args, &f) },
	}
	f.ask = addAskFlags(cmd.Flags(), &a.options)
	cmd.Flags().Lookup("pending-exit").Hidden = true
	cmd.Flags().StringVar(&f.id, "id", "", "with a URL: jq `EXPR` over the start's answer that finds the task's id")
	cmd.Flags().StringVar(&f.poll, "poll", "", "with a URL: the `URL` that is asked for the state, with {id} in it")
	cmd.Flags().StringVar(&f.idempotency, "idempotency-header", "", "with a URL: the `NAME` of the header by which the server knows a second start for the first, so that a lost one is sent again")
	cmd.Flags().BoolVar(&f.detach, "detach", false, "print the TASK and leave; settle resume waits for it")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the request that would start it, secrets masked, and start nothing; what the action reads first is asked for")
	f.run.addRunFlags(cmd.Flags())
	f.when = addWhenFlags(cmd.Flags())
	a.addShowFlags(cmd.Flags())
	return cmd
}

type submitFlags struct {
	ask      *askFlags
	when     whenFlags
	run      runFlags
	id, poll string

	idempotency    string // a header's name
	detach, dryRun bool
}

func (a *app) submit(cmd *cobra.Command, args []string, f *submitFlags) (err error) {
	if a.settings, err = a.settled(cmd); err != nil {
		return err
	}
	if len(args) == 0 && f.ask.recipe == "" {
		return usage("arguments", "nothing to submit to", "settle submit TARGET lists what can be started; settle target list lists the targets")
	}
	i, action, params, err := a.toSubmit(cmd, args, f)
	if err != nil {
		return err
	}
	defer i.Close()
	if action == "" {
		a.listActions(i)
		return nil
	}
	policy, patient, err := a.settings.policy(f.when, i.PolicyTexts()...)
	if err != nil {
		return err
	}
	if err := a.under(i, policy, patient); err != nil {
		return err
	}
	if f.dryRun {
		return a.rehearse(cmd.Context(), i, action, params)
	}
	s := &submission{app: a, flags: f, at: i, action: action, params: params}
	s.flagsKept, s.needs = a.keptFlags(cmd.Flags(), f.ask)
	if i.recipe() == "" { // these are of the start, not of the checks
		s.flagsKept = without(s.flagsKept, "--data", "--method")
		s.needs = without(s.needs, "--data")
	}
	return s.do(cmd.Context())
}

// without is words less the flags of those names.
func without(words []string, names ...string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		name, _, _ := strings.Cut(word, "=")
		return slices.Contains(names, name)
	})
}

// A submission is one start, and what it started.
type submission struct {
	*app
	flags  *submitFlags
	at     *installed
	action string
	params map[string]any

	flagsKept, needs []string // of the command line, as the journal keeps them
	intent           *journal.Entry
	said             []string // of what was started
}

// do starts, keeps what was started before its first check, and waits for it.
func (s *submission) do(ctx context.Context) error {
	s.intend()
	started, err := s.at.Start(settle.WithTrace(ctx, s.notYet(s.at.called(s.action))), s.action, s.params)
	switch {
	case err != nil:
		return s.notStarted(ctx, s.at, s.action, err)
	case started.Done:
		s.over(journal.Ended, settle.OutcomeSucceeded, "")
		if !s.quiet {
			fmt.Fprintln(s.stderr, s.say(words.doneAtOnce, s.action))
		}
		return s.doneAtOnce(s.at, s.action)
	}
	v := &vigil{app: s.app, runFlags: s.flags.run}
	for _, id := range started.IDs {
		w := s.started(id)
		w.key = len(v.all)
		v.all = append(v.all, w)
	}
	if s.flags.detach {
		return s.leave(v)
	}
	v.opening = s.said
	return v.do(ctx)
}

// started is the wait for a task that was started.
func (s *submission) started(id string) *waiting {
	w := &waiting{task: s.at.taskOf(id), run: s.flags.run}
	called := s.action
	if s.at.recipe() == "" {
		w.task, called = s.flags.polled(s.app, w.task), s.at.name
		w.again = "settle wait " + w.address + " " + shellQuote(s.flagsKept) + givenAgain(s.needs)
	} else {
		w.short = s.shortAction(s.at, s.action, s.params)
		w.kind = s.at.name + "/" + s.action
	}
	s.said = append(s.said, s.say(words.submitted, called, w.name))
	if err := s.time(w, s.flags.when); err != nil {
		panic(err) // submit has read the same flags and texts before the start
	}
	s.found(w)
	return w
}

// toSubmit finds out what is to be started, and where.
func (a *app) toSubmit(cmd *cobra.Command, args []string, f *submitFlags) (i *installed, action string, params map[string]any, err error) {
	if dash := cmd.ArgsLenAtDash(); dash > 0 && dash < len(args) {
		then := shellQuote(a.secrets.ShowArguments(args[dash:]))
		return nil, "", nil, usage("arguments", "no command follows settle submit as it follows settle wait", "settle submit "+shellWord(a.secrets.ShowArguments(args[:1])[0])+" … && "+then)
	}
	if len(args) == 0 {
		args = []string{""}
	}
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
	if i.target != "" || i.file == "" {
		args = args[1:]
		if rest != "" {
			return nil, "", nil, usage("arguments", quoted(i.name+"/"+rest)+" has an id, and submit starts a new task", i.submit())
		}
	}
	if len(args) == 0 || args[0] == "" {
		return i, "", nil, nil
	}
	params, err = parameters(args[1:])
	return i, args[0], params, err
}

func (f *submitFlags) given(cmd *cobra.Command) string {
	switch {
	case f.id != "":
		return "id"
	case f.poll != "":
		return "poll"
	case f.idempotency != "":
		return "idempotency-header"
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

// listedActions is what can be started, for a program.
type listedActions struct {
	Schema  int               `json:"schema"`
	Target  string            `json:"target"`
	Recipe  string            `json:"recipe"`
	Actions []describedAction `json:"actions"`
}

// listActions prints what can be started, as lines to type.
func (a *app) listActions(i *installed) {
	actions := i.Recipe().Actions
	if !a.forPeople() {
		listed := listedActions{reportSchema, i.target, i.Recipe().Name, []describedAction{}}
		for _, action := range actions {
			listed.Actions = append(listed.Actions, describeAction(action))
		}
		fmt.Fprintf(a.stdout, "%s\n", encode(listed, ""))
		return
	}
	if len(actions) == 0 {
		a.complain(i.Recipe().Name+" starts nothing, it only waits", "settle wait "+i.shown(cmp.Or(i.Recipe().ID.Example, "ID")))
		return
	}
	for _, action := range actions {
		about := "# " + action.Help
		if more := optional(action); len(more) > 0 {
			about += "; also " + strings.Join(more, " ")
		}
		a.printText(about + "\n" + i.line(action))
	}
}

// called is a start by its name: the target's and the action's, or the URL alone.
func (i *installed) called(action string) string {
	if i.recipe() == "" {
		return i.name
	}
	return i.name + " " + action
}

// recipe is the name that people know; "" of what a URL's flags made.
func (i *installed) recipe() string {
	if i.Recipe().Name == urlRecipe {
		return ""
	}
	return i.Recipe().Name
}

// line starts an action, with examples for what it cannot do without.
func (i *installed) line(action *recipe.Action) string { return i.submit() + " " + action.Line() }

// optional is what an action takes beside that.
func optional(action *recipe.Action) (words []string) {
	for _, p := range action.Params {
		if p.Optional || p.HasDefault {
			word := "…"
			if example := cmp.Or(append([]string{p.Example, p.Default}, p.Choices...)...); example != "" {
				word = shellWord(example)
			}
			words = append(words, p.Name+"="+word)
		}
	}
	return words
}

// notYet says why a start is not through yet: what it reads cannot be had, or the platform refuses it for now.
func (a *app) notYet(name string) func(settle.Step) {
	said := ""
	return func(s settle.Step) {
		problem := s.Status.Reason
		if s.Err != nil {
			problem = s.Err.Error()
		}
		if a.quiet || s.Last || problem == said {
			return
		}
		said = problem
		a.complain(a.say(words.notYet, name, problem, brief(s.Next.Round(time.Millisecond))), "")
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
func (s *submission) notStarted(ctx context.Context, i *installed, action string, err error) error {
	outcome := settle.OutcomeOf(err)
	var refused *recipe.Error
	if errors.As(err, &refused) {
		outcome = settle.OutcomeInvalid
	}
	r := report{
		Outcome: outcome, ExitCode: exitOf(outcome), Task: i.called(action), Target: i.target, Recipe: i.recipe(),
		Error: failure(err),
	}
	var stop *settle.StopError
	if errors.As(err, &stop) && stop.Last != nil && stop.Last.Error() != r.Error {
		r.Error += ": " + stop.Last.Error()
	}
	var lost *httptask.LostError
	var no *httptask.RefusedError
	about, phase := r.Task, journal.Ended
	switch code, signaled := exitAfterSignal(ctx); {
	case refused != nil && refused.Place == action && i.Recipe().Action(action) != nil:
		r.Error, r.Hint = refused.Problem, i.submit()+" "+refused.Hint
	case refused != nil:
		r.Error, r.Hint = refused.Error(), refused.Hint
	case errors.As(err, &lost):
		phase = journal.Submitting // for good: nobody knows
		about, r.Error, r.Hint = i.name, lost.Error(), s.say(words.mayHaveStarted)
		if signaled {
			r.Outcome, r.ExitCode = settle.OutcomeInterrupted, code
		}
	case errors.As(err, &no):
		about, r.Error = i.name, no.Error()
	case outcome == settle.OutcomeDenied:
		r.Hint = s.commonHint(task{target: i.target, recipe: i.recipe()}, err)
	case signaled && outcome == settle.OutcomeInterrupted:
		r.ExitCode, r.Hint = code, s.say(words.nothingStarted)
	case outcome == settle.OutcomeTimeout, outcome == settle.OutcomeUnknown:
		r.Hint = s.say(words.nothingStarted)
	}
	s.over(phase, r.Outcome, r.Error)
	r.Handle = s.handle()
	s.complain(about+": "+r.Error, r.Hint)
	s.printReport(r)
	s.announce(r)
	return exitWith(r.ExitCode)
}

func (s *submission) doneAtOnce(i *installed, action string) error {
	r := report{
		Outcome: settle.OutcomeSucceeded, Task: i.called(action), Target: i.target, Recipe: i.recipe(), Handle: s.handle(),
		State: settle.Succeeded,
	}
	s.printReport(r)
	s.announce(r)
	return nil
}
