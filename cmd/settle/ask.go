package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/settle-go/settle/internal/term"
)

// canAsk reports whether a person is there to be asked.
func (a *app) canAsk() bool { return term.CanAsk(a.stdin, a.child.err) }

// ask asks for a line. An empty answer is asked for again.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	return a.askWith(ctx, question, term.ReadLine)
}

// askSecret asks for what is not shown, and keeps it from being shown later.
func (a *app) askSecret(ctx context.Context, question string) (string, error) {
	secret, err := a.askWith(ctx, question, term.ReadSecret)
	fmt.Fprintln(a.stderr) // nobody has seen the one that was typed
	a.secrets.Add(secret)
	return secret, err
}

func (a *app) askWith(ctx context.Context, question string, read func(context.Context, io.Reader, func()) (string, error)) (string, error) {
	for {
		line, err := read(ctx, a.stdin, func() { fmt.Fprint(a.stderr, term.Escape(question)) })
		if err != nil || strings.TrimSpace(line) != "" {
			return line, err
		}
	}
}

// agrees asks for a yes; anything else is none.
func (a *app) agrees(ctx context.Context, question string) (bool, error) {
	line, err := term.ReadLine(ctx, a.stdin, func() { fmt.Fprint(a.stderr, term.Escape(question)) })
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "yes" || answer == "y" || answer == "是", err
}

var errNotAgreed = &spokenError{problem: said("not confirmed")}

// broken is how a command ends whose question was answered with no (err is nil), with Ctrl-C, or with the end of the
// input: nothing was done.
func (a *app) broken(ctx context.Context, err error) error {
	if code, signaled := exitAfterSignal(ctx); signaled {
		fmt.Fprintln(a.stderr)
		return &exitError{code, &spokenError{problem: nothingWritten}}
	}
	if err == nil {
		err = errNotAgreed
	}
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(a.stderr)
		err = errNotAgreed
	}
	return usage("", said("%s: %s", err, nothingWritten), phrase{})
}
