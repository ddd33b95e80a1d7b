package recipe_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

func compile(t testing.TB, r recipe.Reading) *recipe.Reader {
	t.Helper()
	reader, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func answer(t testing.TB, body string) *recipe.Answer {
	t.Helper()
	v, err := recipe.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return &recipe.Answer{Status: 200, Header: http.Header{}, Body: v, Text: body}
}

func TestMeanings(t *testing.T) {
	const all = "pending=run,*ing; blocked=manual step; succeeded=success,*_COMPLETE; warned=PARTIAL; failed=failed,ROLLBACK_*,a*b*c; canceled=canceled"
	tests := []struct {
		name, lists, raw string // raw is JSON
		want             settle.State
		warned           bool
	}{
		{"a listed word", all, `"run"`, settle.Pending, false},
		{"case does not count", all, `"SUCCESS"`, settle.Succeeded, false},
		{"separators do not count", all, `"Manual_Step"`, settle.Blocked, false},
		{"nor does their absence", all, `"manualstep"`, settle.Blocked, false},
		{"nor their number", all, `" manual -- step "`, settle.Blocked, false},
		{"a warning is a success", all, `"partial"`, settle.Succeeded, true},
		{"canceled", all, `"CANCELED"`, settle.Canceled, false},
		{"a star", all, `"CREATING"`, settle.Pending, false},
		{"a star for nothing", all, `"ing"`, settle.Pending, false},
		{"a star before an edge", all, `"UPDATE_COMPLETE"`, settle.Succeeded, false},
		{"an edge of another kind", all, `"update-complete"`, settle.Succeeded, false},
		{"an edge by a capital", all, `"UpdateComplete"`, settle.Succeeded, false},
		{"an edge at the beginning", all, `"complete"`, settle.Succeeded, false},
		{"no edge", all, `"INCOMPLETE"`, settle.Unknown, false},
		{"no edge after", all, `"ROLLBACKS"`, settle.Unknown, false},
		{"an edge after", all, `"ROLLBACK_FAILED"`, settle.Failed, false},
		{"several stars", all, `"axxbyyc"`, settle.Failed, false},
		{"several stars, out of order", all, `"axxcyyb"`, settle.Unknown, false},
		{"pieces may not overlap", "failed=ab*ba", `"aba"`, settle.Unknown, false},
		{"nor those in the middle", "failed=a*bb*b", `"abb"`, settle.Unknown, false},
		{"an edge in the middle", "failed=x*_b_*y", `"x1 b 2y"`, settle.Failed, false},
		{"the first that fits may lack the edge", "failed=x*_b*y", `"xb1_b2y"`, settle.Failed, false},
		{"a word wins over a star", "failed=*_COMPLETE; succeeded=CREATE_COMPLETE", `"create_complete"`, settle.Succeeded, false},
		{"a number", "succeeded=2; failed=3", `2`, settle.Succeeded, false},
		{"a large number", "succeeded=9007199254740993; failed=9007199254740992", `9007199254740993`, settle.Succeeded, false},
		{"a sign counts", "succeeded=1; failed=-1", `-1`, settle.Failed, false},
		{"a sign that is not listed", "succeeded=1", `-1`, settle.Unknown, false},
		{"a dash before a word is no sign", "succeeded=x", `"-x"`, settle.Succeeded, false},
		{"true", "pending=false; succeeded=true", `true`, settle.Succeeded, false},
		{"false", "pending=false; succeeded=true", `false`, settle.Pending, false},
		{"Chinese", "pending=执行中; succeeded=成功", `"成功"`, settle.Succeeded, false},
		{"unlisted is unknown", all, `"weird"`, settle.Unknown, false},
		{"unlisted is unknown, as said", all + "; unlisted=unknown", `"weird"`, settle.Unknown, false},
		{"unlisted may be pending", all + "; unlisted=pending", `"weird"`, settle.Pending, false},
		{"unlisted may be failed", all + "; unlisted=failed", `"weird"`, settle.Failed, false},
		{"a raw state of separators alone", all, `"--"`, settle.Unknown, false},
		{"a raw state with a star in it", "failed=a*b", `"a*b"`, settle.Failed, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, lists(tt.lists))
			got, err := r.Status(t.Context(), answer(t, `{"s":`+tt.raw+`}`))
			raw := strings.Trim(tt.raw, `"`)
			want := settle.Status{State: tt.want, Raw: raw, Warned: tt.warned}
			if tt.want == settle.Unknown {
				want.Reason = "this raw state is not listed"
				if !errors.Is(err, settle.ErrUnknownState) {
					t.Errorf("got error %v, want ErrUnknownState", err)
				}
			} else if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("status (-want +got):\n%s", diff)
			}
			if got, want := r.Lists(raw), tt.want != settle.Unknown && raw != "weird"; got != want {
				t.Errorf("Lists: got %v, want %v", got, want)
			}
		})
	}
}

