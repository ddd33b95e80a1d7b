package settle_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/settle-go/settle"
)

// A snapshotter stands for any client of an asynchronous API: the task it started is asked about by its id.
type snapshotter struct{ states []string }

type snapshot struct{ State string }

// Snapshot answers with one state after the other; "lost" is a connection that broke.
func (c *snapshotter) Snapshot(_ context.Context, id string) (snapshot, error) {
	state := c.states[0]
	if len(c.states) > 1 {
		c.states = c.states[1:]
	}
	if state == "lost" {
		return snapshot{}, errors.New("connection reset by peer")
	}
	return snapshot{state}, nil
}

var snapshotStates = settle.States{"run": settle.Pending, "success": settle.Succeeded, "failed": settle.Failed}

func (c *snapshotter) check(ctx context.Context, id string) (snapshot, settle.Status, error) {
	s, err := c.Snapshot(ctx, id)
	return s, snapshotStates.Status(s.State), err
}

// Poll until the task is done.
func ExampleWait() {
	client := &snapshotter{states: []string{"run", "run", "success"}}

	policy := settle.Policy{Every: time.Millisecond, Timeout: 30 * time.Minute}
	s, err := settle.Wait(context.Background(), policy, func(ctx context.Context) (snapshot, settle.Status, error) {
		s, err := client.Snapshot(ctx, "snap-1")
		return s, snapshotStates.Status(s.State), err
	})
	fmt.Println(s.State, err)
	// Output: success <nil>
}

// The decorator: a method that asks about one id becomes a function that waits for one.
func ExampleWrap() {
	client := &snapshotter{states: []string{"run", "success"}}

	waitSnapshot := settle.Wrap(settle.Policy{Every: time.Millisecond, Checks: 10, Errors: 5}, client.check)

	s, err := waitSnapshot(context.Background(), "snap-1")
	fmt.Println(s.State, err)
	// Output: success <nil>
}

// One switch tells how it ended.
func ExampleTaskError() {
	for _, states := range [][]string{{"run", "success"}, {"run", "failed"}, {"run"}} {
		client := &snapshotter{states: states}
		waitSnapshot := settle.Wrap(settle.Policy{Every: time.Millisecond, Checks: 3}, client.check)
		_, err := waitSnapshot(context.Background(), "snap-1")

		var task *settle.TaskError
		var stop *settle.StopError
		switch {
		case err == nil:
			fmt.Println("succeeded")
		case errors.As(err, &task):
			fmt.Println("the platform says:", task.Status.Raw)
		case errors.As(err, &stop):
			fmt.Println("gave up while it was", stop.Status.State, "after", stop.Checks, "checks")
		default:
			fmt.Println("the policy was refused:", err)
		}
	}
	// Output:
	// succeeded
	// the platform says: failed
	// gave up while it was pending after 3 checks
}

// Fail early: an error that asking again cannot mend.
func ExamplePermanent() {
	errLogin := errors.New("401: bad token")
	err := settle.Until(context.Background(), settle.Policy{Checks: 100, Errors: 5}, func(context.Context) (bool, error) {
		return false, settle.Permanent(fmt.Errorf("%w: %w", settle.ErrDenied, errLogin))
	})
	fmt.Println(settle.OutcomeOf(err), errors.Is(err, errLogin))
	// Output: denied true
}

// Tolerate lost connections: up to five failed checks in a row do not end the wait, and never fail the task.
func ExamplePolicy_errors() {
	client := &snapshotter{states: []string{"run", "lost", "lost", "run", "lost", "success"}}

	policy := settle.Policy{Every: time.Millisecond, Errors: 5, Timeout: time.Hour}
	s, err := settle.Wrap(policy, client.check)(context.Background(), "snap-1")
	fmt.Println(s.State, err)
	// Output: success <nil>
}

// A loop that stays a loop. The limit arrives as the last pair.
func ExamplePolicy_Attempts() {
	policy := settle.Policy{Every: time.Millisecond, Checks: 5}
	for n, err := range policy.Attempts(context.Background()) {
		if err != nil {
			fmt.Println(err)
			break
		}
		if n == 3 {
			fmt.Println("done at attempt", n)
			break
		}
	}
	// Output: done at attempt 3
}

// Progress: one pair a check, the end with the last.
func ExampleWatch() {
	percent := 0
	check := func(context.Context) (int, settle.Status, error) {
		percent += 50
		return percent, settle.Status{State: settle.When(percent >= 100).State, Progress: float64(percent) / 100}, nil
	}
	for seen, err := range settle.Watch(context.Background(), settle.Policy{Every: time.Millisecond, Checks: 9}, check) {
		fmt.Println(seen.Check, seen.Status, err)
	}
	// Output:
	// 1 pending 50% <nil>
	// 2 succeeded 100% <nil>
}

// A log line where a check failed, where the state changed, and at the end.
func ExampleWithTrace() {
	client := &snapshotter{states: []string{"run", "lost", "run", "success"}}
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	logger := slog.New(slog.NewTextHandler(os.Stdout, withoutTime))

	ctx := settle.WithTrace(context.Background(), settle.LogTo(logger))
	policy := settle.Policy{Every: time.Millisecond, Checks: 9, Errors: 5}
	_, err := settle.Wrap(policy, client.check)(ctx, "snap-1")
	fmt.Println(err)
	// Output:
	// level=INFO msg="task pending" check=1 of=9 state=pending raw=run next=1ms
	// level=WARN msg="check failed" check=2 of=9 state=pending raw=run next=1ms error="connection reset by peer"
	// level=INFO msg="wait ended" check=4 of=9 outcome=succeeded state=succeeded raw=success
	// <nil>
}

// Plain retry: call it until it returns no error.
func ExampleRetry() {
	tries := 0
	policy := settle.Policy{Every: time.Millisecond, Max: time.Second, Factor: 2, Jitter: 0.2, Checks: 5}
	answer, err := settle.Retry(context.Background(), policy, func(context.Context) (string, error) {
		if tries++; tries < 3 {
			return "", errors.New("busy")
		}
		return "welcome", nil
	})
	fmt.Println(answer, tries, err)
	// Output: welcome 3 <nil>
}

// A policy is data, and has a text form for flags and files.
func ExampleParsePolicy() {
	policy, err := settle.ParsePolicy("every=5s max=30s checks=10 timeout=10m errors=5 missing=30s")
	fmt.Println(policy.Max, policy, err)
	for n := range 4 {
		pause, more := policy.Pause(n + 7)
		fmt.Print(pause, " ", more, "; ")
	}
	// Output:
	// 30s every=5s max=30s checks=10 timeout=10m errors=5 missing=30s <nil>
	// 30s true; 30s true; 30s true; 30s false;
}

// The first program of the Python original: draw a number until it is 1, at most ten times, a second apart. Unlike that
// one it draws ten times and not eleven, does not sleep after the last, and says so when the number never came.
func Example_untilTheNumberIsOne() {
	draw := rand.New(rand.NewPCG(6, 1))

	number, err := settle.Wait(context.Background(), settle.Policy{Every: time.Second, Checks: 10},
		func(context.Context) (int, settle.Status, error) {
			n := 1 + draw.IntN(4)
			return n, settle.When(n == 1), nil
		})
	fmt.Println(number, settle.OutcomeOf(err))
	// Output: 1 succeeded
}
