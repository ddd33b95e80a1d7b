package settle

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkHistory_Decision is a learned pause, as hear finds it, for each shape of policy.
func BenchmarkHistory_Decision(b *testing.B) {
	for _, r := range []struct {
		name   string
		policy Policy
	}{
		{"Fixed", Policy{Every: 30 * time.Second}},
		{"Linear", Policy{Every: 6 * time.Second, Max: time.Hour}},
		{"Geometric", Policy{Every: time.Second, Max: time.Hour, Factor: 1.3}},
		{"FixedChecks", Policy{Every: 30 * time.Second, Checks: 100}},
		{"LinearChecks", Policy{Every: 6 * time.Second, Max: time.Minute, Checks: 17}},
		{"GeometricChecks", Policy{Every: time.Second, Max: 10 * time.Minute, Factor: 1.3, Checks: 17}},
	} {
		b.Run(r.name, func(b *testing.B) {
			p := r.policy
			p.History = taught(p, ringSize)
			a := answer{Status: When(false), good: true, now: 250 * time.Second}
			j := judge{limit: noLimit, spell: noSpell, plan: &plan{}, good: 5, checks: 5}
			b.ReportAllocs()
			for b.Loop() {
				j.plan.ahead = time.Minute // so that soonest is asked
				j.learned(&p, &a, time.Second)
			}
		})
	}
	b.Run("Progress", func(b *testing.B) {
		p := Policy{Every: 30 * time.Second}
		p.History = taught(p, ringSize)
		a := answer{Status: Status{State: Pending, Progress: .8}, good: true, now: 250 * time.Second}
		j := judge{limit: noLimit, spell: noSpell, plan: &plan{}, good: 5, checks: 5}
		j.plan.read(&a)
		b.ReportAllocs()
		for b.Loop() {
			j.learned(&p, &a, time.Second)
		}
	})
}

func BenchmarkHistory_Add(b *testing.B) {
	p := Policy{Every: 30 * time.Second}
	h := taught(p, ringSize)
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		d := time.Duration(300e9 * math.Exp(.3*r.NormFloat64()))
		h.Add(p, d, d)
	}
}

// taught is a History of n tasks, lognormal about five minutes.
func taught(p Policy, n int) *History {
	r := rand.New(rand.NewPCG(1, 2))
	h := new(History)
	for range n {
		d := time.Duration(300e9 * math.Exp(.3*r.NormFloat64()))
		h.Add(p, d, d)
	}
	return h
}

// What a History holds, as it lies in memory: the allocator rounds up to its sizes.
func TestHistory_Size(t *testing.T) {
	got := 0
	for _, n := range []uintptr{unsafe.Sizeof(History{}), unsafe.Sizeof(model{}), unsafe.Sizeof(progress{})} {
		got += cap(append([]byte(nil), make([]byte, n)...))
	}
	if got >= 2048 {
		t.Errorf("a History with all that it holds takes %d bytes", got)
	}
}

