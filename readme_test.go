package settle_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// The Go code of both READMEs is compiled: each paragraph of it stands in an example, indentation aside.
func TestReadmeIsCompiled(t *testing.T) {
	var examples string
	for _, pattern := range []string{"example*_test.go", "httptask/example*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			examples += "\n" + unindented(t, file)
		}
	}
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		blocks := goBlock.FindAllStringSubmatch(string(text), -1)
		if len(blocks) == 0 {
			t.Errorf("%s has no Go code", readme)
		}
		for _, block := range blocks {
			for paragraph := range strings.SplitSeq(strings.TrimSpace(block[1]), "\n\n") {
				if !strings.Contains(examples, "\n"+flat(paragraph)+"\n") {
					t.Errorf("%s: no example has\n%s", readme, paragraph)
				}
			}
		}
	}
}

// What is there in English and Chinese says the same: the same commands, code and figures; in tables, the same names.
func TestLanguagesAgree(t *testing.T) {
	const code = "(?s)```(?:go|sh)\n.*?```|\\d+ ns|\\d+ B\\b"
	for _, pair := range []struct{ english, chinese, same string }{
		{"README.md", "README.zh-CN.md", code},
		{"docs/scripts.md", "docs/scripts.zh-CN.md", code + "|```(?:yaml|groovy)\n.*?```|`[a-z_-]+`|`SETTLE_[A-Z_]+`"},
	} {
		parts := func(file string) string {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(regexp.MustCompile(pair.same).FindAllString(string(text), -1), "\n")
		}
		if got, want := parts(pair.chinese), parts(pair.english); got != want {
			t.Errorf("%s has\n%s\n%s has\n%s", pair.chinese, got, pair.english, want)
		}
	}
}

func unindented(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return flat(string(text))
}

// flat is text without the white space that lines begin with.
func flat(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}
