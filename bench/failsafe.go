package main

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

var failsafeGet = contender{
	name: "failsafe-go", call: "failsafe-go", modules: []string{"github.com/failsafe-go/failsafe-go"}, typed: true, setup: setUpFailsafe,
	how: "With(policy).Get. Pending is an error. The policy and the executor, and with it the context, are shared.",
}

func setUpFailsafe(ctx context.Context, every time.Duration, ask look) wait {
	policy := retrypolicy.NewBuilder[*job]().WithMaxAttempts(maxChecks).WithDelay(every).Build()
	executor := failsafe.With[*job](policy).WithContext(ctx)
	try := trying(ask)
	return func() (*job, error) { return executor.Get(try) }
}
