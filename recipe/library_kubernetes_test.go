package recipe_test

import (
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
)

// What kubectl 1.32.4 prints where the server says no.
var (
	kubectlGone    = &recipe.Exec{Code: 1, Stderr: `Error from server (NotFound): jobs.batch "gone" not found`}
	kubectlNo      = &recipe.Exec{Code: 1, Stderr: `Error from server (Forbidden): jobs.batch "x" is forbidden: User "dev" cannot get resource "jobs" in API group "batch" in the namespace "lab"`}
	kubectlNobody  = &recipe.Exec{Code: 1, Stderr: `error: You must be logged in to the server (Unauthorized)`}
	kubectlRefused = &recipe.Exec{Code: 1, Stderr: `The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?`}
)

func kubectlRefusals() []said {
	return []said{
		{name: "not found", exec: kubectlGone, want: "missing: " + kubectlGone.Stderr},
		{name: "forbidden", exec: kubectlNo, want: "denied: " + kubectlNo.Stderr},
		{name: "no login", exec: kubectlNobody, want: "denied: " + kubectlNobody.Stderr},
		{name: "no server", exec: kubectlRefused, want: "no answer: " + kubectlRefused.Stderr},
	}
}

func TestLibraryKubernetesJob(t *testing.T) {
	job := func(status string) string {
		return strings.Replace(`{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "backup", "namespace": "lab", "generation": 1, "uid": "0c7d"},
			"spec": {"backoffLimit": 6, "completionMode": "NonIndexed", "completions": 2, "parallelism": 2, "suspend": false}, "status": STATUS}`, "STATUS", status, 1)
	}
	ok := new(recipe.Exec)
	verdicts(t, "kubernetes/job", append(kubectlRefusals(), []said{
		{name: "nothing yet", exec: ok, body: job(`{}`), want: "pending [Running]"},
		{name: "one of two", exec: ok, body: job(`{"active": 1, "ready": 1, "startTime": "2026-11-24T10:00:00Z", "succeeded": 1, "terminating": 0, "uncountedTerminatedPods": {}}`), want: "pending [Running] 50%"},
		{name: "complete, as 1.34 says it", exec: ok, body: job(`{"completionTime": "2026-11-24T10:00:09Z", "conditions": [
			{"lastProbeTime": "2026-11-24T10:00:09Z", "lastTransitionTime": "2026-11-24T10:00:09Z", "message": "Reached expected number of succeeded pods", "reason": "CompletionsReached", "status": "True", "type": "SuccessCriteriaMet"},
			{"lastProbeTime": "2026-11-24T10:00:09Z", "lastTransitionTime": "2026-11-24T10:00:09Z", "message": "Reached expected number of succeeded pods", "reason": "CompletionsReached", "status": "True", "type": "Complete"}],
			"startTime": "2026-11-24T10:00:00Z", "succeeded": 2}`), want: "succeeded [Complete] 100%"},
		{name: "all pods succeeded, and no condition says so yet", exec: ok, body: job(`{"succeeded": 2}`), want: "pending [Running] 100%"},
		{name: "about to fail", exec: ok, body: job(`{"failed": 1, "conditions": [{"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}]}`), want: "pending [Running]"},
		{name: "failed", exec: ok, body: job(`{"failed": 1, "conditions": [{"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"},
			{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}]}`), want: "failed [Failed]: Job has reached the specified backoff limit"},
		{name: "suspended", exec: ok, body: job(`{"conditions": [{"type": "Suspended", "status": "True", "reason": "JobSuspended", "message": "Job suspended"}]}`), want: "pending [Suspended]"},
		{name: "resumed", exec: ok, body: job(`{"conditions": [{"type": "Suspended", "status": "False", "reason": "JobResumed", "message": "Job resumed"}]}`), want: "pending [Running]"},
		{name: "suspended, then failed", exec: ok, body: job(`{"conditions": [{"type": "Suspended", "status": "True"}, {"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]}`), want: "failed [Failed]: DeadlineExceeded"},
	}...))
	askings(t, []asking{
		{name: "kubernetes", what: "status", id: "lab/backup", want: "kubectl | get | job | backup | --namespace=lab | --output=json"},
		{name: "kubernetes", what: "status", comment: " that is no option", id: "lab/--all", want: `refused: status.request.exec[3]: the value of {job} begins with "-", so that the command would take it for an option`},
		{name: "kubernetes", what: "job.create", given: map[string]any{"namespace": "lab", "cronjob": "backup", "name": "by-hand"},
			want: "kubectl | create | job | by-hand | --from=cronjob/backup | --namespace=lab | --output=json"},
	})
	startings(t, []starting{{name: "kubernetes", action: "job.create", body: job(`{}`), want: "lab/backup"}, {name: "kubernetes", action: "job.create", body: `{}`, want: "error"}})
}

