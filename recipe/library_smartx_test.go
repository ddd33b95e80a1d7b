package recipe_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A vendorAnswer is one answer to a recipe's status request, and what must be made of it.
type vendorAnswer struct {
	name string
	code int
	body string
	want vendorSays
}

type vendorSays struct {
	Missing, Denied bool
	Words           string // why the check failed, or the platform's words of an answer that is none
	Status          settle.Status
	Result          string // JSON, of a task that succeeded
}

func builtIn(t *testing.T, name string) *recipe.Recipe {
	t.Helper()
	r, err := recipe.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func answered(t *testing.T, code int, body string) *recipe.Answer {
	t.Helper()
	a := &recipe.Answer{Status: code, Header: http.Header{}, Text: body, Known: recipe.Values{"id": "t"}}
	if body != "" {
		var err error
		if a.Body, err = recipe.Decode([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// judge follows the order in which the four ends of a check are told apart: not there, not allowed, failed, a status.
func judge(t *testing.T, r *recipe.Recipe, a *recipe.Answer) vendorSays {
	t.Helper()
	ctx := context.Background()
	switch {
	case a.Status == 404 || a.Status == 410 || r.Status.Missing.When.True(ctx, a):
		return vendorSays{Missing: true}
	case a.Status == 401 || a.Status == 403 || r.Status.Denied.True(ctx, a):
		return vendorSays{Denied: true, Words: r.Status.Error.Words(ctx, a)}
	case a.Status/100 != 2:
		return vendorSays{Words: r.Status.Error.Words(ctx, a)}
	}
	status, err := r.Status.Reader.Status(ctx, a)
	if err != nil {
		return vendorSays{Words: err.Error()}
	}
	says := vendorSays{Status: status}
	if status.State == settle.Succeeded && r.Result != nil && r.Result.Request == nil {
		says.Result = r.Result.Value.Words(ctx, a)
	}
	return says
}

func judgeAll(t *testing.T, name string, rows []vendorAnswer) {
	t.Helper()
	r := builtIn(t, name)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, judge(t, r, answered(t, row.code, row.body))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// everyWord checks that each word of a vendor's enum means what it should, and that a word beside them means nothing.
func everyWord(t *testing.T, name, form string, words map[string]settle.State) {
	t.Helper()
	r := builtIn(t, name)
	for word, want := range words {
		got := judge(t, r, answered(t, 200, fmt.Sprintf(form, word)))
		if got.Status.State != want || got.Status.Raw != word {
			t.Errorf("%s: got %v %q, want %v", word, got.Status.State, got.Words, want)
		}
	}
	if got := judge(t, r, answered(t, 200, fmt.Sprintf(form, "EXPLODED"))); got.Status.State != settle.Unknown || got.Words != `unknown state "EXPLODED": nobody listed it` {
		t.Errorf("a word that is no state: got %+v", got)
	}
}

func TestCloudTowerAnswers(t *testing.T) {
	judgeAll(t, "smartx/cloudtower", []vendorAnswer{
		{"executing", 200, `[{"id":"t","status":"EXECUTING","progress":0.25,"error_code":null,"error_message":null,"resource_id":"vm","steps":[{"key":"snapshot","current":1,"total":4,"per_second":null,"unit":null,"finished":false}]}]`,
			vendorSays{Status: settle.Status{State: settle.Pending, Raw: "EXECUTING", Progress: 0.25}}},
		{"paused waits for a person", 200, `[{"id":"t","status":"PAUSED","progress":0.5}]`, vendorSays{Status: settle.Status{State: settle.Blocked, Raw: "PAUSED", Progress: 0.5}}},
		{"ended well with progress 0, as recorded", 200, `[{"id":"t","status":"SUCCESSED","progress":0,"error_code":null,"error_message":null,"resource_id":"clg3","resource_type":"VmSnapshot"}]`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCESSED"}, Result: `{"id":"clg3","type":"VmSnapshot"}`}},
		{"ended well with progress 1", 200, `[{"id":"t","status":"SUCCESSED","progress":1,"resource_id":null}]`, vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}}},
		{"progress 1 is no end", 200, `[{"id":"t","status":"EXECUTING","progress":1}]`, vendorSays{Status: settle.Status{State: settle.Pending, Raw: "EXECUTING", Progress: 1}}},
		{"failed", 200, `[{"id":"t","status":"FAILED","progress":0.7,"error_code":"VM_SNAPSHOT_CREATE_FAILED","error_message":"no space left","resource_rollback_error":null}]`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Progress: 0.7, Reason: "VM_SNAPSHOT_CREATE_FAILED: no space left"}}},
		{"failed without a word", 200, `[{"id":"t","status":"FAILED","progress":0,"error_code":null,"error_message":null}]`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED"}}},
		{"failed, and so did the way back", 200, `[{"id":"t","status":"FAILED","error_message":"timeout","resource_rollback_error":"volume busy"}]`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Reason: "timeout: rollback: volume busy"}}},
		{"not visible yet", 200, `[]`, vendorSays{Missing: true}},
		{"not found", 404, `{"path":"/v2/api/get-tasks","status":404,"message":"not found","code":"NotFound"}`, vendorSays{Missing: true}},
		{"no token", 401, `{"path":"/v2/api/get-tasks","status":401,"message":"unauthorized","code":"Unauthorized"}`, vendorSays{Denied: true, Words: "Unauthorized: unauthorized"}},
		{"server error", 500, `{"path":"/v2/api/get-tasks","status":500,"message":"boom","code":"Internal","props":{}}`, vendorSays{Words: "Internal: boom"}},
		{"an error that comes with 200", 200, `{"status":500,"message":"boom","code":"Internal"}`, vendorSays{Words: `ok: type == "array" is false: Internal: boom`}},
		{"not an answer of a Tower", 200, `{"hello":"world"}`, vendorSays{Words: `ok: type == "array" is false`}},
		{"null in the list", 200, `[null]`, vendorSays{Words: "state: .[0].status finds null; the answer is a list of 1"}},
	})
	everyWord(t, "smartx/cloudtower", `[{"id":"t","status":"%s"}]`, map[string]settle.State{
		"PENDING": settle.Pending, "EXECUTING": settle.Pending, "PAUSED": settle.Blocked, "SUCCESSED": settle.Succeeded, "FAILED": settle.Failed,
	})
}

func TestSMTXOSAnswers(t *testing.T) {
	judgeAll(t, "smartx/smtxos", []vendorAnswer{
		{"processing", 200, `{"ec":"EOK","error":{},"data":{"job":{"job_id":"j","state":"processing","life_cycle":"run","description":"VM_CREATE","type":"action","resources":{}}}}`,
			vendorSays{Status: settle.Status{State: settle.Pending, Raw: "processing"}}},
		{"done", 200, `{"ec":"EOK","error":{},"data":{"job":{"job_id":"j","state":"done","life_cycle":"run","description":"VM_CREATE","type":"action","resources":{"0b1c":{"vm_name":"web-07"}}}}}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "done"}, Result: "0b1c"}},
		{"done, of two resources", 200, `{"ec":"EOK","data":{"job":{"state":"done","resources":{"b":{},"a":{}}}}}`, vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "done"}, Result: `["a","b"]`}},
		{"failed", 200, `{"ec":"EOK","error":{},"data":{"job":{"state":"failed","resources":{}}}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "failed"}}},
		{"an error that comes with 200", 200, `{"ec":"EINTERNAL","error":{"msg":"zookeeper is away"},"data":{}}`, vendorSays{Words: `ok: .ec == "EOK" is false: EINTERNAL: zookeeper is away`}},
		{"an error that says nothing", 200, `{"ec":"EINTERNAL","error":{},"data":{}}`, vendorSays{Words: `ok: .ec == "EOK" is false: EINTERNAL`}},
		{"no token", 401, `{"ec":"EUNAUTH","error":{"msg":"login first"}}`, vendorSays{Denied: true, Words: "EUNAUTH: login first"}},
		{"not found", 404, ``, vendorSays{Missing: true}},
	})
	everyWord(t, "smartx/smtxos", `{"ec":"EOK","data":{"job":{"state":"%s"}}}`, map[string]settle.State{
		"pending": settle.Pending, "processing": settle.Pending, "done": settle.Succeeded, "failed": settle.Failed,
	})
}

// task_id null is a task that needs no waiting for; an answer without task_id, one that nobody can wait for.
func TestCloudTowerStarts(t *testing.T) {
	tests := []struct {
		name, body string
		ids        []string
		done, bad  bool
	}{
		{"a task", `[{"task_id":"clg3","data":{"id":"s"}}]`, []string{"clg3"}, false, false},
		{"synchronous", `[{"task_id":null,"data":{"id":"s"}}]`, nil, true, false},
		{"no task_id", `[{"data":{"id":"s"}}]`, nil, false, true},
		{"an empty list", `[]`, nil, false, true},
		{"something else", `{}`, nil, false, true},
	}
	for _, tt := range tests {
		for _, action := range builtIn(t, "smartx").Actions {
			ids, done, err := action.IDs(context.Background(), answered(t, 200, tt.body))
			if diff := cmp.Diff(tt.ids, ids); diff != "" || done != tt.done || (err != nil) != tt.bad {
				t.Errorf("%s, %s: got %v, %v, %v", action.Name, tt.name, ids, done, err)
			}
		}
	}
	locked := answered(t, 400, `{"path":"/v2/api/expand-vm-disk","status":400,"message":"locked","code":"ResourceLocked","props":{"locked_resources":[{"id":"vm","type":"VM"}]}}`)
	other := answered(t, 400, `{"path":"/v2/api/expand-vm-disk","status":400,"message":"no","code":"BadRequest"}`)
	for _, action := range builtIn(t, "smartx").Actions {
		if !action.Busy.True(context.Background(), locked) || action.Busy.True(context.Background(), other) || action.Busy.True(context.Background(), answered(t, 200, `[]`)) {
			t.Errorf("%s: busy is not what it should be", action.Name)
		}
	}
}

func TestCloudTowerBatch(t *testing.T) {
	batch := builtIn(t, "smartx").Batch
	if !batch.MissingSingle {
		t.Error("an id that is not in the answer must be asked for alone")
	}
	items, _, err := batch.Items.First(context.Background(), answered(t, 200, `[{"id":"a","status":"SUCCESSED"},{"id":"b","status":"EXECUTING"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a", "b"} {
		id, _, err := batch.ID.First(context.Background(), &recipe.Answer{Status: 200, Body: items.([]any)[i]})
		if err != nil || id != want {
			t.Errorf("item %d: got %v, %v, want %s", i, id, err, want)
		}
	}
}
