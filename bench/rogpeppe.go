package main

import (
	"context"
	"time"

	"github.com/rogpeppe/retry"
)

var rogpeppeRetry = contender{
	name: "rogpeppe", call: "rogpeppe/retry", modules: []string{"github.com/rogpeppe/retry"}, setup: setUpRogpeppe,
	how: "Strategy.Start and Iter.Next. The check is the caller's loop body, called directly. Regular, so without jitter; the context's channel is its stop channel.",
}

func setUpRogpeppe(ctx context.Context, every time.Duration, ask look) wait {
	strategy := retry.Strategy{Delay: every, Regular: true, MaxCount: maxChecks}
	return func() (*job, error) {
		for i := strategy.Start(); ; {
			j, ended := ask()
			if ended {
				return j, nil
			}
			if !i.Next(ctx.Done()) {
				return j, errGaveUp
			}
		}
	}
}
