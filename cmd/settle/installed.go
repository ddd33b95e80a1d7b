package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// An installed is the tasks of a target, or of a recipe at what the environment says.
type installed struct {
	*httptask.Tasks
	name   string // of the target, or of the recipe where there is none: tower, github/run
	target string // its name; "" where it has none
	file   string // of --recipe; "": none was given
	at     target.Target
}

// recipe is the name that people know; "" of what a URL's flags made.
func (i *installed) recipe() string {
	if i.Recipe().Name == urlRecipe {
		return ""
	}
	return i.Recipe().Name
}

// under has starts go by policy, flags and all, as the wait after them does; unless it is patient, they end as soon as a
// wait does whose first checks all fail. It comes before the first request.
func (a *app) under(i *installed, policy settle.Policy, patient bool) error {
	if !patient {
		policy.Errors = firstErrors - 1
	}
	i.at.Policy = policy.String()
	if policy.Errors == 0 { // the text leaves out what is zero, and that would be the default
		i.at.Policy += " errors=0"
	}
	if policy.Attempt == 0 {
		i.at.Policy += " attempt=0s"
	}
	tasks, err := httptask.Open(i.Recipe(), i.at)
	if err != nil {
		return err
	}
	tasks.Secrets().Tell(a.secrets)
	i.Tasks = tasks
	return nil
}

// parseFile reads the file of --recipe, which may be a pipe.
func (a *app) parseFile(file string) (*recipe.Recipe, error) {
	return heeding(a.signals, func() (*recipe.Recipe, error) { return recipe.ParseFile(file) })
}

// openEntry opens a target in the file; with --recipe the recipe is another one.
func (a *app) openEntry(ctx context.Context, e *target.Entry, settings string, f *askFlags) (*installed, error) {
	if i := a.opened["target "+e.Name]; i != nil {
		return i, nil
	}
	r, err := recipeIn(settings, e.Recipe)
	if f.recipe != "" {
		r, err = a.parseFile(f.recipe)
	}
	if err != nil {
		return nil, err
	}
	t, err := e.Target(ctx, r, os.Getenv)
	if err != nil {
		return nil, err
	}
	return a.openOnce("target "+e.Name, r, t, e.Name, f.bounds)
}

// openRecipe opens a recipe at what the environment says.
func (a *app) openRecipe(ctx context.Context, r *recipe.Recipe, name string, b bounds) (*installed, error) {
	if i := a.opened["recipe "+name]; i != nil {
		return i, nil
	}
	t, err := target.FromEnvironment(ctx, r, os.Getenv)
	if err != nil {
		return nil, err
	}
	return a.openOnce("recipe "+name, r, t, name, b)
}

// openOnce opens what all tasks of a target, or of a recipe, share: one login, one rate, one batch. The bounds are those of
// the first.
func (a *app) openOnce(key string, r *recipe.Recipe, t target.Target, name string, b bounds) (*installed, error) {
	i, err := a.open(r, t, name, b)
	if err == nil {
		a.opened[key] = i
	}
	return i, err
}

func (a *app) open(r *recipe.Recipe, t target.Target, name string, b bounds) (*installed, error) {
	a.secrets.AddTarget(t)
	t = b.over(t)
	tasks, err := httptask.Open(r, t)
	if err != nil {
		return nil, err
	}
	tasks.Secrets().Tell(a.secrets)
	if t.TLS.Insecure {
		a.complain(a.say(words.insecure, name), "")
	}
	return &installed{Tasks: tasks, name: name, target: t.Name, at: t}, nil
}

// typed is a task as it is typed.
func (i *installed) typed(id string) string {
	if i.file != "" && i.target == "" {
		return id // --recipe says the rest
	}
	return i.name + "/" + id
}

// shown is that for a shell, with what else it takes.
func (i *installed) shown(id string) string {
	if i.file == "" {
		return shellWord(i.typed(id))
	}
	return "--recipe " + shellWord(i.file) + " " + shellWord(i.typed(id))
}

// submit is the beginning of a line that starts something.
func (i *installed) submit() string {
	switch {
	case i.file == "":
		return "settle submit " + i.name
	case i.target == "":
		return "settle submit --recipe " + shellWord(i.file)
	}
	return "settle submit --recipe " + shellWord(i.file) + " " + i.name
}

// taskOf is one task of i.
func (i *installed) taskOf(id string) task {
	check := i.Check(id)
	return task{
		name: i.name + "/" + id, short: shortID(i.name, id), typed: i.typed(id), address: i.shown(id), again: "settle wait " + i.shown(id),
		kind: i.name, at: i, file: i.file, target: i.target, recipe: i.Recipe().Name, id: id,
		policies: i.PolicyTexts(),
		check: func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
			value, status, err := check(ctx)
			return &recipe.Answer{Text: string(value)}, status, err
		},
		bring: func(ctx context.Context, answer *recipe.Answer) (json.RawMessage, error) {
			result, _, err := i.Result(ctx, id, json.RawMessage(answer.Text))
			return result, err
		},
		page: func(answer *recipe.Answer) string { return i.Link(id, lastOf(answer)) },
	}
}

func lastOf(answer *recipe.Answer) json.RawMessage {
	if answer == nil {
		return nil
	}
	return json.RawMessage(answer.Text)
}

const shortest = 24 // a longer id is shown by its end, which tells ids of one platform apart

func shortID(name, id string) string {
	if runes := []rune(id); len(runes) > shortest {
		return name + "/…" + string(runes[len(runes)-shortest/2:])
	}
	return name + "/" + id
}