func TestLibraryKubernetesRollout(t *testing.T) {
	object := func(kind, spec, status string) string {
		return `{"apiVersion": "apps/v1", "kind": "` + kind + `", "metadata": {"name": "site", "namespace": "lab", "generation": 4}, "spec": ` + spec + `, "status": ` + status + `}`
	}
	ok := new(recipe.Exec)
	const late = `"conditions": [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "Deployment has minimum availability."},
		{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet \"site-7d4b\" has timed out progressing."}]`
	verdicts(t, "kubernetes/rollout", append(kubectlRefusals(), []said{
		{name: "not observed yet", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 3, "replicas": 4, "updatedReplicas": 4, "availableReplicas": 4}`), want: "pending [Progressing] 100%"},
		{name: "half updated", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 4, "replicas": 5, "updatedReplicas": 2, "availableReplicas": 4}`), want: "pending [Progressing] 50%"},
		{name: "old pods are left", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 4, "replicas": 5, "updatedReplicas": 4, "availableReplicas": 4}`), want: "pending [Progressing] 100%"},
		{name: "not available yet", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 4, "replicas": 4, "updatedReplicas": 4, "availableReplicas": 3}`), want: "pending [Progressing] 75%"},
		{name: "rolled out", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 4, "replicas": 4, "updatedReplicas": 4, "availableReplicas": 4}`), want: "succeeded [Complete] 100%"},
		{name: "scaled to nothing", exec: ok, body: object("Deployment", `{"replicas": 0}`, `{"observedGeneration": 4}`), want: "succeeded [Complete]"},
		{name: "the deadline is over", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 4, "replicas": 5, "updatedReplicas": 2, "availableReplicas": 4, `+late+`}`),
			want: `failed [ProgressDeadlineExceeded] 50%: ReplicaSet "site-7d4b" has timed out progressing.`},
		{name: "the deadline of the generation before", exec: ok, body: object("Deployment", `{"replicas": 4}`, `{"observedGeneration": 3, "replicas": 5, "updatedReplicas": 2, "availableReplicas": 4, `+late+`}`),
			want: `pending [Progressing] 50%: ReplicaSet "site-7d4b" has timed out progressing.`},
		{name: "paused", exec: ok, body: object("Deployment", `{"replicas": 4, "paused": true}`, `{"observedGeneration": 4, "replicas": 4, "availableReplicas": 4}`), want: "blocked [Paused]"},
		{name: "a stateful set", exec: ok, body: object("StatefulSet", `{"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}}`,
			`{"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"}`), want: "pending [Progressing] 33%"},
		{name: "a stateful set is done", exec: ok, body: object("StatefulSet", `{"replicas": 3, "updateStrategy": {"type": "RollingUpdate"}}`,
			`{"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3, "currentRevision": "b", "updateRevision": "b"}`), want: "succeeded [Complete] 100%"},
		{name: "a stateful set up to its partition", exec: ok, body: object("StatefulSet", `{"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}}`,
			`{"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"}`), want: "succeeded [Complete] 33%"},
		{name: "a stateful set whose pods somebody must delete", exec: ok, body: object("StatefulSet", `{"replicas": 3, "updateStrategy": {"type": "OnDelete"}}`,
			`{"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "currentRevision": "a", "updateRevision": "b"}`), want: "blocked [OnDelete]"},
		{name: "a daemon set", exec: ok, body: object("DaemonSet", `{"updateStrategy": {"type": "RollingUpdate"}}`,
			`{"observedGeneration": 4, "desiredNumberScheduled": 4, "updatedNumberScheduled": 4, "numberAvailable": 3}`), want: "pending [Progressing] 75%"},
		{name: "a daemon set is done", exec: ok, body: object("DaemonSet", `{"updateStrategy": {"type": "RollingUpdate"}}`,
			`{"observedGeneration": 4, "desiredNumberScheduled": 4, "updatedNumberScheduled": 4, "numberAvailable": 4}`), want: "succeeded [Complete] 100%"},
	}...))
	askings(t, []asking{
		{name: "kubernetes/rollout", what: "status", id: "lab/deployment/site", want: "kubectl | get | deployment | site | --namespace=lab | --output=json"},
		{name: "kubernetes/rollout", what: "restart", given: map[string]any{"namespace": "lab", "kind": "daemonset", "name": "agent"}, want: "kubectl | rollout | restart | daemonset/agent | --namespace=lab | --output=json"},
	})
	startings(t, []starting{{name: "kubernetes/rollout", action: "restart", body: object("Deployment", `{}`, `{}`),
		values: recipe.Values{"namespace": "lab", "kind": "deployment", "name": "site"}, want: "lab/deployment/site"}})
}

