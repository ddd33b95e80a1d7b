package recipe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// small is a recipe that is whole; parts replace its blocks of the same key, or come behind.
func small(parts ...string) string {
	blocks := []string{
		"name: acme/task", "title: Acme task", "docs: https://acme.example.com/api, v1", `proof: {mock: "documented answers, v1"}`,
		"target: {url: {help: address of the server}}",
		"status:\n  request: {get: \"{url}/tasks/{id}\"}\n  state: .status\n  pending: [running]\n  succeeded: [done]\n  failed: [error]",
	}
	for _, p := range parts {
		key, _, _ := strings.Cut(p, ":")
		found := false
		for i, b := range blocks {
			if strings.HasPrefix(b, key+":") {
				blocks[i], found = p, true
			}
		}
		if !found {
			blocks = append(blocks, p)
		}
	}
	return strings.Join(blocks, "\n") + "\n"
}

// status is small's status with other lines in place of, or behind, its own.
func status(lines ...string) string {
	all := []string{`request: {get: "{url}/tasks/{id}"}`, "state: .status", "pending: [running]", "succeeded: [done]", "failed: [error]"}
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		found := false
		for i, l := range all {
			if strings.HasPrefix(l, key+":") {
				all[i], found = line, true
			}
		}
		if !found {
			all = append(all, line)
		}
	}
	return "status:\n  " + strings.Join(all, "\n  ")
}

func action(lines ...string) string {
	return "actions:\n  vm.stop:\n    help: stop a VM\n    " + strings.Join(lines, "\n    ")
}

func parse(t testing.TB, parts ...string) *recipe.Recipe {
	t.Helper()
	r, err := recipe.Parse("acme-task.yaml", []byte(small(parts...)))
	if err != nil {
		t.Fatal("\n" + explain(err))
	}
	return r
}

// faults are all that is wrong with a recipe.
func faults(t testing.TB, text string) []*recipe.Error {
	t.Helper()
	_, err := recipe.Parse("x.yaml", []byte(text))
	if err == nil {
		return nil
	}
	var all []*recipe.Error
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var refused *recipe.Error
		if !errors.As(e, &refused) {
			t.Fatalf("got %T %v, want an *Error", e, e)
		}
		all = append(all, refused)
	}
	return all
}

