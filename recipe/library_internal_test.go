package recipe

import "testing"

// What is read of a built-in recipe before it is needed is what it says.
func TestHeading(t *testing.T) {
	for _, b := range shelf() {
		if r := b.recipe(); b.name != r.Name || b.isDefault != r.Default {
			t.Errorf("%s: got the name %q, default %v, want %q, %v", r.File, b.name, b.isDefault, r.Name, r.Default)
		}
	}
}
