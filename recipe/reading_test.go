package recipe_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
)

// lists is a reading whose state is .s; the lists are given as "pending=a,b failed=c".
func lists(text string) recipe.Reading {
	r := recipe.Reading{State: ".s"}
	for list := range strings.SplitSeq(text, "; ") {
		name, words, _ := strings.Cut(list, "=")
		given := strings.Split(words, ",")
		switch name {
		case "pending":
			r.Pending = given
		case "blocked":
			r.Blocked = given
		case "succeeded":
			r.Succeeded = given
		case "warned":
			r.Warned = given
		case "failed":
			r.Failed = given
		case "canceled":
			r.Canceled = given
		case "unlisted":
			r.Unlisted = words
		}
	}
	return r
}

func TestCompileRefuses(t *testing.T) {
	with := func(change func(*recipe.Reading)) recipe.Reading {
		r := lists("pending=run; succeeded=done")
		change(&r)
		return r
	}
	tests := []struct {
		name    string
		reading recipe.Reading
		place   string
		problem string // a part of it
		hint    string // a part of it
	}{
		{"no state", recipe.Reading{Pending: []string{"run"}}, "state", "no expression", "--state"},
		{"no list", recipe.Reading{State: ".s"}, "state", "no raw state is listed", "--succeeded"},
		{"an expression that breaks off", with(func(r *recipe.Reading) { r.State = ".a | " }), "state", `at the end of ".a | "`, "quotes"},
		{"an open string", with(func(r *recipe.Reading) { r.Reason = `"abc` }), "reason", "unterminated", "complete"},
		{"a token too many", with(func(r *recipe.Reading) { r.OK = ".a == \"é\" x" }), "ok", `unexpected token "x" at column 11`, ""},
		{"a character too many", with(func(r *recipe.Reading) { r.OK = ".a ) b" }), "ok", `unexpected token ")" at column 4`, ""},
		{"a fault in the second line", with(func(r *recipe.Reading) { r.Progress = ".a\n| ) b" }), "progress", "in line 2, column 3", ""},
		{"a bad escape", with(func(r *recipe.Reading) { r.Result = `"\q"` }), "result", "invalid escape sequence", ""},
		{"only a comment", with(func(r *recipe.Reading) { r.Result = "# nothing" }), "result", "missing query", ""},
		{"a field without its dot", with(func(r *recipe.Reading) { r.State = "status.phase" }), "state", "not", ".status.phase"},
		{"a word without its dot", with(func(r *recipe.Reading) { r.State = "status" }), "state", "function not defined", ".status"},
		{"an unknown function", with(func(r *recipe.Reading) { r.State = "lowercase(.a)" }), "state", "function not defined", ""},
		{"an unknown variable", with(func(r *recipe.Reading) { r.State = "$id" }), "state", "variable not defined", "$http.status"},
		{"input", with(func(r *recipe.Reading) { r.State = "input" }), "state", "not allowed", "nothing else"},
		{"a module", with(func(r *recipe.Reading) { r.State = `import "a" as a; a::b` }), "state", "cannot load module", "nothing else"},
		{"a file of data", with(func(r *recipe.Reading) { r.State = `import "a" as $a; $a` }), "state", "cannot load module", "nothing else"},
		{"an included file", with(func(r *recipe.Reading) { r.State = `include "a"; .` }), "state", "cannot load module", "nothing else"},
		{"a very long expression", with(func(r *recipe.Reading) { r.State = strings.Repeat("(", 1<<17) }), "state", "131072 bytes", ""},
		{"an unknown word for unlisted", lists("pending=run; unlisted=succeeded"), "unlisted", `"succeeded" is not one of`, "unknown is the default"},
		{"an empty word", lists("pending=run,; failed=bad"), "pending", `empty word ""`, "comma"},
		{"a word of nothing that counts", lists("canceled=_ -"), "canceled", `empty word "_ -"`, "comma"},
		{"a star alone", lists("failed=*"), "failed", "covers every raw state", "--unlisted"},
		{"stars and separators alone", lists("failed=_*_*"), "failed", "covers every raw state", "--unlisted"},
		{"one word, two meanings", lists("pending=run; failed=run"), "failed", `"run" is listed under pending too`, "one meaning"},
		{"one word written twice, two meanings", lists("succeeded=DONE_OK; warned=done-ok"), "warned", `"done-ok" is the same word as "DONE_OK", listed under succeeded`, "one meaning"},
		{"one glob, two meanings", lists("pending=A_*; failed=a-*"), "", "covers all", "wins over every *"},
		{"a glob within another", lists("succeeded=*_COMPLETE; failed=*_ROLLBACK_COMPLETE"), "failed", `"*_COMPLETE" under succeeded covers all that "*_ROLLBACK_COMPLETE" does`, "write out the words"},
		{"a glob within one of several stars", lists("pending=*a*c*; failed=xab*cd"), "failed", `"*a*c*" under pending covers all`, "write out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.reading.Compile()
			var refused *recipe.Error
			if !errors.As(err, &refused) || r != nil {
				t.Fatalf("got %v, %v, want an *Error", r, err)
			}
			if tt.place != "" && refused.Place != tt.place {
				t.Errorf("place: got %q, want %q", refused.Place, tt.place)
			}
			if !strings.Contains(refused.Problem, tt.problem) {
				t.Errorf("problem: got %q, want %q in it", refused.Problem, tt.problem)
			}
			if !strings.Contains(refused.Hint, tt.hint) {
				t.Errorf("hint: got %q, want %q in it", refused.Hint, tt.hint)
			}
			if got, want := err.Error(), refused.Place+": "+refused.Problem; got != want {
				t.Errorf("text: got %q, want %q", got, want)
			}
		})
	}
}

func TestCompileAllows(t *testing.T) {
	tests := []struct{ name, lists string }{
		{"one word twice in one list", "pending=run,RUN"},
		{"one glob twice in one list", "pending=a*,A*,ab*"},
		{"a word beside a glob of another meaning", "pending=*ing; failed=failing"},
		{"globs that only overlap", "failed=ROLLBACK_*; succeeded=*_COMPLETE"},
		{"1 and -1", "succeeded=1; failed=-1"},
		{"only ends", "succeeded=done"},
		{"each word for unlisted", "succeeded=done; unlisted=unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := lists(tt.lists).Compile(); err != nil {
				t.Error(err)
			}
		})
	}
}