func TestParse(t *testing.T) {
	r := parse(t,
		"default: true",
		"proof: {mock: documented, server: Acme 1.2}",
		`id: {pattern: "{project}/{task}", help: project and task, example: web/7}`,
		"target:\n  url: {help: address, example: 'https://acme', env: [ACME_URL], strip: /api}\n  token: {secret: true, optional: true, env: ACME_TOKEN}\n  source: {default: LOCAL, choices: [LOCAL, LDAP]}\n  insecure: {env: [ACME_INSECURE]}",
		"auth:\n  - header: {Authorization: 'Bearer {token}'}\n    query: {source: '{source}'}\n  - none: true",
		"detect: {request: {get: '{url}/version'}, when: .version != null, version: .version}",
		status("ok: .code == 0", "error: .error", "missing: {when: .code == 404, before: 30s, after: succeeded}", "progress: .p / 100", "poll: {max: 30s, query: {wait: '{seconds}'}}"),
		"result: {request: {get: '{url}/results/{task}'}, value: .result, ok: true}",
		"batch: {request: {post: '{url}/tasks', json: '{ids: $ids}'}, max: 50, items: .tasks, id: .id, missing: pending, on_error: single}",
		"cancel: {delete: '{url}/tasks/{id}'}",
		"link: '{url}/#/tasks/{id}'",
		"policy: every=5s max=30s",
		action("params: {vm: {help: name, example: web-07}, size: {type: bytes, default: 1GiB}}", "request: {post: '{url}/vms/{vm}', json: '{size: $size}'}", "id: .id", "ok: .ok"),
	)
	if got, want := []string{r.Name, r.Vendor(), r.Kind(), r.Title, r.Policy, r.File}, []string{"acme/task", "acme", "task", "Acme task", "every=5s max=30s", "acme-task.yaml"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]recipe.Proof{{By: "server", What: "Acme 1.2"}, {By: "mock", What: "documented"}}, r.Proof); diff != "" {
		t.Errorf("proof (-want +got):\n%s", diff)
	}
	wantFields := []*recipe.Field{
		{Name: "url", Help: "address", Example: "https://acme", Env: []string{"ACME_URL"}, Strip: "/api"},
		{Name: "token", Secret: true, Optional: true, Env: []string{"ACME_TOKEN"}},
		{Name: "source", Default: "LOCAL", Choices: []string{"LOCAL", "LDAP"}},
		{Name: "insecure", Env: []string{"ACME_INSECURE"}, Optional: true},
	}
	if diff := cmp.Diff(wantFields, r.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if len(r.Auth) != 2 || !r.Auth[1].None || !cmp.Equal(r.Auth[0].Fields, []string{"token", "source"}) {
		t.Errorf("auth: got %+v", r.Auth)
	}
	if !r.Default || r.Detect == nil || r.Cancel == nil || r.Link.Template == nil || r.Status.Poll.Max != 30*time.Second {
		t.Errorf("got %+v", r)
	}
	if want := (recipe.Missing{When: r.Status.Missing.When, Before: 30 * time.Second, After: settle.Succeeded}); r.Status.Missing != want {
		t.Errorf("missing: got %+v, want %+v", r.Status.Missing, want)
	}
	if r.Batch.Max != 50 || r.Batch.MissingSingle || !r.Batch.OnErrorSingle {
		t.Errorf("batch: got %+v", r.Batch)
	}
	a := r.Action("vm.stop")
	if a == nil || a.Param("size").Type != "bytes" || !a.Param("size").HasDefault || a.Param("vm").Type != "string" || a.Param("nix") != nil || r.Action("vm") != nil || r.Field("nix") != nil {
		t.Errorf("action: got %+v", a)
	}
}

