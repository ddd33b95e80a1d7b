package target

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Validate reports what is wrong with t as a target of the recipe: a field that the recipe does not have, one that it
// needs and that is empty, a value that cannot be meant. The error is a *recipe.Error whose place is named as in a file
// of targets. No file is read and no request made.
func (t Target) Validate(r *recipe.Recipe) error {
	if t.Recipe != "" && t.Recipe != r.Name && t.Recipe != r.Vendor() {
		return &recipe.Error{Place: "recipe", Problem: fmt.Sprintf("the target is of %s, not of %s", quote(t.Recipe), r.Name), Hint: "open it with the recipe that it names"}
	}
	if err := t.refuseFields(r); err != nil {
		return err
	}
	if err := t.refuseMissing(r, "the target"); err != nil {
		err.Hint = "fill URL, Values and Secrets"
		return err
	}
	return t.refuseSettings()
}

func (t Target) refuseFields(r *recipe.Recipe) error {
	for _, part := range []struct {
		values map[string]string
		secret bool
	}{{t.Values, false}, {t.Secrets, true}} {
		for _, name := range slices.Sorted(maps.Keys(part.values)) {
			f := r.Field(name)
			switch {
			case f == nil:
				return unknownField(r, name, nil)
			case name == urlField:
				return &recipe.Error{Place: name, Problem: "stands among the other fields", Hint: "put it into URL"}
			case isTLSField(name):
				return &recipe.Error{Place: name, Problem: "stands among the other fields", Hint: "put it into TLS"}
			case f.Secret && !part.secret:
				return &recipe.Error{Place: name, Problem: "is a secret, and stands in Values", Hint: "put it into Secrets"}
			case !f.Secret && part.secret:
				return &recipe.Error{Place: name, Problem: "is not a secret, and stands in Secrets", Hint: "put it into Values"}
			}
			if err := refuseValue(f, part.values[name]); err != nil {
				return err
			}
		}
	}
	f := r.Field(urlField)
	if t.URL != "" && f == nil {
		return unknownField(r, urlField, nil)
	}
	if f != nil {
		return refuseValue(f, t.URL)
	}
	return nil
}

// refuseValue lets "" pass.
func refuseValue(f *recipe.Field, value string) error {
	switch {
	case value == "":
		return nil
	case len(f.Choices) > 0 && !slices.Contains(f.Choices, value):
		refused := &recipe.Error{Place: f.Name, Problem: "is none of " + strings.Join(f.Choices, ", "), Hint: f.Name + ": " + f.Choices[0]}
		if !f.Secret {
			refused.Problem = quote(value) + " " + refused.Problem
		}
		return refused
	case isAddress(f.Name):
		return refuseAddress(f.Name, value)
	}
	return nil
}

// unknownField says which key may have been meant; more are those that are allowed beside the recipe's fields.
func unknownField(r *recipe.Recipe, name string, more []string) *recipe.Error {
	var names []string
	for _, f := range r.Fields {
		names = append(names, f.Name)
	}
	refused := &recipe.Error{
		Place:   name,
		Problem: fmt.Sprintf("%s has no field %s", r.Name, quote(name)),
		Hint:    "its fields are " + strings.Join(names, ", "),
	}
	if len(names) == 0 {
		refused.Hint = "it has no fields"
	}
	if near := recipe.Nearest(name, append(names, more...)); near != "" {
		refused.Hint = "did you mean " + near + "?"
	}
	return refused
}

// refuseSettings looks at what no recipe has to be known for.
func (t Target) refuseSettings() error {
	if err := t.TLS.refuse(); err != nil {
		return err
	}
	if t.Rate < 0 || math.IsNaN(t.Rate) || math.IsInf(t.Rate, 0) {
		return &recipe.Error{Place: "rate", Problem: fmt.Sprintf("%v is not a number of requests a second", t.Rate), Hint: "rate: 5"}
	}
	if t.Workers < 0 {
		return &recipe.Error{Place: "workers", Problem: fmt.Sprintf("%d is not a number of requests", t.Workers), Hint: "8"}
	}
	if t.MaxBody < 0 {
		return &recipe.Error{Place: "max_body", Problem: fmt.Sprintf("%d is not a number of bytes", t.MaxBody), Hint: "max_body: 32MiB"}
	}
	if err := refuseProxy(t.Proxy); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(t.Headers)) {
		if !headerName.MatchString(name) || strings.ContainsFunc(t.Headers[name], isControl) {
			return &recipe.Error{Place: "headers." + name, Problem: "is not a header: a name of letters and digits, and a value on one line", Hint: "headers: {X-Team: storage}"}
		}
	}
	for i, host := range t.Hosts {
		if !isHost(host) {
			return &recipe.Error{Place: "hosts", Problem: fmt.Sprintf("number %d, %s, is neither a host nor an origin", i+1, quote(host)), Hint: "hosts: [files.lab, files.lab:8443, https://files.lab]"}
		}
	}
	if _, err := settle.ParsePolicy(t.Policy); err != nil {
		return &recipe.Error{Place: "policy", Problem: err.Error(), Hint: "policy: every=5s max=30s timeout=30m"}
	}
	return nil
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// refusedBy returns the *recipe.Error in err, nil where there is none.
func refusedBy(err error) *recipe.Error {
	refused, _ := errors.AsType[*recipe.Error](err)
	return refused
}
