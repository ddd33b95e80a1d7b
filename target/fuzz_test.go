package target_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// Whatever stands in a file, it is read, or refused at a line.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{tower, "", "---\n~", "a: &b {c: *b}", "{}", "- a", "? [a]\n: b", "a: {recipe: x/y, <<: *b}", "a: !!binary eA==", "a:\n  recipe: x/y\n...\n", "%YAML 1.1\n---\na: |+\n b", "\ufeffa:", "a\x00"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "targets.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := target.Load(path)
		if err == nil {
			for _, name := range file.Names() {
				if _, err := file.Entry(name); err != nil {
					t.Errorf("%s is listed: %v", name, err)
				}
			}
			return
		}
		if e, is := errors.AsType[*recipe.Error](err); !is || e.File != path || e.Line < 1 || e.Column < 1 || e.Problem == "" || e.Hint == "" {
			t.Errorf("got %#v", err)
		}
	})
}

// What is added is there as it was said, and once it is removed the file is as it was.
func FuzzAddRemove(f *testing.F) {
	f.Add("", "a", "user", "b")
	f.Add(tower, "new", "password", "a: b # c")
	f.Add("# a\r\n\r\n# b", "null", "x", "~")
	f.Add("  a: {recipe: x/y}\n  # b", "1.0", "y z", "\u2028\x00")
	f.Fuzz(func(t *testing.T, text, name, key, value string) {
		path := filepath.Join(t.TempDir(), "targets.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := target.Load(path)
		if err != nil {
			return
		}
		before := file.Names()
		e := &target.Entry{Name: name, Recipe: "x/y", Fields: map[string]string{key: value}, Hosts: []string{"h"}}
		if err := file.Add(e); err != nil {
			if e, is := errors.AsType[*recipe.Error](err); !is || e.Hint == "" {
				t.Errorf("add: %v", err)
			}
			if got := read(t, path); got != text {
				t.Errorf("refused, and the file has become %q", got)
			}
			return
		}
		if got := entry(t, path, name).Fields[key]; got != value {
			t.Errorf("got %q, want %q", got, value)
		}
		if err := file.Remove(name); err != nil {
			t.Fatalf("remove: %v", err)
		}
		if got := read(t, path); got != text {
			t.Errorf("the file has become %q", got)
		}
		if got := file.Names(); len(got) != len(before) {
			t.Errorf("got %q, want %q", got, before)
		}
	})
}
