package settle_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// A cluster answers for many tasks in one request.
type cluster struct{ requests int }

func (c *cluster) snapshots(_ context.Context, ids []string) (map[string]settle.Answer[snapshot], error) {
	c.requests++
	answers := map[string]settle.Answer[snapshot]{}
	for _, id := range ids {
		s := snapshot{State: "run"}
		if c.requests == 3 {
			s.State = "success"
		}
		answers[id] = settle.Answer[snapshot]{Value: s, Status: snapshotStates.Status(s.State)}
	}
	return answers, nil
}

// A hundred tasks, in one request a round.
func ExampleFleet_Each() {
	client, ctx := new(cluster), context.Background()
	var ids []string
	for n := range 100 {
		ids = append(ids, fmt.Sprintf("snap-%d", n))
	}

	fleet := settle.Fleet[string, snapshot]{
		Policy: settle.Policy{Every: 10 * time.Millisecond, Checks: 10, Errors: 5},
		Batch:  client.snapshots, // one request for up to Size keys
	}
	outcomes := map[settle.Outcome]int{}
	for _, result := range fleet.Each(ctx, slices.Values(ids)) {
		outcomes[settle.OutcomeOf(result.Err)]++
	}
	fmt.Println(outcomes, "in", client.requests, "requests")
	// Output: map[succeeded:100] in 3 requests
}

// A run that lives on: tasks come and go, and ends are taken as they come.
func ExampleFleet_Start() {
	polls := map[string]int{"web-07": 1, "web-08": 3} // how often each is still pending
	fleet := settle.Fleet[string, int]{
		Policy:  settle.Policy{Every: time.Millisecond, Checks: 10},
		Workers: 1,
		Check: func(_ context.Context, vm string) (int, settle.Status, error) {
			polls[vm]--
			return polls[vm], settle.When(polls[vm] < 0), nil
		},
	}
	run := fleet.Start(context.Background())
	for vm := range polls {
		if err := run.Add(vm, settle.Entry{}); err != nil {
			fmt.Println(err)
		}
	}
	left := len(polls)
	for vm, result := range run.Ends() {
		fmt.Println(vm, settle.OutcomeOf(result.Err))
		if left--; left == 0 {
			break
		}
	}
	run.Close()
	// Output:
	// web-07 succeeded
	// web-08 succeeded
}
