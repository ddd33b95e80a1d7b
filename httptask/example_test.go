package httptask_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
)

// Waiting for a task that has an address.
func ExampleClient_Check() {
	checks := 0
	ci := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		state := []string{"queued", "running", "done"}[min(checks, 2)]
		checks++
		_, _ = io.WriteString(w, `{"status":"`+state+`","url":"https://ci.lab/7"}`)
	}))
	defer ci.Close()

	reader, err := recipe.Reading{
		State:     ".status",
		Result:    ".url",
		Pending:   []string{"queued", "running"},
		Succeeded: []string{"done"},
	}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := httptask.New(httptask.Options{})
	defer client.Close()

	ctx := context.Background()
	policy := settle.Policy{Every: time.Millisecond, Timeout: time.Minute, Errors: 5}
	answer, err := settle.Wait(ctx, policy, client.Check(httptask.Request{URL: ci.URL}, reader))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, _, err := reader.Result(ctx, answer)
	fmt.Println(string(result), err, "after", checks, "checks")
	// Output: "https://ci.lab/7" <nil> after 3 checks
}
