package main

import (
	"fmt"
	"html"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

const (
	gray   = "#7d8590" // the plain policy
	blue   = "#0b6bcb" // with a History
	orange = "#b35900" // back-off
	pale   = "#d3dae3"
	ink    = "#24292f"
)

// A picture is an SVG under way.
type picture struct {
	strings.Builder
	width, height float64
}

func newPicture(width, height float64, title string) *picture {
	p := &picture{width: width, height: height}
	p.draw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="13" role="img">`, width, height)
	p.draw(`<title>%s</title>`, html.EscapeString(title))
	p.draw(`<rect width="%g" height="%g" rx="6" fill="#fff"/>`, width, height)
	return p
}

func (p *picture) draw(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *picture) text(x, y float64, anchor, color, text string) {
	p.draw(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, color, html.EscapeString(text))
}

func (p *picture) line(x1, y1, x2, y2 float64, color string, width float64) {
	p.draw(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%g"/>`, x1, y1, x2, y2, color, width)
}

func (p *picture) end() string {
	p.draw(`</svg>`)
	return p.String()
}

var pictured = []struct {
	law
	policy settle.Policy
	until  float64 // seconds shown
}{
	{law{name: "Tasks that take about 5 minutes (lognormal, sigma 0.1)", draw: lognormal(300, .1)}, settle.Policy{Every: 30 * sec}, 480},
	{law{name: "Two kinds of tasks in one: 70 % about 12 s, 30 % about 5 m", draw: mixed(.7, lognormal(12, .3), lognormal(300, .3))}, settle.Policy{Every: 15 * sec}, 480},
	{law{name: "Tasks that may end at any time (exponential, mean 2 m)", draw: exponential(120)}, settle.Policy{Every: 30 * sec}, 480},
}

// checksPicture shows where the checks fall over the distribution of durations.
func checksPicture() string {
	const left, right, panel, bars = 110., 30., 190., 90.
	p := newPicture(760, 26+panel*float64(len(pictured)), "Where the checks fall over the durations of tasks")
	for i, l := range pictured {
		r := rand.New(rand.NewPCG(4, uint64(i)))
		h := new(settle.History)
		taught(h, l.policy, l.draw, r, 200)
		x := func(s float64) float64 { return left + s/l.until*(p.width-left-right) }
		top := 20 + panel*float64(i)
		base := top + 22 + bars
		p.text(left, top+10, "start", ink, l.name)
		p.histogram(l.draw, r, l.until, base, bars, x)
		p.line(left, base, p.width-right, base, ink, 1)
		for m := 0.; m <= l.until; m += 60 {
			p.line(x(m), base, x(m), base+4, ink, 1)
			p.text(x(m), base+17, "middle", ink, fmt.Sprintf("%.0f m", m/60))
		}
		p.ticks(nil, l.policy, l.until, base+25, gray, "every "+l.policy.Every.String(), x)
		p.ticks(h, l.policy, l.until, base+45, blue, "with History", x)
	}
	return p.end()
}

func (p *picture) histogram(draw func(*rand.Rand) float64, r *rand.Rand, until, base, height float64, x func(float64) float64) {
	const n, bins = 40_000, 120
	var counts [bins]float64
	for range n {
		if bin := int(draw(r) / until * bins); bin < bins {
			counts[bin]++
		}
	}
	// The square root shows the second of two kinds beside the first.
	most := math.Sqrt(slices.Max(counts[:]))
	for i, c := range counts {
		from, h := x(float64(i)*until/bins), math.Sqrt(c)/most*height
		p.draw(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, from, base-h, x(until/bins)-x(0), h, pale)
	}
}

func (p *picture) ticks(h *settle.History, policy settle.Policy, until, y float64, color, label string, x func(float64) float64) {
	p.text(x(0)-10, y+11, "end", color, label)
	for at := range h.Plan(policy) {
		if at.Seconds() > until {
			return
		}
		p.line(x(at.Seconds()), y, x(at.Seconds()), y+13, color, 2)
	}
}

