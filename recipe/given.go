package recipe

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Values returns what the action's parameters stand for: those that were given, the defaults, and null for an optional one
// that was not given. What is given as text is read as the parameter's type; anything else must be of that type. The error is
// an *Error whose place is the parameter's name, or the action's for the ones that are missing.
func (a *Action) Values(given map[string]any) (Values, error) {
	var known []string
	for _, p := range a.Params {
		known = append(known, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if a.Param(name) == nil {
			return nil, a.unknownParam(name, known)
		}
	}
	values := Values{}
	var missing []string
	for _, p := range a.Params {
		v, isGiven := given[p.Name]
		text, isText := v.(string)
		var err error
		switch {
		case isText:
			values[p.Name], err = p.Value(text)
		case isGiven && v != nil:
			values[p.Name], err = p.take(v)
		case p.HasDefault:
			values[p.Name], err = p.Value(p.Default)
		case p.Optional:
			values[p.Name] = nil
		default:
			missing = append(missing, p.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(missing) > 0 {
		return nil, refused(a.Name, "missing: "+strings.Join(missing, ", "), a.lineWith(given))
	}
	return values, nil
}

// take is a value that was not given as text.
func (p *Param) take(v any) (any, error) {
	if p.Type == "string" || p.Type == "" {
		return nil, refused(p.Name, fmt.Sprintf("%v is not text", v), p.Name+"="+p.exampleOr("…"))
	}
	return p.Value(fmt.Sprint(v))
}

func (a *Action) unknownParam(name string, known []string) error {
	problem := fmt.Sprintf("%s has no parameter %s", a.Name, quote(name))
	if near := nearest(name, known); near != "" {
		return refused(name, problem, "did you mean "+near+"?")
	}
	if len(known) == 0 {
		return refused(name, problem, "it takes none")
	}
	return refused(name, problem, "it takes "+strings.Join(known, ", "))
}

// Line is the action as it is typed behind a target's name, with what must be given, by example.
func (a *Action) Line() string { return a.lineWith(nil) }

// lineWith is Line with what was given as it was.
func (a *Action) lineWith(given map[string]any) string {
	words := []string{a.Name}
	for _, p := range a.Params {
		switch v := given[p.Name]; {
		case v != nil:
			words = append(words, p.Name+"="+forShell(fmt.Sprint(v)))
		case !p.Optional && !p.HasDefault:
			words = append(words, p.Name+"="+forShell(p.exampleOr("…")))
		}
	}
	return strings.Join(words, " ")
}

// forShell quotes text for a POSIX shell, where it needs that.
func forShell(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`$&|;<>()*?[]{}#~!\\", r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (p *Param) exampleOr(other string) string {
	switch {
	case p.Example != "":
		return p.Example
	case len(p.Choices) > 0:
		return p.Choices[0]
	}
	return other
}
