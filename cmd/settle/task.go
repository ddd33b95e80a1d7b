package main

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

// A task is what is asked about.
type task struct {
	name    string   // as it may be shown
	short   string   // the same for a line with little room
	address string   // the argument for the line to type next; "" of a command
	again   string   // the line that goes on waiting; "": the same command does
	behind  []string // what stands behind "--", as it may be shown: the command that is asked, or the one to run afterwards
	check   settle.Check[*recipe.Answer]
	reader  *recipe.Reader                                // nil where an exit code is the answer, or no --state was given
	ask     func(context.Context) (*recipe.Answer, error) // where no flag says how to read the answer: asks, to show it

	// of a recipe's task
	target, recipe, id string
	file               string   // of --recipe; "": none was given
	policies           []string // of target and recipe, the nearest first
	bring              func(context.Context, *recipe.Answer) (json.RawMessage, error)
	page               func(*recipe.Answer) string // the link; nil: there is none
	close              func()
}

// end is for when no more will be asked.
func (t task) end() {
	if t.close != nil {
		t.close()
	}
}

// link is the page where a person sees the task.
func (t task) link(answer *recipe.Answer) string {
	if t.page == nil {
		return ""
	}
	return t.page(answer)
}

// task finds out what the arguments name: a task of a target or a recipe, a URL to ask, a port, a file
// or a command for the shell, or, without one, the command
// behind "--". The rest of the arguments is the command to run afterwards.
func (a *app) task(cmd *cobra.Command, args []string, f *askFlags) (t task, then []string, err error) {
	named, command := args, []string(nil)
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		named, command = args[:dash], args[dash:]
	}
	switch {
	case len(named) > 1:
		shown := a.secrets.ShowArguments(named)
		return t, nil, usage("arguments", "one task at a time, not "+strings.Join(shown, " "), cmd.CommandPath()+" "+shellWord(shown[0]))
	case len(named) == 1 && f.isPlain(named[0]):
		t, _, err = a.plainTask(named[0], f)
		t.behind = a.secrets.ShowArguments(command)
		return t, command, err
	case len(named) == 1 && !isURL(named[0]):
		t, err = a.recipeTask(cmd, named[0], f)
		t.behind = a.secrets.ShowArguments(command)
		return t, command, err
	case len(named) == 1:
		t, err = a.urlTask(named[0], f)
		t.behind = a.secrets.ShowArguments(command)
		return t, command, err
	case len(command) > 0:
		t, err = a.commandTask(command, f)
		return t, nil, err
	}
	return t, nil, usage("arguments", "nothing to ask about", cmd.CommandPath()+" https://ci.lab/api/run/7 --state .status --pending running --succeeded done --failed error")
}

// recipeTask is a task that a recipe says how to ask for; flags that say so for a URL contradict it.
func (a *app) recipeTask(cmd *cobra.Command, text string, f *askFlags) (task, error) {
	i, id, err := a.find(cmd.Context(), text, f.recipe)
	switch name := f.given(cmd.Flags()); {
	case err != nil:
		return task{}, err
	case name != "":
		return task{}, usage("--"+name, "is for a URL; of "+a.secrets.Mask(text)+" the recipe says it", "settle recipe show "+i.Recipe().Name)
	case id == "":
		return task{}, usage("task", quoted(text)+" has no id", cmd.CommandPath()+" "+i.typed(cmp.Or(i.Recipe().ID.Example, i.Recipe().ID.Pattern, "ID")))
	}
	if _, err := i.Recipe().ID.Take(id); err != nil {
		return task{}, err
	}
	return i.taskOf(id), nil
}

func (a *app) urlTask(address string, f *askFlags) (task, error) {
	if len(f.pendingExit) > 0 {
		return task{}, usage("--pending-exit", "is for a command, and this is a URL", "settle wait --pending-exit 75 -- COMMAND")
	}
	request, err := a.request(address, f)
	if err != nil {
		return task{}, placed(err)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return task{}, err // Validate has read it
	}
	a.secrets.AddURL(u)
	client := httptask.New(httptask.Options{Secrets: a.secrets})
	t := task{name: target.ShowURL(u), short: shortURL(u), address: shellWord(target.ShowURL(u))}
	reader, reads, err := f.reader()
	if err != nil {
		return task{}, err
	}
	t.reader = reader
	if !reads {
		t.ask = func(ctx context.Context) (*recipe.Answer, error) { return client.Ask(ctx, request) }
		return t, nil
	}
	t.check = client.Check(request, t.reader)
	return t, nil
}

// shortURL is the end of a URL's path, where the task's id usually is.
func shortURL(u *url.URL) string {
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return u.Host
	}
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// request is the one that is sent with every check.
func (a *app) request(address string, f *askFlags) (httptask.Request, error) {
	r := httptask.Request{Method: f.method, URL: address, Header: http.Header{}}
	for _, h := range f.header {
		name, value, found := cutHeader(h)
		if !found {
			return r, usage("--header", "has no colon between name and value", `--header "Authorization: Bearer $TOKEN"`)
		}
		r.Header.Add(name, value)
		a.secrets.AddHeader(name, value)
	}
	r.Body = []byte(f.data)
	if file, isFile := strings.CutPrefix(f.data, "@"); isFile {
		var err error
		if r.Body, err = os.ReadFile(file); err != nil {
			return r, usage("--data", err.Error(), `--data '{"id": "7"}', or --data @body.json`)
		}
	}
	a.secrets.AddBody(r.Body)
	return r, r.Validate()
}

func cutHeader(text string) (name, value string, found bool) {
	name, value, found = strings.Cut(text, ":")
	return strings.TrimSpace(name), strings.TrimSpace(value), found
}
