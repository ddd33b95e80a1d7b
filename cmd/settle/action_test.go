package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// A goreleaser is what .goreleaser.yaml says that the GitHub Action relies on.
type goreleaser struct {
	Project string `yaml:"project_name"`
	Builds  []struct{ Goos, Goarch []string }
	// One for all systems.
	Archives []struct {
		Name      string   `yaml:"name_template"`
		Formats   []string `yaml:"formats"`
		Overrides []struct {
			Goos    string
			Formats []string
		} `yaml:"format_overrides"`
	}
	Checksum struct {
		Name string `yaml:"name_template"`
	}
}

func readYAML(t *testing.T, file string, to any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", file))
	if err == nil {
		err = yaml.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// archive is the name that a version's archive for a system has.
func (g goreleaser) archive(t *testing.T, version, goos, goarch string) string {
	t.Helper()
	a := g.Archives[0]
	var name strings.Builder
	err := template.Must(template.New("").Parse(a.Name)).Execute(&name, map[string]string{
		"ProjectName": g.Project, "Version": strings.TrimPrefix(version, "v"), "Os": goos, "Arch": goarch,
	})
	if err != nil {
		t.Fatal(err)
	}
	format := a.Formats[0]
	for _, o := range a.Overrides {
		if o.Goos == goos {
			format = o.Formats[0]
		}
	}
	return name.String() + "." + format
}

// A release is a server of releases as GitHub lays them out. It has one, v1.2.3, of which only one archive is there;
// checksums.txt names all.
type release struct {
	*httptest.Server

	mu        sync.Mutex // guards what follows
	archive   string     // the name of the one
	content   []byte
	checksums string
	paths     []string // that were asked for
}

func (r *release) asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.paths)
}

const latest = "v1.2.3"

