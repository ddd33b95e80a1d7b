package recipe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

func TestLibraryHetzner(t *testing.T) {
	action := func(status, progress, failure string) string {
		return `{"action": {"id": 42, "command": "create_image", "status": "` + status + `", "progress": ` + progress + `, "started": "2016-01-30T23:50:00+00:00", "finished": null,
			"resources": [{"id": 42, "type": "server"}], "error": ` + failure + `}}`
	}
	verdicts(t, "hetzner/action", []said{
		{name: "running", body: action("running", "40", "null"), want: "pending [running] 40%"},
		{name: "success", body: action("success", "100", "null"), want: `succeeded [success] 100% => [{"id":42,"type":"server"}]`},
		{name: "error", body: action("error", "100", `{"code": "action_failed", "message": "Action failed"}`), want: "failed [error] 100%: Action failed"},
		{name: "not found", code: 404, body: `{"error": {"code": "not_found", "message": "action with ID '7' not found", "details": null}}`, want: "missing: action with ID '7' not found"},
		{name: "bad token", code: 401, body: `{"error": {"code": "unauthorized", "message": "unable to authenticate"}}`, want: "denied: unable to authenticate"},
		{name: "too many requests", code: 429, body: `{"error": {"code": "rate_limit_exceeded", "message": "limit of 3600 requests per hour reached"}}`, want: "no answer: limit of 3600 requests per hour reached"},
	})
	vocabulary(t, "hetzner/action", `{"action":{"status":"%s"}}`, map[string]string{"pending": "running", "succeeded": "success", "failed": "error"})
	askings(t, []asking{
		{name: "hetzner", what: "status", id: "42", want: "GET https://api.hetzner.cloud/v1/actions/42"},
		{name: "hetzner", what: "batch", values: recipe.Values{"ids": []any{"1", "2&3"}}, want: "GET https://api.hetzner.cloud/v1/actions?id=1&id=2%263&per_page=50"},
		{name: "hetzner", what: "server.snapshot read named", given: map[string]any{"server": "web 07", "description": "d"}, want: "GET https://api.hetzner.cloud/v1/servers?name=web%2007"},
		{name: "hetzner", what: "server.snapshot read server", values: recipe.Values{"read": map[string]any{"named": nil}}, given: map[string]any{"server": "42", "description": "d"}, want: "42"},
		{name: "hetzner", what: "server.snapshot", values: recipe.Values{"read": map[string]any{"server": 42}}, given: map[string]any{"server": "web-07", "description": "pre"},
			want: "POST https://api.hetzner.cloud/v1/servers/42/actions/create_image\n" + `{"description":"pre","type":"snapshot"}`},
		{name: "hetzner", what: "volume.resize", values: recipe.Values{"read": map[string]any{"volume": 7}}, given: map[string]any{"volume": "7", "size": "200GiB"},
			want: "POST https://api.hetzner.cloud/v1/volumes/7/actions/resize\n" + `{"size":200}`},
	})
	startings(t, []starting{{name: "hetzner", action: "volume.resize", code: 201, body: action("running", "0", "null"), want: "42"}})
	got := strings.Join(batched(t, "hetzner", `{"actions":[{"id":1,"status":"running","progress":50,"error":null},{"id":2,"status":"error","progress":0,"error":{"code":"c","message":"m"}}],"meta":{}}`), "; ")
	if want := "1 pending [running] 50%; 2 failed [error]: m"; got != want {
		t.Errorf("batch: got %s, want %s", got, want)
	}
}

const azureRefusal = `{"error": {"code": "AuthenticationFailed", "message": "Authentication failed. The 'Authorization' header is missing."}}`

