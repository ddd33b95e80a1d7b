package main

import (
	"os"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

// completeSubmission proposes what can be started: TARGET, its ACTION, and NAME= of each parameter.
func (a *app) completeSubmission(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	var r *recipe.Recipe
	if file := flagText(cmd, "recipe"); file != "" {
		r, _ = recipe.ParseFile(file)
		if len(args) > 0 && targetNamed(args[0]) != nil {
			args = args[1:]
		}
	} else {
		if len(args) == 0 {
			return starting(a.whatStarts(), typed), inOrder
		}
		r, args = recipeAt(args[0]), args[1:]
	}
	switch {
	case r == nil:
		return nil, noFiles
	case len(args) == 0:
		return starting(actionsOf(r), typed), inOrder
	}
	action := r.Action(args[0])
	if action == nil {
		return nil, noFiles
	}
	return completeParameter(action, args[1:], typed)
}

// whatStarts are the targets and the recipes that have actions.
func (a *app) whatStarts() (words []string) {
	for _, e := range listedTargets() {
		if r := recipeAt(e.Name); r != nil && len(r.Actions) > 0 {
			words = append(words, described(e.Name, strings.TrimSpace(e.Recipe+" "+shownURL(e))))
		}
	}
	for _, card := range cards() {
		if card.Starts {
			words = append(words, described(card.Name, card.Title))
		}
	}
	return words
}

func targetNamed(name string) *target.Entry {
	file, _, err := loadTargets()
	if err != nil {
		return nil
	}
	entry, err := file.Entry(name)
	if err != nil {
		return nil
	}
	return entry
}

// recipeAt is the recipe of that target, or of that name; nil where there is none, or one with faults.
func recipeAt(name string) *recipe.Recipe {
	if entry := targetNamed(name); entry != nil {
		name = entry.Recipe
	}
	folder, err := recipesFolder()
	if err != nil {
		return nil
	}
	r, err := recipe.FindIn(folder, name)
	if err != nil {
		return nil
	}
	return r
}

func actionsOf(r *recipe.Recipe) (words []string) {
	for _, action := range r.Actions {
		words = append(words, described(action.Name, action.Help))
	}
	return words
}

// completeParameter proposes NAME= of what was not given yet, first what the action cannot do without; and behind it
// what the recipe says that it may be.
func completeParameter(action *recipe.Action, given []string, typed string) ([]string, cobra.ShellCompDirective) {
	if name, _, hasValue := strings.Cut(typed, "="); hasValue {
		return starting(valuesOf(action.Param(name)), typed), inOrder
	}
	var needed, more []string
	for _, p := range action.Params {
		word := described(p.Name+"=", p.Help)
		switch {
		case isGiven(p.Name, given):
		case p.Optional || p.HasDefault:
			more = append(more, word)
		default:
			needed = append(needed, word)
		}
	}
	return starting(append(needed, more...), typed), inOrder | goesOn
}

func isGiven(name string, given []string) bool {
	return slices.ContainsFunc(given, func(arg string) bool { return strings.HasPrefix(arg, name+"=") })
}

// valuesOf are NAME=VALUE for what a parameter may be; none where that is anything.
func valuesOf(p *recipe.Param) (words []string) {
	if p == nil {
		return nil
	}
	values := p.Choices
	if p.Type == "bool" {
		values = []string{"true", "false"}
	}
	if len(values) == 0 && p.Default != "" {
		values = []string{p.Default}
	}
	for _, value := range values {
		words = append(words, p.Name+"="+value)
	}
	return words
}

// completeTried proposes a recipe, and behind it and the id FIELD= of what an installation must say of itself.
func (a *app) completeTried(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeRecipes(cmd, args, typed)
	}
	r, err := recipeOf(args[0])
	if err != nil || len(args) == 1 || flagText(cmd, "target") != "" {
		return nil, noFiles
	}
	var words []string
	for _, field := range r.Fields {
		if !field.Secret && !isGiven(field.Name, args[2:]) { // a secret is not for the command line
			words = append(words, described(field.Name+"=", field.Help))
		}
	}
	return starting(words, typed), inOrder | goesOn
}

// completeRecipes proposes the names of recipes; a file will do, too.
func completeRecipes(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, card := range cards() {
		words = append(words, described(card.Name, card.Title))
	}
	return starting(words, typed), asFiles
}

// completeVendors proposes those who have recipes.
func completeVendors(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, card := range cards() {
		vendor, _, _ := strings.Cut(card.Name, "/")
		words = append(words, described(vendor, card.Title))
	}
	return starting(notYetGiven(words, nil), typed), inOrder
}

// completeAdded is for settle target add NAME VENDOR[/KIND] URL: the name is new, and the address is somewhere else.
func completeAdded(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) != 1 || flagText(cmd, "recipe") != "" {
		return nil, noFiles
	}
	vendors, _ := completeVendors(cmd, nil, typed)
	recipes, _ := completeRecipes(cmd, nil, typed)
	return append(vendors, recipes...), inOrder
}

// completeKinds proposes the kinds of tasks of which it is known how long they take.
func completeKinds(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	folder, err := journal.Folder(os.Getenv)
	if err != nil {
		return nil, noFiles
	}
	kinds, _ := journal.OpenHistories(folder).Kinds()
	return starting(kinds, typed), inOrder
}

// completeCommands is for settle help COMMAND…
func completeCommands(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	above, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, noFiles
	}
	var words []string
	for _, below := range above.Commands() {
		if !below.Hidden {
			words = append(words, described(below.Name(), below.Short))
		}
	}
	return starting(words, typed), inOrder
}
