package httptask

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// DefaultPolicy is the policy of a wait about which neither caller, target nor recipe says anything.
const DefaultPolicy = "every=2s max=15s attempt=30s timeout=30m errors=25"

// Pauses that were told to grow, but not how far, grow so many times.
const growth = 8

// MergePolicies joins policies in text form, the nearest first, down to DefaultPolicy. What a nearer one says is not taken
// from one further away, nor is what it contradicts there: every alone is a fixed pause, so that no other's max and factor
// hold; factor alone has a fixed pause grow; checks alone lifts a timeout; a max below the other's every is also the pause.
// A word that is no key=value is kept for settle.ParsePolicy to refuse.
func MergePolicies(nearestFirst ...string) string {
	merged := policyWords(DefaultPolicy)
	for _, text := range slices.Backward(nearestFirst) {
		merged = over(policyWords(text), merged)
	}
	var words []string
	for _, key := range slices.Sorted(maps.Keys(merged)) {
		words = append(words, merged[key])
	}
	return strings.Join(words, " ")
}

// policyWords are the words of a policy by their key.
func policyWords(text string) map[string]string {
	words := map[string]string{}
	for word := range strings.FieldsSeq(text) {
		key, _, _ := strings.Cut(word, "=")
		words[key] = word
	}
	return words
}

// over lays near over far.
func over(near, far map[string]string) map[string]string {
	words := maps.Clone(far)
	every, hasEvery := pauseOf(near)
	most, hasMax := durationOf(near, "max")
	_, hasFactor := near["factor"]
	farEvery, _ := pauseOf(far)
	farMax, _ := durationOf(far, "max")
	switch {
	case hasEvery && hasFactor && !hasMax:
		words["max"] = "max=" + max(farMax, every, growth*every).String()
	case hasEvery:
		delete(words, "max")
		delete(words, "factor")
	case hasFactor && !hasMax && farMax == 0: // a fixed pause, which is to grow after all
		words["max"] = "max=" + max(farEvery, growth*farEvery).String()
	case hasMax && most == 0: // pauses stay as they are
		delete(words, "factor")
	case hasMax && most < farEvery:
		words["every"] = "every=" + most.String()
	}
	if _, count, _ := strings.Cut(near["checks"], "="); count != "" && count != "0" {
		delete(words, "timeout")
	}
	maps.Copy(words, near)
	return words
}

// pauseOf is the pause that a policy begins with, where it says so: 0 is a second.
func pauseOf(words map[string]string) (every time.Duration, ok bool) {
	every, ok = durationOf(words, "every")
	return cmp.Or(every, time.Second), ok
}

func durationOf(words map[string]string, key string) (d time.Duration, ok bool) {
	_, value, _ := strings.Cut(words[key], "=")
	d, err := time.ParseDuration(value)
	return d, err == nil
}

// Policy returns when to check these tasks: as the target says, over the recipe, over DefaultPolicy, by MergePolicies.
func (t *Tasks) Policy() settle.Policy { return t.policy }

// PolicyTexts returns what target and recipe say of when to check, the nearest first, for a caller that lays its own over
// them.
func (t *Tasks) PolicyTexts() []string { return []string{t.target.Policy, RecipePolicy(t.recipe)} }

// RecipePolicy returns what a recipe says of when to check, as a text for MergePolicies: its policy, and for how long a
// task may be not found.
func RecipePolicy(r *recipe.Recipe) string {
	if before := r.Status.Missing.Before; before > 0 && policyWords(r.Policy)["missing"] == "" {
		return strings.TrimSpace(r.Policy + " missing=" + before.String())
	}
	return r.Policy
}
