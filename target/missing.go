package target

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// refuseMissing says which fields are empty that must not be, as far as none of the recipe's logins is whole without
// them. The hint is left to the caller.
func (t Target) refuseMissing(r *recipe.Recipe, who string) *recipe.Error {
	fields, ways := t.missing(r)
	if len(fields) == 0 && len(ways) == 0 {
		return nil
	}
	refused := &recipe.Error{}
	var lacks []string
	if len(fields) > 0 {
		refused.Place = fields[0]
		lacks = append(lacks, inWords(fields, "and"))
	}
	if len(ways) > 0 {
		var logins []string
		for _, way := range ways {
			logins = append(logins, inWords(way, "and"))
		}
		lacks = append(lacks, "what it logs in with: "+strings.Join(logins, ", or "))
		if refused.Place == "" {
			refused.Place = ways[0][0]
		}
	}
	refused.Problem = who + " lacks " + strings.Join(lacks, ", and ")
	return refused
}

// missing returns the names of the fields that are missing whatever the way to log in; and where there are several ways
// and none is whole, of each what it lacks, those first of which something is there.
func (t Target) missing(r *recipe.Recipe) (fields []string, ways [][]string) {
	always := statusFields(r)
	inLogin := map[string]bool{}
	whole := len(r.Auth) == 0
	var later [][]string
	for _, way := range r.Auth {
		lacks, begun := []string(nil), false
		for _, name := range way.Fields {
			if always[name] || isTLSField(name) {
				continue // missing by itself, or not at all
			}
			inLogin[name] = true
			if value := t.Field(name); value == "" {
				lacks = append(lacks, name)
			} else if f := r.Field(name); f != nil && value != f.Default {
				begun = true
			}
		}
		switch {
		case len(lacks) == 0:
			whole = true
		case begun:
			ways = append(ways, lacks)
		default:
			later = append(later, lacks)
		}
	}
	needsLogin := false
	for _, f := range r.Fields {
		switch {
		case f.Optional || isTLSField(f.Name) || t.Field(f.Name) != "":
		case inLogin[f.Name] && (whole || len(r.Auth) > 1):
			needsLogin = true
		default:
			fields = append(fields, f.Name)
		}
	}
	if whole || !needsLogin {
		return fields, nil
	}
	return fields, append(ways, later...)
}

// statusFields are the names without which a task cannot be asked for, and url.
func statusFields(r *recipe.Recipe) map[string]bool {
	names := map[string]bool{urlField: true}
	if r.Status != nil && r.Status.Request != nil {
		for _, name := range r.Status.Request.Names() {
			names[name] = true
		}
	}
	return names
}

// inWords joins words as a sentence does: "a, b and c".
func inWords(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

func (f *filling) refuseMissing() error {
	e := f.entry
	if e.Name == "" {
		refused := f.target.refuseMissing(f.recipe, "the environment")
		if refused == nil {
			return nil
		}
		refused.Hint = f.setVariables() + "settle target add NAME " + f.recipeToType() + f.addressToType()
		return refused
	}
	refused := f.target.refuseMissing(f.recipe, "target "+quote(e.Name))
	if refused == nil {
		return nil
	}
	key := refused.Place + ": …"
	if f.recipe.Field(refused.Place).Secret {
		key = refused.Place + commandSuffix + ": [pass, show, " + e.Name + "]"
	}
	if e.at.file != "" {
		key += " in " + e.at.file
	}
	refused.Hint = fmt.Sprintf("%s; or %ssettle target remove %s and settle target add %s %s%s", key, f.setVariables(), e.Name, e.Name, f.recipeToType(), f.addressToType())
	return e.locate(refused)
}

// setVariables names the variables that would fill what is missing, in the first way to log in.
func (f *filling) setVariables() string {
	names, ways := f.target.missing(f.recipe)
	if len(ways) > 0 {
		names = append(names, ways[0]...)
	}
	set := map[string]bool{}
	for _, name := range names {
		field := f.recipe.Field(name)
		if field == nil || f.target.Field(name) != "" {
			continue
		}
		if known := variables(field); len(known) > 0 {
			set[known[0]] = true
		}
	}
	if len(set) == 0 {
		return ""
	}
	return "set " + inWords(slices.Sorted(maps.Keys(set)), "and") + ", or "
}

func (f *filling) addressToType() string {
	field := f.recipe.Field(urlField)
	switch {
	case field == nil:
		return ""
	case f.target.URL != "":
		return " " + f.target.URL
	case field.Example != "":
		return " " + field.Example
	}
	return " URL"
}

// recipeToType is the recipe as it is typed: a file, where it is none of ours.
func (f *filling) recipeToType() string {
	if f.recipe.File == "" || strings.HasPrefix(f.recipe.File, "library/") {
		return f.recipe.Name
	}
	return "--recipe " + inShell(f.recipe.File)
}
