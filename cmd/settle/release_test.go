package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// go install refuses a module that replaces or excludes others.
func TestModuleCanBeInstalled(t *testing.T) {
	var mod struct{ Replace, Exclude []any }
	text := output(t, "../..", nil, "go", "mod", "edit", "-json")
	if err := json.Unmarshal([]byte(text), &mod); err != nil {
		t.Fatal(err)
	}
	if len(mod.Replace) > 0 || len(mod.Exclude) > 0 {
		t.Errorf("go.mod replaces %v and excludes %v", mod.Replace, mod.Exclude)
	}
}

// What a binary says of itself, by each way to build one. Nothing is fetched: the modules that it needs are there already.
func TestVersionOfBuilds(t *testing.T) {
	t.Parallel()
	folder := copyOfModule(t)
	git := func(args ...string) string {
		return strings.TrimSpace(output(t, folder, []string{"GIT_COMMITTER_DATE=2026-11-24T10:00:00Z"}, "git",
			append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...))
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-q", "-m", "a release")
	git("tag", "v1.98.7")
	commit := git("rev-parse", "HEAD")
	t.Run("go build", func(t *testing.T) {
		b := versionOf(t, goBuild(t, folder))
		if b.Version != "v1.98.7" || b.Commit != commit || b.Modified || b.Time == nil || b.Time.Format("15:04") != "10:00" {
			t.Errorf("got %+v, want v1.98.7, unmodified, commit %s of 10:00", b, commit)
		}
	})
	t.Run("go build with changes", func(t *testing.T) {
		if err := os.Remove(filepath.Join(folder, "LICENSE")); err != nil {
			t.Fatal(err)
		}
		defer git("checkout", "-q", "LICENSE")
		if b := versionOf(t, goBuild(t, folder)); b.Commit != commit || !b.Modified {
			t.Errorf("got %+v, want it modified, commit %s", b, commit)
		}
	})
	t.Run("go install of a version", func(t *testing.T) {
		if b := versionOf(t, goInstall(t, folder, "v1.98.7")); b.Version != "v1.98.7" || b.Commit != "" || b.Modified {
			t.Errorf("got %+v, want v1.98.7, no commit", b)
		}
	})
}

func versionOf(t *testing.T, binary string) build {
	t.Helper()
	var b build
	text := output(t, ".", nil, binary, "version", "-o", "json")
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if b.Schema != reportSchema || !strings.HasPrefix(b.Go, "go1.") || !strings.Contains(b.System, "/") {
		t.Errorf("got schema %d, go %q, system %q", b.Schema, b.Go, b.System)
	}
	return b
}

// goBuild builds the command as releases are built.
func goBuild(t *testing.T, module string) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "settle"+executableSuffix(t))
	output(t, module, []string{"CGO_ENABLED=0"}, "go", "build", "-buildvcs=true", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/settle")
	return binary
}

// goInstall installs the command from a module proxy, which is a folder that has the module at that version, and for what
// it needs the module cache.
func goInstall(t *testing.T, module, version string) (binary string) {
	t.Helper()
	const path = "github.com/settle-go/settle"
	proxy, bin := t.TempDir(), t.TempDir()
	served := filepath.Join(proxy, path, "@v")
	if err := os.MkdirAll(served, 0o755); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"list": []byte(version), version + ".info": fmt.Appendf(nil, `{"Version": %q}`, version), version + ".mod": mod} {
		if err := os.WriteFile(filepath.Join(served, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	zipFolder(t, filepath.Join(served, version+".zip"), module, path+"@"+version)
	cache := strings.TrimSpace(output(t, ".", nil, "go", "env", "GOMODCACHE"))
	output(t, bin, []string{
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(cache, "cache", "download")), "GOSUMDB=off", "GONOPROXY=none", "GOPRIVATE=",
		"GOBIN=" + bin, "GOMODCACHE=" + t.TempDir(), "CGO_ENABLED=0",
	}, "go", "install", "-modcacherw", "-trimpath", path+"/cmd/settle@"+version)
	return filepath.Join(bin, "settle"+executableSuffix(t))
}

// copyOfModule copies what belongs to the root module, as it is now.
func copyOfModule(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name := range strings.SplitSeq(output(t, "../..", nil, "git", "ls-files", "-coz", "--exclude-standard"), "\x00") {
		if name == "" || strings.HasPrefix(name, "bench/") || strings.HasPrefix(name, "proof/") {
			continue
		}
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// zipFolder puts what is committed in folder into a zip, under prefix.
func zipFolder(t *testing.T, file, folder, prefix string) {
	t.Helper()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for name := range strings.SplitSeq(output(t, folder, nil, "git", "ls-files", "-z"), "\x00") {
		if name == "" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(prefix + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

func fileURL(folder string) string {
	return "file:///" + strings.TrimPrefix(filepath.ToSlash(folder), "/")
}

// executableSuffix is how this system's executables end.
func executableSuffix(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(output(t, ".", nil, "go", "env", "GOEXE"))
}

// output is what a command prints in a folder, which must succeed.
func output(t *testing.T, folder string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
