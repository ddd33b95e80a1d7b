package recipe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var jsonSeeds = []string{
	`{}`, `[]`, ` [ 1 , 2 ] `, `{"a":{"b":[true,false,null,"x"]},"a":2}`, `-0`, `0`, `01`, `-`, `1.`, `1.5e+3`, `1e`, `.5`, `12345678901234567890`, `"é"`, `"\u00e9\ud83d\ude00"`,
	`"\ud83d"`, "\"\xff\"", "\"a\tb\"", `"\x"`, `"abc`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`, `{a:1}`, `tru`, `nulll`, `true false`, ``, ` `, "\ufeff{}", `"\\"`, `"\"`, `{"\u0061":1}`,
	strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), strings.Repeat("9", 1000), strings.Repeat("9", 1001), "\v1", "\"\x7f\"", `{"a":1}}`,
}

// What is read in one pass is what encoding/json reads, and what it does not read encoding/json does not, either.
func checkJSON(t *testing.T, text string) {
	got, ok := readJSON(text)
	want, err := decodeSlowly([]byte(text))
	if ok != (err == nil) {
		t.Fatalf("%.80q: read %v, encoding/json: %v", text, ok, err)
	}
	if ok && len(text) < 5000 {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.80q (-encoding/json +got):\n%s", text, diff)
		}
	}
}

func TestReadJSON(t *testing.T) {
	for _, text := range jsonSeeds {
		checkJSON(t, text)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, text := range jsonSeeds {
		if len(text) < 5000 {
			f.Add(text)
		}
	}
	f.Fuzz(checkJSON)
}
