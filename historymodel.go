package settle

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	ringSize    = 64 // durations, the newest
	maxStretch  = 3  // times the plain pause is the longest learned one …
	warmUp      = 8  // … once so many durations are known
	pollFactor  = 2  // times the plain policy's checks, and
	pollBurst   = 4  // more, are what a wait may make at any time
	phaseJitter = .1 // jitter of a learned pause
)

// A model is how long tasks take, made for decisions under one policy. It never changes; a new one takes its place.
//
// It is the survival curve S, the part of the tasks that run longer than t, as knots that are joined by straight lines.
// The best density of checks at t is √(hazard/2·rho) [Keller 1974], rho being the price of a check in seconds of delay;
// lambda is its integral for a price of 1, so the next check is due when lambda has grown by root = √rho.
type model struct {
	every, max time.Duration // the policy's that root and curve are for
	factor     float64
	curve      curve
	reserve    reserve
	root       float64
	sharpRoot  float64 // for ends told by reported progress
	n          int     // durations that it was made of
	suspended  bool    // the plan was no better than the plain policy of late
	progress   *progress

	knots            int
	at, survive, lam [38]float32 // time, √S and lambda at each knot; they start at 0, 1 and 0
}

func (m *model) isFor(p *Policy) bool {
	return m.every == p.Every && m.max == p.Max && m.factor == p.Factor
}

// A duration that was observed, negative when the task was still running then.
type observed = float32

func abs(v observed) float64 { return math.Abs(float64(v)) }

// fit makes the knots from durations in order of length. The rank rule gives each gap between two of n durations the
// mass 1/(n+1); of those that were cut off it is known that they took longer (Kaplan and Meier).
func (m *model) fit(sorted []observed) {
	m.n, m.knots = len(sorted), 1
	m.survive[0] = 1
	var events [ringSize]float64
	var after [ringSize]float64 // S after each event
	n, s := 0, 1.
	for i, v := range sorted {
		if v > 0 {
			y := float64(len(sorted) - i)
			s *= y / (y + 1)
			events[n], after[n] = float64(v), s
			n++
		}
	}
	if n > 0 {
		s = m.fitEvents(events[:n], after[:n])
	}
	if last := sorted[len(sorted)-1]; last < 0 && abs(last) > float64(m.at[m.knots-1]) {
		if n == 0 {
			s = 1 - 1/float64(len(sorted)+1)
		}
		m.knot(abs(last), s)
	}
	m.integrate()
}

// fitEvents adds the knots of the tasks that ended, every second of them when they are many, and gives S at the last.
func (m *model) fitEvents(events, after []float64) float64 {
	n, g := len(events), 1
	if n > 16 {
		g = 2
	}
	first, last := events[0], events[n-1]
	reach := min(g, n-1)
	head := .3 * first
	tail := .3 * last
	if n > 1 {
		// Equal durations, to the last digit, would leave no room for the next one.
		head = max(1.5*(events[reach]-first)/float64(reach), first/1000)
		tail = max(1.5*(last-events[n-1-reach])/float64(reach), last/1000)
	}
	if first-head > .3*first {
		m.knot(first-head, (1+after[0])/2)
	}
	for i := 0; i < n; i += g {
		m.knot(events[i], after[i])
	}
	s := after[n-1]
	m.knot(last, s)
	m.knot(last+tail, s/2)
	return s / 2
}

// knot adds one; one at the same time as that before takes its place.
func (m *model) knot(t, s float64) {
	if at := float32(t); at > m.at[m.knots-1] {
		m.at[m.knots] = at
		m.knots++
	} else if m.knots == 1 {
		return // nothing may end at 0
	}
	m.survive[m.knots-1] = float32(math.Sqrt(s))
}

func (m *model) integrate() {
	for i := 1; i < m.knots; i++ {
		r0, r1 := float64(m.survive[i-1]), float64(m.survive[i])
		mass := max(0, r0*r0-r1*r1)
		m.lam[i] = m.lam[i-1] + float32(math.Sqrt(2*mass*float64(m.at[i]-m.at[i-1]))/(r0+r1))
	}
}

