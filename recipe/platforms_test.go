package recipe_test

import (
	goflag "flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/recipe"
)

var update = goflag.Bool("update", false, "write the files that tests compare with")

const platformsFile = "../docs/platforms.md"

const platformsHead = `# Platforms

The recipes that are built in: ` + "`settle recipe show NAME`" + ` tells of each what it needs, what its states mean and what it can start.
"Proven" is what a recipe has run against, and no more: a server, a simulator that somebody else wrote, or only the answers that
the platform's documentation gives. Written by ` + "`go test ./recipe -run TestPlatformsPage -update`" + `.

| recipe | what is waited for | starts | cancels | many at once | proven against |
|---|---|---|---|---|---|
`

// The page says what the recipes say.
func TestPlatformsPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(platformsHead)
	for _, r := range recipe.Library() {
		name := "`" + r.Name + "`"
		if r.Default {
			name += " (`" + r.Vendor() + "`)"
		}
		var starts, proof []string
		for _, a := range r.Actions {
			starts = append(starts, "`"+a.Name+"`")
		}
		for _, p := range r.Proof {
			proof = append(proof, p.By+": "+p.What)
		}
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s | %s |\n", name, inCell(r.Title), strings.Join(starts, " "),
			yes(r.Cancel != nil), yes(r.Batch != nil), inCell(strings.Join(proof, "; ")))
	}
	if *update {
		if err := os.WriteFile(platformsFile, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(platformsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(got)); diff != "" {
		t.Errorf("docs/platforms.md is not what the recipes say (-want +got); go test ./recipe -run TestPlatformsPage -update\n%s", diff)
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
