package main

import "strings"

// listText quotes a word for a flag that takes a list with commas.
func listText(word string) string {
	if strings.ContainsAny(word, ",\"\r\n") {
		return `"` + strings.ReplaceAll(word, `"`, `""`) + `"`
	}
	return word
}

// listWord is that for a shell.
func listWord(word string) string { return shellWord(listText(word)) }

// shellWord quotes text for a POSIX shell, where it needs that.
func shellWord(text string) string {
	if text != "" && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,=@%+", r))
	}) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func shellQuote(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = shellWord(word)
	}
	return strings.Join(words, " ")
}
