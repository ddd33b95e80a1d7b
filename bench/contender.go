package main

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/signer"
	"github.com/aws/aws-sdk-go-v2/service/signer/types"
)

// A contender is one way to wait for a task until it is done.
type contender struct {
	name    string   // for -bench
	call    string   // what is called, as the tables name it
	modules []string // that it comes from; none: settle itself, and loops by hand
	typed   bool     // it hands back the value with its own type
	setup   func(ctx context.Context, every time.Duration, ask look) wait
	how     string // what a reader must know of how it is used
	first   string // why its terms in that table are not those of the others; "" if they are
	ten     string
	asleep  string
}

// A wait is one whole wait, from its first check to its value. What the library lets its caller share between waits was
// made by setup. It may be called from many goroutines at once.
type wait func() (*job, error)

// A look asks the platform once, and says whether the task is done. The answer is never nil.
type look func() (*job, bool)

// A job is the answer of the platform. It is what the AWS client for code signing answers, since the smithy waiter takes
// nothing else; to the others one pointer is like another.
type job = signer.DescribeSigningJobOutput

var (
	running = &job{Status: types.SigningStatusInProgress}
	done    = &job{Status: types.SigningStatusSucceeded}
)

const (
	maxChecks = 10
	maxTime   = maxChecks * time.Hour // for those that can only be limited in time
)

var (
	errPending = errors.New("pending") // for those that ask again after an error only
	errGaveUp  = errors.New("gave up")
)

// contenders lists settle first: the tables compare the others with it.
var contenders = []contender{
	settleWait, cenkaltiRetry, avastRetry, avastShared, sethvargoRetry, failsafeGet, azurePoller, smithyWaiter,
	k8sPoll, k8sBackoff, rogpeppeRetry, terraformState, loopPlain, loopClock,
}
