package recipe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
)

// Each file of the library is a recipe, and its name is that of the recipe.
func TestLibrary(t *testing.T) {
	files, err := filepath.Glob("library/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	defaults := map[string][]string{}
	faults := false
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := recipe.Parse(file, text)
			if err != nil {
				faults = true
				t.Fatal("\n" + explain(err))
			}
			if got, want := filepath.Base(file), strings.ReplaceAll(r.Name, "/", "-")+".yaml"; got != want {
				t.Errorf("the file's name: got %s, want %s", got, want)
			}
			if r.Default {
				defaults[r.Vendor()] = append(defaults[r.Vendor()], r.Name)
			}
		})
	}
	for vendor, names := range defaults {
		if len(names) > 1 {
			t.Errorf("%s has %d defaults: %v", vendor, len(names), names)
		}
	}
	if faults {
		return
	}
	all := recipe.Library()
	if len(all) != len(files) {
		t.Errorf("Library: got %d recipes, want %d", len(all), len(files))
	}
	for i, r := range all {
		if i > 0 && all[i-1].Name >= r.Name {
			t.Errorf("Library: %s comes after %s", r.Name, all[i-1].Name)
		}
		if found, err := recipe.Find(r.Name); err != nil || found != r {
			t.Errorf("Find(%q): got %v, %v", r.Name, found, err)
		}
		if found, err := recipe.Find(r.Vendor()); err == nil && found != r && r.Default {
			t.Errorf("Find(%q): got %s, want the default %s", r.Vendor(), found.Name, r.Name)
		}
	}
}

// explain is a joined error with the hints, as a person writing a recipe wants to see it.
func explain(err error) string {
	joined, isJoined := err.(interface{ Unwrap() []error })
	if !isJoined {
		return err.Error()
	}
	var b strings.Builder
	for _, e := range joined.Unwrap() {
		b.WriteString(e.Error() + "\n")
		if refused, is := e.(*recipe.Error); is && refused.Hint != "" {
			b.WriteString("    hint: " + refused.Hint + "\n")
		}
	}
	return b.String()
}