func TestLibraryArgo(t *testing.T) {
	workflow := func(spec, status string) string {
		return `{"metadata": {"name": "nightly-x7k2p", "namespace": "argo", "uid": "5d6e", "labels": {"workflows.argoproj.io/phase": "Running"}}, "spec": ` + spec + `, "status": ` + status + `}`
	}
	verdicts(t, "argo/workflow", []said{
		{name: "no controller has seen it", body: workflow(`{}`, `{}`), want: "pending [Pending]"},
		{name: "an empty phase", body: workflow(`{}`, `{"phase": ""}`), want: "pending [Pending]"},
		{name: "running", body: workflow(`{}`, `{"phase": "Running", "progress": "3/5"}`), want: "pending [Running] 60%"},
		{name: "running, and nothing is known of its progress", body: workflow(`{}`, `{"phase": "Running", "progress": "0/0"}`), want: "pending [Running]"},
		{name: "suspended", body: workflow(`{"suspend": true}`, `{"phase": "Running", "progress": "1/5"}`), want: "blocked [Suspended] 20%"},
		{name: "succeeded", body: workflow(`{}`, `{"phase": "Succeeded", "progress": "5/5", "outputs": {"parameters": [{"name": "version", "value": "1.2"}]}}`),
			want: `succeeded [Succeeded] 100% => {"parameters":[{"name":"version","value":"1.2"}]}`},
		{name: "failed", body: workflow(`{}`, `{"phase": "Failed", "message": "child 'nightly-x7k2p-1' failed"}`), want: "failed [Failed]: child 'nightly-x7k2p-1' failed"},
		{name: "error", body: workflow(`{}`, `{"phase": "Error", "message": "invalid spec"}`), want: "failed [Error]: invalid spec"},
		{name: "terminated", body: workflow(`{"shutdown": "Terminate"}`, `{"phase": "Failed", "message": "Stopped with strategy 'Terminate'"}`),
			want: "canceled [Failed (shut down)]: Stopped with strategy 'Terminate'"},
		{name: "stopped, and only the message says so", body: workflow(`{}`, `{"phase": "Failed", "message": "Stopped with strategy 'Stop'"}`), want: "canceled [Failed (shut down)]: Stopped with strategy 'Stop'"},
		{name: "not found", code: 404, body: `{"code": 5, "message": "workflows.argoproj.io \"x\" not found"}`, want: `missing: workflows.argoproj.io "x" not found`},
		{name: "no login", code: 401, body: `{"code": 16, "message": "token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/"}`,
			want: "denied: token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/"},
	})
	vocabulary(t, "argo/workflow", `{"metadata":{},"status":{"phase":"%s"}}`, map[string]string{"pending": "Pending|Running", "blocked": "Suspended", "succeeded": "Succeeded", "failed": "Failed|Error", "canceled": "Failed (shut down)"})
	lab := recipe.Values{"url": "https://argo.lab:2746"}
	askings(t, []asking{
		{name: "argo", what: "status", id: "argo/nightly-x7k2p", values: lab, want: "GET https://argo.lab:2746/api/v1/workflows/argo/nightly-x7k2p?fields=-status.nodes%2C-status.storedTemplates"},
		{name: "argo", what: "cancel", id: "argo/nightly-x7k2p", values: lab, want: "PUT https://argo.lab:2746/api/v1/workflows/argo/nightly-x7k2p/terminate\n" + `{"name":"nightly-x7k2p","namespace":"argo"}`},
		{name: "argo", what: "link", id: "argo/nightly-x7k2p", values: lab, want: "https://argo.lab:2746/workflows/argo/nightly-x7k2p"},
		{name: "argo", what: "workflow.submit", values: lab, given: map[string]any{"template": "nightly", "parameters": `{"stage":"lab"}`},
			want: "POST https://argo.lab:2746/api/v1/workflows/argo/submit\n" + `{"resourceKind":"WorkflowTemplate","resourceName":"nightly","submitOptions":{"parameters":["stage=lab"]}}`},
	})
	startings(t, []starting{{name: "argo", action: "workflow.submit", body: workflow(`{}`, `{}`), want: "argo/nightly-x7k2p"}})
}

