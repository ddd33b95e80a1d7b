package recipe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// A Request is a question to a platform, by HTTP or by a command, with names in it.
type Request struct {
	place  string
	method string
	url    *Template
	query  []pairs
	header []Pair
	body   body
	exec   []*Template // nil: it is HTTP
	stdin  *Expression
	answer string
}

// pairs are the values of one key.
type pairs struct {
	name   string
	values []*Template
}

// A body is one of these; none of them: there is no body.
type body struct {
	json *Expression
	form []pairs
	xml  *Template
	text *Template
}

// A Filled is a request with values in place of its names: what is sent, or what is run.
type Filled struct {
	Method string
	URL    string // complete and escaped, the query included
	Header http.Header
	Body   []byte   // nil: none
	Exec   []string // the command and its arguments; nil: it is HTTP
	Stdin  []byte   // nil: none
}

// IsExec reports whether the request is a command.
func (r *Request) IsExec() bool { return r.exec != nil }

// Form is what the answer is: "json", "xml", "text", or "" where its content type says so.
func (r *Request) Form() string { return r.answer }

// Fill puts v's values in place of the request's names. A name that is not in v is null, as it is to an expression. The
// error is an *Error, or the cause of the context's end.
func (r *Request) Fill(ctx context.Context, v Values) (*Filled, error) {
	if r.IsExec() {
		return r.fillExec(ctx, v)
	}
	u, err := r.url.fillURL(v)
	if err != nil {
		return nil, err
	}
	f := &Filled{Method: r.method, Header: http.Header{}}
	for _, p := range r.query {
		if u.own.Has(p.name) {
			continue // the platform wrote that URL itself
		}
		if u.query, err = p.appendTo(u.query, v, escapeAll); err != nil {
			return nil, err
		}
	}
	f.URL = u.String()
	for _, p := range r.header {
		values, err := p.Fill(v)
		if err != nil {
			return nil, err
		}
		for _, value := range values {
			f.Header.Add(p.Name, value)
		}
	}
	contentType := ""
	if f.Body, contentType, err = r.fillBody(ctx, v); err != nil {
		return nil, err
	}
	if contentType != "" && f.Header.Get("Content-Type") == "" {
		f.Header.Set("Content-Type", contentType)
	}
	return f, nil
}

// appendTo adds k=v for each value there is.
func (p pairs) appendTo(query []string, v Values, escape func(string) string) ([]string, error) {
	for _, t := range p.values {
		if t.join != "" {
			text, err := t.joined(v, escape)
			if err != nil {
				return nil, err
			}
			query = append(query, escape(p.name)+"="+text)
			continue
		}
		texts, err := t.all(v)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			query = append(query, escape(p.name)+"="+escape(text))
		}
	}
	return query, nil
}

// joined is the template's text in a query, where what stands between the values of a list is no part of them.
func (t *Template) joined(v Values, escape func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(escape(p.literal))
			continue
		}
		words, err := t.values(p, v)
		if err != nil {
			return "", err
		}
		for i, word := range words {
			if i > 0 {
				b.WriteString(escapeJoin(t.join, inQuery))
			}
			b.WriteString(escape(word))
		}
	}
	return b.String(), nil
}

func (r *Request) fillBody(ctx context.Context, v Values) (body []byte, contentType string, err error) {
	switch b := r.body; {
	case b.json != nil:
		value, err := r.evaluate(ctx, b.json, "json", v)
		if err != nil {
			return nil, "", err
		}
		body, err = gojq.Marshal(value)
		return body, "application/json", err
	case b.form != nil:
		var fields []string
		for _, p := range b.form {
			if fields, err = p.appendTo(fields, v, url.QueryEscape); err != nil {
				return nil, "", err
			}
		}
		return []byte(strings.Join(fields, "&")), "application/x-www-form-urlencoded", nil
	case b.xml != nil:
		text, err := b.xml.Fill(v)
		return []byte(text), "text/xml; charset=utf-8", err
	case b.text != nil:
		text, err := b.text.Fill(v)
		return []byte(text), "text/plain; charset=utf-8", err
	}
	return nil, "", nil
}

func (r *Request) fillExec(ctx context.Context, v Values) (*Filled, error) {
	f := &Filled{}
	for _, t := range r.exec {
		arguments, err := t.argument(v)
		if err != nil {
			return nil, err
		}
		f.Exec = append(f.Exec, arguments...)
	}
	if r.stdin == nil {
		return f, nil
	}
	value, err := r.evaluate(ctx, r.stdin, "stdin", v)
	if err != nil {
		return nil, err
	}
	if text, isString := value.(string); isString {
		f.Stdin = []byte(text)
		return f, nil
	}
	f.Stdin, err = gojq.Marshal(value)
	return f, err
}

// argument is what an element of a command gives: one argument, or as many as there are in a list that stands alone.
func (t *Template) argument(v Values) ([]string, error) {
	if p, isAlone := t.alone(); isAlone {
		if list, isList := p.in(v).([]any); isList && t.join == "" && len(list) > 0 {
			return t.all(v)
		}
	}
	text, err := t.Fill(v)
	return []string{text}, err
}

// evaluate returns an expression's first output over nothing but v.
func (r *Request) evaluate(ctx context.Context, e *Expression, key string, v Values) (any, error) {
	value, found, err := e.First(ctx, &Answer{Known: v})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, refused(join(r.place, key), fmt.Sprintf("%s: %v", e.shown(), err), "")
	case !found:
		return nil, refused(join(r.place, key), e.shown()+" gives nothing", "")
	case size(value, maxResult) > maxResult:
		return nil, refused(join(r.place, key), fmt.Sprintf("%s gives more than %d bytes", e.shown(), maxResult), "")
	}
	return value, nil
}

// Names returns the values that the request uses, each once, without what follows a dot.
func (r *Request) Names() []string {
	var names []string
	add := func(more ...string) {
		for _, name := range more {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, t := range r.templates() {
		add(t.names()...)
	}
	for _, e := range []*Expression{r.body.json, r.stdin} {
		if e != nil {
			add(e.names...)
		}
	}
	return names
}

func (t *Template) names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

// templates are all that the request has.
func (r *Request) templates() []*Template {
	var all []*Template
	for _, t := range []*Template{r.url, r.body.xml, r.body.text} {
		if t != nil {
			all = append(all, t)
		}
	}
	for _, p := range slices.Concat(r.query, r.body.form) {
		all = append(all, p.values...)
	}
	for _, p := range r.header {
		all = append(all, p.Value)
	}
	return append(all, r.exec...)
}
