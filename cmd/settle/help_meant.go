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
	help := said("%s --help lists the flags", cmd.CommandPath())
	switch {
	case errors.As(err, &unknown):
		dashes, name := "--", unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			dashes, name = "-", letters // more often a flag with a dash too few than several in one
		}
		if cmd.CommandPath() == "settle check" && isOfWait(cmd, name) {
			help = said("leave it out: settle check asks once; settle wait has it")
		} else if meant := near(name, flagNames(cmd.Flags())); meant != "" {
			help = didYouMean("--" + meant)
		} else if several := beginning("--"+name, dashed(flagNames(cmd.Flags()))); 1 < len(several) && len(several) <= mostMeant {
			help = said("one of %s", listing(several))
		} else if name == outputJSON && cmd.Flags().Lookup("output") != nil {
			help = asIs("-o " + outputJSON)
		}
		return usage(dashes+name, said("there is no such flag"), help)
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &value):
		flag := value.GetFlag()
		if flag.Value.Type() == "stringSlice" { // all that can be wrong with a list
			problem := said("the quotes in %s are not right: a word with a quote or a comma in it is quoted as a whole, its own quotes doubled", value.GetValue())
			return usage("--"+flag.Name, problem, asIs("--"+flag.Name+" "+listWord(value.GetValue())))
		}
		hint := said("--%s %s", flag.Name, sample(flag))
		_, notNumber := strconv.ParseFloat(value.GetValue(), 64)
		switch meant := near(value.GetValue(), outputForms); {
		case flag.Name == "output" && meant != "":
			hint = didYouMean(meant)
		case flag.Value.Type() == "bool": // whose value does not stand apart
			hint = said("--%s, or --%s=false", flag.Name, flag.Name)
		case flag.Value.Type() == "duration" && notNumber == nil:
			hint = said("--%s %s, or --%s %s", flag.Name, value.GetValue()+"s", flag.Name, value.GetValue()+"m")
		}
		return usage("--"+flag.Name, said("%q is not %s", value.GetValue(), wanted(flag)), hint)
	case errors.As(err, &missing):
		flag := missing.GetFlag()
		return usage("--"+flag.Name, said("needs a value"), said("--%s %s", flag.Name, sample(flag)))
	}
	return usage("flags", asIs(err), help)
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
