package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
)

// The forms of -o.
const (
	outputText     = "text"
	outputJSON     = "json"
	outputNDJSON   = "ndjson"
	outputTemplate = "template="

	outputUsage     = "`FORM` of what stdout gets: text (the result) or json (one object on one line, at the end)"
	outputUsageWait = "`FORM` of what stdout gets: text (the result), json (one object on one line, at the end), ndjson (also one for each check) or template=TEXT (a Go template over that object)"
)

// outputForms are what -o may be, beside a template, where tasks are asked about.
var outputForms = []string{outputText, outputJSON, outputNDJSON}

// An outputFlag is -o of a command that lists or shows.
type outputFlag struct{ form *string }

func (o *outputFlag) Set(value string) error {
	if value != outputText && value != outputJSON {
		return errors.New("not a form of output")
	}
	*o.form = value
	return nil
}

func (o *outputFlag) String() string { return "" }
func (o *outputFlag) Type() string   { return "form of output (text, json)" }

// A waitOutputFlag is -o of a command that asks about tasks.
type waitOutputFlag struct{ app *app }

func (o *waitOutputFlag) Set(value string) (err error) {
	a := o.app
	if !isTemplate(value) && !slices.Contains(outputForms, value) {
		return errors.New("not a form of output")
	}
	a.output, a.template = value, nil
	if isTemplate(value) {
		if a.template, err = parseTemplate(value); err != nil {
			return usage("--output", err.Error(), `-o 'template={{.outcome}} {{.raw}}'`)
		}
	}
	return nil
}

func isTemplate(form string) bool { return strings.HasPrefix(form, outputTemplate) }

// parseTemplate reads template=TEXT, and refuses what would be found out only after the wait.
func parseTemplate(form string) (*template.Template, error) {
	text := strings.TrimPrefix(form, outputTemplate)
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the template is empty")
	}
	t, err := template.New("-o").Funcs(template.FuncMap{"json": templateJSON}).Parse(text)
	if err == nil {
		err = reportFields().check(t.Root, true)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (o *waitOutputFlag) String() string { return "" }
func (o *waitOutputFlag) Type() string {
	return "form of output (text, json, ndjson, template='{{.outcome}}')"
}

// forPeople reports whether stdout gets results as text.
func (a *app) forPeople() bool { return a.output == "" || a.output == outputText }

func templateJSON(v any) string { return string(encode(v, "")) }

// printReport writes the one object of -o, in the form that was asked for; nothing as text.
func (a *app) printReport(r report) {
	if a.forPeople() {
		return
	}
	text := encode(a.shown(r), "")
	if !isTemplate(a.output) {
		fmt.Fprintf(a.stdout, "%s\n", text)
		return
	}
	if a.template == nil { // another flag was refused before -o was read
		a.template, _ = parseTemplate(a.output)
	}
	if a.template != nil {
		a.printTemplate(text)
	}
}

// printTemplate fills the template with an object. What it cannot do is a result that could not be written.
func (a *app) printTemplate(object []byte) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err) // encode has made it
	}
	var out bytes.Buffer
	if err := a.template.Execute(&out, a.values(v)); err != nil {
		a.stdout.fail(err)
		return
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteByte('\n')
	}
	_, _ = io.Copy(a.stdout, &out) // the sink keeps the error
}

// values is a JSON value for a template. Its texts are harmless; the template's own are the user's. Its numbers can be
// compared: whole ones are int, others float64, and what is neither stays as it was written.
func (a *app) values(v any) any {
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
		return a.harmless(v)
	case []any:
		for i := range v {
			v[i] = a.values(v[i])
		}
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[a.harmless(key)] = a.values(item)
		}
		return object
	}
	return v
}
