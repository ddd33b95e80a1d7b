package main

import (
	"testing"

	"github.com/settle-go/settle/internal/term"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	for _, catalogue := range []any{words, githubWords, historyWords} {
		for _, missing := range term.Untranslated(catalogue) {
			t.Error(missing)
		}
	}
}
