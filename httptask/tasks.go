package httptask

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// Tasks are the tasks of one target, as its recipe describes them. They log in when a request first needs it, and again
// when the login has expired; all requests share connections. Tasks may be used by many goroutines at once.
type Tasks struct {
	recipe  *recipe.Recipe
	target  target.Target
	policy  settle.Policy
	values  recipe.Values // what the target's fields stand for
	client  *Client
	secrets *target.Secrets
	own     *origins
	led     paths
	session *session
	room    chan struct{} // holds one for each request under way; nil: any number may be
}

// Open returns the tasks of t as r describes them; no request is made. The error is an *recipe.Error: t lacks what r
// needs, or says something that cannot work.
func Open(r *recipe.Recipe, t target.Target) (*Tasks, error) {
	if err := t.Validate(r); err != nil {
		return nil, err
	}
	config, err := t.TLS.Config()
	if err != nil {
		return nil, err
	}
	tasks := &Tasks{recipe: r, target: t, secrets: new(target.Secrets), values: fieldValues(r, t), own: ownOrigins(r, t)}
	if tasks.policy, err = settle.ParsePolicy(MergePolicies(tasks.PolicyTexts()...)); err != nil {
		return nil, err
	}
	tasks.secrets.AddTarget(t)
	proxy, err := proxyOf(t.Proxy)
	if err != nil {
		return nil, err
	}
	tasks.client = New(Options{
		MaxBody: t.MaxBody, Secrets: tasks.secrets, TLS: config, Proxy: proxy, Rate: t.Rate,
		Trusted: tasks.own.have,
	})
	if t.Workers > 0 {
		tasks.room = make(chan struct{}, t.Workers)
	}
	tasks.session = newSession(tasks, wayOf(r, tasks.values))
	return tasks, nil
}

// OpenTarget returns the tasks of the target of that name in the targets file, which is in the settings folder. What the
// target leaves out comes from the environment, and a command or a file that it names is run or read.
func OpenTarget(name string) (*Tasks, error) {
	folder, err := target.Folder(os.Getenv)
	if err != nil {
		return nil, err
	}
	file, err := target.Load(filepath.Join(folder, target.FileName))
	if err != nil {
		return nil, err
	}
	entry, err := file.Entry(name)
	if err != nil {
		return nil, err
	}
	r, err := recipe.FindIn(filepath.Join(folder, recipe.FolderName), entry.Recipe)
	if err != nil {
		return nil, err
	}
	t, err := entry.Target(context.Background(), r, os.Getenv)
	if err != nil {
		return nil, err
	}
	return Open(r, t)
}

// String returns what may be shown of the tasks: the target's name, recipe and address.
func (t *Tasks) String() string { return "tasks of " + t.target.String() }

// Format writes String for every verb, so that no %+v shows a secret.
func (t *Tasks) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// Recipe returns what describes the tasks.
func (t *Tasks) Recipe() *recipe.Recipe { return t.recipe }

// Requests returns how many HTTP requests were made so far, logins, redirects and failed ones included.
func (t *Tasks) Requests() int64 { return t.client.Requests() }

// Secrets returns what must not be shown of the target, tokens included that it gave meanwhile.
func (t *Tasks) Secrets() *target.Secrets { return t.secrets }

// Close logs out, where the recipe says how, and closes the connections that no request uses. The Tasks may be used on.
func (t *Tasks) Close() {
	t.session.end()
	t.client.Close()
}

// fieldValues is what the target's fields stand for in templates and expressions: its default where one is empty, else null.
func fieldValues(r *recipe.Recipe, t target.Target) recipe.Values {
	values := recipe.Values{}
	for _, f := range r.Fields {
		values[f.Name] = nil
		if text := cmp.Or(t.Field(f.Name), f.Default); text != "" {
			values[f.Name] = text
		}
	}
	return values
}

// wayOf is the first way to log in whose fields are all there; nil where nothing is to be sent.
func wayOf(r *recipe.Recipe, values recipe.Values) *recipe.Auth {
	there := func(field string) bool { return values[field] != nil }
	missing := func(field string) bool { return values[field] == nil }
	own := func(field string) bool { return field != "url" }
	for _, way := range r.Auth {
		if slices.ContainsFunc(way.Fields, missing) {
			continue
		}
		// A login by nothing but optional fields, all of which are empty, would go out as nobody's.
		if len(way.Optional) == 0 || slices.ContainsFunc(way.Fields, own) || slices.ContainsFunc(way.Optional, there) {
			return way
		}
	}
	return nil
}

func proxyOf(text string) (func(*http.Request) (*url.URL, error), error) {
	switch text {
	case "":
		return nil, nil
	case "none":
		return func(*http.Request) (*url.URL, error) { return nil, nil }, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, &recipe.Error{Place: "proxy", Problem: "it cannot be read as a URL", Hint: "http://proxy.example.com:3128"}
	}
	return http.ProxyURL(u), nil
}

// about is what stands for the names in a request about one task.
func (t *Tasks) about(id string) (recipe.Values, error) {
	values, err := t.recipe.ID.Take(id)
	if err != nil {
		return nil, err
	}
	for name, v := range t.values {
		if _, isPart := values[name]; !isPart {
			values[name] = v
		}
	}
	return values, nil
}

// with adds the target's fields to values.
func (t *Tasks) with(values recipe.Values) recipe.Values {
	all := make(recipe.Values, len(t.values)+len(values)+1)
	for name, v := range t.values {
		all[name] = v
	}
	for name, v := range values {
		all[name] = v
	}
	return all
}

// jsonOf is an answer as JSON: as it came, where it came as JSON.
func jsonOf(a *recipe.Answer) json.RawMessage {
	if a == nil {
		return nil
	}
	switch a.Body.(type) {
	case nil, string: // an answer of plain text is that, be it 42
	default:
		text := strings.TrimSpace(strings.TrimPrefix(a.Text, "\ufeff"))
		if text != "" && text[0] != '<' { // it was decoded, and is no XML
			return json.RawMessage(text)
		}
	}
	text, err := gojq.Marshal(a.Body)
	if err != nil {
		panic(fmt.Sprintf("an answer that is no JSON: %v", err)) // it was decoded, or is jq's
	}
	return text
}
