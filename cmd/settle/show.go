package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// showAnswer asks once and shows what came back, with the whole command to type: nobody starts from an empty page. The
// answer is not understood, so this is exit 2 whatever it says.
func (a *app) showAnswer(ctx context.Context, command string, t task, attempt time.Duration) error {
	if attempt > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, attempt)
		defer cancel()
	}
	answer, err := t.ask(ctx)
	if answer == nil || answer.Status >= 400 {
		return a.noAnswer(ctx, t, err)
	}
	shown, err := json.MarshalIndent(answer.Body, "", "  ")
	if err != nil || answer.Body == nil {
		shown, _ = json.Marshal(answer.Text)
	}
	problem, hint := a.say(words.shown), "settle "+command+" "+commandToType(t, answer)
	if a.output == outputJSON {
		a.printReport(report{Outcome: settle.OutcomeInvalid, ExitCode: exitInvalid, Task: t.name, Result: shown, Error: problem, Hint: hint})
		return exitWith(exitInvalid)
	}
	fmt.Fprintf(a.stdout, "%s\n", shown)
	a.complain(problem, hint)
	return exitWith(exitInvalid)
}

// noAnswer ends as a wait would whose only check failed so.
func (a *app) noAnswer(ctx context.Context, t task, failure error) error {
	rec := newRecord()
	_, err := settle.Wait(settle.WithTrace(context.WithoutCancel(ctx), rec.step), settle.Policy{Checks: 1},
		func(context.Context) (*recipe.Answer, settle.Status, error) { return nil, settle.Status{}, failure })
	r := rec.report(ctx, t.name, err)
	r.Hint = a.hint(err)
	if code, signaled := exitAfterSignal(ctx); signaled {
		r.Outcome, r.ExitCode = settle.OutcomeInterrupted, code
	}
	if a.output == outputJSON {
		a.printReport(r)
	} else {
		a.complain(t.name+": "+rec.last.Err.Error(), r.Hint)
	}
	return exitWith(r.ExitCode)
}

// commandToType is the arguments that would wait for the task, as far as one answer can tell: what looks like a state
// is taken for one, and its word for one that means "again".
func commandToType(t task, answer *recipe.Answer) string {
	path, word := ".status", "running"
	if found, raw := findState(answer.Body, ""); found != "" {
		path, word = found, raw
	}
	flags := fmt.Sprintf("--state %s --pending %s --succeeded done --failed error", shellWord(path), shellWord(word))
	if strings.HasPrefix(t.address, "-- ") {
		return flags + " " + t.address
	}
	return t.address + " " + flags
}

var stateKey = regexp.MustCompile(`(?i)(state|status|phase)$`)
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// findState looks for the text nearest to the top whose key says that it is a state.
func findState(v any, path string) (found, word string) {
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
	quoted, _ := json.Marshal(key)
	return "." + string(quoted)
}

// shellWord quotes text for a POSIX shell, where it needs that.
func shellWord(text string) string {
	if text != "" && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,=@%+", r))
	}) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func shellQuote(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = shellWord(word)
	}
	return strings.Join(words, " ")
}
