package recipe

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// An ID says how a task's id looks.
type ID struct {
	Pattern string // "{owner}/{repo}/{run}"; "": it is not taken apart
	Help    string
	Example string

	parts []part
}

const maxID = 8 << 10 // a URL with a token in its query may be long

// Take returns what is known of a task by its id: $id, and its parts where there is a pattern. The error is an *Error at
// "id": it is empty, or longer than 8 KiB, has a control character, or does not fit the pattern.
func (i ID) Take(id string) (Values, error) {
	switch {
	case id == "":
		return nil, refused("id", "it is empty", i.hint())
	case len(id) > maxID:
		return nil, refused("id", fmt.Sprintf("an id of %d bytes; at most %d", len(id), maxID), "")
	case hasControl(id) || !utf8.ValidString(id):
		return nil, refused("id", quote(id)+" has a control character in it", i.hint())
	}
	v := Values{"id": id}
	if i.Pattern == "" {
		return v, nil
	}
	if !i.cut(id, v) {
		return nil, refused("id", quote(id)+" does not fit "+i.Pattern, i.hint())
	}
	return v, nil
}

func (i ID) hint() string {
	switch {
	case i.Example != "":
		return "an id looks like " + i.Example
	case i.Help != "":
		return "an id is " + i.Help
	case i.Pattern != "":
		return "an id looks like " + i.Pattern
	}
	return ""
}

// cut takes the id apart: up to the part that may hold separators from the left, the rest from the right.
func (i ID) cut(id string, v Values) bool {
	left, right := i.parts, []part(nil)
	for n, p := range i.parts {
		if p.segments {
			left, right = i.parts[:n], i.parts[n+1:]
			break
		}
	}
	wide := len(left) < len(i.parts)
	rest, fits := id, true
	for n, p := range left {
		var next string // what the part ends before
		if n+1 < len(left) {
			next = left[n+1].literal
		}
		if rest, fits = i.cutLeft(p, rest, next, v); !fits {
			return false
		}
	}
	for n := len(right) - 1; n >= 0; n-- {
		next := ""
		if n > 0 {
			next = right[n-1].literal
		}
		if rest, fits = i.cutRight(right[n], rest, next, v); !fits {
			return false
		}
	}
	if !wide {
		return rest == ""
	}
	v[i.parts[len(left)].name] = rest
	return rest != ""
}

func (i ID) cutLeft(p part, rest, next string, v Values) (string, bool) {
	if p.name == "" {
		return strings.CutPrefix(rest, p.literal)
	}
	end := len(rest)
	if next != "" {
		if end = strings.Index(rest, next); end < 0 {
			return "", false
		}
	}
	v[p.name] = rest[:end]
	return rest[end:], end > 0 && !i.hasSeparator(rest[:end])
}

func (i ID) cutRight(p part, rest, next string, v Values) (string, bool) {
	if p.name == "" {
		return strings.CutSuffix(rest, p.literal)
	}
	begin := 0
	if next != "" {
		if begin = strings.LastIndex(rest, next); begin < 0 {
			return "", false
		}
		begin += len(next)
	}
	v[p.name] = rest[begin:]
	return rest[:begin], begin < len(rest) && !i.hasSeparator(rest[begin:])
}

// hasSeparator reports whether a literal that stands between two parts is in text.
func (i ID) hasSeparator(text string) bool {
	for n, p := range i.parts {
		if p.name == "" && n > 0 && n < len(i.parts)-1 && strings.Contains(text, p.literal) {
			return true
		}
	}
	return false
}

var widePart = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)\.\.\.\}`)

// idPattern reads a pattern; the problem is "" where that works.
func idPattern(text string) (parts []part, problem, hint string) {
	const example = `"{owner}/{repo}/{run}", of which one may be {name...}`
	wide := map[string]bool{}
	for _, found := range widePart.FindAllStringSubmatch(text, -1) {
		wide[found[1]] = true
	}
	if parts, problem, hint = parseTemplate(widePart.ReplaceAllString(text, "{$1}")); problem != "" {
		return nil, problem, hint
	}
	seen := map[string]bool{}
	for n, p := range parts {
		switch {
		case p.name == "":
			continue
		case len(p.keys) > 0 || p.segments:
			return nil, p.String() + " is not the name of a part", example
		case !plainName.MatchString(p.name):
			return nil, p.String() + " is not a name in small letters", example
		case reserved[p.name] || reservedBeside[p.name]:
			return nil, p.String() + " has a meaning of its own", "call it something else"
		case seen[p.name]:
			return nil, p.String() + " stands in it twice", example
		case n > 0 && parts[n-1].name != "":
			return nil, "nothing stands between {" + parts[n-1].name + "} and " + p.String(), example
		}
		seen[p.name] = true
		parts[n].segments = wide[p.name]
	}
	switch {
	case len(seen) == 0:
		return nil, "it has no part", example
	case len(wide) > 1:
		return nil, "two parts may hold the separators", example
	}
	return parts, "", ""
}
