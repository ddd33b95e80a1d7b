package recipe

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
)

// request builds q, nil where there is none.
func (b *builder) request(q *requestDocument, n names) *Request { return b.requestJoined(q, n, "") }

func (b *builder) requestJoined(q *requestDocument, n names, separator string) *Request {
	if q == nil {
		return nil
	}
	r := &Request{place: q.place, answer: q.Answer.value}
	if q.Exec != nil {
		b.command(r, q, n)
	} else {
		b.overHTTP(r, q, n)
	}
	for _, t := range r.templates() {
		t.join = separator
	}
	return r
}

func (b *builder) batchRequest(doc *batchDocument, n names) *Request {
	r := b.requestJoined(doc.Request, n, doc.Join.value)
	if r == nil {
		return nil
	}
	if doc.Join.given() {
		return r
	}
	repeats := map[*Template]bool{}
	for _, p := range slices.Concat(r.query, r.body.form) {
		for _, t := range p.values {
			repeats[t] = true
		}
	}
	for _, t := range r.exec {
		repeats[t] = true
	}
	for _, t := range r.templates() {
		if _, isAlone := t.alone(); slices.Contains(t.names(), "ids") && !(repeats[t] && isAlone) {
			b.fault(doc.Request.mark.at(t.place), "{ids} is a list, and nothing says what stands between", `join: ","`)
		}
	}
	return r
}

func (b *builder) command(r *Request, q *requestDocument, n names) {
	for _, key := range []struct {
		name  string
		given mark
	}{
		{"get", q.Get.mark}, {"post", q.Post.mark}, {"put", q.Put.mark}, {"patch", q.Patch.mark}, {"delete", q.Delete.mark}, {"head", q.Head.mark},
		{"query", firstMark(q.Query)}, {"header", firstMark(q.Header)}, {"json", q.JSON.mark}, {"form", firstMark(q.Form)}, {"xml", q.XML.mark}, {"text", q.Text.mark},
	} {
		if key.given.given() {
			b.fault(key.given, key.name+" beside exec: a command is not sent over HTTP", "stdin: is what a command reads")
		}
	}
	r.exec = b.arguments(q.Exec, n)
	r.stdin = b.expression(q.Stdin, n)
}

func firstMark[T any](e entries[T]) mark {
	if len(e) == 0 {
		return mark{}
	}
	return e[0].key.mark
}

func (b *builder) arguments(list list[filling], n names) []*Template {
	all := []*Template{}
	for i, f := range list {
		t := b.template(f, n, asArgument)
		if i == 0 && (len(t.parts) != 1 || t.parts[0].name != "") && !b.faultAt(f.place) {
			b.fault(f.mark, "the command itself must be written out", "[aws, ec2, …]")
		}
		all = append(all, t)
	}
	return all
}

func (b *builder) overHTTP(r *Request, q *requestDocument, n names) {
	var given filling
	for _, m := range []struct {
		method string
		url    filling
	}{
		{http.MethodGet, q.Get}, {http.MethodPost, q.Post}, {http.MethodPut, q.Put},
		{http.MethodPatch, q.Patch}, {http.MethodDelete, q.Delete}, {http.MethodHead, q.Head},
	} {
		switch {
		case !m.url.given():
		case r.method != "":
			b.fault(m.url.mark, "a second method", "a request has one of get, post, put, patch, delete, head")
		default:
			r.method, given = m.method, m.url
		}
	}
	if q.Stdin.given() {
		b.fault(q.Stdin.mark, "stdin without exec", "the body of a request over HTTP is json, form, xml or text")
	}
	if r.method == "" {
		if b.faultAt(q.place) {
			return
		}
		b.fault(q.mark, "it has no method", `get: "{url}/tasks/{id}"`)
		return
	}
	r.url = b.url(given, n, false)
	r.query = b.pairs(q.Query, n)
	r.header = b.headers(q.Header, n)
	b.body(r, q, n)
}

func (b *builder) body(r *Request, q *requestDocument, n names) {
	var already string
	for _, body := range []struct {
		key string
		at  mark
	}{{"json", q.JSON.mark}, {"form", firstMark(q.Form)}, {"xml", q.XML.mark}, {"text", q.Text.mark}} {
		switch {
		case !body.at.given():
		case already != "":
			b.fault(body.at, "a second body, beside "+already, "a request has one of json, form, xml, text")
		case r.method == http.MethodGet || r.method == http.MethodHead:
			b.fault(body.at, "a body with "+strings.ToLower(r.method)+", which servers and proxies drop", "what is asked for goes into query")
			already = body.key
		default:
			already = body.key
		}
	}
	r.body.json = b.expression(q.JSON, n)
	r.body.form = b.pairs(q.Form, n)
	if q.XML.given() {
		r.body.xml = b.xml(q.XML, n)
	}
	if q.Text.given() {
		r.body.text = b.template(q.Text, n, asIs)
	}
}

