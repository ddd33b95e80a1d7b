package settle

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// A judge follows one wait. It is arithmetic alone: told what a check answered and when, it says whether the wait is
// over, and how long to pause if it is not. Every form of waiting asks it; none has a rule of its own. All its times
// count from the start of the wait.
type judge struct {
	limit   time.Duration // Timeout or the context's deadline, whichever is nearer; noLimit: neither
	spell   time.Duration // when the spell of failed and canceled answers began; noSpell outside one
	longest time.Duration // the longest check
	last    error         // why the last check failed; nil if it did not
	plan    *plan         // what History needs to know of this wait; nil until it does

	// The last good answer's Status, which keep and status put in and out: without the gaps, since a Fleet has many.
	raw, reason string
	progress    float64
	after       time.Duration
	state       State
	warned      bool

	byContext bool    // limit is the context's deadline
	retrying  bool    // Retry, Do and Attempts: an error is an error, not-found among them (rule 12)
	seen      bool    // a good answer has come
	lastLook  bool    // the pause under way ends just before the limit (rule 6)
	checks    counter // made
	good      counter // good answers, early not-founds included: what pauses grow with
	failed    counter // failed checks in a row
	stable    counter // succeeded answers in a row
}

// A counter counts, and stays at its greatest number.
type counter int32

func (t *counter) add() {
	if *t < math.MaxInt32 {
		*t++
	}
}

func (j *judge) status() Status {
	return Status{State: j.state, Raw: j.raw, Progress: j.progress, Reason: j.reason, Warned: j.warned, After: j.after}
}

func (j *judge) keep(s *Status) {
	j.state, j.raw, j.progress, j.reason, j.warned, j.after = s.State, s.Raw, s.Progress, s.Reason, s.Warned, s.After
}

const (
	noLimit time.Duration = math.MaxInt64
	noSpell time.Duration = -1
)

// An answer is what one check brought. Whoever asked fills in the first fields, the judge the others.
type answer struct {
	Status
	err        error         // why the check failed; the judge takes the marks off, and drops what does not count
	began, now time.Duration // when the check began and ended

	good      bool          // the platform said where the task stands: the value is the last good one now
	absent    bool          // the platform does not know the task
	permanent bool          // the error said so
	after     time.Duration // the error's wish
}

func (a *answer) endedBadly() bool { return a.State == Failed || a.State == Canceled }

// A verdict is what follows from one answer.
type verdict struct {
	over  bool          // the wait has ended
	end   error         // how: nil when the task succeeded
	pause time.Duration // until the next check, from the end of this one
}

// start refuses a policy that makes no sense, and sets the limit of a wait that began waited ago.
func (j *judge) start(ctx context.Context, p *Policy, waited time.Duration) error {
	if err := p.refuse(); err != nil {
		return err
	}
	j.limit, j.spell = noLimit, noSpell
	if p.Timeout > 0 {
		j.limit = p.Timeout
	}
	deadline, bounded := ctx.Deadline()
	if bounded {
		if limit := plus(waited, time.Until(deadline)); limit < j.limit {
			j.limit, j.byContext = limit, true
		}
	} else if p.Checks == 0 && p.Timeout == 0 {
		return ErrNoLimit
	}
	return nil
}

// succeeds reports whether a ends the wait in success: it is the last of the succeeded answers in a row that Stable
// asks for. That depends on nothing else, so the time of such an answer need not be known.
func (j *judge) succeeds(p *Policy, a *answer) bool {
	return a.State == Succeeded && int(j.stable)+1 >= p.Stable
}

// hear takes in one answer; p is the policy that start was given.
func (j *judge) hear(ctx context.Context, p *Policy, a *answer) verdict {
	if j.succeeds(p, a) {
		a.good = true
		j.checks.add()
		j.keep(&a.Status)
		j.last = nil
		if j.plan != nil {
			j.note(a)
			j.learn(p, true)
		}
		return verdict{over: true}
	}
	a.good = a.State.Ended() || a.err == nil && (a.State == Pending || a.State == Blocked)
	if !a.good || a.err != nil {
		j.hearError(a)
	}
	j.count(a)
	if p.History == nil {
		return j.decide(ctx, p, a)
	}
	j.note(a)
	v := j.decide(ctx, p, a)
	if v.over {
		j.learn(p, endedBadly(v.end))
	}
	return v
}

// hearError reads the error of an answer, or gives it the one that it lacks.
func (j *judge) hearError(a *answer) {
	if a.err == nil {
		a.err = unknownState(a.Status)
	}
	a.permanent, a.after, a.err = unmark(a.err)
	a.absent = !a.good && !j.retrying && errors.Is(a.err, ErrNotFound)
	if a.good && !a.permanent {
		a.err = nil // an end that was seen counts, whatever came beside it
	}
}

func unknownState(st Status) error {
	text := ""
	if st.Raw != "" {
		text = fmt.Sprintf(" %q", st.Raw)
	}
	if st.Reason != "" {
		text += ": " + st.Reason
	}
	return fmt.Errorf("%w%s", ErrUnknownState, text)
}

func (j *judge) count(a *answer) {
	j.checks.add()
	j.longest = max(j.longest, a.now-a.began)
	j.last = a.err
	switch {
	case a.absent:
		j.failed = 0
		j.good.add()
	case !a.good:
		j.failed.add()
	default:
		j.failed = 0
		j.good.add()
		j.seen = true
		j.keep(&a.Status)
		j.stable, j.spell = streak(j.stable, a), spell(j.spell, a)
	}
}