func newRelease(t *testing.T, g goreleaser, archive string, content []byte) *release {
	t.Helper()
	r := &release{archive: archive, content: content}
	for _, goos := range g.Builds[0].Goos {
		for _, goarch := range g.Builds[0].Goarch {
			sum := sha256.Sum256(content)
			r.checksums += fmt.Sprintf("%x  %s\n", sum, g.archive(t, latest, goos, goarch))
		}
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths = append(r.paths, req.URL.Path)
		switch req.URL.Path {
		case "/latest/download/" + g.Checksum.Name:
			http.Redirect(w, req, "/download/"+latest+"/"+g.Checksum.Name, http.StatusFound)
		case "/download/" + latest + "/" + g.Checksum.Name:
			fmt.Fprint(w, r.checksums)
		case "/download/" + latest + "/" + r.archive:
			_, _ = w.Write(r.content)
		default:
			http.NotFound(w, req)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// A step is one that has run a script of the action.
type step struct {
	code                      int
	said, path, output, files string // the folder for what it downloads
}

var runnerSystems = map[string]string{"linux": "Linux", "darwin": "macOS", "windows": "Windows"}

func runStep(t *testing.T, script string, env ...string) step {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err == nil {
		_, err = exec.LookPath("curl")
	}
	if err != nil {
		leaveOut(t, err)
	}
	s := step{files: t.TempDir()}
	file := func(name string) string { return filepath.Join(s.files, name) }
	cmd := exec.Command(bash, "../../.github/action/"+script)
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+s.files, "GITHUB_PATH="+file("path"), "GITHUB_OUTPUT="+file("output"), "CURL_HOME="+s.files, "no_proxy=*")
	cmd.Env = append(cmd.Env, env...)
	said, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	s.code, s.said = cmd.ProcessState.ExitCode(), string(said)
	for name, to := range map[string]*string{"path": &s.path, "output": &s.output} {
		text, err := os.ReadFile(file(name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		*to = strings.TrimSuffix(string(text), "\n")
	}
	return s
}

// A real binary, in an archive as goreleaser makes them, is downloaded, verified and runs.
func TestActionInstalls(t *testing.T) {
	t.Parallel()
	var g goreleaser
	readYAML(t, ".goreleaser.yaml", &g)
	binary := goBuild(t, "../..")
	for _, goos := range []string{"linux", "windows"} { // a tar and a zip
		t.Run(goos, func(t *testing.T) {
			if _, err := exec.LookPath("unzip"); err != nil && goos == "windows" {
				leaveOut(t, err)
			}
			name, inside := g.archive(t, latest, goos, "amd64"), "settle"
			if goos == "windows" {
				inside += ".exe"
			}
			r := newRelease(t, g, name, archiveOf(t, name, inside, binary))
			s := runStep(t, "install.sh", "RUNNER_OS="+runnerSystems[goos], "RUNNER_ARCH=X64", "INPUT_VERSION=", "ACTION_REF=v1", "INPUT_RELEASES="+r.URL)
			if s.code != 0 || s.output != "" || s.said != "" {
				t.Fatalf("exit code %d, %s\n%s", s.code, s.output, s.said)
			}
			if b := versionOf(t, filepath.Join(s.path, inside)); b.System != runtime.GOOS+"/"+runtime.GOARCH {
				t.Errorf("what was installed is %v", b)
			}
		})
	}
}

// archiveOf is an archive of the form that its name says, with a file in it under the name inside, and one beside it.
func archiveOf(t *testing.T, name, inside, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	var add func(name string, mode fs.FileMode, content []byte) error
	var end func() error
	switch {
	case strings.HasSuffix(name, ".zip"):
		z := zip.NewWriter(&text)
		add = func(name string, mode fs.FileMode, content []byte) error {
			h := &zip.FileHeader{Name: name}
			h.SetMode(mode)
			w, err := z.CreateHeader(h)
			if err == nil {
				_, err = w.Write(content)
			}
			return err
		}
		end = z.Close
	case strings.HasSuffix(name, ".tar.gz"):
		z := gzip.NewWriter(&text)
		w := tar.NewWriter(z)
		add = func(name string, mode fs.FileMode, content []byte) error {
			err := w.WriteHeader(&tar.Header{Name: name, Mode: int64(mode), Size: int64(len(content))})
			if err == nil {
				_, err = w.Write(content)
			}
			return err
		}
		end = func() error { return errors.Join(w.Close(), z.Close()) }
	default:
		t.Fatalf("%s: no script unpacks it", name)
	}
	if err := errors.Join(add("LICENSE", 0o644, []byte("a license\n")), add(inside, 0o755, content), end()); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// Each runner gets the archive that goreleaser makes for it. The others are not there, so that the download tells which it was.
func TestActionAsksForTheArchive(t *testing.T) {
	t.Parallel()
	var g goreleaser
	readYAML(t, ".goreleaser.yaml", &g)
	for _, goos := range g.Builds[0].Goos {
		for arch, goarch := range map[string]string{"X64": "amd64", "ARM64": "arm64"} {
			r := newRelease(t, g, "none", nil)
			s := runStep(t, "install.sh", "RUNNER_OS="+runnerSystems[goos], "RUNNER_ARCH="+arch, "INPUT_VERSION="+latest, "INPUT_RELEASES="+r.URL)
			want := []string{"/download/" + latest + "/" + g.Checksum.Name, "/download/" + latest + "/" + g.archive(t, latest, goos, goarch)}
			if !slices.Equal(r.asked(), want) || s.code != exitUnknown {
				t.Errorf("%s %s: exit code %d, asked for %q, want %q\n%s", goos, goarch, s.code, r.asked(), want, s.said)
			}
		}
	}
}

func TestActionVersions(t *testing.T) {
	t.Parallel()
	var g goreleaser
	readYAML(t, ".goreleaser.yaml", &g)
	const invalid, unknown = "outcome=invalid\nexit_code=2", "outcome=unknown\nexit_code=5"
	tests := []struct {
		name   string
		env    []string
		change func(*release)
		asked  string // first; "": nothing
		code   int
		said   string
	}{
		{"of the action", []string{"ACTION_REF=v1.2.3"}, nil, "/download/v1.2.3/checksums.txt", 0, ""},
		{"a major version of the action", []string{"ACTION_REF=v1"}, nil, "/latest/download/checksums.txt", 0, ""},
		{"a branch of the action", []string{"ACTION_REF=../x"}, nil, "/latest/download/checksums.txt", 0, ""},
		{"latest", []string{"INPUT_VERSION=latest", "ACTION_REF=v1.0.0"}, nil, "/latest/download/checksums.txt", 0, ""},
		{"without v", []string{"INPUT_VERSION=1.2.3"}, nil, "/download/v1.2.3/checksums.txt", 0, ""},
		{"there is none", []string{"INPUT_VERSION=v1.2.4"}, nil, "/download/v1.2.4/checksums.txt", exitUnknown, "download http"},
		{"not a version", []string{"INPUT_VERSION=../../evil"}, nil, "", exitInvalid, `version: "../../evil"`},
		{"a command", []string{"INPUT_VERSION=1.2.3\n::set-env name=A::b $(touch pwned)"}, nil, "", exitInvalid, "%0A::set-env name=A::b $(touch pwned)"},
		{"no such system", []string{"RUNNER_OS=Plan9"}, nil, "", exitInvalid, `the system "Plan9"`},
		{"no such processor", []string{"RUNNER_ARCH=X86"}, nil, "", exitInvalid, `the processor "X86"`},
		{"tampered with", []string{"INPUT_VERSION=v1.2.3"}, func(r *release) { r.content = []byte("something else") }, "/download/v1.2.3/checksums.txt", exitUnknown, "it was not run"},
		{"not listed", []string{"INPUT_VERSION=v1.2.3"}, func(r *release) { r.checksums = "" }, "/download/v1.2.3/checksums.txt", exitUnknown, "checksums.txt of version v1.2.3"},
		{"a path in a name", nil, func(r *release) {
			r.checksums = strings.ReplaceAll(r.checksums, "settle_1.2.3_", "settle_/../../../1.2.3_")
		}, "/latest/download/checksums.txt", exitUnknown, "names no release"},
	}
	fake := filepath.Join(t.TempDir(), "settle")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	archive := g.archive(t, latest, "linux", "arm64")
	content := archiveOf(t, archive, "settle", fake)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelease(t, g, archive, content)
			if tt.change != nil {
				r.mu.Lock()
				tt.change(r)
				r.mu.Unlock()
			}
			s := runStep(t, "install.sh", append([]string{"RUNNER_OS=Linux", "RUNNER_ARCH=ARM64", "INPUT_VERSION=", "ACTION_REF=", "INPUT_RELEASES=" + r.URL + "/"}, tt.env...)...)
			if first := strings.Join(r.asked()[:min(1, len(r.asked()))], ""); s.code != tt.code || first != tt.asked {
				t.Errorf("exit code %d, asked first for %q, want %d and %q\n%s", s.code, first, tt.code, tt.asked, s.said)
			}
			want := map[int]string{exitInvalid: invalid, exitUnknown: unknown}[tt.code]
			if s.output != want || (tt.code == 0) == (s.path == "") || !strings.Contains(s.said, tt.said) || strings.Count(s.said, "\n") > 1 {
				t.Errorf("output %q, path %q, said %q", s.output, s.path, s.said)
			}
		})
	}
}

// The command line that wait.sh becomes, shown by a settle that only writes down its arguments and its input.
func TestActionWaits(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	noting := "#!/bin/sh\nprintf '<%s>' \"$@\"\nprintf '\\n'\ncat\nexit 124\n"
	if err := os.WriteFile(filepath.Join(bin, "settle"), []byte(noting), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		env  []string
		code int
		said string
	}{
		{"a task", []string{"INPUT_TASKS=tower/1"}, 124, "<wait><-f><->\ntower/1\n"},
		{"tasks", []string{"INPUT_TASKS=tower/1 a name\n# none\ntower/2\n"}, 124, "<wait><-f><->\ntower/1 a name\n# none\ntower/2\n\n"},
		{"all inputs", []string{"INPUT_TASKS=a/1", "INPUT_RECIPE=own recipe.yaml", "INPUT_POLICY=every=5s timeout=1h", "INPUT_ANY=true", "INPUT_FAIL_FAST=true", "INPUT_ARGS=--strict"}, 124,
			"<wait><-f><-><--recipe=own recipe.yaml><--policy=every=5s timeout=1h><--any><--fail-fast><--strict>\na/1\n"},
		{"false", []string{"INPUT_TASKS=a/1", "INPUT_ANY=false", "INPUT_FAIL_FAST=false"}, 124, "<wait><-f><->\na/1\n"},
		{"quotes", []string{"INPUT_TASKS=a/1", "INPUT_ARGS=--state '.a | .b'\n --succeeded \"done,it's done\" --failed= '' -- echo \\$HOME"}, 124,
			"<wait><-f><-><--state><.a | .b><--succeeded><done,it's done><--failed=><><--><echo><$HOME>\na/1\n"},
		{"commands", []string{"INPUT_TASKS=$(touch pwned)", "INPUT_RECIPE=`touch pwned`", "INPUT_ARGS=$(touch pwned) ; touch pwned * $HOME"}, 124,
			"<wait><-f><-><--recipe=`touch pwned`><$(touch><pwned)><;><touch><pwned><*><$HOME>\n$(touch pwned)\n"},
		{"no task", []string{"INPUT_TASKS= \n "}, exitInvalid, "::error title=settle::tasks: there is none%0Ahint: tasks: github/OWNER/REPO/RUN\n"},
		{"neither true nor false", []string{"INPUT_TASKS=a/1", "INPUT_ANY=yes"}, exitInvalid, "::error title=settle::any: \"yes\" is neither true nor false%0Ahint: any: true\n"},
		{"a quote that is open", []string{"INPUT_TASKS=a/1", "INPUT_ARGS=--state '.a"}, exitInvalid, "::error title=settle::args: a quote is not closed: --state '.a%0Ahint: args: --state .status --succeeded 'done,all done'\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := runStep(t, "wait.sh", append([]string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")}, tt.env...)...)
			if s.code != tt.code || s.said != tt.said {
				t.Errorf("exit code %d, want %d; said\n%s\nwant\n%s", s.code, tt.code, s.said, tt.said)
			}
			if refused := tt.code == exitInvalid; refused != (s.output == "outcome=invalid\nexit_code=2") {
				t.Errorf("output %q", s.output)
			}
		})
	}
}

