package target_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// The test's own binary is the command that tests run, so that there is one on every system.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "child" {
		os.Exit(child(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

func child(job string, args []string) int {
	switch job {
	case "print": // TEXT
		fmt.Print(args[0])
	case "where":
		folder, _ := os.Getwd()
		fmt.Println(filepath.Base(folder))
	case "fail": // OUT ERR
		fmt.Print(args[0])
		fmt.Fprint(os.Stderr, args[1])
		return 3
	case "hang":
		select {}
	case "add": // FILE NAME: without end, a line for each that is written
		for i := 0; ; i++ {
			name := fmt.Sprintf("%s-%d", args[1], i)
			if err := addEntry(args[0], name); err != nil {
				fmt.Println(err)
				return 1
			}
			fmt.Println(name)
		}
	case "add-some": // FILE NAME
		for i := range perAdder {
			if err := addEntry(args[0], fmt.Sprintf("%s-%d", args[1], i)); err != nil {
				fmt.Println(err)
				return 1
			}
		}
	}
	return 0
}

const perAdder = 5

func addEntry(path, name string) error {
	f, err := target.Load(path)
	if err != nil {
		return err
	}
	return f.Add(&target.Entry{Name: name, Recipe: "x/y", Fields: map[string]string{"url": "https://h", "password": "hunter22"}})
}

// self is a command that runs a job.
func self(t *testing.T, job string, args ...string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{exe, "child", job}, args...)
}

// write writes a file of targets that only its owner may read.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "targets.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string) *target.File {
	t.Helper()
	f, err := target.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func entry(t *testing.T, path, name string) *target.Entry {
	t.Helper()
	e, err := load(t, path).Entry(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// refused checks that err is a *recipe.Error with a hint, and that it has all of want in its text and hint.
func refused(t *testing.T, err error, want ...string) *recipe.Error {
	t.Helper()
	e, is := errors.AsType[*recipe.Error](err)
	if !is {
		t.Errorf("got %v, want a *recipe.Error with %q", err, want)
		return &recipe.Error{}
	}
	if e.Hint == "" || e.Problem == "" {
		t.Errorf("problem or hint is empty: %+v", e)
	}
	text := e.Error() + "\nhint: " + e.Hint
	for _, part := range want {
		if !strings.Contains(text, part) {
			t.Errorf("got\n%s\nwant %q in it", text, part)
		}
	}
	return e
}

// environment is getenv over pairs of NAME=VALUE.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if key, value, _ := strings.Cut(pair, "="); key == name {
				return value
			}
		}
		return ""
	}
}
