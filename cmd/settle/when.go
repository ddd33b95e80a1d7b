package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/spf13/pflag"
)

// The limit in errors that holds until the first good answer, unless --errors says otherwise: an address that never
// worked is a mistake.
const firstErrors = 5

// whenFlags are "When and how long": one flag for each field of a Policy, and --policy for several at once.
type whenFlags struct {
	set *pflag.FlagSet
}

func addWhenFlags(fs *pflag.FlagSet) whenFlags {
	w := whenFlags{pflag.NewFlagSet("when", pflag.ContinueOnError)}
	w.set.Duration("every", 0, "pause after the first check (default 2s); alone it is a fixed pause")
	w.set.Duration("max", 0, "pauses grow up to this (default 15s; with --every and --factor 8 times --every, where that is more)")
	w.set.Float64("factor", 0, "each pause is this many times the one before; 0: every, 2 every, 3 every…")
	w.set.Float64("jitter", 0, "spread each pause over ± this part of itself, 0 to 1")
	w.set.Int("checks", 0, "give up after this many checks; alone it lifts the default timeout")
	w.set.Duration("timeout", 0, "give up after this long (default 30m)")
	w.set.Duration("attempt", 0, "one check may take this long, then it has failed (default 30s)")
	w.set.Int("errors", 0, "failed checks in a row to put up with (default 25, but 4 before the first good answer); -1: any number")
	w.set.Duration("missing", 0, "a task that was never yet seen may be not found for this long")
	w.set.Duration("grace", 0, "a failed or canceled answer counts once it has lasted this long")
	w.set.Int("stable", 0, "so many succeeded answers in a row make a success")
	w.set.String("policy", "", "when and how long in one `TEXT`, such as \"every=5s max=30s timeout=10m\"; a flag of its own wins over it")
	fs.AddFlagSet(w.set)
	return w
}

// policy is what holds: flags over --policy over the policies further away, the nearest first, over the defaults, less
// what a nearer source contradicts. patient says that the limit in errors was given by the user, and so counts before the
// first good answer too.
func (w whenFlags) policy(further ...string) (p settle.Policy, patient bool, err error) {
	given, problem := policyWords(w.set.Lookup("policy").Value.String())
	if !problem.empty() {
		return p, false, usage("--policy", problem, asIs(policyExample))
	}
	w.set.VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "policy" {
			given[f.Name] = f.Value.String()
		}
	})
	patient = has(given, "errors")
	p, err = settle.ParsePolicy(httptask.MergePolicies(append([]string{joinWords(given)}, further...)...))
	if err != nil {
		return p, false, w.refused(err)
	}
	if p.Checks == 0 && p.Timeout == 0 {
		return p, false, usage("--timeout", said("nothing would ever end this wait"), said("give it --timeout 30m or --checks 10"))
	}
	return p, patient, nil
}

// given reports whether the user has said one of the fields.
func (w whenFlags) given(fields ...string) bool {
	words, _ := policyWords(w.set.Lookup("policy").Value.String()) // policy has refused what is wrong with it
	return slices.ContainsFunc(fields, func(field string) bool { return w.set.Changed(field) || has(words, field) })
}

func has(words map[string]string, key string) bool { _, ok := words[key]; return ok }

// refused names the flag that a policy was refused for: the field's own where that was given.
func (w whenFlags) refused(err error) error {
	var policy *settle.PolicyError
	if !errors.As(err, &policy) {
		return err
	}
	name := strings.ToLower(policy.Field)
	hint := asIs(policyExample)
	if every := w.set.Lookup("every"); name == "max" && every.Changed && w.set.Changed("max") && strings.Contains(policy.Problem, "Every") {
		return usage("--max", said("%s %s", policy.Value, byOthers(policy.Problem)), asIs("--max "+every.Value.String()))
	}
	if f := w.set.Lookup(name); f != nil && f.Changed {
		return usage("--"+name, said("%s %s", policy.Value, byOthers(policy.Problem)), said("--%s %s", name, sample(f)))
	} else if meant := near(name, flagNames(w.set)); f == nil && meant != "" {
		hint = didYouMean(meant)
	}
	return usage("--policy", said("%s %s", strings.TrimSpace(name+" "+policy.Value), byOthers(policy.Problem)), hint)
}

const policyExample = `--policy "every=5s max=30s checks=10 timeout=10m"`

// policyWords takes the text of a policy apart; the problem is empty where there is none.
func policyWords(text string) (words map[string]string, problem phrase) {
	words = map[string]string{}
	for word := range strings.FieldsSeq(text) {
		key, value, found := strings.Cut(word, "=")
		switch {
		case !found:
			return nil, said("%s is not key=value", quoted(word))
		case has(words, key):
			return nil, said("%s is given a second time", key)
		}
		words[key] = value
	}
	return words, phrase{}
}

func joinWords(words map[string]string) string {
	var text []string
	for _, key := range slices.Sorted(maps.Keys(words)) {
		text = append(text, key+"="+words[key])
	}
	return strings.Join(text, " ")
}
