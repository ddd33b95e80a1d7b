package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
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
	typed   string   // the argument that names it; "" of a command
	address string   // the same for the line to type next, as it may be shown
	again   string   // the line that goes on waiting where no handle does; "": the same command does
	behind  []string // what stands behind "--", as it may be shown: the command that is asked, or the one to run afterwards
	hidden  bool     // behind had a secret
	kind    string   // of tasks that take about as long; "": nobody knows
	check   settle.Check[*recipe.Answer]
	reader  *recipe.Reader                                // nil where an exit code is the answer, or no --state was given
	ask     func(context.Context) (*recipe.Answer, error) // where no flag says how to read the answer: asks, to show it

	readsFlags bool // the flags of a URL say how the answer is read

	// of a recipe's task
	at                 *installed
	target, recipe, id string
	file               string   // of --recipe; "": none was given
	policies           []string // of target and recipe, the nearest first
	bring              func(context.Context, *recipe.Answer) (json.RawMessage, error)
	page               func(*recipe.Answer) string // the link; nil: there is none
}

// link is the page where a person sees the task.
func (t task) link(answer *recipe.Answer) string {
	if t.page == nil {
		return ""
	}
	return t.page(answer)
}

// recipeTask is a task that a recipe says how to ask for.
func (a *app) recipeTask(cmd *cobra.Command, text string, f *askFlags) (task, error) {
	i, id, err := a.find(cmd.Context(), text, f)
	switch {
	case err != nil:
		return task{}, err
	case id == "":
		return task{}, usage("task", said("%s has no id", quoted(text)), asIs(cmd.CommandPath()+" "+i.shown(cmp.Or(i.Recipe().ID.Example, i.Recipe().ID.Pattern, "ID"))))
	}
	if _, err := i.Recipe().ID.Take(id); err != nil {
		return task{}, err
	}
	return i.taskOf(id), nil
}

func (a *app) urlTask(address string, f *askFlags) (task, error) {
	if len(f.pendingExit) > 0 {
		return task{}, usage("--pending-exit", said("is for a command, and this is a URL"), asIs("settle wait --pending-exit 75 -- COMMAND"))
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
	if a.urls == nil {
		a.urls = httptask.New(httptask.Options{Secrets: a.secrets})
	}
	t := task{
		name: target.ShowURL(u), short: shortURL(u), typed: address, address: shellWord(target.ShowURL(u)),
		kind: kindOfURL(u), readsFlags: true,
	}
	reader, reads, err := f.reader()
	if err != nil {
		return task{}, err
	}
	t.reader = reader
	if !reads {
		t.ask = func(ctx context.Context) (*recipe.Answer, error) { return a.urls.Ask(ctx, request) }
		return t, nil
	}
	t.check = a.urls.Check(request, t.reader)
	return t, nil
}

// kindOfURL is a URL up to the last part of its path, where the task's id usually is.
func kindOfURL(u *url.URL) string {
	path := strings.TrimRight(u.Path, "/")
	return u.Scheme + "://" + u.Host + path[:max(0, strings.LastIndexByte(path, '/'))]
}

// noteBehind notes what stands behind "--".
func (t *task) noteBehind(a *app, command []string) {
	if len(command) > 0 {
		t.behind = a.secrets.ShowArguments(command)
		t.hidden = !slices.Equal(t.behind, command)
	}
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
			return r, usage("--header", said("has no colon between name and value"), asIs(`--header "Authorization: Bearer $TOKEN"`))
		}
		r.Header.Add(name, value)
		a.secrets.AddHeader(name, value)
	}
	r.Body = []byte(f.data)
	if file, isFile := strings.CutPrefix(f.data, "@"); isFile {
		var err error
		if r.Body, err = heeding(a.signals, func() ([]byte, error) { return readBody(file) }); err != nil {
			return r, err
		}
	}
	a.secrets.AddBody(r.Body)
	return r, r.Validate()
}

const maxBody = 64 << 20 // of a request

func readBody(file string) ([]byte, error) {
	hint := said(`--data '{"id": "7"}', or --data @body.json`)
	f, err := os.Open(file)
	if err != nil {
		return nil, usage("--data", asIs(err), hint)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = &spokenError{problem: said("%s is larger than %d MiB", file, maxBody>>20)}
	}
	if err != nil {
		return nil, usage("--data", asIs(err), hint)
	}
	return body, nil
}

func cutHeader(text string) (name, value string, found bool) {
	name, value, found = strings.Cut(text, ":")
	return strings.TrimSpace(name), strings.TrimSpace(value), found
}
