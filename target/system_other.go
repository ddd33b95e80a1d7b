//go:build !windows

package target

import (
	"io/fs"
	"os"
	"path/filepath"
)

const homeVariable = "HOME"

var settingsVariables = []string{"XDG_CONFIG_HOME", homeVariable}

func settingsFolder(getenv func(string) string) string {
	if base := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "settle")
	}
	if home := getenv(homeVariable); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "settle")
	}
	return ""
}

// isWide reports whether others than the owner may read or change the file.
func isWide(mode fs.FileMode) bool { return mode.Perm()&0o077 != 0 }

// syncFolder makes a rename in the folder last beyond a loss of power.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	err = f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// patiently does it once: a file that is being read can be replaced here.
func patiently(do func() error) error { return do() }
