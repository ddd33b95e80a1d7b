package recipe_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

func TestHTTPVariable(t *testing.T) {
	a := &recipe.Answer{Status: 404, Header: http.Header{"X-State": {"a", "b"}, "Content-Type": {"text/plain"}}, Text: "gone away"}
	tests := []struct{ state, want string }{
		{"$http.status", "404"},
		{`$http.headers["x-state"]`, "a, b"},
		{`$http.headers["content-type"]`, "text/plain"},
		{`$http.body | split(" ")[0]`, "gone"},
		{`. // "no body"`, "no body"},
	}
	for _, tt := range tests {
		r := compile(t, recipe.Reading{State: tt.state, Pending: []string{tt.want}})
		got, err := r.Status(t.Context(), a)
		if err != nil || got.Raw != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.state, got.Raw, err, tt.want)
		}
	}
	r := compile(t, recipe.Reading{State: "$http.status", Pending: []string{"0"}})
	if got, err := r.Status(t.Context(), &recipe.Answer{}); err != nil || got.State != settle.Pending {
		t.Errorf("an answer that did not come over HTTP: got %v, %v", got, err)
	}
}

func TestReadsHTTP(t *testing.T) {
	tests := []struct {
		name, ok, state, reason string
		want                    bool
	}{
		{"no", ".ok", ".s", "", false},
		{"in the state", "", "$http.status", "", true},
		{"in ok", "$http.status == 200", ".s", "", true},
		{"in the reason only", ".ok", ".s", "$http.body", false},
		{"in a text only", "", `"$http"`, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{OK: tt.ok, State: tt.state, Reason: tt.reason, Pending: []string{"run"}})
			if got := r.ReadsHTTP(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestEndlessExpressions(t *testing.T) {
	tests := []struct{ name, state string }{
		{"recursion", "def f: f; f"},
		{"a list without end", "[range(1e12)]"},
		{"repetition", "[repeat(.)]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := compile(t, recipe.Reading{State: tt.state, Pending: []string{"run"}})
			_, err := r.Status(context.Background(), answer(t, `{}`))
			if want := "state: " + tt.state + " does not come to an end"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
}

func TestContextEndsExpressions(t *testing.T) {
	why := errors.New("the user went home")
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		r := compile(t, recipe.Reading{State: ".s", Result: ".s", Pending: []string{"run"}})
		if _, err := r.Status(ctx, answer(t, `{"s":"run"}`)); !errors.Is(err, why) {
			t.Errorf("Status: got %v, want %v", err, why)
		}
		if _, _, err := r.Result(ctx, answer(t, `{"s":"run"}`)); !errors.Is(err, why) {
			t.Errorf("Result: got %v, want %v", err, why)
		}
	})
	t.Run("meanwhile", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		r := compile(t, recipe.Reading{State: "last(range(1e12))", Pending: []string{"run"}})
		_, err := r.Status(&endsSoon{Context: ctx, end: func() { cancel(why) }, after: 1000}, answer(t, `{}`))
		if !errors.Is(err, why) {
			t.Errorf("got %v, want %v", err, why)
		}
	})
}

// endsSoon is a context that ends when it has been asked so many times whether it has.
type endsSoon struct {
	context.Context
	end   func()
	after int
}

func (e *endsSoon) Done() <-chan struct{} {
	if e.after--; e.after == 0 {
		e.end()
	}
	return e.Context.Done()
}

// Reading an answer does not change it: it can be read many times at once, as a batch's is.
func TestReadersShareAnAnswer(t *testing.T) {
	a := answer(t, `{"tasks":[{"s":"run","p":10},{"s":"done","p":100}]}`)
	before := answer(t, a.Text)
	r := compile(t, recipe.Reading{State: ".tasks[1].s |= ascii_upcase | .tasks[1].s", Progress: ".tasks[0].p += 1 | .tasks[0].p / 100", Pending: []string{"DONE"}})
	done := make(chan error)
	for range 8 {
		go func() {
			_, err := r.Status(context.Background(), a)
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(before, a); diff != "" {
		t.Errorf("the answer has changed (-before +now):\n%s", diff)
	}
}

func TestNoHTTP(t *testing.T) {
	for place, change := range map[string]func(*recipe.Reading){
		"ok":       func(r *recipe.Reading) { r.OK = "$http.status == 200" },
		"state":    func(r *recipe.Reading) { r.State = "$http.status" },
		"progress": func(r *recipe.Reading) { r.Progress = "$http.body | length" },
		"reason":   func(r *recipe.Reading) { r.Reason = ".r // $http.body" },
		"result":   func(r *recipe.Reading) { r.Result = "{a: $http}" },
	} {
		reading := recipe.Reading{State: ".s", Pending: []string{"run"}, NoHTTP: true}
		if _, err := reading.Compile(); err != nil {
			t.Fatal(err)
		}
		change(&reading)
		_, err := reading.Compile()
		var refused *recipe.Error
		if !errors.As(err, &refused) || refused.Place != place || !strings.Contains(refused.Problem, "$http") {
			t.Errorf("%s: got %v", place, err)
		}
	}
}
