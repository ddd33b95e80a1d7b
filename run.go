package settle

import (
	"context"
	"math"
	"time"
)

// A run is one wait under way on its caller's goroutine: a judge with a clock, a timer and somebody to tell.
type run struct {
	judge
	begin time.Duration // when the wait began, by clock
	now   time.Duration // since begin, when last read: the start or the end of a check
	timer *time.Timer   // made for the first pause
	trace func(Step)    // nil: nobody listens
}

// clock is the monotonic clock, counted from a moment before every wait; reading it costs less than time.Now.
func clock() time.Duration { return time.Since(epoch) }

var epoch = time.Now()

// never is later than any moment of the clock.
const never time.Duration = math.MaxInt64

// plus is a moment after another, without going round.
func plus(at, d time.Duration) time.Duration {
	if d > never-max(at, 0) {
		return never
	}
	return at + d
}

// start returns why the wait cannot begin: a policy that is refused, or a context that has ended already.
func (r *run) start(ctx context.Context, p *Policy) error {
	r.begin = clock()
	r.trace = traceOf(ctx)
	if err := r.judge.start(ctx, p, 0); err != nil {
		return err
	}
	return r.mayAsk(ctx, p)
}

func (r *run) elapsed() time.Duration { return clock() - r.begin }

// pause sleeps until d after the last check has ended, and returns how the wait ended meanwhile, or nil.
func (r *run) pause(ctx context.Context, p *Policy, d time.Duration) error {
	if left := d - (r.elapsed() - r.now); left > 0 {
		if r.timer == nil {
			r.timer = time.NewTimer(left)
		} else {
			r.timer.Reset(left)
		}
		select {
		case <-r.timer.C:
		case <-ctx.Done():
			r.timer.Stop()
		}
	}
	r.now = r.elapsed()
	return r.mayAsk(ctx, p)
}

// mayAsk returns how the wait ends if no check may begin now, or nil.
func (r *run) mayAsk(ctx context.Context, p *Policy) error {
	end := r.interrupted(ctx, p, r.now)
	if end != nil && r.trace != nil {
		r.tell(p, r.status(), nil, verdict{over: true, end: end})
	}
	return end
}

// heard judges the check that has just ended. A success needs no clock, unless somebody wants to learn from it.
func (r *run) heard(ctx context.Context, p *Policy, a *answer) verdict {
	if r.plan != nil || !r.succeeds(p, a) {
		a.began, r.now = r.now, r.elapsed()
		a.now = r.now
	}
	if r.trace != nil {
		return r.traced(ctx, p, a)
	}
	return r.hear(ctx, p, a)
}

// traced, tell and ask stay frames of their own, gone while the wait sleeps: a goroutine asleep must fit the smallest
// stack.
//
//go:noinline
func (r *run) traced(ctx context.Context, p *Policy, a *answer) verdict {
	was := r.status()
	v := r.hear(ctx, p, a)
	r.tell(p, was, r.last, v)
	return v
}

//go:noinline
func (r *run) tell(p *Policy, was Status, err error, v verdict) {
	r.trace(Step{Check: int(r.checks), Of: p.Checks, Was: was, Status: r.status(), Err: err, Next: v.pause, Last: v.over, End: v.end})
}

// ask makes one check, and keeps its value in last if the answer is good.
//
//go:noinline
func ask[T any](ctx context.Context, p *Policy, r *run, check Check[T], last *T) verdict {
	var value T
	var a answer
	if p.Timeout == 0 && p.Attempt == 0 {
		value, a.Status, a.err = check(ctx)
	} else {
		value, a.Status, a.err = askWithin(ctx, p, r, check)
	}
	v := r.heard(ctx, p, &a)
	if a.good {
		*last = value
	}
	return v
}

// askWithin is a check under the wait's limit and Attempt. Its context ends with it, also when it panics.
func askWithin[T any](ctx context.Context, p *Policy, r *run, check Check[T]) (T, Status, error) {
	ctx, cancel := context.WithTimeout(ctx, p.within(r.limit-r.elapsed()))
	defer cancel()
	return check(ctx)
}

// within is how long a check may take where the wait's limit leaves so much time.
func (p *Policy) within(left time.Duration) time.Duration {
	if p.Attempt > 0 {
		return min(left, p.Attempt)
	}
	return left
}