func TestUnlistedError(t *testing.T) {
	tests := []struct {
		name, lists, raw, nearest string
		known                     []string
	}{
		{"a typing error", "pending=running,queued; failed=error", "runing", "running", []string{"running", "queued", "error"}},
		{"British", "canceled=canceled; failed=failed", "CANCELLED", "canceled", []string{"failed", "canceled"}},
		{"two letters swapped in a short word", "pending=run; failed=bad", "rnu", "run", []string{"run", "bad"}},
		{"nothing like it", "pending=run; failed=bad", "exploded", "", []string{"run", "bad"}},
		{"the nearer one", "pending=state34; failed=state12x", "state12", "state12x", []string{"state34", "state12x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, lists(tt.lists))
			_, err := r.Status(t.Context(), answer(t, `{"s":"`+tt.raw+`"}`))
			var got *recipe.UnlistedError
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want an *UnlistedError", err)
			}
			want := &recipe.UnlistedError{Raw: tt.raw, Nearest: tt.nearest, Known: tt.known}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(err.Error(), `"`+tt.raw+`"`) || !strings.Contains(err.Error(), tt.nearest) {
				t.Errorf("text: got %q, want both words in it", err)
			}
		})
	}
}

func TestContradictingGlobs(t *testing.T) {
	r := compile(t, lists("failed=ROLLBACK_*; succeeded=*_COMPLETE; pending=*_PROGRESS"))
	got, err := r.Status(t.Context(), answer(t, `{"s":"ROLLBACK_COMPLETE"}`))
	want := `state "ROLLBACK_COMPLETE" is both succeeded (*_COMPLETE) and failed (ROLLBACK_*): list the word itself`
	if err == nil || err.Error() != want || got != (settle.Status{}) {
		t.Errorf("got %v, %v, want %s", got, err, want)
	}
	if r.Lists("ROLLBACK_COMPLETE") {
		t.Error("Lists: got true")
	}
}

