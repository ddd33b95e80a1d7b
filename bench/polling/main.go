// Polling measures what settle.History is worth: the same tasks are waited for with it and without, by the policies
// that people use today. It prints the tables; with -o it writes the page about it and its pictures.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/settle-go/settle/bench/host"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

type options struct {
	out, traces  string
	seeds, waits int
	full         bool
}

func run(args []string, stdout, stderr io.Writer) int {
	return host.Main("polling", args, stderr, func(flags *flag.FlagSet) func() error {
		var o options
		flags.StringVar(&o.out, "o", "", "write the page to this `file`, and its pictures beside it")
		flags.StringVar(&o.traces, "traces", "", "also replay recorded durations: the .txt files in this `directory`, a duration in seconds a line, in order of arrival")
		flags.IntVar(&o.seeds, "seeds", 10, "times that each cell is simulated")
		flags.IntVar(&o.waits, "waits", 600, "waits in each simulation")
		flags.BoolVar(&o.full, "full", false, "print every policy on every law")
		return func() error { return polling(o, stdout) }
	})
}

func polling(o options, stdout io.Writer) error {
	traces, err := readTraces(o.traces)
	if err != nil {
		return err
	}
	m := measure(o, traces)
	for _, s := range m.sections() {
		if _, err := fmt.Fprintf(stdout, "## %s\n\n%s\n", s.title, s.table); err != nil {
			return err
		}
	}
	if o.out == "" {
		return nil
	}
	return m.write(o)
}

// A trace is recorded durations in order of arrival, in seconds.
type trace struct {
	name  string
	times []float64
}

func readTraces(dir string) ([]trace, error) {
	if dir == "" {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no .txt files", dir)
	}
	slices.Sort(files)
	var all []trace
	for _, file := range files {
		t, err := readTrace(file)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// readTrace takes the first word of each line; what follows it is for people.
func readTrace(file string) (trace, error) {
	t := trace{name: strings.TrimSuffix(filepath.Base(file), ".txt")}
	f, err := os.Open(file)
	if err != nil {
		return t, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		word, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if word == "" || word[0] == '#' {
			continue
		}
		s, err := strconv.ParseFloat(word, 64)
		if err != nil || !(s >= 0) {
			return t, fmt.Errorf("%s:%d: %q is not a number of seconds", file, n, word)
		}
		t.times = append(t.times, s)
	}
	if len(t.times) == 0 {
		return t, fmt.Errorf("%s holds no durations", file)
	}
	return t, lines.Err()
}
