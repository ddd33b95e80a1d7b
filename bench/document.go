package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle/bench/host"
)

// goals says for each goal whether it was met, and by what.
func goals(es []entry) []string {
	settle, clock := es[0], es[slices.IndexFunc(es, func(e entry) bool { return e.name == loopClock.name })]
	lean, frugal := entry{}, math.Inf(1)
	var ahead []string
	for _, e := range es {
		if !e.peer() {
			continue
		}
		if e.typed && e.firstNS() <= settle.firstNS() {
			ahead = append(ahead, fmt.Sprintf("; %s took %.0f ns", e.call, e.firstNS()))
		}
		if lean.name == "" || e.asleep() < lean.asleep() {
			lean = e
		}
		frugal = min(frugal, host.Median(e.first, allocs))
	}
	allocated := math.Round(host.Median(settle.first, allocs))
	return []string{
		goal(len(ahead) == 0, "first check: ahead of every peer that hands back a typed value (settle took %.0f ns%s)",
			settle.firstNS(), strings.Join(ahead, "")),
		goal(settle.firstNS() <= 3*clock.firstNS(), "first check: within 3 times of the loop by hand that reads the clock (%.2f times)",
			settle.firstNS()/clock.firstNS()),
		goal(allocated <= math.Round(frugal), "first check: no peer allocates less (settle %.0f times, the most frugal peer %.0f times)",
			allocated, frugal),
		goal(settle.asleep() <= 1.25*lean.asleep(), "asleep: within a quarter of the leanest peer (%s, %.0f B; settle %.0f B, %.2f times)",
			lean.call, lean.asleep(), settle.asleep(), settle.asleep()/lean.asleep()),
	}
}

func goal(met bool, format string, args ...any) string {
	word := "missed"
	if met {
		word = "met"
	}
	return word + ": " + fmt.Sprintf(format, args...)
}

// document is the file: the tables, and what it takes to judge and to repeat them.
func document(es []entry, tables, command string) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nsettle.Wait beside other ways to wait. Written by `make bench`; edits are lost.\n\n")
	fmt.Fprintf(&b, "- when: %s\n- machine: %s\n- settle: %s\n- command: `make bench`, which runs `%s`\n\n",
		time.Now().UTC().Format(time.DateOnly), host.Machine(), host.Commit(), command)
	b.WriteString(tables)
	b.WriteString(reading)
	b.WriteString("\n## How each one is used\n\n")
	for _, e := range es {
		fmt.Fprintf(&b, "- %s", e.call)
		for i, m := range e.modules {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, " %s %s", m, host.Version(m))
		}
		fmt.Fprintf(&b, ": %s\n", e.how)
	}
	return b.String()
}

const reading = `
## How to read them

- All contenders are asked the same question by the same function, which answers from memory: what is left is what
  waiting costs. A real check takes milliseconds, so no row here decides how fast a program is. They show that a library
  adds nothing that matters, or how much it adds.
- Each has a pause of an hour (none in the second table) and ends after ten checks where it can be told so; jitter is off.
  What a library lets its caller make once is made once, outside the measurement.
- "typed": the library hands back the value with its own type. "no": the caller keeps the value in a variable of its own,
  or asserts its type. "by hand": there is no library.
- "× settle": this row's figure over settle's. Above 1 settle is ahead.
- Contenders take turns, each turn after a collection, and the median counts, because machines have good and bad moments;
  "least to most" shows how bad. A difference that is smaller than that is none.
- Reading the clock costs what the two loops by hand differ by on the first check. What reads none holds no limit in time
  of its own and cannot say how long a wait took.
- Without pause: some sleep however short the pause is, and pay for a timer nine times; others start none.
- Asleep: each wait has a goroutine of its own, started by a plain go statement, has made one check and sleeps for an hour.
  Live bytes are heap objects and stacks in use after two collections, less those from before, over the number of waits;
  what the runtime keeps for each goroutine is in them. Goroutines is how many a wait holds.
`
