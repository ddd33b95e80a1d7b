package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

const settingPrefix = "SETTLE_"

// variableOf is the environment variable of a setting.
func variableOf(key string) string {
	return settingPrefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// otherVariables are those of settle's own that are no settings, and are neither read here nor taken for misspelt ones:
// what fills any recipe's target, and what --on-done tells its command, which may run settle itself.
var otherVariables = []string{
	"URL", "USER", "PASSWORD", "TOKEN",
	"OUTCOME", "EXIT_CODE", "TASK", "TARGET", "RECIPE", "ID", "HANDLE", "STATE", "RAW", "REASON", "LINK", "ELAPSED", "ERROR",
}

// A typo is a variable that says nothing, and the setting that it was probably meant for.
type typo struct{ variable, meant string }

// environment reads the settings in SETTLE_*. An empty variable says nothing, as everywhere: CI systems set those that
// they know nothing of to nothing. The same holds for names that are no settings, since a script or a shop may have its
// own; but one that is next to a setting's name was most likely meant for it, and so is a typo: a limit that was
// mistyped would be missed only when the wait does not end.
func environment(environ []string, getenv func(string) string) (src source, typos []typo, faults []error) {
	src = source{values: map[string]setting{}, line: func(key, value string) string {
		return variableOf(key) + "=" + shellWord(value)
	}}
	var known []string
	for _, k := range settingKinds {
		variable := variableOf(k.key)
		known = append(known, variable)
		if value := getenv(variable); value != "" {
			if err := src.add(k.key, value, whence{variable: variable}); err != nil {
				faults = append(faults, err)
			}
		}
	}
	return src, misspelt(environ, known), append(faults, src.refuseTogether()...)
}

// misspelt finds the variables whose name is next to that of a setting, and of nothing else that is settle's.
func misspelt(environ, settings []string) (typos []typo) {
	names := map[string]string{}
	for _, s := range settings {
		names[strings.TrimPrefix(s, settingPrefix)] = s
	}
	all := slices.Concat(slices.Sorted(maps.Keys(names)), otherVariables)
	for _, entry := range environ {
		variable, value, _ := strings.Cut(entry, "=")
		name, isOurs := strings.CutPrefix(variable, settingPrefix)
		switch near := recipe.Nearest(name, all); {
		case !isOurs || value == "" || slices.Contains(all, strings.ToUpper(name)):
		case name == "NO_HISTORY":
			typos = append(typos, typo{variable, variableOf("history") + "=false"})
		case names[near] != "":
			typos = append(typos, typo{variable, names[near]})
		}
	}
	return typos
}
