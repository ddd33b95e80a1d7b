package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// otherNames are what people who come from other tools type first.
var otherNames = map[string]string{
	"status": "check", "get": "check", "poll": "check",
	"start": "submit", "run": "submit", "create": "submit",
	"watch": "wait", "attach": "resume", "ls": "list", "ps": "list", "stop": "cancel", "kill": "cancel", "rm": "remove", "delete": "remove",
}

// near is what a name was meant to be: the nearest one, else the one that begins so; "" where there is none, or several.
func near(typed string, names []string) string {
	if meant := recipe.Nearest(typed, names); meant != "" {
		return meant
	}
	if begin := beginning(typed, names); len(begin) == 1 {
		return begin[0]
	}
	return ""
}

// beginning are the names that begin with what was typed.
func beginning(typed string, names []string) (begin []string) {
	for _, name := range names {
		if typed != "" && strings.HasPrefix(name, strings.ToLower(typed)) {
			begin = append(begin, name)
		}
	}
	return begin
}

// unknownCommand refuses what is no command below cmd.
func (a *app) unknownCommand(cmd *cobra.Command, typed string) error {
	typed = a.secrets.ShowArguments([]string{typed})[0]
	var names []string
	for _, below := range cmd.Commands() {
		if !below.Hidden {
			names = append(names, below.Name())
		}
	}
	path := cmd.CommandPath()
	hint := said("%s --help lists the commands", path)
	if meant := near(typed, names); meant != "" {
		hint = didYouMean(path + " " + meant)
	} else if other := otherNames[typed]; slices.Contains(names, other) {
		hint = didYouMean(path + " " + other)
	} else if strings.Contains(typed, "://") {
		hint = asIs("settle wait " + shellWord(typed))
	}
	if cmd.HasParent() {
		typed = path + " " + typed
	}
	return usage("command", said("there is no %q", typed), hint)
}

// flagNames are the names of the flags that help shows.
func flagNames(set *pflag.FlagSet) (names []string) {
	set.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

const mostMeant = 5 // flags that are listed where any of them may be meant

func dashed(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = "--" + name
	}
	return all
}

// flagError gives what pflag refused its place and a hint.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var refused *spokenError // by the flag itself, which knew better
	switch {
	case errors.As(err, &unknown):
		return noSuchFlag(cmd, unknown)
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &value):
		return wrongValue(value.GetFlag(), value.GetValue())
	case errors.As(err, &missing):
		flag := missing.GetFlag()
		return usage("--"+flag.Name, said("needs a value"), said("--%s %s", flag.Name, sample(flag)))
	}
	return usage("flags", asIs(err), flagsListed(cmd))
}

func flagsListed(cmd *cobra.Command) phrase {
	return said("%s --help lists the flags", cmd.CommandPath())
}

func noSuchFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	dashes, name := "--", unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		dashes, name = "-", letters // more often a flag with a dash too few than several in one
	}
	hint, meant := flagsListed(cmd), near(name, flagNames(cmd.Flags()))
	several := beginning("--"+name, dashed(flagNames(cmd.Flags())))
	switch {
	case cmd.CommandPath() == "settle check" && isOfWait(cmd, name):
		hint = said("leave it out: settle check asks once; settle wait has it")
	case meant != "":
		hint = didYouMean("--" + meant)
	case 1 < len(several) && len(several) <= mostMeant:
		hint = said("one of %s", listing(several))
	case name == outputJSON && cmd.Flags().Lookup("output") != nil:
		hint = asIs("-o " + outputJSON)
	}
	return usage(dashes+name, said("there is no such flag"), hint)
}

func wrongValue(flag *pflag.Flag, value string) error {
	if flag.Value.Type() == "stringSlice" { // all that can be wrong with a list
		problem := said("the quotes in %s are not right: a word with a quote or a comma in it is quoted as a whole, its own quotes doubled", value)
		return usage("--"+flag.Name, problem, asIs("--"+flag.Name+" "+listWord(value)))
	}
	hint := said("--%s %s", flag.Name, sample(flag))
	_, notNumber := strconv.ParseFloat(value, 64)
	switch meant := near(value, outputForms); {
	case flag.Name == "output" && meant != "":
		hint = didYouMean(meant)
	case flag.Value.Type() == "bool": // whose value does not stand apart
		hint = said("--%s, or --%s=false", flag.Name, flag.Name)
	case flag.Value.Type() == "duration" && notNumber == nil:
		hint = said("--%s %s, or --%s %s", flag.Name, value+"s", flag.Name, value+"m")
	}
	return usage("--"+flag.Name, said("%q is not %s", value, wanted(flag)), hint)
}

// isOfWait reports whether settle wait, whose lines people turn into those of a command beside it, has the flag.
func isOfWait(beside *cobra.Command, name string) bool {
	wait, _, err := beside.Root().Find([]string{"wait"})
	return err == nil && wait.Flags().Lookup(name) != nil
}

func wanted(f *pflag.Flag) phrase {
	switch f.Value.Type() {
	case "duration":
		return said("a duration")
	case "int", "intSlice":
		return said("a whole number")
	case "float64":
		return said("a number")
	case "bool":
		return said("a bool")
	case listForm:
		return said("a form of output (text, json)")
	case waitForm:
		return said("a form of output (text, json, ndjson, template='{{.outcome}}')")
	}
	return said("a %s", f.Value.Type())
}

func sample(f *pflag.Flag) phrase {
	switch f.Value.Type() {
	case "duration":
		return said("10s (or 500ms, 5m, 2h)")
	case "int", "intSlice":
		return asIs("10")
	case "float64":
		if f.Name == "jitter" {
			return asIs("0.1")
		}
		return asIs("1.5")
	case "bool":
		return asIs("true")
	}
	if f.Name == "output" {
		return asIs(outputJSON)
	}
	return asIs("VALUE")
}
