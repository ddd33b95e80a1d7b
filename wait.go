package settle

import "context"

// Wait calls check until the task has ended or the policy's limit is reached, pausing in between, and returns the value
// of the last good answer, on every way out. It blocks; it starts no goroutine.
//
// nil: the task succeeded. *TaskError: it failed or was canceled. *StopError: settle stopped first, because of a limit,
// the context's end, or a check's failure that the policy does not put up with. *PolicyError
// or ErrNoLimit: the policy was refused before the first check. OutcomeOf tells them apart in one word.
func Wait[T any](ctx context.Context, p Policy, check Check[T]) (T, error) {
	return wait(ctx, &p, false, check)
}

func wait[T any](ctx context.Context, p *Policy, retrying bool, check Check[T]) (last T, err error) {
	var r run
	r.retrying = retrying
	if err := r.start(ctx, p); err != nil {
		return last, err
	}
	for {
		v := ask(ctx, p, &r, check, &last)
		if v.over {
			return last, v.end
		}
		if err := r.pause(ctx, p, v.pause); err != nil {
			return last, err
		}
	}
}

// Until is Wait for something that is only done or not. true ends the wait with nil, whatever error comes with it; an
// error beside false is a failed check.
func Until(ctx context.Context, p Policy, done func(context.Context) (bool, error)) error {
	_, err := Wait(ctx, p, func(ctx context.Context) (struct{}, Status, error) {
		ended, err := done(ctx)
		return struct{}{}, When(ended), err
	})
	return err
}

// Wrap turns a check that takes an argument, such as a method with a task's id, into a function that waits: the
// decorator. Each call of that function is a Wait of its own; it may be called from many goroutines if check may.
func Wrap[A, T any](p Policy, check func(context.Context, A) (T, Status, error)) func(context.Context, A) (T, error) {
	return func(ctx context.Context, arg A) (T, error) {
		return Wait(ctx, p, func(ctx context.Context) (T, Status, error) { return check(ctx, arg) })
	}
}
