package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/settle-go/settle/recipe"
)

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
		a.complain(said("%s starts nothing, it only waits", i.Recipe().Name).in(a.options.Language), "settle wait "+i.shown(cmp.Or(i.Recipe().ID.Example, "ID")))
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
