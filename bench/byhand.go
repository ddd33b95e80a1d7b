package main

import (
	"context"
	"time"
)

var loopPlain = contender{
	name: "loop", call: "loop by hand", typed: true, setup: setUpLoopPlain,
	how: "A for loop that counts its checks and never asks for the time. It has no timer where there is no pause.",
}

func setUpLoopPlain(ctx context.Context, every time.Duration, ask look) wait {
	return func() (*job, error) {
		for n := 1; ; n++ {
			j, ended := ask()
			switch {
			case ended:
				return j, nil
			case n == maxChecks:
				return j, errGaveUp
			case every == 0:
				continue
			}
			select {
			case <-time.After(every):
			case <-ctx.Done():
				return j, context.Cause(ctx)
			}
		}
	}
}

var loopClock = contender{
	name: "loop-clock", call: "loop by hand, with a clock", typed: true, setup: setUpLoopClock,
	how: "The same with a limit in time: it reads the clock once, and then once after each check that did not end it.",
}

func setUpLoopClock(ctx context.Context, every time.Duration, ask look) wait {
	return func() (*job, error) {
		begin := time.Now()
		for {
			j, ended := ask()
			switch {
			case ended:
				return j, nil
			case time.Since(begin) >= maxTime:
				return j, errGaveUp
			case every == 0:
				continue
			}
			select {
			case <-time.After(every):
			case <-ctx.Done():
				return j, context.Cause(ctx)
			}
		}
	}
}
