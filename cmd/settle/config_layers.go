package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/settle-go/settle/httptask"
)

// The places that a value may come from, as -o json has them.
const (
	fromEnvironment = "environment"
	fromFile        = "file"
	fromTarget      = "target"
	fromRecipe      = "recipe"
	fromDefault     = "default"
)

// A foundValue is what holds for one setting, and who says so.
type foundValue struct {
	Value  *string `json:"value"`  // as a flag has it; null: none
	Source string  `json:"source"` // environment, file, target, recipe or default
	Where  string  `json:"where"`  // the variable, the place in the file, the target's or the recipe's name; "" of a default
}

func (o whence) found(value *string) foundValue {
	if o.variable != "" {
		return foundValue{value, fromEnvironment, o.variable}
	}
	return foundValue{value, fromFile, fmt.Sprintf("%s:%d:%d", o.file, o.line, o.column)}
}

// A layer is a policy of one source.
type layer struct {
	text string
	says func(key string, value *string) foundValue // the source of a value that the text's word of that key led to
}

func (s *settings) layers() []layer {
	var layers []layer
	for _, src := range s.sources {
		layers = append(layers, layer{src.policy(), func(key string, value *string) foundValue {
			return src.says(key).at.found(value)
		}})
	}
	return layers
}

func namedLayer(text, source, name string) layer {
	return layer{text, func(_ string, value *string) foundValue { return foundValue{value, source, name} }}
}

// What else may change a value when it is said nearer by: every takes max and factor away, and so on.
var changedBy = map[string][]string{
	"every":   {"max"},
	"max":     {"every", "factor"},
	"factor":  {"every", "max"},
	"timeout": {"checks"},
}

// foundPolicy returns of each field of a policy what holds where these layers do, the nearest first, and whose word that
// is: of a value that somebody's word has changed or lifted, that word's.
func foundPolicy(layers []layer) map[string]foundValue {
	found := map[string]foundValue{}
	defaults, _ := policyWords(httptask.MergePolicies())
	before := defaults
	for _, key := range policyKeys {
		found[key] = foundValue{wordOf(defaults, key), fromDefault, ""}
	}
	var texts []string
	for _, l := range slices.Backward(layers) {
		texts = append([]string{l.text}, texts...)
		after, _ := policyWords(httptask.MergePolicies(texts...))
		said, _ := policyWords(l.text)
		alone, _ := policyWords(httptask.MergePolicies(l.text))
		for _, key := range policyKeys {
			by := slices.IndexFunc(append([]string{key}, changedBy[key]...), func(by string) bool { return has(said, by) })
			again := alone[key] != defaults[key] && alone[key] == after[key] // it would do what one further away has done
			if has(said, key) || by > 0 && (before[key] != after[key] || again) {
				found[key] = l.says(append([]string{key}, changedBy[key]...)[by], wordOf(after, key))
			}
		}
		before = after
	}
	return found
}

// wordOf is nil where there is no such word.
func wordOf(words map[string]string, key string) *string {
	if word, is := words[key]; is {
		return &word
	}
	return nil
}

// foundOthers returns of each other setting what holds for a command without flags.
func (s *settings) foundOthers() map[string]foundValue {
	found := map[string]foundValue{}
	said := s.nearest(func(string) bool { return false })
	for _, k := range settingKinds {
		if isPolicyKey(k.key) {
			continue
		}
		found[k.key] = foundValue{Source: fromDefault}
		if k.normal != "" {
			found[k.key] = foundValue{Value: new(k.normal), Source: fromDefault}
		}
		if nearest, is := said[k.key]; is {
			found[k.key] = nearest.at.found(&nearest.value)
		}
	}
	return found
}

// shownSource says in a word where a value comes from.
func (a *app) shownSource(f foundValue) string {
	switch f.Source {
	case fromTarget:
		return a.say(configWords.fromTarget, f.Where)
	case fromRecipe:
		return a.say(configWords.fromRecipe, f.Where)
	case fromDefault:
		return a.say(configWords.byDefault)
	case fromFile:
		return columnOff.ReplaceAllString(filepath.Base(f.Where), "")
	}
	return f.Where
}
