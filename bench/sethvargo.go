package main

import (
	"context"
	"time"

	"github.com/sethvargo/go-retry"
)

var sethvargoRetry = contender{
	name: "go-retry", call: "sethvargo/go-retry", modules: []string{"github.com/sethvargo/go-retry"}, typed: true, setup: setUpSethvargo,
	how: "DoValue. Pending is an error marked retryable, made once. WithMaxRetries counts, so each wait makes its own. It refuses a pause of 0; ten checks without pause are pauses of 1 ns. It reads no clock before it sleeps.",
}

func setUpSethvargo(ctx context.Context, every time.Duration, ask look) wait {
	pause := retry.NewConstant(max(every, 1))
	again := retry.RetryableError(errPending)
	try := func(context.Context) (*job, error) {
		j, ended := ask()
		if !ended {
			return j, again
		}
		return j, nil
	}
	return func() (*job, error) { return retry.DoValue(ctx, retry.WithMaxRetries(maxChecks-1, pause), try) }
}
