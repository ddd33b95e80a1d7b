package recipe

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

// text returns v as a word; isText is false for null, a list and an object.
func text(v any) (word string, isText bool) {
	switch v := v.(type) {
	case nil, []any, map[string]any:
		return "", false
	case string:
		return v, true
	}
	b, err := gojq.Marshal(v)
	return string(b), err == nil
}

// describe says what v is without its values, which may be long or secret.
func describe(v any, found bool) string {
	switch v := v.(type) {
	case nil:
		if found {
			return "null"
		}
		return "nothing"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return "an object with " + keys(v)
	}
	return "something else"
}

const (
	shownKeys = 12
	longKey   = 40
)

// keys never shows a part of a key: a secret cut short could not be masked any more.
func keys(object map[string]any) string {
	if len(object) == 0 {
		return "no keys"
	}
	var shown []string
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if len(key) <= longKey && len(shown) < shownKeys {
			shown = append(shown, showKey(key))
		}
	}
	text := "the keys " + strings.Join(shown, ", ")
	if more := len(object) - len(shown); len(shown) == 0 {
		return fmt.Sprintf("%d keys", more)
	} else if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func showKey(key string) string {
	if plainKey.MatchString(key) {
		return key
	}
	return quote(key)
}

// whereabouts says, of an expression that found null, which keys there were to choose from: those of the last object
// that a plain path such as .data.status comes by, else the answer's own.
func whereabouts(path string, v any, body any) string {
	if v != nil {
		return ""
	}
	at, name := body, "the answer"
	for key := range strings.SplitSeq(strings.TrimPrefix(path, "."), ".") {
		object, isObject := at.(map[string]any)
		if !isObject || !plainKey.MatchString(key) || !strings.HasPrefix(path, ".") {
			break
		}
		switch object[key].(type) {
		case []any, map[string]any:
		default:
			return "; " + name + " is " + describe(at, true)
		}
		if name == "the answer" {
			name = ""
		}
		at, name = object[key], name+"."+key
	}
	if at == nil {
		return "; " + name + " is null"
	}
	if word, isText := text(at); isText {
		return fmt.Sprintf("; %s is a single value of %d bytes", name, len(word))
	}
	return "; " + name + " is " + describe(at, true)
}

// size is about how long v is as JSON. It stops counting beyond most, since a small program can build a value that
// holds itself many times over.
func size(v any, most int) int {
	n := 4
	switch v := v.(type) {
	case string:
		n = len(v) + 2
	case json.Number:
		n = len(v)
	case *big.Int:
		n = v.BitLen()/3 + 1
	case float64, int:
		n = 8
	case []any:
		for _, item := range v {
			if n += 1 + size(item, most-n); n > most {
				break
			}
		}
	case map[string]any:
		for key, item := range v {
			if n += len(key) + 4 + size(item, most-n); n > most {
				break
			}
		}
	}
	return n
}

// cut shortens text to about n bytes, between characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

const longQuote = 200

// quote shows a text that somebody wrote, on one line.
func quote(text string) string { return strconv.QuoteToGraphic(cut(text, longQuote)) }
