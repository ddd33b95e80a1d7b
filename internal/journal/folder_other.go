//go:build !windows

package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// closeFolder closes a folder to others. It is an error where it belongs to somebody else, or where others can write to it
// and that cannot be changed.
func closeFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() && os.Geteuid() != 0 {
		return fmt.Errorf("%s belongs to another user (%d)", path, owner.Uid)
	}
	const others, write = 0o077, 0o022
	mode := info.Mode().Perm()
	if mode&others == 0 {
		return nil
	}
	if err := os.Chmod(path, mode&^others); err != nil && mode&write != 0 {
		return fmt.Errorf("others can write to it: %w", err)
	}
	return nil
}

// syncFolder makes sure that a rename in it is on disk. Some file systems cannot: what they promise is then all there is.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
