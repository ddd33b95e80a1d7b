package main

import (
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// The exit code of several things of which one went wrong is the first of these that occurs. What kept a command from being
// the check stands behind the signals.
var exitOrder = []int{
	exitInvalid, exitInternal, exitSignal + 2, exitSignal + 15, exitSignal + 1, exitNoSetup, exitNoRun, exitNoCommand,
	exitDenied, exitFailed, exitCanceled, exitNotFound, exitUnknown, exitBlocked, exitTimeout, exitPending,
}

// total is the report of the run: that of its task, or one over several.
func (v *vigil) total() report {
	if len(v.reports) == 1 {
		only := v.reports[0]
		only.Requests = v.requested()
		return only
	}
	total := report{
		Outcome: settle.OutcomeSucceeded, State: settle.Succeeded, Tasks: v.reports, Ended: new(time.Now().UTC()), Requests: v.requested(),
	}
	switch decides := v.deciding(); {
	case decides != nil:
		total.Outcome, total.ExitCode, total.State, total.Hint = decides.Outcome, decides.ExitCode, decides.State, v.sharedHint(decides)
		if decides.Error != "" { // nothing is wrong with a task that has only not ended
			total.Error = decides.Task + ": " + decides.Error
		}
	case !slices.ContainsFunc(v.reports, func(rep report) bool { return rep.Outcome == settle.OutcomeSucceeded }):
		total.Outcome, total.State = v.reports[0].Outcome, v.reports[0].State // pending, of tasks that nobody here waits for
	}
	for _, rep := range v.reports {
		total.Checks += rep.Checks
		total.FailedChecks += rep.FailedChecks
		total.Warned = total.Warned || rep.Warned
		total.Progress += rep.Progress / float64(len(v.reports))
		if total.Started == nil || rep.Started.Before(*total.Started) {
			total.Started = rep.Started
		}
	}
	total.Elapsed = total.Ended.Sub(*total.Started).Seconds()
	return total
}

// deciding is the report that the exit code goes by; nil where as many as were asked for have succeeded.
func (v *vigil) deciding() *report {
	var codes []int
	for _, rep := range v.counted {
		codes = append(codes, rep.ExitCode)
	}
	code := worst(codes)
	if code == exitSucceeded || v.any && slices.Contains(codes, exitSucceeded) {
		return nil
	}
	return &v.counted[slices.Index(codes, code)]
}

// worst is the exit code of several things that exit with codes: 0 where all do.
func worst(codes []int) int {
	worst := exitSucceeded
	for _, code := range codes {
		if code != exitSucceeded && (worst == exitSucceeded || rank(code) < rank(worst)) {
			worst = code
		}
	}
	return worst
}

// rank is the place of an exit code in exitOrder; one that is not there comes last.
func rank(code int) int {
	if i := slices.Index(exitOrder, code); i >= 0 {
		return i
	}
	return len(exitOrder)
}