func TestNoRawState(t *testing.T) {
	tests := []struct{ name, state, body, want string }{
		{"null", ".state", `{"state":null,"code":0}`, "state: .state finds null; the answer is an object with the keys code, state"},
		{"missing", ".status", `{"state":"run"}`, "state: .status finds null; the answer is an object with the keys state"},
		{"missing further down", ".data.task.state", `{"data":{"task":{"totalStatus":"run","id":7}}}`, "state: .data.task.state finds null; .data.task is an object with the keys id, totalStatus"},
		{"missing on the way", ".data.task.state", `{"data":{"job":{}}}`, "state: .data.task.state finds null; .data is an object with the keys job"},
		{"null on the way", ".data.state", `{"data":null}`, "state: .data.state finds null; the answer is an object with the keys data"},
		{"an expression that is no path", ".[0]?.state", `[]`, "state: .[0]?.state finds null; the answer is a list of 0"},
		{"the answer is null", ".state", `null`, "state: .state finds null; the answer is null"},
		{"the answer is a text", "null", `"abcd"`, "state: null finds null; the answer is a single value of 4 bytes"},
		{"nothing", ".[]", `[]`, "state: .[] finds nothing; the answer is a list of 0"},
		{"a list", ".s", `{"s":[1,2]}`, "state: .s finds a list of 2"},
		{"an object", ".s", `{"s":{"b":1,"a c":2}}`, `state: .s finds an object with the keys "a c", b`},
		{"an empty object", ".s", `{"s":{}}`, "state: .s finds an object with no keys"},
		{"an object with long keys", ".s", `{"s":{"` + strings.Repeat("k", 99) + `":1}}`, "state: .s finds an object with 1 keys"},
		{"many keys", ".s", `{"s":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1}}`, "state: .s finds an object with the keys a, b, c, d, e, f, g, h, i, j, k, l and 2 more"},
		{"an empty text", ".s", `{"s":""}`, "state: .s finds an empty text"},
		{"a long text", ".s", `{"s":"` + strings.Repeat("x", 2000) + `"}`, "state: .s finds a text of 2000 bytes, too long for a state"},
		{"jq cannot", ".s.t", `{"s":"run"}`, `state: .s.t: expected an object but got: string ("run")`},
		{"error", `error("no")`, `{}`, `state: error("no"): error: no`},
		{"halt", `halt`, `{}`, `state: halt: halt error: null`},
		{"no environment", `$ENV.PATH`, `{}`, "state: $ENV.PATH finds null; the answer is an object with no keys"},
		{"nor by a function", `env.PATH`, `{}`, "state: env.PATH finds null; the answer is an object with no keys"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{State: tt.state, Pending: []string{"run"}})
			got, err := r.Status(t.Context(), answer(t, tt.body))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %v", err, tt.want)
			}
			if got != (settle.Status{}) {
				t.Errorf("got %v beside the error", got)
			}
		})
	}
}

func TestOK(t *testing.T) {
	tests := []struct{ name, ok, reason, body, want string }{ // want "": the check is good
		{"true", ".code == 0", "", `{"s":"run","code":0}`, ""},
		{"a number is true, 0 too", ".code", "", `{"s":"run","code":0}`, ""},
		{"false", ".code == 0", "", `{"s":"run","code":7}`, "ok: .code == 0 is false"},
		{"false, with a reason", ".code == 0", ".error", `{"s":"run","code":7,"error":"busy"}`, "ok: .code == 0 is false: busy"},
		{"null", ".ok", ".error", `{"s":"run","error":"busy"}`, "ok: .ok finds null: busy"},
		{"nothing", "empty", "", `{"s":"run"}`, "ok: empty finds nothing"},
		{"jq cannot", ".s.ok", "", `{"s":"run"}`, `ok: .s.ok: expected an object but got: string ("run")`},
		{"it comes before the state", ".code == 0", "", `{"code":7}`, "ok: .code == 0 is false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{OK: tt.ok, State: ".s", Reason: tt.reason, Pending: []string{"run"}})
			_, err := r.Status(t.Context(), answer(t, tt.body))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	tests := []struct {
		name, expr, value string
		want              float64
	}{
		{"a part", ".p", `0.25`, 0.25},
		{"all", ".p", `1`, 1},
		{"a percentage by hand", ".p / 100", `62`, 0.62},
		{"a numeric text", ".p", `" 0.5 "`, 0.5},
		{"a percentage", ".p", `"62%"`, 0.62},
		{"a percentage with a space", ".p", `"62 %"`, 0.62},
		{"rounding is forgiven", ".p", `1.0000002`, 1},
		{"a forgotten / 100", ".p", `62`, 0},
		{"too many percent", ".p", `"162%"`, 0},
		{"negative", ".p", `-1`, 0},
		{"not a number", "nan", `1`, 0},
		{"not a number, as text", ".p", `"NaN"`, 0},
		{"infinite", "infinite", `1`, 0},
		{"a word", ".p", `"half"`, 0},
		{"null", ".p", `null`, 0},
		{"true", ".p", `true`, 0},
		{"a list", ".p", `[1]`, 0},
		{"jq cannot", ".p.q", `1`, 0},
		{"nothing", "empty", `1`, 0},
		{"endless", "def f: f; f", `1`, 0},
		{"the first output counts", ".p, 1", `0.5`, 0.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{State: ".s", Progress: tt.expr, Pending: []string{"run"}})
			got, err := r.Status(t.Context(), answer(t, `{"s":"run","p":`+tt.value+`}`))
			if err != nil || math.Abs(got.Progress-tt.want) > 1e-9 || got.Progress > 1 {
				t.Errorf("got %v, %v, want %v", got.Progress, err, tt.want)
			}
		})
	}
}

