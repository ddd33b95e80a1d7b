package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/settle-go/settle/recipe"
)

const (
	commandLimit = 30 * time.Second
	// A child of the command that keeps its output open is not waited for any longer.
	commandLinger = time.Second
	largestOutput = 64 << 10
)

// firstLine runs the command, for as long as limit, and returns the first line of its output. Of its standard error the end is in the error,
// masked by what its arguments show and by what it has printed. The error is a *recipe.Error without a place, or the
// cause of the context's end.
func firstLine(ctx context.Context, limit time.Duration, argv []string, folder string, getenv func(string) string) (string, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	program := argv[0]
	if strings.ContainsAny(filepath.ToSlash(program), "/") {
		if program = absolute(program, folder, getenv); program == "" {
			return "", notAbsolute(argv[0])
		}
	}
	var stdout, stderr capped
	command := exec.CommandContext(limited, program, argv[1:]...)
	command.Stdout, command.Stderr, command.WaitDelay = &stdout, &stderr, commandLinger
	command.Dir = folder // "": as it is
	err := command.Run()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	line, _, _ := strings.Cut(stdout.String(), "\n")
	line = strings.TrimSuffix(line, "\r")

	var secrets Secrets
	secrets.Add(line)
	shown := cut(visible(strings.Join(secrets.ShowArguments(argv), " ")), longest)
	switch {
	case limited.Err() != nil:
		return "", &recipe.Error{Problem: fmt.Sprintf("%s has not ended within %v", shown, limit), Hint: "it must not wait for somebody to type"}
	case errors.Is(err, exec.ErrWaitDelay) && line != "": // it has ended well, and left something behind that has not
	case err != nil:
		problem := fmt.Sprintf("%s: %s", shown, secrets.Mask(reason(err)))
		if said := visible(secrets.Mask(stderr.String())); said != "" {
			problem += ": " + cut(said, longest)
		}
		return "", &recipe.Error{Problem: problem, Hint: "run it by hand: " + shown}
	case line == "":
		return "", &recipe.Error{Problem: "the first line that " + shown + " printed is empty", Hint: "run it by hand: " + shown}
	}
	return line, nil
}

func reason(err error) string {
	var notFound *exec.Error
	var ended *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "there is no such command"
	case errors.As(err, &notFound):
		return notFound.Err.Error()
	case errors.As(err, &ended):
		return ended.String()
	}
	return err.Error()
}

func notAbsolute(path string) *recipe.Error {
	return &recipe.Error{Problem: quote(path) + " is relative, and nothing is read from the working folder", Hint: "write the whole path, or one that begins with ~/"}
}

// visible puts a text on one line.
func visible(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// capped keeps the beginning of what is written to it.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	_, _ = c.Buffer.Write(p[:min(len(p), max(largestOutput-c.Len(), 0))])
	return len(p), nil
}
