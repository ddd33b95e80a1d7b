package httptask_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func openOps(t testing.TB, ops *vendortest.Ops, kind string) *httptask.Tasks {
	t.Helper()
	return openVendor(t, ops, "easyops/"+kind, map[string]string{"org": "8888", "user": "easyops"}, nil)
}

var (
	runTool = map[string]any{"tool": "disk-check", "agents": "5caee6c67d86a, 192.168.100.163", "inputs": `{"path": "/var", "limit": 12345678901234567890}`}
	runFlow = map[string]any{"flow": "release-web", "agents": "5c6f6cf0d8079", "inputs": `{"version": "1.2"}`}
)

func TestEasyOpsActions(t *testing.T) {
	ops := vendortest.EasyOps()
	if last, err := submit(t, openOps(t, ops, "tool"), "tool.run", runTool); err != nil || last.Raw != "success" {
		t.Errorf("tool: got %v, %v", last, err)
	}
	if last, err := submit(t, openOps(t, ops, "flow"), "flow.run", runFlow); err != nil || last.Raw != "success" {
		t.Errorf("flow: got %v, %v", last, err)
	}
	got, err := json.Marshal(ops.Started)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"execUser":"root","inputs":{"@agents":[{"instanceId":"5caee6c67d86a"},{"ip":"192.168.100.163"}],"limit":12345678901234567890,"path":"/var"},"toolId":"tool-1","vId":"v1"},` +
		`{"flowId":"flow-1","flowInputs":{"@agents":[{"instanceId":"5c6f6cf0d8079"}],"version":"1.2"},"needNotify":false,"version":1563958843}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("started (-want +got):\n%s", diff)
	}
}

func TestEasyOpsByIDAndVersion(t *testing.T) {
	ops := vendortest.EasyOps()
	if _, err := submit(t, openOps(t, ops, "tool"), "tool.run", map[string]any{"tool": "tool-2", "version": "v0", "agents": "i", "exec_user": "app", "limit": 0}); err != nil {
		t.Fatal(err)
	}
	if _, err := submit(t, openOps(t, ops, "flow"), "flow.run", map[string]any{"flow": "flow-2", "version": 7}); err != nil {
		t.Fatal(err)
	}
	tool, flow := ops.Started[0], ops.Started[1]
	if tool["toolId"] != "tool-2" || tool["vId"] != "v0" || tool["execUser"] != "app" || tool["timeout"] != json.Number("0") {
		t.Errorf("got %v", tool)
	}
	if flow["flowId"] != "flow-2" || flow["version"] != json.Number("7") || !cmp.Equal(flow["flowInputs"], map[string]any{}) {
		t.Errorf("got %v", flow)
	}
}

func TestEasyOpsQuirks(t *testing.T) {
	tests := []struct {
		kind, name string
		quirk      func(*vendortest.Ops)
		want       settle.Outcome
		last       settle.Status
	}{
		{"tool", "failed", func(o *vendortest.Ops) { o.Script = []string{"run", "failed"} }, settle.OutcomeFailed, settle.Status{State: settle.Failed, Raw: "failed", Reason: "exit status 1"}},
		{"tool", "failed without a word", func(o *vendortest.Ops) { o.Script, o.Silent = []string{"run", "failed"}, true }, settle.OutcomeFailed, settle.Status{State: settle.Failed, Raw: "failed"}},
		{"tool", "an unknown word is no end", func(o *vendortest.Ops) { o.Script = []string{"run", "done"} }, settle.OutcomeUnknown, settle.Status{State: settle.Pending, Raw: "run"}},
		{"tool", "a lost check", func(o *vendortest.Ops) { o.Lose(3, vendortest.Before) }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "success"}},
		{"flow", "waits for a person", func(o *vendortest.Ops) { o.Script = []string{"executing", "paused", "interrupted", "success"} }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "success"}},
		{"flow", "stopped", func(o *vendortest.Ops) { o.Script = []string{"executing", "terminate"} }, settle.OutcomeCanceled, settle.Status{State: settle.Canceled, Raw: "terminate"}},
		{"flow", "failed", func(o *vendortest.Ops) { o.Script = []string{"failed"} }, settle.OutcomeFailed, settle.Status{State: settle.Failed, Raw: "failed", Reason: "step 2 failed"}},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.name, func(t *testing.T) {
			ops := vendortest.EasyOps()
			tasks := openOps(t, ops, tt.kind)
			tt.quirk(ops)
			params := runTool
			if tt.kind == "flow" {
				params = runFlow
			}
			last, err := submit(t, tasks, tt.kind+".run", params)
			if got := settle.OutcomeOf(err); got != tt.want {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
			if diff := cmp.Diff(tt.last, last); diff != "" {
				t.Errorf("last status (-want +got):\n%s", diff)
			}
		})
	}
}

// An error in the envelope is a failed check, whatever the HTTP code; at a start, a refusal in the platform's words.
func TestEasyOpsEnvelope(t *testing.T) {
	ops := vendortest.EasyOps()
	tasks := openOps(t, ops, "tool")
	id, err := tasks.Submit(patience(t), "tool.run", runTool)
	if err != nil {
		t.Fatal(err)
	}
	ops.Set(func() { ops.Code, ops.Codes = 100013, 1 })
	if _, _, err := tasks.Check(id)(patience(t)); err == nil || !strings.Contains(err.Error(), "code 100013: ERR_UNAVAILABLE: the service is being restarted") {
		t.Errorf("check: got %v", err)
	}
	if last, err := waitFor(t, tasks, id); err != nil || last.Raw != "success" {
		t.Errorf("the wait goes on: got %v, %v", last, err)
	}
	ops.Set(func() { ops.Code, ops.Codes = 100013, 2 }) // the list of tools, then
	_, err = tasks.Submit(patience(t), "tool.run", runTool)
	if err != nil {
		t.Errorf("a reading that was refused for a while: got %v", err)
	}
}

