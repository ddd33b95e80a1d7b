package recipe_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/recipe"
)

// filled is what a request makes of values; the recipe knows the parameters a, b and list of an action, and reads vm.
func filled(t testing.TB, request string, v recipe.Values) (*recipe.Filled, error) {
	t.Helper()
	r := parse(t, "target: {url: {strip: /sdk}, other: {optional: true}}",
		"auth: {header: {A: '{login}', B: '{other}'}, exec: [token]}",
		action("params: {a: {}, b: {}, list: {}}",
			"read: {vm: {request: {get: '{url}/{a}/{b}/{list}'}, value: .}}",
			"request: "+request, "id: .id"))
	all := recipe.Values{"url": "https://h.example:8443"}
	for name, value := range v {
		all[name] = value
	}
	return r.Action("vm.stop").Request.Fill(t.Context(), all)
}

func TestFillURL(t *testing.T) {
	type v = recipe.Values
	tests := []struct {
		name, url string
		values    v
		want      string
	}{
		{"plain", "{url}/x", nil, "https://h.example:8443/x"},
		{"a slash at the address's end", "{url}/x", v{"url": "https://h/"}, "https://h/x"},
		{"a prefix", "{url}/x", v{"url": "https://h/acme/"}, "https://h/acme/x"},
		{"what people write behind it", "{url}/x", v{"url": "https://h/sdk/"}, "https://h/x"},
		{"the same, once", "{url}/x", v{"url": "https://h/sdk/sdk"}, "https://h/sdk/x"},
		{"an escaped prefix", "{url}/x", v{"url": "https://h/a%2Fb"}, "https://h/a%2Fb/x"},
		{"only the address", "{url}", v{"url": "https://h"}, "https://h"},
		{"a query behind the address", "{url}?list", nil, "https://h.example:8443?list"},
		{"everything is escaped", "{url}/{a}", v{"a": "ä /?#%&=+:;,@$!'()*"}, "https://h.example:8443/%C3%A4%20%2F%3F%23%25%26%3D%2B%3A%3B%2C%40%24%21%27%28%29%2A"},
		{"but for the unreserved", "{url}/{a}", v{"a": "aZ09-._~"}, "https://h.example:8443/aZ09-._~"},
		{"dots within", "{url}/{a}/{b}", v{"a": "...", "b": "a..b"}, "https://h.example:8443/.../a..b"},
		{"an escaped dot segment", "{url}/{a}", v{"a": "%2e%2e"}, "https://h.example:8443/%252e%252e"},
		{"slashes that are kept", "{url}/{+a}/x", v{"a": "a b/c?/d"}, "https://h.example:8443/a%20b/c%3F/d/x"},
		{"in a query that is written out", "{url}/x?q={a}&r=1", v{"a": "a&b=c d"}, "https://h.example:8443/x?q=a%26b%3Dc%20d&r=1"},
		{"braces", "{url}/{{{a}}}", v{"a": "b"}, "https://h.example:8443/%7Bb%7D"},
		{"what is not ASCII", "{url}/任务/{a}", v{"a": "b"}, "https://h.example:8443/%E4%BB%BB%E5%8A%A1/b"},
		{"what is escaped already", "{url}/a%20b/{a}", v{"a": "c"}, "https://h.example:8443/a%20b/c"},
		{"a number", "{url}/{a}", v{"a": 7}, "https://h.example:8443/7"},
		{"a large number", "{url}/{a}", v{"a": json.Number("12345678901234567890")}, "https://h.example:8443/12345678901234567890"},
		{"a boolean", "{url}/{a}", v{"a": true}, "https://h.example:8443/true"},
		{"what was read", "{url}/{read.vm}", v{"read": map[string]any{"vm": "a/b"}}, "https://h.example:8443/a%2Fb"},
		{"within what was read", "{url}/{read.vm.x-id}", v{"read": map[string]any{"vm": map[string]any{"x-id": "7"}}}, "https://h.example:8443/7"},
		{"a name in the host", "https://{a}.example.com/x", v{"a": "eu-1"}, "https://eu-1.example.com/x"},
		{"a URL from elsewhere", "{read.vm}", v{"read": map[string]any{"vm": "https://other/a%2Fb?x=1"}}, "https://other/a%2Fb?x=1"},
		{"and something behind it", "{read.vm}api/json?y=2", v{"read": map[string]any{"vm": "https://other/job/7/?x=1"}}, "https://other/job/7/api/json?x=1&y=2"},
		{"behind no path", "{read.vm}api", v{"read": map[string]any{"vm": "https://other"}}, "https://other/api"},
		{"one slash", "{read.vm}/api", v{"read": map[string]any{"vm": "https://other/"}}, "https://other/api"},
		{"a relative URL", "{read.vm}", v{"url": "https://h/api/", "read": map[string]any{"vm": "/tasks/7?a=b"}}, "https://h/tasks/7?a=b"},
		{"a relative URL without slash", "{read.vm}", v{"url": "https://h/api", "read": map[string]any{"vm": "tasks/7"}}, "https://h/api/tasks/7"},
		{"another field", "{other}/x", v{"other": "http://other:9000"}, "http://other:9000/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := filled(t, `{post: "`+strings.ReplaceAll(tt.url, `"`, `\"`)+`"}`, tt.values)
			if err != nil || f.URL != tt.want {
				t.Errorf("got %+v, %v, want %s", f, err, tt.want)
			}
		})
	}
}

func TestFillRefuses(t *testing.T) {
	type v = recipe.Values
	read := func(x any) v { return v{"read": map[string]any{"vm": x}} }
	tests := []struct {
		name, request    string
		values           v
		problem, nowhere string // nowhere: what the error must not show
	}{
		{"no value", `{post: "{url}/{a}"}`, nil, "{a} has no value", ""},
		{"null", `{post: "{url}/{a}"}`, v{"a": nil}, "{a} has no value", ""},
		{"an empty value", `{post: "{url}/{a}"}`, v{"a": ""}, "{a} is empty", ""},
		{"a dot", `{post: "{url}/{a}"}`, v{"a": "."}, `would be "."`, ""},
		{"two dots", `{post: "{url}/x/{a}"}`, v{"a": ".."}, `would be ".."`, ""},
		{"dots by dots", `{post: "{url}/x/{a}{b}"}`, v{"a": ".", "b": "."}, `would be ".."`, ""},
		{"dots among segments", `{post: "{url}/{+a}"}`, v{"a": "x/../y"}, "one of dots", ""},
		{"an empty segment", `{post: "{url}/{+a}"}`, v{"a": "/x"}, "empty segment", ""},
		{"a list", `{post: "{url}/{a}"}`, v{"a": []any{"x"}}, "a list of 1", ""},
		{"an object", `{post: "{url}/{a}"}`, v{"a": map[string]any{"secret": 1}}, "an object", ""},
		{"a host that is none", `{post: "https://{a}.example.com/x"}`, v{"a": "evil.example/"}, "host's name", "evil"},
		{"a host with a user", `{post: "https://{a}.example.com/x"}`, v{"a": "u@evil"}, "host's name", "evil"},
		{"an address without scheme", `{post: "{url}/x"}`, v{"url": "h.example"}, "http:// or https://", ""},
		{"an address of another scheme", `{post: "{url}/x"}`, v{"url": "file:///etc"}, "http:// or https://", ""},
		{"an address without host", `{post: "{url}/x"}`, v{"url": "https:///x"}, "no host", ""},
		{"an address with a password", `{post: "{url}/x"}`, v{"url": "https://u:hunter2@h"}, "user or password", "hunter2"},
		{"an address that is none", `{post: "{url}/x"}`, v{"url": "https://h:%zz"}, "cannot be read", ""},
		{"an address with a line break", `{post: "{url}/x"}`, v{"url": "https://h\n"}, "control character", ""},
		{"a relative URL that names a host", `{post: "{read.vm}"}`, read("//evil/x"), "names a host", "evil"},
		{"a URL of another scheme", `{post: "{read.vm}"}`, read("javascript:alert(1)"), "http:// or https://", "alert"},
		{"a task's id for a URL", `{post: "{read.vm}"}`, read("UPID:pve:1"), "http:// or https://", ""},
		{"null in a query", `{post: "{url}", query: {q: "x {a}"}}`, nil, "{a} has no value", ""},
		{"a list within a query", `{post: "{url}", query: {q: "x {a}"}}`, v{"a": []any{"x"}}, "does not fit into text", ""},
		{"a list of lists", `{post: "{url}", query: {q: "{a}"}}`, v{"a": []any{[]any{"x"}}}, "a list with a list of 1", ""},
		{"a header of two lines", `{post: "{url}", header: {X: "{a}"}}`, v{"a": "hunter2\r\nX-Evil: 1"}, "line break", "hunter2"},
		{"a header of two lines, in a list", `{post: "{url}", header: {X: "{a}"}}`, v{"a": []any{"hunter2\nX-Evil: 1"}}, "line break", "hunter2"},
		{"what XML cannot hold", `{post: "{url}", xml: "<a>{a}</a>"}`, v{"a": "x\x01"}, "control character", ""},
		{"no UTF-8 for XML", `{post: "{url}", xml: "<a>{a}</a>"}`, v{"a": "x\xff"}, "control character", ""},
		{"an option", `{exec: [acme, stop, "{a}"]}`, v{"a": "--all"}, `begins with "-"`, ""},
		{"an option in a list", `{exec: [acme, stop, "{a}"]}`, v{"a": []any{"x", "-y"}}, `begins with "-"`, ""},
		{"an empty list of arguments", `{exec: [acme, stop, "{a}"]}`, v{"a": []any{}}, "a list of 0", ""},
		{"no argument", `{exec: [acme, stop, "{a}"]}`, nil, "{a} has no value", ""},
		{"a NUL", `{exec: [acme, stop, "x{a}"]}`, v{"a": "\x00"}, "NUL", ""},
		{"jq that fails", `{post: "{url}", json: "$a + 1"}`, v{"a": "x"}, "cannot add", ""},
		{"jq that gives nothing", `{post: "{url}", json: "empty"}`, nil, "gives nothing", ""},
		{"jq that gives too much", `{post: "{url}", json: '[limit(10; repeat("x" * 1000000))]'}`, nil, "more than 8388608 bytes", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := filled(t, tt.request, tt.values)
			var refused *recipe.Error
			if !errors.As(err, &refused) {
				t.Fatalf("got %+v, %v, want an *Error", f, err)
			}
			if !strings.Contains(refused.Problem, tt.problem) || !strings.HasPrefix(refused.Place, "actions.vm.stop.request") {
				t.Errorf("got %v, want %q in it", err, tt.problem)
			}
			if tt.nowhere != "" && strings.Contains(err.Error()+refused.Hint, tt.nowhere) {
				t.Errorf("%v shows %s", err, tt.nowhere)
			}
		})
	}
}

func TestFillBodies(t *testing.T) {
	type v = recipe.Values
	tests := []struct {
		name, request string
		values        v
		body, kind    string
	}{
		{"none", `{post: "{url}"}`, nil, "", ""},
		{"values keep their types", `{post: "{url}", json: "{a: $a, b: $b, list: $list, null: $other}"}`, v{"a": 7, "b": json.Number("9007199254740993"), "list": []any{true, nil, "x"}}, `{"a":7,"b":9007199254740993,"list":[true,null,"x"],"null":null}`, "application/json"},
		{"nothing can be injected", `{post: "{url}", json: "{a: $a}"}`, v{"a": `","admin":true,"x":"`}, `{"a":"\",\"admin\":true,\"x\":\""}`, "application/json"},
		{"the first output", `{post: "{url}", json: "1, 2"}`, nil, "1", "application/json"},
		{"its own content type", `{post: "{url}", json: "$a", header: {content-type: application/merge-patch+json}}`, v{"a": "x"}, `"x"`, "application/merge-patch+json"},
		{"a form", `{post: "{url}", form: {u: "{a}", p: "x {b}", none: "{other}", l: "{list}"}}`, v{"a": "a b&c", "b": "=", "list": []any{"1", 2}}, "u=a+b%26c&p=x+%3D&l=1&l=2", "application/x-www-form-urlencoded"},
		{"XML", `{post: "{url}", xml: "<a b='{a}'>{b}</a>"}`, v{"a": `'"<`, "b": "<x/>&\n"}, "<a b='&#39;&#34;&lt;'>&lt;x/&gt;&amp;&#xA;</a>", "text/xml; charset=utf-8"},
		{"text", `{put: "{url}", text: "a={a}"}`, v{"a": "<&"}, "a=<&", "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := filled(t, tt.request, tt.values)
			if err != nil {
				t.Fatal(err)
			}
			if string(f.Body) != tt.body || f.Header.Get("Content-Type") != tt.kind {
				t.Errorf("got %s, %s; want %s, %s", f.Body, f.Header.Get("Content-Type"), tt.body, tt.kind)
			}
		})
	}
}

