package httptask_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// acme is a recipe that is whole; blocks take the place of its own of the same key, or come behind.
func acme(blocks ...string) string {
	all := []string{
		"name: acme/task", "title: Acme task", "docs: https://acme.example.com/api, v1", `proof: {mock: "documented answers, v1"}`,
		"target: {url: {help: address of the server}}", acmeStatus(),
	}
	for _, b := range blocks {
		all = replaced(all, b)
	}
	return strings.Join(all, "\n") + "\n"
}

// acmeStatus is acme's status, with lines in place of, or behind, its own.
func acmeStatus(lines ...string) string {
	all := []string{`request: {get: "{url}/tasks/{id}"}`, "state: .state", "pending: [run]", "succeeded: [done]", "failed: [bad]", "reason: .reason"}
	for _, l := range lines {
		all = replaced(all, l)
	}
	return "status:\n  " + strings.Join(all, "\n  ")
}

func replaced(all []string, by string) []string {
	key, _, _ := strings.Cut(by, ":")
	for i, was := range all {
		if strings.HasPrefix(was, key+":") {
			all[i] = by
			return all
		}
	}
	return append(all, by)
}

func parse(t testing.TB, text string) *recipe.Recipe {
	t.Helper()
	r, err := recipe.Parse("acme-task.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openAt opens a target of the recipe; where it says no policy, one without pauses worth mentioning holds.
func openAt(t testing.TB, text string, at target.Target) *httptask.Tasks {
	t.Helper()
	return openRecipe(t, parse(t, text), at)
}

func openRecipe(t testing.TB, r *recipe.Recipe, at target.Target) *httptask.Tasks {
	t.Helper()
	if at.Policy == "" {
		at.Policy = "every=1ms max=1ms timeout=1m"
	}
	tasks, err := httptask.Open(r, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tasks.Close)
	return tasks
}

// A platform gives to each request the next of the answers to its method and path, to all further ones the last.
type platform struct {
	URL string

	mu      sync.Mutex
	answers map[string][]http.HandlerFunc // by "GET /tasks/7"
	asked   []request
}

type request struct {
	line   string // "GET /tasks/7?x=1"
	header http.Header
	body   string
}

type answers = map[string][]http.HandlerFunc

func newPlatform(t testing.TB, a answers) *platform {
	p := &platform{answers: a}
	p.URL = serve(t, nil, p.serve).URL
	return p
}

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header()["Date"] = nil
	if answer := p.next(r, string(body)); answer != nil {
		answer(w, r)
		return
	}
	http.Error(w, "nobody expected "+r.Method+" "+r.URL.Path, http.StatusTeapot)
}

func (p *platform) next(r *http.Request, body string) http.HandlerFunc {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, request{r.Method + " " + r.RequestURI, r.Header.Clone(), body})
	key := r.Method + " " + r.URL.EscapedPath()
	list := p.answers[key]
	if len(list) == 0 {
		return nil
	}
	if len(list) > 1 {
		p.answers[key] = list[1:]
	}
	return list[0]
}

// lines are the requests so far.
func (p *platform) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	for _, r := range p.asked {
		lines = append(lines, r.line)
	}
	return lines
}

func (p *platform) last() request {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 {
		return request{}
	}
	return p.asked[len(p.asked)-1]
}

// count is how many requests began so.
func (p *platform) count(begin string) (n int) {
	for _, line := range p.lines() {
		if strings.HasPrefix(line, begin) {
			n++
		}
	}
	return n
}

// gives is JSON by HTTP 200.
func gives(body string, header ...string) http.HandlerFunc {
	return says(200, "application/json", body, header...)
}

// one is the answers of a platform that says the same to each question about task 7.
func one(h http.HandlerFunc) answers { return answers{"GET /tasks/7": {h}} }

// verdictOf makes one check, as judge does.
func verdictOf[T any](t testing.TB, check settle.Check[T]) verdict {
	t.Helper()
	return judge(t, func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		_, status, err := check(ctx)
		return nil, status, err
	})
}

// outcomeOf waits for the task to its end.
func outcomeOf(t testing.TB, tasks *httptask.Tasks, id string) (settle.Outcome, error) {
	t.Helper()
	_, err := settle.Wait(patience(t), tasks.Policy(), tasks.Check(id))
	return settle.OutcomeOf(err), err
}
