package main

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/bench/host"
)

// A measurement is all that was measured.
type measurement struct {
	byLaw   map[string][]result   // of each phase, under the tuned policy, a result a law
	byHabit map[string][][]result // of each phase, of each habit, a result a law
	traces  []trace
	replays []result // of each trace, under its tuned policy
	full    bool
}

// measure does the cells of all tables, as many at once as there are processors: each is seeded by itself.
func measure(o options, traces []trace) *measurement {
	m := &measurement{byLaw: map[string][]result{}, byHabit: map[string][][]result{}, traces: traces, full: o.full}
	m.replays = make([]result, len(traces))
	var jobs []func()
	for _, ph := range phases {
		laws1 := make([]result, len(laws))
		m.byLaw[ph.name] = laws1
		byHabit := make([][]result, len(habits))
		m.byHabit[ph.name] = byHabit
		for i, l := range laws {
			jobs = append(jobs, func() { laws1[i] = simulate(ph, tuned(l.mean), l, o.seeds, o.waits) })
		}
		for k, h := range habits {
			results := make([]result, len(laws))
			byHabit[k] = results
			for i, l := range laws {
				jobs = append(jobs, func() { results[i] = simulate(ph, h.policy, l, max(1, o.seeds/5), o.waits) })
			}
		}
	}
	for i, t := range traces {
		jobs = append(jobs, func() { m.replays[i] = replay(t) })
	}
	todo := make(chan func())
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for job := range todo {
				job()
			}
		})
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
	workers.Wait()
	return m
}

// replay goes through a trace in its order, from a History that knows nothing.
func replay(t trace) result {
	p, h := tuned(mean(t.times)), new(settle.History)
	var c pair
	for _, s := range t.times {
		c.with.wait(h, p, seconds(s), false)
		c.plain.wait(nil, p, seconds(s), false)
	}
	return c.result()
}

type section struct{ title, table string }

func (m *measurement) sections() []section {
	var all []section
	for _, ph := range phases {
		all = append(all,
			section{ph.title + ", by law", m.lawTable(ph.name)},
			section{ph.title + ", by policy", m.habitTable(ph.name)})
		if m.full {
			all = append(all, section{ph.title + ", every policy on every law", m.fullTable(ph.name)})
		}
	}
	if len(m.traces) > 0 {
		all = append(all, section{"Recorded durations, in their order, from a cold start", m.traceTable()})
	}
	return all
}

var heads = []string{"checks", "with History", "mean delay", "with History", "sooner", "p95", "with History", "sooner"}

func (r result) cells() []string {
	return []string{
		fmt.Sprintf("%.1f", r.plain), fmt.Sprintf("%.1f", r.checks),
		span(r.plainDelay), span(r.delay), times(r.plainDelay / r.delay),
		span(r.plainP95), span(r.p95), times(r.plainP95 / r.p95),
	}
}

func span(s float64) string {
	switch {
	case s < 10:
		return fmt.Sprintf("%.2f s", s)
	case s < 1000:
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}

func times(x float64) string { return fmt.Sprintf("%.2f ×", x) }

func (m *measurement) lawTable(phase string) string {
	t := host.Table{Words: 1, Head: append([]string{"tasks take"}, heads...)}
	for i, r := range m.byLaw[phase] {
		t.Rows = append(t.Rows, append([]string{laws[i].name}, r.cells()...))
	}
	t.Rows = append(t.Rows, append([]string{"**all** (geometric mean)"}, ratios(m.byLaw[phase])...))
	return t.String()
}

func (m *measurement) habitTable(phase string) string {
	t := host.Table{Words: 1, Head: []string{"policy", "checks, times the plain policy's", "mean delay", "p95"}}
	for k, results := range m.byHabit[phase] {
		r := overAll(results)
		t.Rows = append(t.Rows, []string{habits[k].name, fmt.Sprintf("%.2f", r.checks), times(r.delay) + " sooner", times(r.p95) + " sooner"})
	}
	return t.String()
}

func (m *measurement) fullTable(phase string) string {
	t := host.Table{Words: 2, Head: append([]string{"policy", "tasks take"}, heads...)}
	for k, results := range m.byHabit[phase] {
		for i, r := range results {
			t.Rows = append(t.Rows, append([]string{habits[k].name, laws[i].name}, r.cells()...))
		}
	}
	return t.String()
}

func (m *measurement) traceTable() string {
	t := host.Table{Words: 1, Head: append([]string{"recorded", "tasks"}, heads...)}
	for i, r := range m.replays {
		t.Rows = append(t.Rows, append([]string{m.traces[i].name, fmt.Sprint(len(m.traces[i].times))}, r.cells()...))
	}
	t.Rows = append(t.Rows, append([]string{"**all** (geometric mean)", ""}, ratios(m.replays)...))
	return t.String()
}

// A gain is how checks, mean delay and p95 compare over several laws, by geometric means.
type gain struct{ checks, delay, p95 float64 }

func overAll(results []result) (g gain) {
	for _, r := range results {
		n := float64(len(results))
		g.checks += math.Log(r.checks/r.plain) / n
		g.delay += math.Log(r.plainDelay/r.delay) / n
		g.p95 += math.Log(r.plainP95/r.p95) / n
	}
	return gain{math.Exp(g.checks), math.Exp(g.delay), math.Exp(g.p95)}
}

func ratios(results []result) []string {
	g := overAll(results)
	return []string{"", times(g.checks), "", "", times(g.delay), "", "", times(g.p95)}
}
