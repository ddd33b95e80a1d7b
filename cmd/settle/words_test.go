package main

import (
	"testing"

	"github.com/settle-go/settle/internal/term"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	for _, catalogue := range []any{words, listWords, githubWords, historyWords, configWords} {
		for _, missing := range term.Untranslated(catalogue) {
			t.Error(missing)
		}
	}
}
