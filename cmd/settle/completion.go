package main

import (
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A completion proposes words for an argument or a flag's value. It goes by what is on disk alone: no request is made,
// no command run that prints a password, and where something cannot be read, nothing is proposed.
type completion = cobra.CompletionFunc

const (
	noFiles = cobra.ShellCompDirectiveNoFileComp
	asFiles = cobra.ShellCompDirectiveDefault
	inOrder = cobra.ShellCompDirectiveKeepOrder | noFiles
	goesOn  = cobra.ShellCompDirectiveNoSpace // the word is not whole yet: TARGET/
)

// arguments says by the command's name what its arguments are.
func (a *app) arguments() map[string]completion {
	return map[string]completion{
		"wait":   a.completeTask,
		"check":  a.completeTask,
		"submit": a.completeSubmission,

		"resume": completeHandles(isOpen),
		"cancel": a.completeTask,
		"show":   completeHandles(isAny),

		"target add":    completeAdded,
		"target check":  a.completeTargets,
		"target remove": a.completeTargets,

		"recipe list":  first(completeVendors),
		"recipe show":  first(completeRecipes),
		"recipe check": recipeFiles,
		"recipe try":   a.completeTried,

		"history":    first(completeKinds),
		"config":     a.completeConfig,
		"completion": first(fixed(shells...)),
		"help":       completeCommands,
	}
}

// complete has every command of the tree propose what its arguments and flags may be. A command that is not in the table
// takes none, or others below it.
func (a *app) complete(root *cobra.Command) {
	arguments := a.arguments()
	walk(root, func(cmd *cobra.Command) {
		if cmd.ValidArgsFunction == nil {
			cmd.ValidArgsFunction = nothing
		}
		if f, isKnown := arguments[nameBelow(root, cmd)]; isKnown {
			cmd.ValidArgsFunction = f
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Value.Type() != "bool" {
				_ = cmd.RegisterFlagCompletionFunc(flag.Name, a.flagValues(flag)) // one that has its own keeps it
			}
		})
	})
}

// walk calls f for cmd and all commands below it.
func walk(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, below := range cmd.Commands() {
		walk(below, f)
	}
}

// nameBelow is a command as it is typed behind root: "target add".
func nameBelow(root, cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), root.CommandPath()), " ")
}

// flagValues proposes what a flag may be set to. Where a person must say it, as a duration or an expression, nothing is
// proposed; a file is where the flag's help calls its value one.
func (a *app) flagValues(flag *pflag.Flag) completion {
	value, _ := pflag.UnquoteUsage(flag)
	switch {
	case flag.Name == "output":
		return fixed(outputForms...)
	case flag.Name == "progress":
		return fixed(progressModes...)
	case flag.Name == "unlisted":
		return fixed("unknown", "pending", "failed")
	case flag.Name == "recipe":
		return recipeFiles
	case flag.Name == "target":
		return a.completeTargets
	case value == "FILE", value == "COMMAND":
		return cobra.FixedCompletions(nil, asFiles)
	}
	return nothing
}

func nothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, noFiles
}

func fixed(words ...string) completion {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return starting(slices.Clone(words), typed), inOrder
	}
}

func recipeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// first is f for a command that takes no more than one argument.
func first(f completion) completion {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		return f(cmd, args, typed)
	}
}

// completeTask proposes handles, TARGET/ and RECIPE/, and behind the slash the ids that were waited for.
func (a *app) completeTask(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if slices.Contains(a.args, "--") { // here cobra does not say where it stood
		return nil, asFiles
	}
	if isURL(typed) || flagText(cmd, "recipe") != "" {
		return nil, noFiles
	}
	waits := waitedFor(isAny)
	if name, _, isTask := strings.Cut(typed, "/"); isTask {
		if words := tasksOf(waits, name); len(words) > 0 {
			return notYetGiven(words, args), inOrder
		}
	}
	words := notYetGiven(handlesOf(slices.DeleteFunc(waits, func(e *journal.Entry) bool { return !isOpen(e) })), args)
	words = append(words, a.targetNames("/")...)
	if typed != "" || len(words) == 0 { // the recipes are many: they would bury what a person has named
		for _, card := range cards() {
			words = append(words, described(card.Name+"/", card.Title))
		}
	}
	words = starting(words, typed)
	if len(words) == 1 && strings.HasSuffix(proposed(words[0]), "/") {
		return words, inOrder | goesOn
	}
	return words, inOrder
}