// streak is how many succeeded answers have now come in a row.
func streak(before counter, a *answer) counter {
	if a.State != Succeeded {
		return 0
	}
	before.add()
	return before
}

// spell is when the spell of failed and canceled answers that a belongs to began.
func spell(began time.Duration, a *answer) time.Duration {
	switch {
	case !a.endedBadly():
		return noSpell
	case began == noSpell:
		return a.now
	}
	return began
}

// decide goes through the ends of a wait in the order of rule 4; the first that holds is the verdict.
func (j *judge) decide(ctx context.Context, p *Policy, a *answer) verdict {
	v := verdict{over: true}
	switch {
	case a.endedBadly() && a.now-j.spell >= p.Grace:
		j.last = nil
		v.end = &TaskError{Status: j.status(), Checks: int(j.checks), Elapsed: a.now}
	case a.permanent, a.absent && (j.seen || a.now >= p.Missing):
		v.end = j.stopOnFailure(a.now)
	case ctx.Err() != nil:
		v.end = j.stopWith(ctx, a.now)
	case a.now >= j.limit:
		v.end = j.stopAtLimit(p, a.now)
	case p.Errors >= 0 && int(j.failed) > p.Errors:
		v.end = j.stopOnFailure(a.now)
	case j.lastLook:
		v.end = j.stopAtLimit(p, a.now)
	case p.Checks > 0 && int(j.checks) >= p.Checks:
		v.end = j.stopAtChecks(a.now)
	default:
		v.over = false
		v.pause = j.pauseAfter(p, a)
	}
	return v
}

// pauseAfter is the pause that follows an answer which ended nothing (rules 6 to 8).
func (j *judge) pauseAfter(p *Policy, a *answer) time.Duration {
	k := int(j.good)
	if !a.good && !a.absent {
		k = int(j.failed)
	}
	d := p.pause(k)
	if p.Jitter > 0 {
		d = p.jittered(d, rand.Float64())
	}
	switch {
	case a.good && a.After < 0:
		d = max(0, p.every()-(a.now-a.began))
	case p.History != nil:
		d = j.learned(p, a, d)
	}
	return j.withinLimit(p, max(d, a.After, a.after), a.now)
}

// withinLimit shortens a pause that would end too late for a last look just before the limit.
func (j *judge) withinLimit(p *Policy, d, now time.Duration) time.Duration {
	if j.limit == noLimit {
		return d
	}
	left := j.limit - now
	margin := min(max(j.longest, p.every()/10), left/2)
	if d > left-margin {
		d, j.lastLook = left-margin, true
	}
	return d
}

// interrupted returns how the wait ends if no check may begin now, since the context or the limit has ended; else nil.
func (j *judge) interrupted(ctx context.Context, p *Policy, now time.Duration) error {
	var end error
	switch {
	case ctx.Err() != nil:
		end = j.stopWith(ctx, now)
	case now >= j.limit:
		end = j.stopAtLimit(p, now)
	default:
		return nil
	}
	j.left(p)
	return end
}

// left is called where a wait ends without a verdict.
func (j *judge) left(p *Policy) {
	if j.plan != nil {
		j.learn(p, false)
	}
}

// stopWith ends the wait with its context, which has ended.
func (j *judge) stopWith(ctx context.Context, now time.Duration) error {
	cause := context.Cause(ctx)
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e := j.stop(OutcomeInterrupted, cause, now)
		e.ended = ctx.Err()
		return e
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		return j.stop(OutcomeTimeout, fmt.Errorf("%w: %w", ErrLimit, cause), now)
	}
	return j.stop(OutcomeTimeout, fmt.Errorf("%w: %w: %w", ErrLimit, ctx.Err(), cause), now)
}

// stopAtLimit ends the wait at its time limit, which the context itself may not have noticed yet.
func (j *judge) stopAtLimit(p *Policy, now time.Duration) error {
	if j.byContext {
		return j.stop(OutcomeTimeout, fmt.Errorf("%w: %w", ErrLimit, context.DeadlineExceeded), now)
	}
	return j.stop(OutcomeTimeout, fmt.Errorf("%w: timeout of %s", ErrLimit, shortDuration(p.Timeout)), now)
}

func (j *judge) stopAtChecks(now time.Duration) error {
	return j.stop(OutcomeTimeout, fmt.Errorf("%w: %s", ErrLimit, checks(int(j.checks))), now)
}

// stopOnFailure ends the wait with the last check's failure.
func (j *judge) stopOnFailure(now time.Duration) error {
	outcome := OutcomeUnknown
	switch {
	case !j.seen && outcomeBySelf(j.last) == OutcomeInvalid: // what was asked makes no sense, as an id that cannot be one
		outcome = OutcomeInvalid
	case errors.Is(j.last, ErrDenied):
		outcome = OutcomeDenied
	case errors.Is(j.last, ErrNotFound) && !j.seen:
		outcome = OutcomeNotFound
	}
	return j.stop(outcome, j.last, now)
}

func (j *judge) stop(outcome Outcome, cause error, now time.Duration) *StopError {
	return &StopError{Status: j.status(), Checks: int(j.checks), Elapsed: now, Cause: cause, Last: j.last, outcome: outcome}
}
