package main

import (
	"testing"

	"github.com/settle-go/settle/internal/term"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
<<<<<<< HEAD
	for _, catalogue := range []any{words, listWords} {
=======
	for _, catalogue := range []any{words, githubWords, historyWords} {
>>>>>>> h-hist
		for _, missing := range term.Untranslated(catalogue) {
			t.Error(missing)
		}
	}
}
