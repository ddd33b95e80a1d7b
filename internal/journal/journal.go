// Package journal keeps on disk what the command was waiting for: one small file a wait, written before its first check, so
// that a person can lose the terminal, or the machine its power, and take the wait up again.
//
// A file is replaced as a whole, so that it is the old one or the new one at any moment. Several processes may use one
// folder at once: a handle is created by one of them alone, and a wait's file is written by the process that waits.
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
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

// A Phase is how far a wait has come.
type Phase string

const (
	Submitting Phase = "submitting" // the start is about to be sent, or was: nobody knows the task's id yet
	Waiting    Phase = "waiting"
	Stopped    Phase = "stopped" // settle stopped waiting; the task may still run
	Ended      Phase = "ended"   // the task has ended
)

// An Entry is one wait. It holds nothing secret: whoever fills it masks it.
type Entry struct {
	Schema  int    `json:"schema"`
	Handle  string `json:"handle"`
	Run     string `json:"run"` // the same for all that one command waited for
	Phase   Phase  `json:"phase"`
	Process int    `json:"process"` // of who waits

	Name   string   `json:"name"`             // as a line with little room shows it
	Task   string   `json:"task"`             // TARGET/ID, RECIPE/ID or a URL, to be asked again; "" while it is submitted
	Target string   `json:"target,omitempty"` // what it was submitted to
	Recipe string   `json:"recipe,omitempty"`
	ID     string   `json:"id,omitempty"`
	Action string   `json:"action,omitempty"` // what was submitted
	Params []string `json:"params,omitempty"` // NAME=VALUE
	Flags  []string `json:"flags,omitempty"`  // of the command line, that a wait taken up again needs
	Needs  []string `json:"needs,omitempty"`  // flags that are secret, and so must be given again

	Started time.Time      `json:"started"`
	Updated time.Time      `json:"updated"`
	Outcome settle.Outcome `json:"outcome,omitempty"` // of a wait that is over
	Link    string         `json:"link,omitempty"`
	Error   string         `json:"error,omitempty"`

	Events []Event `json:"events,omitempty"` // what happened when: the first and the last ones
	Left   int     `json:"left_out,omitempty"`
	Answer string  `json:"answer,omitempty"` // the last one, masked
}

// An Event is a change that a check has seen.
type Event struct {
	At     time.Time     `json:"at"`
	Check  int           `json:"check"`
	Status settle.Status `json:"status"`
	Error  string        `json:"error,omitempty"` // why the check failed
}

const (
	schema    = 1
	maxEvents = 200
	maxAnswer = 64 << 10
	suffix    = ".json"
)

// A Journal is the entries in one folder.
type Journal struct{ folder string }

// ErrNone says that there is no such entry.
var ErrNone = errors.New("no such wait")

// Open returns the journal in folder, which is made where it is not there, for its owner alone.
func Open(folder string) (*Journal, error) {
	folder = filepath.Join(folder, "waits")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	return &Journal{folder}, nil
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
// crash.
func (j *Journal) Add(e *Entry) error {
	e.Schema = schema
	for n := 0; ; n++ {
		e.Handle = random(handleBytes + n/triesEach)
		f, err := os.OpenFile(j.path(e.Handle), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		return j.Save(e)
	}
}

// Save replaces the entry's file. When it returns nil, the new one is on disk.
func (j *Journal) Save(e *Entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return replace(j.folder, j.path(e.Handle), append(text, '\n'))
}

// replace puts text in the place of a file in folder. When it returns nil, the new one is on disk; at any moment before,
// the file is the old one or the new one.
func replace(folder, path string, text []byte) error {
	temp, err := os.CreateTemp(folder, filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // after the rename there is nothing of that name
	_, err = temp.Write(text)
	if err == nil {
		err = temp.Sync()
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err == nil {
		err = syncFolder(folder)
	}
	return err
}

// Happened adds an event. Of a long wait the ones in the middle are left out.
func (e *Entry) Happened(event Event) {
	e.Events = append(e.Events, event)
	if len(e.Events) > maxEvents {
		e.Events = slices.Delete(e.Events, maxEvents/2, maxEvents/2+1)
		e.Left++
	}
	e.Updated = event.At
}

// Answered keeps the last answer, which has been masked, as far as it is not too long.
func (e *Entry) Answered(text string) { e.Answer = text[:min(len(text), maxAnswer)] }

func (j *Journal) path(handle string) string { return filepath.Join(j.folder, handle+suffix) }

// Find returns the entry with that handle. The error wraps ErrNone where there is none.
func (j *Journal) Find(handle string) (*Entry, error) {
	if !isHandle(handle) {
		return nil, fmt.Errorf("%w: %q is not a handle", ErrNone, handle)
	}
	e, err := read(j.path(handle))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNone, handle)
	}
	return e, err
}

// isHandle keeps what is typed from being a path.
func isHandle(text string) bool {
	return len(text) >= 2*handleBytes && strings.Trim(text, "0123456789abcdef") == ""
}

func read(path string) (*Entry, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	e := new(Entry)
	if err := json.Unmarshal(text, e); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return e, nil
}

// List returns all entries, the newest first. What cannot be read, as a file that a crash left empty, is left out.
func (j *Journal) List() ([]*Entry, error) {
	files, err := os.ReadDir(j.folder)
	if err != nil {
		return nil, err
	}
	var all []*Entry
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), suffix) {
			continue
		}
		if e, err := read(filepath.Join(j.folder, file.Name())); err == nil {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *Entry) int {
		if c := b.Started.Compare(a.Started); c != 0 {
			return c
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	return all, nil
}

// Last returns the entries of the newest run that has not ended, in the order of their start; none where all have.
func (j *Journal) Last() ([]*Entry, error) {
	all, err := j.List()
	if err != nil {
		return nil, err
	}
	open := slices.IndexFunc(all, func(e *Entry) bool { return e.Phase != Ended })
	if open < 0 {
		return nil, nil
	}
	var run []*Entry
	for _, e := range slices.Backward(all) {
		if e.Run == all[open].Run && e.Phase != Ended {
			run = append(run, e)
		}
	}
	return run, nil
}

// How long an entry is kept that nobody has written to.
const (
	keepEnded = 7 * 24 * time.Hour
	keepOpen  = 90 * 24 * time.Hour
)

// Clear removes entries that are old: a week after their end, three months after the last sign of a wait without one; and
// what a crash left half made an hour ago.
func (j *Journal) Clear(now time.Time) error {
	files, err := os.ReadDir(j.folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(j.folder, file.Name())
		if j.isOld(path, file, now) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func (j *Journal) isOld(path string, file fs.DirEntry, now time.Time) bool {
	info, err := file.Info()
	if err != nil {
		return false
	}
	age := now.Sub(info.ModTime())
	e, err := read(path)
	switch {
	case !strings.HasSuffix(path, suffix) || err != nil:
		return age > time.Hour
	case e.Phase == Ended:
		return age > keepEnded
	}
	return age > keepOpen
}
