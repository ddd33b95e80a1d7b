package httptask

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

// DefaultPolicy is the policy of a wait about which neither caller, target nor recipe says anything.
const DefaultPolicy = "every=2s max=15s attempt=30s timeout=30m errors=25"

// Pauses that were told to grow, but not how far, grow so many times.
const growth = 8

// MergePolicies joins policies in text form, the nearest first, down to DefaultPolicy. What a nearer one says is not taken
// from one further away, nor is what it contradicts there: every alone is a fixed pause, so that no other's max and factor
// hold; checks alone lifts a timeout; a max below the other's every is also the pause. A word that is no key=value is kept
// for settle.ParsePolicy to refuse.
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
	every, hasEvery := durationOf(near, "every")
	most, hasMax := durationOf(near, "max")
	_, hasFactor := near["factor"]
	switch farEvery, _ := durationOf(far, "every"); {
	case hasEvery && hasFactor && !hasMax:
		farMax, _ := durationOf(far, "max")
		words["max"] = "max=" + max(farMax, every, growth*every).String()
	case hasEvery:
		delete(words, "max")
		delete(words, "factor")
	case hasMax && most < farEvery:
		words["every"] = "every=" + most.String()
	}
	if near["checks"] != "" {
		delete(words, "timeout")
	}
	maps.Copy(words, near)
	return words
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
func (t *Tasks) PolicyTexts() []string {
	recipe := t.recipe.Policy
	if before := t.recipe.Status.Missing.Before; before > 0 && policyWords(recipe)["missing"] == "" {
		recipe = strings.TrimSpace(recipe + " missing=" + before.String())
	}
	return []string{t.target.Policy, recipe}
}
