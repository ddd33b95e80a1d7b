package main

import (
	"io"
	"testing"

	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/target"
)

// The --rate that a handle was begun with is not that of a target which is named beside it.
func TestBoundsOfAHandle(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	targets, _, err := loadTargets()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two"} {
		fields := map[string]string{"url": "https://" + name + ".lab", "token": name}
		if err := targets.Add(&target.Entry{Name: name, Recipe: "easyops/tool", Fields: fields}); err != nil {
			t.Fatal(err)
		}
	}
	a := &app{stderr: io.Discard, secrets: new(target.Secrets), opened: map[string]*installed{}, settings: new(settings)}
	cmd, f := a.newWaitCommand()
	cmd.SetContext(t.Context())
	handle, err := a.reopen(cmd, &journal.Entry{Handle: "0a4b", Phase: journal.Stopped, Task: "one/1", Flags: []string{"--rate=2"}})
	if err != nil {
		t.Fatal(err)
	}
	beside, err := a.recipeTask(cmd, "two/1", f.ask)
	if err != nil {
		t.Fatal(err)
	}
	if handle.at.at.Rate != 2 || beside.at.at.Rate != 0 {
		t.Errorf("got %v and %v, want 2 and none", handle.at.at.Rate, beside.at.at.Rate)
	}
}
