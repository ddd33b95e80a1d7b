package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

func (a *app) showCommand() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use:   "show HANDLE",
		Short: "Show what happened during a wait",
		Long: `settle show tells of one wait what was seen when, how it ended, the platform's last answer (secrets masked), and the
lines to type next. Nothing is asked now. HANDLE may be its beginning, two characters or more, as long as no
other begins so.

With --raw stdout gets the last answer alone, as it came; exit 3 where none was kept.`,
		Example: `  settle show 0a4b
  settle show 0a4b --raw | jq .error
  settle show 0a4b -o json | jq -r '.events[] | [.at, .state, .raw] | @tsv'`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("arguments", said("name one wait"), said("settle list shows the handles"))
			case raw && a.output == outputJSON:
				return usage("--raw", said("contradicts -o json, whose \"answer\" is the same"), asIs("settle show "+shellWord(args[0])+" --raw"))
			}
			j, err := a.journal()
			if err != nil {
				return err
			}
			e, err := a.saved(j, args[0])
			if err != nil {
				return err
			}
			a.hideSecrets()
			switch {
			case raw:
				return a.printAnswer(e)
			case a.output == outputJSON:
				fmt.Fprintf(a.stdout, "%s\n", encode(a.shownWait(e), ""))
			default:
				a.printWait(e)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "print the last answer alone, as it came")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// printAnswer prints the last answer for another program: as it came, but for secrets.
func (a *app) printAnswer(e *journal.Entry) error {
	if e.Answer == "" {
		return &exitError{exitNotFound, usageOf(e.Handle, phrase{text: listWords.noAnswer}, asIs("settle show "+e.Handle))}
	}
	text := e.Answer
	if a.secrets.Mask(text) != text {
		text = a.secrets.Mask(text)
		if json.Valid([]byte(e.Answer)) { // a secret may be a word that JSON is made of
			text = string(a.maskJSON(json.RawMessage(e.Answer)))
		}
	}
	a.printText(strings.TrimSuffix(text, "\n"))
	if e.Cut {
		a.complain(a.say(listWords.wasCut, len(e.Answer)>>10), "")
	}
	return nil
}

// A shownWait is what settle show -o json prints. Every field is always there.
type shownWait struct {
	Schema int `json:"schema"`
	listedWait
	Params    []string        `json:"params"`  // of the action
	Flags     []string        `json:"flags"`   // that the wait was given
	Needs     []string        `json:"needs"`   // flags that are secret, to be given again
	Command   []string        `json:"command"` // what stood behind "--"
	Events    []shownEvent    `json:"events"`
	LeftOut   int             `json:"left_out"`   // events between the first 100 and the others
	Answer    json.RawMessage `json:"answer"`     // null: none was kept
	AnswerCut bool            `json:"answer_cut"` // it was longer
	Next      []string        `json:"next"`       // lines to type
}

type shownEvent struct {
	At       time.Time    `json:"at"`
	Elapsed  float64      `json:"elapsed"` // seconds
	Check    int          `json:"check"`
	State    settle.State `json:"state"`
	Raw      string       `json:"raw"`
	Progress float64      `json:"progress"`
	Reason   string       `json:"reason"`
	Warned   bool         `json:"warned"`
	Error    string       `json:"error"` // why the check failed
	Again    int          `json:"again"` // so many checks after it said the same
}

func (a *app) shownWait(e *journal.Entry) shownWait {
	shown := shownWait{
		Schema: reportSchema, listedWait: a.listed(e),
		Params: a.maskWords(e.Params), Flags: a.maskWords(e.Flags), Needs: a.maskWords(e.Needs), Command: a.maskWords(e.Behind),
		Events: []shownEvent{}, LeftOut: e.Left, Answer: a.savedAnswer(e), AnswerCut: e.Cut, Next: a.maskWords(nextLines(e)),
	}
	for _, event := range e.Events {
		s := event.Status
		shown.Events = append(shown.Events, shownEvent{
			At: event.At.UTC(), Elapsed: event.At.Sub(e.Started).Seconds(), Check: event.Check, State: s.State, Raw: a.secrets.Mask(s.Raw),
			Progress: s.Progress, Reason: a.secrets.Mask(s.Reason), Warned: s.Warned, Error: a.secrets.Mask(event.Error), Again: event.Again,
		})
	}
	return shown
}

