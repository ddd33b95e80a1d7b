package main

import (
	"slices"
	"strings"

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
		return usage("arguments", said("nothing to submit to"), said("settle submit TARGET lists what can be started; settle target list lists the targets"))
	}
	s := &submission{app: a, flags: f}
	if err := s.read(cmd, args); err != nil {
		return err
	}
	defer s.at.Close()
	if s.action == "" {
		a.listActions(s.at)
		return nil
	}
	policy, patient, err := a.settings.policy(f.when, s.at.PolicyTexts()...)
	if err != nil {
		return err
	}
	if err := a.under(s.at, policy, patient); err != nil {
		return err
	}
	if f.dryRun {
		return s.rehearse(cmd.Context())
	}
	s.flagsKept, s.needs = a.keptFlags(cmd.Flags(), f.ask)
	if s.at.recipe() == "" { // these are of the start, not of the checks
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

// read finds out what is to be started, and where; without an action the arguments name none. No request is made.
func (s *submission) read(cmd *cobra.Command, args []string) (err error) {
	if dash := cmd.ArgsLenAtDash(); dash > 0 && dash < len(args) {
		then := shellQuote(s.secrets.ShowArguments(args[dash:]))
		return usage("arguments", said("no command follows settle submit as it follows settle wait"), asIs("settle submit "+shellWord(s.secrets.ShowArguments(args[:1])[0])+" … && "+then))
	}
	if len(args) == 0 {
		args = []string{""}
	}
	if isURL(args[0]) {
		if len(args) > 1 {
			return usage("arguments", said("a URL has no actions: %s", s.secrets.ShowArguments(args)[1]), asIs("settle submit TARGET ACTION NAME=VALUE"))
		}
		s.action = submitAction
		s.at, err = s.urlSubmission(args[0], s.flags)
		return err
	}
	if name := s.flags.given(cmd); name != "" {
		return usage("--"+name, said("is for a URL; of a target the recipe says it"), asIs("settle submit "+shellWord(args[0])))
	}
	at, rest, err := s.find(cmd.Context(), args[0], s.flags.ask)
	if err != nil {
		return err
	}
	if s.at = at; at.target != "" || at.file == "" {
		args = args[1:]
		if rest != "" {
			return usage("arguments", said("%s has an id, and submit starts a new task", quoted(at.name+"/"+rest)), asIs(at.submit()))
		}
	}
	if len(args) == 0 || args[0] == "" {
		return nil
	}
	s.action = args[0]
	s.params, err = parameters(args[1:])
	return err
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
			hint := "vm=web-07"
			if plainKey.MatchString(arg) {
				hint = arg + "=VALUE"
			}
			return nil, usage("arguments", said("%s is not NAME=VALUE", quoted(arg)), asIs(hint))
		case twice:
			return nil, usageOf(name, said("is given a second time"), said("one %s=…", name))
		}
		params[name] = value
	}
	return params, nil
}
