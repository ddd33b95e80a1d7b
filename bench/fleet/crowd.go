package main

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/settle-go/settle"
	kwait "k8s.io/apimachinery/pkg/util/wait"
)

// A crowd is a way to wait for n tasks at once. start lets task i be checked for the first time at begin and i/n of every
// later, and again every `every`, until ctx ends. removeAll takes out one task after the other; nil: it cannot.
type crowd struct {
	name  string
	start func(ctx context.Context, n int, every time.Duration, begin time.Time, check func(task int)) (removeAll func())
}

type value struct{}

var settleFleet = crowd{"**settle.Fleet**", func(ctx context.Context, n int, every time.Duration, begin time.Time, check func(int)) func() {
	fleet := settle.Fleet[int, *value]{
		Policy: settle.Policy{Every: every, Checks: 1 << 30},
		Check: func(_ context.Context, task int) (*value, settle.Status, error) {
			check(task)
			return nil, settle.When(false), nil
		},
	}
	run := fleet.Start(ctx)
	for i := range n {
		if err := run.Add(i, settle.Entry{First: begin.Add(phase(i, n, every))}); err != nil {
			panic(err)
		}
	}
	return func() {
		for i := range n {
			run.Remove(i)
		}
		run.Close()
	}
}}

var settleWait = crowd{"settle.Wait, a goroutine each", func(ctx context.Context, n int, every time.Duration, begin time.Time, check func(int)) func() {
	policy := settle.Policy{Every: every, Checks: 1 << 30}
	return goEach(n, every, begin, func(task int) {
		_, _ = settle.Wait(ctx, policy, func(context.Context) (*value, settle.Status, error) {
			check(task)
			return nil, settle.When(false), nil
		})
	})
}}

var errPending = errors.New("pending")

var backoffRetry = crowd{"backoff.Retry, a goroutine each", func(ctx context.Context, n int, every time.Duration, begin time.Time, check func(int)) func() {
	pause := backoff.NewConstantBackOff(every)
	return goEach(n, every, begin, func(task int) {
		_, _ = backoff.Retry(ctx, func() (*value, error) {
			check(task)
			return nil, errPending
		}, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(0))
	})
}}

var k8sPoll = crowd{"k8s PollUntilContextCancel, a goroutine each", func(ctx context.Context, n int, every time.Duration, begin time.Time, check func(int)) func() {
	return goEach(n, every, begin, func(task int) {
		_ = kwait.PollUntilContextCancel(ctx, every, true, func(context.Context) (bool, error) {
			check(task)
			return false, nil
		})
	})
}}

// goEach starts a goroutine for each task, which sleeps until its first check is due. It cannot take one out again.
func goEach(n int, every time.Duration, begin time.Time, wait func(task int)) (removeAll func()) {
	for i := range n {
		go func() {
			time.Sleep(time.Until(begin.Add(phase(i, n, every))))
			wait(i)
		}()
	}
	return nil
}

func phase(i, n int, every time.Duration) time.Duration {
	return time.Duration(float64(every) * float64(i) / float64(n))
}
