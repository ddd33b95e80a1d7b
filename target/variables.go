package target

import "github.com/settle-go/settle/recipe"

// Variables returns the environment variables that may hold the field; the first that is set counts.
func Variables(field *recipe.Field) []string { return variables(field) }
