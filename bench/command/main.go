// Command measures what it costs to ask by settle from a shell: settle wait on a task that has ended, beside curl for the
// same request, run in turns against a server on the loopback interface. It prints the table, and with -o puts it into a
// page, between the lines that say so.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return host.Main("command", args, stderr, func(flags *flag.FlagSet) func() error {
		page := flags.String("o", "", "put the table into this `page`, between its lines <!-- measured --> and <!-- /measured -->")
		rounds := flags.Int("rounds", 200, "turns that each gets, of which the medians are shown")
		return func() error { return bench(*page, *rounds, host.Command("./command", args), stdout) }
	})
}

func bench(page string, rounds int, command string, stdout io.Writer) error {
	curl, err := exec.LookPath("curl")
	if err != nil {
		return fmt.Errorf("curl is not installed, and there is nothing to compare with: %w", err)
	}
	folder, err := os.MkdirTemp("", "settle-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	settle, err := build(folder)
	if err != nil {
		return err
	}
	server := answering()
	defer server.Close()
	figures, err := measure(ways(curl, settle, server.URL), environment(folder, server.URL), rounds)
	if err != nil {
		return err
	}
	version, err := firstLine(curl, "--version")
	if err != nil {
		return err
	}
	return host.Tell(stdout, page, table(figures, rounds), command, version)
}

func table(figures []figure, rounds int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From the start of the process to its exit, %d of each in turns; medians:\n\n", rounds)
	b.WriteString("| | time | CPU | peak memory | time / curl |\n")
	b.WriteString("|---|---:|---:|---:|---:|\n")
	for _, f := range figures {
		ratio := "1"
		if f.way.name != figures[0].way.name {
			ratio = fmt.Sprintf("%.2f (half of the rounds: %.2f to %.2f)", f.ratio, f.low, f.high)
		}
		fmt.Fprintf(&b, "| `%s` | %.1f ms | %.1f ms | %.1f MB | %s |\n", f.way.name, f.took.Seconds()*1e3, f.cpu.Seconds()*1e3, f.memory/1e6, ratio)
	}
	return b.String()
}