func TestReason(t *testing.T) {
	tests := []struct{ name, expr, value, want string }{
		{"a text", ".r", `"disk full"`, "disk full"},
		{"a number", ".r", `9007199254740993`, "9007199254740993"},
		{"an object", ".r", `{"b":[1,2],"a":"<x>"}`, `{"a":"<x>","b":[1,2]}`},
		{"true", ".r", `true`, "true"},
		{"null", ".r", `null`, ""},
		{"false", ".r", `false`, ""},
		{"empty", ".r", `""`, ""},
		{"nothing", ".r[]", `[]`, ""},
		{"jq cannot", ".r.s", `1`, ""},
		{"a long text is cut between characters", ".r", `"x` + strings.Repeat("é", 4000) + `"`, "x" + strings.Repeat("é", 2047) + "…"},
		{"a value that holds itself 2^60 times", "reduce range(60) as $i (.r; [., .])", `1`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{State: ".s", Reason: tt.expr, Failed: []string{"bad"}})
			got, err := r.Status(t.Context(), answer(t, `{"s":"bad","r":`+tt.value+`}`))
			if err != nil || got.Reason != tt.want || got.State != settle.Failed {
				t.Errorf("got %q, %v, want %q", got.Reason, err, tt.want)
			}
		})
	}
}

func TestResult(t *testing.T) {
	tests := []struct {
		name, expr, value string
		want              string // "": absent
		err               string
	}{
		{"a text", ".v", `"out"`, `"out"`, ""},
		{"a tree", ".v", `{"b":[1,true,null],"a":"<&>"}`, `{"a":"<&>","b":[1,true,null]}`, ""},
		{"numbers stay exact", ".v", `[9007199254740993,123456789012345678901234567890,1.10,-0]`, `[9007199254740993,123456789012345678901234567890,1.10,-0]`, ""},
		{"also when computed with", ".v + 1", `9007199254740993`, `9007199254740994`, ""},
		{"also as text", ".v | tostring", `123456789012345678901234567890`, `"123456789012345678901234567890"`, ""},
		{"false", ".v", `false`, `false`, ""},
		{"null", ".v", `null`, "", ""},
		{"nothing", "empty", `1`, "", ""},
		{"not asked", "", `1`, "", ""},
		{"only the first", ".v[]", `[1,2]`, `1`, ""},
		{"jq cannot", ".v.w", `1`, "", "result: .v.w: expected an object but got: number (1)"},
		{"too large", `reduce range(60) as $i (.v; [., .])`, `1`, "", "result: reduce range(60) as $i (.v; [., .]) gives more than 8388608 bytes"},
		{"too many keys", `reduce range(40) as $i ({}; {a: ., b: .})`, `1`, "", "result: reduce range(40) as $i ({}; {a: ., b: .}) gives more than 8388608 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, recipe.Reading{State: ".s", Result: tt.expr, Pending: []string{"run"}})
			got, found, err := r.Result(t.Context(), answer(t, `{"s":"run","v":`+tt.value+`}`))
			if string(got) != tt.want || found != (tt.want != "") {
				t.Errorf("got %s, %v, want %s", got, found, tt.want)
			}
			if found && !json.Valid(got) {
				t.Errorf("%s is no JSON", got)
			}
			if text := ""; err != nil || tt.err != "" {
				if err != nil {
					text = err.Error()
				}
				if text != tt.err {
					t.Errorf("got  %v\nwant %v", text, tt.err)
				}
			}
		})
	}
}
