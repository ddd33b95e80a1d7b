package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle/bench/host"
)

// An entry is all that was measured of one contender, a figure a round.
type entry struct {
	contender
	first, ten []cost
	naps       []nap
}

func (e entry) peer() bool { return len(e.modules) > 0 }

func ns(c cost) float64     { return c.ns }
func bytes(c cost) float64  { return c.bytes }
func allocs(c cost) float64 { return c.allocs }

func napBytes(n nap) float64 { return n.bytes }

func (e entry) firstNS() float64 { return host.Median(e.first, ns) }
func (e entry) asleep() float64  { return host.Median(e.naps, napBytes) }

// tables is what is shown on the terminal too. settle is the first of es.
func tables(es []entry, n int, turn time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## The first check ends it\n\nMedian of %d turns of about %s each.\n\n", len(es[0].first), turn)
	b.WriteString(costTable(es, func(e entry) ([]cost, string) { return e.first, e.contender.first }))
	fmt.Fprintf(&b, "\n## Ten checks without pause\n\nMedian of %d turns of about %s each; the tenth check ends the wait.\n\n", len(es[0].ten), turn)
	b.WriteString(costTable(es, func(e entry) ([]cost, string) { return e.ten, e.contender.ten }))
	fmt.Fprintf(&b, "\n## %d waits asleep\n\nMedian of %d turns.\n\n", n, len(es[0].naps))
	b.WriteString(napTable(es))
	b.WriteString("\n## Goals\n\n")
	for _, g := range goals(es) {
		fmt.Fprintf(&b, "- %s\n", g)
	}
	return b.String()
}

func costTable(es []entry, of func(entry) (costs []cost, note string)) string {
	costs, _ := of(es[0])
	settle := host.Median(costs, ns)
	t := tableOf("wait", "typed", "ns", "least to most", "B", "allocs", "× settle")
	for _, e := range sortedBy(es, func(e entry) float64 { costs, _ := of(e); return host.Median(costs, ns) }) {
		costs, note := of(e)
		t.add(e, note, num(host.Median(costs, ns)), fromTo(costs, ns),
			num(host.Median(costs, bytes)), num(host.Median(costs, allocs)), fmt.Sprintf("%.2f", host.Median(costs, ns)/settle))
	}
	return t.String()
}

func napTable(es []entry) string {
	t := tableOf("wait", "typed", "live B", "least to most", "goroutines", "× settle")
	for _, e := range sortedBy(es, entry.asleep) {
		goroutines := host.Median(e.naps, func(n nap) float64 { return n.goroutines })
		t.add(e, e.contender.asleep, num(e.asleep()), fromTo(e.naps, napBytes), fmt.Sprintf("%.2f", goroutines),
			fmt.Sprintf("%.2f", e.asleep()/es[0].asleep()))
	}
	return t.String()
}

func sortedBy(es []entry, of func(entry) float64) []entry {
	return slices.SortedStableFunc(slices.Values(es), func(a, b entry) int { return cmp.Compare(of(a), of(b)) })
}

func fromTo[E any](all []E, of func(E) float64) string {
	least, most := spread(all, of)
	return num(least) + " to " + num(most)
}

func num(f float64) string { return fmt.Sprintf("%.0f", f) }

// A table is one of the report: the first two columns are words, and a note is told once.
type table struct {
	host.Table
	notes []string
}

func tableOf(head ...string) table {
	return table{Table: host.Table{Words: 2, Head: head}}
}

func (t *table) add(e entry, note string, cells ...string) {
	name, typed := e.call, "no"
	switch {
	case e.name == settleWait.name:
		name, typed = "**"+name+"**", "yes"
	case !e.peer():
		typed = "by hand"
	case e.typed:
		typed = "yes"
	}
	if note != "" {
		if !slices.Contains(t.notes, note) {
			t.notes = append(t.notes, note)
		}
		name = fmt.Sprintf("%s [%d]", name, slices.Index(t.notes, note)+1)
	}
	t.Rows = append(t.Rows, append([]string{name, typed}, cells...))
}

func (t *table) String() string {
	var b strings.Builder
	b.WriteString(t.Table.String())
	for i, note := range t.notes {
		fmt.Fprintf(&b, "\n[%d] %s\n", i+1, note)
	}
	return b.String()
}
