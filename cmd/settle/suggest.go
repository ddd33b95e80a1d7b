package main

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandToType is the command line that would wait for the task, as far as one answer can tell, with all that was given.
func (a *app) commandToType(ctx context.Context, cmd *cobra.Command, t task, f *askFlags, answer *recipe.Answer) string {
	line := cmd.CommandPath()
	if t.address != "" {
		line += " " + t.address
	}
	more := a.given(cmd, f)
	if len(t.behind) > 0 {
		more += " -- " + shellQuote(t.behind)
	}
	path, word := stateIn(ctx, t, f, answer)
	switch {
	case path != "":
		return line + " --state " + shellWord(path) + lists(word) + more
	case t.address != "":
		return a.say(words.shownNoState, line+" --state '$http.status' --pending 503 --succeeded 200"+more)
	}
	return line + " --state .path.to.it" + lists("running") + more
}

// given is the flags that were given, as they may be shown, but for what commandToType finds out.
func (a *app) given(cmd *cobra.Command, f *askFlags) string {
	var given []string
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		name := "--" + flag.Name
		switch {
		case flag.Name == "state":
		case flag.Name == "progress":
			if f.reading.Progress != "" {
				given = append(given, name, f.reading.Progress)
			}
		case flag.Name == "header":
			for _, h := range f.header {
				header, value, _ := cutHeader(h)
				given = append(given, name, header+": "+target.ShowHeader(header, value))
			}
		case flag.Name == "output":
			given = append(given, name, a.output)
		case flag.Value.Type() == "bool":
			given = append(given, name)
		case strings.HasSuffix(flag.Value.Type(), "Slice"): // a list that is empty, or the answer would be read
		default:
			given = append(given, name, a.secrets.Mask(flag.Value.String()))
		}
	})
	if len(given) == 0 {
		return ""
	}
	return " " + shellQuote(given)
}

// stateIn is where the answer's state is, and its word: as --state says, else what looks like one; "" where nothing does.
func stateIn(ctx context.Context, t task, f *askFlags, answer *recipe.Answer) (path, word string) {
	if t.reader != nil {
		if status, _ := t.reader.Status(ctx, answer); status.Raw != "" {
			return f.reading.State, status.Raw
		}
	}
	if word, isText := answer.Body.(string); isText && word != "" && len(word) < longestState {
		return ".", word
	}
	return findState(answer.Body, "")
}

const longestState = 40

var stateKey = regexp.MustCompile(`(?i)(state|status|phase)$`)
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// findState looks for the text nearest to the top whose key says that it is a state.
func findState(v any, path string) (found, word string) {
	if list, isList := v.([]any); isList && len(list) > 0 {
		return findState(list[0], cmp.Or(path, ".")+"[0]")
	}
	object, _ := v.(map[string]any)
	keys := slices.Sorted(maps.Keys(object))
	for _, key := range keys {
		if text, ok := object[key].(string); ok && text != "" && stateKey.MatchString(key) {
			return path + member(key), text
		}
	}
	for _, key := range keys {
		if found, word := findState(object[key], path+member(key)); found != "" {
			return found, word
		}
	}
	return "", ""
}

// member is how jq reaches a key.
func member(key string) string {
	if plainKey.MatchString(key) {
		return "." + key
	}
	return "." + string(encode(key, ""))
}

// meanings are words that say by themselves how a task stands; any other is taken for one that means "again".
var meanings = map[string]string{
	"done": "succeeded", "success": "succeeded", "succeeded": "succeeded", "completed": "succeeded", "complete": "succeeded", "finished": "succeeded", "ok": "succeeded",
	"failed": "failed", "failure": "failed", "error": "failed",
	"canceled": "canceled", "cancelled": "canceled",
}

// lists is the flags that say what raw states mean, with word in the list where it belongs, and examples in the others.
func lists(word string) string {
	examples := map[string]string{"pending": "running", "succeeded": "done", "failed": "error"}
	examples[cmp.Or(meanings[strings.ToLower(word)], "pending")] = word
	text := ""
	for _, list := range []string{"pending", "succeeded", "failed", "canceled"} {
		if example := examples[list]; example != "" {
			text += " --" + list + " " + listWord(example)
		}
	}
	return text
}
