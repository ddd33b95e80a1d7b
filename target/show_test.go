package target_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/settle-go/settle/target"
)

// However a target is printed, no secret is.
func TestTargetShowsNoSecret(t *testing.T) {
	at := target.Target{
		Name: "tower", Recipe: "smartx/cloudtower", URL: "https://ops:sesame-in-url@tower.lab",
		Secrets: map[string]string{"password": "sesame77"}, Headers: map[string]string{"X-Key": "sesame88"},
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("opened", "target", at)
	for _, shown := range []string{
		fmt.Sprint(at), fmt.Sprintf("%v %+v %#v %s %q", at, at, at, at, at), fmt.Sprintf("%+v", &at), fmt.Sprintf("%v", []target.Target{at}), log.String(),
	} {
		if strings.Contains(shown, "sesame") || !strings.Contains(shown, "tower.lab") {
			t.Errorf("shown as %s", shown)
		}
	}
}

func TestMaskFindsWhatWeWriteOurselves(t *testing.T) {
	const secret = `p@ss"w\o<r>d &é1/+x`
	var s target.Secrets
	s.Add(secret)
	for name, text := range map[string]string{
		"a template's path":    "p%40ss%22w%5Co%3Cr%3Ed%20%26%C3%A91%2F%2Bx",
		"the same in small":    "p%40ss%22w%5co%3cr%3ed%20%26%c3%a91%2f%2bx",
		"XML":                  `p@ss&#34;w\o&lt;r&gt;d &amp;é1/+x`,
		"XML with names":       `p@ss&quot;w\o&lt;r&gt;d &amp;é1/+x`,
		"JSON in JSON":         `p@ss\\\"w\\\\o<r>d &é1/+x`,
		"JSON, slashes too":    `p@ss\"w\\o<r>d &é1\/+x`,
		"hexadecimal":          fmt.Sprintf("%x", secret),
		"percent of a percent": "p%2540ss%2522w%255Co%253Cr%253Ed%2520%2526%25C3%25A91%252F%252Bx",
	} {
		if got := s.Mask("a " + text + " b"); got != "a *** b" {
			t.Errorf("%s: shown as %s", name, got)
		}
	}
}
