package target

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/settle-go/settle/recipe"
)

// FileName is what the file of targets is called in the settings folder.
const FileName = "targets.yaml"

// A File is a file of targets, as Load has read it: one entry a target, by name. It is for one goroutine at a time.
type File struct {
	path    string
	entries []*Entry // in the file's order
}

// Load reads a file of targets; one that is not there has no entries. The error is a *recipe.Error with the place in the
// file, where it is the file's contents that are refused: what is unknown, said twice, null, an anchor; a secret in a
// file that others may read. What only a recipe knows, as its fields' names, is looked at by Entry.Target.
func Load(path string) (*File, error) {
	f := &File{path: path}
	text, mode, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read targets: %w", err)
	}
	listed, err := decode(path, text)
	if err != nil {
		return nil, err
	}
	f.entries = listed.entries
	for _, e := range f.entries {
		e.at.wide = isWide(mode)
		if key := e.secretKey(); key != "" && e.at.wide {
			return nil, e.tooWide(key)
		}
	}
	return f, nil
}

// readFile returns nothing, and no error, of a file that is not there.
func readFile(path string) (text []byte, mode fs.FileMode, err error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 { // nobody may ever write into it
		return nil, 0, fmt.Errorf("%s: is a named pipe", path)
	}
	var f *os.File
	err = patiently(func() error {
		f, err = os.Open(path)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat() // of what is open, not of what has taken its place meanwhile
	if err != nil {
		return nil, 0, err
	}
	text, err = readAll(f, largestFile)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	return text, info.Mode(), nil
}

// Names returns the targets' names, sorted.
func (f *File) Names() []string {
	names := make([]string, len(f.entries))
	for i, e := range f.entries {
		names[i] = e.Name
	}
	slices.Sort(names)
	return names
}

// Entry returns the target's entry, which must not be changed. The error is a *recipe.Error that says which name may
// have been meant.
func (f *File) Entry(name string) (*Entry, error) {
	if i := f.index(name); i >= 0 {
		return f.entries[i], nil
	}
	unknown := &recipe.Error{
		Place:   "target",
		Problem: fmt.Sprintf("there is no %s in %s", quote(name), f.path),
		Hint:    "settle target list shows the names",
	}
	if near := recipe.Nearest(name, f.Names()); near != "" {
		unknown.Hint = "did you mean " + near + "?"
	} else if len(f.entries) == 0 {
		unknown.Hint = "settle target add NAME RECIPE URL"
	}
	return nil, unknown
}

// index returns where the entry of that name is, -1 where there is none.
func (f *File) index(name string) int {
	return slices.IndexFunc(f.entries, func(e *Entry) bool { return e.Name == name })
}
