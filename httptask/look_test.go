package httptask_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
)

// retold is a Look, a line for each thing.
func retold(l *httptask.Look) string {
	var b strings.Builder
	for _, s := range l.Steps {
		fmt.Fprintf(&b, "%s: %s %s %v %s", s.What, s.Asked.Method, "/"+strings.SplitN(s.Asked.URL, "/", 4)[3], s.Asked.Header["Authorization"], s.Asked.Body)
		if s.Answer != nil {
			fmt.Fprintf(&b, " = %d", s.Answer.Status)
		}
		if s.Err != nil {
			fmt.Fprintf(&b, " ! %v", s.Err)
		}
		for _, f := range s.Found {
			if f.Value != nil && f.Name != "link" {
				fmt.Fprintf(&b, "; %s %s", f.Name, f.Value)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLook(t *testing.T) {
	const login = `login: POST /login [] {"password":"***","user":"ops"}`
	for _, row := range []struct {
		name, id, password string
		status             settle.Status
		err                string
		want               string
	}{
		{"it leads on, and brings a result", "6", "hunter22", settle.Status{State: settle.Succeeded, Raw: "done", Progress: 1}, "", login + `
status: GET /jobs/6 [***]  = 200; error null; state "queued"; then "7"
status: GET /jobs/7 [***]  = 200; error null; state "done"; progress 1; then null
result: GET /jobs/6/result [***]  = 404 ! not found: HTTP 404 Not Found: nothing here; error "nothing here"; value null
`},
		{"succeeded", "7", "hunter22", settle.Status{State: settle.Succeeded, Raw: "done", Progress: 1}, "", login + `
status: GET /jobs/7 [***]  = 200; error null; state "done"; progress 1; then null
result: GET /jobs/7/result [***]  = 200; error null; value ["a"]
`},
		{"not there", "8", "hunter22", settle.Status{}, "not found: HTTP 404 Not Found: nothing here", login + `
status: GET /jobs/8 [***]  = 404 ! not found: HTTP 404 Not Found: nothing here; error "nothing here"; state null; then null
`},
		{"not allowed in", "7", "hunter23", settle.Status{}, "log in: not allowed: HTTP 401 Unauthorized: no such user or password", login + ` = 401 ! log in: not allowed: HTTP 401 Unauthorized: no such user or password; error "no such user or password"; token null
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := httptest.NewServer(&farmer{})
			defer s.Close()
			look, status, err := openFarm(t, farmRecipe(t, ""), farmAt(s.URL, row.password)).Look(patience(t), row.id)
			if status != row.status || text(err) != row.err {
				t.Errorf("status %+v, error %v; want %+v, %s", status, err, row.status, row.err)
			}
			if got := retold(look); got != row.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, row.want)
			}
		})
	}
}

// An id that cannot be is refused before any request.
func TestLookRefused(t *testing.T) {
	f := &farmer{}
	s := httptest.NewServer(f)
	defer s.Close()
	look, _, err := openFarm(t, farmRecipe(t, ""), farmAt(s.URL, "hunter22")).Look(patience(t), "a\nb")
	if settle.OutcomeOf(err) == settle.OutcomeSucceeded || look == nil || len(look.Steps) > 0 || f.asked.Load() > 0 {
		t.Errorf("%+v, %v, %d requests", look, err, f.asked.Load())
	}
}
