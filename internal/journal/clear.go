package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How long an entry is kept that nobody has written to, and what a crash has left half made.
const (
	keepEnded = 7 * 24 * time.Hour
	keepOpen  = 90 * 24 * time.Hour
	keepHalf  = time.Hour
)

// Clear removes entries that are old: a week after their end, three months after the last sign of a wait without one, as
// long as no living process waits; and what a crash left half made an hour ago. Other files stay.
func (j *Journal) Clear(now time.Time) error {
	files, err := os.ReadDir(j.folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	var first error
	for _, file := range files {
		if !j.isOld(file, now) {
			continue
		}
		if err := os.Remove(filepath.Join(j.folder, file.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) && first == nil {
			first = err
		}
	}
	return first
}

// isOld reads an entry only where its age leaves it in doubt: most runs of the command have nothing to clear.
func (j *Journal) isOld(file fs.DirEntry, now time.Time) bool {
	handle, isEntry := handleOf(file.Name())
	if !file.Type().IsRegular() || !isEntry && !strings.HasSuffix(file.Name(), ".tmp") {
		return false
	}
	info, err := file.Info()
	if err != nil {
		return false
	}
	age := now.Sub(info.ModTime())
	switch {
	case !isEntry, info.Size() == 0:
		return age > keepHalf
	case age <= keepEnded:
		return false
	}
	e, err := j.read(handle)
	if err == nil && e.Phase == Ended {
		return true
	}
	return age > keepOpen && (err != nil || !e.Alive())
}
