package recipe_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
)

const docsPage = "../docs/recipes.md"

// A docsBlock is YAML of the page. A fragment is some of a recipe's keys; what is not one is a whole recipe.
type docsBlock struct {
	text     string
	line     int
	fragment bool
}

var fencedYAML = regexp.MustCompile("(?ms)^( *)```yaml( fragment)?\n(.*?)^ *```")

func docsBlocks(t *testing.T, page string) []docsBlock {
	t.Helper()
	var blocks []docsBlock
	for _, at := range fencedYAML.FindAllStringSubmatchIndex(page, -1) {
		indent := page[at[2]:at[3]]
		text := strings.ReplaceAll("\n"+page[at[6]:at[7]], "\n"+indent, "\n")[1:]
		blocks = append(blocks, docsBlock{text, 1 + strings.Count(page[:at[0]], "\n"), at[4] >= 0})
	}
	if got, want := len(blocks), strings.Count(page, "```yaml"); got != want {
		t.Errorf("read %d blocks of %d", got, want)
	}
	return blocks
}

func readDocs(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What the page shows can be used as it stands.
func TestDocsParse(t *testing.T) {
	for _, block := range docsBlocks(t, readDocs(t, docsPage)) {
		text := block.text
		if block.fragment {
			text = withFragment(text)
		}
		if _, err := recipe.Parse("block", []byte(text)); err != nil {
			t.Errorf("%s:%d: %v\n%s", docsPage, block.line, err, text)
		}
	}
}

// The worked examples are shown as they are in their files, and the files parse.
func TestDocsShowTheirFiles(t *testing.T) {
	page := readDocs(t, docsPage)
	files, err := filepath.Glob("../docs/recipes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no worked example")
	}
	for _, file := range files {
		text := readDocs(t, file)
		r, err := recipe.Parse(file, []byte(text))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if got, want := filepath.Base(file), strings.ReplaceAll(r.Name, "/", "-")+".yaml"; got != want {
			t.Errorf("%s is in %s, want %s", r.Name, got, want)
		}
		if !strings.Contains(page, "\n```yaml\n"+text+"```\n") {
			t.Errorf("%s does not show %s", docsPage, file)
		}
	}
}

// No key of the format is left out of the reference.
func TestDocsNameEveryKey(t *testing.T) {
	_, rest, _ := strings.Cut(readDocs(t, docsPage), "\n## Every key\n")
	reference, _, found := strings.Cut(rest, "\n## ")
	if !found {
		t.Fatal("the page has no reference")
	}
	keys := map[string]bool{}
	var schema map[string]any
	if err := json.Unmarshal(recipe.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	schemaKeys(schema, keys)
	if !keys["idempotency"] || !keys["name"] {
		t.Fatalf("not the format's keys: %v", keys)
	}
	for key := range keys {
		if !regexp.MustCompile(`\b` + key + `:`).MatchString(reference) {
			t.Errorf("the reference does not name %s:", key)
		}
	}
}

// schemaKeys adds the names of all properties in a JSON Schema to keys.
func schemaKeys(v any, keys map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if properties, is := v["properties"].(map[string]any); is {
			for key := range properties {
				keys[key] = true
			}
		}
		for _, part := range v {
			schemaKeys(part, keys)
		}
	case []any:
		for _, part := range v {
			schemaKeys(part, keys)
		}
	}
}

var topKey = regexp.MustCompile(`(?m)^[a-z]+:`)

// withFragment is a small recipe in which the fragment's keys stand in place of its own. Its target has the fields that are
// used.
func withFragment(fragment string) string {
	const small = `name: acme/jobs
title: Jobs
docs: the wiki
proof: {mock: the wiki}
status: {request: {get: "{url}/{id}"}, state: .state, pending: run, succeeded: done, failed: error}
`
	text := fragment
	for line := range strings.Lines(small) {
		text += without(fragment, topKey.FindString(line), line)
	}
	var fields []string
	for _, name := range []string{"url", "token", "user", "password", "access_key", "secret_key"} {
		if regexp.MustCompile(`\{` + name + `\}|\$` + name + `\b`).MatchString(text) {
			fields = append(fields, name+": {}")
		}
	}
	return text + without(fragment, "target:", "target: {"+strings.Join(fields, ", ")+"}\n")
}

// without is line, or nothing where the fragment has its key.
func without(fragment, key, line string) string {
	if strings.Contains("\n"+fragment, "\n"+key) {
		return ""
	}
	return line
}
