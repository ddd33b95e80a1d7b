package httptask_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const byCookie = `
name: form/task
title: a task behind a login form
docs: here
proof: {mock: here}
target:
  url: {help: address}
  user: {help: who, optional: true}
  password: {secret: true, optional: true}
auth:
  header: {Cookie: "SID={login}"}
  login: {request: {%s: "{url}/login"%s}, cookie: SID}
status: {request: {get: "{url}/{id}"}, state: .state, succeeded: done}
`

// The usual answer to a login by a form is a redirect to a page for people, which sets the cookie on the way.
func TestCookieOfARedirect(t *testing.T) {
	tests := []struct {
		name, method, body string
		answer             func(http.ResponseWriter)
	}{
		{"a form's", "post", ", form: {user: '{user}', password: '{password}'}", func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://localhost:1/nobody-is-there")
			w.WriteHeader(http.StatusFound)
		}},
		{"a GET's", "get", ", query: {user: '{user}', password: '{password}'}", func(w http.ResponseWriter) {
			w.Header().Set("Location", "/login-page")
			w.WriteHeader(http.StatusSeeOther)
		}},
		{"a page for people", "post", ", form: {user: '{user}', password: '{password}'}", func(w http.ResponseWriter) {
			fmt.Fprint(w, "<html>welcome</html>")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				cookie, err := r.Cookie("SID")
				switch {
				case r.URL.Path == "/login" && r.FormValue("user") == "ops" && r.FormValue("password") == "sesame77":
					http.SetCookie(w, &http.Cookie{Name: "SID", Value: "anonymous-0"})
					http.SetCookie(w, &http.Cookie{Name: "SID", Value: "session-1"})
					tt.answer(w)
				case err != nil || cookie.Value != "session-1":
					w.WriteHeader(http.StatusUnauthorized)
				default:
					fmt.Fprint(w, `{"state":"done"}`)
				}
			})
			r, err := recipe.Parse("form.yaml", fmt.Appendf(nil, byCookie, tt.method, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			tasks, err := httptask.Open(r, target.Target{URL: s.URL, Values: map[string]string{"user": "ops"}, Secrets: map[string]string{"password": "sesame77"}})
			if err != nil {
				t.Fatal(err)
			}
			defer tasks.Close()
			if _, status, err := tasks.Check("7")(patience(t)); err != nil || !status.State.Ended() {
				t.Errorf("got %v, %v", status, err)
			}
		})
	}
}

// A login by fields that are optional and empty would be nobody's: nothing is sent.
func TestLoginOfNobodyIsNotSent(t *testing.T) {
	s := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			t.Error("it logs in")
		}
		fmt.Fprint(w, `{"state":"done"}`)
	})
	r, err := recipe.Parse("form.yaml", fmt.Appendf(nil, byCookie, "post", ", json: '{user: $user, password: $password}'"))
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := httptask.Open(r, target.Target{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer tasks.Close()
	if _, status, err := tasks.Check("7")(patience(t)); err != nil || !status.State.Ended() {
		t.Errorf("got %v, %v", status, err)
	}
}