// isOpen reports whether there is something left to wait for.
func isOpen(e *journal.Entry) bool { return e.Phase != journal.Ended }

func isAny(*journal.Entry) bool { return true }

// completeHandles proposes the handles of waits.
func completeHandles(keep func(*journal.Entry) bool) completion {
	return func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		return starting(notYetGiven(handlesOf(waitedFor(keep)), args), typed), inOrder
	}
}

// waitedFor is what stands in the journal, the newest first.
func waitedFor(keep func(*journal.Entry) bool) []*journal.Entry {
	folder, err := journal.Folder(os.Getenv)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(folder); err != nil {
		return nil // Open would make it
	}
	j, err := journal.Open(folder)
	if err != nil {
		return nil
	}
	waits, err := j.List()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(journal.Standing(waits), func(e *journal.Entry) bool { return !keep(e) })
}

func handlesOf(waits []*journal.Entry) (words []string) {
	names := namesOf(waits)
	for _, e := range waits {
		words = append(words, described(e.Handle, names[e.Handle]))
	}
	return words
}

// tasksOf are the tasks of a target or of a recipe that were waited for.
func tasksOf(waits []*journal.Entry, name string) (words []string) {
	for _, e := range waits {
		if strings.HasPrefix(e.Task, name+"/") {
			words = append(words, described(e.Task, e.Name))
		}
	}
	return words
}

// completeTargets proposes the names of targets.
func (a *app) completeTargets(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return starting(notYetGiven(a.targetNames(""), args), typed), inOrder
}

// completeConfig proposes targets, and recipes.
func (a *app) completeConfig(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	targets, _ := a.completeTargets(cmd, nil, typed)
	recipes, _ := completeRecipes(cmd, nil, typed)
	return append(targets, recipes...), inOrder
}

// targetNames are the targets, with what a name goes on with.
func (a *app) targetNames(suffix string) (words []string) {
	for _, e := range listedTargets() {
		words = append(words, described(e.Name+suffix, strings.TrimSpace(e.Recipe+" "+shownURL(e))))
	}
	return words
}

func listedTargets() []*target.Entry {
	file, _, err := loadTargets()
	if err != nil {
		return nil
	}
	all, _ := entries(file, nil)
	return all
}

// shownURL is the address of a target, without what is secret in it.
func shownURL(e *target.Entry) string {
	u, err := url.Parse(e.Fields["url"])
	if err != nil {
		return ""
	}
	return target.ShowURL(u)
}

// cards are what can be told of all recipes at once, a person's own in front of those of the same name.
func cards() []recipe.Card {
	all := recipe.Cards()
	folder, err := recipesFolder()
	if err != nil {
		return all
	}
	files, _ := recipe.FilesIn(folder)
	for _, file := range files {
		r, err := recipe.ParseFile(file)
		if err != nil {
			continue
		}
		all = slices.DeleteFunc(all, func(c recipe.Card) bool { return c.Name == r.Name })
		all = append(all, recipe.Card{Name: r.Name, Title: r.Title, Default: r.Default, Starts: len(r.Actions) > 0})
	}
	slices.SortFunc(all, func(a, b recipe.Card) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// described is a word with what a shell shows beside it.
func described(word, about string) string {
	about, _, _ = strings.Cut(term.Clean(about), "\n")
	if about == "" || about == word {
		return word
	}
	return word + "\t" + about
}

func proposed(described string) string {
	word, _, _ := strings.Cut(described, "\t")
	return word
}

// starting keeps the words that begin with what was typed.
func starting(words []string, typed string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(proposed(w), typed) })
}

// notYetGiven leaves out the words that have been given, and those that stand there twice.
func notYetGiven(words, given []string) []string {
	seen := map[string]bool{}
	for _, word := range given {
		seen[word] = true
	}
	return slices.DeleteFunc(words, func(w string) bool {
		word := proposed(w)
		twice := seen[word]
		seen[word] = true
		return twice
	})
}

// flagText is what a flag was set to; "" where the command has no such flag.
func flagText(cmd *cobra.Command, name string) string {
	if flag := cmd.Flags().Lookup(name); flag != nil {
		return flag.Value.String()
	}
	return ""
}
