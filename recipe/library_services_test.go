package recipe_test

import (
	"net/http"
	"testing"

	"github.com/settle-go/settle/recipe"
)

func TestLibraryAccepted(t *testing.T) {
	verdicts(t, "http/accepted", []said{
		{name: "goes on", code: 202, header: map[string]string{"Location": "/operations/8", "Retry-After": "2"}, body: `{"message": "working"}`, want: "pending [202]"},
		{name: "done", code: 200, body: `{"id": 7}`, want: `succeeded [200] => {"id":7}`},
		{name: "made", code: 201, body: `{"id": 7}`, want: `succeeded [201] => {"id":7}`},
		{name: "done, and nothing to say", code: 204, want: "succeeded [204]"},
		{name: "failed, in RFC 9457's words", code: 409, body: `{"type": "about:blank", "title": "Conflict", "status": 409, "detail": "The volume is attached."}`, want: "failed [409]: The volume is attached."},
		{name: "failed, in OData's words", code: 422, body: `{"error": {"code": "x", "message": "bad filter"}}`, want: "failed [422]: bad filter"},
		{name: "OData's result within 200", code: 200, header: map[string]string{"AsyncResult": "400"}, body: `{"error": {"message": "bad filter"}}`, want: "failed [400]: bad filter"},
		{name: "not there", code: 404, body: `{"title": "Not Found"}`, want: "missing: Not Found"},
		{name: "gone", code: 410, want: "missing"},
		{name: "no login", code: 401, want: "denied"},
		{name: "too many requests", code: 429, body: `{"detail": "slow down"}`, want: "no answer: slow down"},
		{name: "server error", code: 503, body: `{"error": "starting"}`, want: "no answer: starting"},
	})
	askings(t, []asking{
		{name: "http", what: "status", id: "https://api.lab/operations/7?token=a%2Bb", values: recipe.Values{"url": "https://api.lab"}, want: "GET https://api.lab/operations/7?token=a%2Bb"},
		{name: "http", what: "status", comment: " by path", id: "/operations/7", values: recipe.Values{"url": "https://api.lab"}, want: "GET https://api.lab/operations/7"},
	})
	v, _, err := builtIn(t, "http").Status.Follow.First(t.Context(), &recipe.Answer{Status: 202, Header: http.Header{"Location": {"/operations/8"}}})
	if err != nil || v != "/operations/8" {
		t.Errorf("the next place to ask: got %v, %v", v, err)
	}
}

func TestLibraryOpenAI(t *testing.T) {
	batch := func(status, counts, different string) string {
		return `{"id": "batch_abc123", "object": "batch", "endpoint": "/v1/chat/completions", "errors": null, "input_file_id": "file-in", "completion_window": "24h", "status": "` + status + `",
			"request_counts": ` + counts + different + `}`
	}
	verdicts(t, "openai/batch", []said{
		{name: "validating", body: batch("validating", `{"total": 0, "completed": 0, "failed": 0}`, ``), want: "pending [validating]"},
		{name: "in progress", body: batch("in_progress", `{"total": 100, "completed": 35, "failed": 5}`, ``), want: "pending [in_progress] 40%"},
		{name: "completed", body: batch("completed", `{"total": 100, "completed": 100, "failed": 0}`, `, "output_file_id": "file-out", "error_file_id": null`), want: `succeeded [completed] 100% => {"output_file_id":"file-out"}`},
		{name: "completed in part", body: batch("completed", `{"total": 100, "completed": 95, "failed": 5}`, `, "output_file_id": "file-out", "error_file_id": "file-err"`),
			want: `warned, succeeded [completed, some requests failed] 100% => {"error_file_id":"file-err","output_file_id":"file-out"}`},
		{name: "failed", body: `{"id": "batch_abc123", "status": "failed", "errors": {"object": "list", "data": [{"code": "invalid_json_line", "line": 3, "message": "This line is not parseable as valid JSON."}]}}`,
			want: "failed [failed]: This line is not parseable as valid JSON."},
		{name: "not found", code: 404, body: `{"error": {"message": "No batch found with id 'batch_x'.", "type": "invalid_request_error"}}`, want: "missing: No batch found with id 'batch_x'."},
		{name: "bad key", code: 401, body: `{"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error"}}`, want: "denied: Incorrect API key provided."},
	})
	vocabulary(t, "openai/batch", `{"status":"%s"}`, map[string]string{"pending": "validating|in_progress|finalizing|cancelling", "succeeded": "completed", "warned": "completed, some requests failed", "failed": "failed|expired", "canceled": "cancelled"})
	askings(t, []asking{
		{name: "openai", what: "status", id: "batch_a/b", want: "GET https://api.openai.com/v1/batches/batch_a%2Fb"},
		{name: "openai", what: "cancel", id: "batch_a", want: "POST https://api.openai.com/v1/batches/batch_a/cancel"},
	})
}