func TestHistory_DecisionAllocatesNothing(t *testing.T) {
	p := Policy{Every: 30 * time.Second, Checks: 50}
	p.History = taught(p, ringSize)
	a := answer{Status: Status{State: Pending, Progress: .5}, good: true, now: 250 * time.Second}
	j := judge{limit: noLimit, spell: noSpell, plan: &plan{}, good: 5, checks: 5}
	j.note(&a)
	if n := testing.AllocsPerRun(1000, func() {
		j.note(&a)
		j.learned(&p, &a, time.Second)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// The curve is the policy's own pauses, in closed form.
func TestCurve_IsThePolicys(t *testing.T) {
	for _, p := range []Policy{
		{}, {Every: 30 * time.Second}, {Every: 10 * time.Second, Max: 12 * time.Second, Factor: 1},
		{Every: 6 * time.Second, Max: time.Hour}, {Every: 7 * time.Second, Max: 40 * time.Second},
		{Every: 5 * time.Second, Max: 5 * time.Second}, {Every: time.Second, Max: time.Minute, Factor: 2},
		{Every: 200 * time.Millisecond, Max: 10 * time.Second, Factor: 1.5}, {Every: time.Second, Max: time.Hour, Factor: 1.0000001},
		{Every: time.Nanosecond, Max: math.MaxInt64, Factor: 1e9}, {Every: time.Second, Max: time.Hour, Factor: 1e300},
	} {
		s := curveOf(&p)
		at := 0.
		for n := 1; n <= 300; n++ {
			gap := seconds(p.pause(n))
			near := func(what string, got, want float64) {
				if !(math.Abs(got-want) <= 1e-6*max(1, want)) {
					t.Fatalf("%v: %s %d: got %v, want %v", p, what, n, got, want)
				}
			}
			near("gap", s.gap(at), gap)
			near("polls at", s.polls(at), float64(n-1))
			near("time of", s.at(float64(n)), at+gap)
			near("polls after half the pause", s.polls(at+gap/2), float64(n)-.5)
			near("time of the half before", s.at(float64(n)-.5), at+gap/2)
			at += gap
		}
	}
}

func randomHistory(r *rand.Rand) *History {
	h := new(History)
	scale := math.Exp(9*r.Float64() - 3)
	for range r.IntN(100) {
		p := randomPolicy(r)
		d := duration(scale * math.Exp(r.Float64()*r.NormFloat64()))
		switch r.IntN(6) {
		case 0:
			h.AddUnfinished(p, d)
		case 1:
			scale *= math.Exp(r.NormFloat64())
		case 2:
			h.Add(p, d, d)
		default:
			h.Add(p, duration(seconds(d)*r.Float64()), d)
		}
	}
	h.audit.suspended = r.IntN(10) == 0
	h.audit.correction = 10*r.Float64() - 4
	return h
}

func randomPolicy(r *rand.Rand) Policy {
	p := Policy{Every: duration(math.Exp(8*r.Float64() - 2))}
	if r.IntN(2) == 0 {
		p.Max = duration(seconds(p.Every) * math.Exp(6*r.Float64()))
		p.Factor = []float64{0, 0, 1, 1.0001, 1.2, 2, 10}[r.IntN(7)]
	}
	return p
}

// The two bounds that hold whatever a History holds and however long a task takes, Policy.Max, and that the last of
// Policy.Checks falls no sooner than without a History.
func TestHistory_Bounds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	ctx := context.Background()
	const rounds = 1500
	led := 0
	for range rounds {
		p := randomPolicy(r)
		p.History = randomHistory(r)
		plainly := p
		plainly.History = nil
		if r.IntN(2) == 0 {
			p.Checks = 2 + r.IntN(40)
		}
		s := curveOf(&p)
		j := judge{limit: noLimit, spell: noSpell}
		now, plain, progress := time.Duration(0), time.Duration(0), 0.
		for n := 0; n < 200; n++ {
			progress = max(progress, r.Float64()*float64(r.IntN(2)))
			a := answer{Status: When(false), began: now, now: now}
			a.Progress = progress * float64(n%3)
			v := j.hear(ctx, &p, &a)
			if v.over {
				break
			}
			led += n
			if longest := maxStretch * s.gap(seconds(now)); seconds(v.pause) > longest*(1+1e-9)+1e-9 {
				t.Fatalf("%v: the pause after check %d at %s is %s, more than %vs", p, n, now, v.pause, longest)
			}
			if p.Max > 0 && v.pause > p.Max {
				t.Fatalf("%v: the pause after check %d is %s", p, n, v.pause)
			}
			now += v.pause
			plain += p.pause(n + 1)
			if most := pollFactor*s.polls(seconds(now)) + pollBurst; float64(n+1) > most*(1+1e-6) {
				t.Fatalf("%v: %d checks by %s, more than %v", p, n+1, now, most)
			}
			if n+2 == p.Checks && now < plain {
				t.Fatalf("%v: the last check falls at %s, without a History at %s", p, now, plain)
			}
		}
	}
	if led == 0 {
		t.Error("no pause was looked at")
	}
}

func TestModel_Owed(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		h := randomHistory(r)
		m := h.model.Load()
		if m == nil {
			continue
		}
		scale := float64(m.at[m.knots-1])
		from := scale * 1.5 * r.Float64()
		to := from + scale*r.Float64()
		sum, steps := 0., 20_000
		for i := range steps {
			x := from + (to-from)*(float64(i)+.5)/float64(steps)
			sum += (1 - m.survival(x)/m.survival(from)) * (to - from) / float64(steps)
		}
		if got := m.owed(from, to); math.Abs(got-sum) > 1e-3*(sum+scale*1e-3) {
			t.Errorf("from %v to %v: got %v, want %v", from, to, got, sum)
		}
		if l := m.lambda(from); math.Abs(m.reach(l)-from) > 1e-3*scale && m.reach(l+1e-3) < from {
			t.Errorf("lambda(%v) = %v, which leads back to %v", from, l, m.reach(l))
		}
	}
}
