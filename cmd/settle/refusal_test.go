package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/settle-go/settle/internal/term"
)

// calls are those of a function in Go files, each with the text of one of its arguments; "" where that is no text.
func calls(t *testing.T, pattern, function string, argument int, visit func(place, text string)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) <= argument {
				return true
			}
			if name, is := call.Fun.(*ast.Ident); !is || name.Name != function {
				return true
			}
			text := ""
			if literal, is := call.Args[argument].(*ast.BasicLit); is && literal.Kind == token.STRING {
				text, _ = strconv.Unquote(literal.Value)
			}
			visit(set.Position(call.Pos()).String(), text)
			return true
		})
	}
}

// What people are told of what they have typed is there in Chinese, and nothing else is.
func TestRefusalsAreWholeInChinese(t *testing.T) {
	used := map[string]bool{}
	hold := func(chinese map[string]string, name, place, english string) {
		used[english] = true
		if chinese[english] == "" {
			t.Errorf("%s: add to %s:\n%q: %q,", place, name, english, "")
			chinese[english] = english // say it once
		}
		text := struct{ text term.Text }{term.Text{english, chinese[english]}}
		for _, wrong := range term.Untranslated(text) {
			t.Errorf("%s: %s: %s", place, english, wrong)
		}
	}
	calls(t, "*.go", "said", 0, func(place, english string) {
		switch {
		case english != "":
			hold(chineseRefusals, "chineseRefusals", place, english)
		case !strings.HasPrefix(place, "refusal.go"):
			t.Errorf("%s: said is given something else than a text", place)
		}
	})
	calls(t, "*.go", "usage", 0, func(place, english string) {
		if english != "" && !strings.HasPrefix(english, "-") {
			hold(chinesePlaces, "chinesePlaces", place, english)
		}
	})
	calls(t, "../../policy*.go", "refused", 2, func(place, english string) {
		if english != "" {
			hold(chineseRefusals, "chineseRefusals", place, english)
		}
	})
	for _, more := range []string{"is negative", "is not one of " + strings.Join(policyKeys, ", ")} { // a constant, and a list
		hold(chineseRefusals, "chineseRefusals", "../../policy.go", more)
	}
	for _, english := range slices.Sorted(maps.Keys(chineseRefusals)) {
		if !used[english] {
			t.Errorf("chineseRefusals has what nothing says:\n%q", english)
		}
		typesTheSame(t, english, chineseRefusals[english])
	}
	for _, english := range slices.Sorted(maps.Keys(chinesePlaces)) {
		if !used[english] {
			t.Errorf("chinesePlaces has what nothing says:\n%q", english)
		}
	}
}
