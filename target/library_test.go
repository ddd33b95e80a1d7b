package target_test

import (
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// Each built-in recipe's target can be described by the environment alone, and what is missing there is said with names
// that fill it.
func TestFromEnvironmentOfEveryRecipe(t *testing.T) {
	for _, r := range recipe.Library() {
		t.Run(r.Name, func(t *testing.T) {
			var set []string
			for _, f := range r.Fields {
				value := f.Example
				switch {
				case len(f.Choices) > 0:
					value = f.Choices[0]
				case f.Name == "insecure" || f.Name == "ca_file" || f.Name == "fingerprint":
					continue
				case value == "":
					value = "https://h.lab"
				}
				for _, name := range f.Env {
					set = append(set, name+"="+value)
				}
				set = append(set, "SETTLE_"+strings.ToUpper(f.Name)+"="+value)
			}
			full, err := target.FromEnvironment(t.Context(), r, environment(set...))
			if err != nil {
				if missing := refused(t, err); r.Field(missing.Place) == nil || len(r.Field(missing.Place).Env) > 0 {
					t.Fatal(err)
				}
				return // a field that only a file of targets can say
			}
			if err := full.Validate(r); err != nil {
				t.Error(err)
			}
			if _, err := target.FromEnvironment(t.Context(), r, environment()); err != nil {
				refused(t, err, "the environment lacks ", "settle target add NAME "+r.Name)
			}
		})
	}
}
