package recipe_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// vmwareSays is what a recipe makes of one answer to its status request.
type vmwareSays struct {
	Missing, Denied bool
	Words           string // of an answer that tells of no task: why
	Status          settle.Status
}

type vmwareAnswer struct {
	name string
	code int
	body string
	want vmwareSays
}

func vmwareRecipe(t *testing.T, name string) *recipe.Recipe {
	t.Helper()
	r, err := recipe.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func vmwareHears(t *testing.T, code int, body string) *recipe.Answer {
	t.Helper()
	a := &recipe.Answer{Status: code, Header: http.Header{}, Text: body}
	var err error
	switch {
	case body == "":
	case strings.HasPrefix(body, "<"):
		a.Body, err = recipe.DecodeXML(body)
	default:
		a.Body, err = recipe.Decode([]byte(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func vmwareJudges(r *recipe.Recipe, a *recipe.Answer) vmwareSays {
	ctx := context.Background()
	switch {
	case a.Status == http.StatusNotFound || r.Status.Missing.When.True(ctx, a):
		return vmwareSays{Missing: true}
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden || r.Status.Denied.True(ctx, a):
		return vmwareSays{Denied: true, Words: r.Status.Error.Words(ctx, a)}
	case a.Status/100 != 2:
		return vmwareSays{Words: r.Status.Error.Words(ctx, a)}
	}
	status, err := r.Status.Reader.Status(ctx, a)
	if err != nil {
		return vmwareSays{Words: err.Error()}
	}
	return vmwareSays{Status: status}
}

func vmwareTable(t *testing.T, r *recipe.Recipe, rows []vmwareAnswer) {
	t.Helper()
	for _, row := range rows {
		if got := vmwareJudges(r, vmwareHears(t, row.code, row.body)); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.name, got, row.want)
		}
	}
}

// A TaskInfo as the Virtual Infrastructure JSON API 8.0.3 documents it, with what is different about it in place of the
// dots.
func jsonTask(different string) string {
	return strings.Replace(`{"_typeName": "TaskInfo", "key": "task-73",
		"task": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-73"},
		"name": "CreateSnapshotEx_Task", "descriptionId": "VirtualMachine.createSnapshot",
		"entity": {"_typeName": "ManagedObjectReference", "type": "VirtualMachine", "value": "vm-62"}, "entityName": "web-07",
		…, "cancelable": true,
		"reason": {"_typeName": "TaskReasonUser", "userName": "VSPHERE.LOCAL\\Administrator"},
		"queueTime": "2026-11-24T16:00:00.123Z", "startTime": "2026-11-24T16:00:00.456Z", "eventChainId": 51234, "activationId": "h5-auto-1"}`,
		"…", different, 1)
}

func TestLibraryVSphere(t *testing.T) {
	vmwareTable(t, vmwareRecipe(t, "vmware/vsphere"), []vmwareAnswer{
		{"queued", 200, jsonTask(`"state": "queued", "cancelled": false`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "queued"}}},
		{"running", 200, jsonTask(`"state": "running", "cancelled": false`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running"}}},
		{"running, 42 %", 200, jsonTask(`"state": "running", "cancelled": false, "progress": 42`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running", Progress: .42}}},
		{"running, and somebody asked to cancel it", 200, jsonTask(`"state": "running", "cancelled": true, "progress": 42`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running", Progress: .42}}},
		{"success", 200, jsonTask(`"state": "success", "cancelled": false, "result": {"_typeName": "ManagedObjectReference", "type": "VirtualMachineSnapshot", "value": "snapshot-74"}`),
			vmwareSays{Status: settle.Status{State: settle.Succeeded, Raw: "success"}}},
		{"success, although a cancel was asked for", 200, jsonTask(`"state": "success", "cancelled": true`),
			vmwareSays{Status: settle.Status{State: settle.Succeeded, Raw: "success"}}},
		{"error, the documented MethodFault", 200, jsonTask(`"state": "error", "cancelled": false,
			"error": {"_typeName": "InvalidPowerState", "requestedState": "poweredOn", "existingState": "poweredOn",
			"faultMessage": [{"_typeName": "LocalizableMessage", "key": "com.vmware.vim.vpxd.stateerror", "message": "The VM is on already."}]}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "The VM is on already."}}},
		{"error, a MethodFault without words", 200, jsonTask(`"state": "error", "cancelled": false, "error": {"_typeName": "InvalidPowerState", "requestedState": "poweredOn"}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "InvalidPowerState"}}},
		{"error, govmomi's LocalizedMethodFault", 200, jsonTask(`"state": "error", "cancelled": false,
			"error": {"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "GenericVmConfigFault", "reason": "x"}, "localizedMessage": "No space left on device"}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "No space left on device"}}},
		{"error, a LocalizedMethodFault without words", 200, jsonTask(`"state": "error", "cancelled": false,
			"error": {"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "GenericVmConfigFault", "faultMessage": []}, "localizedMessage": ""}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "GenericVmConfigFault"}}},
		{"canceled, MethodFault", 200, jsonTask(`"state": "error", "cancelled": true, "error": {"_typeName": "RequestCanceled", "faultMessage": [{"key": "k", "message": "The task was canceled by a user"}]}`),
			vmwareSays{Status: settle.Status{State: settle.Canceled, Raw: "error RequestCanceled", Reason: "The task was canceled by a user"}}},
		{"canceled, LocalizedMethodFault", 200, jsonTask(`"state": "error", "cancelled": true, "error": {"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "RequestCanceled"}, "localizedMessage": "The task was canceled by a user"}`),
			vmwareSays{Status: settle.Status{State: settle.Canceled, Raw: "error RequestCanceled", Reason: "The task was canceled by a user"}}},
		{"canceled, and the flag is not set", 200, jsonTask(`"state": "error", "cancelled": false, "error": {"_typeName": "RequestCanceled"}`),
			vmwareSays{Status: settle.Status{State: settle.Canceled, Raw: "error RequestCanceled", Reason: "RequestCanceled"}}},
		{"absent", 500, `{"_typeName": "ManagedObjectNotFound", "faultMessage": [], "obj": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-9999"}}`,
			vmwareSays{Missing: true}},
		{"no session, 500", 500, `{"_typeName": "NotAuthenticated", "object": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-73"}, "privilegeId": "System.View"}`,
			vmwareSays{Denied: true, Words: "NotAuthenticated"}},
		{"no session, 200", 200, `{"_typeName": "NotAuthenticated"}`, vmwareSays{Denied: true, Words: "NotAuthenticated"}},
		{"no session, 401", 401, ``, vmwareSays{Denied: true}},
		{"a privilege lacks", 500, `{"_typeName": "NoPermission", "privilegeId": "System.Read", "faultMessage": [{"key": "k", "message": "Permission to perform this operation was denied."}]}`,
			vmwareSays{Denied: true, Words: "Permission to perform this operation was denied."}},
		{"no session, within a batch", 200, `{"_typeName": "RetrieveResult", "objects": [{"_typeName": "ObjectContent",
			"obj": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-73"},
			"missingSet": [{"_typeName": "MissingProperty", "path": "info", "fault": {"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "NotAuthenticated"}, "localizedMessage": ""}}]}]}`,
			vmwareSays{Denied: true, Words: "NotAuthenticated"}},
		{"vCenter is ill", 500, `{"_typeName": "SystemError", "faultMessage": [], "reason": "x", "localizedMessage": "A general system error occurred"}`,
			vmwareSays{Words: "A general system error occurred"}},
		{"vCenter starts", 503, ``, vmwareSays{}},
	})
}

// vim_rs once took info.cancelled for an end (pull request 9): it only says that a cancel was asked for.
func TestLibraryVSphereCancelledIsNoEnd(t *testing.T) {
	answers := map[string]string{
		"vmware/vsphere": jsonTask(`"state": "running", "cancelled": true`),
		"vmware/soap":    soapTask(`<state>running</state><cancelled>true</cancelled>`),
	}
	for name, body := range answers {
		got := vmwareJudges(vmwareRecipe(t, name), vmwareHears(t, 200, body))
		if got.Status.State != settle.Pending {
			t.Errorf("%s: got %+v, want pending", name, got)
		}
	}
}

// A TaskInfo over SOAP, as a vCenter 6.5 and vcsim answer, with what is different about it in place of the dots.
func soapTask(different string) string {
	return soapEnvelope(`<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>` + soapObject("task-73", different) + `</returnval></RetrievePropertiesExResponse>`)
}

func soapObject(id, different string) string {
	return strings.ReplaceAll(strings.Replace(`<objects><obj type="Task">ID</obj><propSet><name>info</name><val xsi:type="TaskInfo">
		<key>ID</key><task type="Task">ID</task><name>CreateSnapshot_Task</name><descriptionId>VirtualMachine.createSnapshot</descriptionId>
		<entity type="VirtualMachine">vm-62</entity><entityName>web-07</entityName>…<cancelable>true</cancelable>
		<reason xsi:type="TaskReasonUser"><userName>VSPHERE.LOCAL\Administrator</userName></reason>
		<queueTime>2026-11-24T16:00:00.123Z</queueTime><eventChainId>51234</eventChainId></val></propSet></objects>`,
		"…", different, 1), "ID", id)
}

func soapEnvelope(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
		<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
		xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>` + body + `</soapenv:Body></soapenv:Envelope>`
}

func soapFault(kind, words string) string {
	return soapEnvelope(`<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>` + words + `</faultstring><detail><` +
		kind + `Fault xmlns="urn:vim25" xsi:type="` + kind + `"></` + kind + `Fault></detail></soapenv:Fault>`)
}

func TestLibrarySOAP(t *testing.T) {
	missing := func(kind string) string {
		return soapEnvelope(`<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval><objects><obj type="Task">task-73</obj><missingSet><path>info</path>
			<fault><fault xsi:type="` + kind + `"><object type="Task">task-73</object><privilegeId>System.Read</privilegeId></fault><localizedMessage></localizedMessage></fault>
			</missingSet></objects></returnval></RetrievePropertiesExResponse>`)
	}
	vmwareTable(t, vmwareRecipe(t, "vmware/soap"), []vmwareAnswer{
		{"queued", 200, soapTask(`<state>queued</state><cancelled>false</cancelled>`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "queued"}}},
		{"running", 200, soapTask(`<state>running</state><cancelled>false</cancelled>`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running"}}},
		{"running, 42 %", 200, soapTask(`<state>running</state><cancelled>false</cancelled><progress>42</progress>`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running", Progress: .42}}},
		{"running, and somebody asked to cancel it", 200, soapTask(`<state>running</state><cancelled>true</cancelled>`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "running"}}},
		{"success", 200, soapTask(`<state>success</state><cancelled>false</cancelled><result type="VirtualMachineSnapshot" xsi:type="ManagedObjectReference">snapshot-88</result>`),
			vmwareSays{Status: settle.Status{State: settle.Succeeded, Raw: "success"}}},
		{"error", 200, soapTask(`<state>error</state><cancelled>false</cancelled><error><fault xsi:type="InvalidPowerState"><requestedState>poweredOn</requestedState><existingState>poweredOn</existingState></fault><localizedMessage>The VM is on already.</localizedMessage></error>`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "The VM is on already."}}},
		{"error, words in the fault alone", 200, soapTask(`<state>error</state><cancelled>false</cancelled><error><fault xsi:type="GenericVmConfigFault"><faultMessage><key>k</key><message>No space left</message></faultMessage><faultMessage><key>l</key><message>and more</message></faultMessage></fault><localizedMessage></localizedMessage></error>`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "No space left"}}},
		{"error without words", 200, soapTask(`<state>error</state><cancelled>false</cancelled><error><fault xsi:type="Timedout"></fault><localizedMessage></localizedMessage></error>`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "error", Reason: "Timedout"}}},
		{"canceled", 200, soapTask(`<state>error</state><cancelled>true</cancelled><error><fault xsi:type="RequestCanceled"></fault><localizedMessage>The task was canceled by a user</localizedMessage></error>`),
			vmwareSays{Status: settle.Status{State: settle.Canceled, Raw: "error RequestCanceled", Reason: "The task was canceled by a user"}}},
		{"absent", 500, soapFault("ManagedObjectNotFound", "The object has already been deleted or has not been completely created"),
			vmwareSays{Missing: true}},
		{"no session", 500, soapFault("NotAuthenticated", "The session is not authenticated."),
			vmwareSays{Denied: true, Words: "The session is not authenticated."}},
		{"no session, hidden in a 200", 200, missing("NotAuthenticated"), vmwareSays{Denied: true}},
		{"a privilege lacks", 500, soapFault("NoPermission", "Permission to perform this operation was denied."),
			vmwareSays{Denied: true, Words: "Permission to perform this operation was denied."}},
		{"vCenter is ill", 500, soapFault("SystemError", "A general system error occurred"), vmwareSays{Words: "A general system error occurred"}},
		{"a fault without words", 500, soapFault("InvalidRequest", ""), vmwareSays{Words: "InvalidRequest"}},
	})
}

// A Cis Task Info as the vSphere Automation API documents it.
func cisTask(different string) string {
	return strings.Replace(`{"description": {"id": "com.vmware.esx.settings.clusters.software.scan", "default_message": "Scan cluster", "args": []},
		"service": "com.vmware.esx.settings.clusters.software", "operation": "scan$task",
		"target": {"id": "domain-c8", "type": "ClusterComputeResource"}, …, "cancelable": true,
		"start_time": "2026-11-24T16:00:00.000Z", "user": "VSPHERE.LOCAL\\Administrator"}`, "…", different, 1)
}

func TestLibraryVMwareTasks(t *testing.T) {
	vmwareTable(t, vmwareRecipe(t, "vmware/tasks"), []vmwareAnswer{
		{"pending", 200, cisTask(`"status": "PENDING"`), vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "PENDING"}}},
		{"running", 200, cisTask(`"status": "RUNNING", "progress": {"total": 200, "completed": 50, "message": {"id": "m", "default_message": "Scanning host 1", "args": []}}`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "RUNNING", Progress: .25}}},
		{"running, and no total", 200, cisTask(`"status": "RUNNING", "progress": {"total": 0, "completed": 0}`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "RUNNING"}}},
		{"running, a result in part", 200, cisTask(`"status": "RUNNING", "result": {"status": "OK"}`),
			vmwareSays{Status: settle.Status{State: settle.Pending, Raw: "RUNNING"}}},
		{"blocked", 200, cisTask(`"status": "BLOCKED", "progress": {"total": 100, "completed": 10, "message": {"id": "m", "default_message": "Waiting for maintenance mode", "args": []}}`),
			vmwareSays{Status: settle.Status{State: settle.Blocked, Raw: "BLOCKED", Progress: .1, Reason: "Waiting for maintenance mode"}}},
		{"succeeded", 200, cisTask(`"status": "SUCCEEDED", "progress": {"total": 100, "completed": 100}, "end_time": "2026-11-24T16:01:00.000Z", "result": {"status": "COMPLIANT"}`),
			vmwareSays{Status: settle.Status{State: settle.Succeeded, Raw: "SUCCEEDED", Progress: 1}}},
		{"failed", 200, cisTask(`"status": "FAILED", "error": {"error_type": "ERROR", "messages": [{"id": "m", "default_message": "Host is unreachable", "args": []}]}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Reason: "Host is unreachable"}}},
		{"failed without words", 200, cisTask(`"status": "FAILED", "error": {"error_type": "TIMED_OUT", "messages": []}`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Reason: "TIMED_OUT"}}},
		{"failed, why is in the result", 200, cisTask(`"status": "FAILED", "result": "3 hosts failed"`),
			vmwareSays{Status: settle.Status{State: settle.Failed, Raw: "FAILED", Reason: "3 hosts failed"}}},
		{"canceled", 200, cisTask(`"status": "FAILED", "error": {"error_type": "CANCELED", "messages": [{"id": "m", "default_message": "The operation was canceled", "args": []}]}`),
			vmwareSays{Status: settle.Status{State: settle.Canceled, Raw: "FAILED CANCELED", Reason: "The operation was canceled"}}},
		{"absent", 404, `{"error_type": "NOT_FOUND", "messages": [{"id": "m", "default_message": "Task not found", "args": []}]}`, vmwareSays{Missing: true}},
		{"no session", 401, `{"error_type": "UNAUTHENTICATED", "messages": [{"id": "m", "default_message": "Authentication required.", "args": []}]}`,
			vmwareSays{Denied: true, Words: "Authentication required."}},
		{"a privilege lacks", 403, `{"error_type": "UNAUTHORIZED", "messages": []}`, vmwareSays{Denied: true, Words: "UNAUTHORIZED"}},
		{"vCenter is ill", 503, `{"error_type": "SERVICE_UNAVAILABLE", "messages": [{"id": "m", "default_message": "vAPI endpoint starts", "args": []}]}`,
			vmwareSays{Words: "vAPI endpoint starts"}},
	})
}

// govmomi v0.56.0 (vapi/cis/tasks, Info.IsDone) takes every status but PENDING and RUNNING for an end without an error.
func TestLibraryVMwareTasksBlockedIsNoEnd(t *testing.T) {
	got := vmwareJudges(vmwareRecipe(t, "vmware/tasks"), vmwareHears(t, 200, cisTask(`"status": "BLOCKED"`)))
	if got.Status.State.Ended() || got.Status.State != settle.Blocked {
		t.Errorf("got %+v, want blocked", got)
	}
}

// govmomi v0.56.0 (vapi/cis/tasks, waitForState) ends a wait at the first answer that it cannot read.
func TestLibraryVMwareTasksFailedGetIsNoEnd(t *testing.T) {
	for _, code := range []int{500, 502, 503, 504} {
		got := vmwareJudges(vmwareRecipe(t, "vmware/tasks"), vmwareHears(t, code, ``))
		if got.Missing || got.Denied || got.Status.State != settle.Unknown {
			t.Errorf("%d: got %+v, want a failed check", code, got)
		}
	}
}

// An item of a batch is read as the single answer is.
func TestLibraryVMwareBatches(t *testing.T) {
	jsonBatch := `{"_typeName": "RetrieveResult", "objects": [
		{"_typeName": "ObjectContent", "obj": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-73"},
		 "propSet": [{"_typeName": "DynamicProperty", "name": "info", "val": ` + jsonTask(`"state": "running", "cancelled": false, "progress": 42`) + `}]},
		{"_typeName": "ObjectContent", "obj": {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-74"},
		 "missingSet": [{"_typeName": "MissingProperty", "path": "info", "fault": {"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "NoPermission"}, "localizedMessage": ""}}]}]}`
	soapRunning := `<state>running</state><cancelled>false</cancelled><progress>42</progress>`
	rows := []struct {
		name, recipe, body string
		want               map[string]settle.State
	}{
		{"vsphere", "vmware/vsphere", jsonBatch, map[string]settle.State{"task-73": settle.Pending}},
		{"vsphere, none is there", "vmware/vsphere", ``, map[string]settle.State{}},
		{"vsphere, none is there", "vmware/vsphere", `{"_typeName": "RetrieveResult", "objects": []}`, map[string]settle.State{}},
		{"soap, one", "vmware/soap", soapTask(soapRunning), map[string]settle.State{"task-73": settle.Pending}},
		{"soap, two", "vmware/soap", soapEnvelope(`<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>` +
			soapObject("task-73", soapRunning) + soapObject("task-74", `<state>success</state><cancelled>false</cancelled>`) +
			`</returnval></RetrievePropertiesExResponse>`), map[string]settle.State{"task-73": settle.Pending, "task-74": settle.Succeeded}},
		{"soap, none is there", "vmware/soap", soapEnvelope(`<RetrievePropertiesExResponse xmlns="urn:vim25"></RetrievePropertiesExResponse>`), map[string]settle.State{}},
		{"soap, none is there", "vmware/soap", soapEnvelope(`<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval></returnval></RetrievePropertiesExResponse>`), map[string]settle.State{}},
		{"tasks", "vmware/tasks", `{"a:com.vmware.esx": ` + cisTask(`"status": "BLOCKED"`) + `, "b": ` + cisTask(`"status": "SUCCEEDED"`) + `}`,
			map[string]settle.State{"a:com.vmware.esx": settle.Blocked, "b": settle.Succeeded}},
		{"tasks, none is there", "vmware/tasks", `{}`, map[string]settle.State{}},
	}
	for _, row := range rows {
		got := vmwareItems(t, vmwareRecipe(t, row.recipe), vmwareHears(t, 200, row.body))
		if diff := cmp.Diff(got, row.want); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
}

func vmwareItems(t *testing.T, r *recipe.Recipe, a *recipe.Answer) map[string]settle.State {
	t.Helper()
	ctx := context.Background()
	items, _, err := r.Batch.Items.First(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]settle.State{}
	read := func(id string, item any) {
		status, err := r.Status.Reader.Status(ctx, &recipe.Answer{Status: a.Status, Header: a.Header, Body: item})
		if err != nil {
			t.Fatal(err)
		}
		got[id] = status.State
	}
	switch items := items.(type) {
	case []any:
		for _, item := range items {
			id, _, err := r.Batch.ID.First(ctx, &recipe.Answer{Body: item})
			if err != nil {
				t.Fatal(err)
			}
			read(id.(string), item)
		}
	case map[string]any:
		for id, item := range items {
			read(id, item)
		}
	default:
		t.Fatalf("items are %T", items)
	}
	return got
}

// A batch asks for all ids in one request, each escaped by itself.
func TestLibraryVMwareBatchRequests(t *testing.T) {
	known := recipe.Values{
		"url": "https://vc.lab", "release": "8.0.3.0", "ids": []any{"task-1", `task<&"2`},
		"login": map[string]any{"collector": "ha-property-collector"},
	}
	rows := []struct{ recipe, url, part string }{
		{"vmware/vsphere", "https://vc.lab/sdk/vim25/8.0.3.0/PropertyCollector/propertyCollector/RetrievePropertiesEx", `"type":"Task","value":"task<&\"2"`},
		{"vmware/soap", "https://vc.lab/sdk", `<objectSet><obj type="Task">task-1</obj></objectSet><objectSet><obj type="Task">task&lt;&amp;&#34;2</obj></objectSet>`},
		{"vmware/tasks", "https://vc.lab/api/cis/tasks?action=list", `{"filter_spec":{"tasks":["task-1","task<&\"2"]}}`},
	}
	for _, row := range rows {
		filled, err := vmwareRecipe(t, row.recipe).Batch.Request.Fill(context.Background(), known)
		if err != nil {
			t.Fatal(err)
		}
		if filled.URL != row.url || !strings.Contains(string(filled.Body), row.part) {
			t.Errorf("%s: got %s %s, want %s with %s", row.recipe, filled.URL, filled.Body, row.url, row.part)
		}
	}
}

func TestLibraryVMwareResults(t *testing.T) {
	rows := []struct{ name, recipe, body, want string }{
		{"a reference", "vmware/vsphere", jsonTask(`"state": "success", "cancelled": false, "result": {"_typeName": "ManagedObjectReference", "type": "VirtualMachineSnapshot", "value": "snapshot-74"}`), `"snapshot-74"`},
		{"a scalar", "vmware/vsphere", jsonTask(`"state": "success", "cancelled": false, "result": {"_typeName": "string", "_value": "done"}`), `"done"`},
		{"an object", "vmware/vsphere", jsonTask(`"state": "success", "cancelled": false, "result": {"_typeName": "X", "a": 1}`), `{"_typeName":"X","a":1}`},
		{"none", "vmware/vsphere", jsonTask(`"state": "success", "cancelled": false`), ``},
		{"a reference", "vmware/soap", soapTask(`<state>success</state><result type="VirtualMachineSnapshot" xsi:type="ManagedObjectReference">snapshot-88</result>`), `"snapshot-88"`},
		{"none", "vmware/soap", soapTask(`<state>success</state>`), ``},
		{"an object", "vmware/tasks", cisTask(`"status": "SUCCEEDED", "result": {"status": "COMPLIANT"}`), `{"status":"COMPLIANT"}`},
	}
	for _, row := range rows {
		got := vmwareRecipe(t, row.recipe).Result.Value.Words(context.Background(), vmwareHears(t, 200, row.body))
		if want := strings.Trim(row.want, `"`); got != want {
			t.Errorf("%s, %s: got %s, want %s", row.recipe, row.name, got, want)
		}
	}
}

// Logins: what a wrong password looks like, and where the session is.
func TestLibraryVMwareLogins(t *testing.T) {
	ctx := context.Background()
	rows := []struct {
		name, recipe string
		code         int
		body         string
		denied       bool
	}{
		{"wrong password", "vmware/vsphere", 500, `{"_typeName": "InvalidLogin", "faultMessage": [], "localizedMessage": "Cannot complete login due to an incorrect user name or password."}`, true},
		{"vCenter is ill", "vmware/vsphere", 500, `{"_typeName": "SystemError"}`, false},
		{"wrong password", "vmware/soap", 500, soapFault("InvalidLogin", "Cannot complete login due to an incorrect user name or password."), true},
		{"vCenter is ill", "vmware/soap", 500, soapFault("SystemError", "x"), false},
	}
	for _, row := range rows {
		login := vmwareRecipe(t, row.recipe).Auth[0].Login
		if got := login.Denied.True(ctx, vmwareHears(t, row.code, row.body)); got != row.denied {
			t.Errorf("%s, %s: denied is %v, want %v", row.recipe, row.name, got, row.denied)
		}
	}

	content := map[string]any{"propertyCollector": map[string]any{"@type": "PropertyCollector", "#text": "ha-property-collector"}}
	headers := http.Header{"Vmware-Api-Session-Id": {"abc"}, "Set-Cookie": {`other=1; Path=/`, `vmware_soap_session="def"; Path=/; HttpOnly; Secure;`}}
	for name, want := range map[string]any{
		"vmware/vsphere": "abc",
		"vmware/soap":    map[string]any{"session": `"def"`, "collector": "ha-property-collector"},
	} {
		got, _, err := vmwareRecipe(t, name).Auth[0].Login.Token.First(ctx, &recipe.Answer{
			Status: 200, Header: headers, Known: recipe.Values{"read": map[string]any{"content": content}},
		})
		if diff := cmp.Diff(got, want); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	token, _, err := vmwareRecipe(t, "vmware/tasks").Auth[0].Login.Token.First(ctx, vmwareHears(t, 201, `"b00063be"`))
	if err != nil || token != "b00063be" {
		t.Errorf("vmware/tasks: got %v, %v", token, err)
	}
}

func TestLibraryVMwareDetects(t *testing.T) {
	jsonContent := `{"_typeName": "ServiceContent", "rootFolder": {"_typeName": "ManagedObjectReference", "type": "Folder", "value": "group-d1"},
		"about": {"_typeName": "AboutInfo", "name": "VMware vCenter Server", "fullName": "VMware vCenter Server 8.0.3 build-24022515",
		"version": "8.0.3", "build": "24022515", "apiType": "VirtualCenter", "apiVersion": "8.0.3.0"}}`
	soapContent := func(about string) string {
		return soapEnvelope(`<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">ha-folder-root</rootFolder><about>` +
			about + `</about></returnval></RetrieveServiceContentResponse>`)
	}
	rows := []struct {
		name, recipe string
		code         int
		body         string
		is           bool
		version      string
	}{
		{"vCenter 8", "vmware/vsphere", 200, jsonContent, true, "VMware vCenter Server 8.0.3 build-24022515"},
		{"vCenter 7 has no such path", "vmware/vsphere", 404, ``, false, ""},
		{"something else", "vmware/vsphere", 200, `{"about": "us"}`, false, ""},
		{"ESXi", "vmware/soap", 200, soapContent(`<fullName>VMware ESXi 6.5.0 build-5969303</fullName><apiType>HostAgent</apiType><apiVersion>6.5</apiVersion>`), true, "VMware ESXi 6.5.0 build-5969303"},
		{"vCenter", "vmware/soap", 200, soapContent(`<apiType>VirtualCenter</apiType><apiVersion>6.7</apiVersion>`), true, "6.7"},
		{"a web page", "vmware/soap", 200, `<html><body>x</body></html>`, false, ""},
		{"vCenter", "vmware/tasks", 200, `{"user": "Administrator@VSPHERE.LOCAL", "created_time": "2026-11-24T16:00:00.000Z", "last_accessed_time": "2026-11-24T16:00:00.000Z"}`, true, ""},
		{"no such API", "vmware/tasks", 404, ``, false, ""},
	}
	ctx := context.Background()
	for _, row := range rows {
		d, a := vmwareRecipe(t, row.recipe).Detect, vmwareHears(t, row.code, row.body)
		is := d.When.True(ctx, a)
		version := d.Version.Words(ctx, a)
		if is != row.is || is && version != row.version {
			t.Errorf("%s, %s: got %v %q, want %v %q", row.recipe, row.name, is, version, row.is, row.version)
		}
	}
}

func TestLibraryVMware(t *testing.T) {
	if r := vmwareRecipe(t, "vmware"); r.Name != "vmware/vsphere" {
		t.Errorf("vmware is %s", r.Name)
	}
	var names []string
	for _, a := range vmwareRecipe(t, "vmware/soap").Actions {
		names = append(names, a.Name)
	}
	if want := []string{"snapshot.create", "snapshot.delete", "disk.expand", "vm.resize"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
