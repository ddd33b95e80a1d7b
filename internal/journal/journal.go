// Package journal keeps on disk what the command was waiting for: one small file a wait, written before its first check, so
// that a person can lose the terminal, or the machine its power, and take the wait up again.
//
// A file is replaced as a whole, so that it is the old one or the new one at any moment. Several processes may use one
// folder at once: a handle is created by one of them alone, Take gives a wait to one of them alone, and its file is written
// by the process that waits.
package journal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// A Journal is the entries in one folder.
type Journal struct{ folder string }

var (
	// ErrNone says that there is no such entry.
	ErrNone = errors.New("no such wait")
	// ErrTaken says that a living process is waiting for it already.
	ErrTaken = errors.New("another settle is waiting for it")
	// ErrLater says that a later settle has written the entry, which this one would spoil.
	ErrLater = errors.New("a later settle has written it")
)

// Open returns the journal in the state folder, which need not be there yet: the first Add makes it, for its owner alone.
// Where it was open to others it is closed to them. One that others can write to all the same, or that belongs to somebody
// else, is refused: an entry may hold a command, which is run when its wait is taken up.
func Open(state string) (*Journal, error) {
	j := &Journal{filepath.Join(state, "waits")}
	for _, folder := range []string{state, j.folder} {
		if err := closeFolder(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return j, nil
}

// NewRun returns what the entries of one command have in common.
func NewRun() string { return random(8) }

func random(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Short handles are typed; they grow where there are many.
const (
	handleBytes = 2
	triesEach   = 8
)

// Add gives e a handle that no other entry has, and writes it to disk: when Add returns nil, it is there also after a
// crash; a crash before leaves nothing that anybody finds.
//
// An error of Add or Save means that the folder cannot be written: it is read-only, or the disk is full. A wait needs no
// journal, so whoever only wants to wait says so once, and goes on without.
func (j *Journal) Add(e *Entry) error {
	e.Schema = schema
	if err := os.MkdirAll(j.folder, 0o700); err != nil {
		return err
	}
	for n := 0; ; n++ {
		e.Handle = random(handleBytes + n/triesEach)
		err := j.create(e)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}

// create writes a file that must not be there.
func (j *Journal) create(e *Entry) error {
	path := j.path(e.Handle)
	text, err := stored(e)
	if err != nil {
		return err
	}
	temp, err := write(j.folder, e.Handle, text)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	switch err := os.Link(temp, path); {
	case err == nil:
		return syncFolder(j.folder)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	// A file system without links: an empty file keeps the handle until the entry takes its place.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = f.Close(); err == nil {
		err = put(temp, path)
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// Save replaces the entry's file. When it returns nil, the new one is on disk; after an error the file is the old one or the
// new one. The error wraps ErrLater where a later settle has written e.
func (j *Journal) Save(e *Entry) error {
	if e.Schema > schema {
		return fmt.Errorf("%s: %w", e.Handle, ErrLater)
	}
	text, err := stored(e)
	if err != nil {
		return err
	}
	return replace(j.folder, j.path(e.Handle), text)
}

// Remove forgets e: there turned out to be nothing to keep.
func (j *Journal) Remove(e *Entry) error { return os.Remove(j.path(e.Handle)) }

// Take makes this process the one that waits for the entry with that handle, and returns it. Of several processes that do
// so at once one succeeds. The error wraps ErrNone, ErrTaken or ErrLater; any other is the folder's, as in Add.
//
// An entry that is being submitted stays so: that nobody knows its task's id is for the caller to say.
func (j *Journal) Take(handle string) (*Entry, error) { return j.take(handle, false) }

// TakeLeft is Take of what Last has returned: what has ended meanwhile was another process's, and the error wraps ErrTaken.
func (j *Journal) TakeLeft(handle string) (*Entry, error) { return j.take(handle, true) }

func (j *Journal) take(handle string, left bool) (*Entry, error) {
	unlock, err := j.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	e, err := j.exactly(handle)
	switch {
	case err != nil:
		return nil, err
	case left && e.Phase == Ended:
		return nil, fmt.Errorf("%s: %w: it has ended", handle, ErrTaken)
	case e.Alive() && e.Process != os.Getpid():
		return nil, fmt.Errorf("%s: %w: process %d", handle, ErrTaken, e.Process)
	}
	if err := j.split(e); err != nil {
		return nil, err
	}
	e.Process = os.Getpid()
	if e.Phase != Submitting {
		e.Phase, e.Outcome, e.Error = Waiting, "", ""
	}
	if err := j.Save(e); err != nil {
		return nil, err
	}
	return e, nil
}

// lock holds off other processes that would take an entry, or split one, meanwhile.
func (j *Journal) lock() (unlock func(), err error) {
	unlock, err = lockedfile.MutexAt(j.folder + ".lock").Lock()
	if errors.Is(err, errors.ErrUnsupported) { // that two come at the same moment is unlikely enough
		return func() {}, nil
	}
	return unlock, err
}

// stored is e as its file has it.
func stored(e *Entry) ([]byte, error) {
	if e.Process == os.Getpid() {
		e.Born = ownMark()
	}
	text, err := json.Marshal(e)
	return append(text, '\n'), err
}

func (j *Journal) path(handle string) string { return filepath.Join(j.folder, handle+suffix) }