func TestEasyOpsRefusals(t *testing.T) {
	tests := []struct {
		kind   string
		params map[string]any
		want   settle.Outcome
		words  string
	}{
		{"tool", map[string]any{"tool": "twin", "agents": "i"}, settle.OutcomeInvalid, "2 things match"},
		{"tool", map[string]any{"tool": "cleanup", "agents": "i"}, settle.OutcomeNotFound, "cleanup"},
		{"tool", map[string]any{"tool": "disk-check", "agents": " , "}, settle.OutcomeInvalid, "names no agent"},
		{"tool", map[string]any{"tool": "disk-check", "agents": "i", "inputs": "path=/var"}, settle.OutcomeInvalid, "must be a JSON object"},
		{"tool", map[string]any{"tool": "disk-check", "agents": "i", "inputs": "[1]"}, settle.OutcomeInvalid, "must be a JSON object"},
		{"flow", map[string]any{"flow": "release"}, settle.OutcomeNotFound, "release"},
	}
	ops := vendortest.EasyOps()
	for _, tt := range tests {
		_, err := openOps(t, ops, tt.kind).Submit(patience(t), tt.kind+".run", tt.params)
		got := settle.OutcomeOf(err)
		var refused *recipe.Error
		if errors.As(err, &refused) {
			got = settle.OutcomeInvalid
		}
		if got != tt.want || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%v: got %v (%v), want %v with %q", tt.params, got, err, tt.want, tt.words)
		}
	}
	if len(ops.Started) > 0 {
		t.Errorf("started: %v", ops.Started)
	}
}

func TestEasyOpsResultAndCancel(t *testing.T) {
	ops := vendortest.EasyOps()
	tasks := openOps(t, ops, "tool")
	id, err := tasks.Submit(patience(t), "tool.run", runTool)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := settle.Wait(patience(t), tasks.Policy(), tasks.Check(id))
	if err != nil {
		t.Fatal(err)
	}
	result, _, err := tasks.Result(patience(t), id, answer)
	if err != nil || string(result) != `{"10.0.0.7":{"used":"71%"}}` {
		t.Errorf("result: got %s, %v", result, err)
	}
	if id, err = tasks.Submit(patience(t), "tool.run", runTool); err == nil {
		err = tasks.Cancel(patience(t), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	if last, err := waitFor(t, tasks, id); settle.OutcomeOf(err) != settle.OutcomeFailed || last.Reason != "terminated" {
		t.Errorf("terminated: got %v, %v", last, err)
	}
}

func TestEasyOpsFleet(t *testing.T) {
	for _, opaque := range []bool{false, true} {
		ops := vendortest.EasyOps()
		ops.Opaque = opaque
		tasks := openOps(t, ops, "tool")
		var ids []string
		for range 3 {
			id, err := tasks.Submit(patience(t), "tool.run", runTool)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		for id, result := range tasks.Fleet().Each(patience(t), slices.Values(ids)) {
			if result.Err != nil || result.Status.Raw != "success" {
				t.Errorf("%s: got %v, %v", id, result.Status, result.Err)
			}
		}
		alone := asked(ops, "/tools/execution/exec-")
		if asked(ops, "/tools/execution/logs/") == 0 || (alone > 0) != opaque {
			t.Errorf("opaque %v: %d requests for one task", opaque, alone)
		}
	}
}

// Behind the gateway each request is signed, and one that is signed with another key is not let in.
func TestEasyOpsGateway(t *testing.T) {
	ops := vendortest.EasyOps()
	server := httptest.NewServer(ops)
	defer server.Close()
	open := func(kind, secret string) *httptask.Tasks {
		r, err := recipe.Find("easyops/" + kind)
		if err != nil {
			t.Fatal(err)
		}
		tasks, err := httptask.Open(r, target.Target{URL: server.URL + "/" + kind, Values: map[string]string{"access_key": "access"}, Secrets: map[string]string{"secret_key": secret}, Policy: "every=1ms max=2ms timeout=1m"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(tasks.Close)
		return tasks
	}
	if last, err := submit(t, open("tool", "secret"), "tool.run", runTool); err != nil || last.Raw != "success" {
		t.Errorf("tool: got %v, %v", last, err)
	}
	if last, err := submit(t, open("flow", "secret"), "flow.run", runFlow); err != nil || last.Raw != "success" {
		t.Errorf("flow: got %v, %v", last, err)
	}
	if _, err := waitFor(t, open("tool", "guess-1"), "exec-1"); settle.OutcomeOf(err) != settle.OutcomeDenied {
		t.Errorf("another key: got %v", err)
	}
	for _, violation := range ops.Violations() {
		t.Error("broke the contract:", violation)
	}
	for _, r := range ops.Requests() {
		if strings.Contains(r.Query, "guess-1") || strings.Contains(r.Query, "secret") {
			t.Errorf("a secret in %s", r.Query)
		}
	}
}

// Where the list of tools is cut, nobody knows whether a name is the only one.
func TestEasyOpsCutList(t *testing.T) {
	for tool, want := range map[string]bool{"disk-check": true, "tool-1": false} {
		ops := vendortest.EasyOps()
		ops.More = 40
		_, err := openOps(t, ops, "tool").Submit(patience(t), "tool.run", map[string]any{"tool": tool, "agents": "i"})
		var refused *recipe.Error
		if got := errors.As(err, &refused); got != want {
			t.Errorf("%s: got %v", tool, err)
		}
	}
}
