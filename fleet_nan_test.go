package settle_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/settle-go/settle"
)

// A key that is not equal to itself could never be found again, and its wait would never be over.
func TestFleet_AKeyNotEqualToItself(t *testing.T) {
	f := settle.Fleet[float64, int]{Policy: settle.Policy{Checks: 1}, Check: func(context.Context, float64) (int, settle.Status, error) {
		return 1, settle.When(true), nil
	}}
	results := 0
	for key, result := range f.Each(t.Context(), slices.Values([]float64{1, math.NaN()})) {
		results++
		if refused := result.Err != nil; refused != math.IsNaN(key) {
			t.Errorf("%v: %v", key, result.Err)
		}
	}
	if results != 2 {
		t.Errorf("%d results, want 2", results)
	}
}
