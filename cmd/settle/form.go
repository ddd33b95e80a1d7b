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

// The types of -o, for pflag.
const (
	listForm = "form of output (text, json)"
	waitForm = "form of output (text, json, ndjson, template='{{.outcome}}')"
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
func (o *outputFlag) Type() string   { return listForm }

// A waitOutputFlag is -o of a command that asks about tasks.
type waitOutputFlag struct{ app *app }

func (o *waitOutputFlag) Set(value string) (err error) {
	a := o.app
	a.output, a.template = value, nil
	if isTemplate(value) {
		if a.template, err = parseTemplate(value); err != nil {
			return usage("--output", asIs(err), asIs(`-o 'template={{.outcome}} {{.raw}}'`))
		}
		return nil
	}
	if !slices.Contains(outputForms, value) {
		return errors.New("not a form of output")
	}
	return nil
}

func isTemplate(form string) bool { return strings.HasPrefix(form, outputTemplate) }

// parseTemplate reads template=TEXT, and refuses what would be found out only after the wait.
func parseTemplate(form string) (*template.Template, error) {
	text := strings.TrimPrefix(form, outputTemplate)
	if strings.TrimSpace(text) == "" {
		return nil, &spokenError{problem: said("the template is empty")}
	}
	t, err := template.New("-o").Funcs(template.FuncMap{"json": templateJSON}).Parse(text)
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

func (o *waitOutputFlag) String() string { return "" }
func (o *waitOutputFlag) Type() string {
	return waitForm
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

// printTemplate fills the template with an object, or keeps why it cannot be filled.
func (a *app) printTemplate(object []byte) {
	var out bytes.Buffer
	if err := a.template.Execute(&out, templated(object)); err != nil {
		a.unfilled = err
		return
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteByte('\n')
	}
	_, _ = io.Copy(a.stdout, &out) // the sink keeps the error
}

// numbers is a JSON value whose numbers a template can compare: whole ones are int, others float64, and what is neither
// stays as it was written.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return f
		}
		return v.String()
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = numbers(v[key])
		}
	}
	return v
}
