package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/robustio"
)

// An AmbiguousError says that several handles begin with what was typed.
type AmbiguousError struct {
	Typed   string
	Entries []*Entry // the newest first
}

func (e *AmbiguousError) Error() string {
	handles := make([]string, len(e.Entries))
	for i, entry := range e.Entries {
		handles[i] = entry.Handle
	}
	return fmt.Sprintf("several waits begin with %s: %s", e.Typed, strings.Join(handles, ", "))
}

const shortestPrefix = 2

// Find returns the entry with that handle, or the only one whose handle begins with it, at least two characters. The error
// wraps ErrNone where there is none, and is an *AmbiguousError where there are several.
func (j *Journal) Find(handle string) (*Entry, error) {
	if len(handle) < shortestPrefix || !isHandle(handle) {
		return nil, fmt.Errorf("%w: %q is not a handle", ErrNone, handle)
	}
	if e, err := j.exactly(handle); !errors.Is(err, ErrNone) {
		return e, err
	}
	all, _, err := j.entries(handle)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 1:
		return all[0], nil
	case len(all) > 1:
		return nil, &AmbiguousError{handle, all}
	}
	return nil, fmt.Errorf("%w: %s", ErrNone, handle)
}

// exactly returns the entry with that whole handle. An empty file, which a crash has left, is none.
func (j *Journal) exactly(handle string) (*Entry, error) {
	e, err := j.read(handle)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errEmpty) {
		return nil, fmt.Errorf("%w: %s", ErrNone, handle)
	}
	return e, err
}

// isHandle keeps what is typed from being a path.
func isHandle(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdef") == ""
}

var errEmpty = errors.New("nothing in it")

func (j *Journal) read(handle string) (*Entry, error) {
	path := j.path(handle)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a pipe would be read for ever
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a file")}
	}
	text, err := robustio.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errEmpty)
	}
	var head struct {
		Schema int    `json:"schema"`
		Name   string `json:"name"`
	}
	if err := json.Unmarshal(text, &head); head.Schema > schema {
		return &Entry{Schema: head.Schema, Handle: handle, Name: head.Name, Started: info.ModTime(), Updated: info.ModTime()}, nil
	} else if err != nil || head.Schema < 1 {
		return nil, fmt.Errorf("%s: not an entry of the journal", path)
	}
	e := new(Entry)
	if err := json.Unmarshal(text, e); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	e.Handle = handle // of a file that somebody has copied, too
	return e, nil
}

// List returns all entries, the newest first. What cannot be read, as a file that a crash left empty, is left out.
func (j *Journal) List() ([]*Entry, error) {
	all, _, err := j.ListAll()
	return all, err
}

// ListAll is List, and says why entries could not be read, with their paths. A file that is empty never was one.
func (j *Journal) ListAll() (all []*Entry, unread []error, err error) {
	all, unread, err = j.entries("")
	if err != nil || !slices.ContainsFunc(all, (*Entry).hidesOthers) || j.splitAll(all) != nil {
		return all, unread, err // of a folder that cannot be written there is no more to see
	}
	return j.entries("")
}

// entries is what is in the folder, of handles with that prefix.
func (j *Journal) entries(prefix string) (all []*Entry, unread []error, err error) {
	files, err := os.ReadDir(j.folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, nil
		}
		return nil, nil, err
	}
	for _, file := range files {
		handle, isEntry := handleOf(file.Name())
		if !isEntry || !strings.HasPrefix(handle, prefix) {
			continue
		}
		switch e, err := j.read(handle); {
		case err == nil:
			all = append(all, e)
		case !errors.Is(err, errEmpty) && !errors.Is(err, fs.ErrNotExist):
			unread = append(unread, err)
		}
	}
	slices.SortFunc(all, func(a, b *Entry) int {
		if c := b.Started.Compare(a.Started); c != 0 {
			return c
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	return all, unread, nil
}

// handleOf is the handle in a file's name.
func handleOf(file string) (handle string, isEntry bool) {
	handle, isEntry = strings.CutSuffix(filepath.Base(file), suffix)
	return handle, isEntry && isHandle(handle)
}

// Standing returns all, the newest first, without the waits that are left and whose task somebody has begun to wait for
// again since: that wait speaks for the task.
func Standing(all []*Entry) []*Entry {
	waited := map[string]bool{}
	var standing []*Entry
	for _, e := range all {
		task := e.Recipe + " " + e.Task
		if !waited[task] || !e.IsLeft() {
			standing = append(standing, e)
		}
		waited[task] = e.Task != ""
	}
	return standing
}

// Last returns what is left (Entry.IsLeft) of the newest run of which anything is, in the order of the start; none where
// nothing is left. What a living process waits for, in another terminal, is not left, nor is what does not stand any more
// (Standing). A start that nobody knows the end of stands back behind waits: there is nothing to take up.
func (j *Journal) Last() ([]*Entry, error) {
	all, err := j.List()
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(Standing(all), func(e *Entry) bool { return !e.IsLeft() })
	if len(left) == 0 {
		return nil, nil
	}
	newest := left[0]
	if i := slices.IndexFunc(left, func(e *Entry) bool { return e.Phase != Submitting }); i >= 0 {
		newest = left[i]
	}
	run := slices.DeleteFunc(left, func(e *Entry) bool { return e.Run != newest.Run })
	slices.Reverse(run)
	return run, nil
}
