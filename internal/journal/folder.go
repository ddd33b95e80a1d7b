package journal

import (
	"os"
	"path/filepath"
	"runtime"
)

// Folder returns the state folder: $XDG_STATE_HOME/settle, or ~/.local/state/settle; on Windows %LocalAppData%\settle.
func Folder(getenv func(string) string) (string, error) {
	if state := getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "settle"), nil
	}
	if runtime.GOOS == "windows" {
		if local := getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "settle"), nil
		}
	}
	home := getenv("HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(home, ".local", "state", "settle"), nil
}
