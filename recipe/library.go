package recipe

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed library/*.yaml
var library embed.FS

// A Card is what can be told of a built-in recipe without reading it as a whole.
type Card struct {
	Name, Title string
	Default     bool // the kind that is meant where only the vendor is named
	Starts      bool // it has actions
}

// A builtIn recipe is read when somebody asks for it: all of them at once take a tenth of a second.
type builtIn struct {
	name      string
	isDefault bool
	text      string
	recipe    func() *Recipe
}

func (b *builtIn) vendor() string { vendor, _, _ := strings.Cut(b.name, "/"); return vendor }

// What a card says beside the heading.
var (
	titleLine   = regexp.MustCompile(`(?m)^title: *"?([^"\n]+)`)
	actionsLine = regexp.MustCompile(`(?m)^actions:`)
)

// heading reads the two lines by which a recipe is found: each run of the command needs those of all.
func heading(text []byte) (name string, isDefault bool) {
	for line := range bytes.Lines(text) {
		if value, found := bytes.CutPrefix(line, []byte("name: ")); found {
			name = string(bytes.TrimSpace(value))
		} else if value, found := bytes.CutPrefix(line, []byte("default: ")); found {
			isDefault = string(bytes.TrimSpace(value)) == "true"
		}
	}
	return name, isDefault
}

// shelf are the built-in recipes, by name.
var shelf = sync.OnceValue(func() []*builtIn {
	files, err := fs.Glob(library, "library/*.yaml")
	if err != nil {
		panic(err)
	}
	var all []*builtIn
	for _, file := range files {
		text, err := library.ReadFile(file)
		if err != nil {
			panic(err)
		}
		b := &builtIn{text: string(text)}
		b.name, b.isDefault = heading(text)
		b.recipe = sync.OnceValue(func() *Recipe {
			r, err := Parse(file, text)
			if err != nil {
				panic(fmt.Sprintf("a built-in recipe:\n%v", err))
			}
			return r
		})
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *builtIn) int { return strings.Compare(a.name, b.name) })
	return all
})

// Library returns the built-in recipes, by name. They are shared: not to be changed.
func Library() []*Recipe {
	var all []*Recipe
	for _, b := range shelf() {
		all = append(all, b.recipe())
	}
	return all
}

// Cards returns what can be told of the built-in recipes at once, by name: it is for those who cannot wait for Library.
func Cards() []Card {
	var all []Card
	for _, b := range shelf() {
		card := Card{Name: b.name, Default: b.isDefault, Starts: actionsLine.MatchString(b.text)}
		if found := titleLine.FindStringSubmatch(b.text); found != nil {
			card.Title = found[1]
		}
		all = append(all, card)
	}
	return all
}

// Find returns the built-in recipe of that name, "vendor/kind", or of a vendor alone: the one kind that it has, or its
// default. The error is an *Error at "recipe" whose hint says what was probably meant.
func Find(name string) (*Recipe, error) {
	var known, kinds []string
	var found *builtIn
	for _, b := range shelf() {
		if b.name == name {
			return b.recipe(), nil
		}
		known = append(known, b.name)
		if b.vendor() == name {
			kinds = append(kinds, b.name)
			if found == nil || b.isDefault {
				found = b
			}
		}
	}
	switch {
	case len(kinds) == 1 || found != nil && found.isDefault:
		return found.recipe(), nil
	case len(kinds) > 1:
		return nil, refused("recipe", quote(name)+" has several kinds, none of which is meant by itself", "one of "+strings.Join(kinds, ", "))
	}
	hint := "settle recipe list"
	if near := nearestRecipe(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, refused("recipe", "there is no recipe "+quote(name), hint)
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
		return strings.Join(kinds, " or ")
	}
	return nearest(vendor, slices.Compact(vendors))
}

// Kinds returns the names of a vendor's built-in recipes, sorted.
func Kinds(vendor string) []string {
	var kinds []string
	for _, b := range shelf() {
		if b.vendor() == vendor {
			kinds = append(kinds, b.name)
		}
	}
	return kinds
}
