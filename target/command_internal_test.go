package target

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func noEnvironment(string) string { return "" }

func TestFirstLine(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		argv []string
		want string
		err  []string // nil: none
	}{
		{"a line", []string{exe, "child", "print", "a b\n"}, "a b", nil},
		{"no end", []string{exe, "child", "print", "a"}, "a", nil},
		{"lines", []string{exe, "child", "print", "a\r\nb\n"}, "a", nil},
		{"nothing", []string{exe, "child", "print", ""}, "", []string{"printed is empty"}},
		{"an empty line", []string{exe, "child", "print", "\na"}, "", []string{"printed is empty"}},
		{"it fails", []string{exe, "child", "fail", "", " no\n key\x1b[0m "}, "", []string{": exit status 3: no key [0m"}},
		{"it says a lot", []string{exe, "child", "fail", "", strings.Repeat("a", 10000)}, "", []string{"exit status 3: " + strings.Repeat("a", longest) + "…"}},
		{"it says the secret", []string{exe, "child", "fail", "abcdefgh", "abcdefgh"}, "", []string{"exit status 3: ***"}},
		{"a secret argument", []string{exe, "child", "fail", "", "--token=abcdefgh abcdefgh"}, "", []string{"--token=***"}},
		{"no such command", []string{"settle-no-such-command"}, "", []string{"settle-no-such-command: there is no such command"}},
		{"no such file", []string{filepath.Join(filepath.Dir(exe), "none")}, "", []string{"none: "}},
		{"a relative path", []string{"./a"}, "", []string{`"./a" is relative`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := firstLine(t.Context(), time.Minute, tt.argv, "", noEnvironment)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if refused := refusedBy(err); (refused == nil) != (tt.err == nil) {
				t.Fatalf("got %v", err)
			} else if refused != nil && refused.Hint == "" {
				t.Errorf("%v: no hint", err)
			}
			for _, part := range tt.err {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, want %q in it", err, part)
				}
			}
		})
	}
}

// A path with a folder in it starts where the file of targets is.
func TestFirstLineOfARelativeCommand(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder, name := filepath.Split(exe)
	got, err := firstLine(t.Context(), time.Minute, []string{"./" + name, "child", "where"}, folder, noEnvironment)
	if got != filepath.Base(folder) || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFirstLineHasALimit(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	_, err = firstLine(t.Context(), time.Millisecond, []string{exe, "child", "hang"}, "", noEnvironment)
	if err == nil || !strings.Contains(err.Error(), "has not ended within 1ms") {
		t.Errorf("got %v", err)
	}
}
