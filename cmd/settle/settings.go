package main

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settings are what SETTLE_* and config.yaml say, between the flags and what a target says. They do not change.
type settings struct {
	sources []source // the nearest first
	typos   []typo
}

// A source is one place that settings come from: the environment, or config.yaml.
type source struct {
	values map[string]setting // by key
	line   func(key, value string) string
}

// A setting is what a source says under a key.
type setting struct {
	value string // a truth as "true" or "false"
	at    whence
}

// An whence is where a setting stands: in a variable, or in a file.
type whence struct {
	variable     string
	file         string
	line, column int
}

func (o whence) refuse(key string, problem, hint phrase) error {
	if o.variable != "" {
		return usage(o.variable, problem, hint)
	}
	return refuse(recipe.Error{File: o.file, Line: o.line, Column: o.column, Place: key}, asIs(key), problem, hint)
}

// loadSettings reads SETTLE_* and config.yaml in the settings folder; neither need be there. The error is all that is
// wrong with them, each a *recipe.Error with its place and a hint; what is right comes back beside it, so that the error
// can be told in the form that they ask for.
func (a *app) loadSettings() (*settings, error) {
	env, typos, faults := environment(os.Environ(), os.Getenv)
	s := &settings{sources: []source{env}, typos: typos}
	folder, err := target.Folder(os.Getenv)
	if err != nil {
		return s, errors.Join(faults...) // nobody says where a file would be: there is none
	}
	file, more, err := readSettings(folder)
	if err != nil {
		return s, errors.Join(append(faults, err)...)
	}
	s.sources = append(s.sources, file)
	return s, errors.Join(append(faults, more...)...)
}

// settled fills the flags of cmd that were not given with the settings, and warns of variables whose name is misspelt.
func (a *app) settled(cmd *cobra.Command) (*settings, error) {
	s, err := a.loadSettings()
	if problem := s.apply(cmd); err == nil {
		err = problem
	}
	if err != nil {
		return nil, err
	}
	if quiet := cmd.Flags().Lookup("quiet"); quiet == nil || quiet.Value.String() != "true" {
		for _, t := range s.typos {
			a.complain(a.say(configWords.typo, t.variable, t.meant), "")
		}
	}
	return s, nil
}

// apply sets the flags of cmd that were not given, and that a setting names, to its value. They do not count as given
// (pflag's Changed) afterwards. Flags that cmd does not have are left out, and so are those of a policy, which policies
// has; a lone --attempt is set to what it says. The error names the setting that a flag did not take.
func (s *settings) apply(cmd *cobra.Command) error {
	fs := cmd.Flags()
	found := s.nearest(func(key string) bool { return given(fs.Lookup(key)) })
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(found)) {
		name, value := key, found[key].value
		if key == "history" {
			name, value = "no-history", negated[value]
		}
		flag := fs.Lookup(name)
		if flag == nil || given(flag) {
			continue
		}
		if flag.Value.Set(value) != nil {
			faults = append(faults, found[key].at.refuse(key, said("%s is not %s", quoted(value), wanted(flag)), said("settle config --help lists the settings")))
		}
	}
	if attempt := fs.Lookup("attempt"); attempt != nil && !attempt.Changed && fs.Lookup("policy") == nil {
		for _, text := range slices.Backward(s.policies()) {
			if words, _ := policyWords(text); has(words, "attempt") {
				_ = attempt.Value.Set(words["attempt"]) // it was read as a duration before
			}
		}
	}
	return errors.Join(faults...)
}

var negated = map[string]string{"true": "false", "false": "true"}

// given reports whether a flag was. --progress is two flags in one: only how to show it is a setting.
func given(flag *pflag.Flag) bool {
	if flag == nil || !flag.Changed {
		return false
	}
	progress, is := flag.Value.(progressFlag)
	return !is || *progress.find == "" || *progress.show != term.Auto
}

