package main

import (
	"context"
	"time"

	"github.com/avast/retry-go/v5"
)

var avastRetry = contender{
	name: "retry-go", call: "avast/retry-go", modules: []string{"github.com/avast/retry-go/v5"}, typed: true, setup: setUpAvast,
	how: "NewWithData(…).Do. Pending is an error; FixedDelay, and only the last error is kept. The context is an option of the retrier, so each wait makes its own retrier; its options are shared. It reads no clock before it sleeps.",
}

var avastShared = contender{
	name: "retry-go-shared", call: "avast/retry-go, shared", modules: avastRetry.modules, typed: true, setup: setUpAvastShared,
	how:   "The same with one retrier for all waits, as its documentation advises for many of them.",
	first: "All waits share one retrier, and with it one context, which the others but failsafe-go are given for each wait.",
}

func setUpAvast(ctx context.Context, every time.Duration, ask look) wait {
	opts, try := avastOptions(ctx, every), trying(ask)
	return func() (*job, error) { return retry.NewWithData[*job](opts...).Do(try) }
}

func setUpAvastShared(ctx context.Context, every time.Duration, ask look) wait {
	retrier, try := retry.NewWithData[*job](avastOptions(ctx, every)...), trying(ask)
	return func() (*job, error) { return retrier.Do(try) }
}

func avastOptions(ctx context.Context, every time.Duration) []retry.Option {
	return []retry.Option{
		retry.Context(ctx),
		retry.Attempts(maxChecks),
		retry.Delay(every),
		retry.DelayType(retry.FixedDelay),
		retry.LastErrorOnly(true),
	}
}
