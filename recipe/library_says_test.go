package recipe_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A said is one answer to a recipe's status request, and what is to be made of it, as verdict writes it.
type said struct {
	name   string
	code   int // 0: 200
	header map[string]string
	body   string
	exec   *recipe.Exec // the body came from a command
	want   string
}

func (s said) answer(t *testing.T) *recipe.Answer {
	t.Helper()
	a := &recipe.Answer{Header: http.Header{}, Text: s.body, Exec: s.exec, Known: recipe.Values{"id": "7", "token": "t"}}
	if s.exec == nil {
		a.Status = max(s.code, 200)
	}
	for name, value := range s.header {
		a.Header.Set(name, value)
	}
	if strings.TrimSpace(s.body) != "" {
		var err error
		if a.Body, err = recipe.Decode([]byte(s.body)); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	return a
}

// verdict is what a recipe makes of an answer, in one text: the status with " => " and the result, where it has one; else
// "missing", "denied" or "no answer", each with the platform's words. It follows the order of a check: a listed state in the
// HTTP code is the recipe's to judge; then denied, missing, a code that is no success, ok, the state.
func verdict(r *recipe.Recipe, a *recipe.Answer) string {
	ctx, s := context.Background(), r.Status
	status, err := s.Reader.Status(ctx, a)
	isBad := a.Exec == nil && a.Status/100 != 2 || a.Exec != nil && a.Exec.Code != 0 && !s.Reader.ReadsExec()
	if isBad && s.Reader.ReadsHTTP() && err == nil && s.Reader.Lists(status.Raw) {
		isBad = false
	}
	words := s.Error.Words(ctx, a)
	if a.Exec != nil && words == "" {
		words = a.Exec.Stderr
	}
	if words != "" {
		words = ": " + words
	}
	switch {
	case isBad && (a.Status == 401 || a.Status == 403) || s.Denied.True(ctx, a):
		return "denied" + words
	case isBad && (a.Status == 404 || a.Status == 410) || s.Missing.When.True(ctx, a):
		return "missing" + words
	case isBad:
		return "no answer" + words
	case err != nil && strings.HasPrefix(err.Error(), "state: "):
		return "no answer: it has no state"
	case err != nil:
		return "no answer: " + err.Error()
	}
	text := status.String()
	if status.Warned {
		text = "warned, " + text
	}
	if r.Result == nil || r.Result.Request != nil || status.State != settle.Succeeded {
		return text
	}
	if result := r.Result.Value.Words(ctx, a); result != "" {
		text += " => " + result
	}
	return text
}

func verdicts(t *testing.T, name string, rows []said) {
	t.Helper()
	r := builtIn(t, name)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, verdict(r, row.answer(t))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// vocabulary checks the whole of a platform's enum: meanings has, by settle's word for it, the platform's words with "|"
// between them, and form is an answer with %s in place of one. Together they must be all that the recipe lists, but for its
// globs.
func vocabulary(t *testing.T, name, form string, meanings map[string]string) {
	t.Helper()
	r := builtIn(t, name)
	said := func(word string) (settle.Status, error) {
		body, err := recipe.Decode(fmt.Appendf(nil, form, word))
		if err != nil {
			t.Fatal(err)
		}
		return r.Status.Reader.Status(t.Context(), &recipe.Answer{Status: 200, Body: body, Exec: new(recipe.Exec), Known: recipe.Values{"id": "7"}})
	}
	known := map[string]bool{}
	for _, meaning := range slices.Sorted(maps.Keys(meanings)) {
		for word := range strings.SplitSeq(meanings[meaning], "|") {
			known[word] = true
			status, err := said(word)
			got := status.State.String()
			if status.Warned {
				got = "warned"
			}
			if err != nil || got != meaning || status.Raw != word {
				t.Errorf("%s: got %s %v, want %s", word, got, err, meaning)
			}
		}
	}
	status, err := said("exploded")
	var unlisted *recipe.UnlistedError
	if !errors.As(err, &unlisted) {
		if meanings["unlisted"] == "" && err != nil {
			t.Errorf("a word that is no state: got %v, %v", status, err)
		}
		return
	}
	for _, word := range unlisted.Known {
		if !known[word] && !strings.Contains(word, "*") {
			t.Errorf("the recipe lists %q, and the test does not", word)
		}
	}
}

// sent writes a request out: method, URL, headers in order, body; or a command with its arguments.
func sent(t *testing.T, r *recipe.Request, v recipe.Values) string {
	t.Helper()
	f, err := r.Fill(t.Context(), v)
	if err != nil {
		return "refused: " + err.Error()
	}
	if f.Exec != nil {
		return strings.Join(f.Exec, " | ")
	}
	lines := []string{f.Method + " " + f.URL}
	for _, name := range slices.Sorted(maps.Keys(f.Header)) {
		if name == "Content-Type" && f.Header.Get(name) == "application/json" {
			continue
		}
		lines = append(lines, name+": "+strings.Join(f.Header[name], ", "))
	}
	if f.Body != nil {
		lines = append(lines, string(f.Body))
	}
	return strings.Join(lines, "\n")
}

// known is what a recipe knows of a task: its id taken apart where there is one, the target's defaults, and v.
func known(t *testing.T, r *recipe.Recipe, id string, v recipe.Values) recipe.Values {
	t.Helper()
	all := recipe.Values{}
	if id != "" {
		var err error
		if all, err = r.ID.Take(id); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.Fields {
		all[f.Name] = nil
		if f.Default != "" {
			all[f.Name] = f.Default
		}
	}
	maps.Copy(all, v)
	return all
}

// An asking is a request that a recipe makes.
type asking struct {
	name    string // of the recipe
	what    string // "status", "poll", "batch", "cancel", "detect", "link", "login", or an action, or an action and its read: "vm.start read vm"
	id      string
	values  recipe.Values
	given   map[string]any // to an action
	want    string
	comment string
}

func askings(t *testing.T, rows []asking) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name+" "+row.what+row.comment, func(t *testing.T) {
			if diff := cmp.Diff(row.want, row.written(t)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func (row asking) written(t *testing.T) string {
	t.Helper()
	r := builtIn(t, row.name)
	v := known(t, r, row.id, row.values)
	switch row.what {
	case "status":
		return sent(t, r.Status.Request, v)
	case "poll":
		return sent(t, r.Status.Poll.Request, v)
	case "batch":
		return sent(t, r.Batch.Request, v)
	case "cancel":
		return sent(t, r.Cancel, v)
	case "detect":
		return sent(t, r.Detect.Request, v)
	case "link":
		text, err := r.Link.Template.Fill(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	name, read, isRead := strings.Cut(row.what, " read ")
	action := r.Action(name)
	if action == nil {
		t.Fatalf("%s has no action %s", row.name, name)
	}
	given, err := action.Values(row.given)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(v, given)
	if !isRead {
		return sent(t, action.Request, v)
	}
	for _, one := range action.Reads {
		if one.Name != read {
			continue
		}
		if one.Request != nil {
			return sent(t, one.Request, v)
		}
		return one.Value.Words(t.Context(), &recipe.Answer{Known: v})
	}
	t.Fatalf("%s does not read %s", name, read)
	return ""
}

// A starting is the answer to a start, and which tasks it says were started: ids with a space between them, "done", or
// "error".
type starting struct {
	name, action string
	code         int
	header       map[string]string
	body         string
	values       recipe.Values
	want         string
}

func startings(t *testing.T, rows []starting) {
	t.Helper()
	for _, row := range rows {
		a := said{name: row.action, code: row.code, header: row.header, body: row.body}.answer(t)
		a.Known = row.values
		ids, done, err := builtIn(t, row.name).Action(row.action).IDs(t.Context(), a)
		got := strings.Join(ids, " ")
		switch {
		case err != nil:
			got = "error"
		case done:
			got = "done"
		}
		if got != row.want {
			t.Errorf("%s %s: got %s %v, want %s", row.name, row.action, got, err, row.want)
		}
	}
}

// batched says of each item of a batch's answer whose it is and how that task stands.
func batched(t *testing.T, name, body string) []string {
	t.Helper()
	b, s := builtIn(t, name).Batch, builtIn(t, name).Status
	items, _, err := b.Items.First(t.Context(), said{body: body}.answer(t))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, item := range items.([]any) {
		one := &recipe.Answer{Status: 200, Body: item}
		status, err := s.Reader.Read(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b.ID.Words(t.Context(), one)+" "+status.String())
	}
	return all
}