// A track is mean delay against checks for policies of one shape, with a History and without.
type track struct {
	label, color string
	policy       func(pause time.Duration) settle.Policy
}

var tracks = []track{
	{"fixed pause", blue, func(pause time.Duration) settle.Policy { return settle.Policy{Every: pause} }},
	{"exponential back-off", orange, func(pause time.Duration) settle.Policy {
		return settle.Policy{Every: pause / 8, Max: 8 * pause, Factor: 1.5}
	}},
}

type point struct{ checks, delay float64 }

// points are means over the same tasks for both.
func (t track) points(l law, waits int) (plain, learned []point) {
	for part := 2.2; part < 80; part *= 1.25 {
		policy := t.policy(time.Duration(l.mean / part * float64(sec)))
		r := simulate(phaseOf("learned"), policy, l, 4, waits)
		plain = append(plain, point{r.plain, r.plainDelay})
		learned = append(learned, point{r.checks, r.delay})
	}
	return plain, learned
}

// delayPicture shows mean delay against the number of checks.
func delayPicture(waits int) string {
	shown := measured([]law{
		{name: "Tasks that take about 5 minutes (lognormal, sigma 0.1)", draw: lognormal(300, .1)},
		{name: "Tasks that may end at any time (exponential)", draw: exponential(300)},
	})
	const left, top, panel, size, gap = 62., 74., 340., 270., 70.
	p := newPicture(left+2*panel+gap+24, top+size+56, "Mean delay of detection against the number of checks")
	x := left
	for _, t := range tracks {
		p.stroke([]float64{x, x + 26}, []float64{22, 22}, t.color, true)
		p.text(x+32, 26, "start", ink, t.label)
		p.stroke([]float64{x + 176, x + 202}, []float64{22, 22}, t.color, false)
		p.text(x+208, 26, "start", ink, "with History")
		x += 350
	}
	for i, l := range shown {
		p.plot(l, left+float64(i)*(panel+gap), top, panel, size, waits)
	}
	return p.end()
}

func (p *picture) plot(l law, x0, top, width, height float64, waits int) {
	const fewest, most = 2.5, 40.
	const least, longest = .8, 200.
	x := func(checks float64) float64 { return x0 + width*math.Log(checks/fewest)/math.Log(most/fewest) }
	y := func(delay float64) float64 { return top + height*math.Log(longest/delay)/math.Log(longest/least) }
	p.text(x0, top-12, "start", ink, l.name)
	p.draw(`<rect x="%.1f" y="%.1f" width="%g" height="%g" fill="none" stroke="%s"/>`, x0, top, width, height, pale)
	for _, n := range []float64{3, 5, 10, 20, 40} {
		p.line(x(n), top, x(n), top+height, pale, 1)
		p.text(x(n), top+height+18, "middle", ink, fmt.Sprint(n))
	}
	for _, d := range []float64{1, 2, 5, 10, 20, 50, 100} {
		p.line(x0, y(d), x0+width, y(d), pale, 1)
		p.text(x0-8, y(d)+4, "end", ink, fmt.Sprintf("%g s", d))
	}
	p.text(x0+width/2, top+height+40, "middle", ink, "checks for a task, mean; upwards: mean delay")
	for _, t := range tracks {
		plain, learned := t.points(l, waits)
		for _, points := range [][]point{plain, learned} {
			var xs, ys []float64
			for _, at := range points {
				if at.checks >= fewest && at.checks <= most && at.delay <= longest && at.delay >= least {
					xs, ys = append(xs, x(at.checks)), append(ys, y(at.delay))
				}
			}
			p.stroke(xs, ys, t.color, &points[0] == &plain[0])
		}
	}
}

// stroke is dashed for the plain policy.
func (p *picture) stroke(xs, ys []float64, color string, plain bool) {
	var points strings.Builder
	for i := range xs {
		fmt.Fprintf(&points, "%.1f,%.1f ", xs[i], ys[i])
	}
	dash := ""
	if plain {
		dash = ` stroke-dasharray="5 4"`
	}
	p.draw(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5"%s/>`, strings.TrimSpace(points.String()), color, dash)
}