// cell is the first knot i from 1 for which all before it are at most v, or m.knots.
func (m *model) cell(of *[38]float32, v float64) int {
	low, high := 1, m.knots
	for low < high {
		mid := int(uint(low+high) / 2)
		if float64(of[mid]) > v {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// root2 is √(2·alpha) of the tail past the last knot: S falls as Pareto's with alpha = 1, half of the rest at each doubling.
const root2 = math.Sqrt2

func (m *model) lambda(t float64) float64 {
	i := m.cell(&m.at, t)
	if i == m.knots {
		return float64(m.lam[i-1]) + root2*(math.Sqrt(t)-math.Sqrt(float64(m.at[i-1])))
	}
	r0, r1 := float64(m.survive[i-1]), float64(m.survive[i])
	l0, l1 := float64(m.lam[i-1]), float64(m.lam[i])
	if r0 <= r1 {
		return l0
	}
	return l0 + (l1-l0)*(r0-m.rootSurvival(i, t))/(r0-r1)
}

// rootSurvival is √S at t in cell i.
func (m *model) rootSurvival(i int, t float64) float64 {
	r0, r1 := float64(m.survive[i-1]), float64(m.survive[i])
	t0, t1 := float64(m.at[i-1]), float64(m.at[i])
	return math.Sqrt(max(0, r0*r0-(r0*r0-r1*r1)*(t-t0)/(t1-t0)))
}

// reach is when lambda is l.
func (m *model) reach(l float64) float64 {
	i := m.cell(&m.lam, l)
	if i == m.knots {
		r := math.Sqrt(float64(m.at[i-1])) + (l-float64(m.lam[i-1]))/root2
		return r * r
	}
	r0, r1 := float64(m.survive[i-1]), float64(m.survive[i])
	t0, t1 := float64(m.at[i-1]), float64(m.at[i])
	l0, l1 := float64(m.lam[i-1]), float64(m.lam[i])
	r := r0 + (r1-r0)*(l-l0)/(l1-l0)
	if r0 <= r1 {
		return t1
	}
	return t0 + (t1-t0)*(r0*r0-r*r)/(r0*r0-r1*r1)
}

// survival is the part of the tasks that run longer than t.
func (m *model) survival(t float64) float64 {
	i := m.cell(&m.at, t)
	if i == m.knots {
		r := float64(m.survive[i-1])
		return r * r * float64(m.at[i-1]) / t
	}
	r := m.rootSurvival(i, t)
	return r * r
}

// outlived is when only the part s of the tasks still runs.
func (m *model) outlived(s float64) float64 {
	low, high := 1, m.knots // the first knot with no more than s
	for low < high {
		mid := int(uint(low+high) / 2)
		if r := float64(m.survive[mid]); r*r <= s {
			high = mid
		} else {
			low = mid + 1
		}
	}
	r1 := float64(m.survive[min(low, m.knots-1)])
	if low == m.knots {
		return float64(m.at[low-1]) * r1 * r1 / s
	}
	r0, t0, t1 := float64(m.survive[low-1]), float64(m.at[low-1]), float64(m.at[low])
	return t0 + (t1-t0)*max(0, r0*r0-s)/(r0*r0-r1*r1)
}

// A position is where a wait stands when its next check is chosen.
type position struct {
	t     float64 // the last answer that the task runs
	polls int     // checks made until then, the one at 0 not counted
}

// after is when the next check is due.
func (m *model) after(t, u float64) float64 {
	return m.reach(m.lambda(t) + m.root*jitter(u))
}

func jitter(u float64) float64 { return 1 + phaseJitter*(u-.5) }

// clamp keeps a check that is due at x within what holds for any history: no pause is longer than maxStretch times the plain
// one or the policy's Max, and no wait makes more than pollFactor times the plain checks and pollBurst.
func (m *model) clamp(w position, x float64) float64 {
	s := &m.curve
	if over := float64(w.polls + 1 - pollBurst); over > 0 {
		x = max(x, s.at(over/pollFactor))
	}
	x = max(x, w.t+s.least())
	return min(x, w.t+m.stretch()*s.gap(w.t), w.t+s.most)
}

// stretch is how many times the plain pause a learned one may be: the less is known the nearer to 1.
func (m *model) stretch() float64 { return 1 + (maxStretch-1)*min(1, float64(m.n)/warmUp) }

// price finds root so that a wait takes as many checks as under the plain policy: once from the durations themselves,
// and corrected by what came of it.
func (m *model) price(sorted []observed, correction float64) {
	s := &m.curve
	n, lambda, polls := 0., 0., 0.
	for _, v := range sorted {
		if v > 0 {
			n++
			lambda += m.lambda(float64(v))
			polls += s.polls(float64(v))
		}
	}
	if n == 0 {
		n, lambda, polls = 1, m.lambda(abs(sorted[0])), s.polls(abs(sorted[0]))
	}
	m.root = lambda / n / max(.6, polls/n-.5) * math.Exp(correction/2)
}

// inOrder sorts by length; of equal ones those that ended come first, since the others took longer.
func inOrder(all []observed) {
	slices.SortFunc(all, func(a, b observed) int {
		return cmp.Or(cmp.Compare(abs(a), abs(b)), cmp.Compare(b, a))
	})
}

// owed is the delay of detection, in seconds, that a wait is expected to have run up by t if the task still ran at
// from: the integral of 1 - S(x)/S(from). Of many waits that are due the one with the largest has the most to gain.
func (m *model) owed(from, t float64) float64 {
	s0 := m.survival(from)
	area, x, s := 0., from, s0 // of S/s0
	for i := m.cell(&m.at, from); i < m.knots && x < t; i++ {
		end := min(float64(m.at[i]), t)
		r := m.rootSurvival(i, end)
		area += (end - x) * (s + r*r) / 2
		x, s = end, r*r
	}
	if x < t {
		area += s * x * math.Log(t/x)
	}
	return max(0, t-from-area/s0)
}
