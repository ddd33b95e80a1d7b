package httptask_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func openText(t testing.TB, text string, to target.Target) *httptask.Tasks {
	t.Helper()
	r, err := recipe.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := httptask.Open(r, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tasks.Close)
	return tasks
}

// What is done with a task after its queue item has become a build is done with the build.
func TestWhereTheAnswersHaveLed(t *testing.T) {
	var canceled []string
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			canceled = append(canceled, r.URL.Path)
		case strings.HasPrefix(r.URL.Path, "/queue/"):
			fmt.Fprint(w, `{"build": "build/9"}`)
		case r.URL.Path == "/build/9/log":
			fmt.Fprint(w, `{"lines": 3}`)
		default:
			fmt.Fprint(w, `{"state": "done"}`)
		}
	})
	const text = `
name: ci/build
title: queue item, then build
docs: here
proof: {mock: here}
target: {url: {help: address}}
status:
  request: {get: "{url}/{+id}"}
  then: .build
  state: .state
  succeeded: done
result: {request: {get: "{url}/{+id}/log"}, value: .lines}
cancel: {post: "{url}/{+id}/stop"}
link: "{url}/{+id}"
`
	tasks := openText(t, text, target.Target{URL: s.URL})
	if err := tasks.Cancel(patience(t), "queue/4"); err != nil || len(canceled) != 1 || canceled[0] != "/build/9/stop" {
		t.Errorf("canceled: got %q, %v, want the build", canceled, err)
	}
	answer, err := settle.Wait(patience(t), settle.Policy{Checks: 3}, tasks.Check("queue/5"))
	if err != nil {
		t.Fatal(err)
	}
	result, found, err := tasks.Result(patience(t), "queue/5", answer)
	if err != nil || !found || string(result) != "3" {
		t.Errorf("result: got %s, %v, %v, want 3", result, found, err)
	}
	if got, want := tasks.Link("queue/5", answer), s.URL+"/build/9"; got != want {
		t.Errorf("link: got %s, want %s", got, want)
	}
}

// A login may name the services that it is for, on other ports: they get the token, and nobody else does.
func TestCatalogOfALogin(t *testing.T) {
	heard := map[string]string{}
	service := func(name string) string {
		return serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
			heard[name] = r.Header.Get("X-Auth-Token")
			fmt.Fprint(w, `{"state": "done"}`)
		}).URL
	}
	compute, stranger := service("compute"), service("stranger")
	keystone := serve(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Subject-Token", "token-of-the-day")
		_ = json.NewEncoder(w).Encode(map[string]string{"compute": compute})
	})
	const text = `
name: stack/server
title: a service of a catalog
docs: here
proof: {mock: here}
target: {url: {help: address}}
auth:
  header: {X-Auth-Token: "{login.token}"}
  login:
    request: {post: "{url}/auth", json: '{}'}
    token: '{token: $http.headers["x-subject-token"], compute: .compute}'
status:
  request: {get: "{login.compute}/servers/{id}"}
  state: .state
  succeeded: done
result: {request: {get: "STRANGER/of/{id}"}, value: .state}
`
	tasks := openText(t, strings.ReplaceAll(text, "STRANGER", stranger), target.Target{URL: keystone.URL})
	answer, err := settle.Wait(patience(t), settle.Policy{Checks: 1}, tasks.Check("7"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tasks.Result(patience(t), "7", answer); err != nil {
		t.Fatal(err)
	}
	if heard["compute"] != "token-of-the-day" || heard["stranger"] != "" {
		t.Errorf("got %q: the token is for compute alone", heard)
	}
	if shown := tasks.Secrets().Mask(compute + " token-of-the-day"); shown != compute+" ***" {
		t.Errorf("shown as %q", shown)
	}
}
