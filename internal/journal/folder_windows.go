package journal

import "os"

// closeFolder has nothing to close: %LocalAppData% is its user's alone.
func closeFolder(path string) error {
	_, err := os.Stat(path)
	return err
}

// syncFolder has nothing to do: Windows keeps renames in order by itself, and cannot sync a folder.
func syncFolder(string) error { return nil }
