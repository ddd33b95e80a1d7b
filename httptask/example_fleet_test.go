package httptask_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// Forty snapshots on one CloudTower: all that run are asked for in one request.
func ExampleTasks_Fleet() {
	tower := vendortest.SmartX() // stands for a real one
	server := httptest.NewServer(tower)
	defer server.Close()

	cloudtower, err := recipe.Find("smartx/cloudtower")
	if err != nil {
		fmt.Println(err)
		return
	}
	tasks, err := httptask.Open(cloudtower, target.Target{
		URL:     server.URL,
		Secrets: map[string]string{"token": "api-key"},
		Policy:  "every=10ms jitter=0 timeout=5m",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tasks.Close()

	ctx := context.Background()
	var ids []string
	for n := range 40 {
		id, err := tasks.Submit(ctx, "snapshot.create", map[string]any{"vm": "web-07", "name": fmt.Sprintf("nightly-%d", n)})
		if err != nil {
			fmt.Println(err)
			return
		}
		ids = append(ids, id)
	}
	started := tasks.Requests()

	outcomes := map[settle.Outcome]int{}
	for _, result := range tasks.Fleet().Each(ctx, slices.Values(ids)) {
		outcomes[settle.OutcomeOf(result.Err)]++
	}
	fmt.Println(outcomes, "after", tasks.Requests()-started, "requests")
	// Output: map[succeeded:40] after 4 requests
}
