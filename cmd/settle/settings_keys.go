package main

import (
	"errors"
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
	sample string // a value that works
	normal string // the value where nobody says anything; "": none
	read   func(key, text string) (value, problem string)
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
func readPolicyWord(key, text string) (value, problem string) {
	beside := map[string]string{"max": "every=1ns ", "factor": "max=1000h "}[key]
	if len(strings.Fields(text)) != 1 || strings.TrimSpace(text) != text {
		return "", quoted(text) + " is not one value"
	}
	var refused *settle.PolicyError
	if _, err := settle.ParsePolicy(beside + key + "=" + text); errors.As(err, &refused) {
		return "", quoted(text) + " " + refused.Problem
	}
	return text, ""
}

func readPolicy(_, text string) (value, problem string) {
	if strings.TrimSpace(text) == "" {
		return "", "is empty"
	}
	words := map[string]string{}
	for word := range strings.FieldsSeq(text) {
		key, value, found := strings.Cut(word, "=")
		switch {
		case !found:
			return "", quoted(word) + " is not key=value"
		case !slices.Contains(policyKeys, key):
			return "", quoted(key) + " is not one of " + strings.Join(policyKeys, ", ")
		case has(words, key):
			return "", key + " is given a second time"
		}
		if _, problem := readPolicyWord(key, value); problem != "" {
			return "", key + ": " + problem
		}
		words[key] = value
	}
	return joinWords(words), ""
}

func readOutput(_, text string) (value, problem string) {
	form, format, _ := strings.Cut(text, "=")
	if !slices.Contains([]string{outputText, outputJSON, "ndjson"}, text) && (form != "template" || format == "") {
		return "", quoted(text) + " is not a form of output (text, json, ndjson, template=…)"
	}
	return text, ""
}

// waysToShow are those of --progress, which in a flag may be an expression, too.
var waysToShow = []string{"auto", "tty", "plain", "none"}

func readProgress(_, text string) (value, problem string) {
	if !slices.Contains(waysToShow, text) {
		return "", quoted(text) + " is not a way to show progress (auto, tty, plain, none)"
	}
	return text, ""
}

func readTruth(_, text string) (value, problem string) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return "true", ""
	case "false", "no", "off", "0":
		return "false", ""
	}
	return "", quoted(text) + " is neither true nor false"
}

func readRate(_, text string) (value, problem string) {
	if rate, err := strconv.ParseFloat(text, 64); err != nil || !(rate >= 0 && rate <= maxRate) {
		return "", quoted(text) + " is not a number of requests a second"
	}
	return text, ""
}

func readWorkers(_, text string) (value, problem string) {
	if n, err := strconv.Atoi(text); err != nil || n < 1 {
		return "", quoted(text) + " is not a number of requests at once"
	}
	return text, ""
}

func readCommand(_, text string) (value, problem string) {
	if strings.TrimSpace(text) == "" {
		return "", "is empty"
	}
	return text, ""
}
