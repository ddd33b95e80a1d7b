package recipe

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A jsonText is JSON that is being read in one pass, which takes half the time of encoding/json's two. It has no words for
// what is wrong: encoding/json is asked then.
type jsonText struct {
	text  string
	at    int
	depth int
}

const deepest = 10_000 // as deep as encoding/json goes

// readJSON reads text as Decode does. The texts in v are parts of it. ok is false for what Decode may refuse.
func readJSON(text string) (v any, ok bool) {
	j := jsonText{text: text}
	if v, ok = j.value(); !ok {
		return nil, false
	}
	j.space()
	return v, j.at == len(j.text)
}

func (j *jsonText) space() {
	for j.at < len(j.text) {
		switch j.text[j.at] {
		case ' ', '\t', '\r', '\n':
			j.at++
		default:
			return
		}
	}
}

// next takes c, after white space.
func (j *jsonText) next(c byte) bool {
	j.space()
	if j.at < len(j.text) && j.text[j.at] == c {
		j.at++
		return true
	}
	return false
}

func (j *jsonText) value() (any, bool) {
	j.space()
	if j.at == len(j.text) {
		return nil, false
	}
	switch c := j.text[j.at]; c {
	case '{':
		return j.object()
	case '[':
		return j.list()
	case '"':
		return j.string()
	case 't':
		return true, j.word("true")
	case 'f':
		return false, j.word("false")
	case 'n':
		return nil, j.word("null")
	default:
		return j.number()
	}
}

func (j *jsonText) word(word string) bool {
	if !strings.HasPrefix(j.text[j.at:], word) {
		return false
	}
	j.at += len(word)
	return true
}

func (j *jsonText) object() (any, bool) {
	if j.depth++; j.depth > deepest {
		return nil, false
	}
	j.at++
	object := map[string]any{}
	if j.next('}') {
		j.depth--
		return object, true
	}
	for {
		if j.space(); j.at == len(j.text) || j.text[j.at] != '"' {
			return nil, false
		}
		key, ok := j.string()
		if !ok || !j.next(':') {
			return nil, false
		}
		v, ok := j.value()
		if !ok {
			return nil, false
		}
		object[key] = v
		if j.next('}') {
			j.depth--
			return object, true
		}
		if !j.next(',') {
			return nil, false
		}
	}
}

func (j *jsonText) list() (any, bool) {
	if j.depth++; j.depth > deepest {
		return nil, false
	}
	j.at++
	list := []any{}
	if j.next(']') {
		j.depth--
		return list, true
	}
	for {
		v, ok := j.value()
		if !ok {
			return nil, false
		}
		list = append(list, v)
		if j.next(']') {
			j.depth--
			return list, true
		}
		if !j.next(',') {
			return nil, false
		}
	}
}

// string leaves what is not plain to encoding/json.
func (j *jsonText) string() (string, bool) {
	begin, plain := j.at, true
	for j.at++; j.at < len(j.text); j.at++ {
		switch c := j.text[j.at]; {
		case c == '"':
			j.at++
			return unquoted(j.text[begin:j.at], plain)
		case c == '\\':
			j.at++
			plain = false
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return "", false
}

func unquoted(text string, plain bool) (string, bool) {
	inner := text[1 : len(text)-1]
	if plain || strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner, true
	}
	var s string
	err := json.Unmarshal([]byte(text), &s)
	return s, err == nil
}

func (j *jsonText) number() (any, bool) {
	begin := j.at
	if j.text[j.at] == '-' {
		j.at++
	}
	zero := j.at < len(j.text) && j.text[j.at] == '0'
	if n := j.digits(); n == 0 || zero && n > 1 {
		return nil, false
	}
	if j.at < len(j.text) && j.text[j.at] == '.' {
		j.at++
		if j.digits() == 0 {
			return nil, false
		}
	}
	if j.at < len(j.text) && (j.text[j.at] == 'e' || j.text[j.at] == 'E') {
		j.at++
		if j.at < len(j.text) && (j.text[j.at] == '+' || j.text[j.at] == '-') {
			j.at++
		}
		if j.digits() == 0 {
			return nil, false
		}
	}
	return json.Number(j.text[begin:j.at]), j.at-begin <= maxNumber
}

func (j *jsonText) digits() (n int) {
	for j.at < len(j.text) && '0' <= j.text[j.at] && j.text[j.at] <= '9' {
		j.at++
		n++
	}
	return n
}
