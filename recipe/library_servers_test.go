package recipe_test

import (
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

const upid = "UPID:pve1:0029E5C9:0A1F3C2B:66F2D0A1:qmsnapshot:100:root@pam!ci:"

func proxmoxTask(status, different string) string {
	return `{"data": {"upid": "` + upid + `", "node": "pve1", "pid": 2745801, "pstart": 169819179, "starttime": 1727189153, "type": "qmsnapshot", "id": "100", "user": "root@pam",
		"tokenid": "ci", "status": "` + status + `"` + different + `}}`
}

func TestLibraryProxmox(t *testing.T) {
	verdicts(t, "proxmox/task", []said{
		{name: "running", body: proxmoxTask("running", ``), want: "pending [running]"},
		{name: "ended well", body: proxmoxTask("stopped", `, "exitstatus": "OK"`), want: "succeeded [OK]"},
		{name: "stopped", body: proxmoxTask("stopped", `, "exitstatus": "received interrupt"`), want: "canceled [received interrupt]: received interrupt"},
		{name: "failed", body: proxmoxTask("stopped", `, "exitstatus": "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout"`),
			want: "failed [can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout]: can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout"},
		{name: "stopped without a word", body: proxmoxTask("stopped", ``), want: "no answer: it has no state"},
		{name: "no ticket", code: 401, body: `{"data": null, "message": "authentication failure\n"}`, want: "denied: authentication failure\n"},
		{name: "no such task", code: 500, body: `{"data": null, "message": "unable to open task file"}`, want: "no answer: unable to open task file"},
		{name: "a parameter that is none", code: 400, body: `{"data": null, "message": "Parameter verification failed.", "errors": {"upid": "unable to parse worker upid"}}`,
			want: "no answer: Parameter verification failed.; upid: unable to parse worker upid"},
	})
	lab := recipe.Values{"url": "https://pve1.lab:8006"}
	const escaped = "UPID%3Apve1%3A0029E5C9%3A0A1F3C2B%3A66F2D0A1%3Aqmsnapshot%3A100%3Aroot%40pam%21ci%3A"
	vm := recipe.Values{"url": "https://pve1.lab:8006", "read": map[string]any{"vm": "nodes/pve2/qemu/100", "memory": nil}}
	askings(t, []asking{
		{name: "proxmox", what: "status", id: upid, values: lab, want: "GET https://pve1.lab:8006/api2/json/nodes/pve1/tasks/" + escaped + "/status"},
		{name: "proxmox", what: "cancel", id: upid, values: lab, want: "DELETE https://pve1.lab:8006/api2/json/nodes/pve1/tasks/" + escaped},
		{name: "proxmox", what: "snapshot.create read vm", values: lab, given: map[string]any{"vm": "web-07", "name": "pre"}, want: "GET https://pve1.lab:8006/api2/json/cluster/resources?type=vm"},
		{name: "proxmox", what: "snapshot.create", values: vm, given: map[string]any{"vm": "web-07", "name": "pre"}, want: "POST https://pve1.lab:8006/api2/json/nodes/pve2/qemu/100/snapshot\n" + `{"snapname":"pre"}`},
		{name: "proxmox", what: "snapshot.delete", values: vm, given: map[string]any{"vm": "web-07", "name": "pre"}, want: "DELETE https://pve1.lab:8006/api2/json/nodes/pve2/qemu/100/snapshot/pre"},
	})
	startings(t, []starting{{name: "proxmox", action: "snapshot.create", body: `{"data":"` + upid + `"}`, want: upid}})
	ticket := builtIn(t, "proxmox").Auth[1]
	got := sent(t, ticket.Login.Request, recipe.Values{"url": "https://pve1.lab:8006", "user": "root@pam", "password": "a&b"})
	if want := "POST https://pve1.lab:8006/api2/json/access/ticket\nContent-Type: application/x-www-form-urlencoded\nusername=root%40pam&password=a%26b"; got != want {
		t.Errorf("login: got %s, want %s", got, want)
	}
}

// go-proxmox takes only "OK" for success, and so reports a task that ended with warnings as failed.
func TestLibraryProxmoxWarningsAreNoFailure(t *testing.T) {
	verdicts(t, "proxmox/task", []said{
		{name: "one", body: proxmoxTask("stopped", `, "exitstatus": "WARNINGS: 1"`), want: "warned, succeeded [WARNINGS: 1]: WARNINGS: 1"},
		{name: "many", body: proxmoxTask("stopped", `, "exitstatus": "WARNINGS: 12"`), want: "warned, succeeded [WARNINGS: 12]: WARNINGS: 12"},
	})
}

func TestLibraryRedfish(t *testing.T) {
	task := func(state, status, different string) string {
		return `{"@odata.id": "/redfish/v1/TaskService/Tasks/545", "@odata.type": "#Task.v1_4_3.Task", "Id": "545", "Name": "Task 545", "TaskMonitor": "/taskmon/545",
			"TaskState": "` + state + `", "StartTime": "2026-11-24T10:00:00+00:00", "TaskStatus": "` + status + `"` + different + `}`
	}
	const message = `, "Messages": [{"MessageId": "Base.1.8.Success", "RelatedProperties": [], "Message": "Started", "Severity": "OK"}, {"MessageId": "Update.1.0.ApplyFailed", "Message": "The image could not be applied.", "Severity": "Critical"}]`
	verdicts(t, "redfish/task", []said{
		{name: "running", body: task("Running", "OK", `, "PercentComplete": 45`), want: "pending [Running] 45%"},
		{name: "completed", body: task("Completed", "OK", `, "PercentComplete": 100`), want: "succeeded [Completed] 100%"},
		{name: "completed with a warning", body: task("Completed", "Warning", message), want: "warned, succeeded [Completed, Warning]: The image could not be applied."},
		{name: "exception", body: task("Exception", "Critical", message), want: "failed [Exception]: The image could not be applied."},
		{name: "not found", code: 404, body: `{"error": {"code": "Base.1.8.GeneralError", "message": "A general error has occurred.", "@Message.ExtendedInfo": [{"MessageId": "Base.1.8.ResourceMissingAtURI", "Message": "The resource at the URI was not found."}]}}`,
			want: "missing: The resource at the URI was not found."},
		{name: "wrong password", code: 401, body: `{"error": {"code": "Base.1.8.NoValidSession", "message": "There is no valid session."}}`, want: "denied: There is no valid session."},
	})
	vocabulary(t, "redfish/task", `{"TaskState":"%s"}`, map[string]string{"pending": "New|Starting|Running|Suspended|Interrupted|Pending|Stopping|Service|Cancelling", "succeeded": "Completed", "failed": "Killed|Exception", "canceled": "Cancelled"})
	askings(t, []asking{{name: "redfish", what: "status", id: "JID_1 2", values: recipe.Values{"url": "https://bmc"}, want: "GET https://bmc/redfish/v1/TaskService/Tasks/JID_1%202"}})
}

func TestLibraryNSX(t *testing.T) {
	verdicts(t, "nsx/task", []said{
		{name: "running", body: `{"id":"7f3e","status":"running","progress":40,"message":"","async_response_available":false,"cancelable":true}`, want: "pending [running] 40%"},
		{name: "success", body: `{"id":"7f3e","status":"success","progress":100}`, want: "succeeded [success] 100%"},
		{name: "error", body: `{"id":"7f3e","status":"error","progress":60,"message":"Host is not reachable"}`, want: "failed [error] 60%: Host is not reachable"},
		{name: "not found", code: 404, body: `{"httpStatus":"NOT_FOUND","error_code":600,"module_name":"common-services","error_message":"The requested object : 7f3e could not be found."}`,
			want: "missing: The requested object : 7f3e could not be found."},
		{name: "wrong password", code: 403, body: `{"module_name":"common-services","error_message":"The credentials were incorrect or the account specified has been locked.","error_code":403}`,
			want: "denied: The credentials were incorrect or the account specified has been locked."},
	})
	vocabulary(t, "nsx/task", `{"status":"%s"}`, map[string]string{"pending": "running|canceling", "succeeded": "success", "failed": "error|killed", "canceled": "canceled"})
	lab := recipe.Values{"url": "https://nsx"}
	askings(t, []asking{
		{name: "nsx", what: "status", id: "7f3e_a", values: lab, want: "GET https://nsx/api/v1/tasks/7f3e_a"},
		{name: "nsx", what: "cancel", id: "7f3e", values: lab, want: "POST https://nsx/api/v1/tasks/7f3e?action=cancel"},
	})
}

func TestLibraryLXD(t *testing.T) {
	operation := func(status string, code string, different string) string {
		return strings.NewReplacer("STATUS", status, "CODE", code, "DIFFERENT", different).Replace(`{"type": "sync", "status": "Success", "status_code": 200, "operation": "", "error_code": 0, "error": "", "metadata": {
			"id": "b9e40cf4-0b0c-4e45-9b1f-4b6d4d2a1c11", "class": "task", "description": "Snapshotting instance", "created_at": "2026-11-24T10:00:00Z", "updated_at": "2026-11-24T10:00:00Z",
			"status": "STATUS", "status_code": CODE, "may_cancel": false, "location": "none", DIFFERENT}}`)
	}
	const plain = `"resources": {"instances": ["/1.0/instances/web-07"]}, "metadata": null, "err": ""`
	verdicts(t, "lxd/operation", []said{
		{name: "running", body: operation("Running", "103", plain), want: "pending [Running]"},
		{name: "downloading", body: operation("Running", "103", `"resources": {}, "metadata": {"download_progress": "rootfs: 45% (3.20MB/s)", "progress": {"percent": "45", "speed": "3200000", "stage": "download"}}, "err": ""`), want: "pending [Running] 45%"},
		{name: "success", body: operation("Success", "200", plain), want: `succeeded [Success] => {"instances":["/1.0/instances/web-07"]}`},
		{name: "failure", body: operation("Failure", "400", `"resources": null, "metadata": null, "err": "Failed to run: /usr/lib/lxd forkstart web-07: exit status 1"`),
			want: "failed [Failure]: Failed to run: /usr/lib/lxd forkstart web-07: exit status 1"},
		{name: "canceled", body: operation("Cancelled", "401", plain), want: "canceled [Cancelled]"},
		{name: "forgotten", code: 404, body: `{"type": "error", "status": "", "status_code": 0, "operation": "", "error_code": 404, "error": "Operation not found", "metadata": null}`, want: "missing: Operation not found"},
		{name: "no certificate", code: 403, body: `{"type": "error", "error_code": 403, "error": "not authorized", "metadata": null}`, want: "denied: not authorized"},
	})
	vocabulary(t, "lxd/operation", `{"metadata":{"status":"%s"}}`, map[string]string{"pending": "Pending|Running|Cancelling", "succeeded": "Success", "failed": "Failure", "canceled": "Cancelled"})
	lab := recipe.Values{"url": "https://lxd.lab:8443", "seconds": 20}
	const start = `{"type": "async", "status": "Operation created", "status_code": 100, "operation": "/1.0/operations/b9e40cf4-0b0c", "error_code": 0, "error": "", "metadata": {"id": "b9e40cf4-0b0c", "status": "Running"}}`
	askings(t, []asking{
		{name: "lxd", what: "status", id: "b9e40cf4/../..", values: lab, want: "GET https://lxd.lab:8443/1.0/operations/b9e40cf4%2F..%2F.."},
		{name: "lxd", what: "poll", id: "b9e40cf4", values: lab, want: "GET https://lxd.lab:8443/1.0/operations/b9e40cf4/wait?timeout=20"},
		{name: "lxd", what: "cancel", id: "b9e40cf4", values: lab, want: "DELETE https://lxd.lab:8443/1.0/operations/b9e40cf4"},
		{name: "lxd", what: "snapshot.create", values: recipe.Values{"url": "https://lxd", "project": "lab"}, given: map[string]any{"instance": "web-07", "name": "pre"},
			want: "POST https://lxd/1.0/instances/web-07/snapshots?project=lab\n" + `{"name":"pre","stateful":false}`},
		{name: "lxd", what: "snapshot.delete", values: lab, given: map[string]any{"instance": "web-07", "name": "a/b"}, want: "DELETE https://lxd.lab:8443/1.0/instances/web-07/snapshots/a%2Fb"},
		{name: "lxd", what: "instance.state", values: lab, given: map[string]any{"instance": "web-07", "action": "stop", "force": "true"},
			want: "PUT https://lxd.lab:8443/1.0/instances/web-07/state\n" + `{"action":"stop","force":true,"timeout":-1}`},
	})
	startings(t, []starting{{name: "lxd", action: "snapshot.create", code: 202, body: start, want: "b9e40cf4-0b0c"}, {name: "lxd", action: "instance.state", code: 202, body: `{}`, want: "error"}})
	busy := said{code: 400, body: `{"type":"error","error_code":400,"error":"Instance is busy running a \"stop\" operation"}`}.answer(t)
	if !builtIn(t, "lxd").Action("instance.state").Busy.True(t.Context(), busy) {
		t.Error("a busy instance is refused for good")
	}
}

// An operation of LXD is forgotten five seconds after its end: who asks less often loses how it ended.
func TestLibraryLXDAsksOftenEnough(t *testing.T) {
	p, err := settle.ParsePolicy(builtIn(t, "lxd").Policy)
	if err != nil {
		t.Fatal(err)
	}
	if p.Max >= 5*time.Second {
		t.Errorf("got %v between checks", p.Max)
	}
}

func TestLibrarySlurm(t *testing.T) {
	old := func(state, reason string, code string) string {
		return strings.NewReplacer("STATE", state, "REASON", reason, "CODE", code).Replace(`{"meta": {"plugin": {"type": "openapi/v0.0.38", "name": "Slurm OpenAPI v0.0.38"}, "Slurm": {"version": {"major": 22, "micro": 8, "minor": 5}, "release": "22.05.8"}},
			"errors": [], "jobs": [{"account": "", "job_id": 7, "name": "settle", "job_state": "STATE", "state_reason": "REASON", "state_description": "", "exit_code": CODE, "nodes": "n1", "user_name": "ops"}]}`)
	}
	fresh := func(states, different string) string {
		return `{"jobs": [{"job_id": 7, "name": "settle", "job_state": [` + states + `], "state_reason": "None", ` + different + `}], "last_update": {"set": true, "infinite": false, "number": 1727189153}, "errors": [], "warnings": []}`
	}
	const fine = `"exit_code": {"status": ["SUCCESS"], "return_code": {"set": true, "infinite": false, "number": 0}, "signal": {"id": {"set": false, "infinite": false, "number": 0}, "name": ""}}`
	verdicts(t, "slurm/job", []said{
		{name: "waits", body: old("PENDING", "Resources", "0"), want: "pending [PENDING]: Resources"},
		{name: "running", body: old("RUNNING", "None", "0"), want: "pending [RUNNING]"},
		{name: "ends", body: old("COMPLETING", "None", "0"), want: "pending [COMPLETING]"},
		{name: "completed", body: old("COMPLETED", "None", "0"), want: "succeeded [COMPLETED]"},
		{name: "failed with exit code 7", body: old("FAILED", "NonZeroExitCode", "1792"), want: "failed [FAILED]: NonZeroExitCode, exit code 7"},
		{name: "canceled", body: old("CANCELLED", "None", "0"), want: "canceled [CANCELLED]"},
		{name: "unknown, with HTTP 500", code: 500, body: `{"meta": {"plugin": {"type": "openapi/v0.0.38"}}, "errors": [{"error": "Invalid job id specified", "error_number": 2017}], "jobs": []}`, want: "missing: Invalid job id specified"},
		{name: "another error, with HTTP 500", code: 500, body: `{"errors": [{"error": "Unable to contact slurm controller (connect failure)", "error_number": 1800}]}`, want: "no answer: Unable to contact slurm controller (connect failure)"},
		{name: "an error, with HTTP 200", body: `{"errors": [{"description": "Failure to query job", "error_number": 5005, "error": "Zero Bytes were transmitted or received", "source": "slurm_load_job()"}], "jobs": []}`,
			want: "no answer: ok: .errors // [] | length == 0 is false: Zero Bytes were transmitted or received"},
		{name: "no token", code: 401, body: ``, want: "denied"},
		{name: "a list: running", body: fresh(`"RUNNING"`, fine), want: "pending [RUNNING]"},
		{name: "a list: ran well, and ends", body: fresh(`"COMPLETED", "COMPLETING"`, fine), want: "pending [COMPLETING]"},
		{name: "a list: completed", body: fresh(`"COMPLETED"`, fine), want: "succeeded [COMPLETED]"},
		{name: "a list: failed, and is to run again", body: fresh(`"PENDING", "REQUEUED"`, fine), want: "pending [REQUEUED]"},
		{name: "a list: held", body: fresh(`"PENDING", "REQUEUE_HOLD"`, fine), want: "blocked [REQUEUE_HOLD]"},
		{name: "a list: timed out", body: fresh(`"TIMEOUT"`, fine), want: "failed [TIMEOUT]"},
		{name: "a list: failed", body: fresh(`"FAILED"`, strings.Replace(fine, `"number": 0}, "signal"`, `"number": 3}, "signal"`, 1)), want: "failed [FAILED]: exit code 3"},
	})
	vocabulary(t, "slurm/job", `{"jobs":[{"job_state":"%s"}]}`, map[string]string{
		"pending": "PENDING|CONFIGURING|RUNNING|COMPLETING|STAGE_OUT|SUSPENDED|STOPPED|SIGNALING|RESIZING|REQUEUED|REQUEUE_FED|POWER_UP_NODE|EXPEDITING|UPDATE_DB",
		"blocked": "PENDING JobHeldUser|PENDING JobHeldAdmin|PENDING DependencyNeverSatisfied|REQUEUE_HOLD|SPECIAL_EXIT|RESV_DEL_HOLD", "succeeded": "COMPLETED",
		"failed": "FAILED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE|PREEMPTED|LAUNCH_FAILED|RECONFIG_FAIL", "canceled": "CANCELLED|REVOKED",
	})
	lab := recipe.Values{"url": "http://slurm:6820", "version": "v0.0.38"}
	askings(t, []asking{
		{name: "slurm", what: "status", id: "7", values: lab, want: "GET http://slurm:6820/slurm/v0.0.38/job/7"},
		{name: "slurm", what: "cancel", id: "7", values: lab, want: "DELETE http://slurm:6820/slurm/v0.0.38/job/7"},
		{name: "slurm", what: "job.submit", values: lab, given: map[string]any{"script": "#!/bin/sh\nsleep 1"},
			want: "POST http://slurm:6820/slurm/v0.0.38/job/submit\n" + `{"job":{"current_working_directory":"/tmp","environment":{"PATH":"/bin:/usr/bin"},"name":"settle"},"script":"#!/bin/sh\nsleep 1"}`},
		{name: "slurm", what: "job.submit", comment: " to a newer one", values: recipe.Values{"url": "http://slurm:6820"}, given: map[string]any{"script": "x", "partition": "gpu"},
			want: "POST http://slurm:6820/slurm/v0.0.40/job/submit\n" + `{"job":{"current_working_directory":"/tmp","environment":["PATH=/bin:/usr/bin"],"name":"settle","partition":"gpu"},"script":"x"}`},
	})
	startings(t, []starting{{name: "slurm", action: "job.submit", body: `{"errors":[],"job_id":7,"step_id":"BATCH","job_submit_user_msg":""}`, want: "7"}})
}

func TestLibraryElasticsearch(t *testing.T) {
	task := func(completed, status, different string) string {
		return `{"completed": ` + completed + `, "task": {"node": "oTUltX4IQMOUUVeiohTt8A", "id": 124, "type": "transport", "action": "indices:data/write/reindex", "status": {` + status + `},
			"description": "reindex from [a] to [b]", "start_time_in_millis": 1727189153000, "running_time_in_nanos": 5000000, "cancellable": true, "headers": {}}` + different + `}`
	}
	const done = `"total": 100, "updated": 10, "created": 90, "deleted": 0, "batches": 1, "version_conflicts": 0, "noops": 0`
	verdicts(t, "elasticsearch/task", []said{
		{name: "running", body: task("false", `"total": 100, "updated": 10, "created": 20, "deleted": 5, "version_conflicts": 3, "noops": 2`, ``), want: "pending [RUNNING] 40%"},
		{name: "not counted yet", body: task("false", `"total": 0, "updated": 0, "created": 0, "deleted": 0`, ``), want: "pending [RUNNING]"},
		{name: "completed", body: task("true", done, `, "response": {"took": 5, "timed_out": false, "total": 100, "failures": []}`), want: `succeeded [SUCCEEDED] 100% => {"failures":[],"timed_out":false,"took":5,"total":100}`},
		{name: "completed, and a document failed", body: task("true", done, `, "response": {"took": 5, "timed_out": false, "failures": [{"index": "b", "id": "1", "cause": {"type": "mapper_parsing_exception", "reason": "failed to parse field [n]"}, "status": 400}]}`),
			want: "failed [FAILED] 100%: failed to parse field [n]"},
		{name: "error", body: task("true", `"total": 0`, `, "error": {"type": "index_not_found_exception", "reason": "no such index [a]"}`), want: "failed [FAILED]: no such index [a]"},
		{name: "canceled", body: task("true", done, `, "response": {"took": 5, "timed_out": false, "canceled": "by user request", "failures": []}`), want: "canceled [CANCELED] 100%: by user request"},
		{name: "not found", code: 404, body: `{"error": {"root_cause": [{"type": "resource_not_found_exception"}], "type": "resource_not_found_exception", "reason": "task [x:1] isn't running and hasn't stored its results"}, "status": 404}`,
			want: "missing: task [x:1] isn't running and hasn't stored its results"},
		{name: "wrong password", code: 401, body: `{"error": {"type": "security_exception", "reason": "unable to authenticate user [ops] for REST request"}, "status": 401}`, want: "denied: unable to authenticate user [ops] for REST request"},
		{name: "OpenSearch's plain error", code: 503, body: `{"error": "OpenSearch Security not initialized.", "status": 503}`, want: "no answer: OpenSearch Security not initialized."},
	})
	lab := recipe.Values{"url": "https://es:9200"}
	askings(t, []asking{
		{name: "elasticsearch", what: "status", id: "oTUltX4IQMOUUVeiohTt8A:124", values: lab, want: "GET https://es:9200/_tasks/oTUltX4IQMOUUVeiohTt8A%3A124"},
		{name: "elasticsearch", what: "cancel", id: "oTUltX4IQMOUUVeiohTt8A:124", values: lab, want: "POST https://es:9200/_tasks/oTUltX4IQMOUUVeiohTt8A%3A124/_cancel"},
	})
}

func TestLibraryNetApp(t *testing.T) {
	verdicts(t, "netapp/job", []said{
		{name: "running, as NetApp shows it", body: `{"uuid": "b5145e1d-b53b-11e8-8252-005056bbd8f5", "code": 0, "description": "Cluster Backup Job", "state": "running", "message": "creating_node_backups", "_links": {"self": {"href": "/api/cluster/jobs/b5145e1d-b53b-11e8-8252-005056bbd8f5"}}}`,
			want: "pending [running]: creating_node_backups"},
		{name: "success, as NetApp shows it", body: `{"uuid": "d877f5bb-3aa7-11e9-b6c6-005056a78c89", "description": "PATCH /api/cluster", "state": "success", "message": "success", "code": 0}`, want: "succeeded [success]: success"},
		{name: "failure", body: `{"uuid": "d877", "description": "POST /api/storage/volumes", "state": "failure", "message": "entry doesn't exist", "code": 917927, "error": {"message": "The aggregate is full.", "code": "917927"}}`, want: "failed [failure]: The aggregate is full."},
		{name: "paused", body: `{"uuid": "d877", "state": "paused", "message": "", "code": 0}`, want: "blocked [paused]"},
		{name: "deleted five minutes after its end", code: 404, body: `{"error": {"message": "entry doesn't exist", "code": "4", "target": "uuid"}}`, want: "missing: entry doesn't exist"},
		{name: "wrong password", code: 401, body: `{"error": {"message": "User is not authorized", "code": "6691623"}}`, want: "denied: User is not authorized"},
	})
	vocabulary(t, "netapp/job", `{"state":"%s"}`, map[string]string{"pending": "queued|running", "blocked": "paused", "succeeded": "success", "failed": "failure"})
	lab := recipe.Values{"url": "https://ontap", "ids": []any{"d877", "b514"}}
	const fields = "fields=state%2Cmessage%2Ccode%2Cdescription%2Cerror"
	askings(t, []asking{
		{name: "netapp", what: "status", id: "d877", values: lab, want: "GET https://ontap/api/cluster/jobs/d877?" + fields},
		{name: "netapp", what: "batch", values: lab, want: "GET https://ontap/api/cluster/jobs?uuid=d877%7Cb514&" + fields + "&max_records=100"},
		{name: "netapp", what: "cancel", id: "d877", values: lab, want: "PATCH https://ontap/api/cluster/jobs/d877?action=cancel\n{}"},
	})
	got := strings.Join(batched(t, "netapp", `{"records":[{"uuid":"d877","state":"success"},{"uuid":"b514","state":"queued"}],"num_records":2}`), "; ")
	if want := "d877 succeeded [success]; b514 pending [queued]"; got != want {
		t.Errorf("batch: got %s, want %s", got, want)
	}
}
