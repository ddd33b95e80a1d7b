package recipe_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Whatever somebody writes down, it compiles or is refused as an *Error.
func FuzzCompile(f *testing.F) {
	for _, seed := range [][4]string{
		{".a", "run", "done", ""}, {".a |", "", "*", "failed"}, {"$http.status", "*_ING", "a*b*c", "pending"}, {"\"\\(", "-1", "1", "x"},
		{"def f: f; f", "_*_", "**a**", ""}, {"reduce .[] as [$a,{b:$c}] (0; .)", "执行中", "ß", ""}, {"@base32d \"x\\(.)\"", "İ", "i̇", ""}, {".a as $x | label $y | break $z", "\x00", "\xff", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, expr, one, two, unlisted string) {
		r, err := recipe.Reading{OK: expr, State: expr, Pending: []string{one}, Failed: []string{two, one + "*" + two}, Unlisted: unlisted}.Compile()
		var refused *recipe.Error
		switch {
		case err != nil && (!errors.As(err, &refused) || refused.Place == "" || refused.Problem == ""):
			t.Errorf("got %v, want an *Error that says what", err)
		case err == nil && !r.Lists(one):
			t.Errorf("%q is not listed", one)
		}
	})
}

// A raw state that is not listed never ends a task, and reading never panics.
func FuzzStatus(f *testing.F) {
	for _, seed := range []string{`{"s":"run"}`, `{"s":"DONE"}`, `{"s":-1}`, `[1,{"s":[]}]`, `{"s":"INCOMPLETE","p":"62%","r":{}}`, `{"s":"a_complete"}`, `nul`, `{"s":1e400}`, "{\"s\":\"do\u0130ne\"}"} {
		f.Add([]byte(seed))
	}
	var readers []*recipe.Reader
	for _, state := range []string{".s", ".. | scalars", "[.. | strings] | join(\"_\")", "tojson", "$http.body", "(.s | tostring) // \"done\"", "paths | tostring"} {
		readers = append(readers, compile(f, recipe.Reading{
			OK: ".ok != false", State: state, Progress: ".p", Reason: ".r", Result: ".",
			Pending: []string{"run"}, Succeeded: []string{"done", "*_complete"}, Failed: []string{"bad", "-1"},
		}))
	}
	ended := compile(f, recipe.Reading{State: ".", Pending: []string{"done", "bad", "-1", "*_complete"}})
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := recipe.Decode(body)
		if err != nil {
			v = nil
		}
		a := &recipe.Answer{Status: 200, Header: http.Header{}, Body: v, Text: string(body)}
		for _, r := range readers {
			status, err := r.Status(context.Background(), a)
			if status.State.Ended() && !ended.Lists(status.Raw) {
				t.Errorf("%q: got %v, though it is not listed", status.Raw, status)
			}
			if err != nil && status.State != settle.Unknown {
				t.Errorf("got %v beside the error %v", status, err)
			}
			if status.Progress < 0 || status.Progress > 1 {
				t.Errorf("progress %v", status.Progress)
			}
			if _, _, err := r.Result(context.Background(), a); err != nil {
				t.Errorf("result: %v", err)
			}
		}
	})
}
