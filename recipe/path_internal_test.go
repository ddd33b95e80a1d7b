package recipe

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a plain path finds by looking is what jq finds.
func TestLookUp(t *testing.T) {
	expressions := []string{
		".", ".a", ".a.b", ".a.b.c", ".a[0]", ".a[1].b", ".a[-1]", ".a[7]", `.["a"]`, `.["a"].b`, `.a["b"]`, ".[0]", ".[0].a", "$id", "$x.a.b", "$x[0]", "$http.status",
		"$http.headers.location", "$read.vm.id", "$__loc__", "$exec.code",
	}
	bodies := []string{
		`null`, `{}`, `[]`, `7`, `"text"`, `true`, `{"a":null}`, `{"a":1}`, `{"a":{"b":{"c":12345678901234567890}}}`, `{"a":[{"b":1},{"b":2}]}`,
		`{"a":"text"}`, `[{"a":false}]`, `{"a":[]}`, `{"a":{"b":[]}}`,
	}
	looked := 0
	for _, text := range expressions {
		e, err := compile("state", text, anything{})
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range bodies {
			v, err := Decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			a := &Answer{Status: 200, Body: v, Header: map[string][]string{"Location": {"/x"}}, Known: Values{"id": "7", "x": v, "read": map[string]any{"vm": v}}}
			got, seen := e.lookUp(a)
			if !seen {
				continue
			}
			looked++
			var want any
			if err := e.run(t.Context(), a, func(v any) bool { want = v; return false }); err != nil {
				t.Errorf("%s over %s: found by looking, but jq says %v", text, body, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s over %s (-jq +looked):\n%s", text, body, diff)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d were looked up", looked)
	}
}

// anything lets every variable pass.
type anything struct{}

func (anything) refuse(string) (problem, hint string) { return "", "" }
