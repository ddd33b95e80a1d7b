package recipe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/recipe"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, body string
		want       any
		err        string // a part of it
	}{
		{"an object", `{"a":[1,"b",true,null]}`, map[string]any{"a": []any{json.Number("1"), "b", true, nil}}, ""},
		{"white space around", " \n 7 \n", json.Number("7"), ""},
		{"a byte order mark", "\ufeff7", json.Number("7"), ""},
		{"a large number", "123456789012345678901234567890", json.Number("123456789012345678901234567890"), ""},
		{"a byte that is not UTF-8", "\"a\xffb\"", "a\ufffdb", ""},
		{"nothing", "", nil, "empty"},
		{"white space", " \n", nil, "empty"},
		{"half", `{"a":[1,`, nil, "ends in the middle"},
		{"HTML", "<html>", nil, "not JSON"},
		{"a comma too many", `{"a":1,}`, nil, "not JSON (invalid character '}' looking for beginning of object key string, at byte 8)"},
		{"something after it", `{"a":1} x`, nil, "something after it"},
		{"a second value", `{"a":1}{"a":2}`, nil, "something after it"},
		{"an endless number", `{"a":[` + strings.Repeat("9", 2000) + `]}`, nil, "more than 1000 digits"},
		{"very deep", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), nil, "depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := recipe.Decode([]byte(tt.body))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got error %v, want %q in it", err, tt.err)
			}
		})
	}
}
