package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) targetListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the targets",
		Long: `settle target list shows name, recipe, address, and how each target logs in, without its secrets. Nothing is asked:
settle target check does that.`,
		Example: `  settle target list
  settle target list -o json`,
		Args: a.noArguments,
		RunE: func(*cobra.Command, []string) error { return a.listTargets() },
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

type listedTarget struct {
	Name   string            `json:"name"`
	Recipe string            `json:"recipe"`
	URL    string            `json:"url"`
	User   string            `json:"user"`
	Login  map[string]string `json:"login"` // of each secret where it comes from: "file" (this one), "command", "env", "path"
}

func (a *app) listTargets() error {
	file, _, err := loadTargets()
	if err != nil {
		return err
	}
	all, err := entries(file, nil)
	if err != nil {
		return err
	}
	list := struct {
		Schema  int            `json:"schema"`
		Targets []listedTarget `json:"targets"`
	}{reportSchema, []listedTarget{}}
	var rows [][]string
	for _, e := range all {
		l := a.inTargets(e)
		list.Targets = append(list.Targets, l)
		rows = append(rows, []string{l.Name, l.Recipe, l.URL, a.loginWords(e, l)})
	}
	switch {
	case a.output == outputJSON:
		fmt.Fprintf(a.stdout, "%s\n", encode(list, ""))
	case len(rows) == 0:
		a.complain(a.say(targetWords.none), "settle target add NAME VENDOR URL")
	default:
		fmt.Fprint(a.stdout, a.table().Rows(rows))
	}
	return nil
}

// inTargets is an entry without its secrets.
func (a *app) inTargets(e *target.Entry) listedTarget {
	l := listedTarget{Name: e.Name, Recipe: e.Recipe, User: e.Fields["user"], Login: map[string]string{}}
	if u, err := url.Parse(e.Fields["url"]); err == nil {
		l.URL = target.ShowURL(u)
	}
	for key := range e.Fields {
		field, by := key, "file"
		for suffix, where := range map[string]string{"_env": "env", "_file": "path"} {
			if name, found := strings.CutSuffix(key, suffix); found {
				field, by = name, where
			}
		}
		if target.SecretName(field) {
			l.Login[field] = by
		}
	}
	for key := range e.Commands {
		l.Login[strings.TrimSuffix(key, "_command")] = "command"
	}
	return l
}

// loginWords says how a target logs in: ops, password by pass show tower.
func (a *app) loginWords(e *target.Entry, l listedTarget) string {
	var words []string
	if l.User != "" {
		words = append(words, l.User)
	}
	for _, field := range slices.Sorted(maps.Keys(l.Login)) {
		by := ""
		switch l.Login[field] {
		case "command":
			by = shellQuote(a.secrets.ShowArguments(e.Commands[field+"_command"]))
		case "env":
			by = "$" + e.Fields[field+"_env"]
		case "path":
			by = e.Fields[field+"_file"]
		default:
			words = append(words, a.say(targetWords.secretWritten, field))
			continue
		}
		words = append(words, a.say(targetWords.secretBy, field, by))
	}
	if len(words) == 0 {
		words = append(words, a.say(targetWords.noSecret))
	}
	return strings.Join(words, a.comma())
}

func (a *app) targetRemoveCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a target",
		Long: `settle target remove takes the target out of the file, with the comment above it. It asks first; --yes does not, and
must be there where nobody is at a terminal.`,
		Example: `  settle target remove tower
  settle target remove tower --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("arguments", said("name one target"), asIs("settle target list"))
			}
			return a.removeTarget(cmd, args[0], yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func (a *app) removeTarget(cmd *cobra.Command, name string, yes bool) error {
	file, _, err := loadTargets()
	if err != nil {
		return err
	}
	entry, err := file.Entry(name)
	if err != nil {
		return err
	}
	if !yes {
		if !a.canAsk() {
			return usage("--yes", said("nobody is at a terminal to be asked"), asIs("settle target remove "+name+" --yes"))
		}
		agreed, err := a.agrees(cmd.Context(), a.say(targetWords.askRemove, name, a.inTargets(entry).URL))
		if err != nil || !agreed {
			return a.broken(cmd.Context(), err)
		}
	}
	if err := file.Remove(name); err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, term.Clean(a.say(targetWords.removed, name)))
	return nil
}
