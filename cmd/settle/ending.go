package main

import (
	"context"
	"encoding/json"
	"iter"
	"runtime/debug"
	"sync"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// An ending is a wait that is over.
type ending struct {
	*waiting
	last *recipe.Answer // nil: none came
	err  error          // of the wait

	result  json.RawMessage // nil: there is none
	noValue error           // why the result that there was to be is not there; the task succeeded all the same
}

// ends waits for all while waits lasts, and yields each end as it comes: one task by a wait of its own, which a platform
// may hold until something has changed; several by one Fleet a target, in batch requests where its recipe has them.
func (v *vigil) ends(ctx, waits context.Context) iter.Seq[ending] {
	waits = settle.WithTrace(waits, v.step)
	return func(yield func(ending) bool) {
		if len(v.all) == 1 {
			w := v.all[0]
			answer, err := settle.Wait(waits, w.policy, w.checkOnce)
			yield(ending{waiting: w, last: answer, err: err}.withResult(ctx))
			return
		}
		ends := make(chan ending)
		var groups sync.WaitGroup
		for _, g := range v.groups() {
			groups.Go(func() { g.run(waits, ends) })
		}
		go func() {
			groups.Wait()
			close(ends)
		}()
		for end := range v.withResults(ctx, ends) {
			yield(<-end) // the loop is never left: who has heard enough cancels waits
		}
	}
}

// withResults fills in the results, of several tasks at once, and hands the ends on in their order.
func (v *vigil) withResults(ctx context.Context, ends <-chan ending) <-chan chan ending {
	all := make(chan chan ending, len(v.all))
	go func() {
		defer close(all)
		for e := range ends {
			one := make(chan ending, 1)
			all <- one
			go func() { one <- e.withResult(ctx) }()
		}
	}()
	return all
}

// withResult is e with its result. A panic becomes the reason why there is none: on a goroutine of its own it would end the process.
func (e ending) withResult(ctx context.Context) (brought ending) {
	if e.err != nil {
		return e
	}
	defer func() {
		if bug := recover(); bug != nil {
			brought = e
			brought.noValue = &bugError{bug, debug.Stack()}
		}
	}()
	e.result, e.noValue = e.fetch(ctx, e.last)
	return e
}
