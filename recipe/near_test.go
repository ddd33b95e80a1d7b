package recipe_test

import (
	"testing"

	"github.com/settle-go/settle/recipe"
)

func TestNearest(t *testing.T) {
	commands := []string{"wait", "check", "submit", "resume", "target"}
	for _, tt := range []struct{ typed, want string }{
		{"wait", "wait"},
		{"wiat", "wait"},   // the slip of fingers that is made most often
		{"chekc", "check"}, // is one slip, not two
		{"targets", "target"},
		{"Re-sume", "resume"},
		{"submti", "submit"},
		{"delete", ""},
		{"", ""},
	} {
		if got := recipe.Nearest(tt.typed, commands); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// What a Card says without reading the recipe is what the recipe says.
func TestCards(t *testing.T) {
	cards := recipe.Cards()
	for i, r := range recipe.Library() {
		want := recipe.Card{Name: r.Name, Title: r.Title, Default: r.Default, Starts: len(r.Actions) > 0}
		if cards[i] != want {
			t.Errorf("got %+v, want %+v", cards[i], want)
		}
	}
}
