package main

import (
	"context"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

var azurePoller = contender{
	name: "azcore", call: "azcore Poller", modules: []string{"github.com/Azure/azure-sdk-for-go/sdk/azcore"}, typed: true, setup: setUpAzure,
	how:    "PollUntilDone. A handler of its own, without HTTP. A Poller follows one task, so each wait makes both.",
	ten:    "A loop over Poller.Poll and Done, as its documentation shows: PollUntilDone refuses pauses under a second. It has no timer, no clock and no limit.",
	asleep: "No limit on checks to set: only the context ends it.",
}

// A handler is where a Poller asks the platform.
type handler struct {
	ask   look
	job   *job
	ended bool
}

func (h *handler) Done() bool { return h.ended }

func (h *handler) Poll(context.Context) (*http.Response, error) {
	h.job, h.ended = h.ask()
	return nil, nil
}

func (h *handler) Result(_ context.Context, out **job) error {
	*out = h.job
	return nil
}

func setUpAzure(ctx context.Context, every time.Duration, ask look) wait {
	return func() (*job, error) {
		opts := runtime.NewPollerOptions[*job]{Handler: &handler{ask: ask}}
		poller, err := runtime.NewPoller(nil, runtime.Pipeline{}, &opts)
		if err != nil {
			return nil, err
		}
		if every > 0 {
			return poller.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: every})
		}
		for !poller.Done() {
			if _, err := poller.Poll(ctx); err != nil {
				return nil, err
			}
		}
		return poller.Result(ctx)
	}
}
