package recipe

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed library/*.yaml
var library embed.FS

// A shelf is the built-in recipes by name. Each is parsed when it is first wanted: all of them take longer than most
// commands that want one.
var shelf = sync.OnceValue(func() map[string]func() *Recipe {
	files, err := fs.Glob(library, "library/*.yaml")
	if err != nil {
		panic(err)
	}
	recipes := make(map[string]func() *Recipe, len(files))
	for _, file := range files {
		vendor, kind, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".yaml"), "-")
		recipes[vendor+"/"+kind] = sync.OnceValue(func() *Recipe { return mustParse(file) })
	}
	return recipes
})

func mustParse(file string) *Recipe {
	text, err := library.ReadFile(file)
	if err != nil {
		panic(err)
	}
	r, err := Parse(file, text)
	if err != nil {
		panic(fmt.Sprintf("a built-in recipe:\n%v", err))
	}
	return r
}

// Names returns the names of the built-in recipes, sorted.
func Names() []string { return slices.Sorted(maps.Keys(shelf())) }

// Library returns the built-in recipes, by name. They are shared: not to be changed.
func Library() []*Recipe {
	var all []*Recipe
	for _, name := range Names() {
		all = append(all, shelf()[name]())
	}
	return all
}

// Find returns the built-in recipe of that name, "vendor/kind", or of a vendor alone: the one kind that it has, or its
// default. The error is an *Error at "recipe" whose hint says what was probably meant.
func Find(name string) (*Recipe, error) {
	if r := shelf()[name]; r != nil {
		return r(), nil
	}
	known := Names()
	var kinds []string
	var found *Recipe
	for _, name := range kindsOf(name) {
		kinds = append(kinds, name)
		if r := shelf()[name](); found == nil || r.Default {
			found = r
		}
	}
	switch {
	case len(kinds) == 1 || found != nil && found.Default:
		return found, nil
	case len(kinds) > 1:
		return nil, refused("recipe", quote(name)+" has several kinds, none of which is meant by itself", "one of "+strings.Join(kinds, ", "))
	}
	hint := "settle recipe list"
	if near := nearestRecipe(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, refused("recipe", "there is no recipe "+quote(name), hint)
}

// kindsOf returns the names of a vendor's built-in recipes.
func kindsOf(vendor string) []string {
	var kinds []string
	for _, name := range Names() {
		if of, _, _ := strings.Cut(name, "/"); of == vendor {
			kinds = append(kinds, name)
		}
	}
	return kinds
}

// nearestRecipe also finds the kind whose vendor was left out, and those of the vendor where only the kind is wrong.
func nearestRecipe(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return near
	}
	vendor, kind, _ := strings.Cut(name, "/")
	var kinds, vendors []string
	for _, k := range known {
		v, kindOf, _ := strings.Cut(k, "/")
		if kindOf == name {
			return k
		}
		if v == vendor && kind != "" {
			kinds = append(kinds, k)
		}
		vendors = append(vendors, v)
	}
	if len(kinds) > 0 {
		return strings.Join(kinds, ", ")
	}
	return nearest(vendor, slices.Compact(vendors))
}
