package recipe

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// A urlShape says what the parts of a URL template are.
type urlShape struct {
	base  bool // the first part is a name, whose value is a URL by itself
	strip string
	field bool // that name is one of the target's fields
	where []urlPart
}

// urlPart is where in a URL something stands.
type urlPart int

const (
	inBase urlPart = iota
	inHost
	inPath
	inQuery
	inFragment
)

// shapeURL says of each part where it stands, cut where that changes. isField says which names are the target's fields.
func shapeURL(parts []part, isField func(name string) bool, fragments bool) (shape *urlShape, cutParts []part, problem, hint string) {
	shape = &urlShape{}
	const example = `"{url}/tasks/{id}"`
	at := inPath
	switch {
	case len(parts) == 0:
		return nil, nil, "an empty URL", example
	case parts[0].name != "":
		shape.base, shape.field = true, isField(parts[0].name)
		if !shape.field && !mayBeURL[parts[0].name] {
			return nil, nil, "a URL that begins with " + parts[0].String(), "it begins with {url}, another field of the target, {id}, {login.NAME}, {read.NAME}, http:// or https://: " + example
		}
		if len(parts) > 1 && shape.field && !startsWithAny(parts[1].literal, "/?") {
			return nil, nil, "after " + parts[0].String() + " comes neither / nor ?", example + "; the port belongs to the field's value"
		}
	case strings.HasPrefix(parts[0].literal, "http://"), strings.HasPrefix(parts[0].literal, "https://"):
		at = inHost
	default:
		return nil, nil, "a URL that begins with neither {url} nor http:// or https://", example
	}
	for i, p := range parts {
		if p.name != "" {
			where := at
			if i == 0 && shape.base {
				where = inBase
			}
			shape.where, cutParts = append(shape.where, where), append(cutParts, p)
			continue
		}
		if problem, hint = refuseLiteral(p.literal, fragments); problem != "" {
			return nil, nil, problem, hint
		}
		rest := p.literal
		if i == 0 {
			scheme, after, _ := strings.Cut(rest, "://")
			shape.where, cutParts = append(shape.where, inHost), append(cutParts, part{literal: scheme + "://"})
			rest = after
		}
		for rest != "" {
			end, next := endOf(rest, at)
			if end > 0 {
				shape.where, cutParts = append(shape.where, at), append(cutParts, part{literal: rest[:end]})
			}
			rest, at = rest[end:], next
		}
	}
	return shape, cutParts, "", ""
}

// mayBeURL are the names beside the target's fields that a URL may begin with.
var mayBeURL = map[string]bool{"id": true, "login": true, "read": true}

func startsWithAny(text, characters string) bool {
	return text != "" && strings.ContainsRune(characters, rune(text[0]))
}

// endOf is where the part of a URL ends that text begins in, and what begins there.
func endOf(text string, at urlPart) (end int, next urlPart) {
	ends := [...]string{inHost: "/?#", inPath: "?#", inQuery: "#", inFragment: ""}[at]
	end = strings.IndexAny(text, ends)
	if end < 0 {
		return len(text), at
	}
	switch text[end] {
	case '?':
		return end, inQuery
	case '#':
		return end, inFragment
	}
	return end, inPath
}

func refuseLiteral(text string, fragments bool) (problem, hint string) {
	for i, r := range text {
		switch {
		case r == '#' && !fragments:
			return "a # in a URL", "what follows it is not sent; a # in a path is written %23"
		case r <= ' ' || r == 0x7f || strings.ContainsRune(`"<>\^|`+"`", r):
			return "a " + quote(string(r)) + " in a URL", "it is written " + url.QueryEscape(string(r)) + ", a space %20"
		case r == '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return "a % in a URL that no two hexadecimal digits follow", "a % is written %25"
			}
		}
	}
	return "", ""
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// A filledURL is a URL in its pieces, each escaped.
type filledURL struct {
	base     string     // scheme, host and the path of a value that is a URL by itself
	own      url.Values // the query that came with that
	path     string
	query    []string // k=v
	fragment string
}

func (f filledURL) String() string {
	text := f.base
	switch {
	case strings.HasSuffix(text, "/") && strings.HasPrefix(f.path, "/"):
		text = strings.TrimSuffix(text, "/")
	case f.path != "" && f.path[0] != '/' && strings.Count(text, "/") == 2:
		text += "/" // of a URL without a path
	}
	text += f.path
	if len(f.query) > 0 {
		text += "?" + strings.Join(f.query, "&")
	}
	return text + f.fragment
}

