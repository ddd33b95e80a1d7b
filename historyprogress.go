package settle

import "math"

// Readings are the last reports of progress in one wait, from the first above 0.
type readings struct {
	n  int // ever
	t  [16]float32
	of [16]float32 // above 0, at most 1
}

// read keeps a report of progress. Whoever has reported 0 after more than that does not say any longer: it is left out.
func (l *plan) read(a *answer) {
	if !(a.Progress > 0) {
		return
	}
	if l.readings == nil {
		l.readings = &readings{}
	}
	r := l.readings
	i := r.n % len(r.t)
	r.t[i], r.of[i] = float32(seconds(a.now)), float32(min(a.Progress, 1))
	r.n++
}

// A progress is what reports have meant for the tasks of a kind: for each band of progress, how long a task took in the
// end, as a multiple of the time until then and as the time from then. It never changes.
type progress [17]band

type band struct {
	N                   float32 // readings, at most memory
	Ratio, RatioScatter float32 // of ln(T/t·progress): mean and variance; 0 where progress is even
	Rest, RestScatter   float32 // of T-t
}

const memory = 40 // readings of a band that count

func bandOf(progress float32) int { return min(int(progress*17), 16) }

// with is p after a task that took v and reported r; p may be nil.
func (p *progress) with(r *readings, v float64) *progress {
	var q progress
	if p != nil {
		q = *p
	}
	for i := max(0, r.n-len(r.t)); i < r.n; i++ {
		k := i % len(r.t)
		if t := float64(r.t[k]); t > 0 && t < v {
			q[bandOf(r.of[k])].add(math.Log(v/t*float64(r.of[k])), v-t)
		}
	}
	return &q
}

func (b *band) add(ratio, rest float64) {
	b.N = min(b.N+1, memory)
	blend(&b.Ratio, &b.RatioScatter, ratio, 1/float64(b.N))
	blend(&b.Rest, &b.RestScatter, rest, 1/float64(b.N))
}

func blend(mean, scatter *float32, x, rate float64) {
	d := x - float64(*mean)
	*mean += float32(rate * d)
	*scatter = float32((1 - rate) * (float64(*scatter) + rate*d*d))
}

// predict gives the end of the task, mean and standard deviation, if its last report of progress is a sharper sign of
// it than the durations of other tasks that ran this long.
func (l *plan) predict(m *model, t float64) (mu, sd float64, ok bool) {
	if l.readings == nil || t <= 0 {
		return 0, 0, false
	}
	var b band
	last := l.readings.of[(l.readings.n-1)%len(l.readings.of)]
	if m.progress != nil {
		b = m.progress[bandOf(last)]
	}
	mu, sd = b.predict(t, float64(last))
	s := m.survival(t)
	spread := m.outlived(.25*s) - m.outlived(.75*s)
	return mu, sd, 1.35*sd < .75*spread
}

// predict starts from the belief that progress is even, which counts less the more is known.
func (b *band) predict(t, progress float64) (mu, sd float64) {
	n := float64(b.N)
	belief := 2 / (1 + n/6)
	ratio := n*float64(b.Ratio)/(n+belief) - math.Log(progress)
	scatter := (n*float64(b.RatioScatter) + belief*.25) / (n + belief)
	mu = t * math.Exp(ratio)
	sd = max(mu*math.Sqrt(scatter), .01*mu)
	if n >= 4 {
		rest := t + float64(b.Rest)
		if s := max(math.Sqrt(float64(b.RestScatter))*(1+2/n), .01*rest); s < sd {
			return rest, s
		}
	}
	return mu, sd
}

// towards is when the next check is due for an end that is normally distributed about mu.
func (m *model) towards(t, mu, sd, u float64) float64 {
	l := normal.lambda((t - mu) / sd)
	return mu + sd*normal.reach(l+m.sharpRoot*jitter(u)*math.Sqrt(2/sd))
}

// A normalTable is lambda of the standard normal distribution, the integral of √(hazard), at even steps from normalLow.
type normalTable [241]float64

const (
	normalLow  = -4.
	normalStep = .05
)

var normal = tabulate()

func tabulate() (l normalTable) {
	rate := func(z float64) float64 {
		return math.Sqrt(math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) / (math.Erfc(z/math.Sqrt2) / 2))
	}
	for i := 1; i < len(l); i++ {
		z := normalLow + normalStep*float64(i)
		l[i] = l[i-1] + normalStep/6*(rate(z-normalStep)+4*rate(z-normalStep/2)+rate(z))
	}
	return l
}

// lambda goes on past the table, where the hazard is about z: the integral of √z.
func (l *normalTable) lambda(z float64) float64 {
	x := (z - normalLow) / normalStep
	switch last := len(l) - 1; {
	case x <= 0:
		return 0
	case x >= float64(last):
		high := normalLow + normalStep*float64(last)
		return l[last] + (z*math.Sqrt(z)-high*math.Sqrt(high))*2/3
	}
	i := int(x)
	return l[i] + (x-float64(i))*(l[i+1]-l[i])
}

func (l *normalTable) reach(v float64) float64 {
	last := len(l) - 1
	if v >= l[last] {
		high := normalLow + normalStep*float64(last)
		return math.Pow((v-l[last])*1.5+high*math.Sqrt(high), 2./3)
	}
	low, high := 0, last // l[low] <= v < l[high]
	for high-low > 1 {
		if mid := (low + high) / 2; l[mid] <= v {
			low = mid
		} else {
			high = mid
		}
	}
	return normalLow + normalStep*(float64(low)+(v-l[low])/(l[high]-l[low]))
}
