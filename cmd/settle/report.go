package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// The forms of -o.
const (
	outputText = "text"
	outputJSON = "json"

	outputUsage = "`FORM` of what stdout gets: text (the result) or json (one object on one line, at the end)"
)

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

// reportSchema changes when a field changes its meaning; fields are only ever added.
const reportSchema = 1

// A report is what -o json prints at the end, whatever the end: every field is always there.
type report struct {
	Schema       int             `json:"schema"`
	Outcome      settle.Outcome  `json:"outcome"`
	ExitCode     int             `json:"exit_code"`
	Task         string          `json:"task"`
	Target       string          `json:"target"`
	Recipe       string          `json:"recipe"`
	ID           string          `json:"id"`
	Handle       string          `json:"handle"`
	State        settle.State    `json:"state"`
	Raw          string          `json:"raw"`
	Progress     float64         `json:"progress"` // 0 to 1
	Reason       string          `json:"reason"`
	Warned       bool            `json:"warned"`
	Result       json.RawMessage `json:"result"` // null: none
	Checks       int             `json:"checks"`
	FailedChecks int             `json:"failed_checks"`
	Elapsed      float64         `json:"elapsed"` // seconds
	Started      *time.Time      `json:"started"` // null: nothing was asked
	Ended        *time.Time      `json:"ended"`
	Link         string          `json:"link"`
	Error        string          `json:"error"`
	Hint         string          `json:"hint"`
	Tasks        []report        `json:"tasks,omitempty"` // of several tasks each one's
}

func (r *report) setStatus(s settle.Status) {
	r.State, r.Raw, r.Progress, r.Reason, r.Warned = s.State, s.Raw, s.Progress, s.Reason, s.Warned
}

// printReport writes the one object of -o json.
func (a *app) printReport(r report) {
	fmt.Fprintf(a.stdout, "%s\n", encode(a.shown(r), ""))
}

// shown is r as it may leave this process. Secrets are masked in its texts before they are put into JSON: a secret may be
// a word that JSON is made of.
func (a *app) shown(r report) report {
	r.Schema = reportSchema
	for _, text := range []*string{&r.Task, &r.Target, &r.Recipe, &r.ID, &r.Handle, &r.Raw, &r.Reason, &r.Link, &r.Error, &r.Hint} {
		*text = a.secrets.Mask(*text)
	}
	r.Result = a.maskJSON(r.Result)
	r.Tasks = slices.Clone(r.Tasks)
	for i := range r.Tasks {
		r.Tasks[i] = a.shown(r.Tasks[i])
	}
	return r
}
