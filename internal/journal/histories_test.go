package journal_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
)

var policy = settle.Policy{Every: time.Second, Checks: 100}

func TestHistoriesAreKept(t *testing.T) {
	folder := t.TempDir()
	h := journal.OpenHistories(folder)
	known := h.Load("smartx/cloudtower tower")
	if known.Len() != 0 {
		t.Fatalf("got %d durations of nothing", known.Len())
	}
	known.Add(policy, time.Minute, time.Minute)
	if err := h.Learn("smartx/cloudtower tower", known); err != nil {
		t.Fatal(err)
	}
	if got := journal.OpenHistories(folder).Load("smartx/cloudtower tower").Len(); got != 1 {
		t.Errorf("got %d durations, want 1", got)
	}
	for _, kind := range []string{"../../etc/passwd", "..", "任务"} {
		if err := h.Learn(kind, known); err != nil {
			t.Fatal(err)
		}
	}
	kinds, err := h.Kinds()
	if want := []string{"..", "../../etc/passwd", "smartx/cloudtower tower", "任务"}; err != nil || !slices.Equal(kinds, want) {
		t.Errorf("got %q, %v, want %q", kinds, err, want)
	}
}

func TestWhatTwoHaveLearnedStays(t *testing.T) {
	h := journal.OpenHistories(t.TempDir())
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			known := h.Load("kind")
			known.Add(policy, time.Duration(n+1)*time.Minute, time.Duration(n+1)*time.Minute)
			if err := h.Learn("kind", known); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := h.Load("kind").Len(); got != 20 {
		t.Errorf("got %d durations, want 20", got)
	}
}

func TestAHistoryThatCannotBeReadIsLearnedAnew(t *testing.T) {
	folder := t.TempDir()
	h := journal.OpenHistories(folder)
	if err := h.Learn("kind", new(settle.History)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "history", "kind.json"), []byte(`{"schema":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := h.Load("kind").Len(); got != 0 {
		t.Errorf("got %d durations", got)
	}
}

func TestForget(t *testing.T) {
	h := journal.OpenHistories(t.TempDir())
	if err := h.Forget("never/known"); err != nil {
		t.Error(err)
	}
	known := h.Load("kind")
	known.Add(policy, time.Minute, time.Minute)
	for _, kind := range []string{"kind", "other"} {
		if err := h.Learn(kind, known); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Forget("kind"); err != nil {
		t.Fatal(err)
	}
	kinds, err := h.Kinds()
	if err != nil || !slices.Equal(kinds, []string{"other"}) || h.Load("kind").Len() != 0 {
		t.Errorf("got %q, %v, and %d durations", kinds, err, h.Load("kind").Len())
	}
}