// template builds f, nil where it is not given.
func (b *builder) template(f filling, n names, as escape) *Template {
	t := &Template{text: f.value, place: f.place, as: as}
	parts, problem, hint := parseTemplate(f.value)
	if problem != "" {
		b.fault(f.mark, problem, hint)
		return t
	}
	for _, p := range parts {
		switch {
		case p.segments:
			b.notInPath(f, p)
		case as == asHeader && hasControl(p.literal):
			b.fault(f.mark, "a line break or another control character in a header", "write it on one line")
		}
	}
	b.mention(f, parts, n)
	t.parts = parts
	return t
}

func (b *builder) notInPath(f filling, p part) {
	b.fault(f.mark, p.String()+" belongs into the path of a URL", "{"+strings.TrimPrefix(p.String(), "{+"))
}

// mention refuses the names that are not known, and notes the others.
func (b *builder) mention(f filling, parts []part, n names) {
	for _, p := range parts {
		if p.name == "" {
			continue
		}
		if problem, hint := n.refusePart(p); problem != "" {
			b.fault(f.mark, problem, hint)
			continue
		}
		n.use(p.name, true)
	}
}

func (b *builder) url(f filling, n names, fragments bool) *Template {
	t := &Template{text: f.value, place: f.place}
	parts, problem, hint := parseTemplate(f.value)
	b.mention(f, parts, n)
	if problem == "" {
		t.url, t.parts, problem, hint = shapeURL(parts, func(name string) bool { return slices.Contains(b.fields, name) }, fragments)
	}
	if problem != "" {
		b.fault(f.mark, problem, hint)
		return &Template{text: f.value, place: f.place, url: &urlShape{}}
	}
	for i, p := range t.parts {
		if p.segments && t.url.where[i] != inPath {
			b.notInPath(f, p)
		}
	}
	if t.url.field {
		for _, e := range b.doc.Target {
			if e.key.value == t.parts[0].name {
				t.url.strip = strings.TrimRight(e.value.Strip.value, "/")
			}
		}
	}
	return t
}

func (b *builder) pairs(list entries[many[filling]], n names) []pairs {
	var all []pairs
	for _, e := range list {
		p := pairs{name: e.key.value}
		if p.name == "" {
			b.fault(e.key.mark, "a key without a name", "")
		}
		for _, f := range e.value {
			p.values = append(p.values, b.template(f, n, asIs))
		}
		all = append(all, p)
	}
	return all
}

// queryOf builds what a way to log in adds to the query.
func (b *builder) queryOf(list entries[filling], n names) []Pair {
	var all []Pair
	for _, e := range list {
		all = append(all, Pair{e.key.value, b.template(e.value, n, asIs)})
	}
	return all
}

func (b *builder) headers(list entries[filling], n names) []Pair {
	var all []Pair
	seen := map[string]bool{}
	for _, e := range list {
		b.headerName(e.key)
		if canonical := http.CanonicalHeaderKey(e.key.value); seen[canonical] {
			b.fault(e.key.mark, "the header stands there twice", "keep one of them")
		} else {
			seen[canonical] = true
		}
		all = append(all, Pair{e.key.value, b.template(e.value, n, asHeader)})
	}
	return all
}

func (b *builder) headerName(w written) {
	if w.value == "" || strings.ContainsFunc(w.value, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	}) {
		b.fault(w.mark, quote(w.value)+" is not a header's name", "X-Request-Id")
	}
}

// xml builds a template whose names stand where they are text: in an element or in an attribute's value.
func (b *builder) xml(f filling, n names) *Template {
	t := b.template(f, n, asXML)
	const stand = "settleValue"
	var text strings.Builder
	want := 0
	for _, p := range t.parts {
		text.WriteString(p.literal)
		if p.name != "" {
			text.WriteString(stand)
			want++
		}
	}
	if _, err := DecodeXML(text.String()); err != nil && t.parts != nil {
		b.fault(f.mark, err.Error(), "")
		return t
	}
	if strings.Contains(f.value, "<![CDATA[") || strings.Contains(f.value, "<!--") {
		b.fault(f.mark, "CDATA or a comment, in which a value could not be escaped", "leave it out: text is escaped by itself")
		return t
	}
	if countText(text.String(), stand) != want {
		b.fault(f.mark, "a name in braces that is neither text nor an attribute's value", "<vm>{vm}</vm>")
	}
	return t
}

// countText counts how often word stands in text and in values of attributes.
func countText(document, word string) int {
	count := 0
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := d.Token()
		if err != nil {
			return count
		}
		switch token := token.(type) {
		case xml.CharData:
			count += strings.Count(string(token), word)
		case xml.StartElement:
			for _, a := range token.Attr {
				count += strings.Count(a.Value, word)
			}
		}
	}
}
