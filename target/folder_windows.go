package target

import (
	"io/fs"
	"path/filepath"
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
