package main

import (
	"encoding/json"
	"fmt"

	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
)

// What -o json of settle recipe show prints. Fields are added, never renamed.
type (
	describedRecipe struct {
		Schema int `json:"schema"`
		listedRecipe
		ID       describedID       `json:"id"`
		Fields   []describedField  `json:"fields"`
		Logins   [][]string        `json:"logins"` // of each way to log in the fields that it needs
		States   []describedState  `json:"states"`
		Unlisted string            `json:"unlisted"` // what any other raw state means
		Actions  []describedAction `json:"actions"`
		Batch    int               `json:"batch"` // tasks in one request; 0: each by itself
		Cancel   bool              `json:"cancel"`
		Result   bool              `json:"result"`
		Link     bool              `json:"link"`
		Detect   bool              `json:"detect"`
		Policy   string            `json:"policy"`
	}
	describedID struct {
		Pattern string `json:"pattern"`
		Help    string `json:"help"`
		Example string `json:"example"`
	}
	describedField struct {
		Name     string   `json:"name"`
		Help     string   `json:"help"`
		Example  string   `json:"example"`
		Default  string   `json:"default"`
		Env      []string `json:"env"`
		Choices  []string `json:"choices"`
		Secret   bool     `json:"secret"`
		Optional bool     `json:"optional"`
	}
	describedState struct {
		Raw     string `json:"raw"`
		Meaning string `json:"meaning"` // the list that it stands in
	}
	describedAction struct {
		Name   string           `json:"name"`
		Help   string           `json:"help"`
		Line   string           `json:"line"` // to type behind settle submit TARGET
		Params []describedParam `json:"params"`
	}
	describedParam struct {
		Name     string   `json:"name"`
		Help     string   `json:"help"`
		Example  string   `json:"example"`
		Type     string   `json:"type"`
		Default  *string  `json:"default"` // null: none
		Choices  []string `json:"choices"`
		Optional bool     `json:"optional"`
	}
)

func shownRecipe(r *recipe.Recipe) describedRecipe {
	d := describedRecipe{
		Schema: reportSchema, listedRecipe: inList(r), ID: describedID{r.ID.Pattern, r.ID.Help, r.ID.Example},
		Fields: []describedField{}, Logins: [][]string{}, States: []describedState{}, Unlisted: r.Status.Reader.Unlisted().String(),
		Actions: []describedAction{}, Cancel: r.Cancel != nil, Result: r.Result != nil, Link: r.Link != nil, Detect: r.Detect != nil,
		Policy: r.Policy,
	}
	if r.Batch != nil {
		d.Batch = r.Batch.Max
	}
	for _, f := range r.Fields {
		d.Fields = append(d.Fields, describedField{f.Name, f.Help, f.Example, f.Default, orEmpty(f.Env), orEmpty(f.Choices), f.Secret, f.Optional})
	}
	for _, way := range r.Auth {
		d.Logins = append(d.Logins, orEmpty(way.Fields))
	}
	for _, l := range r.Status.Reader.Listings() {
		for _, word := range l.Words {
			d.States = append(d.States, describedState{word, l.List})
		}
	}
	for _, a := range r.Actions {
		d.Actions = append(d.Actions, describeAction(a))
	}
	return d
}

func describeAction(a *recipe.Action) describedAction {
	d := describedAction{Name: a.Name, Help: a.Help, Line: a.Line(), Params: []describedParam{}}
	for _, p := range a.Params {
		param := describedParam{Name: p.Name, Help: p.Help, Example: p.Example, Type: p.Type, Choices: orEmpty(p.Choices), Optional: p.Optional}
		if p.HasDefault {
			param.Default = &p.Default
		}
		d.Params = append(d.Params, param)
	}
	return d
}

// orEmpty is a list that is [] in JSON, not null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// What -o json of settle recipe try prints: the report of settle check, and the steps.
type triedStep struct {
	What    string         `json:"what"`
	Request triedRequest   `json:"request"`
	Answer  *triedAnswer   `json:"answer"` // null: none came, or it is a login's
	Found   []triedFinding `json:"found"`
	Error   string         `json:"error"`
}

type triedRequest struct {
	Method  string              `json:"method"`
	URL     string              `json:"url"`
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
	Command []string            `json:"command"` // in place of all that
	Stdin   string              `json:"stdin"`
}

type triedAnswer struct {
	Status int             `json:"status"` // the HTTP code; 0: of a command
	Exit   *int            `json:"exit"`   // null: over HTTP
	Body   json.RawMessage `json:"body"`   // null: it is no JSON or XML
	Text   string          `json:"text"`   // where Body is null
}

type triedFinding struct {
	Name       string          `json:"name"`
	Expression string          `json:"expression"`
	Value      json.RawMessage `json:"value"` // null: nothing, or null
	Error      string          `json:"error"`
}

func (a *app) printTried(r report, look *httptask.Look) {
	steps := []triedStep{}
	for _, s := range look.Steps {
		step := triedStep{What: s.What, Found: []triedFinding{}, Request: triedRequest{
			Method: s.Asked.Method, URL: s.Asked.URL, Headers: s.Asked.Header, Body: s.Asked.Body, Command: s.Asked.Command, Stdin: s.Asked.Stdin,
		}}
		if s.Err != nil {
			step.Error = a.secrets.Mask(s.Err.Error())
		}
		if s.Answer != nil {
			step.Answer = a.triedAnswer(s.Answer)
		}
		for _, f := range s.Found {
			found := triedFinding{Name: f.Name, Expression: f.Expression, Value: a.maskJSON(f.Value)}
			if f.Err != nil {
				found.Error = a.secrets.Mask(f.Err.Error())
			}
			step.Found = append(step.Found, found)
		}
		steps = append(steps, step)
	}
	fmt.Fprintf(a.stdout, "%s\n", encode(struct {
		report
		Steps []triedStep `json:"steps"`
	}{a.finished(r), steps}, ""))
}

func (a *app) triedAnswer(answer *recipe.Answer) *triedAnswer {
	shown := &triedAnswer{Status: answer.Status}
	if answer.Exec != nil {
		shown.Exit = &answer.Exec.Code
	}
	if answer.Body != nil {
		shown.Body = encode(a.masked(answer.Body), "")
	} else {
		shown.Text = a.secrets.Mask(answer.Text)
	}
	return shown
}
