//go:build unix

package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A killed command's child in a group of its own, which is not killed, cannot hold up the wait.
func TestAKilledCommandHoldsNobodyUp(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		leaveOut(t, err)
	}
	t.Parallel()
	best := time.Hour
	for range 3 { // the machine may be busy
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		began := time.Now()
		_, err := commandCheck{argv: []string{"sh", "-c", "setsid sleep 5 & sleep 1000"}}.answer(ctx)
		best = min(best, time.Since(began))
		cancel()
		if err == nil || !strings.HasPrefix(err.Error(), "timed out after ") {
			t.Errorf("got %v", err)
		}
	}
	if best > time.Second {
		t.Errorf("it took %v, with 100ms to run", best)
	}
}
