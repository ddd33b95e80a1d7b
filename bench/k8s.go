package main

import (
	"context"
	"time"

	kwait "k8s.io/apimachinery/pkg/util/wait"
)

var k8sPoll = contender{
	name: "k8s-poll", call: "k8s wait.PollUntilContextCancel", modules: []string{"k8s.io/apimachinery"}, setup: setUpK8sPoll,
	how:    "The condition puts the value into a variable of its caller, so each wait has its own closure.",
	asleep: "No limit on checks to set: only the context ends it.",
}

func setUpK8sPoll(ctx context.Context, every time.Duration, ask look) wait {
	return func() (j *job, err error) {
		err = kwait.PollUntilContextCancel(ctx, every, true, func(context.Context) (ended bool, err error) {
			j, ended = ask()
			return ended, nil
		})
		return j, err
	}
}

var k8sBackoff = contender{
	name: "k8s-backoff", call: "k8s wait.ExponentialBackoffWithContext", modules: []string{"k8s.io/apimachinery"}, setup: setUpK8sBackoff,
	how: "The same closure; Steps limits the checks and Factor is 0, so the pause stays as it is. It reads no clock before it sleeps.",
}

func setUpK8sBackoff(ctx context.Context, every time.Duration, ask look) wait {
	backoff := kwait.Backoff{Duration: every, Steps: maxChecks}
	return func() (j *job, err error) {
		err = kwait.ExponentialBackoffWithContext(ctx, backoff, func(context.Context) (ended bool, err error) {
			j, ended = ask()
			return ended, nil
		})
		return j, err
	}
}