func TestLibraryReplicate(t *testing.T) {
	verdicts(t, "replicate/prediction", []said{
		{name: "processing", body: `{"id": "gm3qo", "status": "processing", "output": null, "error": null, "logs": "42%"}`, want: "pending [processing]"},
		{name: "succeeded", body: `{"id": "gm3qo", "status": "succeeded", "output": ["https://replicate.delivery/x.png"], "error": null}`, want: `succeeded [succeeded] => ["https://replicate.delivery/x.png"]`},
		{name: "failed", body: `{"id": "gm3qo", "status": "failed", "output": null, "error": "CUDA out of memory"}`, want: "failed [failed]: CUDA out of memory"},
		{name: "not found", code: 404, body: `{"detail": "The requested resource could not be found.", "status": 404}`, want: "missing: The requested resource could not be found."},
		{name: "bad token", code: 401, body: `{"title": "Unauthenticated", "detail": "You did not pass a valid authentication token", "status": 401}`, want: "denied: You did not pass a valid authentication token"},
	})
	vocabulary(t, "replicate/prediction", `{"status":"%s"}`, map[string]string{"pending": "starting|processing", "succeeded": "succeeded", "failed": "failed", "canceled": "canceled|aborted"})
	askings(t, []asking{
		{name: "replicate", what: "status", id: "gm3qo", want: "GET https://api.replicate.com/v1/predictions/gm3qo"},
		{name: "replicate", what: "cancel", id: "gm3qo", want: "POST https://api.replicate.com/v1/predictions/gm3qo/cancel"},
	})
}

func TestLibrarySnowflake(t *testing.T) {
	verdicts(t, "snowflake/statement", []said{
		{name: "runs", code: 202, body: `{"code": "333334", "message": "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.", "statementHandle": "01b6"}`, want: "pending [202]"},
		{name: "done", code: 200, body: `{"code": "090001", "sqlState": "00000", "message": "Statement executed successfully.", "data": [["1", "a"]]}`, want: `succeeded [200] => [["1","a"]]`},
		{name: "failed", code: 422, body: `{"code": "002003", "sqlState": "42S02", "message": "Object 'T' does not exist or not authorized."}`, want: "failed [422]: Object 'T' does not exist or not authorized."},
		{name: "canceled", code: 422, body: `{"code": "000604", "sqlState": "57014", "message": "SQL execution canceled"}`, want: "canceled [canceled]: SQL execution canceled"},
		{name: "took too long", code: 408, body: `{"code": "000630", "sqlState": "57014", "message": "Statement reached its statement timeout of 60 second(s) and was canceled."}`,
			want: "failed [408]: Statement reached its statement timeout of 60 second(s) and was canceled."},
		{name: "too many requests", code: 429, body: `{"code": "391908", "message": "Too many requests."}`, want: "no answer: Too many requests."},
		{name: "not there", code: 404, body: `{"code": "391917", "message": "not found"}`, want: "missing: not found"},
		{name: "bad token", code: 401, body: `{"code": "390303", "message": "Invalid OAuth access token."}`, want: "denied: Invalid OAuth access token."},
	})
	account := recipe.Values{"url": "https://o-a.snowflakecomputing.com"}
	askings(t, []asking{
		{name: "snowflake", what: "status", id: "01b6/x", values: account, want: "GET https://o-a.snowflakecomputing.com/api/v2/statements/01b6%2Fx\nAccept: application/json"},
		{name: "snowflake", what: "cancel", id: "01b6", values: account, want: "POST https://o-a.snowflakecomputing.com/api/v2/statements/01b6/cancel\nAccept: application/json"},
	})
}

// A CI job or a shell that has set up its platform needs nothing more.
func TestLibraryEnvironment(t *testing.T) {
	tests := []struct{ recipe, field, want string }{
		{"github", "url", "GITHUB_API_URL"}, {"github", "token", "GITHUB_TOKEN"}, {"github", "token", "GH_TOKEN"},
		{"gitlab", "url", "CI_API_V4_URL"}, {"gitlab", "url", "CI_SERVER_URL"}, {"gitlab", "token", "GITLAB_TOKEN"}, {"gitlab", "job_token", "CI_JOB_TOKEN"},
		{"jenkins", "url", "JENKINS_URL"}, {"jenkins", "token", "JENKINS_API_TOKEN"}, {"awx", "url", "CONTROLLER_HOST"}, {"terraform", "token", "TFE_TOKEN"},
		{"openstack", "url", "OS_AUTH_URL"}, {"openstack", "password", "OS_PASSWORD"}, {"proxmox", "token", "PROXMOX_VE_API_TOKEN"}, {"slurm", "token", "SLURM_JWT"},
		{"hetzner", "token", "HCLOUD_TOKEN"}, {"nomad", "url", "NOMAD_ADDR"}, {"argo", "token", "ARGO_TOKEN"}, {"openai", "token", "OPENAI_API_KEY"},
	}
	for _, tt := range tests {
		found := false
		for _, name := range builtIn(t, tt.recipe).Field(tt.field).Env {
			found = found || name == tt.want
		}
		if !found {
			t.Errorf("%s: %s does not stand for %s", tt.recipe, tt.want, tt.field)
		}
	}
}
