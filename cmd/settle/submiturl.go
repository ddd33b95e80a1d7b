package main

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"go.yaml.in/yaml/v3"
)

var pollExample = said("--poll 'https://HOST/PATH/{id}', or --poll '{id}' where the id is a URL")

// The recipe that a URL's flags make, and its one action.
const (
	submitAction = "submit"
	urlRecipe    = "url/task"
)

// urlSubmission makes a recipe of a URL's flags, so that what holds for any start holds for this one.
func (a *app) urlSubmission(address string, f *submitFlags) (*installed, error) {
	switch {
	case f.id == "":
		return nil, usage("--id", said("missing: where does the answer have the task's id?"), said("--id .id, or --id '$http.headers.location'"))
	case f.poll == "":
		return nil, usage("--poll", said("missing: what is asked for the state?"), pollExample)
	case !strings.Contains(f.poll, "{id}") && !strings.Contains(f.poll, "{+id}"):
		return nil, usage("--poll", said("has no {id}: it would not ask about the task that was started"), pollExample)
	}
	if _, reads, err := f.ask.reader(); err != nil || !reads {
		if err == nil {
			err = usage("--state", said("missing: where is the state, and what do the raw states mean?"), asIs("--state .status --pending running --succeeded done --failed error"))
		}
		return nil, err
	}
	request, err := a.request(address, f.ask)
	if err != nil {
		return nil, placed(err)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, err // Validate has read it
	}
	a.secrets.AddURL(u)
	text, err := yaml.Marshal(f.document(u, request.Method, request.Header.Get("Content-Type"), string(request.Body)))
	if err != nil {
		return nil, err
	}
	r, err := recipe.Parse("", text)
	if err != nil {
		return nil, flagOf(err)
	}
	t := target.Target{URL: origin(u), Headers: map[string]string{}}
	for name, values := range request.Header {
		t.Headers[name] = strings.Join(values, ", ")
	}
	if u.User != nil {
		password, _ := u.User.Password()
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(u.User.Username(), password)
		t.Headers["Authorization"] = r.Header.Get("Authorization")
	}
	return a.open(r, t, target.ShowURL(u), f.ask.bounds)
}

// polled is the task of a URL's submission, which goes by the URL that is asked about it.
func (f *submitFlags) polled(a *app, t task) task {
	address := strings.NewReplacer("{id}", url.PathEscape(t.id), "{+id}", t.id).Replace(f.poll)
	if isURL(t.id) {
		address = strings.ReplaceAll(f.poll, "{id}", t.id)
	}
	if u, err := url.Parse(address); err == nil {
		a.secrets.AddURL(u)
		t.name, t.short, t.kind = target.ShowURL(u), shortURL(u), kindOfURL(u)
	}
	t.recipe, t.typed, t.address = "", address, shellWord(t.name)
	return t
}

// flagOf turns the place in the recipe that the flags made into the flag.
func flagOf(err error) error {
	var refused *recipe.Error
	switch {
	case !errors.As(err, &refused):
		return err
	case strings.HasPrefix(refused.Place, "actions."+submitAction+".idempotency"):
		return usage("--idempotency-header", byOthers(refused.Problem), asIs("--idempotency-header Idempotency-Key"))
	case strings.HasPrefix(refused.Place, "actions."+submitAction+".id"):
		return usage("--id", byOthers(refused.Problem), said("--id .id, in single quotes where it is more than a path"))
	case strings.HasPrefix(refused.Place, "status.request"):
		return usage("--poll", byOthers(refused.Problem), pollExample)
	}
	return usage("submit", byOthers(refused.Problem), byOthers(refused.Hint))
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// document is the recipe that the flags describe.
func (f *submitFlags) document(u *url.URL, method, contentType, body string) map[string]any {
	start := map[string]any{strings.ToLower(cmp.Or(method, http.MethodPost)): "{url}" + literally(u.RequestURI())}
	if body != "" {
		start["text"] = literally(body)
		start["header"] = map[string]string{"Content-Type": cmp.Or(contentType, "application/json")}
	}
	action := map[string]any{"help": "the start", "request": start, "id": f.id}
	if f.idempotency != "" {
		action["idempotency"] = f.idempotency
	}
	r := f.ask.reading
	status := map[string]any{
		"request": map[string]any{"get": strings.Replace(f.poll, origin(u), "{url}", 1)},
		"state":   r.State,
	}
	for key, text := range map[string]string{"ok": r.OK, "error": r.Reason, "progress": r.Progress, "reason": r.Reason, "unlisted": r.Unlisted} {
		if text != "" {
			status[key] = text
		}
	}
	for key, words := range map[string][]string{
		"pending": r.Pending, "blocked": r.Blocked, "succeeded": r.Succeeded,
		"warned": r.Warned, "failed": r.Failed, "canceled": r.Canceled,
	} {
		if len(words) > 0 {
			status[key] = words
		}
	}
	document := map[string]any{
		"name": urlRecipe, "title": "a URL", "docs": "the command line", "proof": map[string]string{"mock": "none"},
		"target":  map[string]any{"url": map[string]any{"help": "its origin"}},
		"status":  status,
		"actions": map[string]any{submitAction: action},
	}
	if r.Result != "" {
		document["result"] = r.Result
	}
	return document
}

// literally is text with nothing in it that stands for something else.
func literally(text string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(text) }
