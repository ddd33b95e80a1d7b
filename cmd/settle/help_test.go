package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

// tree is the whole of commands, as it is before it is put into another language.
func tree() *cobra.Command { return new(app).root() }

// What commands and flags say of themselves is there in Chinese, and nothing else is.
func TestHelpIsWholeInChinese(t *testing.T) {
	used := map[string]bool{}
	walk(tree(), func(cmd *cobra.Command) {
		for _, english := range helpTexts(cmd) {
			used[english] = true
			if chineseHelp[english] == "" {
				t.Errorf("%s: add to chineseHelp:\n%q: %q,", cmd.CommandPath(), english, "")
				chineseHelp[english] = english // say it once
			}
		}
	})
	for _, english := range slices.Sorted(maps.Keys(chineseHelp)) {
		if !used[english] {
			t.Errorf("chineseHelp has what nothing says:\n%q", english)
		}
	}
}

// What is typed is the same in every language: flags, what stands in backquotes, variables, and names in capitals.
var sameWords = regexp.MustCompile("\\B--?[a-z][a-z-]*|`[^`]*`|\\$[A-Za-z_.]+|[A-Z][A-Z_]+")

func TestHelpTypesTheSameInChinese(t *testing.T) {
	for english, chinese := range chineseHelp {
		typesTheSame(t, english, chinese)
	}
}

func typesTheSame(t *testing.T, english, chinese string) {
	t.Helper()
	words := func(text string) []string {
		return slices.Compact(slices.Sorted(slices.Values(sameWords.FindAllString(text, -1))))
	}
	if got, want := words(chinese), words(english); !slices.Equal(got, want) {
		t.Errorf("%s\ngot  %q\nwant %q", english, got, want)
	}
}

func TestBlocks(t *testing.T) {
	got := blocks("one\ntwo\n\nthree:\n\n  typed   # why\n\n  more\nfour")
	want := []block{{"one two", false}, {"three:", false}, {"  typed   # why", true}, {"  more", true}, {"four", false}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLaidOut(t *testing.T) {
	const example = "  settle list        # what there was\n  settle wait tower/9f3c \\\n      --any\n  # a line by itself"
	if got := laidOut(example, 80); got != example+"\n" {
		t.Errorf("got\n%s", got)
	}
	want := "  # what there was\n  settle list\n  settle wait tower/9f3c \\\n      --any\n  # a line by itself\n"
	if got := laidOut(example, 30); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// No line of help is wider than the screen, but for what is typed.
func TestHelpFitsTheScreen(t *testing.T) {
	for _, language := range []term.Language{term.English, term.Chinese} {
		a := new(app)
		a.options.Language = language
		walk(a.root(), func(cmd *cobra.Command) {
			typed := cmd.Example + "\n" + cmd.Long + "\n" + cmd.UseLine()
			for _, width := range []int{40, 80} {
				for line := range strings.SplitSeq(a.helpPage(cmd, width), "\n") {
					if term.Cells(line) > width && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(typed, strings.TrimRight(line, " ")) {
						t.Errorf("%s, %d columns: %s", cmd.CommandPath(), width, line)
					}
				}
			}
		})
	}
}
