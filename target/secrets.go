package target

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"html"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	masked = "***"
	// A shorter secret is not masked: it would black out ordinary words all over, and guessing it is no work.
	shortest = 4
	// So much of a secret that was cut short is still worth hiding.
	telling = 8
)

// Secrets is a set of values that must not be shown. The zero value is empty, and so is nil, to which nothing can be
// added. It is safe for concurrent use.
type Secrets struct {
	mu    sync.Mutex               // held while adding
	told  []*Secrets               // guarded by mu
	forms atomic.Pointer[[]string] // never changed once stored; longest first
}

// Add registers value in all forms in which it may be seen: as is, without white space around it, escaped for a URL by
// several rules, quoted as JSON or Go does, as base64, and misread as Latin-1. Of "Bearer x" and "Basic x" the x is a
// secret too, of the latter also what it encodes: user:password and the password. A value of less than 4 bytes is not
// masked in any form.
func (s *Secrets) Add(value string) {
	forms := map[string]bool{}
	addForms(forms, value)
	addForms(forms, strings.TrimSpace(value))
	if misread := asLatin1(value); misread != value { // a header has no encoding, and many servers take it for that
		addForms(forms, misread)
	}
	scheme, rest, found := strings.Cut(strings.TrimSpace(value), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case found && strings.EqualFold(scheme, "bearer"):
		addForms(forms, rest)
	case found && strings.EqualFold(scheme, "basic"):
		addForms(forms, rest)
		if pair, err := base64.StdEncoding.DecodeString(rest); err == nil {
			_, password, _ := strings.Cut(string(pair), ":")
			addForms(forms, string(pair))
			addForms(forms, password)
		}
	}

	s.add(forms)
}

// Tell adds to other all that s has, and whatever is added to s from now on. Two sets must not tell each other.
func (s *Secrets) Tell(other *Secrets) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, other)
	forms := map[string]bool{}
	for _, form := range s.all() {
		forms[form] = true
	}
	other.add(forms)
}

func (s *Secrets) add(forms map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.told {
		other.add(forms)
	}
	forms = maps.Clone(forms)
	for _, form := range s.all() {
		forms[form] = true
	}
	all := make([]string, 0, len(forms))
	for form := range forms {
		all = append(all, form)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	s.forms.Store(&all)
}

// asLatin1 is value with each byte as the character of that number.
func asLatin1(value string) string {
	var text strings.Builder
	for i := range len(value) {
		text.WriteRune(rune(value[i]))
	}
	return text.String()
}

func addForms(forms map[string]bool, value string) {
	if len(value) < shortest {
		return
	}
	query, path := url.QueryEscape(value), url.PathEscape(value)
	quoted := strconv.Quote(value)
	ascii, graphic := strconv.QuoteToASCII(value), strconv.QuoteToGraphic(value)
	for _, form := range []string{
		value, query, path, lowerEscapes(query), lowerEscapes(path),
		quoted[1 : len(quoted)-1], ascii[1 : len(ascii)-1], graphic[1 : len(graphic)-1],
		inJSON(value, true), inJSON(value, false), inJSON(inJSON(value, false), false), strings.ReplaceAll(inJSON(value, false), "/", `\/`),
		escapedWhole(value), lowerEscapes(escapedWhole(value)), url.QueryEscape(query), url.QueryEscape(escapedWhole(value)),
		keepSlash(value), lowerEscapes(keepSlash(value)), keepReserved(value), lowerEscapes(keepReserved(value)),
		inXML(value), html.EscapeString(value), namedEntities.Replace(value), hex.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.RawStdEncoding.EncodeToString([]byte(value)),
		base64.URLEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
	} {
		forms[form] = true
	}
}

// escapedWhole is value as a template puts it into a URL: all but RFC 3986's unreserved characters as %XX.
func escapedWhole(value string) string {
	return strings.NewReplacer("+", "%20", "~", "~").Replace(url.QueryEscape(value))
}

// keepSlash is value as Python's quote and much else puts it into a URL.
func keepSlash(value string) string { return strings.ReplaceAll(escapedWhole(value), "%2F", "/") }

// keepReserved is value as JavaScript's encodeURI and curl put a whole URL together.
func keepReserved(value string) string { return reserved.Replace(escapedWhole(value)) }

var reserved = strings.NewReplacer(
	"%3B", ";", "%2C", ",", "%2F", "/", "%3F", "?", "%3A", ":", "%40", "@", "%26", "&", "%3D", "=", "%2B", "+", "%24", "$", "%21", "!",
	"%2A", "*", "%27", "'", "%28", "(", "%29", ")", "%23", "#",
)

var namedEntities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// inXML is value as encoding/xml writes text.
func inXML(value string) string {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte(value)) // a Builder is always written
	return text.String()
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(text string) string {
	b := []byte(text)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], strings.ToLower(text[i:i+3]))
		}
	}
	return string(b)
}

func inJSON(value string, html bool) string {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(html)
	_ = e.Encode(value) // a string is always encoded, and a Builder always written
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(text.String(), "\n"), `"`), `"`)
}

func (s *Secrets) all() []string {
	if s == nil {
		return nil
	}
	if forms := s.forms.Load(); forms != nil {
		return *forms
	}
	return nil
}

// Mask returns text with *** in place of each secret, the longest first. The beginning of a secret, 8 bytes or more, is
// masked too where the text was cut short: at its end, or before an ellipsis.
func (s *Secrets) Mask(text string) string {
	clean, _ := mask(s.all(), []byte(text), true)
	return string(clean)
}

// mask returns text masked, and what of it must be held back because more text may make it a secret. Of a whole text
// nothing is held back.
func mask(forms []string, text []byte, whole bool) (clean, held []byte) {
	if len(forms) == 0 {
		return text, nil
	}
	var begins [256]bool
	for _, form := range forms {
		begins[form[0]] = true
	}
	for i := 0; i < len(text); {
		if !begins[text[i]] {
			clean = append(clean, text[i])
			i++
			continue
		}
		n, open := secretAt(forms, text[i:], whole)
		switch {
		case open:
			return clean, text[i:]
		case n > 0:
			clean = append(clean, masked...)
			i += n
		default:
			clean = append(clean, text[i])
			i++
		}
	}
	return clean, nil
}

var ellipses = []string{"…", "...", " ..."}

// secretAt returns how many bytes at the beginning of text are a secret or one cut short; open: more text must come to
// tell.
func secretAt(forms []string, text []byte, whole bool) (n int, open bool) {
	part := 0
	for _, form := range forms {
		same := 0
		for same < len(form) && same < len(text) && form[same] == text[same] {
			same++
		}
		rest := text[same:]
		switch {
		case same == len(form):
			return max(same, part), false
		case len(rest) == 0 && !whole:
			return 0, true
		case same >= telling && (len(rest) == 0 || beginsWith(rest, ellipses)):
			part = max(part, same)
		case same >= telling && !whole && beginsOneOf(rest, ellipses):
			return 0, true
		}
	}
	return part, false
}

func beginsWith(text []byte, starts []string) bool {
	return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(string(text[:min(len(text), len(start))]), start) })
}

func beginsOneOf(text []byte, starts []string) bool {
	return slices.ContainsFunc(starts, func(start string) bool { return len(text) < len(start) && strings.HasPrefix(start, string(text)) })
}