func TestFillQueryAndHeader(t *testing.T) {
	type v = recipe.Values
	tests := []struct {
		name, request string
		values        v
		url           string
		header        map[string][]string
	}{
		{"in the order of the file", `{get: "{url}/x", query: {b: 1, a: "{a}"}}`, v{"a": "c d"}, "/x?b=1&a=c%20d", nil},
		{"behind what is there", `{get: "{url}/x?q=1", query: {b: true}}`, nil, "/x?q=1&b=true", nil},
		{"null is left out", `{get: "{url}/x", query: {a: "{a}", b: ""}, header: {X: "{a}", Y: ""}}`, nil, "/x?b=", map[string][]string{"Y": {""}}},
		{"a list is repeated", `{get: "{url}/x", query: {id: "{list}"}, header: {X: "{list}"}}`, v{"list": []any{"a&b", 2}}, "/x?id=a%26b&id=2", map[string][]string{"X": {"a&b", "2"}}},
		{"an empty list", `{get: "{url}/x", query: {id: "{list}"}}`, v{"list": []any{}}, "/x", nil},
		{"several templates", `{get: "{url}/x", query: {f: [a, "{a}", "{other}"]}}`, v{"a": "b"}, "/x?f=a&f=b", nil},
		{"an odd key", `{get: "{url}/x", query: {"$filter[a]": "eq"}}`, nil, "/x?%24filter%5Ba%5D=eq", nil},
		{"headers of what was read", `{get: "{url}/x", header: {If-Match: "{read.vm_headers.etag}"}}`, v{"read": map[string]any{"vm_headers": map[string]any{"etag": `W/"7"`}}}, "/x", map[string][]string{"If-Match": {`W/"7"`}}},
		{"what a URL brings itself", `{get: "{read.vm}", query: {v: 1, w: 2}}`, v{"read": map[string]any{"vm": "https://h.example:8443/x?v=0"}}, "/x?v=0&w=2", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := filled(t, tt.request, tt.values)
			if err != nil {
				t.Fatal(err)
			}
			if want := "https://h.example:8443" + tt.url; f.URL != want {
				t.Errorf("got %s, want %s", f.URL, want)
			}
			if diff := cmp.Diff(tt.header, map[string][]string(f.Header)); diff != "" && (tt.header != nil || len(f.Header) > 0) {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFillCommand(t *testing.T) {
	f, err := filled(t, `{exec: [acme, --id, "{a}", "--name={b}", "{list}", ""], stdin: "{x: $a}"}`,
		recipe.Values{"a": "$(rm -rf); x", "b": "-y", "list": []any{"1", 2}})
	if err != nil {
		t.Fatal(err)
	}
	want := &recipe.Filled{Exec: []string{"acme", "--id", "$(rm -rf); x", "--name=-y", "1", "2", ""}, Stdin: []byte(`{"x":"$(rm -rf); x"}`)}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f, err = filled(t, `{exec: [acme, "{url}"], stdin: $a}`, recipe.Values{"a": "line\n"})
	if err != nil || string(f.Stdin) != "line\n" {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestFillBatch(t *testing.T) {
	tests := []struct{ name, batch, url, body string }{
		{"in a body", `{request: {post: "{url}/t", json: '{id_in: $ids}'}, items: .}`, "https://h/t", `{"id_in":["a/b","c,d"]}`},
		{"repeated", `{request: {get: "{url}/t", query: {id: "{ids}"}}, items: .}`, "https://h/t?id=a%2Fb&id=c%2Cd", ""},
		{"joined in a query", `{request: {get: "{url}/t", query: {id: "{ids}"}}, items: ., join: ","}`, "https://h/t?id=a%2Fb,c%2Cd", ""},
		{"joined within a query", `{request: {get: "{url}/t", query: {q: "id in ({ids})"}}, items: ., join: " | "}`, "https://h/t?q=id%20in%20%28a%2Fb%20%7C%20c%2Cd%29", ""},
		{"joined in a path", `{request: {get: "{url}/t/{ids}"}, items: ., join: ";"}`, "https://h/t/a%2Fb;c%2Cd", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, "batch: "+tt.batch)
			f, err := r.Batch.Request.Fill(t.Context(), recipe.Values{"url": "https://h", "ids": []any{"a/b", "c,d"}})
			if err != nil || f.URL != tt.url || string(f.Body) != tt.body {
				t.Errorf("got %+v, %v, want %s %s", f, err, tt.url, tt.body)
			}
		})
	}
}

func TestFillEndsWithItsContext(t *testing.T) {
	why := errors.New("the user went home")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	r := parse(t, "cancel: {post: '{url}', json: $id}")
	if _, err := r.Cancel.Fill(ctx, recipe.Values{"url": "https://h", "id": "7"}); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestNames(t *testing.T) {
	r := parse(t, "id: '{project}/{task}'", `cancel: {post: "{url}/{project}", query: {q: "{task}"}, header: {X: "{id}"}, json: "{a: $id, b: (1 as $x | $x)}", answer: text}`)
	if diff := cmp.Diff([]string{"url", "project", "task", "id"}, r.Cancel.Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Cancel.Form() != "text" || r.Cancel.IsExec() {
		t.Errorf("got %q, %v", r.Cancel.Form(), r.Cancel.IsExec())
	}
}

func TestLinks(t *testing.T) {
	r := parse(t, `link: "{url}/ui/#/tasks/{id}"`)
	got, err := r.Link.Template.Fill(recipe.Values{"url": "https://h/", "id": "a b/c"})
	if want := "https://h/ui/#/tasks/a%20b%2Fc"; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if r.Link.Template.String() != "{url}/ui/#/tasks/{id}" {
		t.Errorf("got %s", r.Link.Template)
	}
}
