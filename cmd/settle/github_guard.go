package main

import (
	"io"
	"os"
	"regexp"
)

// guarded is w without what GitHub Actions would take for a command to the job: a platform's reason, of several lines,
// could set the step's outputs. It is for text that is written line by line.
func guarded(w io.Writer) io.Writer {
	if !inJob() {
		return w
	}
	return guard{w}
}

// inJob reports whether this is a job of GitHub Actions.
func inJob() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

type guard struct{ to io.Writer }

var (
	jobCommand    = regexp.MustCompile(`(^|[\r\n])(\s*):(:)`) // either ends a line there
	oldJobCommand = regexp.MustCompile(`##(\[)`)              // anywhere in a line
)

func (g guard) Write(p []byte) (int, error) {
	if _, err := g.to.Write(withoutCommands(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func withoutCommands(text []byte) []byte {
	text = jobCommand.ReplaceAll(text, []byte("$1$2: $3"))
	return oldJobCommand.ReplaceAll(text, []byte("## $1"))
}
