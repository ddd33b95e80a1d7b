// Bench measures settle.Wait beside other ways to wait: retry and polling libraries, and loops by hand. It prints the
// tables, and with -o writes them to a file with all that it takes to judge and to repeat them.
package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return host.Main("bench", args, stderr, func(flags *flag.FlagSet) func() error {
		out := flags.String("o", "", "write the report to this `file`")
		n := flags.Int("n", 100_000, "waits asleep at once")
		rounds := flags.Int("rounds", 25, "turns that each contender gets; for the waits asleep a fifth of it")
		turn := flags.Duration("turn", 30*time.Millisecond, "how long a turn takes")
		return func() error { return bench(*out, *n, *rounds, *turn, host.Command(".", args), stdout) }
	})
}

func bench(out string, n, rounds int, turn time.Duration, command string, stdout io.Writer) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	// Sleepers last: the runtime keeps the descriptors of so many goroutines, and a larger heap is collected less often,
	// which would flatter all that allocate.
	firsts, err := measure(contenders, first, rounds, turn)
	if err != nil {
		return err
	}
	tens, err := measure(contenders, ten, rounds, turn)
	if err != nil {
		return err
	}
	asleep, err := measureAsleep(contenders, max(1, rounds/5), n)
	if err != nil {
		return err
	}
	entries := make([]entry, len(contenders))
	for i, c := range contenders {
		entries[i] = entry{contender: c, first: firsts[i].costs, ten: tens[i].costs, naps: asleep[i]}
	}
	tables := tables(entries, n, turn)
	if _, err := io.WriteString(stdout, tables); err != nil || out == "" {
		return err
	}
	return os.WriteFile(out, []byte(document(entries, tables, command)), 0o644)
}
