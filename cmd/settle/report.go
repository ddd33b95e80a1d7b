package main

import (
	"encoding/json"
	"time"

	"github.com/settle-go/settle"
)

// reportSchema changes when a field changes its meaning; fields are only ever added.
const reportSchema = 1

// A report is what -o json prints at the end, whatever the end: every field is always there, but tasks.
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
	Name         string          `json:"name"`            // that the list of -f gave it
	Requests     int64           `json:"requests"`        // HTTP requests, logins included; of several tasks only in all
	Tasks        []report        `json:"tasks,omitempty"` // of several, in the order in which they ended
}

func (r *report) setStatus(s settle.Status) {
	r.State, r.Raw, r.Progress, r.Reason, r.Warned = s.State, s.Raw, s.Progress, s.Reason, s.Warned
}

// shown is r with its schema and without secrets. They are masked in its texts before they are put into JSON: a secret
// may be a word that JSON is made of.
func (a *app) shown(r report) report {
	r.Schema = reportSchema
	for _, text := range []*string{&r.Task, &r.Target, &r.Recipe, &r.ID, &r.Handle, &r.Raw, &r.Reason, &r.Link, &r.Error, &r.Hint, &r.Name} {
		*text = a.secrets.Mask(*text)
	}
	r.Result = a.maskJSON(r.Result)
	tasks := r.Tasks
	r.Tasks = nil
	for _, task := range tasks {
		r.Tasks = append(r.Tasks, a.shown(task))
	}
	return r
}
