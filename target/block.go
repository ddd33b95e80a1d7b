package target

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// block returns the lines of the entry as YAML, without their ends.
func (e *Entry) block() ([]string, error) {
	if slices.ContainsFunc(e.texts(), func(text string) bool { return !utf8.ValidString(text) }) {
		return nil, e.fault("", "a value is not UTF-8 text", "keep it in a file, and name that in FIELD_file")
	}
	name := e.Name
	if yamlWords.MatchString(name) {
		name = word(name)
	}
	lines := []string{name + ":"}
	add := func(key, value string) { lines = append(lines, "  "+key+": "+value) }
	add("recipe", word(e.Recipe))
	for _, key := range fieldOrder(e.Fields) {
		add(word(key), word(e.Fields[key]))
	}
	for _, key := range slices.Sorted(maps.Keys(e.Commands)) {
		add(word(key), inBrackets(e.Commands[key]))
	}
	if e.TLS != (TLS{}) {
		add("tls", "{"+strings.Join(e.TLS.pairs(), ", ")+"}")
	}
	if e.Rate != 0 {
		add("rate", strconv.FormatFloat(e.Rate, 'f', -1, 64))
	}
	if e.Proxy != "" {
		add("proxy", word(e.Proxy))
	}
	if len(e.Headers) > 0 {
		lines = append(lines, "  headers:")
		for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
			lines = append(lines, "    "+word(name)+": "+word(e.Headers[name]))
		}
	}
	if len(e.Hosts) > 0 {
		add("hosts", inBrackets(e.Hosts))
	}
	if e.Policy != "" {
		policy := e.Policy
		if !policyPattern.MatchString(policy) {
			policy = word(policy)
		}
		add("policy", policy)
	}
	if e.MaxBody != 0 {
		add("max_body", showBytes(e.MaxBody))
	}
	return lines, nil
}

// texts are all that somebody may have written in the entry.
func (e *Entry) texts() []string {
	texts := []string{e.TLS.Fingerprint, e.TLS.CAFile, e.TLS.CertFile, e.TLS.KeyFile, e.Proxy, e.Policy}
	for _, values := range []map[string]string{e.Fields, e.Headers} {
		for key, value := range values {
			texts = append(texts, key, value)
		}
	}
	for key, argv := range e.Commands {
		texts = append(append(texts, key), argv...)
	}
	return append(texts, e.Hosts...)
}

// fieldOrder is the order in which people say them: where, who, and the rest.
func fieldOrder(fields map[string]string) []string {
	keys := slices.Sorted(maps.Keys(fields))
	slices.SortStableFunc(keys, func(a, b string) int { return fieldRank(a) - fieldRank(b) })
	return keys
}

func fieldRank(key string) int {
	switch {
	case key == urlField:
		return 0
	case key == userField:
		return 1
	case SecretName(key):
		return 3
	}
	return 2
}

func (t TLS) pairs() []string {
	var pairs []string
	for _, p := range []struct{ key, value string }{
		{"fingerprint", t.Fingerprint}, {"ca_file", t.CAFile}, {"cert_file", t.CertFile}, {"key_file", t.KeyFile},
	} {
		if p.value != "" {
			pairs = append(pairs, p.key+": "+word(p.value))
		}
	}
	if t.Insecure {
		pairs = append(pairs, "insecure: true")
	}
	return pairs
}

func inBrackets(values []string) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = word(value)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

var (
	plainPattern  = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./@%+=-]*(:(//)?[A-Za-z0-9_./@%+=-]+)*$`)
	policyPattern = regexp.MustCompile(`^[a-z]+=[a-z0-9.]+( [a-z]+=[a-z0-9.]+)*$`)
	yamlWords     = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`) // of YAML 1.1, as other tools read them
)

// word writes a text so that YAML reads it as that text wherever it stands. What Go escapes in quotes, YAML reads.
func word(text string) string {
	if plainPattern.MatchString(text) && !yamlWords.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

func showBytes(n int64) string {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if size := bytesUnits[strings.ToLower(unit)]; n%size == 0 {
			return fmt.Sprint(n/size, unit)
		}
	}
	return strconv.FormatInt(n, 10)
}
