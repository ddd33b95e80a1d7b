package recipe_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/settle-go/settle/recipe"
)

func TestFilesIn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "[a-z]* {x}") // no pattern
	if files, err := recipe.FilesIn(folder); len(files) > 0 || err != nil {
		t.Errorf("not there: got %q, %v", files, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b.yaml", "a.yaml", "c.yml", "yaml", "d.yaml~"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("name: [\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := recipe.FilesIn(folder)
	if want := []string{filepath.Join(folder, "a.yaml"), filepath.Join(folder, "b.yaml")}; err != nil || !cmp.Equal(files, want) {
		t.Errorf("got %q, %v, want %q", files, err, want)
	}
	if _, err := recipe.FilesIn(filepath.Join(folder, "yaml")); err == nil {
		t.Error("a file: no error")
	}
}
