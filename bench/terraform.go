package main

import (
	"context"
	"io"
	"log"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
)

var terraformState = contender{
	name: "terraform", call: "terraform-plugin-sdk retry", modules: []string{"github.com/hashicorp/terraform-plugin-sdk/v2"}, setup: setUpTerraform,
	how:    "StateChangeConf.WaitForStateContext. It hands back an any. It writes to its caller's StateChangeConf, so each wait has its own; checks run on a second goroutine; the log lines it writes are discarded. It refuses a pause of 0 (that is 200 ms): ten checks without pause are a PollInterval of 1 ns.",
	asleep: "No limit on checks to set: a Timeout, which it needs. The hour's pause is a MinTimeout, since a PollInterval has to be under three minutes.",
}

func setUpTerraform(ctx context.Context, every time.Duration, ask look) wait {
	log.SetOutput(io.Discard)
	refresh := func() (any, string, error) {
		j, ended := ask()
		if ended {
			return j, "done", nil
		}
		return j, "pending", nil
	}
	pending, target := []string{"pending"}, []string{"done"}
	return func() (*job, error) {
		conf := retry.StateChangeConf{Pending: pending, Target: target, Refresh: refresh, Timeout: maxTime}
		if every == 0 {
			conf.PollInterval = 1
		} else {
			conf.MinTimeout = every
		}
		v, err := conf.WaitForStateContext(ctx)
		j, _ := v.(*job)
		return j, err
	}
}
