package settle

import (
	"context"
	"iter"
	"time"
)

// Seen is what one check of a Watch learned. After a failed check Value and Status are those of the last good answer.
type Seen[T any] struct {
	Check  int // the how-manieth check, from 1
	Value  T
	Status Status
	Err    error         // why the check failed; nil if it did not
	Next   time.Duration // the pause that follows; 0 after the last
}

// Watch is Wait as a loop over its checks: one pair a check, as it happens. The error is that of the wait, as Wait
// returns it, and comes with the last pair; a stop during a pause or before the first check adds one pair, the last Seen
// again. Leaving the loop ends the wait silently. The loop's body runs within the pause. Each range over the sequence is
// a wait of its own.
func Watch[T any](ctx context.Context, p Policy, check Check[T]) iter.Seq2[Seen[T], error] {
	return func(yield func(Seen[T], error) bool) {
		var r run
		var seen Seen[T]
		if err := r.start(ctx, &p); err != nil {
			yield(seen, err)
			return
		}
		for {
			v := ask(ctx, &p, &r, check, &seen.Value)
			seen.Check, seen.Status, seen.Err, seen.Next = int(r.checks), r.status(), r.last, v.pause
			if !yield(seen, v.end) || v.over {
				r.left(&p)
				return
			}
			if err := r.pause(ctx, &p, v.pause); err != nil {
				seen.Next = 0
				yield(seen, err)
				return
			}
		}
	}
}
