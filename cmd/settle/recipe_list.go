package main

import (
	"fmt"
	"slices"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) recipeListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [VENDOR]",
		Short: "List the recipes",
		Long: `settle recipe list shows name, title, and what each recipe was proven against: a server, a simulator, or (mock)
documented answers alone. A name without its kind is the vendor's default, marked with *.`,
		Example: `  settle recipe list
  settle recipe list nutanix
  settle recipe list -o json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("arguments", said("one vendor at a time"), asIs("settle recipe list "+shellWord(args[0])))
			}
			return a.listRecipes(args)
		},
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

type listedRecipe struct {
	Name    string            `json:"name"`
	Title   string            `json:"title"`
	Default bool              `json:"default"` // of its vendor
	Docs    string            `json:"docs"`
	Proof   map[string]string `json:"proof"` // by "server", "simulator" or "mock"
	File    string            `json:"file"`  // "": it is built in
}

func inList(r *recipe.Recipe) listedRecipe {
	l := listedRecipe{Name: r.Name, Title: r.Title, Default: r.Default, Docs: r.Docs, Proof: map[string]string{}}
	for _, p := range r.Proof {
		l.Proof[p.By] = p.What
	}
	if isOwn(r) {
		l.File = r.File
	}
	return l
}

func (a *app) listRecipes(vendor []string) error {
	all, faulty, err := allRecipes()
	if err != nil {
		return err
	}
	for _, file := range faulty {
		a.complain(file+": "+a.say(recipeWords.faulty, shellWord(file)), "")
	}
	if len(vendor) > 0 {
		if all, err = ofVendor(all, vendor[0]); err != nil {
			return err
		}
	}
	if a.output == outputJSON {
		list := struct {
			Schema  int            `json:"schema"`
			Recipes []listedRecipe `json:"recipes"`
		}{Schema: reportSchema, Recipes: []listedRecipe{}}
		for _, r := range all {
			list.Recipes = append(list.Recipes, inList(r))
		}
		fmt.Fprintf(a.stdout, "%s\n", encode(list, ""))
		return nil
	}
	var rows [][]string
	for _, r := range all {
		name, title := r.Name, r.Title
		if r.Default {
			name += " *"
		}
		if isOwn(r) {
			title = fmt.Sprintf("%s (%s)", title, a.say(recipeWords.ownFile, r.File))
		}
		rows = append(rows, []string{name, r.Proof[0].By, title})
	}
	fmt.Fprint(a.stdout, a.table().Rows(rows))
	return nil
}

// ofVendor keeps the recipes of a vendor, or the one of that name.
func ofVendor(all []*recipe.Recipe, name string) ([]*recipe.Recipe, error) {
	var vendors []string
	for _, r := range all {
		vendors = append(vendors, r.Vendor())
	}
	kept := slices.DeleteFunc(all, func(r *recipe.Recipe) bool { return r.Vendor() != name && r.Name != name })
	if len(kept) == 0 {
		hint := asIs("settle recipe list")
		if near := recipe.Nearest(name, vendors); near != "" {
			hint = didYouMean(near)
		}
		return nil, usage("vendor", said("there is no recipe of %s", quoted(name)), hint)
	}
	return kept, nil
}

// provenBy says what a recipe was proven against.
func (a *app) provenBy(p recipe.Proof) string {
	return a.say(map[string]term.Text{"server": recipeWords.server, "simulator": recipeWords.simulator, "mock": recipeWords.mock}[p.By], p.What)
}
