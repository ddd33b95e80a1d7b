// Fleet measures what many waits at once cost: a settle.Fleet beside a goroutine for each wait. It prints the table, and
// with -o puts it into a page, between the lines that say so.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return host.Main("fleet", args, stderr, func(flags *flag.FlagSet) func() error {
		page := flags.String("o", "", "put the table into this `page`, between its lines <!-- measured --> and <!-- /measured -->")
		many := flags.Int("many", 1_000_000, "tasks that the Fleet waits for")
		few := flags.Int("few", 100_000, "tasks, where each wait has a goroutine")
		rate := flags.Int("rate", 50_000, "checks a second, of all tasks together")
		window := flags.Duration("window", 10*time.Second, "how long is measured: checks as they are first, then how late they are")
		only := flags.String("only", "", "measure this `row` of the table alone, counted from 0, and print it as JSON")
		return func() error {
			if *only != "" {
				return child(*only, *many, *few, *rate, *window, stdout)
			}
			var figures []figure
			for i := range contenders {
				f, err := ownProcess(i, args)
				if err != nil {
					return err
				}
				figures = append(figures, f)
			}
			return host.Tell(stdout, *page, table(figures, *rate, *window), host.Command("./fleet", args),
				"backoff "+host.Version("github.com/cenkalti/backoff/v7"), "apimachinery "+host.Version("k8s.io/apimachinery"))
		}
	})
}

// contenders are the rows of the table.
var contenders = []struct {
	crowd crowd
	many  bool // waits for many tasks, not few
}{{settleFleet, true}, {settleFleet, false}, {settleWait, false}, {backoffRetry, false}, {k8sPoll, false}}

// ownProcess measures a row where no other has left anything behind: goroutines that were keep their descriptors.
func ownProcess(row int, args []string) (f figure, err error) {
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	cmd := exec.Command(self, append([]string{"-only", strconv.Itoa(row)}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(out, &f)
}

func child(row string, many, few, rate int, window time.Duration, stdout io.Writer) error {
	i, err := strconv.Atoi(row)
	if err != nil || i < 0 || i >= len(contenders) {
		return fmt.Errorf("the table has no row %q", row)
	}
	n := few
	if contenders[i].many {
		n = many
	}
	return json.NewEncoder(stdout).Encode(measure(contenders[i].crowd, n, rate, window))
}

func table(figures []figure, rate int, window time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A no-op check, %d a second in all, measured for %v, then for as long again how late they come:\n\n", rate, window)
	b.WriteString("| | tasks | bytes each | goroutines | checks a second | CPU a check | late, p50 | p99 | most | adds a second | removes a second |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, f := range figures {
		fmt.Fprintf(&b, "| %s | %d | %.0f | %d | %.0f | %.2f µs | %s | %s | %s | %s | %s |\n", f.Name, f.Tasks, f.Bytes, f.Goroutines, f.Checks,
			f.CPU*1e6, late(f.P50), late(f.P99), late(f.Most), perSecond(f.Adds), perSecond(f.Removes))
	}
	return b.String()
}

func late(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1e3) }

func perSecond(x float64) string {
	if x == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", x)
}
