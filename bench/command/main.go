// Command measures what it costs to ask by settle from a shell: settle wait on a task that has ended, beside curl for the
// same request, run in turns against a server on the loopback interface. It prints the table, and with -o puts it into a
// page, between the lines that say so.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("command", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("o", "", "put the table into this `page`, between its lines <!-- measured --> and <!-- /measured -->")
	rounds := flags.Int("rounds", 200, "turns that each gets, of which the medians are shown")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0 || *rounds < 1:
		fmt.Fprintln(stderr, "command: takes no arguments, and flags above 0")
		return 2
	}
	if err := bench(*out, *rounds, args, stdout); err != nil {
		fmt.Fprintln(stderr, "command:", err)
		return 1
	}
	return 0
}

func bench(out string, rounds int, args []string, stdout io.Writer) error {
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
	table := table(figures, rounds)
	if _, err := io.WriteString(stdout, table); err != nil || out == "" {
		return err
	}
	return host.Put(out, fmt.Sprintf("%s, settle %s, %s, `%s`, %s.\n\n%s", host.Machine(), host.Commit(), version,
		strings.Join(append([]string{"cd bench && go run ./command"}, args...), " "), time.Now().UTC().Format(time.DateOnly), table))
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
