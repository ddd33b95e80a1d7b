//go:build !windows

package journal

import "os"

// syncFolder makes sure that a rename in it is on disk.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
