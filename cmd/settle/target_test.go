package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

func TestSplitWords(t *testing.T) {
	for _, row := range []struct {
		text string
		want []string // nil: refused
	}{
		{"pass show tower", []string{"pass", "show", "tower"}},
		{`  a   "b c"'d e' f\ g "" `, []string{"a", "b cd e", "f g", ""}},
		{`sh -c 'echo "x"'`, []string{"sh", "-c", `echo "x"`}},
		{`a "b`, nil},
		{`a \`, nil},
		{"  ", nil},
		{`"" b`, nil},
	} {
		got, err := splitWords(row.text)
		if (err != nil) != (row.want == nil) {
			t.Errorf("%s: error %v", row.text, err)
		}
		if diff := cmp.Diff(row.want, got); err == nil && diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.text, diff)
		}
	}
}

func TestWorst(t *testing.T) {
	for _, row := range []struct {
		codes []int
		want  int
	}{{nil, 0}, {[]int{0, 5, 4}, 4}, {[]int{5, 2, 130}, 2}, {[]int{0, 0}, 0}, {[]int{5, 143}, 143}, {[]int{5, 129}, 129}} {
		if got := worst(row.codes); got != row.want {
			t.Errorf("%v: got %d, want %d", row.codes, got, row.want)
		}
	}
}

func TestRecipeAndTargetWordsAreWhole(t *testing.T) {
	for _, catalogue := range []any{recipeWords, targetWords} {
		for _, missing := range term.Untranslated(catalogue) {
			t.Error(missing)
		}
	}
}

// Who copies the example from the help has a recipe.
func TestExampleRecipe(t *testing.T) {
	text := strings.ReplaceAll(strings.TrimPrefix(exampleRecipe, "  "), "\n  ", "\n")
	r, err := recipe.Parse("jobs.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "acme/jobs" || r.Action("job.start") == nil {
		t.Errorf("it is %s", r.Name)
	}
}
