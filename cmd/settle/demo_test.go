package main

import (
	"testing"

	"github.com/settle-go/settle/target"
)

// A demo that ends removes its own target: not one that another demo, or a person, has put there since, and without a word
// where there is none.
func TestLeaveTarget(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	const ours, other = "http://127.0.0.1:1", "http://127.0.0.1:2"
	if err := leaveTarget(ours); err != nil {
		t.Errorf("without a target: %v", err)
	}
	for _, row := range []struct {
		url  string
		left bool
	}{{other, true}, {ours, false}} {
		targets, _, err := loadTargets()
		if err != nil {
			t.Fatal(err)
		}
		_ = targets.Remove(demoTarget)
		if err := targets.Add(&target.Entry{Name: demoTarget, Recipe: "easyops/tool", Fields: map[string]string{"url": row.url}}); err != nil {
			t.Fatal(err)
		}
		if err := leaveTarget(ours); err != nil {
			t.Errorf("%s: %v", row.url, err)
		}
		targets, _, err = loadTargets()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := targets.Entry(demoTarget); (err == nil) != row.left {
			t.Errorf("%s: got %v, want it left: %v", row.url, err, row.left)
		}
	}
}
