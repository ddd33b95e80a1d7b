package recipe_test

import (
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
)

// A run as GitHub's REST description 2022-11-28 shows it, with that in place of the dots.
func gitHubRun(status, conclusion string) string {
	return strings.NewReplacer("STATUS", status, "CONCLUSION", conclusion).Replace(`{"id": 30433642, "name": "Build", "node_id": "MDEyOldvcmtmbG93IFJ1bjI2OTI4OQ==",
		"check_suite_id": 42, "head_branch": "main", "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d", "path": ".github/workflows/build.yml@main",
		"run_number": 562, "run_attempt": 1, "event": "push", "display_title": "Update README.md", "status": "STATUS", "conclusion": CONCLUSION, "workflow_id": 159038,
		"url": "https://api.github.com/repos/octo-org/octo-repo/actions/runs/30433642", "html_url": "https://github.com/octo-org/octo-repo/actions/runs/30433642",
		"created_at": "2026-01-22T19:33:08Z", "updated_at": "2026-01-22T19:33:08Z"}`)
}

const gitHubPage = "https://github.com/octo-org/octo-repo/actions/runs/30433642"

func TestLibraryGitHub(t *testing.T) {
	verdicts(t, "github/run", []said{
		{name: "queued", body: gitHubRun("queued", "null"), want: "pending [queued]"},
		{name: "in progress", body: gitHubRun("in_progress", "null"), want: "pending [in_progress]"},
		{name: "waits for a reviewer", body: gitHubRun("waiting", "null"), want: "blocked [waiting]"},
		{name: "must be approved", body: gitHubRun("completed", `"action_required"`), want: "blocked [action_required]"},
		{name: "success", body: gitHubRun("completed", `"success"`), want: "succeeded [success] => " + gitHubPage},
		{name: "failure", body: gitHubRun("completed", `"failure"`), want: "failed [failure]"},
		{name: "canceled", body: gitHubRun("completed", `"cancelled"`), want: "canceled [cancelled]"},
		{name: "completed without a conclusion", body: `{"status":"completed","conclusion":null}`,
			want: "no answer: it has no state"},
		{name: "not found", code: 404, body: `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`, want: "missing: Not Found"},
		{name: "bad token", code: 401, body: `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`, want: "denied: Bad credentials"},
		{name: "server error", code: 502, body: `{"message":"Server Error"}`, want: "no answer: Server Error"},
	})
	vocabulary(t, "github/run", `{"status":"completed","conclusion":"%s"}`, map[string]string{
		"pending": "queued|in_progress|requested|pending", "blocked": "waiting|action_required", "succeeded": "success|neutral|skipped",
		"failed": "failure|timed_out|startup_failure|stale", "canceled": "cancelled",
	})
	values := recipe.Values{"token": "t"}
	const headers = "\nAccept: application/vnd.github+json\nX-Github-Api-Version: 2022-11-28"
	askings(t, []asking{
		{name: "github/run", what: "status", id: "octo-org/a b/30433642", values: values, want: "GET https://api.github.com/repos/octo-org/a%20b/actions/runs/30433642" + headers},
		{name: "github", what: "cancel", id: "octo-org/octo-repo/30433642", values: values, want: "POST https://api.github.com/repos/octo-org/octo-repo/actions/runs/30433642/cancel" + headers},
		{name: "github", what: "run.dispatch", given: map[string]any{"repo": "octo-org/octo-repo", "workflow": "deploy it.yml", "inputs": `{"stage":"lab"}`},
			want: "POST https://api.github.com/repos/octo-org/octo-repo/actions/workflows/deploy%20it.yml/dispatches" + headers + "\n" +
				`{"inputs":{"stage":"lab"},"ref":"main","return_run_details":true}`},
		{name: "github", what: "run.dispatch", comment: " without inputs", given: map[string]any{"repo": "o/r", "workflow": "1", "ref": "v2"},
			want: "POST https://api.github.com/repos/o/r/actions/workflows/1/dispatches" + headers + "\n" + `{"inputs":{},"ref":"v2","return_run_details":true}`},
	})
	repo := recipe.Values{"repo": "octo-org/octo-repo"}
	startings(t, []starting{
		{name: "github", action: "run.dispatch", values: repo, want: "octo-org/octo-repo/22910432",
			body: `{"workflow_run_id":22910432,"run_url":"https://api.github.com/repos/octo-org/octo-repo/actions/runs/22910432","html_url":"https://github.com/octo-org/octo-repo/actions/runs/22910432"}`},
		{name: "github", action: "run.dispatch", code: 204, values: repo, want: "error"},
	})
	if _, err := builtIn(t, "github").ID.Take("octo-org/30433642"); err == nil {
		t.Error("an id without an owner is taken")
	}
}

