package target

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A faultyFile fails where it is told to.
type faultyFile struct {
	newFile
	write, sync, close error
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.write == nil {
		return f.newFile.Write(p)
	}
	n, _ := f.newFile.Write(p[:len(p)/2]) // the disk is full in the middle
	return n, f.write
}

func (f *faultyFile) Sync() error { return errors.Join(f.newFile.Sync(), f.sync) }

func (f *faultyFile) Close() error { return errors.Join(f.newFile.Close(), f.close) }

func TestReplaceIsAllOrNothing(t *testing.T) {
	broken := errors.New("no space left")
	for _, tt := range []struct {
		name   string
		faults faultyFile
		create error
		ok     bool
	}{
		{name: "nothing fails", ok: true},
		{name: "create", create: broken},
		{name: "write", faults: faultyFile{write: broken}},
		{name: "sync", faults: faultyFile{sync: broken}},
		{name: "close", faults: faultyFile{close: broken}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "targets.yaml")
			for _, name := range []string{path, path + ".part"} { // the second was left by somebody who was killed
				if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := replace(path, []byte("the new one"), func(path string) (newFile, error) {
				if tt.create != nil {
					return nil, tt.create
				}
				f, err := createPrivate(path)
				tt.faults.newFile = f
				return &tt.faults, err
			})
			want := "old"
			if tt.ok {
				want = "the new one"
			}
			if (err == nil) != tt.ok || !tt.ok && !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
			if got, err := os.ReadFile(path); string(got) != want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
			if _, err := os.Stat(path + ".part"); !os.IsNotExist(err) {
				t.Errorf("a part is left: %v", err)
			}
		})
	}
}

func TestReplaceWhereItCannot(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "targets.yaml")
	if err := replace(filepath.Join(path, "x"), nil, createPrivate); err == nil {
		t.Error("no folder, no error")
	}
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replace(path, nil, createPrivate); err == nil {
		t.Error("a folder was replaced")
	}
	if left, err := filepath.Glob(path + ".*"); len(left) > 0 || err != nil {
		t.Errorf("left: %q, %v", left, err)
	}
}