// Inputs reach a script by the environment alone, each under a name that the script knows.
func TestActionInputs(t *testing.T) {
	var action struct {
		Inputs, Outputs map[string]any
		Runs            struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	used := map[string]bool{}
	for _, s := range action.Runs.Steps {
		name := regexp.MustCompile(`^exec "\$BASH" "\$GITHUB_ACTION_PATH/\.github/action/([a-z]+\.sh)"$`).FindStringSubmatch(s.Run)
		if name == nil {
			t.Fatalf("run: %s", s.Run)
		}
		script, err := os.ReadFile("../../.github/action/" + name[1])
		if err != nil {
			t.Fatal(err)
		}
		for variable, value := range s.Env {
			if !strings.Contains(string(script), variable) {
				t.Errorf("%s does not read %s", name[1], variable)
			}
			if input := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`).FindStringSubmatch(value); input != nil {
				used[input[1]] = true
			}
		}
		for _, variable := range regexp.MustCompile(`\b(INPUT|ACTION)_[A-Z_]+`).FindAllString(string(script), -1) {
			if s.Env[variable] == "" {
				t.Errorf("%s reads %s, which action.yml does not set", name[1], variable)
			}
		}
	}
	for input := range action.Inputs {
		if !used[input] {
			t.Errorf("input %s goes nowhere", input)
		}
	}
}