func TestLibraryGitLab(t *testing.T) {
	pipeline := func(status, different string) string {
		return strings.NewReplacer("STATUS", status, "DIFFERENT", different).Replace(`{"id": 287, "iid": 144, "project_id": 21, "name": "Build pipeline",
			"sha": "50f0acb76a40e34a4ff304f7347dcc6587da8a14", "ref": "main", "status": "STATUS", "source": "push", "created_at": "2022-09-21T01:05:07.200Z",
			"updated_at": "2022-09-21T01:05:50.185Z", "web_url": "http://127.0.0.1:3000/test-group/test-project/-/pipelines/287", "tag": false,
			"started_at": "2022-09-21T01:05:14.197Z", "finished_at": null, "duration": 34, "queued_duration": 6, "coverage": null, DIFFERENT}`)
	}
	const passed = `"yaml_errors": null, "detailed_status": {"icon": "status_success", "text": "Passed", "label": "passed", "group": "success", "tooltip": "passed"}`
	const warned = `"yaml_errors": null, "detailed_status": {"icon": "status_warning", "text": "Warning", "label": "passed with warnings", "group": "success-with-warnings"}`
	const page = " => http://127.0.0.1:3000/test-group/test-project/-/pipelines/287"
	verdicts(t, "gitlab/pipeline", []said{
		{name: "running", body: pipeline("running", `"yaml_errors": null`), want: "pending [running]"},
		{name: "waits for a manual job", body: pipeline("manual", `"yaml_errors": null`), want: "blocked [manual]"},
		{name: "success", body: pipeline("success", passed), want: "succeeded [success]" + page},
		{name: "a job that may fail has failed", body: pipeline("success", warned), want: "warned, succeeded [success with warnings]" + page},
		{name: "the same of an older GitLab", body: pipeline("success", strings.ReplaceAll(warned, "success-with-warnings", "success_with_warnings")), want: "warned, succeeded [success with warnings]" + page},
		{name: "failed", body: pipeline("failed", `"yaml_errors": null`), want: "failed [failed]"},
		{name: "a bad file", body: pipeline("failed", `"yaml_errors": "jobs:build config should implement a script"`), want: "failed [failed]: jobs:build config should implement a script"},
		{name: "canceled", body: pipeline("canceled", `"yaml_errors": null`), want: "canceled [canceled]"},
		{name: "not found", code: 404, body: `{"message":"404 Not found"}`, want: "missing: 404 Not found"},
		{name: "bad token", code: 401, body: `{"message":"401 Unauthorized"}`, want: "denied: 401 Unauthorized"},
		{name: "a token with too little scope", code: 403, body: `{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token."}`,
			want: "denied: The request requires higher privileges than provided by the access token."},
		{name: "bad request", code: 400, body: `{"message":{"base":["Reference not found"]}}`, want: `no answer: {"base":["Reference not found"]}`},
	})
	vocabulary(t, "gitlab/pipeline", `{"status":"%s"}`, map[string]string{
		"pending": "created|waiting_for_resource|preparing|waiting_for_callback|pending|running|scheduled|canceling", "blocked": "manual",
		"succeeded": "success|skipped", "warned": "success with warnings", "failed": "failed", "canceled": "canceled",
	})
	askings(t, []asking{
		{name: "gitlab", what: "status", id: "group/sub group/site/287", want: "GET https://gitlab.com/api/v4/projects/group%2Fsub%20group%2Fsite/pipelines/287"},
		{name: "gitlab", what: "status", comment: " by number", id: "21/287", want: "GET https://gitlab.com/api/v4/projects/21/pipelines/287"},
		{name: "gitlab", what: "cancel", id: "group/site/287", want: "POST https://gitlab.com/api/v4/projects/group%2Fsite/pipelines/287/cancel"},
		{name: "gitlab", what: "pipeline.create", values: recipe.Values{"url": "https://gitlab.lab"}, given: map[string]any{"project": "group/site", "ref": "main", "variables": `{"STAGE":"lab","N":3}`},
			want: "POST https://gitlab.lab/api/v4/projects/group%2Fsite/pipeline\n" + `{"ref":"main","variables":[{"key":"N","value":"3"},{"key":"STAGE","value":"lab"}]}`},
	})
	startings(t, []starting{
		{name: "gitlab", action: "pipeline.create", code: 201, body: pipeline("pending", `"yaml_errors": null`), values: recipe.Values{"project": "group/site"}, want: "group/site/287"},
		{name: "gitlab", action: "pipeline.create", code: 201, body: `{}`, values: recipe.Values{"project": "group/site"}, want: "error"},
	})
	r := builtIn(t, "gitlab")
	if got, want := r.Field("url").Strip, "/api/v4"; got != want {
		t.Errorf("CI_API_V4_URL holds %s, which is cut off: got %q", want, got)
	}
}

