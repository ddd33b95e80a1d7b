package recipe_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
)

func TestNutanixV4Answers(t *testing.T) {
	judgeAll(t, "nutanix/v4", []vendorAnswer{
		{"running", 200, `{"data":{"$objectType":"prism.v4.config.Task","extId":"ZXJnb24=:5d6e7f80-91a2-4b3c-8d5e-6f7081920304","status":"RUNNING","progressPercentage":40,"subSteps":[{"name":"snapshot"}],"isCancelable":true},"metadata":{}}`,
			vendorSays{Status: settle.Status{State: settle.Pending, Raw: "RUNNING", Progress: 0.4}}},
		{"a recovery point was made", 200, `{"data":{"status":"SUCCEEDED","progressPercentage":100,"entitiesAffected":[{"extId":"vm","rel":"vmm:ahv:vm"},{"extId":"vm","rel":"vmm:ahv:vm"}],"completionDetails":[{"name":"recoveryPointExtId","value":"rp-1"}]}}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCEEDED", Progress: 1}, Result: "rp-1"}},
		{"entities come twice", 200, `{"data":{"status":"SUCCEEDED","entitiesAffected":[{"extId":"b"},{"extId":"a"},{"extId":"b"}]}}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCEEDED"}, Result: `["a","b"]`}},
		{"ended well and says nothing more", 200, `{"data":{"status":"SUCCEEDED"}}`, vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCEEDED"}}},
		{"failed", 200, `{"data":{"status":"FAILED","progressPercentage":60,"errorMessages":[{"code":"VMM-30303","message":"VM_ETAG_MISMATCH","severity":"ERROR"},{"message":"rolled back"}]}}`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Progress: 0.6, Reason: "VM_ETAG_MISMATCH; rolled back"}}},
		{"failed, an older task", 200, `{"data":{"status":"FAILED","errorMessages":[],"legacyErrorMessage":"no space"}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Reason: "no space"}}},
		{"failed without messages", 200, `{"data":{"status":"FAILED"}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED"}}},
		{"failed with null for messages", 200, `{"data":{"status":"FAILED","errorMessages":null,"legacyErrorMessage":null}}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED"}}},
		{"canceled without messages", 200, `{"data":{"status":"CANCELED","progressPercentage":30}}`, vendorSays{Status: settle.Status{State: settle.Canceled, Raw: "CANCELED", Progress: 0.3}}},
		{"canceled with an empty list of messages", 200, `{"data":{"status":"CANCELED","errorMessages":[]}}`, vendorSays{Status: settle.Status{State: settle.Canceled, Raw: "CANCELED"}}},
		{"the SDK's word for words it does not know", 200, `{"data":{"status":"$UNKNOWN"}}`, vendorSays{Words: `unknown state "$UNKNOWN": nobody listed it`}},
		{"not found", 404, `{"data":{"error":[{"message":"no such task","code":"PRISM-40404","severity":"ERROR"}],"$objectType":"prism.v4.error.ErrorResponse"}}`, vendorSays{Missing: true}},
		{"wrong password", 401, `{"data":{"error":[{"message":"unauthorized","code":"PLAT-40101"}]}}`, vendorSays{Denied: true, Words: "PLAT-40101: unauthorized"}},
		{"a bad request", 400, `{"data":{"error":{"statusCode":400,"error":"Bad Request","validationErrorMessages":[{"message":"extId has a wrong form"}]}}}`, vendorSays{Words: "extId has a wrong form"}},
		{"server error", 503, `{"data":{"error":[{"code":"PLAT-1","message":"starting"},{"message":"soon"}]}}`, vendorSays{Words: "PLAT-1: starting; soon"}},
		{"not a task", 200, `{"data":[]}`, vendorSays{Words: `state: .data.status: expected an object but got: array ([])`}},
	})
	everyWord(t, "nutanix/v4", `{"data":{"status":"%s"}}`, map[string]settle.State{
		"QUEUED": settle.Pending, "RUNNING": settle.Pending, "CANCELING": settle.Pending, "SUSPENDED": settle.Blocked,
		"SUCCEEDED": settle.Succeeded, "FAILED": settle.Failed, "CANCELED": settle.Canceled,
	})
}

func TestNutanixV3Answers(t *testing.T) {
	judgeAll(t, "nutanix/v3", []vendorAnswer{
		{"running", 200, `{"uuid":"t","status":"RUNNING","percentage_complete":50,"progress_message":"create_vm_snapshot_intentful","entity_reference_list":[{"kind":"vm","uuid":"vm"}]}`,
			vendorSays{Status: settle.Status{State: settle.Pending, Raw: "RUNNING", Progress: 0.5}}},
		{"ended well", 200, `{"uuid":"t","status":"SUCCEEDED","percentage_complete":100,"entity_reference_list":[{"kind":"vm","uuid":"vm"},{"kind":"vm","uuid":"vm"}]}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCEEDED", Progress: 1}, Result: "vm"}},
		{"failed", 200, `{"uuid":"t","status":"FAILED","percentage_complete":100,"error_code":"INTERNAL_ERROR","error_detail":"no space left"}`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Progress: 1, Reason: "INTERNAL_ERROR: no space left"}}},
		{"failed without a word", 200, `{"uuid":"t","status":"FAILED"}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED"}}},
		{"an id that is none", 200, `{"status":"INVALID_UUID"}`, vendorSays{Missing: true}},
		{"not found", 404, `{"api_version":"3.1","code":404,"kind":"task","message_list":[{"message":"not found","reason":"ENTITY_NOT_FOUND"}],"state":"ERROR"}`, vendorSays{Missing: true}},
		{"wrong password", 401, `{"api_version":"3.1","code":401,"message_list":[{"message":"Authentication required.","reason":"AUTHENTICATION_REQUIRED"}],"state":"ERROR"}`,
			vendorSays{Denied: true, Words: "AUTHENTICATION_REQUIRED: Authentication required."}},
		{"refused", 422, `{"code":422,"message_list":[{"message":"bad","reason":"INVALID_REQUEST"},{"message":"worse"}],"state":"ERROR"}`, vendorSays{Words: "INVALID_REQUEST: bad; worse"}},
	})
	everyWord(t, "nutanix/v3", `{"status":"%s"}`, map[string]settle.State{
		"QUEUED": settle.Pending, "RUNNING": settle.Pending, "SUSPENDED": settle.Blocked,
		"SUCCEEDED": settle.Succeeded, "FAILED": settle.Failed, "ABORTED": settle.Canceled,
	})
}

func TestNutanixV2Answers(t *testing.T) {
	judgeAll(t, "nutanix/v2", []vendorAnswer{
		{"running", 200, `{"uuid":"t","progress_status":"Running","percentage_complete":33}`, vendorSays{Status: settle.Status{State: settle.Pending, Raw: "Running", Progress: 0.33}}},
		{"ended well", 200, `{"uuid":"t","progress_status":"Succeeded","percentage_complete":100,"entity_list":[{"entity_id":"snap","entity_type":"VmSnapshot"},{"entity_id":"vm","entity_type":"VM"}]}`,
			vendorSays{Status: settle.Status{State: settle.Succeeded, Raw: "Succeeded", Progress: 1}, Result: `["snap","vm"]`}},
		{"failed", 200, `{"uuid":"t","progress_status":"Failed","percentage_complete":100,"meta_response":{"error_code":1,"error_detail":"kInvalidState"}}`,
			vendorSays{Status: settle.Status{State: settle.Failed, Raw: "Failed", Progress: 1, Reason: "kInvalidState"}}},
		{"failed without a word", 200, `{"uuid":"t","progress_status":"Failed","meta_response":null}`, vendorSays{Status: settle.Status{State: settle.Failed, Raw: "Failed"}}},
		{"not found, with 500", 500, `{"message":"Task with uuid 7 is not found"}`, vendorSays{Missing: true}},
		{"server error", 500, `{"message":"Zeus is away"}`, vendorSays{Words: "Zeus is away"}},
		{"wrong password", 401, `{"message":"An Authentication object was not found in the SecurityContext"}`, vendorSays{Denied: true, Words: "An Authentication object was not found in the SecurityContext"}},
	})
	everyWord(t, "nutanix/v2", `{"progress_status":"%s"}`, map[string]settle.State{
		"Queued": settle.Pending, "Running": settle.Pending, "Succeeded": settle.Succeeded, "Failed": settle.Failed, "Aborted": settle.Canceled,
	})
}

func TestNutanixStarts(t *testing.T) {
	tests := []struct {
		recipe, action, name, body string
		ids                        []string
		bad                        bool
	}{
		{"nutanix/v4", "vm.resize", "an id with characters to escape", `{"data":{"extId":"ZXJnb24=:5d6e"}}`, []string{"ZXJnb24=:5d6e"}, false},
		{"nutanix/v4", "vm.resize", "no id", `{"data":{}}`, nil, true},
		{"nutanix/v3", "vm.resize", "one", `{"status":{"execution_context":{"task_uuid":"t"}}}`, []string{"t"}, false},
		{"nutanix/v3", "vm.resize", "a list", `{"status":{"execution_context":{"task_uuid":["t","u"]}}}`, []string{"t", "u"}, false},
		{"nutanix/v3", "vm.resize", "none", `{"status":{"state":"PENDING"}}`, nil, true},
		{"nutanix/v3", "snapshot.create", "one", `{"task_uuid":"t"}`, []string{"t"}, false},
		{"nutanix/v2", "snapshot.create", "one", `{"task_uuid":"t"}`, []string{"t"}, false},
		{"nutanix/v2", "snapshot.create", "none", `{}`, nil, true},
	}
	for _, tt := range tests {
		ids, done, err := builtIn(t, tt.recipe).Action(tt.action).IDs(context.Background(), answered(t, 202, tt.body))
		if diff := cmp.Diff(tt.ids, ids); diff != "" || done || (err != nil) != tt.bad {
			t.Errorf("%s %s, %s: got %v, %v, %v", tt.recipe, tt.action, tt.name, ids, done, err)
		}
	}
	v3, v4 := builtIn(t, "nutanix/v3").Action("vm.resize"), builtIn(t, "nutanix").Action("vm.resize")
	stale := answered(t, 409, `{"code":409,"message_list":[{"message":"Edit conflict","reason":"CONCURRENT_REQUESTS_NOT_ALLOWED"}],"state":"ERROR"}`)
	other := answered(t, 409, `{"code":409,"message_list":[{"message":"exists","reason":"DUPLICATE"}],"state":"ERROR"}`)
	if !v3.Busy.True(context.Background(), stale) || v3.Busy.True(context.Background(), other) {
		t.Error("v3: busy is not what it should be")
	}
	if !v4.Busy.True(context.Background(), answered(t, 412, `{"data":{"error":[{"code":"PLAT-10005"}]}}`)) || v4.Busy.True(context.Background(), other) {
		t.Error("v4: busy is not what it should be")
	}
	for _, action := range builtIn(t, "nutanix").Actions {
		if action.Idempotency != "NTNX-Request-Id" {
			t.Errorf("v4 %s: no request id", action.Name)
		}
	}
}
