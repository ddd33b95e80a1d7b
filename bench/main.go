// Bench measures settle.Wait beside other ways to wait: retry and polling libraries, and loops by hand. It prints the
// tables, and with -o writes them to a file with all that it takes to judge and to repeat them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("o", "", "write the report to this `file`")
	n := flags.Int("n", 100_000, "waits asleep at once")
	rounds := flags.Int("rounds", 25, "turns that each contender gets; for the waits asleep a fifth of it")
	turn := flags.Duration("turn", 30*time.Millisecond, "how long a turn takes")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0 || *n < 1 || *rounds < 1 || *turn <= 0:
		fmt.Fprintln(stderr, "bench: takes no arguments, and flags above 0")
		return 2
	}
	if err := bench(*out, *n, *rounds, *turn, args, stdout); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

func bench(out string, n, rounds int, turn time.Duration, args []string, stdout io.Writer) error {
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
	return os.WriteFile(out, []byte(document(entries, tables, args)), 0o644)
}
