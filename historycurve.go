package settle

import (
	"math"
	"time"
)

// A curve is the plain policy's checks as a curve over time, in seconds from the start: the base that a learned plan
// is measured by and kept near. The check at 0 is number 0. Between two checks it is interpolated.
type curve struct {
	every, flat float64 // the first pause, and the one that is reached in the end
	most        float64 // what no pause passes
	factor, ln  float64 // of geometric growth, and its logarithm; 0: linear
	ramp, top   float64 // how many pauses come before flat, and their sum
}

func curveOf(p *Policy) curve {
	s := curve{every: seconds(p.every()), most: math.Inf(1)}
	s.flat = s.every
	if p.Max <= 0 {
		return s
	}
	s.most = seconds(p.Max)
	switch {
	case s.every >= s.most:
		s.flat = s.most
	case p.Factor > 1:
		s.flat, s.factor, s.ln = s.most, p.Factor, math.Log1p(p.Factor-1)
		s.ramp = math.Ceil(math.Log(s.most/s.every) / s.ln)
	case p.Factor == 0:
		s.flat = s.most
		s.ramp = math.Floor(s.most / s.every)
	}
	s.top, _ = s.upTo(s.ramp)
	return s
}

// upTo is the sum of the first k pauses, and the next one; k is a whole number.
func (s *curve) upTo(k float64) (sum, next float64) {
	flat := 0.
	if k > s.ramp {
		k, flat = s.ramp, (k-s.ramp)*s.flat
	}
	if s.factor == 0 {
		sum, next = s.every*k*(k+1)/2, s.every*(k+1)
	} else {
		grown := expm1(k * s.ln)
		sum, next = s.every*grown/(s.factor-1), s.every*(grown+1)
	}
	if k == s.ramp {
		next = s.flat
	}
	return sum + flat, min(next, s.flat)
}

// at is when check n is made; 0 for one before the start.
func (s *curve) at(n float64) float64 {
	if n <= 0 {
		return 0
	}
	if s.ramp == 0 {
		return n * s.flat
	}
	k := math.Floor(n)
	t, next := s.upTo(k)
	return t + (n-k)*next
}

// locate returns the last check that is made by t, when, and the pause that follows it.
func (s *curve) locate(t float64) (k, at, pause float64) {
	switch {
	case t >= s.top:
		k = math.Floor((t - s.top) / s.flat)
		return s.ramp + k, s.top + k*s.flat, s.flat
	case s.factor == 0:
		k = math.Floor((math.Sqrt(1+8*t/s.every) - 1) / 2)
	default:
		k = math.Floor(log1p(t*(s.factor-1)/s.every) / s.ln)
	}
	k = max(0, min(k, s.ramp-1))
	at, pause = s.upTo(k)
	return k, at, pause
}

// polls is how many checks are made by t, the one at 0 not counted.
func (s *curve) polls(t float64) float64 {
	if s.ramp == 0 {
		return t / s.flat
	}
	k, at, pause := s.locate(t)
	return k + part(t, at, pause)
}

// gap is the pause of the policy at t.
func (s *curve) gap(t float64) float64 {
	if t >= s.top {
		return s.flat
	}
	k, at, pause := s.locate(t)
	next := s.flat
	switch {
	case k+1 >= s.ramp:
	case s.factor == 0:
		next = min(pause+s.every, s.flat)
	default:
		next = min(pause*s.factor, s.flat)
	}
	return pause + part(t, at, pause)*(next-pause)
}

// part is how much of the pause that began at from is over at t. Rounding may have put t a little outside it.
func part(t, from, pause float64) float64 { return max(0, min((t-from)/pause, 1)) }

// A reserve tells how far learned pauses, each stretch times the plain one at most, reach.
type reserve struct {
	longest float64 // learned pause where plain ones are flat
	flat    float64 // from here on it may be as long
	step    float64 // before that one moves on by at least so many checks of the plain policy: as many as at the start
}

func (s *curve) reserve(stretch float64) reserve {
	r := reserve{longest: min(stretch*s.flat, s.most), step: s.polls(stretch * s.every)}
	if s.ramp > 0 {
		knee := s.most / (stretch * s.every)
		if s.factor == 0 {
			knee--
		} else {
			knee = math.Log(knee) / s.ln
		}
		r.flat = s.at(math.Ceil(knee))
	}
	return r
}

// before is the soonest time from which n learned pauses still reach t.
func (s *curve) before(t, n float64, r *reserve) float64 {
	k := max(0, min(n, math.Floor((t-r.flat)/r.longest)))
	t, n = t-k*r.longest, n-k
	if n == 0 || s.ramp == 0 {
		return t - n*r.longest
	}
	polls := s.polls(max(t, 0)) - r.step
	if t > r.flat {
		// The first of them may begin where pauses are flat already, and then is no longer than Max.
		polls = max(polls, s.polls(max(t-s.most, 0)))
	}
	return s.at(polls - (n-1)*r.step)
}

// expm1 and log1p are those of package math, which are twice as slow as Exp and Log; they matter near 0 alone.
func expm1(x float64) float64 {
	if x > .5 {
		return math.Exp(x) - 1
	}
	return math.Expm1(x)
}

func log1p(x float64) float64 {
	if x > .5 {
		return math.Log(1 + x)
	}
	return math.Log1p(x)
}

// least is the shortest learned pause.
func (s *curve) least() float64 { return min(.25, s.every) }

func seconds(d time.Duration) float64 { return float64(d) / float64(time.Second) }

// duration is s seconds to the nearest nanosecond, at most the longest Duration. Rounding down would lose one with each
// pause, and with it the time that the last of Policy.Checks has to reach.
func duration(s float64) time.Duration {
	if ns := s * float64(time.Second); ns < math.MaxInt64 {
		return time.Duration(math.Round(ns))
	}
	return math.MaxInt64
}
