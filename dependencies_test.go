package settle_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/settle-go/settle"

// What each package may import: packages of this module, and modules of others. The arrows go one way, from the command
// down to the library, which needs the standard library alone.
var mayImport = map[string][]string{
	"":                    {},
	"recipe":              {"", "github.com/itchyny/gojq", "go.yaml.in/yaml/v3"},
	"target":              {"", "recipe", "go.yaml.in/yaml/v3", "github.com/rogpeppe/go-internal"},
	"httptask":            {"", "recipe", "target", "golang.org/x/time/rate", "github.com/itchyny/gojq"},
	"internal/term":       {"", "golang.org/x/term", "golang.org/x/sys", "github.com/mattn/go-runewidth"},
	"internal/demo":       {},
	"internal/journal":    {"", "github.com/rogpeppe/go-internal", "golang.org/x/sys"},
	"internal/lxdtest":    {},
	"internal/slurmtest":  {},
	"internal/vendortest": {},
	"cmd/settle":          {"", "recipe", "target", "httptask", "internal/term", "internal/demo", "internal/journal", "internal/journal", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/sys", "go.yaml.in/yaml/v3"},
}

func TestDependencies(t *testing.T) {
	for _, line := range goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(strings.TrimPrefix(words[0], module), "/")
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: say in mayImport what it may import", words[0])
			continue
		}
		for _, imported := range words[1:] {
			if isStandard(imported) {
				continue
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return covers(a, imported) }) {
				t.Errorf("%s imports %s", words[0], imported)
			}
		}
	}
}

// A user of the library gets the standard library alone.
func TestDependenciesOfTheLibrary(t *testing.T) {
	for _, dep := range goList(t, "-deps", ".") {
		if dep != module && !isStandard(dep) {
			t.Errorf("the library depends on %s", dep)
		}
	}
}

// covers reports whether allowed, a package of this module or a module of others, has the imported package.
func covers(allowed, imported string) bool {
	if strings.Contains(allowed, ".") {
		return imported == allowed || strings.HasPrefix(imported, allowed+"/")
	}
	return imported == strings.TrimSuffix(module+"/"+allowed, "/")
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
