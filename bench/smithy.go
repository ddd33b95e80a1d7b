package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/signer"
)

var smithyWaiter = contender{
	name: "smithy", call: "smithy waiter", modules: []string{"github.com/aws/smithy-go", "github.com/aws/aws-sdk-go-v2/service/signer"}, typed: true, setup: setUpSmithy,
	how:    "SuccessfulSigningJobWaiter.WaitForOutput, which smithy generated for AWS Signer, over a client that answers from memory. The waiter and the input are shared, the least and the most pause are equal, so without jitter. It refuses a pause of 0; ten checks without pause are pauses of 1 ns.",
	asleep: "No limit on checks to set: a longest time, which it needs, and so a context with a timer.",
}

// A client answers as the AWS client would.
type client struct{ ask look }

func (c client) DescribeSigningJob(context.Context, *signer.DescribeSigningJobInput, ...func(*signer.Options)) (*job, error) {
	j, _ := c.ask()
	return j, nil
}

func setUpSmithy(ctx context.Context, every time.Duration, ask look) wait {
	waiter := signer.NewSuccessfulSigningJobWaiter(client{ask}, func(o *signer.SuccessfulSigningJobWaiterOptions) {
		o.MinDelay, o.MaxDelay = max(every, 1), max(every, 1)
	})
	in := &signer.DescribeSigningJobInput{}
	return func() (*job, error) { return waiter.WaitForOutput(ctx, in, maxTime) }
}
