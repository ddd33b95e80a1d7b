//go:build !windows

package target_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func TestLoadRefusesAWideFileWithASecret(t *testing.T) {
	const head = "t:\n  recipe: x/y\n"
	for _, tt := range []struct {
		name, text string
		mode       fs.FileMode
		want       string // the secret's key; "": none
	}{
		{"a password", "  password: a\n", 0o640, "password"},
		{"others may only write", "  password: a\n", 0o602, "password"},
		{"its owner alone", "  password: a\n", 0o600, ""},
		{"nobody", "  password: a\n", 0o400, ""},
		{"a token", "  api_token: a\n", 0o644, "api_token"},
		{"where it is", "  password_file: a\n  token_env: B\n  secret_command: [pass, show, t]\n", 0o644, ""},
		{"no secret", "  user: a\n  url: https://h/?a=b\n", 0o644, ""},
		{"in the address", "  url: https://a:b@h\n", 0o644, "url"},
		{"in the address without a scheme", "  url: a:b@h\n", 0o644, "url"},
		{"in the query of the address", "  url: https://h/?token=a\n", 0o644, "url"},
		{"in a header", "  headers: {X-Key: abcd}\n", 0o644, "headers.X-Key"},
		{"a plain header", "  headers: {Accept: abcd}\n", 0o644, ""},
		{"in the proxy", "  proxy: http://a:b@h:80\n", 0o644, "proxy"},
		{"in a command", "  password_command: [curl, -u, 'a:b', https://h]\n", 0o644, "password_command"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, head+tt.text)
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := target.Load(path)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, path+":3:", "t."+tt.want+": others than you may read", "hint: chmod 600 "+path)
		})
	}
}

func TestHintIsForAShell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's here")
	if err := os.WriteFile(path, []byte("t: {recipe: x/y, password: a}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := target.Load(path)
	refused(t, err, `hint: chmod 600 '`+filepath.Dir(path)+`/it'\''s here'`)
}

// Only the recipe says that a field without a telling name is a secret.
func TestTargetRefusesAWideFileWithASecret(t *testing.T) {
	path := write(t, "t:\n  recipe: x/y\n  pin: '1234'\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	r := &recipe.Recipe{Name: "x/y", Fields: []*recipe.Field{{Name: "pin", Secret: true}}}
	_, err := entry(t, path, "t").Target(t.Context(), r, environment())
	refused(t, err, path+":3:3: t.pin: others", "chmod 600 "+path)
}

func TestAddSetsModes(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "config", "settle")
	path := filepath.Join(folder, "targets.yaml")
	mode := func(path string) fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if err := addEntry(path, "a"); err != nil {
		t.Fatal(err)
	}
	if got := mode(folder); got != 0o700 {
		t.Errorf("the folder: got %o", got)
	}
	for _, name := range []string{path, path + ".lock"} {
		if got := mode(name); got != 0o600 {
			t.Errorf("%s: got %o", name, got)
		}
	}
	if err := os.WriteFile(path, []byte("a: {recipe: x/y}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := addEntry(path, "b"); err != nil {
		t.Fatal(err)
	}
	if got := mode(path); got != 0o600 {
		t.Errorf("a file that was wide: got %o", got)
	}
}
