package settle

import (
	"math"
	"math/rand/v2"
	"time"
)

// A plan is what History needs to know of one wait. All its times count from the start of the wait.
type plan struct {
	from, to time.Duration // the task ended between these two answers; to is 0 while it runs
	last     time.Duration // the last good answer
	end      State         // what to said: Succeeded, or Failed for both bad ends; Unknown while the task runs
	led      bool          // a pause was learned: checks have left the plain policy's times
	sharp    bool          // by reported progress
	still    bool          // only a look at the plan: no jitter, nothing learned
	ahead    time.Duration // how much sooner than under the plain policy the checks now come
	readings *readings     // of progress; nil before the first above 0
}

// unseen stands for the time of an answer that never came.
const unseen time.Duration = -1

// note takes in the time of a good answer. What has ended when it is first seen teaches nothing: it tells when
// somebody began to ask, not how long the task took.
//
//go:noinline
func (j *judge) note(a *answer) {
	if !a.good {
		return
	}
	l := j.plan
	if l == nil {
		l = &plan{from: unseen, last: unseen}
		j.plan = l
	}
	end := a.State
	switch {
	case !end.Ended():
		end, l.from, l.to = Unknown, a.now, 0
		l.read(a)
	case end == Canceled:
		end = Failed
	}
	if end != Unknown && end != l.end {
		l.from, l.to = l.last, a.now
	}
	l.end, l.last = end, a.now
}

// learn gives the wait, which is over, to the History; ended: the platform said so.
//
//go:noinline
func (j *judge) learn(p *Policy, ended bool) {
	l := j.plan
	j.plan = nil
	switch {
	case l == nil || l.from < 0 || l.still:
	case ended && l.to > 0:
		checks := 0
		if l.sharp {
			checks = int(j.checks) - 1
		}
		p.History.add(p, l.from, l.to, l.readings, checks)
	case j.good > 1: // the check at the start alone says nothing
		p.History.addUnfinished(p, l.from)
	}
}

func endedBadly(end error) bool {
	_, bad := end.(*TaskError)
	return bad
}

// learned is the pause that follows a, where History knows better than the plain policy's d. The last one makes up for
// what others were shorter than the plain policy's, also where failed checks have used up the room for it.
//
//go:noinline
func (j *judge) learned(p *Policy, a *answer, d time.Duration) time.Duration {
	l := j.plan
	if l == nil {
		return d
	}
	last := p.Checks-int(j.checks) == 1
	var m *model
	if a.good && l.end == Unknown { // an end that does not count yet has to last: there is nothing to guess
		m = p.History.modelFor(p)
	}
	plain := d
	if m != nil {
		plain = p.pause(int(j.good)) // without jitter
		d = j.choose(p, m, a.now, plain, d)
	}
	if last {
		d = max(d, later(plain, l.ahead))
	}
	if l.led {
		l.ahead += max(plain, a.After) - max(d, a.After)
	}
	return d
}

func later(d, by time.Duration) time.Duration { return d + min(by, math.MaxInt64-d) }

// choose is the pause after an answer at now that the task runs, by all that is known of it. plain is that of the plain
// policy, and d the same with jitter.
func (j *judge) choose(p *Policy, m *model, now, plain, d time.Duration) time.Duration {
	l, u := j.plan, .5
	if !l.still {
		u = rand.Float64()
	}
	w := position{t: seconds(now), polls: int(j.good) - 1}
	var x float64
	switch mu, sd, sharp := l.predict(m, w.t); {
	case sharp:
		l.sharp = true
		x = m.towards(w.t, mu, sd, u)
	case m.suspended && !l.led:
		return d
	case m.suspended:
		x = w.t + m.curve.gap(w.t)*(1+p.Jitter*(2*u-1))
	default:
		x = m.after(w.t, u)
	}
	l.led = true
	if p.Checks > 0 && x < w.t+seconds(plain)+seconds(l.ahead) {
		x = max(x, j.soonest(p, m, w.t)) // only a check before the plain policy's can use up the others too soon
	}
	d = duration(m.clamp(w, x) - w.t)
	if p.Max > 0 {
		d = min(d, p.Max) // to the nanosecond
	}
	return d
}

// soonest is when the next check may come at the soonest, so that the checks which are left under Policy.Checks reach
// as far as those of the plain policy.
func (j *judge) soonest(p *Policy, m *model, t float64) float64 {
	s := &m.curve
	left, good := float64(p.Checks-int(j.checks)), float64(j.good)
	end := t + seconds(j.plan.ahead) + s.at(good+left-1) - s.at(good-1)
	const rounding = 1e-6 // seconds: far more than what many pauses in whole nanoseconds differ by from the curve
	return s.before(end+rounding, left-1, &m.reserve)
}

// owed is the delay, in seconds, that is to be expected of an end that may have been missed by now, overdue since its
// check was due. Where nothing is known the end may as well have come at any moment since.
func (j *judge) owed(p *Policy, now, overdue time.Duration) float64 {
	if l := j.plan; p.History != nil && l != nil && l.from >= 0 {
		if m := p.History.modelFor(p); m != nil {
			return m.owed(seconds(l.from), seconds(now))
		}
	}
	return seconds(overdue) / 2
}
