package recipe

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Template is text with names in braces: {name}, {read.vm}, {login.part}, {+name}; {{ and }} are braces.
type Template struct {
	text  string
	place string // where it stands in its recipe
	parts []part
	url   *urlShape // not nil: it is a URL
	as    escape
	join  string // what stands between the values of a list; "": a list does not fit
}

// A part is literal text, or a name with the keys on the way from it.
type part struct {
	literal  string
	name     string   // "": it is literal
	keys     []string // what follows the name, after dots
	segments bool     // {+name}: its slashes are slashes
}

func (p part) String() string {
	name := strings.Join(append([]string{p.name}, p.keys...), ".")
	if p.segments {
		name = "+" + name
	}
	return "{" + name + "}"
}

// escape is what is done to a value for where it stands.
type escape int

const (
	asIs       escape = iota // the query is escaped as a whole, later
	asHeader                 // without control characters
	asXML                    // as the text of an element or an attribute
	asArgument               // without NUL, and not an option
)

// parseTemplate takes text apart; the problem is "" where that works.
func parseTemplate(text string) (parts []part, problem, hint string) {
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts = append(parts, part{literal: literal.String()})
			literal.Reset()
		}
	}
	for rest := text; rest != ""; {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			literal.WriteString(rest)
			break
		}
		literal.WriteString(rest[:at])
		brace := rest[at : at+1]
		if rest = rest[at+1:]; strings.HasPrefix(rest, brace) {
			literal.WriteString(brace)
			rest = rest[1:]
			continue
		}
		if brace == "}" {
			return nil, "a } that closes nothing", "a brace that is meant as such is written }}"
		}
		inner, after, closed := strings.Cut(rest, "}")
		p, isName := parseName(inner)
		switch {
		case !closed:
			return nil, "a { that nothing closes", "a brace that is meant as such is written {{"
		case !isName:
			return nil, quote("{"+inner+"}") + " is no name", "names are as {vm} or {read.vm}; braces that are meant as such are written {{ and }}"
		}
		flush()
		parts = append(parts, p)
		rest = after
	}
	flush()
	return parts, "", ""
}

func parseName(text string) (p part, isName bool) {
	text, p.segments = strings.CutPrefix(text, "+")
	words := strings.Split(text, ".")
	if !plainKey.MatchString(words[0]) {
		return p, false
	}
	for _, key := range words[1:] {
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) {
			return p, false
		}
	}
	p.name, p.keys = words[0], words[1:]
	return p, true
}

// String returns the template as it was written.
func (t *Template) String() string { return t.text }

// Fill returns the text with v's values in place of the names, escaped for where the template stands: as URL, XML,
// header or argument. What is meant for a query is not escaped yet. The error is an *Error: a value is null, or not
// there, or has no place in such text.
func (t *Template) Fill(v Values) (string, error) {
	if t.url != nil {
		filled, err := t.fillURL(v)
		return filled.String(), err
	}
	var b strings.Builder
	for i, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		values, err := t.values(p, v)
		if err != nil {
			return "", err
		}
		for j, value := range values {
			if j > 0 {
				b.WriteString(t.join)
			}
			escaped, err := t.escaped(p, value, i == 0 && j == 0)
			if err != nil {
				return "", err
			}
			b.WriteString(escaped)
		}
	}
	return b.String(), nil
}

func (t *Template) refuse(problem, hint string) error { return refused(t.place, problem, hint) }

// escaped is one value for where it stands; first, where nothing stands before it.
func (t *Template) escaped(p part, value string, first bool) (string, error) {
	switch t.as {
	case asHeader:
		if hasControl(value) {
			return "", t.refuse("the value of "+p.String()+" has a line break or another control character in it", "write it on one line")
		}
	case asXML:
		if strings.ContainsFunc(value, notXML) || !utf8.ValidString(value) {
			return "", t.refuse("the value of "+p.String()+" has a control character in it, which XML cannot hold", "")
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(value)); err != nil {
			return "", err
		}
		return b.String(), nil
	case asArgument:
		if strings.ContainsRune(value, 0) {
			return "", t.refuse("the value of "+p.String()+" has a NUL in it", "")
		}
		if first && strings.HasPrefix(value, "-") {
			return "", t.refuse("the value of "+p.String()+` begins with "-", so that the command would take it for an option`, "")
		}
	}
	return value, nil
}

func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// alone is the only name of a template that is nothing but that.
func (t *Template) alone() (p part, isAlone bool) {
	if len(t.parts) == 1 && t.parts[0].name != "" {
		return t.parts[0], true
	}
	return part{}, false
}

// all is Fill where a value that stands alone may be null, which gives no text, or a list, which gives several.
func (t *Template) all(v Values) ([]string, error) {
	p, isAlone := t.alone()
	if !isAlone {
		text, err := t.Fill(v)
		return []string{text}, err
	}
	switch value := p.in(v).(type) {
	case nil:
		return nil, nil
	case []any:
		if t.join != "" {
			break
		}
		texts := make([]string, len(value))
		for i, item := range value {
			word, isText := text(item)
			if !isText {
				return nil, t.refuse(p.String()+" is a list with "+describe(item, true)+" in it", "")
			}
			var err error
			if texts[i], err = t.escaped(p, word, true); err != nil {
				return nil, err
			}
		}
		return texts, nil
	}
	text, err := t.Fill(v)
	return []string{text}, err
}

// in is the part's value, nil where there is none.
func (p part) in(v Values) any {
	at := plain(v[p.name])
	for _, key := range p.keys {
		object, _ := at.(map[string]any)
		at = object[key]
	}
	return at
}

// values are the texts that a part stands for: several only where the template has something to stand between.
func (t *Template) values(p part, v Values) ([]string, error) {
	value := p.in(v)
	if word, isText := text(value); isText {
		return []string{word}, nil
	}
	list, isList := value.([]any)
	switch {
	case value == nil:
		return nil, t.refuse(p.String()+" has no value", "")
	case !isList || t.join == "":
		return nil, t.refuse(fmt.Sprintf("%s is %s, which does not fit into text", p, describe(value, true)), "")
	case len(list) == 0:
		return nil, t.refuse(p.String()+" is an empty list", "")
	}
	words := make([]string, len(list))
	for i, item := range list {
		var isText bool
		if words[i], isText = text(item); !isText {
			return nil, t.refuse(p.String()+" is a list with "+describe(item, true)+" in it", "")
		}
	}
	return words, nil
}

// Fill returns the pair's values: none where the value is null, several where it is a list. Those of a query are not
// escaped yet. The error is as for a Template.
func (p Pair) Fill(v Values) ([]string, error) { return p.Value.all(v) }