func (t *Template) fillURL(v Values) (f filledURL, err error) {
	var texts [inFragment + 1]strings.Builder
	for i, p := range t.parts {
		where := t.url.where[i]
		if where == inBase {
			u, err := t.baseURL(p, v)
			if err != nil {
				return f, err
			}
			f.own = u.Query()
			if u.RawQuery != "" {
				f.query = append(f.query, u.RawQuery)
			}
			u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = "", false, "", ""
			texts[inHost].WriteString(u.String())
			continue
		}
		text := escapeLiteral(p.literal)
		if p.name != "" {
			if text, err = t.urlValue(p, v, where); err != nil {
				return f, err
			}
		}
		texts[where].WriteString(text)
	}
	f.base, f.path, f.fragment = texts[inHost].String(), texts[inPath].String(), texts[inFragment].String()
	if literal := strings.TrimPrefix(texts[inQuery].String(), "?"); literal != "" {
		f.query = append(f.query, literal)
	}
	for segment := range strings.SplitSeq(f.path, "/") {
		if segment == "." || segment == ".." {
			return f, t.refuse(`a segment of the path would be "`+segment+`"`, "")
		}
	}
	return f, nil
}

// escapeLiteral leaves a literal as it is, but for braces and what is not ASCII.
func escapeLiteral(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || c == '{' || c == '}' {
			writeEscaped(&b, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// urlValue is what a part gives at that place of a URL.
func (t *Template) urlValue(p part, v Values, where urlPart) (string, error) {
	words, err := t.values(p, v)
	if err != nil {
		return "", err
	}
	for i, word := range words {
		switch {
		case where == inQuery || where == inFragment:
			words[i] = escapeAll(word)
		case word == "":
			return "", t.refuse("the value of "+p.String()+" is empty", "")
		case where == inHost:
			if strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
				return "", t.refuse("the value of "+p.String()+" is not (a part of) a host's name", "")
			}
		case p.segments:
			segments := strings.Split(word, "/")
			for j, s := range segments {
				if s == "" || s == "." || s == ".." {
					return "", t.refuse("the value of "+p.String()+" has an empty segment, or one of dots", "a/b, without slashes at its ends")
				}
				segments[j] = escapeAll(s)
			}
			words[i] = strings.Join(segments, "/")
		default:
			words[i] = escapeAll(word)
		}
	}
	return strings.Join(words, escapeJoin(t.join, where)), nil
}

// escapeAll percent-encodes everything but what RFC 3986 calls unreserved.
func escapeAll(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if isUnreserved(text[i]) {
			b.WriteByte(text[i])
		} else {
			writeEscaped(&b, text[i])
		}
	}
	return b.String()
}

// escapeJoin keeps the separators that mean something to a path; a query's are decoded before they are looked at.
func escapeJoin(text string, where urlPart) string {
	kept := ","
	if where == inPath {
		kept = ",;:=+!$&'()*@"
	}
	var b strings.Builder
	for i := range len(text) {
		if isUnreserved(text[i]) || strings.IndexByte(kept, text[i]) >= 0 {
			b.WriteByte(text[i])
		} else {
			writeEscaped(&b, text[i])
		}
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// baseURL is a value that is a URL by itself; a relative one is resolved against the target's.
func (t *Template) baseURL(p part, v Values) (*url.URL, error) {
	refuse := func(problem, hint string) (*url.URL, error) {
		return nil, t.refuse("the value of "+p.String()+" "+problem, hint)
	}
	words, err := t.values(p, v)
	switch {
	case err != nil:
		return nil, err
	case len(words) != 1 || words[0] == "":
		return refuse("is empty", "https://HOST/PATH")
	case hasControl(words[0]) || strings.ContainsAny(words[0], ` \`):
		return refuse("is no URL: it has a space, a backslash or a control character in it", "")
	}
	u, err := url.Parse(words[0])
	if err != nil {
		return refuse("cannot be read as a URL", "https://HOST/PATH")
	}
	if u.Scheme == "" && !t.url.field {
		return t.resolve(p, u, v)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
		return refuse("does not begin with http:// or https://", "https://HOST/PATH")
	case u.Hostname() == "":
		return refuse("has no host", "https://HOST/PATH")
	case u.User != nil:
		return refuse("has a user or password in it", "they have fields of their own")
	}
	if t.url.field {
		u.Path, u.RawPath = strings.TrimRight(u.EscapedPath(), "/"), ""
		u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, t.url.strip), "/")
		u.Path, u.RawPath, err = unescapedPath(u.Path)
	}
	return u, err
}

// unescapedPath are the two fields that a url.URL holds a path in.
func unescapedPath(escaped string) (path, raw string, err error) {
	path, err = url.PathUnescape(escaped)
	return path, escaped, err
}

// resolve takes the target's address for a folder: a platform behind a prefix means paths below it.
func (t *Template) resolve(p part, reference *url.URL, v Values) (*url.URL, error) {
	address, _ := plain(v["url"]).(string)
	base, err := url.Parse(address)
	if err != nil || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, t.refuse("the value of "+p.String()+" does not begin with http:// or https://, and there is no {url} to begin with", "")
	}
	if reference.Host != "" || reference.User != nil {
		return nil, t.refuse("the value of "+p.String()+" names a host without http:// or https://", "")
	}
	base.User, base.RawQuery, base.Fragment, base.RawFragment = nil, "", "", ""
	if !strings.HasSuffix(base.Path, "/") {
		base = base.JoinPath("/")
	}
	return base.ResolveReference(reference), nil
}