// printWait prints a wait for a person.
func (a *app) printWait(e *journal.Entry) {
	w := listWords
	fmt.Fprint(a.stdout, a.table().Indent(e.Handle+"  "+a.secrets.Mask(nameOf(e)), 0))
	label := func(label term.Text, text string) {
		if text != "" {
			a.labeled(label, text)
		}
	}
	task := e.Task
	if e.Recipe != "" && task != "" {
		task += " (" + e.Recipe + ")"
	}
	label(w.task, task)
	if e.Action != "" {
		label(w.action, strings.TrimSpace(e.Target+" "+e.Action+" "+shellQuote(e.Params)))
	}
	label(w.state, a.standingWhole(e))
	switch last, _ := e.Last(); {
	case hasEnded(e, last): // the error says it with much that stands around here
		label(w.reason, last.Status.Reason)
	case e.Error == "" && phaseOf(e) == phaseLost:
		label(w.problem, a.say(w.lost))
	default:
		label(w.problem, e.Error)
	}
	if !e.Started.IsZero() {
		label(w.started, e.Started.Local().Format(time.DateTime))
	}
	label(w.link, e.Link)
	label(w.with, shellQuote(e.Flags))
	label(w.needs, strings.Join(e.Needs, a.comma()))
	label(w.behind, shellQuote(e.Behind))
	a.printEvents(e)
	a.printShortAnswer(e)
	next := nextLines(e)
	if len(next) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", a.say(w.next))
		for _, line := range next {
			a.printText("  " + a.secrets.Mask(line))
		}
	}
	if phaseOf(e) == phaseLost {
		a.hint(a.say(words.mayHaveStarted))
	}
}

// standingWhole is standing for where there is room.
func (a *app) standingWhole(e *journal.Entry) string {
	text := standing(a.options.Language, e, time.Now())
	switch phase := phaseOf(e); {
	case phase == phaseLater:
		return a.say(listWords.later)
	case phase == journal.Stopped && limited(e.Outcome):
		return text + a.say(listWords.semicolon) + outcomeWord(a.options.Language, e.Outcome)
	}
	return text
}

func (a *app) printEvents(e *journal.Entry) {
	if e.IsLater() {
		return
	}
	fmt.Fprintf(a.stdout, "\n%s\n", a.say(listWords.happened))
	var rows [][]string
	longest := 0
	for _, event := range e.Events {
		longest = max(longest, term.Cells(a.elapsed(e, event)))
	}
	for n, event := range e.Events {
		if n == journal.FirstEvents && e.Left > 0 {
			rows = append(rows, []string{"", a.say(listWords.leftOut, e.Left)})
		}
		elapsed := a.elapsed(e, event)
		when := clockTime(e, event.At) + "  " + elapsed + strings.Repeat(" ", longest-term.Cells(elapsed))
		rows = append(rows, []string{when, a.secrets.Mask(a.eventWords(event))})
	}
	if len(rows) == 0 {
		rows = [][]string{{a.say(listWords.nothingSeen)}}
	}
	t := a.table()
	if t.Width > 0 {
		t.Width -= 2
	}
	for line := range strings.Lines(t.Rows(rows)) {
		fmt.Fprint(a.stdout, "  "+line)
	}
}

func (a *app) elapsed(e *journal.Entry, event journal.Event) string {
	return "+" + a.options.Language.Duration(event.At.Sub(e.Started))
}

// clockTime is local time, with the day where a wait has seen several.
func clockTime(e *journal.Entry, at time.Time) string {
	first, last := e.Started.Local(), e.Updated.Local()
	if first.Format(time.DateOnly) == last.Format(time.DateOnly) {
		return at.Local().Format(time.TimeOnly)
	}
	return at.Local().Format("01-02 15:04:05")
}

// eventWords says what a check has found: pending [EXECUTING] 62%: copying.
func (a *app) eventWords(event journal.Event) string {
	w, s := listWords, event.Status
	text := stateWord(a.options.Language, s.State)
	if s.Warned {
		text = a.say(w.warned)
	}
	if s.Raw != "" && !strings.EqualFold(s.Raw, s.State.String()) {
		text += " [" + s.Raw + "]"
	}
	if n := s.Percent(); n > 0 {
		text += fmt.Sprintf(" %d%%", n)
	}
	if s.Reason != "" {
		text += a.say(w.because, s.Reason)
	}
	if event.Error != "" {
		text = a.say(w.checkFailed, event.Error)
	}
	if event.Again > 0 && event.Error != "" {
		text += a.say(w.again, event.Again)
	}
	return text
}

// printShortAnswer prints the beginning of the last answer.
func (a *app) printShortAnswer(e *journal.Entry) {
	const most = 30 // lines
	if e.Answer == "" {
		return
	}
	var value json.RawMessage
	if json.Valid([]byte(e.Answer)) {
		value = a.savedAnswer(e)
	}
	lines := prettyLines(value, a.secrets.Mask(e.Answer))
	whole := len(lines) <= most && !e.Cut
	if len(lines) > most {
		lines = lines[:most]
	}
	fmt.Fprintf(a.stdout, "\n%s\n", a.say(listWords.answer))
	for _, line := range lines {
		fmt.Fprint(a.stdout, a.table().Indent(term.Clean(line), 2))
	}
	if !whole {
		fmt.Fprint(a.stdout, a.table().Indent(a.say(listWords.moreLines, e.Handle), 2))
	}
}

// nextLines are what may be typed of a wait.
func nextLines(e *journal.Entry) []string {
	var lines []string
	if e.IsLeft() && e.Phase != journal.Submitting {
		lines = append(lines, resumeLine(e))
	}
	if r, _ := savedRecipe(e); e.Phase != journal.Ended && !e.IsLater() && e.ID != "" && r != nil && r.Cancel != nil {
		lines = append(lines, "settle cancel "+e.Handle)
	}
	return lines
}
