// Http measures what a check by a recipe costs: httptask beside the same question by net/http and encoding/json, asked in
// turns of a server on the loopback interface. It prints the table, and with -o puts it into a page, between the lines that
// say so.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return host.Main("http", args, stderr, func(flags *flag.FlagSet) func() error {
		page := flags.String("o", "", "put the table into this `page`, between its lines <!-- measured --> and <!-- /measured -->")
		rounds := flags.Int("rounds", 40, "pairs of rounds, of which the medians are shown")
		checks := flags.Int("checks", 1000, "checks in a round")
		return func() error {
			var results []result
			for _, q := range []struct{ name, answer string }{{"small", answer}, {"large", largeAnswer()}} {
				r, err := compare(q.name, q.answer, *rounds, *checks)
				if err != nil {
					return err
				}
				results = append(results, r)
			}
			return host.Tell(stdout, *page, table(results, *rounds, *checks), host.Command("./http", args))
		}
	})
}

func compare(name, answer string, rounds, checks int) (result, error) {
	server := answering(answer)
	defer server.Close()
	settle, err := bySettle(server.URL)
	if err != nil {
		return result{}, err
	}
	return measure(question{name, answer, byHand(server.URL), settle}, rounds, checks)
}

func table(results []result, rounds, checks int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "One check after the other over a kept connection, %d in a round, %d rounds of each in turns; medians, the server's part included:\n\n", checks, rounds)
	b.WriteString("| answer | | checks a second | time a check | CPU a check | allocations | allocated | settle / by hand, time |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range results {
		row := func(answer, who string, f figure, ratio string) {
			fmt.Fprintf(&b, "| %s | %s | %.0f | %.1f µs | %.1f µs | %.0f | %.1f KB | %s |\n", answer, who, 1/f.Took.Seconds(),
				f.Took.Seconds()*1e6, f.CPU.Seconds()*1e6, f.Allocs, f.Bytes/1000, ratio)
		}
		row(fmt.Sprintf("%s, %d bytes", r.name, len(r.answer)), "by hand", r.byHand, "")
		row("", "**settle**", r.settle, fmt.Sprintf("%.2f (half of the pairs: %.2f to %.2f)", r.ratio, r.low, r.high))
	}
	return b.String()
}
