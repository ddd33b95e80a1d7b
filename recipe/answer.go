package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
)

// An Answer is what a platform said to one request. Reading it does not change it.
type Answer struct {
	Status int         // the HTTP code; 0 where the answer did not come over HTTP
	Header http.Header // nil where it did not come over HTTP
	Body   any         // the JSON, as Decode gives it; nil where Text is none
	Text   string      // the body as it came
	Exec   *Exec       // nil where it is not a command's
	Known  Values      // what $name stands for beside it; a name that is not in it is null
}

// An Exec is how a command ended.
type Exec struct {
	Code   int
	Stderr string
}

// value is what an expression knows as $name.
func (a *Answer) value(name string) any {
	switch {
	case name == "http":
		return a.http()
	case name == "exec" && a.Exec == nil:
		return nil
	case name == "exec":
		return map[string]any{"code": a.Exec.Code, "stderr": a.Exec.Stderr}
	}
	return plain(a.Known[name])
}

// plain is v in one of the types that jq knows.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, int, float64, *big.Int, json.Number, string, []any, map[string]any:
		return v
	case int64:
		return int(v)
	case Values:
		return map[string]any(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case map[string]string:
		object := make(map[string]any, len(v))
		for key, s := range v {
			object[key] = s
		}
		return object
	}
	return fmt.Sprint(v)
}

// http is what an expression knows as $http.
func (a *Answer) http() map[string]any {
	return map[string]any{"status": a.Status, "headers": a.Headers(), "body": a.Text}
}

// Headers is what an expression knows as $http.headers: names in lower case, values of one name joined by ", ".
func (a *Answer) Headers() map[string]any {
	headers := make(map[string]any, len(a.Header))
	for name, values := range a.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return headers
}

// A number this long is an attack on whoever computes with it.
const maxNumber = 1000

// Decode reads one JSON value, and nothing after it, in the form that expressions work on: numbers are json.Number, as
// exact as they came. A byte order mark in front is let pass.
func Decode(body []byte) (any, error) { return DecodeText(string(body)) }

// DecodeText is Decode of a text, of which the texts in the value are parts.
func DecodeText(body string) (any, error) {
	body = strings.TrimPrefix(body, "\ufeff")
	if v, ok := readJSON(body); ok {
		return v, nil
	}
	return decodeSlowly([]byte(body))
}

// decodeSlowly knows to say what is wrong.
func decodeSlowly(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("empty")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, notJSON(body, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("JSON with something after it, at byte %d", d.InputOffset()+1)
	}
	if hasLongNumber(v) {
		return nil, fmt.Errorf("JSON with a number of more than %d digits", maxNumber)
	}
	return v, nil
}

func notJSON(body []byte, err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("JSON that ends in the middle")
	case errors.As(err, &syntax) && len(bytes.TrimSpace(body[:max(syntax.Offset-1, 0)])) == 0:
		return errors.New("not JSON")
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON (%w, at byte %d)", err, syntax.Offset)
	}
	return fmt.Errorf("not JSON (%w)", err)
}

func hasLongNumber(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return len(v) > maxNumber
	case []any:
		for _, item := range v {
			if hasLongNumber(item) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if hasLongNumber(item) {
				return true
			}
		}
	}
	return false
}
