package recipe_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

func TestEasyOpsToolAnswers(t *testing.T) {
	judgeAll(t, "easyops/tool", []vendorAnswer{
		{"running", 200, `{"code":0,"codeExplain":"","error":"","data":{"execId":"e","totalStatus":"run","status":{"10.0.0.7":"run"},"msg":{"10.0.0.7":"working"}}}`,
			vendorSays{Status: settle.Status{State: settle.Pending, Raw: "run", Reason: "10.0.0.7: working"}}},
		{"ended well", 200, `{"code":0,"error":"","data":{"execId":"e","totalStatus":"success","error":"","msg":{"10.0.0.7":"fine"}}}`, vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "success"}}},
		{"failed on one of two", 200, `{"code":0,"error":"","data":{"execId":"e","totalStatus":"failed","error":"1 of 2 failed","status":{"10.0.0.7":"failed","10.0.0.8":"success"},"exitStatus":{"10.0.0.7":1},"msg":{"10.0.0.7":"no such file","10.0.0.8":"fine"}}}`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "failed", Reason: "1 of 2 failed; 10.0.0.7: no such file"}}},
		{"failed without a word", 200, `{"code":0,"data":{"totalStatus":"failed","error":null}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "failed"}}},
		{"an error that comes with 200", 200, `{"code":100013,"codeExplain":"ERR_UNAVAILABLE","error":"the service is being restarted","data":null}`,
			vendorSays{Words: "ok: .code == 0 is false: code 100013: ERR_UNAVAILABLE: the service is being restarted"}},
		{"an error that comes with a state", 200, `{"code":100010,"codeExplain":"ERR_UNKNOWN","error":"","data":{"totalStatus":"success"}}`,
			vendorSays{Words: "ok: .code == 0 is false: code 100010: ERR_UNKNOWN"}},
		{"no envelope", 200, `{"totalStatus":"success"}`, vendorSays{Words: "ok: .code == 0 is false"}},
		{"server error", 500, `{"code":100010,"codeExplain":"ERR_UNKNOWN","error":"boom"}`, vendorSays{Words: "code 100010: ERR_UNKNOWN: boom"}},
		{"not found", 404, `{"code":100004,"error":"no such execution"}`, vendorSays{Missing: true}},
		{"not allowed", 403, `{"code":100003,"error":"no permission"}`, vendorSays{Denied: true, Words: "code 100003: no permission"}},
		{"a word of another service is no end", 200, `{"code":0,"data":{"totalStatus":"done"}}`, vendorSays{Words: `unknown state "done": nobody listed it`}},
	})
	everyWord(t, "easyops/tool", `{"code":0,"data":{"totalStatus":"%s"}}`, map[string]settle.State{
		"run": settle.Pending, "success": settle.Succeeded, "failed": settle.Failed,
	})
}

func TestEasyOpsFlowAnswers(t *testing.T) {
	judgeAll(t, "easyops/flow", []vendorAnswer{
		{"a person must confirm", 200, `{"code":0,"data":{"taskId":"f","totalStatus":"paused","message":"confirm step 2"}}`, vendorSays{Status: settle.Status{State: settle.Blocked, Raw: "paused", Reason: "confirm step 2"}}},
		{"ended well", 200, `{"code":0,"data":{"taskId":"f","totalStatus":"success","message":"ok","outputs":[],"flowOutputsData":{"version":"1.2"}}}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "success"}, Result: `{"version":"1.2"}`}},
		{"failed", 200, `{"code":0,"data":{"taskId":"f","totalStatus":"failed","message":"step 2 failed"}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "failed", Reason: "step 2 failed"}}},
		{"an error that comes with 200", 200, `{"code":100013,"codeExplain":"ERR_UNAVAILABLE","error":"","data":null}`, vendorSays{Words: "ok: .code == 0 is false: code 100013: ERR_UNAVAILABLE"}},
	})
	everyWord(t, "easyops/flow", `{"code":0,"data":{"totalStatus":"%s"}}`, map[string]settle.State{
		"wait": settle.Pending, "executing": settle.Pending, "paused": settle.Blocked, "interrupted": settle.Blocked,
		"success": settle.Succeeded, "failed": settle.Failed, "terminate": settle.Canceled,
	})
}

func TestEasyOpsResult(t *testing.T) {
	result := builtIn(t, "easyops").Result
	tests := []struct{ name, data, want string }{
		{"outputs", `{"outputs":{"10.0.0.7":{"used":"71%"}},"tableData":{"a":1}}`, `{"10.0.0.7":{"used":"71%"}}`},
		{"empty outputs, but a table", `{"outputs":{},"toolOutputsData":[],"tableData":{"a":1}}`, `{"a":1}`},
		{"nothing", `{"outputs":null}`, ``},
	}
	for _, tt := range tests {
		if got := result.Value.Words(context.Background(), answered(t, 200, `{"code":0,"data":`+tt.data+`}`)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// What stands in the answer for many executions is not documented: only what can be nothing else is taken from it.
func TestEasyOpsBatch(t *testing.T) {
	batch := builtIn(t, "easyops").Batch
	if !batch.MissingSingle || !batch.OnErrorSingle {
		t.Error("what the batch does not tell must be asked for alone")
	}
	tests := []struct {
		name, data string
		want       []any
	}{
		{"by id", `{"code":0,"data":{"a":{"execId":"a","totalStatus":"run"},"b":{"execId":"b","totalStatus":"success"}}}`, []any{"a", "b"}},
		{"a list", `{"list":[{"execId":"a","totalStatus":"run"}]}`, []any{"a"}},
		{"logs alone", `{"data":{"a":"line 1"}}`, nil},
		{"logs with an id", `{"data":[{"execId":"a","log":"line 1"}]}`, nil},
		{"null", `null`, nil},
	}
	for _, tt := range tests {
		items, _, err := batch.Items.First(context.Background(), answered(t, 200, `{"code":0,"data":`+tt.data+`}`))
		if err != nil {
			t.Fatal(err)
		}
		var ids []any
		for _, item := range items.([]any) {
			id, _, err := batch.ID.First(context.Background(), &recipe.Answer{Status: 200, Body: item})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		if diff := cmp.Diff(tt.want, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
