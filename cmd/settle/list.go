package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

func (a *app) listCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is waited for, and what was",
		Long: `settle list shows the waits that are not over, and those that ended in the last day, the newest first: handle,
name, whether a process waits for it, and where the task stood when it was last asked. Nothing is asked now:
settle check does that. Of several waits for one task that were left, only the newest is shown.

A wait is kept for a week after its end, and for three months when nobody comes back to it. With -o json
stdout gets one object, whose "waits" is a list; its "phase" is submitting, waiting, stopped, ended, lost (cut
off while it was submitted: nobody knows whether it was started) or later (written by a later settle).`,
		Example: `  settle list
  settle list --all
  settle list -o json | jq -r '.waits[] | select(.phase == "stopped") | .handle'`,
		Args: a.noArguments,
		RunE: func(*cobra.Command, []string) error { return a.list(all) },
	}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "also those that ended longer ago, and what was left of tasks that were waited for again")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

const listedFor = 24 * time.Hour // after its end

func (a *app) list(all bool) error {
	j, err := a.journal()
	if err != nil {
		return err
	}
	entries, unread, err := j.ListAll()
	if err != nil {
		return err
	}
	for _, problem := range unread {
		a.complain(a.say(words.warning, a.say(listWords.unread, problem)), a.say(listWords.unreadHint))
	}
	if !all {
		entries = journal.Standing(entries)
	}
	a.hideSecrets()
	names := namesOf(entries)
	now, hidden, longest := time.Now(), 0, 0
	list := struct {
		Schema int          `json:"schema"`
		Waits  []listedWait `json:"waits"`
	}{reportSchema, []listedWait{}}
	var rows [][]string
	for _, e := range entries {
		if e.Phase == journal.Ended && !all && now.Sub(e.Updated) > listedFor {
			hidden++
			continue
		}
		list.Waits = append(list.Waits, a.listed(e))
		rows = append(rows, a.maskWords([]string{e.Handle, names[e.Handle], standing(a.options.Language, e, now), a.lastSeen(e)}))
		longest = max(longest, len(e.Handle))
	}
	if a.output == outputJSON {
		fmt.Fprintf(a.stdout, "%s\n", encode(list, ""))
		return nil
	}
	for n, row := range rows { // handle and name stay together where the columns do not fit
		rows[n] = append([]string{fmt.Sprintf("%-*s  %s", longest, row[0], row[1])}, row[2:]...)
	}
	table := a.table() // a line each at a terminal: settle show has the rest
	table.Cut = "…"
	if a.options.ASCII {
		table.Cut = "..."
	}
	fmt.Fprint(a.stdout, table.Rows(rows))
	switch {
	case hidden > 0:
		fmt.Fprintln(a.stderr, a.say(listWords.moreHidden, hidden))
	case len(rows) == 0 && all:
		a.complain(a.say(listWords.emptyAll), a.say(listWords.emptyHint))
	case len(rows) == 0:
		a.complain(a.say(listWords.empty), a.say(listWords.emptyHint))
	}
	return nil
}

// standing says where a wait stands, and since when.
func standing(l term.Language, e *journal.Entry, now time.Time) string {
	w := listWords
	since, ago := l.Duration(now.Sub(e.Started)), l.Duration(now.Sub(e.Updated))
	switch phase := phaseOf(e); {
	case phase == phaseLater:
		return ""
	case phase == phaseLost:
		return l.Say(w.lostAgo, ago)
	case phase == journal.Submitting:
		return l.Say(w.submittingFor, since, e.Process)
	case phase == journal.Waiting:
		return l.Say(w.waitingFor, since, e.Process)
	case phase == journal.Ended && e.Outcome != "":
		return l.Say(w.agoWith, outcomeWord(l, e.Outcome), ago)
	case phase == journal.Ended:
		return l.Say(w.endedAgo, ago)
	}
	return l.Say(w.stoppedAgo, ago)
}

// outcomeWord is an outcome in a language, where that has a word for it.
func outcomeWord(l term.Language, o settle.Outcome) string {
	w := listWords
	words := map[settle.Outcome]term.Text{
		settle.OutcomeTimeout: w.timeout, settle.OutcomeNotFound: w.notFound, settle.OutcomeDenied: w.denied,
		settle.OutcomeInterrupted: w.interrupted, settle.OutcomeInvalid: w.invalid,
	}
	if word, known := words[o]; known {
		return l.Say(word)
	}
	var s settle.State
	if err := s.UnmarshalText([]byte(o)); err != nil {
		return string(o)
	}
	return stateWord(l, s)
}

func stateWord(l term.Language, s settle.State) string {
	w := listWords
	words := map[settle.State]term.Text{
		settle.Pending: w.pending, settle.Blocked: w.blocked, settle.Succeeded: w.succeeded, settle.Failed: w.failed,
		settle.Canceled: w.canceled, settle.Unknown: w.unknown,
	}
	return l.Say(words[s])
}

// lastSeen says what the last check has found, of a task that has ended only why; "" where nobody has asked yet.
func (a *app) lastSeen(e *journal.Entry) string {
	last, seen := e.Last()
	text := e.Error
	if seen {
		text = a.eventWords(last)
	}
	switch phase := phaseOf(e); {
	case phase == phaseLater:
		return a.say(listWords.later)
	case phase == phaseLost && text == "": // else an answer came that says too little
		return a.say(listWords.cutOff)
	case hasEnded(e, last):
		return last.Status.Reason
	case phase == journal.Ended && e.Outcome == settle.OutcomeNotFound && last.Error != "":
		return strings.TrimPrefix(last.Error, settle.ErrNotFound.Error()+": ") // the outcome has said it
	case phase == journal.Stopped && limited(e.Outcome) && text != "":
		return outcomeWord(a.options.Language, e.Outcome) + a.say(listWords.semicolon) + text
	}
	return text
}

// hasEnded reports whether last, the newest event of e, is the end of its task.
func hasEnded(e *journal.Entry, last journal.Event) bool {
	return phaseOf(e) == journal.Ended && last.Status.State.Ended() && last.Status.State.String() == string(e.Outcome)
}

// limited reports whether a wait was stopped by something else than a person.
func limited(o settle.Outcome) bool { return o != "" && o != settle.OutcomeInterrupted }