func TestLibraryAzureOperation(t *testing.T) {
	verdicts(t, "azure/operation", []said{
		{name: "in progress", body: `{"id": "/subscriptions/s/providers/Microsoft.Compute/locations/westeurope/operations/o", "name": "o", "status": "InProgress", "percentComplete": 50.0, "startTime": "2026-11-24T10:00:00Z"}`, want: "pending [InProgress] 50%"},
		{name: "with 202", code: 202, body: `{"status": "Accepted"}`, want: "pending [Accepted]"},
		{name: "a word of the provider's own", body: `{"status": "ResolvingDependencies"}`, want: "pending [ResolvingDependencies]"},
		{name: "succeeded", body: `{"status": "Succeeded", "percentComplete": 100, "properties": {"output": {"accessSAS": "x"}}}`, want: `succeeded [Succeeded] 100% => {"output":{"accessSAS":"x"}}`},
		{name: "in small letters", body: `{"status": "succeeded"}`, want: "succeeded [succeeded]"},
		{name: "failed", body: `{"status": "Failed", "error": {"code": "OSProvisioningTimedOut", "message": "OS Provisioning did not finish in the allotted time."}}`, want: "failed [Failed]: OS Provisioning did not finish in the allotted time."},
		{name: "canceled", body: `{"status": "Canceled", "error": {"code": "OperationPreempted", "message": "preempted by a newer one"}}`, want: "canceled [Canceled]: preempted by a newer one"},
		{name: "no status", body: `{}`, want: "no answer: it has no state"},
		{name: "a conflict is a failed reading", code: 409, body: `{"error": {"code": "Conflict", "message": "busy"}}`, want: "no answer: busy"},
		{name: "not found", code: 404, body: `{"error": {"code": "NotFound", "message": "The entity was not found."}}`, want: "missing: The entity was not found."},
		{name: "no token", code: 401, body: azureRefusal, want: "denied: Authentication failed. The 'Authorization' header is missing."},
	})
	const op = "https://management.azure.com/subscriptions/s/providers/Microsoft.Compute/locations/westeurope/operations/o?monitor=true&api-version=2024-07-01&t=a%2Bb"
	askings(t, []asking{
		{name: "azure", what: "status", id: op, want: "GET " + op},
		{name: "azure/location", what: "status", id: op, want: "GET " + op},
		{name: "azure/resource", what: "status", id: "/subscriptions/s/resourceGroups/lab%20a/providers/Microsoft.Compute/disks/data?api-version=2024-03-02",
			want: "GET https://management.azure.com/subscriptions/s/resourceGroups/lab%20a/providers/Microsoft.Compute/disks/data?api-version=2024-03-02"},
	})
	for _, kind := range []string{"operation", "location", "resource"} {
		way := builtIn(t, "azure/"+kind).Auth[1]
		var command []string
		for _, argument := range way.Exec {
			command = append(command, argument.String())
		}
		if got, want := strings.Join(command, " "), "az account get-access-token --query accessToken --output tsv"; got != want || len(way.Fields) != 0 {
			t.Errorf("%s: got %s, %v", kind, got, way.Fields)
		}
	}
}

