package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"text/template"
)

func isTemplate(form string) bool { return strings.HasPrefix(form, outputTemplate) }

// parseTemplate reads template=TEXT, and refuses what would be found out only after the wait.
func parseTemplate(form string) (*template.Template, error) {
	text := strings.TrimPrefix(form, outputTemplate)
	if strings.TrimSpace(text) == "" {
		return nil, &spokenError{problem: said("the template is empty")}
	}
	t, err := template.New("-o").Funcs(comparisons).Funcs(template.FuncMap{"json": templateJSON}).Parse(text)
	if err == nil {
		err = reportFields().check(t.Root, true)
	}
	if err == nil {
		err = refuseTemplate(t, text)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func templateJSON(v any) string { return string(encode(v, "")) }

// An unfilledError says why a template cannot be filled.
type unfilledError struct{ error }

// printTemplate fills the template with an object.
func (a *app) printTemplate(object []byte) {
	var out bytes.Buffer
	if err := a.template.Execute(&out, templated(object, a.harmless)); err != nil {
		a.stdout.fail(&unfilledError{err})
		return
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteByte('\n')
	}
	_, _ = io.Copy(a.stdout, &out) // the sink keeps the error
}

// templated is an object as a template sees it. What text makes of texts is what the template gets; its own are the user's.
func templated(object []byte, text func(string) string) any {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err) // encode has made it
	}
	return templateValue(v, text)
}

// templateValue is a JSON value whose numbers a template can compare: whole ones are int, others float64, and what is
// neither stays as it was written.
func templateValue(v any, text func(string) string) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return f
		}
		return v.String()
	case string:
		return text(v)
	case []any:
		for i := range v {
			v[i] = templateValue(v[i], text)
		}
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[text(key)] = templateValue(item, text)
		}
		return object
	}
	return v
}
