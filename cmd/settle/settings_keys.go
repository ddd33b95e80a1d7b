package main

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
)

// A settingKind is one thing that may be set. Its key is the name of the flag, but for history, whose flag is
// --no-history.
type settingKind struct {
	key    string
	sample string                                                // a value that works
	normal string                                                // the value where nobody says anything; "": none
	read   func(key, text string) (value string, problem phrase) // no problem: the zero phrase
}

var settingKinds = []settingKind{
	{"every", "5s", "", readPolicyWord},
	{"max", "30s", "", readPolicyWord},
	{"factor", "1.5", "", readPolicyWord},
	{"jitter", "0.1", "", readPolicyWord},
	{"checks", "10", "", readPolicyWord},
	{"timeout", "30m", "", readPolicyWord},
	{"attempt", "30s", "", readPolicyWord},
	{"errors", "10", "", readPolicyWord},
	{"missing", "30s", "", readPolicyWord},
	{"grace", "30s", "", readPolicyWord},
	{"stable", "2", "", readPolicyWord},
	{"policy", "every=5s max=30s timeout=30m", "", readPolicy},
	{"output", outputJSON, outputText, readOutput},
	{"progress", "plain", "auto", readProgress},
	{"verbose", "true", "false", readTruth},
	{"quiet", "true", "false", readTruth},
	{"strict", "true", "false", readTruth},
	{"stop-on-blocked", "true", "false", readTruth},
	{"history", "false", "true", readTruth},
	{"rate", "5", "", readRate},
	{"workers", "8", "8", readWorkers},
	{"on-done", "./tell-the-team.sh", "", readCommand},
}

// kindOf returns the zero value for a key that there is not.
func kindOf(key string) settingKind {
	i := slices.IndexFunc(settingKinds, func(k settingKind) bool { return k.key == key })
	if i < 0 {
		return settingKind{}
	}
	return settingKinds[i]
}

func settingKeys() []string {
	var keys []string
	for _, k := range settingKinds {
		keys = append(keys, k.key)
	}
	return keys
}

// policyKeys are the settings that are fields of a settle.Policy.
var policyKeys = []string{"every", "max", "factor", "jitter", "checks", "timeout", "attempt", "errors", "missing", "grace", "stable"}

// isPolicyKey reports whether a setting is a part of a policy, or a policy.
func isPolicyKey(key string) bool { return key == "policy" || slices.Contains(policyKeys, key) }

const (
	defaultEvery = time.Second // of a pause of 0
	growth       = 8           // as far as pauses grow that are told to, but not how far
)

func parseMerged(nearestFirst ...string) (settle.Policy, error) {
	merged := httptask.MergePolicies(nearestFirst...)
	p, err := settle.ParsePolicy(merged)
	if err != nil { // every is for the hint
		words, _ := policyWords(merged)
		p.Every, _ = time.ParseDuration(words["every"])
	}
	return p, err
}

// readPolicyWord looks at one field of a policy alone: beside others that let it pass.
func readPolicyWord(key, text string) (value string, problem phrase) {
	beside := map[string]string{"max": "every=1ns ", "factor": "max=1000h "}[key]
	if len(strings.Fields(text)) != 1 || strings.TrimSpace(text) != text {
		return "", said("%s is not one value", quoted(text))
	}
	var refused *settle.PolicyError
	if _, err := settle.ParsePolicy(beside + key + "=" + text); errors.As(err, &refused) {
		return "", said("%s %s", quoted(text), byOthers(refused.Problem))
	}
	return text, phrase{}
}

func readPolicy(_, text string) (value string, problem phrase) {
	if strings.TrimSpace(text) == "" {
		return "", said("is empty")
	}
	words, problem := policyWords(text)
	if !problem.empty() {
		return "", problem
	}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		if !slices.Contains(policyKeys, key) {
			return "", said("%s is not one of %s", quoted(key), listing(policyKeys))
		}
		if _, problem := readPolicyWord(key, words[key]); !problem.empty() {
			return "", said("%s: %s", key, problem)
		}
	}
	return joinWords(words), phrase{}
}

func readOutput(_, text string) (value string, problem phrase) {
	if !slices.Contains(outputForms, text) && (!isTemplate(text) || text == outputTemplate) {
		return "", said("%s is not a form of output (text, json, ndjson, template=…)", quoted(text))
	}
	return text, phrase{}
}

func readProgress(_, text string) (value string, problem phrase) {
	if !slices.Contains(progressModes, text) {
		return "", said("%s is not a way to show progress (auto, tty, plain, none)", quoted(text))
	}
	return text, phrase{}
}

func readTruth(_, text string) (value string, problem phrase) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return "true", phrase{}
	case "false", "no", "off", "0":
		return "false", phrase{}
	}
	return "", said("%s is neither true nor false", quoted(text))
}

func readRate(_, text string) (value string, problem phrase) {
	if rate, err := strconv.ParseFloat(text, 64); err != nil || !(rate >= 0 && rate <= maxRate) {
		return "", said("%s is not a number of requests a second", quoted(text))
	}
	return text, phrase{}
}

func readWorkers(_, text string) (value string, problem phrase) {
	if n, err := strconv.Atoi(text); err != nil || n < 1 {
		return "", said("%s is not a number of requests at once", quoted(text))
	}
	return text, phrase{}
}

func readCommand(_, text string) (value string, problem phrase) {
	if strings.TrimSpace(text) == "" {
		return "", said("is empty")
	}
	return text, phrase{}
}
