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

// An ending is a wait that is over: its last answer, what it returned, and what a task that succeeded has brought.
type ending struct {
	*waiting
	last *recipe.Answer
	err  error

	result  json.RawMessage // nil: there is none
	noValue error           // why there is none that was to be; it takes nothing from the success
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
			yield(<-end) // the loop over them is never left: who has enough ends waits
		}
	}
}

// withResults asks for the results of several at once, and hands the ends on in their order.
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

// withResult is e with its result. A panic is told as what has kept it from coming, since the goroutine may not be ours.
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
