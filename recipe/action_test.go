package recipe_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/recipe"
)

func TestIDs(t *testing.T) {
	tests := []struct {
		name, expr, body string
		want             []string
		done             bool
		problem          string
	}{
		{"text", ".id", `{"id":"7"}`, []string{"7"}, false, ""},
		{"a number", ".id", `{"id":7}`, []string{"7"}, false, ""},
		{"a large number", ".id", `{"id":9007199254740993}`, []string{"9007199254740993"}, false, ""},
		{"a whole number as 1e3", ".id", `{"id":1e3}`, []string{"1e3"}, false, ""},
		{"a URL", ".href", `{"href":"https://h/tasks/7?a=b"}`, []string{"https://h/tasks/7?a=b"}, false, ""},
		{"a bare string", ".", `"task-7"`, []string{"task-7"}, false, ""},
		{"a list", ".ids", `{"ids":["a",2]}`, []string{"a", "2"}, false, ""},
		{"several outputs", ".[].id", `[{"id":"a"},{"id":"b"}]`, []string{"a", "b"}, false, ""},
		{"a header", "$http.headers.location", `{}`, []string{"/tasks/7"}, false, ""},
		{"a part of a header", `$http.headers.location | split("/") | last`, `{}`, []string{"7"}, false, ""},

		{"null", ".id", `{"id":null}`, nil, true, ""},
		{"null, further in", ".[0].task_id", `[{"task_id":null}]`, nil, true, ""},
		{"null, computed", ".id // null", `{}`, nil, true, ""},
		{"null, always", "null", `{}`, nil, true, ""},
		{"nothing but nulls", "map(.id)", `[{"id":null},{"id":null}]`, nil, true, ""},
		{"some of several", "map(.id)", `[{"id":null},{"id":"b"}]`, []string{"b"}, false, ""},

		{"no such field", ".id", `{"task":"7"}`, nil, false, ".id is not in the answer; the answer is an object with the keys task"},
		{"no such field, further in", ".data.id", `{"data":{"uuid":"7"}}`, nil, false, ".data is an object with the keys uuid"},
		{"no such element", ".[0].task_id", `[]`, nil, false, "is not in the answer"},
		{"within null", ".data.id", `{"data":null}`, nil, false, "is not in the answer"},
		{"no such header", `$http.headers["x-task"]`, `{}`, nil, false, "is not in the answer"},
		{"nothing", ".[].id", `[]`, nil, false, "finds nothing"},
		{"an empty list", ".ids", `{"ids":[]}`, nil, false, "a list of 0"},
		{"an empty text", ".id", `{"id":" "}`, nil, false, "an empty text"},
		{"a boolean", ".id", `{"id":true}`, nil, false, "no id"},
		{"an object", ".id", `{"id":{"uuid":1}}`, nil, false, "an object with the keys uuid"},
		{"a list in a list", ".id", `{"id":[["a"]]}`, nil, false, "a list of 1"},
		{"a control character", ".id", `{"id":"a\nb"}`, nil, false, "no id"},
		{"jq that fails", ".id.x", `{"id":"a"}`, nil, false, "expected an object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, action("request: {post: '{url}'}", "id: '"+tt.expr+"'"))
			a := answer(t, tt.body)
			a.Header = http.Header{"Location": {"/tasks/7"}}
			ids, done, err := r.Action("vm.stop").IDs(t.Context(), a)
			if diff := cmp.Diff(tt.want, ids); diff != "" || done != tt.done {
				t.Errorf("got %q, %v, want %q, %v", ids, done, tt.want, tt.done)
			}
			switch {
			case tt.problem == "" && err != nil:
				t.Errorf("got %v", err)
			case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
				t.Errorf("got %v, want %q in it", err, tt.problem)
			}
		})
	}
}

