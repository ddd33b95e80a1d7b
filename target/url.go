package target

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// ShowURL returns u as it may be shown: *** in place of the password (of the user, where there is only that: it is a
// token), and of the values in query and fragment whose name says that they are secret. The rest is as it was.
func ShowURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	shown := *u
	shown.RawQuery = showPairs(u.RawQuery)
	shown.User, shown.Fragment, shown.RawFragment = nil, "", ""
	text := shown.String()
	if u.User != nil {
		user := masked
		if _, has := u.User.Password(); has {
			user = url.User(u.User.Username()).String() + ":" + masked
		}
		text = strings.Replace(text, "//", "//"+user+"@", 1)
	}
	if u.Fragment != "" {
		text += "#" + showPairs(u.EscapedFragment())
	}
	return text
}

// AddURL adds what ShowURL hides.
func (s *Secrets) AddURL(u *url.URL) {
	if u.User != nil {
		user := u.User.Username()
		password, has := u.User.Password()
		if !has {
			s.Add(user)
		}
		s.Add(password)
		s.Add(user + ":" + password) // as base64 it is the Authorization header
	}
	s.addPairs(u.RawQuery)
	s.addPairs(u.EscapedFragment())
}

// addPairs adds the values of a query, a fragment or a form whose name says that they are secret.
func (s *Secrets) addPairs(pairs string) {
	for pair := range strings.SplitSeq(pairs, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !SecretName(name) {
			continue
		}
		s.Add(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			s.Add(plain)
		}
	}
}

func showPairs(pairs string) string {
	var shown []string
	for pair := range strings.SplitSeq(pairs, "&") {
		if name, value, found := strings.Cut(pair, "="); found && value != "" && SecretName(name) {
			pair = name + "=" + masked
		}
		shown = append(shown, pair)
	}
	return strings.Join(shown, "&")
}

var (
	// found anywhere in a name
	secretParts = []string{"token", "secret", "password", "passwd", "passphrase", "signature", "credential", "apikey", "accesskey", "privatekey", "authkey", "cookie"}
	// words of a name
	secretWords = []string{"sig", "auth", "authorization", "pwd", "pass", "jwt"}
)

// SecretName reports whether a field, flag, header or variable of that name holds a secret. It goes by the words of the
// name, so that useTargetIdAsKey and monkey are not taken for keys.
func SecretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	words := wordsOf(name)
	joined := strings.Join(words, "")
	return joined == "key" ||
		slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(joined, part) }) ||
		slices.ContainsFunc(words, func(word string) bool { return slices.Contains(secretWords, word) })
}

// wordsOf splits X-Amz-Signature, access_key and accessKey into lower-case words.
func wordsOf(name string) []string {
	var spaced strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			spaced.WriteByte(' ')
		}
		last = r
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		spaced.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(spaced.String())
}
