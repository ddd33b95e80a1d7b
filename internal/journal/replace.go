package journal

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// replace puts text in the place of a file in folder. When it returns nil, the new one is on disk; at any moment before,
// the file is the old one or the new one.
func replace(folder, path string, text []byte) error {
	temp, err := write(folder, filepath.Base(path), text)
	if err != nil {
		return err
	}
	defer os.Remove(temp) // after the rename there is nothing of that name
	return put(temp, path)
}

// write puts text on disk in a new file in folder, for its owner alone.
func write(folder, name string, text []byte) (path string, err error) {
	temp, err := os.CreateTemp(folder, name+".*.tmp")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(text)
	if err == nil {
		err = temp.Sync()
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return "", err
	}
	return temp.Name(), nil
}

// put renames temp to path. On Windows that fails while somebody reads path, and is tried again.
func put(temp, path string) error {
	if err := robustio.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