func TestParams(t *testing.T) {
	tests := []struct {
		name, param, text string
		want              any
		problem           string
	}{
		{"text", "{}", " a ", " a ", ""},
		{"no text", "{}", "", "", ""},
		{"a whole number", "{type: int}", "-12", -12, ""},
		{"a fraction", "{type: int}", "1.5", nil, "not a whole number"},
		{"too large a number", "{type: int}", "9999999999999999999", nil, "not a whole number"},
		{"true", "{type: bool}", "True", true, ""},
		{"false", "{type: bool}", "false", false, ""},
		{"yes", "{type: bool}", "yes", nil, "neither true nor false"},
		{"bytes", "{type: bytes}", "4096", 4096, ""},
		{"GiB", "{type: bytes}", "200GiB", 200 << 30, ""},
		{"GB", "{type: bytes}", "200 GB", 200_000_000_000, ""},
		{"small letters", "{type: bytes}", "1tib", 1 << 40, ""},
		{"a fraction of a unit", "{type: bytes}", "1.5GiB", 3 << 29, ""},
		{"a fraction of a byte", "{type: bytes}", "1.5", nil, "not a whole number of bytes"},
		{"an unclear unit", "{type: bytes}", "200G", nil, "powers of 1024 are written GiB"},
		{"an unknown unit", "{type: bytes}", "200 apples", nil, "not a number of bytes"},
		{"too many bytes", "{type: bytes}", "99999999PiB", nil, "more bytes than can be counted"},
		{"negative bytes", "{type: bytes}", "-1", nil, "not a number of bytes"},
		{"only a unit", "{type: bytes}", "GiB", nil, "not a number of bytes"},
		{"a fraction by a slash", "{type: bytes}", "1/2", nil, "not a number of bytes"},
		{"a choice", "{choices: [a, b]}", "b", "b", ""},
		{"no choice", "{choices: [alpha, beta]}", "bta", nil, "not one of alpha, beta"},
		{"a choice of another form", "{type: bytes, choices: [1GiB, 2GiB]}", "1024MiB", 1 << 30, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, action("params: {p: "+tt.param+"}", "request: {post: '{url}', json: $p}", "id: .id"))
			got, err := r.Action("vm.stop").Param("p").Value(tt.text)
			if got != tt.want {
				t.Errorf("got %v (%T), want %v", got, got, tt.want)
			}
			var refused *recipe.Error
			switch {
			case tt.problem == "" && err != nil:
				t.Errorf("got %v", err)
			case tt.problem != "" && (!errors.As(err, &refused) || refused.Place != "p" || !strings.Contains(refused.Problem, tt.problem)):
				t.Errorf("got %v, want %q in it", err, tt.problem)
			}
		})
	}
}

func TestTake(t *testing.T) {
	type v = recipe.Values
	tests := []struct {
		name, pattern, id string
		want              v // nil: it does not fit
	}{
		{"no pattern", "", "a/b c", v{"id": "a/b c"}},
		{"parts", "{owner}/{repo}/{run}", "o/r/7", v{"id": "o/r/7", "owner": "o", "repo": "r", "run": "7"}},
		{"too many parts", "{owner}/{repo}/{run}", "o/r/7/8", nil},
		{"too few parts", "{owner}/{repo}/{run}", "o/r", nil},
		{"an empty part", "{owner}/{repo}/{run}", "o//7", nil},
		{"an empty last part", "{owner}/{repo}/{run}", "o/r/", nil},
		{"wide at the beginning", "{job...}/{build}", "folder/sub/app/12", v{"id": "folder/sub/app/12", "job": "folder/sub/app", "build": "12"}},
		{"wide in the middle", "{a}/{b...}/{c}", "1/2/3/4", v{"id": "1/2/3/4", "a": "1", "b": "2/3", "c": "4"}},
		{"wide at the end", "UPID:{node}:{rest...}", "UPID:pve:0001:02:x", v{"id": "UPID:pve:0001:02:x", "node": "pve", "rest": "0001:02:x"}},
		{"another beginning", "UPID:{node}:{rest...}", "upid:pve:0001", nil},
		{"nothing for the wide one", "UPID:{node}:{rest...}", "UPID:pve:", nil},
		{"an end", "{a}-{b}.task", "x-y.task", v{"id": "x-y.task", "a": "x", "b": "y"}},
		{"another end", "{a}-{b}.task", "x-y.job", nil},
		{"a separator too many", "{a}-{b}.task", "x-y-z.task", nil},
		{"one part", "task-{n}", "task-7", v{"id": "task-7", "n": "7"}},
		{"braces", "{{{a}}}", "{x}", v{"id": "{x}", "a": "x"}},
		{"nothing", "", "", nil},
		{"a control character", "", "a\nb", nil},
		{"not UTF-8", "", "a\xff", nil},
		{"very long", "", strings.Repeat("x", 8<<10+1), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := "id: {help: what it is}"
			if tt.pattern != "" {
				id = `id: "` + tt.pattern + `"`
			}
			got, err := parse(t, id).ID.Take(tt.id)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var refused *recipe.Error
			if tt.want == nil && (!errors.As(err, &refused) || refused.Place != "id" || refused.Hint == "" && len(tt.id) < 100) {
				t.Errorf("got %#v, want an *Error with a hint", err)
			}
		})
	}
}
