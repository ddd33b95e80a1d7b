package vendortest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/internal/vendortest"
)

// A caller asks a server as curl would.
type caller struct {
	t      *testing.T
	url    string
	header map[string]string
}

func serve(t *testing.T, h http.Handler, header map[string]string) caller {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return caller{t, server.URL, header}
}

// ask returns the code and the body, whose line end is cut; 0 and "" where the connection was lost.
func (c caller) ask(method, path, body string) (int, string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

var (
	towerKey = map[string]string{"Authorization": "api-key"}
	prismKey = map[string]string{"Authorization": "Basic YWRtaW46c2VjcmV0"}
	opsUser  = map[string]string{"org": "1", "user": "u"}
)

// Each refusal in its vendor's form, and which of them break the contract.
func TestContract(t *testing.T) {
	tests := []struct {
		name               string
		header             map[string]string
		method, path, body string
		code               int
		says               string
		violates           bool
	}{
		{"no login", nil, "POST", "/v2/api/get-tasks", `{}`, 401, `"code":"Unauthorized"`, false},
		{"no such path", towerKey, "POST", "/v2/api/get-nonsense", `{}`, 404, `"code":"NotFound"`, false},
		{"a wrong method", towerKey, "GET", "/v2/api/get-tasks", ``, 400, `"message":"method GET"`, true},
		{"no body", towerKey, "POST", "/v2/api/get-tasks", ``, 400, `no JSON object`, true},
		{"an unknown field", towerKey, "POST", "/v2/api/get-tasks", `{"filter":{}}`, 400, `unknown field filter`, true},
		{"an unknown field to filter by", towerKey, "POST", "/v2/api/get-vms", `{"where":{"label":"x"}}`, 400, `unknown field label`, true},
		{"a field missing", towerKey, "POST", "/v2/api/create-vm-snapshot", `{"data":[{"vm_id":"vm-1"}]}`, 400, `no name`, true},
		{"a start that hits several", towerKey, "POST", "/v2/api/delete-vm-snapshot", `{"where":{}}`, 400, `no id`, true},
		{"nothing there", towerKey, "POST", "/v2/api/delete-vm-snapshot", `{"where":{"id":"x"}}`, 404, `"code":"NotFound"`, false},
		{"a unit", towerKey, "POST", "/v2/api/expand-vm-disk", `{"where":{"vm":{"id":"vm-1"},"vm_volume":{"id":"volume-data"}},"size":200,"size_unit":"GB"}`, 400, `unknown field size_unit`, true},
		{"CPUs that do not multiply", towerKey, "POST", "/v2/api/update-vm-basic-info", `{"where":{"id":"vm-1"},"data":{"vcpu":8,"cpu_cores":2,"cpu_sockets":2}}`, 400, `vcpu is not`, true},

		{"v4: no login", nil, "GET", "/api/prism/v4.0/config/tasks/x", ``, 401, `{"data":{"$objectType":"prism.v4.error.ErrorResponse"`, false},
		{"v4: no such task", prismKey, "GET", "/api/prism/v4.0/config/tasks/x", ``, 404, `"code":"PRISM-40404"`, false},
		{"v4: a filter that is none", prismKey, "GET", "/api/vmm/v4.0/ahv/config/vms?$filter=name%20is%20x", ``, 400, `$filter name is x`, true},
		{"v4: no request id", prismKey, "POST", "/api/dataprotection/v4.0/config/recovery-points", `{}`, 400, `VMM-30400`, true},
		{"v3: no login", nil, "POST", "/api/nutanix/v3/vms/list", `{}`, 401, `"state":"ERROR"`, false},
		{"v3: no kind", prismKey, "POST", "/api/nutanix/v3/vms/list", `{}`, 400, `no kind`, true},
		{"v3: only half of a VM", prismKey, "PUT", "/api/nutanix/v3/vms/5d6e7f80-91a2-4b3c-8d5e-000000000001", `{"spec":{}}`, 400, `no metadata`, true},
		{"v3: a VM without its disks", prismKey, "PUT", "/api/nutanix/v3/vms/5d6e7f80-91a2-4b3c-8d5e-000000000001", `{"metadata":{"kind":"vm","uuid":"x","spec_version":0},"spec":{}}`, 400, `a disk would be deleted`, true},
		{"v2: no such task", prismKey, "GET", "/PrismGateway/services/rest/v2.0/tasks/x", ``, 500, `{"message":"Task with uuid x is not found"}`, false},
		{"v2: an unknown field", prismKey, "PUT", "/PrismGateway/services/rest/v2.0/vms/5d6e7f80-91a2-4b3c-8d5e-000000000001", `{"cpus":4}`, 400, `unknown field cpus`, true},

		{"EasyOps: no headers", nil, "GET", "/tools", ``, 401, `"code":100401`, false},
		{"EasyOps: a field missing", opsUser, "POST", "/tools/execution", `{"toolId":"t","inputs":{},"execUser":"root"}`, 400, `no vId`, true},
		{"EasyOps: agents in another form", opsUser, "POST", "/tools/execution", `{"toolId":"t","vId":"v","inputs":{"@agents":["10.0.0.7"]},"execUser":"root"}`, 400, `@agents`, true},
		{"EasyOps: a version that is text", opsUser, "POST", "/flows/execution", `{"flowId":"f","version":"7","flowInputs":{},"needNotify":false}`, 400, `version is no number`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var server interface {
				http.Handler
				Violations() []string
			} = vendortest.SmartX()
			switch {
			case strings.Contains(tt.path, "nutanix"), strings.Contains(tt.path, "/v4.0/"), strings.Contains(tt.path, "Prism"):
				server = vendortest.Nutanix("v2", "v3", "v4")
			case !strings.HasPrefix(tt.path, "/v2/api"):
				server = vendortest.EasyOps()
			}
			code, body := serve(t, server, tt.header).ask(tt.method, tt.path, tt.body)
			if code != tt.code || !strings.Contains(body, tt.says) {
				t.Errorf("got %d %s, want %d with %s", code, body, tt.code, tt.says)
			}
			if got := server.Violations(); (len(got) == 1) != tt.violates {
				t.Errorf("violations: got %q", got)
			}
		})
	}
}

