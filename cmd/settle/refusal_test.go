package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

// calls visits the calls of a function in this package, with the text that is their first argument; "" where that is none.
func calls(t *testing.T, function string, visit func(place, text string)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
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
			if !is || len(call.Args) == 0 {
				return true
			}
			if name, is := call.Fun.(*ast.Ident); !is || name.Name != function {
				return true
			}
			text := ""
			if literal, is := call.Args[0].(*ast.BasicLit); is && literal.Kind == token.STRING {
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
		if name == "chineseRefusals" {
			sameIn(t, english, chinese[english])
		}
	}
	calls(t, "said", func(place, english string) {
		if english == "" {
			t.Errorf("%s: said is given something else than a text", place)
			return
		}
		hold(chineseRefusals, "chineseRefusals", place, english)
	})
	calls(t, "usage", func(place, english string) {
		if english != "" && !strings.HasPrefix(english, "-") {
			hold(chinesePlaces, "chinesePlaces", place, english)
		}
	})
	for _, place := range []string{"action", "id", "recipe", "url"} { // of the packages below
		hold(chinesePlaces, "chinesePlaces", "recipe", place)
	}
	for _, all := range []map[string]string{chineseRefusals, chinesePlaces} {
		for _, english := range slices.Sorted(maps.Keys(all)) {
			if !used[english] {
				t.Errorf("refusal_zh.go has what nothing says:\n%q", english)
			}
		}
	}
}

// sameIn checks that both languages say the same arguments and lines to type.
func sameIn(t *testing.T, english, chinese string) {
	t.Helper()
	for _, wrong := range term.Untranslated(struct{ text term.Text }{term.Text{english, chinese}}) {
		t.Errorf("%q: %s", english, wrong)
	}
	typesTheSame(t, english, chinese)
}

// The sentences that are known by their form are still said: all that stands around their arguments is in the code.
func TestOthersStillSayIt(t *testing.T) {
	var code strings.Builder
	for _, folder := range []string{"../..", "../../recipe", "../../target", "../../httptask", "../../internal/journal"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				code.Write(text)
			}
		}
	}
	seams := strings.NewReplacer(" lacks ", "%s", ": ", "%s", ", and ", "%s", ", or ", "%s") // where it is put together
	for _, s := range othersSay {
		sameIn(t, s.english, s.chinese)
		for part := range strings.SplitSeq(seams.Replace(s.english), "%s") {
			if !strings.Contains(code.String(), strings.Trim(part, " ")) {
				t.Errorf("%q: nothing says %q", s.english, part)
			}
		}
	}
}

// To programs, and to errors.As, a refusal is the *recipe.Error that it was; to a person it is in one language.
func TestRefusalInTwoLanguages(t *testing.T) {
	for _, row := range []struct {
		name             string
		err              error
		english, chinese string
		hint             string
	}{
		{"a word of ours", usage("task", said("%s has no id", `"x"`), didYouMean("y")), `task: "x" has no id`, `任务："x" 没有 id`, "是 y 吗？"},
		{"a name", usageOf("task", said("is there already"), asIs("settle")), "task: is there already", "task：已存在", "settle"},
		{"an error within", usage("--output", asIs(&spokenError{problem: said("no command")}), phrase{}), "--output: no command", "--output：没有命令", ""},
		{"a file", whence{file: "a.yaml", line: 1, column: 2}.refuse("task", said("is empty"), phrase{}), "a.yaml:1:2: task: is empty", "a.yaml:1:2: task：为空", ""},
		{"with a code", &exitError{4, usage("task", said("is empty"), asIs("x"))}, "task: is empty", "任务：为空", "x"},
		{"wrapped", listed{place: "list:3"}.at(usage("task", said("is empty"), asIs("x"))), "list:3: task: is empty", "list:3: 任务：为空", "x"},
		{"of another package", &recipe.Error{Place: "url", Problem: `"ftp" is neither http nor https`, Hint: "one of a, b"}, `url: "ftp" is neither http nor https`, `URL："ftp" 既不是 http 也不是 https`, "可为 a、b"},
		{"its key in a file", &recipe.Error{File: "a.yaml", Place: "id", Problem: "it is odd"}, "a.yaml: id: it is odd", "a.yaml: id：it is odd", ""},
		{"a list", &recipe.Error{Problem: "the environment lacks url, and what it logs in with: token, or user and password"}, "the environment lacks url, and what it logs in with: token, or user and password", "环境变量中缺少 url，以及登录所需的 token，或 user 和 password", ""},
	} {
		if got := row.err.Error(); got != row.english || inLanguage(row.err, term.English) != row.english {
			t.Errorf("%s: got %q and %q, want %q", row.name, got, inLanguage(row.err, term.English), row.english)
		}
		if refused := refusedBy(row.err); refused == nil || !strings.HasSuffix(row.english, refused.Error()) {
			t.Errorf("%s: got %v, want a *recipe.Error of the same text", row.name, refused)
		}
		a := &app{options: term.Options{Screen: term.Screen{Language: term.Chinese}}}
		if got, hint := a.inWords(row.err); got != row.chinese || hint != row.hint {
			t.Errorf("%s: got %q, %q, want %q, %q", row.name, got, hint, row.chinese, row.hint)
		}
	}
}
