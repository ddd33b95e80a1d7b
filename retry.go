package settle

import (
	"context"
	"iter"
)

// Retry calls op until it returns no error or the policy's limit is reached, and returns the value of its last call,
// failed or not. Any error means: again; only one marked Permanent ends it early. The policy's Errors, Missing,
// Grace, Stable and History do not count here. What it returns as its error is as Wait's, never a *TaskError.
func Retry[T any](ctx context.Context, p Policy, op func(context.Context) (T, error)) (last T, err error) {
	p = p.plain()
	_, err = wait(ctx, &p, true, func(ctx context.Context) (struct{}, Status, error) {
		var failed error
		last, failed = op(ctx)
		return struct{}{}, When(failed == nil), failed
	})
	return last, err
}

// Do is Retry without a value.
func Do(ctx context.Context, p Policy, op func(context.Context) error) error {
	_, err := Retry(ctx, p, func(ctx context.Context) (struct{}, error) { return struct{}{}, op(ctx) })
	return err
}

// Attempts is Retry for a loop that wants to stay a loop: it yields 1, 2, 3… with a nil error, pausing in between. The
// body does the work and breaks when it is done. When the limit is reached first, or the context ends, the last pair
// is the number of attempts made and the *StopError; a refused policy is one pair, 0 and the refusal. Attempt cannot be
// applied here, and neither can Errors, Missing, Grace, Stable and History.
func (p Policy) Attempts(ctx context.Context) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		p := p.plain()
		var r run
		r.retrying = true
		if err := r.start(ctx, &p); err != nil {
			yield(0, err)
			return
		}
		for yield(int(r.checks)+1, nil) {
			v := r.heard(ctx, &p, &answer{Status: When(false)})
			if !v.over {
				v.end = r.pause(ctx, &p, v.pause)
			}
			if v.end != nil {
				yield(int(r.checks), v.end)
				return
			}
		}
	}
}

// plain is p without what Retry, Do and Attempts do not look at (rule 12). A negative value stays, to be refused.
func (p Policy) plain() Policy {
	p.Errors, p.Missing, p.Grace, p.Stable = -1, min(p.Missing, 0), min(p.Grace, 0), min(p.Stable, 0)
	p.History = nil
	return p
}
