package main

import (
	"testing"

	"github.com/settle-go/settle/internal/term"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	for _, missing := range term.Untranslated(words) {
		t.Error(missing)
	}
	for _, missing := range term.Untranslated(configWords) {
		t.Error(missing)
	}
}