func TestLibraryTemporal(t *testing.T) {
	workflow := func(status string) string {
		return `{"executionConfig": {"taskQueue": {"name": "orders", "kind": "TASK_QUEUE_KIND_NORMAL"}}, "workflowExecutionInfo": {"execution": {"workflowId": "order-7", "runId": "0b5d1f6a-4f4c"},
			"type": {"name": "Order"}, "startTime": "2026-11-24T10:00:00Z", "status": "WORKFLOW_EXECUTION_STATUS_` + status + `", "historyLength": "3", "taskQueue": "orders"}}`
	}
	verdicts(t, "temporal/workflow", []said{
		{name: "running", body: workflow("RUNNING"), want: "pending [WORKFLOW_EXECUTION_STATUS_RUNNING]"},
		{name: "timed out", body: workflow("TIMED_OUT"), want: "failed [WORKFLOW_EXECUTION_STATUS_TIMED_OUT]"},
		{name: "not found", code: 404, body: `{"code":5,"message":"workflow not found for ID: order-8","details":[{"@type":"type.googleapis.com/temporal.api.errordetails.v1.NotFoundFailure"}]}`, want: "missing: workflow not found for ID: order-8"},
		{name: "no login", code: 403, body: `{"code":7,"message":"Request unauthorized."}`, want: "denied: Request unauthorized."},
	})
	words := func(all string) string {
		return "WORKFLOW_EXECUTION_STATUS_" + strings.ReplaceAll(all, "|", "|WORKFLOW_EXECUTION_STATUS_")
	}
	vocabulary(t, "temporal/workflow", `{"workflowExecutionInfo":{"status":"%s"}}`, map[string]string{"pending": words("RUNNING|CONTINUED_AS_NEW"), "blocked": words("PAUSED"),
		"succeeded": words("COMPLETED"), "failed": words("FAILED|TIMED_OUT|TERMINATED"), "canceled": words("CANCELED")})
	lab := recipe.Values{"url": "http://temporal.lab:7243"}
	askings(t, []asking{
		{name: "temporal", what: "status", id: "default/order/7 a", values: lab, want: "GET http://temporal.lab:7243/api/v1/namespaces/default/workflows/order%2F7%20a"},
		{name: "temporal", what: "cancel", id: "default/order-7", values: lab, want: "POST http://temporal.lab:7243/api/v1/namespaces/default/workflows/order-7/cancel\n{}"},
	})
}

func TestLibraryNomad(t *testing.T) {
	deployment := func(status, said string) string {
		return `{"ID": "70638f62-5c19-193e-30d6-f9d6e689ab8e", "JobID": "example", "JobVersion": 1, "Namespace": "default", "Status": "` + status + `", "StatusDescription": "` + said + `",
			"TaskGroups": {"cache": {"DesiredCanaries": 1, "DesiredTotal": 3, "HealthyAllocs": 1, "PlacedAllocs": 2, "Promoted": false, "UnhealthyAllocs": 0},
			"web": {"DesiredCanaries": 0, "DesiredTotal": 1, "HealthyAllocs": 1, "PlacedAllocs": 1, "Promoted": false, "UnhealthyAllocs": 0}}}`
	}
	verdicts(t, "nomad/deployment", []said{
		{name: "running", body: deployment("running", "Deployment is running"), want: "pending [running] 50%: Deployment is running"},
		{name: "paused", body: deployment("paused", "Deployment is paused"), want: "blocked [paused] 50%: Deployment is paused"},
		{name: "failed", body: deployment("failed", "Failed due to progress deadline"), want: "failed [failed] 50%: Failed due to progress deadline"},
		{name: "not found", code: 404, want: "missing"},
		{name: "no permission", code: 403, want: "denied"},
	})
	vocabulary(t, "nomad/deployment", `{"Status":"%s"}`, map[string]string{"pending": "initializing|running|pending|blocked|unblocking", "blocked": "paused", "succeeded": "successful", "failed": "failed", "canceled": "cancelled"})
	lab := recipe.Values{"url": "http://nomad.lab:4646", "namespace": "dev"}
	askings(t, []asking{
		{name: "nomad", what: "status", id: "70638f62", values: lab, want: "GET http://nomad.lab:4646/v1/deployment/70638f62?namespace=dev"},
		{name: "nomad", what: "cancel", id: "70638f62", values: lab, want: "POST http://nomad.lab:4646/v1/deployment/fail/70638f62?namespace=dev"},
	})
}
