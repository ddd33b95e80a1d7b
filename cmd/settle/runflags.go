package main

import (
	"cmp"
	"fmt"

	"github.com/settle-go/settle/target"
	"github.com/spf13/pflag"
)

// runFlags say what becomes of several tasks, and what is made of their ends.
type runFlags struct {
	any, failFast, strict, stopOnBlocked, noHistory bool

	bounds
	whenDone string // a shell command
}

// bounds are what one target may be asked at most.
type bounds struct {
	rate    float64 // requests a second; 0: the target's own
	workers int     // requests at once; 0: defaultWorkers
}

const (
	maxRate        = 1e9 // requests a second
	defaultWorkers = 8   // a Fleet's own
)

// over is t within the bounds.
func (b bounds) over(t target.Target) target.Target {
	if b.rate > 0 {
		t.Rate = b.rate
	}
	t.Workers = cmp.Or(b.workers, defaultWorkers)
	return t
}

// addRunFlags adds those that make sense of a single task too.
func (f *runFlags) addRunFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&f.strict, "strict", false, "succeeded with warnings is exit 1")
	fs.BoolVar(&f.stopOnBlocked, "stop-on-blocked", false, "stop, with exit 7, where a person must act first")
	fs.StringVar(&f.whenDone, "on-done", "", "run a shell `COMMAND` at each task's end, whatever that is; it gets SETTLE_OUTCOME, SETTLE_TASK and so on, and the JSON on stdin")
	fs.BoolVar(&f.noHistory, "no-history", false, "neither go by how long such tasks have taken, nor learn from this one")
}

func (f *runFlags) addSeveralFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&f.any, "any", false, "of several tasks, one that succeeds is enough")
	fs.BoolVar(&f.failFast, "fail-fast", false, "of several tasks, the first that does not succeed ends the wait")
	fs.Float64Var(&f.rate, "rate", 0, "of several tasks: so many requests a second to each target at most (default the target's rate)")
	fs.IntVar(&f.workers, "workers", 0, "of several tasks: so many requests to each target at once at most (default 8)")
}

func (f *runFlags) refuse() error {
	switch {
	case !(f.rate >= 0 && f.rate <= maxRate):
		return usage("--rate", said("%s is not a number of requests a second", fmt.Sprint(f.rate)), asIs("--rate 5"))
	case f.workers < 0:
		return usage("--workers", said("%v is negative", f.workers), asIs("--workers 8"))
	case f.any && f.failFast:
		return usage("--any", said("and --fail-fast contradict each other: one waits for a success, the other for the first that is none"), said("leave one out"))
	}
	return nil
}
