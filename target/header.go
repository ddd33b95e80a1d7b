package target

import (
	"net/http"
	"slices"
	"strings"
)

// ShowHeader returns the value of a header as it may be shown: *** unless the header is known to hold no secret, or the
// value is a word that all the world uses.
func ShowHeader(name, value string) string {
	if value == "" || isPublic(name, value) {
		return value
	}
	return masked
}

// AddHeader adds what ShowHeader hides, and what of it may be seen alone, from 8 bytes on: cookies' values, and of an
// Authorization what stands behind the scheme and in each of its parameters.
func (s *Secrets) AddHeader(name, value string) {
	if isPublic(name, value) {
		return
	}
	s.Add(value)
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization":
		_, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
		s.addTelling(rest)
		s.addParameters(rest, ",")
	case "Cookie", "Set-Cookie":
		s.addParameters(value, ";")
	}
}

func (s *Secrets) addParameters(text, separator string) {
	for parameter := range strings.SplitSeq(text, separator) {
		_, value, _ := strings.Cut(parameter, "=")
		s.addTelling(strings.Trim(strings.TrimSpace(value), `"`))
	}
}

func (s *Secrets) addTelling(value string) {
	if value = strings.TrimSpace(value); len(value) >= telling {
		s.Add(value)
	}
}

// isPublic reports whether a header's value is no secret. Of any header that is not known it is taken to be one.
func isPublic(name, value string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Accept", "User-Agent", "Host", "Prefer", "Cache-Control", "X-Requested-With":
		return true
	}
	for _, family := range []string{"Accept-", "Content-", "If-"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return strings.HasSuffix(name, "-Version") || !SecretName(name) && isPlain(value)
}

var plainWords = []string{
	"true", "false", "null", "none", "yes", "no", "on", "off", "json", "text",
	"unknown", "pending", "running", "blocked", "succeeded", "success", "failed", "canceled", "done", "error",
}

// isPlain reports whether value is a word or a number that stands in many texts which are no secret: masking it would
// black them out.
func isPlain(value string) bool {
	value = strings.ToLower(value)
	return len(value) < telling && strings.Trim(value, "0123456789") == "" || slices.Contains(plainWords, value)
}
