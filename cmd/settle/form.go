package main

import (
	"errors"
	"fmt"
	"slices"
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
	if !isTemplate(value) && !slices.Contains(outputForms, value) {
		return errors.New("not a form of output")
	}
	a.output, a.template = value, nil
	if isTemplate(value) {
		if a.template, err = parseTemplate(value); err != nil {
			return usage("--output", asIs(err), asIs(`-o 'template={{.outcome}} {{.raw}}'`))
		}
	}
	return nil
}

func (o *waitOutputFlag) String() string { return "" }
func (o *waitOutputFlag) Type() string   { return waitForm }

// forPeople reports whether stdout gets results as text.
func (a *app) forPeople() bool { return a.output == "" || a.output == outputText }

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
