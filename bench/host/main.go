package host

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// Main runs a measurement as a program, and returns its exit code. add gives the program its flags and returns what
// measures; numbers and durations are above 0.
func Main(name string, args []string, stderr io.Writer, add func(*flag.FlagSet) (measure func() error)) int {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	measure := add(flags)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0 || !positive(flags):
		fmt.Fprintf(stderr, "%s: takes no arguments, and flags above 0\n", name)
		return 2
	}
	if err := measure(); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

func positive(flags *flag.FlagSet) bool {
	all := true
	flags.VisitAll(func(f *flag.Flag) {
		switch v := f.Value.(flag.Getter).Get().(type) {
		case int:
			all = all && v > 0
		case time.Duration:
			all = all && v > 0
		}
	})
	return all
}

// Command is the line that runs the program in a folder below bench, "." for bench itself, with args again.
func Command(folder string, args []string) string {
	return strings.Join(append([]string{"cd bench && go run " + folder}, args...), " ")
}

// Tell prints a table. It puts it into the page too, unless that is "", with what it takes to judge and to repeat it:
// command is what was run, beside are the versions of what settle was compared with.
func Tell(stdout io.Writer, page, table, command string, beside ...string) error {
	if _, err := io.WriteString(stdout, table); err != nil || page == "" {
		return err
	}
	facts := append([]string{Machine(), "settle " + Commit()}, beside...)
	facts = append(facts, "`"+command+"`", time.Now().UTC().Format(time.DateOnly))
	return put(page, strings.Join(facts, ", ")+".\n\n"+table)
}
