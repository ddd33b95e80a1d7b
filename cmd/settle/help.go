package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Help opens with examples and closes with the exit codes.
const helpTemplate = `{{with .Long}}{{. | trimTrailingWhitespaces}}

{{end}}{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:
{{if .Runnable}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} COMMAND

Commands:
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}}  {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
Flags of every command:
{{.InheritedFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}
{{end}}
` + exitCodeHelp

const exitCodeHelp = `Exit codes:
    0  succeeded    the task succeeded
    1  failed       the task failed, or the platform refused to start it
    2  invalid      bad flag, expression or name: nothing was asked; or nobody said what the raw states mean:
                    the answer is shown
    3  not_found    the platform does not know the task, nor the VM that an action names
    4  denied       not allowed, after one fresh login
    5  unknown      settle could not learn how the task stands; it may still run
    6  canceled     the task was canceled on the platform
    8  pending      settle check: not ended
   70  internal     a bug in settle, or its output could not be written
  124  timeout      the wait's limit was reached; the task may still run
  125, 126, 127     -- COMMAND: could not be set up, not runnable, not found
  129, 130, 143     interrupted by SIGHUP, SIGINT, SIGTERM; the task goes on
`

func (a *app) unknownCommand(root *cobra.Command, typed string) error {
	typed = a.secrets.ShowArguments([]string{typed})[0]
	hint := "settle --help lists the commands"
	if near := root.SuggestionsFor(typed); len(near) > 0 {
		hint = "did you mean settle " + near[0] + "?"
	} else if strings.Contains(typed, "://") {
		hint = "settle wait " + shellWord(typed)
	}
	return usage("command", fmt.Sprintf("there is no %q", typed), hint)
}

// flagError gives what pflag refused its place and a hint.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	help := cmd.CommandPath() + " --help lists the flags"
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if near := nearestFlag(cmd, name); near != "" {
			help = "did you mean --" + near + "?"
		}
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return usage(dashes+name, "there is no such flag", help)
	case errors.As(err, &value):
		flag := value.GetFlag()
		if flag.Value.Type() == "stringSlice" { // all that can be wrong with a list
			problem := fmt.Sprintf("the quotes in %s are not right: a word with a quote or a comma in it is quoted as a whole, its own quotes doubled", value.GetValue())
			return usage("--"+flag.Name, problem, "--"+flag.Name+" "+listWord(value.GetValue()))
		}
		if refused := errors.Unwrap(value); refused != nil && flag.Name == "output" && strings.HasPrefix(value.GetValue(), outputTemplate) {
			return usage("--output", refused.Error(), `-o 'template={{.outcome}} {{.raw}}'`)
		}
		return usage("--"+flag.Name, fmt.Sprintf("%q is not %s", value.GetValue(), wanted(flag)), "--"+flag.Name+" "+sample(flag))
	case errors.As(err, &missing):
		flag := missing.GetFlag()
		return usage("--"+flag.Name, "needs a value", "--"+flag.Name+" "+sample(flag))
	}
	return usage("flags", err.Error(), help)
}

func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "duration":
		return "a duration"
	case "int", "intSlice":
		return "a whole number"
	case "float64":
		return "a number"
	}
	return "a " + f.Value.Type()
}

func sample(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "duration":
		return "10s (or 500ms, 5m, 2h)"
	case "int", "intSlice":
		return "10"
	case "float64":
		return "1.5"
	case "bool":
		return "true"
	}
	if f.Name == "output" {
		return outputJSON
	}
	return "VALUE"
}

// nearestFlag is the flag whose name is nearest to what was typed, as cobra finds a command's.
func nearestFlag(cmd *cobra.Command, typed string) string {
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
	})
	if near := names.SuggestionsFor(typed); len(near) > 0 {
		return near[0]
	}
	return ""
}
