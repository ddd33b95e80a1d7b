package main

import (
	"io"
	"os"
	"regexp"
)

// guarded is w without what GitHub Actions would take for a command to the job: a platform's reason, of several lines,
// could set the step's outputs. It is for text that is written line by line.
func guarded(w io.Writer) io.Writer {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return w
	}
	return guard{w}
}

type guard struct{ to io.Writer }

var (
	jobCommand    = regexp.MustCompile(`(?m)^(\s*):(:)`)
	oldJobCommand = regexp.MustCompile(`##(\[)`) // anywhere in a line
)

func (g guard) Write(p []byte) (int, error) {
	text := jobCommand.ReplaceAll(p, []byte("$1: $2"))
	if _, err := g.to.Write(oldJobCommand.ReplaceAll(text, []byte("## $1"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
