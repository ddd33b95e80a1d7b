package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Whatever type a platform gives where a recipe looks, nothing but a text, a number or a boolean is a state, and nothing
// but the state fails a check.
func TestEveryType(t *testing.T) {
	r := parse(t, status("state: .v", `pending: [running, 7, 0.5, true, "false", 9007199254740993, 1e3]`, "failed: [error]"),
		"result: .v", "batch: {request: {post: '{url}', json: $ids}, items: .v, id: .v}",
		action("request: {post: '{url}'}", "id: .v"))
	other := parse(t, status("state: '\"running\"'", "progress: .v", "reason: .v", "ok: .v"))
	tests := []struct {
		name, v  string // JSON; "": there is no such field
		raw      string // "": the check fails
		progress float64
		reason   string
		ok       bool
		result   any // nil: absent
		ids      []string
		done     bool
		idFails  bool
	}{
		{name: "text", v: `"running"`, raw: "running", reason: "running", ok: true, result: "running", ids: []string{"running"}},
		{name: "an empty text", v: `""`, ok: true, result: "", idFails: true},
		{name: "a whole number", v: `7`, raw: "7", reason: "7", ok: true, result: "7", ids: []string{"7"}},
		{name: "a large number", v: `9007199254740993`, raw: "9007199254740993", reason: "9007199254740993", ok: true, result: "9007199254740993", ids: []string{"9007199254740993"}},
		{name: "a fraction", v: `0.5`, raw: "0.5", progress: 0.5, reason: "0.5", ok: true, result: "0.5", ids: []string{"0.5"}},
		{name: "an exponent", v: `1e3`, raw: "1e3", reason: "1e3", ok: true, result: "1e3", ids: []string{"1e3"}},
		{name: "zero", v: `0`, reason: "0", ok: true, result: "0", ids: []string{"0"}},
		{name: "true", v: `true`, raw: "true", reason: "true", ok: true, result: "true", idFails: true},
		{name: "false", v: `false`, raw: "false", result: "false", idFails: true},
		{name: "null", v: `null`, done: true},
		{name: "no field", v: ``, idFails: true},
		{name: "a list", v: `["running"]`, reason: `["running"]`, ok: true, result: `["running"]`, ids: []string{"running"}},
		{name: "an empty list", v: `[]`, reason: `[]`, ok: true, result: `[]`, idFails: true},
		{name: "an object", v: `{"a":1}`, reason: `{"a":1}`, ok: true, result: `{"a":1}`, idFails: true},
		{name: "an empty object", v: `{}`, reason: `{}`, ok: true, result: `{}`, idFails: true},
		{name: "a percentage", v: `"62%"`, progress: 0.62, reason: "62%", ok: true, result: "62%", ids: []string{"62%"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `{}`
			if tt.v != "" {
				body = `{"v":` + tt.v + `}`
			}
			a := answer(t, body)
			got, err := r.Status.Reader.Read(t.Context(), a)
			if listed := err == nil; listed != (tt.raw != "") || listed && got.Raw != tt.raw {
				t.Errorf("state: got %v, %v, want %q", got, err, tt.raw)
			}
			got, err = other.Status.Reader.Read(t.Context(), a)
			if want := (settle.Status{State: settle.Pending, Raw: "running", Progress: tt.progress, Reason: tt.reason}); got != want || err != nil {
				t.Errorf("progress and reason: got %+v, %v, want %+v", got, err, want)
			}
			if got := other.Status.OK.True(t.Context(), a); got != tt.ok {
				t.Errorf("ok: got %v", got)
			}
			result, _, err := r.Result.Value.First(t.Context(), a)
			if (result == nil) != (tt.result == nil) || err != nil {
				t.Errorf("result: got %v, %v, want %v", result, err, tt.result)
			}
			items, _, err := r.Batch.Items.First(t.Context(), a)
			if diff := cmp.Diff(result, items); diff != "" || err != nil {
				t.Errorf("items: got %v, %v", items, err)
			}
			ids, done, err := r.Action("vm.stop").IDs(t.Context(), a)
			if diff := cmp.Diff(tt.ids, ids); diff != "" || done != tt.done || (err != nil) != tt.idFails {
				t.Errorf("id: got %q, %v, %v, want %q, %v", ids, done, err, tt.ids, tt.done)
			}
		})
	}
}

func TestWords(t *testing.T) {
	r := parse(t, status("error: .v"))
	tests := []struct{ name, body, want string }{
		{"text", `{"v":"no\nspace"}`, "no\nspace"},
		{"a list", `{"v":["a",1]}`, `["a",1]`},
		{"false", `{"v":false}`, ""},
		{"jq that fails", `[]`, ""},
	}
	for _, tt := range tests {
		if got := r.Status.Error.Words(t.Context(), answer(t, tt.body)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	var none *recipe.Expression
	if v, found, err := none.First(t.Context(), &recipe.Answer{}); v != nil || found || err != nil || none.True(t.Context(), &recipe.Answer{}) || none.String() != "" || none.Mentions("id") || none.Words(t.Context(), &recipe.Answer{}) != "" {
		t.Error("an expression that was not asked for gives something")
	}
}

// Only what an expression mentions is made for it.
func TestKnownValues(t *testing.T) {
	r := parse(t, "id: '{project}/{task}'", status(`state: '"\($project)-\($id)-\($url)"'`, "pending: ['p-p/7-https://h']", "reason: '. as $id | $id | tojson'"))
	got, err := r.Status.Reader.Status(t.Context(), &recipe.Answer{Body: "x", Known: recipe.Values{
		"project": "p", "id": "p/7", "url": "https://h", "task": func() {}, // a type that jq does not know
	}})
	if want := (settle.Status{State: settle.Pending, Raw: "p-p/7-https://h", Reason: `"x"`}); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if !r.Status.Reader.Lists("p-p/7-https://h") || r.Status.Reader.ReadsHTTP() || r.Status.Reader.ReadsExec() {
		t.Error("what the reader reads")
	}
}

// Values may be of the types that a caller has at hand.
func TestTypesOfValues(t *testing.T) {
	r := parse(t, "id: '{a}/{b}'", "result: '[$a, $b, $id]'")
	got, found, err := r.Result.Value.First(t.Context(), &recipe.Answer{Known: recipe.Values{
		"a": []string{"x", "y"}, "b": map[string]string{"k": "v"}, "id": int64(7),
	}})
	want := []any{[]any{"x", "y"}, map[string]any{"k": "v"}, 7}
	if diff := cmp.Diff(any(want), got); diff != "" || !found || err != nil {
		t.Errorf("%v, %v (-want +got):\n%s", found, err, diff)
	}
}

// Without $http its headers cost nothing.
func TestPlainPathsAreCheap(t *testing.T) {
	r := parse(t, status("ok: .status", "error: $http.status"))
	allocations := func(e *recipe.Expression, headers int) float64 {
		a := answer(t, `{"status":"running"}`)
		for i := range headers {
			a.Header[string(rune('A'+i))] = []string{"x"}
		}
		ctx := t.Context()
		return testing.AllocsPerRun(20, func() {
			if _, found, err := e.First(ctx, a); !found || err != nil {
				t.Error(found, err)
			}
		})
	}
	if few, many := allocations(r.Status.OK, 0), allocations(r.Status.OK, 50); few != many {
		t.Errorf(".status: %v allocations without headers, %v with 50", few, many)
	}
	if few, many := allocations(r.Status.Error, 0), allocations(r.Status.Error, 50); few >= many {
		t.Errorf("$http.status: %v allocations without headers, %v with 50", few, many)
	}
}