// snapshot starts one and returns the task's id.
func (c caller) snapshot(name string) string {
	c.t.Helper()
	_, body := c.ask("POST", "/v2/api/create-vm-snapshot", fmt.Sprintf(`{"data":[{"vm_id":"vm-1","name":%q}]}`, name))
	var answer []struct {
		Task string `json:"task_id"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer) != 1 {
		c.t.Fatal(body, err)
	}
	return answer[0].Task
}

func (c caller) words(id string, looks int) (words []string) {
	c.t.Helper()
	for range looks {
		_, body := c.ask("POST", "/v2/api/get-tasks", fmt.Sprintf(`{"where":{"id":%q}}`, id))
		var answer []struct{ Status string }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			c.t.Fatal(body, err)
		}
		for _, a := range answer {
			words = append(words, a.Status)
		}
	}
	return words
}

func TestTasksGoByLooks(t *testing.T) {
	tower := vendortest.SmartX()
	c := serve(t, tower, towerKey)
	id := c.snapshot("s")
	if got := tower.Snapshots("vm-1"); len(got) != 0 {
		t.Errorf("it is there before its task ends: %q", got)
	}
	if diff := cmp.Diff([]string{"PENDING", "EXECUTING", "EXECUTING", "SUCCESSED", "SUCCESSED"}, c.words(id, 5)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"s"}, tower.Snapshots("vm-1")); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
	tower.Set(func() { tower.Manual, tower.Script = true, []string{"EXECUTING", "FAILED"} })
	id = c.snapshot("t")
	if got := c.words(id, 2); got[1] != "EXECUTING" {
		t.Errorf("a look moved it: %q", got)
	}
	tower.Advance()
	if got := c.words(id, 1); got[0] != "FAILED" || len(tower.Snapshots("vm-1")) != 1 {
		t.Errorf("got %q and the snapshots %q", got, tower.Snapshots("vm-1"))
	}
}

func TestLostConnections(t *testing.T) {
	for when, want := range map[vendortest.Moment]int{vendortest.Before: 0, vendortest.After: 1} {
		tower := vendortest.SmartX()
		tower.Synchronous = true
		c := serve(t, tower, towerKey)
		tower.Lose(2, when)
		if code, _ := c.ask("POST", "/v2/api/get-vms", `{}`); code != 200 {
			t.Fatal(code)
		}
		if code, _ := c.ask("POST", "/v2/api/create-vm-snapshot", `{"data":[{"vm_id":"vm-1","name":"s"}]}`); code != 0 {
			t.Errorf("%s: got an answer", when)
		}
		if got := len(tower.Snapshots("vm-1")); got != want {
			t.Errorf("%s: got %d snapshots, want %d", when, got, want)
		}
		if got := len(tower.Requests()); got != 2 {
			t.Errorf("%s: got %d requests", when, got)
		}
	}
}

func TestTokensExpire(t *testing.T) {
	tower := vendortest.SmartX()
	c := serve(t, tower, map[string]string{})
	if code, _ := c.ask("POST", "/v2/api/login", `{"username":"root","password":"guess","source":"LOCAL"}`); code != 400 {
		t.Errorf("a wrong password: got %d", code)
	}
	_, body := c.ask("POST", "/v2/api/login", `{"username":"root","password":"secret","source":"LOCAL"}`)
	var login struct{ Data struct{ Token string } }
	if err := json.Unmarshal([]byte(body), &login); err != nil {
		t.Fatal(err)
	}
	c.header["Authorization"] = login.Data.Token
	for _, want := range []int{200, 401} {
		if code, _ := c.ask("POST", "/v2/api/get-vms", `{}`); code != want {
			t.Errorf("got %d, want %d", code, want)
		}
		tower.Expire()
	}
}

func TestETags(t *testing.T) {
	prism := vendortest.Nutanix("v4")
	c := serve(t, prism, map[string]string{"Authorization": prismKey["Authorization"], "NTNX-Request-Id": "5d6e7f80-91a2-4b3c-8d5e-000000000099"})
	const path = "/api/dataprotection/v4.0/config/recovery-points/5d6e7f80-91a2-4b3c-8d5e-000000000006"
	prism.Together("group")
	if code, body := c.ask("DELETE", path, ""); code != 400 || !strings.Contains(body, "PLAT-10004") || len(prism.Violations()) != 1 {
		t.Errorf("without If-Match: got %d %s", code, body)
	}
	c.header["If-Match"] = "*"
	if code, body := c.ask("DELETE", path, ""); code != 412 || !strings.Contains(body, "PLAT-10005") {
		t.Errorf("with another: got %d %s", code, body)
	}
	c.header["If-Match"] = "etag-5d6e7f80-91a2-4b3c-8d5e-000000000006"
	_, first := c.ask("DELETE", path, "")
	if _, again := c.ask("DELETE", path, ""); again != first || !strings.Contains(first, "ZXJnb24=:") {
		t.Errorf("the same request id: got %s, then %s", first, again)
	}
}
