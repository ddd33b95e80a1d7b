package term

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// ErrNobody says that there is no terminal at which somebody could be asked.
var ErrNobody = errors.New("nobody is at a terminal")

// CanAsk reports whether a person can be asked: what is read comes from a terminal, and what is written is seen at one.
func CanAsk(in io.Reader, out io.Writer) bool {
	file, isFile := in.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd())) && IsTerminal(out)
}

// ReadLine asks, and returns the next line that is typed at the terminal in, without its end. The error is the context's
// cause, io.EOF where the person has ended the input, or ErrNobody.
func ReadLine(ctx context.Context, in io.Reader, ask func()) (string, error) {
	return read(ctx, in, func(*os.File) error { ask(); return nil }, func(file *os.File) (string, error) {
		var line []byte
		for b := make([]byte, 1); ; { // what was typed ahead is left for the next question
			n, err := file.Read(b)
			switch {
			case n > 0 && b[0] == '\n':
				return string(line), nil
			case n > 0 && b[0] != '\r':
				line = append(line, b[0])
			case err != nil:
				return "", err
			}
		}
	})
}

// ReadSecret is ReadLine without showing what is typed, from before it asks: some people are quick.
func ReadSecret(ctx context.Context, in io.Reader, ask func()) (string, error) {
	return read(ctx, in, func(file *os.File) error {
		err := hideTyped(int(file.Fd()))
		ask()
		return err
	}, func(file *os.File) (string, error) {
		line, err := term.ReadPassword(int(file.Fd()))
		return string(line), err
	})
}

// read gives up with ctx. A read of a terminal cannot be ended: the goroutine that is left behind ends with the process,
// which is what the end of ctx means to who asks.
func read(ctx context.Context, in io.Reader, ask func(*os.File) error, take func(*os.File) (string, error)) (string, error) {
	file, isFile := in.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return "", ErrNobody
	}
	was, err := term.GetState(int(file.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(file.Fd()), was) }() // the echo
	if err := ask(file); err != nil {
		return "", err
	}
	type typed struct {
		line string
		err  error
	}
	got := make(chan typed, 1)
	go func() {
		line, err := take(file)
		got <- typed{line, err}
	}()
	select {
	case t := <-got:
		return t.line, t.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
