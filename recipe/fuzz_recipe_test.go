package recipe_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/settle-go/settle/recipe"
)

// Whatever somebody writes down, it is a recipe or is refused by *Errors that say where.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("library/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files[:min(len(files), 5)] {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, seed := range []string{
		"", "a", "- a", "name: {a: b}", "\xff", "a: [*b]", "a: &b c", "? [a]\n: b", "<<: {a: b}", small("id: '{a}{b...}{{'"), small("link: '{url}/{+id}?{id}#{id}'"),
		small(status("poll: {max: 1s, json: $seconds}")), small("auth: [{exec: [a]}, {none: true}]"), small(action("params: {a: {type: bytes, default: 1GiB}}", "request: {post: '{url}', xml: '<a>{a}</a>'}", "id: 'null'")),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := recipe.Parse("x.yaml", text)
		if err != nil {
			for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
				var refused *recipe.Error
				if !errors.As(e, &refused) || refused.Problem == "" || refused.File != "x.yaml" || refused.Line < 0 || refused.Line == 0 && refused.Place != "" || refused.Line > bytes.Count(text, []byte("\n"))+strings.Count(string(text), "\r")+strings.Count(string(text), "\u0085")+strings.Count(string(text), "\u2028")+strings.Count(string(text), "\u2029")+2 {
					t.Errorf("got %#v", e)
				}
			}
			return
		}
		again, err := recipe.Parse(r.File, r.Source)
		if err != nil || again.Name != r.Name || !slices.Equal(r.Status.Request.Names(), again.Status.Request.Names()) || len(r.Actions) != len(again.Actions) {
			t.Errorf("again: got %v", err)
		}
		if r.Name == "" || r.Title == "" || r.Docs == "" || len(r.Proof) == 0 || r.Status == nil || r.Status.Request == nil || r.Status.Reader == nil {
			t.Errorf("got %+v", r)
		}
	})
}

// Whatever a value is, a request goes where it went, and the value is one value.
func FuzzFill(f *testing.F) {
	for _, seed := range []string{"x", "", ".", "..", "a/b", "../..", "a?b=c#d", "%2e%2e", "%", "ä", "\x00", "\r\nX: y", "@evil/", "\\evil", `","a":"`, "<x/>", "]]>", "&#0;", "--all", "{id}", "\xff", "a&b=c", "\u2028", "a;b", "//evil"} {
		f.Add(seed)
	}
	r := parse(f, "id: {help: x}", "target: {url: {}, zone: {}}",
		"cancel: {get: '{url}/a/{id}/b', query: {q: '{id}', r: 'x{id}y'}, header: {X: '{id}', Y: 'x {id}'}}",
		"batch: {request: {get: '{url}/a/{ids}/b', query: {q: '{ids}'}}, join: ';', items: .}",
		"result: {request: {post: 'https://{zone}.h.example/x', json: '{id: $id}'}, value: .}",
		"detect: {request: {post: '{url}', text: '{zone}'}, when: .}",
		action("params: {a: {}}", "read: {x: {request: {post: '{url}', xml: '<r a=\"{a}\">{a}</r>'}, one: .}, f: {request: {post: '{url}', form: {k: '{a}'}}, one: .}, e: {request: {exec: [x, '{a}', 'y={a}']}, one: .}}",
			"request: {post: '{url}/{+a}/end'}", "id: .id"))
	f.Fuzz(func(t *testing.T, value string) {
		v := recipe.Values{"url": "https://h.example:8443", "id": value, "a": value, "zone": value, "ids": []any{"k", value}}
		fill := func(q *recipe.Request) *recipe.Filled {
			filled, err := q.Fill(t.Context(), v)
			var refused *recipe.Error
			if err != nil && !errors.As(err, &refused) {
				t.Fatalf("got %v, want an *Error", err)
			}
			return filled
		}
		if got := fill(r.Cancel); got != nil {
			u := parseURL(t, got.URL, "h.example:8443", 3)
			if q := u.Query(); len(q) != 2 || len(q["q"]) != 1 || q.Get("q") != value || q.Get("r") != "x"+value+"y" {
				t.Errorf("query %s", u.RawQuery)
			}
			if segment, err := url.PathUnescape(strings.Split(u.EscapedPath(), "/")[2]); err != nil || segment != value {
				t.Errorf("segment %q, %v", segment, err)
			}
			checkHeader(t, got.Header, value)
		}
		if got := fill(r.Batch.Request); got != nil {
			u := parseURL(t, got.URL, "h.example:8443", 3)
			if !strings.HasPrefix(u.RawQuery, "q=k%3B") || strings.ContainsAny(u.RawQuery, "&#;+") {
				t.Errorf("query %s", u.RawQuery)
			}
		}
		if got := fill(r.Result.Request); got != nil {
			u := parseURL(t, got.URL, value+".h.example", 1)
			if !strings.HasSuffix(u.Hostname(), ".h.example") {
				t.Errorf("host %s", u.Host)
			}
			var body map[string]string
			if err := json.Unmarshal(got.Body, &body); err != nil || utf8.ValidString(value) && body["id"] != value || len(body) != 1 {
				t.Errorf("body %s, %v", got.Body, err)
			}
		}
		checkBodies(t, r.Actions[0], fill, value)
	})
}

