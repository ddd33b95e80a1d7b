package main

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v7"
)

var cenkaltiRetry = contender{
	name: "backoff", call: "cenkalti/backoff", modules: []string{"github.com/cenkalti/backoff/v7"}, typed: true, setup: setUpCenkalti,
	how: "Retry. Pending is an error. ConstantBackOff, which keeps no state, and the options are shared; no limit in time.",
}

func setUpCenkalti(ctx context.Context, every time.Duration, ask look) wait {
	opts := []backoff.RetryOption{
		backoff.WithBackOff(backoff.NewConstantBackOff(every)),
		backoff.WithMaxTries(maxChecks),
		backoff.WithMaxElapsedTime(0),
	}
	try := trying(ask)
	return func() (*job, error) { return backoff.Retry(ctx, try, opts...) }
}

// trying is ask for a library that retries: what is pending has failed.
func trying(ask look) func() (*job, error) {
	return func() (*job, error) {
		j, ended := ask()
		if !ended {
			return j, errPending
		}
		return j, nil
	}
}
