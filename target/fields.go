package target

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// The names that fields of all recipes have, where they have them.
const (
	urlField  = "url"
	userField = "user"
	password  = "password"
)

var (
	// For these any recipe's target may be filled by SETTLE_URL and so on.
	sharedFields = []string{urlField, userField, password, "token"}
	tlsFields    = []string{"fingerprint", "ca_file", "insecure"} // the strictest first
)

func isTLSField(name string) bool { return slices.Contains(tlsFields, name) }

// Target makes of the entry what the recipe needs. Each of the recipe's fields is what the entry says of it, by itself,
// by a command (which is run, for at most 30 seconds), by a file or by an environment variable; else the first of the
// field's own environment variables that is set; else, for url, user, password and token, SETTLE_URL and so on; else its
// default. A user and a password in an address count where those fields are not said as near. The error is a
// *recipe.Error: a key that the recipe does not know, a value that cannot be had or meant, or what is missing; or it is
// the cause of the context's end.
func (e *Entry) Target(ctx context.Context, r *recipe.Recipe, getenv func(string) string) (Target, error) {
	if err := e.refuseContents(); err != nil {
		return Target{}, err
	}
	if err := e.refuseKeys(r); err != nil {
		return Target{}, err
	}
	f := filling{entry: e, recipe: r, getenv: getenv, folder: e.folder(getenv), target: e.settings()}
	f.target.Recipe = r.Name
	if err := f.fill(ctx); err != nil {
		return Target{}, err
	}
	if err := f.refuseMissing(); err != nil {
		return Target{}, err
	}
	if err := f.target.Validate(r); err != nil {
		return Target{}, e.locateAny(err)
	}
	return f.target, nil
}

// FromEnvironment returns the target that the environment and the recipe's defaults describe, as Entry.Target does of an
// entry that says nothing.
func FromEnvironment(ctx context.Context, r *recipe.Recipe, getenv func(string) string) (Target, error) {
	return new(Entry).Target(ctx, r, getenv)
}

// refuseKeys looks at the keys that only the recipe knows.
func (e *Entry) refuseKeys(r *recipe.Recipe) error {
	more := slices.Clone(commonKeys)
	for _, field := range r.Fields {
		for _, suffix := range []string{commandSuffix, fileSuffix, envSuffix} {
			more = append(more, field.Name+suffix)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Fields)) {
		field := fieldOf(r, key)
		if field == nil {
			return e.locate(unknownKey(r, key, more))
		}
		if field.Secret && field.Name == key && e.at.wide {
			return e.tooWide(key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Commands)) {
		if fieldOf(r, key) == nil {
			return e.locate(unknownKey(r, key, more))
		}
	}
	return nil
}

func unknownKey(r *recipe.Recipe, key string, more []string) *recipe.Error {
	refused := unknownField(r, key, more)
	if slices.Contains(tlsKeys, key) {
		refused.Hint = "tls: {" + key + ": …}"
	}
	return refused
}

// fieldOf returns the field that a key is about, nil where the recipe has none. A field's own name comes before what
// another's would be with a suffix.
func fieldOf(r *recipe.Recipe, key string) *recipe.Field {
	if field := r.Field(key); field != nil {
		return field
	}
	for _, suffix := range []string{commandSuffix, fileSuffix, envSuffix} {
		if name, found := strings.CutSuffix(key, suffix); found {
			return r.Field(name)
		}
	}
	return nil
}
