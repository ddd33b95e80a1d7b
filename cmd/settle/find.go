package main

import (
	"context"
	"regexp"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// find returns what TARGET/ID, RECIPE/ID or, with --recipe FILE, ID names, and the id in it: "" behind TARGET or RECIPE
// alone. No request is made.
func (a *app) find(ctx context.Context, text string, f *askFlags) (i *installed, id string, err error) {
	targets, settings, err := loadTargets()
	if err != nil {
		return nil, "", err
	}
	first, rest, _ := strings.Cut(text, "/")
	entry, notThere := targets.Entry(first)
	switch {
	case notThere == nil:
		if i, err = a.openEntry(ctx, entry, settings, f); err == nil {
			i.file = f.recipe
		}
		return i, rest, err
	case f.recipe != "":
		r, err := a.parseFile(f.recipe)
		if err != nil {
			return nil, "", err
		}
		if i, err = a.openRecipe(ctx, r, r.Name, f.bounds); err == nil {
			i.file = f.recipe
		}
		return i, text, err
	}
	r, name, id, err := findRecipe(settings, text)
	if err != nil {
		return nil, "", a.nothingNamed(text, targets, err)
	}
	i, err = a.openRecipe(ctx, r, name, f.bounds)
	return i, id, err
}

// findRecipe returns the recipe that text begins with, "vendor/kind" or a vendor alone, and the id behind it.
func findRecipe(settings, text string) (r *recipe.Recipe, name, id string, err error) {
	vendor, rest, _ := strings.Cut(text, "/")
	kind, behind, _ := strings.Cut(rest, "/")
	if kind != "" {
		if r, err = recipeIn(settings, vendor+"/"+kind); err == nil || !isUnknown(err) {
			return r, vendor + "/" + kind, behind, err
		}
	}
	unknown := err
	r, err = recipeIn(settings, vendor)
	if err == nil && r.ID.Pattern == "" && behind != "" && !isURL(rest) && unknown != nil && len(recipe.Kinds(vendor)) > 1 {
		return nil, "", "", unknown // nutanix/v5/ID is no id of the vendor's default kind
	}
	return r, vendor, rest, err
}

// isUnknown reports whether there is no such recipe, rather than one with faults.
func isUnknown(err error) bool {
	refused := refusedBy(err)
	return refused != nil && refused.File == ""
}

// nothingNamed says that neither a target nor a recipe has that name, and what may have been meant.
func (a *app) nothingNamed(text string, targets *target.File, err error) error {
	if !isUnknown(err) {
		return err
	}
	name, _, _ := strings.Cut(text, "/")
	neither := said("%s is neither a target nor a recipe", quoted(name))
	refused := refusedBy(err)
	problem, hint := byOthers(refused.Problem), byOthers(refused.Hint)
	near := recipe.Nearest(name, targets.Names())
	switch {
	case near != "":
		problem, hint = said("there is no target %s", quoted(name)), didYouMean(near)
	case hostLike.MatchString(name):
		problem, hint = neither, asIs("https://"+a.secrets.Mask(text))
	case strings.HasPrefix(refused.Hint, "did you mean"):
		if refused.Problem == "there is no recipe "+quoted(name) {
			problem = neither
		}
	case name == demoTarget:
		problem, hint = said("the target demo is there while its demo runs"), said("settle demo --stay, in another terminal")
	default:
		problem, hint = neither, said("settle target list, settle recipe list, settle list for handles; a URL begins with https://")
	}
	return usage("task", problem, hint)
}

var schemed = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// hostLike is what a URL without its beginning begins with.
var hostLike = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*([.:][A-Za-z0-9]+)$`)

// isURL reports whether a TASK or a TARGET is a URL by itself.
func isURL(text string) bool { return schemed.MatchString(strings.TrimSpace(text)) }
