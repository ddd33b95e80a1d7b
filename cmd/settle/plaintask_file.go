package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Raw states of a file.
const (
	fileThere  = "there"
	fileAbsent = "absent"
)

// fileTask is a file that is to be there, or with --state one whose JSON says how the task stands. A folder is there
// like any file.
func (a *app) fileTask(text string, f *askFlags) (task, error) {
	for _, flag := range f.asked() {
		if flag == "header" || flag == "method" || flag == "data" || flag == "pending-exit" {
			return task{}, usage("--"+flag, said("is not for a file"), asIs("settle wait "+shellWord(text)))
		}
	}
	path, err := filePath(text)
	if err != nil {
		return task{}, err
	}
	name := fileScheme + path
	t := task{name: name, short: filepath.Base(path), typed: name, address: shellWord(name)}
	c := fileCheck(path)
	if f.reading.State == "" && !f.lists() {
		if given := f.asked(); len(given) > 0 {
			return task{}, usage("--"+given[0], said("is for what stands in the file, and that is not read without --state"), asIs("--state .status"))
		}
		t.check = c.there
		return t, nil
	}
	if err := t.readBy(*f, c.answer); err != nil || t.check == nil {
		return t, err
	}
	read := t.check
	t.check = func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		answer, status, err := read(ctx)
		if errors.Is(err, settle.ErrNotFound) {
			return nil, settle.Status{State: settle.Pending, Raw: fileAbsent}, nil
		}
		return answer, status, err
	}
	return t, nil
}

// filePath takes the path out of file:PATH and makes it absolute. A shell does not know the ~ in it.
func filePath(text string) (string, error) {
	path := strings.TrimPrefix(text, fileScheme)
	host := strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///")
	switch {
	case path == "":
		return "", usage("task", said("%s has no path", quoted(text)), asIs("settle wait file:report.json"))
	case host:
		return "", usage("task", said("%s names another machine", quoted(text)), asIs("settle wait "+shellWord(fileScheme+path[1:])))
	}
	if path == "~" || strings.HasPrefix(path, "~/") {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", usage("task", said("%s: %s", quoted(text), err), asIs("settle wait file:/home/you/report.json"))
		}
		path = home + path[1:]
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", usage("task", said("%s: %s", quoted(text), err), asIs("settle wait file:/path/to/it"))
	}
	return absolute, nil
}

// A fileCheck looks at the file of that path.
type fileCheck string

// there takes it for an answer that the file is there. One that nobody may look for is a failed check: it may well be
// there.
func (c fileCheck) there(context.Context) (*recipe.Answer, settle.Status, error) {
	_, err := os.Stat(string(c))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, settle.Status{State: settle.Pending, Raw: fileAbsent}, nil
	case err != nil:
		return nil, settle.Status{}, err
	}
	return nil, settle.Status{State: settle.Succeeded, Raw: fileThere}, nil
}

// answer takes what stands in the file for the answer. The error wraps settle.ErrNotFound where there is none.
func (c fileCheck) answer(context.Context) (*recipe.Answer, error) {
	info, err := os.Stat(string(c))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", string(c), settle.ErrNotFound)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // to open a pipe would hang until somebody writes
		return nil, fmt.Errorf("%s is not a regular file", string(c))
	}
	file, err := os.Open(string(c))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxCommandOutput+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxCommandOutput:
		return nil, fmt.Errorf("%s is longer than %d bytes", string(c), maxCommandOutput)
	}
	body, err := recipe.Decode(text)
	if err != nil {
		return nil, errors.New(withProblem("the file is "+err.Error(), excerpt(text)))
	}
	return &recipe.Answer{Body: body, Text: string(text)}, nil
}
