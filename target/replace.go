package target

import (
	"io"
	"os"
	"path/filepath"
)

// A newFile is a file that is being written.
type newFile interface {
	io.WriteCloser
	Sync() error
}

// replace makes text the contents of the file at path: all of it, or nothing where the error is not nil or the process
// ends meanwhile. Only the holder of the lock may call it: the new file has one name for all, so that what a killed
// process has left of it, secrets too, is gone with the next change.
func replace(path string, text []byte, create func(path string) (newFile, error)) error {
	part := path + ".part"
	if err := os.Remove(part); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := writeNew(part, text, create); err != nil {
		_ = os.Remove(part) // the error that counts is there already
		return err
	}
	if err := patiently(func() error { return os.Rename(part, path) }); err != nil {
		_ = os.Remove(part)
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func writeNew(path string, text []byte, create func(path string) (newFile, error)) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// createPrivate creates a file that only its owner may read, and fails where there is one.
func createPrivate(path string) (newFile, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil newFile
	}
	return f, nil
}