// What a block leaves out of ok, error and denied is as for the status.
func TestJudgesAreComplete(t *testing.T) {
	r := parse(t,
		"target: {url: {}, user: {}}",
		"auth: {header: {T: '{login}'}, login: {request: {post: '{url}/login', json: '{u: $user}'}, token: .t, read: {x: {request: {get: '{url}/x'}, value: .}}}}",
		status("ok: .code == 0", "error: .error", "denied: .code == 403"),
		"result: {request: {get: '{url}/r/{id}'}, value: .r, ok: true, error: .message}",
		"batch: {request: {post: '{url}/tasks', json: '{ids: $ids}'}, items: ., denied: .no}",
		action("params: {vm: {}}", "read: {v: {request: {get: '{url}/vm/{vm}'}, one: .id, ok: .fine}, c: {value: 1}}", "request: {exec: [acme, stop, '{read.v}']}", "id: .id"),
	)
	shown := func(j recipe.Judge) [3]string { return [3]string{j.OK.String(), j.Error.String(), j.Denied.String()} }
	a := r.Action("vm.stop")
	tests := []struct {
		name string
		got  recipe.Judge
		want [3]string
	}{
		{"the status", r.Status.Judge, [3]string{".code == 0", ".error", ".code == 403"}},
		{"the result", r.Result.Judge, [3]string{"", ".message", ".code == 403"}},
		{"the batch", r.Batch.Judge, [3]string{".code == 0", ".error", ".no"}},
		{"a read", a.Reads[0].Judge, [3]string{".fine", ".error", ".code == 403"}},
		{"what is computed", a.Reads[1].Judge, [3]string{}},
		{"a command beside HTTP", a.Judge, [3]string{}},
		{"a login", r.Auth[0].Login.Judge, [3]string{}},
		{"what is read before a login", r.Auth[0].Login.Reads[0].Judge, [3]string{}},
	}
	for _, tt := range tests {
		if got := shown(tt.got); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The words of a list are as they were written, whatever YAML takes them for.
func TestWordsAsWritten(t *testing.T) {
	r := parse(t, status("pending: [202, true, no, on, 1.10, 0x1F, 2020-01-02, ~x]", "succeeded: yes", `failed: ["null", '*_FAILED', "on hold"]`))
	for raw, want := range map[string]settle.State{
		"202": settle.Pending, "true": settle.Pending, "no": settle.Pending, "ON": settle.Pending, "1.10": settle.Pending, "1.1": settle.Unknown,
		"0x1F": settle.Pending, "31": settle.Unknown, "2020-01-02": settle.Pending, "~x": settle.Pending,
		"yes": settle.Succeeded, "null": settle.Failed, "CREATE_FAILED": settle.Failed, "ON_HOLD": settle.Failed,
	} {
		got, _ := r.Status.Reader.Status(t.Context(), &recipe.Answer{Body: map[string]any{"status": raw}})
		if got.State != want {
			t.Errorf("%s: got %v, want %v", raw, got.State, want)
		}
	}
}

func TestPollRequests(t *testing.T) {
	tests := []struct{ name, request, poll, method, url, body string }{
		{"more query", `{get: "{url}/t/{id}", query: {brief: 1, wait: 0}}`, `{max: 30s, query: {wait: "{seconds}"}}`, "GET", "https://h/t/7?brief=1&wait=20", ""},
		{"another body", `{post: "{url}/t", form: {id: "{id}"}}`, `{max: 30s, json: '{id: $id, timeout: $seconds}'}`, "POST", "https://h/t", `{"id":"7","timeout":20}`},
		{"another request", `{post: "{url}/t", form: {id: "{id}"}}`, `{max: 30s, request: {get: "{url}/t/{id}/wait", query: {timeout: "{seconds}"}}}`, "GET", "https://h/t/7/wait?timeout=20", ""},
		{"a header", `{get: "{url}/t/{id}", header: {Prefer: respond-async}}`, `{max: 30s, header: {Prefer: "wait={seconds}"}}`, "GET", "https://h/t/7", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, status("request: "+tt.request, "poll: "+tt.poll))
			f, err := r.Status.Poll.Request.Fill(t.Context(), recipe.Values{"url": "https://h", "id": "7", "seconds": 20})
			if err != nil {
				t.Fatal(err)
			}
			if f.Method != tt.method || f.URL != tt.url || string(f.Body) != tt.body {
				t.Errorf("got %s %s %s, want %s %s %s", f.Method, f.URL, f.Body, tt.method, tt.url, tt.body)
			}
			if p := f.Header.Get("Prefer"); tt.name == "a header" && p != "wait=20" {
				t.Errorf("header: got %q", p)
			}
		})
	}
}

func TestFind(t *testing.T) {
	tests := []struct{ name, want, hint string }{
		{"easyops/tool", "easyops/tool", ""},
		{"easyops/tol", "", "did you mean easyops/tool?"},
		{"tool", "", "did you mean easyops/tool?"},
		{"esyops", "", "did you mean easyops?"},
		{"nothing-like-it", "", "settle recipe list"},
	}
	for _, tt := range tests {
		r, err := recipe.Find(tt.name)
		var refused *recipe.Error
		switch {
		case err == nil && r.Name != tt.want:
			t.Errorf("%s: got %s, want %q", tt.name, r.Name, tt.want)
		case err != nil && (!errors.As(err, &refused) || refused.Hint != tt.hint || refused.Place != "recipe"):
			t.Errorf("%s: got %+v, want the hint %q", tt.name, err, tt.hint)
		}
	}
	for _, r := range recipe.Library() {
		if !r.Default {
			continue
		}
		if found, err := recipe.Find(r.Vendor()); err != nil || found != r {
			t.Errorf("%s: got %v, %v", r.Vendor(), found, err)
		}
	}
}
