package main

import (
	"context"
	"time"

	"github.com/settle-go/settle"
)

var settleWait = contender{
	name: "settle", call: "settle", typed: true, setup: setUpSettle,
	how: "Wait. Every 0 means a second, so ten checks without pause are an Every of 1 ns.",
}

func setUpSettle(ctx context.Context, every time.Duration, ask look) wait {
	p := settle.Policy{Every: max(every, 1), Checks: maxChecks}
	check := func(context.Context) (*job, settle.Status, error) {
		j, ended := ask()
		return j, settle.When(ended), nil
	}
	return func() (*job, error) { return settle.Wait(ctx, p, check) }
}
