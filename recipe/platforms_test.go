package recipe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// What some platform forces the format to express: where an answer holds the state, and what it means.
func TestPlatformsStates(t *testing.T) {
	const get = `request: {get: "{url}/tasks/{id}"}`
	tests := []struct {
		name   string
		status string
		answer recipe.Answer // Text alone: JSON
		want   settle.Status
	}{
		{"body root is a list: CloudTower", status(get, "state: .[0].status", "pending: [EXECUTING]", "succeeded: SUCCESSED", "progress: .[0].progress"),
			recipe.Answer{Text: `[{"status":"SUCCESSED","progress":0}]`}, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED"}},
		{"body root is a bare string: AWX, a ping", status("state: ."), recipe.Answer{Text: `"done"`}, settle.Status{State: settle.Succeeded, Raw: "done"}},
		{"body root is a map by id: vSphere's list of tasks", status("state: .[$id].status", "pending: [RUNNING]", "progress: .[$id].progress | .completed / .total"),
			recipe.Answer{Text: `{"t-7":{"status":"RUNNING","progress":{"completed":1,"total":4}}}`}, settle.Status{State: settle.Pending, Raw: "RUNNING", Progress: 0.25}},
		{"XML: vSphere by SOAP", status(`state: .Envelope.Body.Response.state["#text"]`, "succeeded: success", `reason: .Envelope.Body.Response.state["@type"]`),
			recipe.Answer{Text: `<s:Envelope xmlns:s="x"><s:Body><Response><state type="why">success</state></Response></s:Body></s:Envelope>`}, settle.Status{State: settle.Succeeded, Raw: "success", Reason: "why"}},
		{"state is the HTTP code: Snowflake", status("state: $http.status", "pending: 202", "succeeded: 200", "failed: [422]", "canceled: 408"),
			recipe.Answer{Status: 422}, settle.Status{State: settle.Failed, Raw: "422"}},
		{"state is in a header: Azure blob copies", status(`state: $http.headers["x-ms-copy-status"]`, "pending: [pending]", `progress: $http.headers["x-ms-copy-progress"] | split("/") | map(tonumber) | .[0] / .[1]`),
			recipe.Answer{Header: http.Header{"X-Ms-Copy-Status": {"pending"}, "X-Ms-Copy-Progress": {"5/20"}}}, settle.Status{State: settle.Pending, Raw: "pending", Progress: 0.25}},
		{"two-field state: GitHub", status(`state: if .status == "completed" then .conclusion else .status end`, "pending: [queued, in_progress]", "failed: [failure]"),
			recipe.Answer{Text: `{"status":"completed","conclusion":"failure"}`}, settle.Status{State: settle.Failed, Raw: "failure"}},
		{"a boolean state: Kubernetes' operator pattern, LRO", status("state: .done", "pending: false", "succeeded: true"),
			recipe.Answer{Text: `{"done":false}`}, settle.Status{State: settle.Pending, Raw: "false"}},
		{"condition list: Kubernetes", status(`state: '[.status.conditions[]? | select(.status == "True") | .type] | map(select(IN("Complete", "Failed"))) | .[0] // "running"'`, "succeeded: Complete", "failed: [Failed]"),
			recipe.Answer{Text: `{"status":{"conditions":[{"type":"Suspended","status":"False"},{"type":"Complete","status":"True"}]}}`}, settle.Status{State: settle.Succeeded, Raw: "Complete"}},
		{"no condition yet: Kubernetes", status(`state: '[.status.conditions[]? | select(.status == "True") | .type] | .[0] // "running"'`),
			recipe.Answer{Text: `{"status":{}}`}, settle.Status{State: settle.Pending, Raw: "running"}},
		{"globs: CloudFormation", status(`succeeded: ["*_COMPLETE"]`, `failed: ["*_FAILED", ROLLBACK_COMPLETE]`, `pending: ["*_IN_PROGRESS"]`),
			recipe.Answer{Text: `{"status":"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}`}, settle.Status{State: settle.Pending, Raw: "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}},
		{"a listed word wins over a glob: CloudFormation", status(`succeeded: ["*_COMPLETE"]`, `failed: ["*_FAILED", ROLLBACK_COMPLETE]`),
			recipe.Answer{Text: `{"status":"ROLLBACK_COMPLETE"}`}, settle.Status{State: settle.Failed, Raw: "ROLLBACK_COMPLETE"}},
		{"a glob with text behind: Proxmox's warnings", status(`state: if .data.status == "stopped" then .data.exitstatus else .data.status end`, "succeeded: OK", `warned: "WARNINGS: *"`),
			recipe.Answer{Text: `{"data":{"status":"stopped","exitstatus":"WARNINGS: 1"}}`}, settle.Status{State: settle.Succeeded, Raw: "WARNINGS: 1", Warned: true}},
		{"case and spaces do not count: Azure, Rally", status("pending: [In Progress]"),
			recipe.Answer{Text: `{"status":"IN_PROGRESS"}`}, settle.Status{State: settle.Pending, Raw: "IN_PROGRESS"}},
		{"a person must act: Terraform", status("blocked: [planned, policy_checked]"),
			recipe.Answer{Text: `{"status":"planned"}`}, settle.Status{State: settle.Blocked, Raw: "planned"}},
		{"canceled: GitLab", status("canceled: [canceled]"), recipe.Answer{Text: `{"status":"canceled"}`}, settle.Status{State: settle.Canceled, Raw: "canceled"}},
		{"every other word is pending: Azure Resource Manager", status("unlisted: pending"), recipe.Answer{Text: `{"status":"Doing"}`}, settle.Status{State: settle.Pending, Raw: "Doing"}},
		{"integers: Buildbot", status("state: .results // -1", "pending: -1", "succeeded: 0", "warned: 1", "failed: [2]"),
			recipe.Answer{Text: `{"results":1}`}, settle.Status{State: settle.Succeeded, Raw: "1", Warned: true}},
		{"value/total progress: Harbor", status("progress: .succeed / .total"), recipe.Answer{Text: `{"status":"running","succeed":3,"total":4}`}, settle.Status{State: settle.Pending, Raw: "running", Progress: 0.75}},
		{"n/m progress by jq", status(`progress: .p | split("/") | map(tonumber) | .[0] / .[1]`), recipe.Answer{Text: `{"status":"running","p":"3/4"}`}, settle.Status{State: settle.Pending, Raw: "running", Progress: 0.75}},
		{"progress in percent: Nutanix", status("progress: .data.progressPercentage / 100"), recipe.Answer{Text: `{"status":"running","data":{"progressPercentage":50}}`}, settle.Status{State: settle.Pending, Raw: "running", Progress: 0.5}},
		{"progress as text: 42%", status("progress: .p"), recipe.Answer{Text: `{"status":"running","p":"42%"}`}, settle.Status{State: settle.Pending, Raw: "running", Progress: 0.42}},
		{"no progress: a division by zero", status("progress: .done / .total"), recipe.Answer{Text: `{"status":"running","done":0,"total":0}`}, settle.Status{State: settle.Pending, Raw: "running"}},
		{"the reason is null although it failed: CloudTower", status("reason: .error_message // .error_code"), recipe.Answer{Text: `{"status":"error","error_message":null,"error_code":null}`}, settle.Status{State: settle.Failed, Raw: "error"}},
		{"the exit code of a command: batch jobs by ssh", status("request: {exec: [ssh, host, '{url}', '{id}']}", "state: $exec.code", "pending: 75", "succeeded: 0", "failed: [1]", "reason: $exec.stderr"),
			recipe.Answer{Exec: &recipe.Exec{Code: 1, Stderr: "no space"}}, settle.Status{State: settle.Failed, Raw: "1", Reason: "no space"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, tt.status)
			a := tt.answer
			a.Known = recipe.Values{"id": "t-7"}
			if a.Text != "" {
				a.Body = tree(t, a.Text)
			}
			got, err := r.Status.Reader.Status(t.Context(), &a)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func tree(t *testing.T, text string) any {
	t.Helper()
	decode := func() (any, error) { return recipe.Decode([]byte(text)) }
	if text[0] == '<' {
		decode = func() (any, error) { return recipe.DecodeXML(text) }
	}
	v, err := decode()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What else an answer may say: that it is none, that nobody is logged in, that the task is not there.
func TestPlatformsJudgements(t *testing.T) {
	tests := []struct {
		name, status, answer  string
		code                  int
		ok, denied, isMissing bool
		words                 string
	}{
		{"an error in HTTP 200: EasyOps", status("ok: .code == 0", "error: .error"), `{"code":100,"error":"no such tool"}`, 200, false, false, false, "no such tool"},
		{"an error in HTTP 200: SMTX OS", status(`ok: .ec == "EOK"`, "error: .error.msg"), `{"ec":"EOK"}`, 200, true, false, false, ""},
		{"an error in HTTP 200: Cloudflare", status("ok: .success", "error: .errors[0].message"), `{"success":false,"errors":[{"message":"bad token"}]}`, 200, false, false, false, "bad token"},
		{"not logged in, in HTTP 200: vSphere", status(`denied: '[.. | objects | ._typeName? // empty] | any(. == "NotAuthenticated")'`), `{"missingSet":[{"fault":{"_typeName":"NotAuthenticated"}}]}`, 200, true, true, false, ""},
		{"not there, in HTTP 500: vSphere", status(`missing: {when: '._typeName == "ManagedObjectNotFound"', before: 10s}`), `{"_typeName":"ManagedObjectNotFound"}`, 500, true, false, true, ""},
		{"not there, in HTTP 500: Slurm", status("missing: {when: 'any(.errors[]?; .error_number == 2017)'}"), `{"errors":[{"error_number":2017}]}`, 500, true, false, true, ""},
		{"not there, an empty list: CloudTower", status("missing: {when: '. == []', before: 30s}"), `[]`, 200, true, false, true, ""},
		{"there: CloudTower", status("missing: {when: '. == []', before: 30s}"), `[{}]`, 200, true, false, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parse(t, tt.status).Status
			a := answer(t, tt.answer)
			a.Status = tt.code
			if got := s.OK == nil || s.OK.True(t.Context(), a); got != tt.ok {
				t.Errorf("ok: got %v", got)
			}
			if got := s.Denied.True(t.Context(), a); got != tt.denied {
				t.Errorf("denied: got %v", got)
			}
			if got := s.Missing.When.True(t.Context(), a); got != tt.isMissing {
				t.Errorf("missing: got %v", got)
			}
			if got := s.Error.Words(t.Context(), a); got != tt.words {
				t.Errorf("error: got %q", got)
			}
		})
	}
	if s := parse(t, status("missing: {after: succeeded}")).Status; s.Missing.After != settle.Succeeded {
		t.Errorf("a deletion is awaited: got %v", s.Missing.After)
	}
	// The words of error say why ok is not fulfilled.
	r := parse(t, status("ok: .code == 0", "error: .error", "reason: .reason"))
	_, err := r.Status.Reader.Status(t.Context(), answer(t, `{"code":1,"error":"no such tool","reason":"other"}`))
	if want := "ok: .code == 0 is false: no such tool"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// How a task is asked for.
func TestPlatformsRequests(t *testing.T) {
	tests := []struct {
		name, id, request, taskID string
		method, url, body         string
	}{
		{"a JSON body: CloudTower", "", `{post: "{url}/get-tasks", json: '{where: {id: $id}}'}`, "t7", "POST", "https://h/get-tasks", `{"where":{"id":"t7"}}`},
		{"a body of XML: SOAP", "", `{post: "{url}/sdk", xml: '<a type="Task">{id}</a>'}`, "task-7<", "POST", "https://h/sdk", `<a type="Task">task-7&lt;</a>`},
		{"id is percent-encoded: Nutanix ZXJnb24=:uuid", "", `{get: "{url}/tasks/{id}"}`, "ZXJnb24=:0f-1", "GET", "https://h/tasks/ZXJnb24%3D%3A0f-1", ""},
		{"id is percent-encoded: Elasticsearch node:number", "", `{get: "{url}/_tasks/{id}"}`, "oTUltX4IQMOUUVeiohTt8A:124", "GET", "https://h/_tasks/oTUltX4IQMOUUVeiohTt8A%3A124", ""},
		{"id is percent-encoded: vSphere uuid:com.vmware…", "", `{get: "{url}/cis/tasks/{id}"}`, "52a:com.vmware.task", "GET", "https://h/cis/tasks/52a%3Acom.vmware.task", ""},
		{"id taken apart: Proxmox UPID", "UPID:{node}:{rest...}", `{get: "{url}/nodes/{node}/tasks/{id}/status"}`, "UPID:pve1:0000A:0B:63:qmsnapshot:100:root@pam:", "GET",
			"https://h/nodes/pve1/tasks/UPID%3Apve1%3A0000A%3A0B%3A63%3Aqmsnapshot%3A100%3Aroot%40pam%3A/status", ""},
		{"id taken apart: GitHub", "{owner}/{repo}/{run}", `{get: "{url}/repos/{owner}/{repo}/actions/runs/{run}"}`, "settle-go/settle/42", "GET", "https://h/repos/settle-go/settle/actions/runs/42", ""},
		{"id with a folder: Jenkins", "{job...}/{build}", `{get: "{url}/{+job}/{build}/api/json"}`, "job/team/job/app one/12", "GET", "https://h/job/team/job/app%20one/12/api/json", ""},
		{"id is a URL: Azure's operations", "", `{get: "{id}"}`, "https://h/op/7?api-version=2024", "GET", "https://h/op/7?api-version=2024", ""},
		{"id is a path: Redfish monitors", "", `{get: "{id}"}`, "/redfish/v1/TaskMonitors/7", "GET", "https://h/redfish/v1/TaskMonitors/7", ""},
		{"id is a URL that ends with a slash: Jenkins' queue", "", `{get: "{id}api/json"}`, "https://h/queue/item/7/", "GET", "https://h/queue/item/7/api/json", ""},
		{"only headers: Azure blobs", "", `{head: "{url}/{+id}"}`, "container/blob", "HEAD", "https://h/container/blob", ""},
		{"a query with id list syntax: Temporal", "", `{get: "{url}/workflows", query: {query: "WorkflowId = '{id}'"}}`, "w 7", "GET", "https://h/workflows?query=WorkflowId%20%3D%20%27w%207%27", ""},
		{"cancel by DELETE: LXD", "", `{delete: "{url}/1.0/operations/{id}"}`, "7", "DELETE", "https://h/1.0/operations/7", ""},
		{"cancel by POST: Nutanix", "", `{post: "{url}/tasks/{id}/$actions/cancel"}`, "7", "POST", "https://h/tasks/7/$actions/cancel", ""},
		{"cancel by PUT: EasyOps", "", `{put: "{url}/tools/terminate/{id}"}`, "7", "PUT", "https://h/tools/terminate/7", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := "id: {help: of the task}"
			if tt.id != "" {
				id = `id: "` + tt.id + `"`
			}
			r := parse(t, id, "cancel: "+tt.request)
			values, err := r.ID.Take(tt.taskID)
			if err != nil {
				t.Fatal(err)
			}
			values["url"] = "https://h"
			f, err := r.Cancel.Fill(t.Context(), values)
			if err != nil {
				t.Fatal(err)
			}
			if f.Method != tt.method || f.URL != tt.url || string(f.Body) != tt.body {
				t.Errorf("got %s %s %s", f.Method, f.URL, f.Body)
			}
		})
	}
}

// What a batch's answer looks like, and which item is whose.
func TestPlatformsBatches(t *testing.T) {
	type result map[string]settle.State
	tests := []struct {
		name, status, batch, answer string
		want                        result
	}{
		{"a list: CloudTower", status("state: .[0].status"), `{request: {post: "{url}", json: '{id_in: $ids}'}, items: 'map([.])', id: ".[0].id"}`,
			`[{"id":"a","status":"done"},{"id":"b","status":"running"}]`, result{"a": settle.Succeeded, "b": settle.Pending}},
		{"a list within, and the single answer in an envelope: GitLab-like", status("state: .data.status"), `{request: {get: "{url}", query: {ids: "{ids}"}, answer: json}, join: ",", items: '.list | map({data: .})', id: .data.id}`,
			`{"list":[{"id":1,"status":"error"}]}`, result{"1": settle.Failed}},
		{"a map by id: vSphere", status(), `{request: {post: "{url}", json: '{tasks: $ids}'}, items: ".value // {}"}`,
			`{"value":{"t:1":{"status":"done"},"t:2":{"status":"running"}}}`, result{"t:1": settle.Succeeded, "t:2": settle.Pending}},
		{"nothing: CloudTower, an id that it does not know", status(), `{request: {post: "{url}", json: $ids}, items: ., id: .id}`, `[]`, result{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, tt.status, "batch: "+tt.batch)
			items, _, err := r.Batch.Items.First(t.Context(), answer(t, tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			got := result{}
			read := func(id string, item any) {
				s, err := r.Status.Reader.Read(t.Context(), &recipe.Answer{Body: item, Known: recipe.Values{"id": id}})
				if err != nil {
					t.Error(err)
				}
				got[id] = s.State
			}
			switch items := items.(type) {
			case []any:
				for _, item := range items {
					read(r.Batch.ID.Words(t.Context(), &recipe.Answer{Body: item}), item)
				}
			case map[string]any:
				for id, item := range items {
					read(id, item)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// How to log in.
func TestPlatformsLogins(t *testing.T) {
	const target = "target: {url: {}, user: {optional: true}, password: {secret: true, optional: true}, token: {secret: true, optional: true}, access_key: {optional: true}, secret_key: {secret: true, optional: true}}"
	rest := "cancel: {delete: '{url}', query: {u: ['{user}', '{password}', '{token}', '{access_key}', '{secret_key}']}}"
	values := recipe.Values{"token": "t0k", "user": "u", "password": "p", "access_key": "ak", "secret_key": "sk", "login": "l0g"}
	tests := []struct {
		name, auth string
		header     map[string]string
		fields     []string
	}{
		{"nothing: a lab", "{none: true}", nil, nil},
		{"basic: Nutanix", "{basic: {user: '{user}', password: '{password}'}}", nil, []string{"user", "password"}},
		{"bearer: GitHub", "{header: {Authorization: 'Bearer {token}'}}", map[string]string{"Authorization": "Bearer t0k"}, []string{"token"}},
		{"a raw token: CloudTower", "{header: {Authorization: '{login}'}, login: {request: {post: '{url}/login', json: '{username: $user, password: $password, source: \"LOCAL\"}'}, token: .data.token}}",
			map[string]string{"Authorization": "l0g"}, nil},
		{"a header of its own: Nutanix v4", "{header: {X-ntnx-api-key: '{token}'}}", map[string]string{"X-ntnx-api-key": "t0k"}, []string{"token"}},
		{"a token in a header: VI/JSON", `{header: {vmware-api-session-id: '{login}'}, login: {request: {post: '{url}/Login', form: {u: '{user}'}}, token: '$http.headers["vmware-api-session-id"]', logout: {post: '{url}/Logout'}}}`,
			map[string]string{"vmware-api-session-id": "l0g"}, []string{"user"}},
		{"a bare string: vSphere REST", "{header: {vmware-api-session-id: '{login}'}, login: {request: {post: '{url}/api/session', header: {Authorization: 'Basic {token}'}}, token: .}}", map[string]string{"vmware-api-session-id": "l0g"}, []string{"token"}},
		{"a command: gcloud", "{header: {Authorization: 'Bearer {login}'}, exec: [gcloud, auth, print-access-token]}", map[string]string{"Authorization": "Bearer l0g"}, nil},
		{"a signature in the query: EasyOps", "{query: {accesskey: '{access_key}', signature: '{signature}', expires: '{expires}'}, sign: {hmac: sha1, key: '{secret_key}', text: '[$request.method, $request.path, ($request.query | to_entries | map(.key + .value) | add // \"\"), $request.content_type, $request.body_md5, ($expires | tostring), $access_key] | join(\"\\n\")', ttl: 60s}}",
			nil, []string{"access_key", "secret_key"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, target, rest, "auth: "+tt.auth)
			if len(r.Auth) != 1 {
				t.Fatalf("got %d ways", len(r.Auth))
			}
			way := r.Auth[0]
			for _, p := range way.Header {
				got, err := p.Fill(values)
				if diff := cmp.Diff([]string{tt.header[p.Name]}, got); diff != "" || err != nil {
					t.Errorf("%s: got %q, %v", p.Name, got, err)
				}
			}
			if len(way.Header) != len(tt.header) {
				t.Errorf("got %d headers", len(way.Header))
			}
			var want []string
			for _, f := range tt.fields {
				if f != "url" {
					want = append(want, f)
				}
			}
			var got []string
			for _, f := range way.Fields {
				if f != "url" {
					got = append(got, f)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("cookie and a header against forgery: Proxmox", func(t *testing.T) {
		r := parse(t, "target: {url: {}, user: {}, password: {secret: true}}", `auth:
  header: {Cookie: "PVEAuthCookie={login.ticket}", CSRFPreventionToken: "{login.csrf}"}
  login: {request: {post: "{url}/access/ticket", form: {username: "{user}", password: "{password}"}}, token: "{ticket: .data.ticket, csrf: .data.CSRFPreventionToken}"}`)
		way := r.Auth[0]
		v, _, err := way.Login.Token.First(t.Context(), answer(t, `{"data":{"ticket":"PVE:x","CSRFPreventionToken":"c"}}`))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"PVEAuthCookie=PVE:x", "c"} {
			if got, err := way.Header[i].Value.Fill(recipe.Values{"login": v}); got != want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		}
	})
	t.Run("what is signed: EasyOps", func(t *testing.T) {
		r := parse(t, target, rest, "auth: "+tests[len(tests)-1].auth)
		s := r.Auth[0].Sign
		got, _, err := s.Text.First(t.Context(), &recipe.Answer{Known: recipe.Values{"access_key": "ak", "expires": 1700000000, "request": map[string]any{
			"method": "GET", "path": "/x", "query": map[string]any{"b": "2", "a": "1"}, "content_type": "application/json", "body_md5": ""}}})
		if want := "GET\n/x\na1b2\napplication/json\n\n1700000000\nak"; got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		if s.Hash != "sha1" || s.TTL != time.Minute {
			t.Errorf("got %+v", s)
		}
	})
}

// The next request of some platforms depends on the answer to the last.
func TestPlatformsChains(t *testing.T) {
	t.Run("a changing Location: Azure", func(t *testing.T) {
		r := parse(t, status(`request: {get: "{id}"}`, "state: $http.status", "pending: 202", "succeeded: 200", "follow: $http.headers.location"))
		a := &recipe.Answer{Status: 202, Header: http.Header{"Location": {"https://other/op/8"}}}
		if got := r.Status.Follow.Words(t.Context(), a); got != "https://other/op/8" {
			t.Errorf("got %q", got)
		}
		if got := r.Status.Follow.Words(t.Context(), &recipe.Answer{Status: 202}); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a second id found on the way: Jenkins", func(t *testing.T) {
		r := parse(t, status(`request: {get: "{id}api/json"}`, `state: 'if has("building") then (if .building then "building" else .result end) elif .cancelled then "cancelled" else "queued" end'`,
			"pending: [queued, building]", "succeeded: [SUCCESS]", "canceled: [cancelled]", "then: .executable.url"))
		if got := r.Status.Then.Words(t.Context(), answer(t, `{"executable":{"url":"https://h/job/app/7/"}}`)); got != "https://h/job/app/7/" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a list of matches: CloudTower's VM by name or id", func(t *testing.T) {
		r := parse(t, action("params: {vm: {}}", `read: {vm: {request: {post: "{url}/get-vms", json: '{where: {OR: [{id: $vm}, {name: $vm}]}}'}, one: '.[].id'}}`,
			`request: {post: "{url}/stop", json: '{where: {id: $read.vm}}'}`, "id: .[0].task_id", `busy: .code == "ResourceLocked"`))
		a := r.Action("vm.stop")
		got, err := a.Reads[0].One.All(t.Context(), answer(t, `[{"id":"a"},{"id":"b"}]`), 100)
		if diff := cmp.Diff([]any{"a", "b"}, got); diff != "" || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		if _, err := a.Reads[0].One.All(t.Context(), answer(t, `[{"id":"a"},{"id":"b"}]`), 1); err == nil {
			t.Error("more than the most: no error")
		}
		if !a.Busy.True(t.Context(), answer(t, `{"code":"ResourceLocked"}`)) || a.Busy.True(t.Context(), answer(t, `[]`)) {
			t.Error("busy")
		}
	})
	t.Run("a version that a change must carry: Nutanix If-Match", func(t *testing.T) {
		r := parse(t, action("params: {vm: {}}", `read: {vm: {request: {get: "{url}/vms/{vm}"}, value: .data}, next: {value: '$read.vm.n + 1', when: '$read.vm != null', refuse: 'if $read.vm.busy then "the VM is busy" else null end'}}`,
			`request: {put: "{url}/vms/{vm}", json: '{n: $read.next}', header: {If-Match: "{read.vm_headers.etag}"}}`, "id: .id", "idempotency: NTNX-Request-Id"))
		read := map[string]any{"vm": map[string]any{"n": 1, "busy": true}, "vm_headers": map[string]any{"etag": "e7"}}
		a := r.Action("vm.stop")
		next, _, err := a.Reads[1].Value.First(t.Context(), &recipe.Answer{Known: recipe.Values{"read": read}})
		if next != 2 || err != nil {
			t.Errorf("got %v, %v", next, err)
		}
		if got := a.Reads[1].Refuse.Words(t.Context(), &recipe.Answer{Known: recipe.Values{"read": read}}); got != "the VM is busy" {
			t.Errorf("got %q", got)
		}
		read["next"] = next
		f, err := a.Request.Fill(t.Context(), recipe.Values{"url": "https://h", "vm": "7", "read": read})
		if err != nil || f.Header.Get("If-Match") != "e7" || string(f.Body) != `{"n":2}` || a.Idempotency != "NTNX-Request-Id" {
			t.Errorf("got %+v, %v", f, err)
		}
	})
}