// nearest returns of each setting that is no part of a policy what the nearest source says, the flags being nearer than
// all. A nearer source drops what it contradicts: quiet drops verbose and progress of those further away, and these drop
// quiet.
func (s *settings) nearest(flag func(key string) bool) map[string]setting {
	found := map[string]setting{}
	quiet, loud := flag("quiet"), flag("verbose") || flag("progress")
	for _, src := range s.sources {
		says := maps.Clone(src.values)
		maps.DeleteFunc(says, func(key string, _ setting) bool {
			_, nearer := found[key]
			return nearer || isPolicyKey(key) || loud && key == "quiet"
		})
		if quiet = quiet || says["quiet"].value == "true"; quiet {
			delete(says, "verbose")
			delete(says, "progress")
		}
		loud = loud || says["verbose"].value == "true" || says["progress"].value != ""
		maps.Copy(found, says)
	}
	return found
}

// policies are the texts that stand between the flags and what a target says, in httptask.MergePolicies: the environment's,
// then the file's. "" is a source that says nothing of when to check.
func (s *settings) policies() []string {
	var texts []string
	for _, src := range s.sources {
		texts = append(texts, src.policy())
	}
	return texts
}

// policy is when.policy with the settings between the flags and the policies further away. A limit in errors that a
// setting gives is the user's as much as that of a flag, and so makes the wait patient.
func (s *settings) policy(when whenFlags, further ...string) (p settle.Policy, patient bool, err error) {
	texts := s.policies()
	p, patient, err = when.policy(append(texts, further...)...)
	for _, text := range texts {
		words, _ := policyWords(text)
		patient = patient || has(words, "errors")
	}
	return p, patient, err
}

// say reports whether a setting says one of the fields of a policy.
func (s *settings) say(fields ...string) bool {
	return slices.ContainsFunc(s.policies(), func(text string) bool {
		words, _ := policyWords(text)
		return slices.ContainsFunc(fields, func(field string) bool { return has(words, field) })
	})
}

// policy is all that a source says of when to check, as a text: its single settings over its policy.
func (s source) policy() string {
	words, _ := policyWords(s.values["policy"].value)
	for key, said := range s.values {
		if isPolicyKey(key) && key != "policy" {
			words[key] = said.value
		}
	}
	return joinWords(words)
}

// add takes a setting that makes sense, and returns what is wrong with one that does not.
func (s source) add(key, value string, at whence) error {
	kind := kindOf(key)
	read, problem := kind.read(key, value)
	if !problem.empty() {
		return at.refuse(key, problem, asIs(s.line(key, kind.sample)))
	}
	s.values[key] = setting{read, at}
	return nil
}

// refuseTogether returns what is wrong with settings of one source that make sense one by one.
func (s source) refuseTogether() (faults []error) {
	if verbose := s.values["verbose"]; verbose.value == "true" && s.values["quiet"].value == "true" {
		faults = append(faults, verbose.at.refuse("verbose", said("contradicts quiet, which stands beside it"), said("take one of them out")))
	}
	text := s.policy()
	if text == "" {
		return faults
	}
	merged, err := parseMerged(text)
	var refused *settle.PolicyError
	switch {
	case errors.As(err, &refused):
		key := strings.ToLower(refused.Field)
		pauses := cmp.Or(merged.Every, defaultEvery)
		return append(faults, s.says(key).at.refuse(key, said("%s %s", refused.Value, byOthers(refused.Problem)), asIs(s.line("max", brief(max(pauses, growth*pauses))))))
	case merged.Checks == 0 && merged.Timeout == 0:
		hint := said("%s, or %s", s.line("timeout", "30m"), s.line("checks", "10"))
		return append(faults, s.says("timeout").at.refuse("timeout", said("nothing would ever end a wait"), hint))
	}
	return faults
}

// says is the setting that has a key of a policy: of its own, or within the policy.
func (s source) says(key string) setting {
	if own, is := s.values[key]; is {
		return own
	}
	return s.values["policy"]
}

// flagRefused is flagError in the form that the settings ask for, where no -o does: of a command that goes by settings,
// which shows progress.
func (a *app) flagRefused(cmd *cobra.Command, err error) error {
	if a.output == "" && cmd.Flags().Lookup("progress") != nil {
		s, _ := a.loadSettings()
		_ = s.apply(cmd) // the flag is what was refused first
	}
	return flagError(cmd, err)
}

// complainOf says what is wrong: each of several faults on a line, with its own hint.
func (a *app) complainOf(err error) {
	faults := faultsOf(err)
	if slices.ContainsFunc(faults, func(fault error) bool { return refusedBy(fault) == nil }) {
		faults = []error{err}
	}
	for _, fault := range faults {
		a.complain(a.inWords(fault))
	}
}
