// Package recipe says how a platform's task API works, as plain data: how a task is asked for, and which jq expressions find
// its raw state, progress, reason and result in the answer, and what the raw states mean.
//
// A [Recipe] is the whole of it: one YAML file that [Parse] reads, strictly, or one of the built-in [Library]. It has
// requests with names in them, which [Request.Fill] fills in, each value escaped for where it stands, and expressions over
// what the platform said to them, an [Answer]. Package httptask sends the requests.
//
// A [Reading] is the part that flags give: expressions and lists of words. [Reading.Compile] refuses what cannot work, before
// any request, and makes a [Reader] of the rest; that turns each [Answer] into a settle.Status.
package recipe

import "github.com/settle-go/settle"

// A Reading says how answers are read and what a platform's raw states mean.
//
// The expressions are jq, of which the first output counts. "." is the answer's JSON, null where it is none; $http.status
// (0 where the answer did not come over HTTP), $http.headers (names in lower case, repeated ones joined by ", ") and
// $http.body (the text as it came) stand beside it. They see no input, no environment ($ENV is empty), no modules and
// no files. An expression that runs for more than 5,000,000 of jq's steps, or that is not done after 5 seconds, is ended,
// but only between two steps: nothing bounds the time that one takes, nor the memory, as of "x" * 1e9, which is 1 GB, or
// of .+. forty times over. So an expression is to be trusted as far as a program of one's own; an answer need not be.
//
// In the lists case, "_", "-" and white space do not count, but for a "-" that begins a number; "*" stands for any run
// of characters. A separator beside a "*" asks for a word's edge there: "*_COMPLETE" covers UPDATE_COMPLETE,
// update-complete, UpdateComplete and Complete, but not INCOMPLETE. A listed word wins over every "*".
type Reading struct {
	OK       string // false or null: the check failed, whatever the state says; "": every answer will do
	State    string // the raw state: text, a number or a boolean. Required
	Progress string // a number from 0 to 1, also as text, or a percentage such as "62%"; "": not asked
	Reason   string // why, in the platform's words; "": not asked
	Result   string // what the task brought; "": not asked
	NoHTTP   bool   // the answers do not come over HTTP: $http is refused

	// what the raw states mean
	Pending   []string
	Blocked   []string
	Succeeded []string
	Warned    []string // succeeded, with warnings
	Failed    []string
	Canceled  []string
	Unlisted  string // of a raw state in none of the lists: "unknown" (also ""), "pending" or "failed"
}

// Compile returns the Reader of r, which no longer depends on r. The error is an *Error, about the first fault found:
// an expression that jq does not read, no State, no list, an empty word, a word or a "*" that two meanings share.
// Two "*" that only overlap are let pass: a raw state that both cover is a failed check.
func (r Reading) Compile() (*Reader, error) {
	if r.State == "" {
		return nil, refused("state", "no expression says where the state is", "--state .status")
	}
	var reader Reader
	for _, e := range []struct {
		place, text string
		compiled    **Expression
	}{
		{"ok", r.OK, &reader.ok},
		{"state", r.State, &reader.state},
		{"progress", r.Progress, &reader.progress},
		{"reason", r.Reason, &reader.reason},
		{"result", r.Result, &reader.result},
	} {
		if e.text == "" {
			continue
		}
		var err error
		if *e.compiled, err = compile(e.place, e.text, flagScope{noHTTP: r.NoHTTP, text: e.text}); err != nil {
			return nil, err
		}
	}
	if err := r.compileWords(&reader); err != nil {
		return nil, err
	}
	return &reader, nil
}

func (r Reading) compileWords(reader *Reader) error {
	for _, list := range []struct {
		words []string
		meaning
	}{
		{r.Pending, meaning{"pending", settle.Pending, false}},
		{r.Blocked, meaning{"blocked", settle.Blocked, false}},
		{r.Succeeded, meaning{"succeeded", settle.Succeeded, false}},
		{r.Warned, meaning{"warned", settle.Succeeded, true}},
		{r.Failed, meaning{"failed", settle.Failed, false}},
		{r.Canceled, meaning{"canceled", settle.Canceled, false}},
	} {
		for _, word := range list.words {
			if err := reader.vocabulary.add(word, list.meaning); err != nil {
				return err
			}
		}
	}
	if len(reader.vocabulary.known) == 0 {
		return refused("state", "no raw state is listed, so no answer would mean anything", "--pending running --succeeded done --failed error")
	}
	switch r.Unlisted {
	case "", "unknown":
	case "pending":
		reader.unlisted = settle.Pending
	case "failed":
		reader.unlisted = settle.Failed
	default:
		hint := "unknown is the default: a raw state that nobody listed ends nothing"
		if near := nearest(r.Unlisted, []string{"unknown", "pending", "failed"}); near != "" {
			hint = "did you mean " + near + "?"
		}
		return refused("unlisted", quote(r.Unlisted)+" is not one of unknown, pending, failed", hint)
	}
	_, err := reader.vocabulary.refuse()
	return err
}
