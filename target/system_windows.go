package target

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

const homeVariable = "USERPROFILE"

var settingsVariables = []string{"AppData"}

func settingsFolder(getenv func(string) string) string {
	if base := getenv("AppData"); filepath.IsAbs(base) {
		return filepath.Join(base, "settle")
	}
	return ""
}

// isWide is always false: a mode says nothing about who may read a file here, and AppData is the person's own.
func isWide(fs.FileMode) bool { return false }

// A folder cannot be synced here.
func syncFolder(string) error { return nil }

const (
	sharingViolation = syscall.Errno(32) // ERROR_SHARING_VIOLATION
	busyPause        = 10 * time.Millisecond
	busyTries        = 200
)

// patiently does it again for a while where somebody has the file open: a file that is being read cannot be replaced
// here, nor one read that is being replaced.
func patiently(do func() error) error {
	var err error
	for range busyTries {
		if err = do(); !errors.Is(err, syscall.ERROR_ACCESS_DENIED) && !errors.Is(err, sharingViolation) {
			return err
		}
		time.Sleep(busyPause)
	}
	return err
}
