package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/settle-go/settle"
)

// Nothing may ever come out of a pipe that tasks, a body or a recipe are read from.
func TestHeeding(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		_, l := listen(context.Background())
		got, err := heeding(l, func() (string, error) { return "read", os.ErrNotExist })
		if got != "read" || err != os.ErrNotExist {
			t.Errorf("%v: got %q, %v before it", signal, got, err)
		}
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		a := &app{stdin: in, signals: l}
		l.hear(signal)
		list, err := heeding(l, func() ([]listed, error) { return a.readList("-") })
		var ended *exitError
		if want := 128 + int(signal); !errors.As(err, &ended) || ended.code != want || ended.err == nil || list != nil {
			t.Errorf("%v: got %v, %#v, want exit code %d", signal, list, err, want)
		} else if outcome := outcomeWith(ended.code); outcome != settle.OutcomeInterrupted {
			t.Errorf("%v: outcome %s", signal, outcome)
		}
		l.stop()
		out.Close()
		in.Close()
	}
}

func TestListLineTooLong(t *testing.T) {
	a := &app{stdin: strings.NewReader(strings.Repeat("x", maxListLine+1))}
	if _, err := a.readList("-"); err == nil || !strings.Contains(err.Error(), "stdin: a line of more than 1048576 bytes") {
		t.Errorf("got %v", err)
	}
}
