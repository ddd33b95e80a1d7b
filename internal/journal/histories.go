package journal

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
	"github.com/settle-go/settle"
)

// Histories are how long tasks of each kind have taken, one file a kind in the state folder, kept between runs.
type Histories struct{ folder string }

// OpenHistories returns those in the state folder, which need not be there yet.
func OpenHistories(folder string) *Histories {
	return &Histories{filepath.Join(folder, "history")}
}

// Load returns what is known of tasks of that kind, an empty History where nothing is, or nothing that can be read: then
// it is learned anew.
func (h *Histories) Load(kind string) *settle.History {
	known := new(settle.History)
	if info, err := os.Lstat(h.path(kind)); err != nil || !info.Mode().IsRegular() { // a pipe would be read for ever
		return known
	}
	if text, err := os.ReadFile(h.path(kind)); err == nil {
		_ = json.Unmarshal(text, known) // after an error it is empty
	}
	return known
}

// Learn adds to what is on disk what learned knows more. Two processes may do so at once: what both have learned stays.
func (h *Histories) Learn(kind string, learned *settle.History) error {
	if err := os.MkdirAll(h.folder, 0o700); err != nil {
		return err
	}
	unlock, err := lockedfile.MutexAt(h.path(kind) + ".lock").Lock()
	if err != nil {
		return err
	}
	defer unlock()
	known := h.Load(kind)
	known.Merge(learned)
	text, err := json.Marshal(known)
	if err != nil {
		return err
	}
	return replace(h.folder, h.path(kind), append(text, '\n'))
}

// Forget removes what is known of tasks of that kind; nothing known is no error. A wait that is under way may add again
// what it had loaded.
func (h *Histories) Forget(kind string) error {
	if _, err := os.Stat(h.path(kind)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lockedfile.MutexAt(h.path(kind) + ".lock").Lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Remove(h.path(kind)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncFolder(h.folder)
}

// Kinds returns the kinds of which something is known, sorted.
func (h *Histories) Kinds() ([]string, error) {
	files, err := os.ReadDir(h.folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	var kinds []string
	for _, file := range files {
		if name, isHistory := strings.CutSuffix(file.Name(), suffix); isHistory {
			kinds = append(kinds, kindOf(name))
		}
	}
	slices.Sort(kinds)
	return kinds, nil
}

// plain is what a kind and the name of its file have in common; the name has all else as %XX.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

func (h *Histories) path(kind string) string {
	const hex = "0123456789ABCDEF"
	var name strings.Builder
	for i := range len(kind) {
		if c := kind[i]; strings.IndexByte(plain, c) >= 0 && (c != '.' || i > 0) {
			name.WriteByte(c)
		} else {
			name.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return filepath.Join(h.folder, name.String()+suffix)
}

func kindOf(name string) string {
	if kind, err := url.PathUnescape(name); err == nil {
		return kind
	}
	return name
}
