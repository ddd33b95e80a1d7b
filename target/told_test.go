package target_test

import (
	"testing"

	"github.com/settle-go/settle/target"
)

func TestTell(t *testing.T) {
	var s, other target.Secrets
	s.Add("before-it")
	s.Tell(&other)
	s.Add("after-it")
	other.Add("its-own")
	if got, want := other.Mask("before-it after-it its-own"), "*** *** ***"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := s.Mask("its-own"), "its-own"; got != want {
		t.Errorf("told back: got %q, want %q", got, want)
	}
}
