package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) recipeCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Check a recipe: all faults, with line, column and what would work",
		Long: `settle recipe check reads recipes as settle does before any request, and tells all faults at once, each as
FILE:LINE:COLUMN. Exit code 2 where there are any.`,
		Example: `  settle recipe check jobs.yaml
  settle recipe check -o json jobs.yaml`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("arguments", said("no file to check"), asIs("settle recipe check FILE"))
			}
			return a.checkRecipes(args)
		},
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

type checkedRecipe struct {
	File   string  `json:"file"`
	OK     bool    `json:"ok"`
	Recipe string  `json:"recipe"` // its name; "" where it has faults
	Faults []fault `json:"faults"`
}

type fault struct {
	Line    int    `json:"line"`   // from 1; 0: the file as a whole
	Column  int    `json:"column"` // in characters, from 1
	Place   string `json:"place"`
	Problem string `json:"problem"`
	Hint    string `json:"hint"`
}

func (a *app) checkRecipes(files []string) error {
	report := struct {
		Schema   int             `json:"schema"`
		ExitCode int             `json:"exit_code"`
		Files    []checkedRecipe `json:"files"`
	}{Schema: reportSchema}
	for _, file := range files {
		r, err := a.parseFile(file)
		if _, stopped := errors.AsType[*exitError](err); stopped {
			return err
		}
		checked := checkedRecipe{File: file, OK: err == nil, Faults: []fault{}}
		for _, err := range faultsOf(err) {
			checked.Faults = append(checked.Faults, a.fault(err))
		}
		switch {
		case err != nil:
			report.ExitCode = exitInvalid
		case a.output != outputJSON:
			fmt.Fprintln(a.stdout, term.Clean(a.say(recipeWords.checked, file, r.Name, a.has(r))))
			checked.Recipe = r.Name
		default:
			checked.Recipe = r.Name
		}
		report.Files = append(report.Files, checked)
	}
	if a.output == outputJSON {
		fmt.Fprintf(a.stdout, "%s\n", encode(report, ""))
	}
	return exitWith(report.ExitCode)
}

// fault says what is wrong. The line begins with the file, as editors look for it.
func (a *app) fault(err error) fault {
	refused := refusedBy(err)
	if refused == nil {
		refused = &recipe.Error{Problem: err.Error()}
	}
	problem, hint := a.inWords(err)
	fmt.Fprintln(a.stderr, term.Clean(problem))
	if hint != "" {
		fmt.Fprintln(a.stderr, "    "+term.Clean(a.say(words.hint, hint)))
	}
	return fault{refused.Line, refused.Column, refused.Place, refused.Problem, refused.Hint}
}

// has lists what a recipe can do.
func (a *app) has(r *recipe.Recipe) string {
	states := 0
	for _, l := range r.Status.Reader.Listings() {
		states += len(l.Words)
	}
	var has []string
	for _, part := range []struct {
		text  string
		there bool
	}{
		{a.count(len(r.Fields), recipeWords.oneField, recipeWords.hasFields), len(r.Fields) > 0},
		{a.say(recipeWords.hasLogin), len(r.Auth) > 0},
		{a.say(recipeWords.hasDetect), r.Detect != nil},
		{a.count(states, recipeWords.oneState, recipeWords.hasStates), true},
		{a.say(recipeWords.hasResult), r.Result != nil},
		{a.say(recipeWords.hasBatch), r.Batch != nil},
		{a.say(recipeWords.hasCancel), r.Cancel != nil},
		{a.say(recipeWords.hasLink), r.Link != nil},
		{a.count(len(r.Actions), recipeWords.oneAction, recipeWords.hasActions), len(r.Actions) > 0},
	} {
		if part.there {
			has = append(has, part.text)
		}
	}
	return strings.Join(has, a.comma())
}

func (a *app) count(n int, one, many term.Text) string {
	if n == 1 {
		return a.say(one, n)
	}
	return a.say(many, n)
}

func (a *app) comma() string { return comma.in(a.options.Language) }
