package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

const (
	pipeWidth   = 80     // cells of a chart that no terminal bounds
	listedTimes = 14     // the first checks that are listed
	mostChecks  = 10_000 // of a plan that are looked at
)

// A knownPlan is when a task would be checked by what is known, beside the policy alone.
type knownPlan struct {
	Policy string      `json:"policy"`
	Checks []float64   `json:"checks"` // seconds, up to the longest task
	Known  planFigures `json:"known"`
	Plain  planFigures `json:"plain"`
	plain  string      // the policy, as the first line of a wait says it
}

// planFigures are means over the tasks that were seen to end within the plan; null: there is none.
type planFigures struct {
	Checks *float64 `json:"checks"`
	Late   *float64 `json:"late"` // seconds from an end to the check that sees it
}

// planFor is the plan under p, with its figures for what was seen.
func (a *app) planFor(h *settle.History, seen []settle.Observation, p settle.Policy) knownPlan {
	longest := slices.MaxFunc(seen, byTook).Took
	known, plain := checksUpTo(h, p, longest), checksUpTo(nil, p, longest)
	return knownPlan{Policy: p.String(), Checks: known, Known: figures(known, seen), Plain: figures(plain, seen), plain: a.plan(p)}
}

// checksUpTo are the checks of a task up to the first that is not before longest, in seconds.
func checksUpTo(h *settle.History, p settle.Policy, longest time.Duration) []float64 {
	var checks []float64
	for at := range h.Plan(p) {
		checks = append(checks, at.Seconds())
		if at >= longest || len(checks) == mostChecks {
			break
		}
	}
	return checks
}

func figures(checks []float64, seen []settle.Observation) planFigures {
	n, count, late := 0., 0., 0.
	for _, o := range seen {
		i := sort.SearchFloat64s(checks, o.Took.Seconds())
		if o.Unfinished || i == len(checks) {
			continue
		}
		n, count, late = n+1, count+float64(i+1), late+checks[i]-o.Took.Seconds()
	}
	if n == 0 {
		return planFigures{}
	}
	return planFigures{new(count / n), new(late / n)}
}

func (a *app) showKind(kind string, p settle.Policy) error {
	h := a.histories().Load(kind)
	seen := h.Observations()
	if a.output == outputJSON {
		return a.printKind(kind, h, p)
	}
	k := known(kind, h)
	head := a.say(historyWords.manyTasks, kind, k.Count)
	if k.Count == 1 {
		head = a.say(historyWords.oneTask, kind)
	}
	if k.Unfinished > 0 {
		head += a.say(historyWords.unseen, k.Unfinished)
	}
	table := a.table()
	fmt.Fprint(a.stdout, table.Indent(head, 0))
	if len(seen) == 0 {
		return nil
	}
	plan := a.planFor(h, seen, p)
	width := table.Width
	if width == 0 {
		width = pipeWidth
	}
	c := chart{width: width, glyphs: glyphsFor(a.options.Screen), unfinished: a.say(historyWords.unfinished), checks: a.say(historyWords.checks)}
	fmt.Fprintf(a.stdout, "\n%s\n\n", strings.Join(c.draw(seen, plan.Checks), "\n"))
	fmt.Fprint(a.stdout, quantileText(table, a.quantileRows(h)), "\n")
	fmt.Fprint(a.stdout, table.Indent(a.say(historyWords.checksAt, firstTimes(plan.Checks)), 0))
	fmt.Fprint(a.stdout, figureText(table, a.figureRows(plan)))
	return nil
}

// firstTimes lists the first checks.
func firstTimes(checks []float64) string {
	var all []string
	for _, s := range checks[:min(len(checks), listedTimes)] {
		all = append(all, brief(rounded(inSeconds(s))))
	}
	if len(checks) > listedTimes {
		all = append(all, "...")
	}
	return strings.Join(all, " ")
}

var shownQuantiles = []float64{.1, .25, .5, .75, .9}

func (a *app) quantileRows(h *settle.History) [][]string {
	rows := make([][]string, 2)
	for _, q := range shownQuantiles {
		name := fmt.Sprintf("%.0f %%", 100*q)
		if q == .5 {
			name = a.say(historyWords.median)
		}
		rows[0] = append(rows[0], name)
		rows[1] = append(rows[1], shortSeconds(quantile(h, q)))
	}
	return rows
}

// quantileText is the quantiles side by side, or one a line where there is no room for that.
func quantileText(t term.Table, rows [][]string) string {
	if t.Fits(rows) {
		return t.Rows(rows)
	}
	turned := make([][]string, len(rows[0]))
	for i := range turned {
		turned[i] = []string{rows[0][i], rows[1][i]}
	}
	return t.Rows(turned)
}

func (a *app) figureRows(plan knownPlan) [][]string {
	rows := [][]string{{"", a.say(historyWords.perTask), a.say(historyWords.late)}}
	for _, f := range []struct {
		name string
		planFigures
	}{{a.say(historyWords.planned), plan.Known}, {plan.plain, plan.Plain}} {
		count := "-"
		if f.Checks != nil {
			count = fmt.Sprintf("%.1f", *f.Checks)
		}
		rows = append(rows, []string{f.name, count, shortSeconds(f.Late)})
	}
	return rows
}

// figureText is the figures in columns, or where there is no room for that below what they are of.
func figureText(t term.Table, rows [][]string) string {
	if t.Fits(rows) {
		return t.Rows(rows)
	}
	text := ""
	for _, row := range rows[1:] {
		text += t.Indent(row[0], 0)
		for i, figure := range row[1:] {
			text += t.Indent(rows[0][i+1]+" "+figure, 2)
		}
	}
	return text
}

// printKind is showKind for -o json.
func (a *app) printKind(kind string, h *settle.History, p settle.Policy) error {
	type bin struct {
		From  float64 `json:"from"` // seconds
		To    float64 `json:"to"`
		Count int     `json:"count"` // of the tasks that were seen to end
	}
	all := struct {
		Schema int `json:"schema"`
		knownKind
		P25       *float64       `json:"p25"`
		P75       *float64       `json:"p75"`
		Durations []durationSeen `json:"durations"` // the newest last
		Bins      []bin          `json:"bins"`
		Plan      *knownPlan     `json:"plan"` // null: nothing is known
	}{
		Schema: reportSchema, knownKind: known(kind, h), P25: quantile(h, .25), P75: quantile(h, .75),
		Durations: durationsSeen(h), Bins: []bin{},
	}
	if seen := h.Observations(); len(seen) > 0 {
		all.Plan = new(a.planFor(h, seen, p))
		x := axisOf(seen, widestPlot)
		ended, _ := apart(seen)
		for i, n := range x.count(ended) {
			all.Bins = append(all.Bins, bin{x.when(float64(i * x.bin)), x.when(float64((i + 1) * x.bin)), n})
		}
	}
	fmt.Fprintf(a.stdout, "%s\n", encode(all, ""))
	return nil
}
