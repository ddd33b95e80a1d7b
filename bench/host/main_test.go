package host

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain_Flags(t *testing.T) {
	for _, tt := range []struct {
		args, says string
		code       int
	}{
		{"", "", 0},
		{"-n 2 -turn 1s", "", 0},
		{"-n 0", "flags above 0", 2},
		{"-turn -1s", "flags above 0", 2},
		{"more", "takes no arguments", 2},
		{"-n x", "invalid value", 2},
		{"-h", "how many", 0},
		{"-n 3", "measured: three", 1},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var stderr strings.Builder
			code := Main("measured", strings.Fields(tt.args), &stderr, func(f *flag.FlagSet) func() error {
				n := f.Int("n", 1, "how many")
				f.Duration("turn", time.Second, "how long")
				return func() error {
					if *n == 3 {
						return os.ErrInvalid
					}
					return nil
				}
			})
			want := strings.Replace(tt.says, "three", os.ErrInvalid.Error(), 1)
			if code != tt.code || !strings.Contains(stderr.String(), want) {
				t.Errorf("exit code %d, %q; want %d, %q", code, &stderr, tt.code, want)
			}
		})
	}
}

func TestTell(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n<!-- measured -->\nold\n<!-- /measured -->\nbehind\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Tell(&out, page, "| a |\n", Command("./it", []string{"-n", "7"}), "other v1"); err != nil || out.String() != "| a |\n" {
		t.Errorf("got %q, %v", &out, err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if !strings.HasPrefix(got, "before\n<!-- measured -->\n") || !strings.HasSuffix(got, ".\n\n| a |\n<!-- /measured -->\nbehind\n") ||
		!strings.Contains(got, ", other v1, `cd bench && go run ./it -n 7`, ") || strings.Contains(got, "old") {
		t.Errorf("the page is\n%s", got)
	}
	if err := Tell(&out, "", "more", ""); err != nil || out.String() != "| a |\nmore" {
		t.Errorf("got %q, %v", &out, err)
	}
	if err := os.WriteFile(page, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Tell(&out, page, "", ""); err == nil {
		t.Error("a page without the lines was taken")
	}
}
