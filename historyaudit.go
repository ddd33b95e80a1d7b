package settle

import "math"

// An audit compares the plans of late with the plain policy, on the tasks that have ended since.
type audit struct {
	fast, slow tally // the last 16 tasks or so, and the last 64
	n          int   // tasks heard
	suspended  bool  // the plain policy holds
	sharp      sharpness
	correction float64 // twice the logarithm of what the price of a check is multiplied by, to keep the number of checks
}

// A tally is sums over tasks, the older ones fading.
type tally struct {
	Checks, PlainChecks float64
	Delay, PlainDelay   float64
}

func (t *tally) add(by tally, window float64) {
	keep := 1 - 1/window
	t.Checks = t.Checks*keep + by.Checks
	t.PlainChecks = t.PlainChecks*keep + by.PlainChecks
	t.Delay = t.Delay*keep + by.Delay
	t.PlainDelay = t.PlainDelay*keep + by.PlainDelay
}

// ratio is how the plans compare: below 1 they were better.
func (t *tally) ratio() float64 { return (t.Checks/t.PlainChecks + t.Delay/t.PlainDelay) / 2 }

const (
	auditFrom  = 4 // durations known, before plans are worth a judgment
	auditMost  = 1.2
	auditLong  = 1.02
	auditSlow  = 48 // tasks heard, before the slow tally counts
	auditSteps = 1 << 16

	correctionGain  = .1
	correctionLeast = -6
	correctionMost  = 6
)

// hear is told that a task took v: m is what checks have gone by.
func (a *audit) hear(m *model, v float64, checks int) {
	s := &m.curve
	if m.n < auditFrom {
		return
	}
	plain := math.Floor(s.polls(v))
	end := s.at(plain)
	if end < v {
		plain++
		end = s.at(plain)
	}
	if plain > auditSteps {
		return // too many to be gone through: it costs milliseconds
	}
	w := position{}
	for w.t < v {
		w.t = m.clamp(w, m.after(w.t, .5))
		w.polls++
	}
	if checks > 0 {
		a.sharp.add(float64(checks), plain)
	}
	by := tally{float64(w.polls), plain, w.t - v, end - v}
	a.fast.add(by, 16)
	a.slow.add(by, 64)
	a.n++
	fast, slow := a.fast.ratio(), a.slow.ratio()
	if a.n < auditSlow {
		slow = 0
	}
	switch {
	case fast > auditMost, slow > auditLong:
		a.suspended = true
	case fast < 1+(auditMost-1)/2 && slow < .99:
		a.suspended = false
	}
	a.correction = corrected(a.correction, a.fast.Checks/a.fast.PlainChecks)
}

// corrected moves a correction towards as many checks as under the plain policy.
func corrected(correction, ratio float64) float64 {
	correction += correctionGain * max(-1, min(math.Log(ratio), 1))
	return max(correctionLeast, min(correction, correctionMost))
}

// A sharpness is the checks of waits that went by reported progress, which need fewer of them: what they leave over is
// spent about the end.
type sharpness struct {
	checks, plain float64 // the older ones fading
	correction    float64
}

func (s *sharpness) add(checks, plain float64) {
	const keep = 1 - 1./16
	s.checks, s.plain = s.checks*keep+checks, s.plain*keep+plain
	s.correction = corrected(s.correction, s.checks/s.plain)
}

// A drift counts tasks in a row that took longer, or shorter, than all that is known.
type drift struct {
	longer, shorter, quiet uint8
	odd                    observed // the last of them, if it was far out; else 0
}

const (
	driftFrom = 8 // durations known, before one of them can be odd
	driftEnds = 6 // ordinary tasks, after which odd ones are forgotten
	driftFar  = 1.5
)

// hear reports whether v, the newest duration, is the second in a row to say that the tasks have changed.
func (d *drift) hear(known []observed, v observed) bool {
	if len(known) < driftFrom {
		return false
	}
	low, high := math.Inf(1), 0.
	for _, k := range known {
		if k == d.odd {
			continue // beside one that is far out its like would seem ordinary
		}
		high = max(high, abs(k))
		if k > 0 {
			low = min(low, float64(k))
		}
	}
	took, odd := float64(v), observed(0)
	if took > driftFar*high || took < low/driftFar {
		odd = v
	}
	switch {
	case took > 1.02*high:
		*d = drift{longer: d.longer + 1, odd: odd}
	case took < .98*low:
		*d = drift{shorter: d.shorter + 1, odd: odd}
	case d.longer+d.shorter > 0:
		if d.quiet++; d.quiet == driftEnds {
			*d = drift{}
		}
	}
	if d.longer < 2 && d.shorter < 2 {
		return false
	}
	*d = drift{}
	return true
}
