package recipe

import (
	"testing"
	"time"
)

// A few steps may take all the time there is.
func TestBudgetReadsTheClockAtEachStep(t *testing.T) {
	b := &budget{Context: t.Context(), left: maxSteps, until: time.Now().Add(-time.Second)}
	select {
	case <-b.Done():
	default:
		t.Error("the time is over, and the first step does not notice")
	}
	if err := b.Err(); err != errBudget {
		t.Errorf("got %v", err)
	}
}