func TestLibraryAzureLocation(t *testing.T) {
	verdicts(t, "azure/location", []said{
		{name: "goes on", code: 202, header: map[string]string{"Location": "https://management.azure.com/next", "Retry-After": "15"}, want: "pending [202]"},
		{name: "done", code: 200, body: `{"id": "/subscriptions/s", "properties": {"provisioningState": "Succeeded"}}`, want: `succeeded [200] => {"id":"/subscriptions/s","properties":{"provisioningState":"Succeeded"}}`},
		{name: "done, and nothing to say", code: 204, want: "succeeded [204]"},
		{name: "failed", code: 409, body: `{"error": {"code": "Conflict", "message": "The disk is attached."}}`, want: "failed [409]: The disk is attached."},
		{name: "not found", code: 404, body: `{"error": {"code": "NotFound", "message": "gone"}}`, want: "missing: gone"},
		{name: "no token", code: 401, body: azureRefusal, want: "denied: Authentication failed. The 'Authorization' header is missing."},
		{name: "too many requests", code: 429, body: `{"error": {"code": "TooManyRequests", "message": "slow down"}}`, want: "no answer: slow down"},
		{name: "server error", code: 503, want: "no answer"},
	})
	follow := func(code int, location string) any {
		v, _, err := builtIn(t, "azure/location").Status.Follow.First(t.Context(), &recipe.Answer{Status: code, Header: http.Header{"Location": {location}}})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if got := follow(202, "https://management.azure.com/next"); got != "https://management.azure.com/next" {
		t.Errorf("the next place to ask: got %v", got)
	}
	if got := follow(201, "https://management.azure.com/made"); got != nil {
		t.Errorf("after the end: got %v", got)
	}
}

func TestLibraryAzureResource(t *testing.T) {
	resource := func(state string) string {
		return `{"id": "/subscriptions/s/disks/data", "name": "data", "location": "westeurope", "properties": {"diskSizeGB": 200` + state + `}}`
	}
	verdicts(t, "azure/resource", []said{
		{name: "being made", body: resource(`, "provisioningState": "Updating"`), want: "pending [Updating]"},
		{name: "made", body: resource(`, "provisioningState": "Succeeded"`), want: "succeeded [Succeeded] => /subscriptions/s/disks/data"},
		{name: "without the word", body: resource(``), want: "succeeded [Succeeded] => /subscriptions/s/disks/data"},
		{name: "failed", body: resource(`, "provisioningState": "Failed"`), want: "failed [Failed]"},
		{name: "nothing at all", code: 204, want: "no answer: it has no state"},
	})
}

func TestLibraryAzureBlobCopy(t *testing.T) {
	headers := func(status string, more ...string) map[string]string {
		all := map[string]string{"x-ms-copy-id": "1f8", "x-ms-copy-status": status, "x-ms-copy-source": "https://a/b"}
		for i := 0; i+1 < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	verdicts(t, "azure/blob-copy", []said{
		{name: "pending", header: headers("pending", "x-ms-copy-progress", "262144/1048576"), want: "pending [pending] 25%"},
		{name: "success", header: headers("success", "x-ms-copy-progress", "1048576/1048576"), want: "succeeded [success] 100%"},
		{name: "failed", header: headers("failed", "x-ms-copy-status-description", "404 NotFound when reading the source"), want: "failed [failed]: 404 NotFound when reading the source"},
		{name: "aborted", header: headers("aborted"), want: "canceled [aborted]"},
		{name: "a blob that was not copied", header: map[string]string{"x-ms-blob-type": "BlockBlob"}, want: "no answer: it has no state"},
		{name: "not found", code: 404, want: "missing"},
		{name: "not allowed", code: 403, want: "denied"},
	})
	askings(t, []asking{{name: "azure/blob-copy", what: "status", id: "images/a%20b.vhd?sv=2024-11-04&sig=x%2By%3D", values: recipe.Values{"url": "https://acct.blob.core.windows.net"},
		want: "HEAD https://acct.blob.core.windows.net/images/a%20b.vhd?sv=2024-11-04&sig=x%2By%3D"}})
}

func TestLibraryGoogle(t *testing.T) {
	const name = `"name": "projects/lab/locations/europe-west1/operations/operation-17"`
	verdicts(t, "google/operation", []said{
		{name: "not done, and the field is left out", body: `{` + name + `, "metadata": {"@type": "type.googleapis.com/x.OperationMetadata", "progressPercent": 40}}`, want: "pending [RUNNING] 40%"},
		{name: "not done", body: `{` + name + `, "done": false}`, want: "pending [RUNNING]"},
		{name: "done", body: `{` + name + `, "done": true, "response": {"@type": "type.googleapis.com/x.Service", "uri": "https://s"}}`, want: `succeeded [SUCCEEDED] => {"@type":"type.googleapis.com/x.Service","uri":"https://s"}`},
		{name: "done, and nothing to say", body: `{` + name + `, "done": true, "response": {}}`, want: "succeeded [SUCCEEDED] => {}"},
		{name: "failed", body: `{` + name + `, "done": true, "error": {"code": 9, "message": "The disk is in use", "details": []}}`, want: "failed [FAILED]: The disk is in use"},
		{name: "canceled", body: `{` + name + `, "done": true, "error": {"code": 1, "message": "Operation was cancelled"}}`, want: "canceled [CANCELLED]: Operation was cancelled"},
		{name: "not an operation", body: `{"done": true}`, want: "no answer: it has no state"},
		{name: "not found", code: 404, body: `{"error": {"code": 404, "message": "Operation not found", "status": "NOT_FOUND"}}`, want: "missing: Operation not found"},
		{name: "not allowed", code: 403, body: `{"error": {"code": 403, "message": "Permission 'run.operations.get' denied", "status": "PERMISSION_DENIED"}}`, want: "denied: Permission 'run.operations.get' denied"},
	})
	run := recipe.Values{"url": "https://run.googleapis.com"}
	askings(t, []asking{
		{name: "google", what: "status", id: "v1/projects/lab/operations/op-17", values: run, want: "GET https://run.googleapis.com/v1/projects/lab/operations/op-17"},
		{name: "google", what: "status", comment: " by URL", id: "https://run.googleapis.com/v2/operations/op-17", values: run, want: "GET https://run.googleapis.com/v2/operations/op-17"},
		{name: "google", what: "cancel", id: "v1/projects/lab/operations/op-17", values: run, want: "POST https://run.googleapis.com/v1/projects/lab/operations/op-17:cancel"},
	})
}

// What aws-cli 1.45 prints where EC2 and CloudFormation say no.
var (
	awsGone    = &recipe.Exec{Code: 255, Stderr: "\nAn error occurred (InvalidSnapshot.NotFound) when calling the DescribeSnapshots operation: The snapshot 'snap-0bad' does not exist.\n"}
	awsNo      = &recipe.Exec{Code: 255, Stderr: "\nAn error occurred (UnauthorizedOperation) when calling the DescribeSnapshots operation: You are not authorized to perform this operation.\n"}
	awsNobody  = &recipe.Exec{Code: 255, Stderr: "Unable to locate credentials. You can configure credentials by running \"aws configure\".\n"}
	awsLimit   = &recipe.Exec{Code: 255, Stderr: "\nAn error occurred (RequestLimitExceeded) when calling the DescribeSnapshots operation (reached max retries: 2): Request limit exceeded.\n"}
	awsNoStack = &recipe.Exec{Code: 255, Stderr: "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id gone does not exist\n"}
)

func TestLibraryAWSSnapshot(t *testing.T) {
	snapshot := func(state, progress, message string) string {
		return `{"Snapshots": [{"SnapshotId": "snap-066877671789bd71b", "VolumeId": "vol-1", "State": "` + state + `"` + message + `, "StartTime": "2026-02-28T21:28:32.000Z", "Progress": "` + progress + `",
			"OwnerId": "012345678910", "Description": "d", "VolumeSize": 8}]}`
	}
	ok := new(recipe.Exec)
	verdicts(t, "aws/snapshot", []said{
		{name: "pending", exec: ok, body: snapshot("pending", "62%", ""), want: "pending [pending] 62%"},
		{name: "completed", exec: ok, body: snapshot("completed", "100%", ""), want: "succeeded [completed] 100%"},
		{name: "error", exec: ok, body: snapshot("error", "", `, "StateMessage": "Given key ID is not accessible"`), want: "failed [error]: Given key ID is not accessible"},
		{name: "not there", exec: awsGone, want: "missing: " + awsGone.Stderr},
		{name: "not allowed", exec: awsNo, want: "denied: " + awsNo.Stderr},
		{name: "no login", exec: awsNobody, want: "denied: " + awsNobody.Stderr},
		{name: "too many requests", exec: awsLimit, want: "no answer: " + awsLimit.Stderr},
	})
	vocabulary(t, "aws/snapshot", `{"Snapshots":[{"State":"%s"}]}`, map[string]string{"pending": "pending|recovering", "succeeded": "completed", "failed": "error", "canceled": "recoverable"})
	askings(t, []asking{
		{name: "aws", what: "status", id: "snap-0a1", want: "aws | ec2 | describe-snapshots | --snapshot-ids | snap-0a1 | --output | json"},
		{name: "aws", what: "status", comment: " that is an option", id: "--dry-run", want: `refused: status.request.exec[4]: the value of {id} begins with "-", so that the command would take it for an option`},
		{name: "aws", what: "batch", values: recipe.Values{"ids": []any{"snap-1", "snap-2"}}, want: "aws | ec2 | describe-snapshots | --filters | Name=snapshot-id,Values=snap-1,snap-2 | --output | json"},
		{name: "aws", what: "snapshot.create", given: map[string]any{"volume": "vol-1"}, want: "aws | ec2 | create-snapshot | --volume-id | vol-1 | --description | by settle | --output | json"},
	})
	startings(t, []starting{{name: "aws", action: "snapshot.create", body: `{"SnapshotId":"snap-066877671789bd71b","State":"pending","Progress":""}`, want: "snap-066877671789bd71b"}})
	got := strings.Join(batched(t, "aws", `{"Snapshots":[{"SnapshotId":"snap-1","State":"completed","Progress":"100%"},{"SnapshotId":"snap-2","State":"pending","Progress":"5%"}]}`), "; ")
	if want := "snap-1 succeeded [completed] 100%; snap-2 pending [pending] 5%"; got != want {
		t.Errorf("batch: got %s, want %s", got, want)
	}
}

func TestLibraryAWSStack(t *testing.T) {
	stack := func(status, more string) string {
		return `{"Stacks": [{"StackId": "arn:aws:cloudformation:eu-west-1:012345678910:stack/site/0c7d", "StackName": "site", "CreationTime": "2026-11-24T10:00:00.000Z", "StackStatus": "` + status + `"` + more + `,
			"DisableRollback": false, "NotificationARNs": [], "Tags": []}]}`
	}
	ok := new(recipe.Exec)
	verdicts(t, "aws/stack", []said{
		{name: "being made", exec: ok, body: stack("CREATE_IN_PROGRESS", `, "StackStatusReason": "User Initiated"`), want: "pending [CREATE_IN_PROGRESS]: User Initiated"},
		{name: "made", exec: ok, body: stack("CREATE_COMPLETE", `, "Outputs": [{"OutputKey": "Url", "OutputValue": "https://s"}]`), want: `succeeded [CREATE_COMPLETE] => {"Url":"https://s"}`},
		{name: "updated, and cleans up", exec: ok, body: stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""), want: "pending [UPDATE_COMPLETE_CLEANUP_IN_PROGRESS]"},
		{name: "rolled back", exec: ok, body: stack("ROLLBACK_COMPLETE", `, "StackStatusReason": "[Bucket] failed to create"`), want: "failed [ROLLBACK_COMPLETE]: [Bucket] failed to create"},
		{name: "a change set waits", exec: ok, body: stack("REVIEW_IN_PROGRESS", ""), want: "blocked [REVIEW_IN_PROGRESS]"},
		{name: "not there", exec: awsNoStack, want: "missing: " + awsNoStack.Stderr},
		{name: "no login", exec: awsNobody, want: "denied: " + awsNobody.Stderr},
	})
	vocabulary(t, "aws/stack", `{"Stacks":[{"StackStatus":"%s"}]}`, map[string]string{
		"pending": "CREATE_IN_PROGRESS|UPDATE_IN_PROGRESS|UPDATE_COMPLETE_CLEANUP_IN_PROGRESS|UPDATE_ROLLBACK_IN_PROGRESS|UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS|" +
			"ROLLBACK_IN_PROGRESS|DELETE_IN_PROGRESS|IMPORT_IN_PROGRESS|IMPORT_ROLLBACK_IN_PROGRESS",
		"blocked": "REVIEW_IN_PROGRESS", "succeeded": "CREATE_COMPLETE|UPDATE_COMPLETE|DELETE_COMPLETE|IMPORT_COMPLETE",
		"failed": "CREATE_FAILED|UPDATE_FAILED|DELETE_FAILED|ROLLBACK_FAILED|ROLLBACK_COMPLETE|UPDATE_ROLLBACK_FAILED|UPDATE_ROLLBACK_COMPLETE|IMPORT_ROLLBACK_FAILED|IMPORT_ROLLBACK_COMPLETE",
	})
	if got := builtIn(t, "aws/stack").Status.Missing.After; got != settle.Succeeded {
		t.Errorf("a stack that vanishes was deleted: got %v", got)
	}
	askings(t, []asking{
		{name: "aws/stack", what: "status", id: "site", want: "aws | cloudformation | describe-stacks | --stack-name | site | --output | json"},
		{name: "aws/stack", what: "cancel", id: "site", want: "aws | cloudformation | cancel-update-stack | --stack-name | site"},
	})
}

func aliyunTask(status string) string {
	return `{"PageNumber": 1, "PageSize": 10, "RegionId": "cn-hangzhou", "RequestId": "73A8AE1B", "TotalCount": 1, "TaskSet": {"Task": [{"TaskId": "t-bp198jigq7l0h5ac", "TaskAction": "CopyImage",
		"TaskStatus": "` + status + `", "SupportCancel": "true", "CreationTime": "2026-11-24T10:00:00Z", "FinishedTime": ""}]}}`
}

func TestLibraryAliyun(t *testing.T) {
	ok := new(recipe.Exec)
	verdicts(t, "aliyun/task", []said{
		{name: "processing", exec: ok, body: aliyunTask("Processing"), want: "pending [Processing]"},
		{name: "finished", exec: ok, body: aliyunTask("Finished"), want: "succeeded [Finished]"},
		{name: "paused", exec: ok, body: aliyunTask("Paused"), want: "blocked [Paused]"},
		{name: "not there", exec: ok, body: `{"TotalCount": 0, "TaskSet": {"Task": []}}`, want: "missing"},
		{name: "not allowed", exec: &recipe.Exec{Code: 1, Stderr: "ERROR: SDK.ServerError\nErrorCode: Forbidden.RAM\nMessage: User not authorized"}, want: "denied: ERROR: SDK.ServerError\nErrorCode: Forbidden.RAM\nMessage: User not authorized"},
	})
	vocabulary(t, "aliyun/task", `{"TaskSet":{"Task":[{"TaskStatus":"%s"}]}}`, map[string]string{"pending": "Processing|Pending", "blocked": "Paused", "succeeded": "Finished", "failed": "Failed", "canceled": "Deleted|Canceled"})
	askings(t, []asking{
		{name: "aliyun", what: "status", id: "t-1", want: "aliyun | ecs | DescribeTasks | --TaskIds | t-1"},
		{name: "aliyun", what: "batch", values: recipe.Values{"ids": []any{"t-1", "t-2"}}, want: "aliyun | ecs | DescribeTasks | --TaskIds | t-1,t-2 | --PageSize | 100"},
		{name: "aliyun", what: "cancel", id: "t-1", want: "aliyun | ecs | CancelTask | --TaskId | t-1"},
	})
	if got, want := strings.Join(batched(t, "aliyun", aliyunTask("Failed")), "; "), "t-bp198jigq7l0h5ac failed [Failed]"; got != want {
		t.Errorf("batch: got %s, want %s", got, want)
	}
}

// The waiters of aliyun and tccli know only the value that is waited for: a task that has failed takes them to their time
// limit.
func TestLibraryAliyunFailedEndsAtOnce(t *testing.T) {
	verdicts(t, "aliyun/task", []said{{name: "failed", exec: new(recipe.Exec), body: aliyunTask("Failed"), want: "failed [Failed]"}})
}

func TestLibraryOCI(t *testing.T) {
	work := func(status, percent string) string {
		return `{"data": {"compartment-id": "ocid1.compartment.oc1..a", "id": "ocid1.coreservicesworkrequest.oc1.phx.b", "operation-type": "CreateImage", "percent-complete": ` + percent + `,
			"resources": [{"action-type": "CREATED", "entity-type": "image", "entity-uri": "/images/ocid1.image", "identifier": "ocid1.image"}], "status": "` + status + `"}, "etag": "x"}`
	}
	ok := new(recipe.Exec)
	gone := &recipe.Exec{Code: 1, Stderr: "ServiceError:\n{\n    \"code\": \"NotAuthorizedOrNotFound\",\n    \"message\": \"Authorization failed or requested resource not found\",\n    \"status\": 404\n}"}
	nobody := &recipe.Exec{Code: 1, Stderr: "ServiceError:\n{\n    \"code\": \"NotAuthenticated\",\n    \"status\": 401\n}"}
	verdicts(t, "oci/workrequest", []said{
		{name: "in progress", exec: ok, body: work("IN_PROGRESS", "25.0"), want: "pending [IN_PROGRESS] 25%"},
		{name: "succeeded", exec: ok, body: work("SUCCEEDED", "100.0"), want: `succeeded [SUCCEEDED] 100% => [{"action-type":"CREATED","entity-type":"image","entity-uri":"/images/ocid1.image","identifier":"ocid1.image"}]`},
		{name: "failed", exec: ok, body: work("FAILED", "60.0"), want: "failed [FAILED] 60%"},
		{name: "not there", exec: gone, want: "missing: " + gone.Stderr},
		{name: "no login", exec: nobody, want: "denied: " + nobody.Stderr},
	})
	vocabulary(t, "oci/workrequest", `{"data":{"status":"%s"}}`, map[string]string{"pending": "ACCEPTED|IN_PROGRESS|CANCELING|WAITING", "blocked": "NEEDS_ATTENTION", "succeeded": "SUCCEEDED", "failed": "FAILED", "canceled": "CANCELED"})
	askings(t, []asking{{name: "oci", what: "status", id: "ocid1.b", want: "oci | work-requests | work-request | get | --work-request-id | ocid1.b | --output | json"}})
}