func TestLibraryJenkins(t *testing.T) {
	const build = `"fullDisplayName": "site » deploy #45", "url": "https://ci.lab/job/site/job/deploy/45/", "description": null`
	verdicts(t, "jenkins/build", []said{
		{name: "in the queue", body: `{"_class": "hudson.model.Queue$WaitingItem", "why": "In the quiet period. Expires in 4.9 sec", "url": "queue/item/21/"}`,
			want: "pending [QUEUED]: In the quiet period. Expires in 4.9 sec"},
		{name: "has an executor", body: `{"_class": "hudson.model.Queue$LeftItem", "cancelled": false, "why": null, "url": "queue/item/21/", "executable": {"_class": "hudson.model.FreeStyleBuild", "number": 45, "url": "https://ci.lab/job/site/job/deploy/45/"}}`,
			want: "pending [STARTED]"},
		{name: "left the queue for a build that is not there yet", body: `{"_class": "hudson.model.Queue$LeftItem", "cancelled": false, "why": null, "executable": null}`, want: "pending [QUEUED]"},
		{name: "taken out of the queue", body: `{"_class": "hudson.model.Queue$LeftItem", "cancelled": true, "why": null, "url": "queue/item/21/", "executable": null}`, want: "canceled [CANCELLED]"},
		{name: "building", body: `{"_class": "hudson.model.FreeStyleBuild", "building": true, "result": null, ` + build + `}`, want: "pending [RUNNING]"},
		{name: "building, and the result is known", body: `{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "building": true, "result": "FAILURE", ` + build + `}`, want: "pending [RUNNING]"},
		{name: "not building, and without a result", body: `{"building": false, "result": null, ` + build + `}`, want: "pending [RUNNING]"},
		{name: "success", body: `{"building": false, "result": "SUCCESS", ` + build + `}`, want: "succeeded [SUCCESS] => https://ci.lab/job/site/job/deploy/45/"},
		{name: "unstable", body: `{"building": false, "result": "UNSTABLE", ` + build + `}`, want: "warned, succeeded [UNSTABLE] => https://ci.lab/job/site/job/deploy/45/"},
		{name: "failure", body: `{"building": false, "result": "FAILURE", "fullDisplayName": "x", "url": "u", "description": "broke the lab"}`, want: "failed [FAILURE]: broke the lab"},
		{name: "aborted", body: `{"building": false, "result": "ABORTED", ` + build + `}`, want: "canceled [ABORTED]"},
		{name: "a queue item that was forgotten", code: 404, want: "missing"},
		{name: "no login", code: 403, want: "denied"},
	})
	vocabulary(t, "jenkins/build", `{"building":false,"result":"%s"}`, map[string]string{
		"pending": "QUEUED|STARTED|RUNNING", "succeeded": "SUCCESS", "warned": "UNSTABLE", "failed": "FAILURE|NOT_BUILT", "canceled": "ABORTED|CANCELLED",
	})
	tree := "?tree=cancelled%2Cwhy%2Cexecutable%5Burl%5D%2Cbuilding%2Cresult%2Curl%2CfullDisplayName%2Cdescription"
	lab := recipe.Values{"url": "https://ci.lab/jenkins"}
	askings(t, []asking{
		{name: "jenkins", what: "status", id: "https://ci.lab/jenkins/queue/item/21/", values: lab, want: "GET https://ci.lab/jenkins/queue/item/21/api/json" + tree},
		{name: "jenkins", what: "status", comment: " without the slash", id: "https://ci.lab/jenkins/job/site/job/a%20b/45", values: lab, want: "GET https://ci.lab/jenkins/job/site/job/a%20b/45/api/json" + tree},
		{name: "jenkins", what: "cancel", id: "https://ci.lab/jenkins/job/site/45", values: lab, want: "POST https://ci.lab/jenkins/job/site/45/stop"},
		{name: "jenkins", what: "build read path", values: lab, given: map[string]any{"job": "site/de ploy"}, want: "job/site/job/de ploy"},
		{name: "jenkins", what: "build read kind", values: lab, given: map[string]any{"job": "site"}, want: "build"},
		{name: "jenkins", what: "build read kind", comment: " with parameters", values: lab, given: map[string]any{"job": "site", "parameters": `{"A":1}`}, want: "buildWithParameters"},
		{name: "jenkins", what: "build read form", values: lab, given: map[string]any{"job": "site", "parameters": `{"STAGE":"lab & co","N":3}`}, want: "N=3&STAGE=lab%20%26%20co"},
		{name: "jenkins", what: "build", given: map[string]any{"job": "site/de ploy"}, values: recipe.Values{"url": "https://ci.lab", "read": map[string]any{"path": "job/site/job/de ploy", "kind": "buildWithParameters", "form": "N=3"}},
			want: "POST https://ci.lab/job/site/job/de%20ploy/buildWithParameters\nContent-Type: application/x-www-form-urlencoded\nN=3"},
	})
	startings(t, []starting{
		{name: "jenkins", action: "build", code: 201, header: map[string]string{"Location": "https://ci.lab/queue/item/21/"}, want: "https://ci.lab/queue/item/21"},
		{name: "jenkins", action: "build", code: 201, want: "error"},
	})
	then := func(body string) any {
		v, _, err := builtIn(t, "jenkins").Status.Then.First(t.Context(), said{body: body}.answer(t))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if got, want := then(`{"executable":{"number":45,"url":"https://ci.lab/job/deploy/45/"}}`), "https://ci.lab/job/deploy/45"; got != want {
		t.Errorf("the build: got %v, want %s", got, want)
	}
	if got := then(`{"why":"In the quiet period"}`); got != nil {
		t.Errorf("no build yet: got %v", got)
	}
}

func TestLibraryAWX(t *testing.T) {
	job := func(status, different string) string {
		return strings.NewReplacer("STATUS", status, "DIFFERENT", different).Replace(`{"id": 42, "type": "job", "url": "/api/v2/jobs/42/", "name": "Deploy site",
			"unified_job_template": 7, "launch_type": "manual", "status": "STATUS", "failed": false, "started": "2026-01-22T19:33:08Z", "finished": null, "elapsed": 12.3, DIFFERENT}`)
	}
	verdicts(t, "awx/job", []said{
		{name: "waiting", body: job("waiting", `"job_explanation": "", "result_traceback": "", "artifacts": {}`), want: "pending [waiting]"},
		{name: "successful", body: job("successful", `"job_explanation": "", "result_traceback": "", "artifacts": {}`), want: "succeeded [successful]"},
		{name: "successful, with set_stats", body: job("successful", `"job_explanation": "", "result_traceback": "", "artifacts": {"version": "1.2"}`), want: `succeeded [successful] => {"version":"1.2"}`},
		{name: "failed", body: job("failed", `"job_explanation": "Previous Task Failed: {}", "result_traceback": "", "artifacts": {}`), want: "failed [failed]: Previous Task Failed: {}"},
		{name: "could not run", body: job("error", `"job_explanation": "", "result_traceback": "Traceback: no such file", "artifacts": {}`), want: "failed [error]: Traceback: no such file"},
		{name: "canceled", body: job("canceled", `"job_explanation": "", "result_traceback": ""`), want: "canceled [canceled]"},
		{name: "not found", code: 404, body: `{"detail":"Not found."}`, want: "missing: Not found."},
		{name: "bad token", code: 401, body: `{"detail":"Authentication credentials were not provided. To establish a login session, visit /api/login/."}`,
			want: "denied: Authentication credentials were not provided. To establish a login session, visit /api/login/."},
	})
	vocabulary(t, "awx/job", `{"status":"%s"}`, map[string]string{"pending": "new|pending|waiting|running", "succeeded": "successful", "failed": "failed|error", "canceled": "canceled"})
	lab := recipe.Values{"url": "https://awx.lab"}
	askings(t, []asking{
		{name: "awx", what: "status", id: "42", values: lab, want: "GET https://awx.lab/api/v2/jobs/42/"},
		{name: "awx", what: "status", comment: " behind the gateway", id: "42", values: recipe.Values{"url": "https://aap.lab", "path": "api/controller/v2"}, want: "GET https://aap.lab/api/controller/v2/jobs/42/"},
		{name: "awx", what: "batch", values: recipe.Values{"url": "https://awx.lab", "ids": []any{"42", "43"}}, want: "GET https://awx.lab/api/v2/jobs/?id__in=42,43&page_size=100"},
		{name: "awx", what: "cancel", id: "42", values: lab, want: "POST https://awx.lab/api/v2/jobs/42/cancel/"},
		{name: "awx", what: "link", id: "42", values: lab, want: "https://awx.lab/#/jobs/playbook/42/output"},
		{name: "awx", what: "job.launch read named", values: lab, given: map[string]any{"template": "Deploy & test"}, want: "GET https://awx.lab/api/v2/job_templates/?name=Deploy%20%26%20test"},
		{name: "awx", what: "job.launch read template", values: recipe.Values{"read": map[string]any{"named": nil}}, given: map[string]any{"template": "7"}, want: "7"},
		{name: "awx", what: "job.launch", given: map[string]any{"template": "7", "extra_vars": `{"stage":"lab"}`}, values: recipe.Values{"url": "https://awx.lab", "read": map[string]any{"template": "7"}},
			want: "POST https://awx.lab/api/v2/job_templates/7/launch/\n" + `{"extra_vars":{"stage":"lab"}}`},
	})
	startings(t, []starting{{name: "awx", action: "job.launch", code: 201, body: `{"job":42,"ignored_fields":{},"id":42,"type":"job","url":"/api/v2/jobs/42/","status":"pending"}`, want: "42"}})
	got := strings.Join(batched(t, "awx", `{"count":2,"next":null,"results":[{"id":42,"status":"running"},{"id":43,"status":"failed","job_explanation":"no host"}]}`), "; ")
	if want := "42 pending [running]; 43 failed [failed]: no host"; got != want {
		t.Errorf("batch: got %s, want %s", got, want)
	}
}

func TestLibraryTerraform(t *testing.T) {
	run := func(status, confirmable string) string {
		return strings.NewReplacer("STATUS", status, "CONFIRMABLE", confirmable).Replace(`{"data": {"id": "run-CZcmD7eagjhyX0vN", "type": "runs", "attributes": {
			"actions": {"is-cancelable": true, "is-confirmable": CONFIRMABLE, "is-discardable": false, "is-force-cancelable": false}, "canceled-at": null,
			"created-at": "2021-05-24T07:38:04.171Z", "has-changes": false, "auto-apply": false, "is-destroy": false, "message": "Custom message", "plan-only": false,
			"source": "tfe-api", "status-timestamps": {"plan-queueable-at": "2021-05-24T07:38:04+00:00"}, "status": "STATUS", "trigger-reason": "manual"},
			"links": {"self": "/api/v2/runs/run-CZcmD7eagjhyX0vN"}}}`)
	}
	verdicts(t, "terraform/run", []said{
		{name: "planning", body: run("planning", "false"), want: "pending [planning]"},
		{name: "planned, and applies by itself", body: run("planned", "false"), want: "pending [planned]"},
		{name: "planned, and waits", body: run("planned", "true"), want: "blocked [planned (to be confirmed)]"},
		{name: "cost was estimated, and it waits", body: run("cost_estimated", "true"), want: "blocked [cost_estimated (to be confirmed)]"},
		{name: "applied", body: run("applied", "false"), want: "succeeded [applied]"},
		{name: "nothing to do", body: run("planned_and_finished", "false"), want: "succeeded [planned_and_finished]"},
		{name: "errored", body: run("errored", "false"), want: "failed [errored]"},
		{name: "discarded", body: run("discarded", "false"), want: "canceled [discarded]"},
		{name: "not found, or not allowed", code: 404, body: `{"errors":[{"status":"404","title":"not found"}]}`, want: "missing: not found"},
		{name: "bad token", code: 401, body: `{"errors":[{"status":"401","title":"unauthorized"}]}`, want: "denied: unauthorized"},
		{name: "too many requests", code: 429, body: `{"errors":[{"detail":"You have exceeded the API's rate limit.","status":"429","title":"Too many requests"}]}`,
			want: "no answer: You have exceeded the API's rate limit."},
	})
	vocabulary(t, "terraform/run", `{"data":{"attributes":{"status":"%s"}}}`, map[string]string{
		"pending": "pending|fetching|fetching_completed|pre_plan_running|pre_plan_completed|queuing|plan_queued|planning|planned|cost_estimating|cost_estimated|policy_checking|policy_checked|" +
			"post_plan_running|post_plan_completed|confirmed|queuing_apply|apply_queued|pre_apply_running|pre_apply_completed|applying|post_apply_running|post_apply_completed",
		"blocked":   "planned_and_saved|policy_override|post_plan_awaiting_decision|planned (to be confirmed)|policy_checked (to be confirmed)",
		"succeeded": "applied|planned_and_finished", "failed": "errored|policy_soft_failed", "canceled": "canceled|force_canceled|discarded",
	})
	askings(t, []asking{
		{name: "terraform", what: "status", id: "run-CZcmD7eagjhyX0vN", want: "GET https://app.terraform.io/api/v2/runs/run-CZcmD7eagjhyX0vN\nAccept: application/vnd.api+json"},
		{name: "terraform", what: "cancel", id: "run-1/..", want: "POST https://app.terraform.io/api/v2/runs/run-1%2F../actions/cancel\nContent-Type: application/vnd.api+json\n{}"},
		{name: "terraform", what: "run.create read workspace", given: map[string]any{"organization": "acme", "workspace": "net lab"}, want: "GET https://app.terraform.io/api/v2/organizations/acme/workspaces/net%20lab"},
		{name: "terraform", what: "run.create", given: map[string]any{"organization": "acme", "workspace": "net", "auto_apply": "true"}, values: recipe.Values{"read": map[string]any{"workspace": "ws-1"}},
			want: "POST https://app.terraform.io/api/v2/runs\nContent-Type: application/vnd.api+json\n" +
				`{"data":{"attributes":{"auto-apply":true},"relationships":{"workspace":{"data":{"id":"ws-1","type":"workspaces"}}},"type":"runs"}}`},
	})
	startings(t, []starting{{name: "terraform", action: "run.create", code: 201, body: run("pending", "false"), want: "run-CZcmD7eagjhyX0vN"}})
}
