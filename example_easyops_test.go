package settle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/settle-go/settle"
)

// Client asks EasyOps about tool executions.
type Client struct{ URL string }

// ToolRun is where a tool's execution stands.
type ToolRun struct {
	TotalStatus string         `json:"totalStatus"`
	Error       string         `json:"error"`
	Outputs     map[string]any `json:"outputs"`
}

// execution reads one execution. EasyOps wraps every answer in an envelope whose code may tell of an error although
// HTTP says 200.
func (c *Client) execution(ctx context.Context, id string) (run ToolRun, err error) {
	req, err := http.NewRequestWithContext(ctx, "GET", c.URL+"/tools/execution/"+url.PathEscape(id)+"?useTargetIdAsKey=true", nil)
	if err != nil {
		return run, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return run, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return run, fmt.Errorf("HTTP %s", resp.Status)
	}
	envelope := struct {
		Code  int     `json:"code"`
		Error string  `json:"error"`
		Data  ToolRun `json:"data"`
	}{}
	if err := json.NewDecoder(resp.Body).Decode(&envelope); err != nil {
		return run, err
	}
	if envelope.Code != 0 {
		return run, fmt.Errorf("code %d: %s", envelope.Code, envelope.Error)
	}
	return envelope.Data, nil
}

var toolStates = settle.States{"run": settle.Pending, "success": settle.Succeeded, "failed": settle.Failed}

func (c *Client) toolRun(ctx context.Context, id string) (ToolRun, settle.Status, error) {
	run, err := c.execution(ctx, id)
	return run, toolStates.Status(run.TotalStatus), err
}

// The decorator, as it stands in a program: every five seconds, at most ten times, and a connection may be lost five
// times in a row.
func Example_decorator() {
	c, ctx, id := &Client{URL: "https://easyops.example.com"}, context.Background(), "5c1d"

	waitToolRun := settle.Wrap(settle.Policy{Every: 5 * time.Second, Checks: 10, Errors: 5}, c.toolRun)
	run, err := waitToolRun(ctx, id)

	var task *settle.TaskError
	var stop *settle.StopError
	switch {
	case err == nil:
		fmt.Println("succeeded", run.Outputs)
	case errors.As(err, &task):
		fmt.Println("the platform says that it failed:", run.Error)
	case errors.As(err, &stop):
		fmt.Println("gave up; it may still run:", stop.Cause)
	}
}

// The second program of the Python original: wait for an EasyOps tool execution. A 502 and an envelope with an error on
// the way are failed checks, not a failed task; a state that nobody listed is no end.
func Example_easyOpsToolExecution() {
	server := httptest.NewServer(easyOps(map[string][]string{
		"backup": {
			`{"code":0,"data":{"totalStatus":"run"}}`,
			`502`,
			`{"code":100013,"error":"service unavailable"}`,
			`{"code":0,"data":{"totalStatus":"success","outputs":{"size":"3.4 GiB"}}}`,
		},
		"expand": {
			`{"code":0,"data":{"totalStatus":"run"}}`,
			`{"code":0,"data":{"totalStatus":"failed","error":"no space left"}}`,
		},
		"strange": {`{"code":0,"data":{"totalStatus":"sleeping"}}`},
	}))
	defer server.Close()
	c := &Client{URL: server.URL}

	// five seconds apart in earnest
	waitToolRun := settle.Wrap(settle.Policy{Every: time.Millisecond, Checks: 10, Errors: 5}, c.toolRun)

	for _, id := range []string{"backup", "expand", "strange"} {
		run, err := waitToolRun(context.Background(), id)
		switch settle.OutcomeOf(err) {
		case settle.OutcomeSucceeded:
			fmt.Println(id, "succeeded:", run.Outputs["size"])
		case settle.OutcomeFailed:
			fmt.Println(id, "failed:", run.Error)
		default:
			fmt.Println(id, "may still run:", settle.OutcomeOf(err))
		}
	}
	// Output:
	// backup succeeded: 3.4 GiB
	// expand failed: no space left
	// strange may still run: unknown
}

// easyOps answers each execution's questions one after the other, the last answer again and again; one that is only a
// number is an HTTP code.
func easyOps(answers map[string][]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Path[len("/tools/execution/"):]
		next := answers[id][0]
		if len(answers[id]) > 1 {
			answers[id] = answers[id][1:]
		}
		var code int
		if json.Unmarshal([]byte(next), &code) == nil {
			w.WriteHeader(code)
			return
		}
		fmt.Fprint(w, next)
	})
}