func checkBodies(t *testing.T, a *recipe.Action, fill func(*recipe.Request) *recipe.Filled, value string) {
	if got := fill(a.Reads[0].Request); got != nil {
		tree, err := recipe.DecodeXML(string(got.Body))
		root, _ := tree.(map[string]any)
		element, _ := root["r"].(map[string]any)
		text, _ := element["#text"].(string)
		if err != nil || element["@a"] != value || text != strings.TrimSpace(value) || len(root) != 1 || len(element) > 2 {
			t.Errorf("XML %s: %v, %v", got.Body, tree, err)
		}
	}
	if got := fill(a.Reads[1].Request); got != nil {
		form, err := url.ParseQuery(string(got.Body))
		if err != nil || len(form) != 1 || form.Get("k") != value {
			t.Errorf("form %s", got.Body)
		}
	}
	if got := fill(a.Reads[2].Request); got != nil && (len(got.Exec) != 3 || got.Exec[1] != value || strings.HasPrefix(value, "-")) {
		t.Errorf("command %q", got.Exec)
	}
	if got := fill(a.Request); got != nil {
		parseURL(t, got.URL, "h.example:8443", strings.Count(value, "/")+2)
	}
}

func parseURL(t *testing.T, text, host string, segments int) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	clean := u.JoinPath() // resolves what dots there are
	if u.Scheme != "https" || u.Host != host || u.User != nil || u.Fragment != "" || strings.Count(u.EscapedPath(), "/") != segments || clean.EscapedPath() != u.EscapedPath() {
		t.Errorf("URL %s", text)
	}
	return u
}

func checkHeader(t *testing.T, h http.Header, value string) {
	t.Helper()
	for name, values := range h {
		if len(values) != 1 || strings.ContainsFunc(values[0], unicode.IsControl) || !strings.HasSuffix(values[0], value) {
			t.Errorf("header %s: %q", name, values)
		}
	}
}

// Reading XML never panics, and what it gives is a tree that expressions can work on.
func FuzzDecodeXML(f *testing.F) {
	for _, seed := range []string{"<a/>", "<a b='c'>d</a>", "<a><b/><b/></a>", "<a>", "<!DOCTYPE a><a/>", "<a:b xmlns:a='c' a:d='e'/>", "<a>&lt;&#0;</a>", "\ufeff<a/>", "<?xml version='1.0' encoding='latin1'?><a>\xe9</a>", "<a><![CDATA[x]]></a>", "<a #text='b'/>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := recipe.DecodeXML(text)
		if err != nil {
			if v != nil {
				t.Errorf("got %v beside the error %v", v, err)
			}
			return
		}
		root, isObject := v.(map[string]any)
		if !isObject || len(root) != 1 {
			t.Fatalf("got %#v", v)
		}
		checkTree(t, v)
		again, err := recipe.DecodeXML(text)
		if err != nil || len(again.(map[string]any)) != 1 {
			t.Errorf("again: got %v, %v", again, err)
		}
	})
}

func checkTree(t *testing.T, v any) {
	switch v := v.(type) {
	case string:
	case []any:
		if len(v) < 2 {
			t.Errorf("a list of %d", len(v))
		}
		for _, item := range v {
			checkTree(t, item)
		}
	case map[string]any:
		if len(v) == 0 {
			t.Error("an empty object")
		}
		for _, item := range v {
			checkTree(t, item)
		}
	default:
		t.Errorf("got %T", v)
	}
}
