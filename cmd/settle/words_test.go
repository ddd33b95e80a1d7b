package main

import (
	"testing"

	"github.com/settle-go/settle/internal/term"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	for _, catalogue := range []any{words, recipeWords, targetWords, helpWords, listWords, githubWords, historyWords, configWords} {
		for _, missing := range term.Untranslated(catalogue) {
			t.Error(missing)
		}
	}
	for _, e := range exitHelp {
		if e.when[term.English] == "" || e.when[term.Chinese] == "" {
			t.Errorf("exit code %s is not told in every language", e.codes)
		}
	}
	for _, e := range append(variables, files...) {
		if e.about[term.English] == "" || e.about[term.Chinese] == "" {
			t.Errorf("%s is not told in every language", e.name)
		}
	}
}
