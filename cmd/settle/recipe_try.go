package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) recipeTryCommand() *cobra.Command {
	var name string
	var attempt time.Duration
	cmd := &cobra.Command{
		Use:   "try FILE ID [FIELD=VALUE...]",
		Short: "Ask once, and show what each expression found",
		Long: `settle recipe try asks once for a task, as settle check does and with its exit codes, and shows the request (secrets
masked), the answer, and what each expression of the recipe made of it. FILE may be a recipe's name.

What the recipe needs to know of the installation comes from --target, from FIELD=VALUE, or from the environment; a
secret is better in the environment, since other users of the machine see what is typed.`,
		Example: `  settle recipe try jobs.yaml 42 url=https://farm.acme.lab
  settle recipe try jobs.yaml 42 --target farm
  settle recipe try smartx clg3p5x2v00ab0958x1y2z3w4 --target tower`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("arguments", said("a recipe and the id of a task"), asIs("settle recipe try jobs.yaml 42 url=https://farm.acme.lab"))
			}
			r, err := recipeOf(args[0])
			if err != nil {
				return a.faulty(err)
			}
			i, err := a.triedAt(cmd.Context(), r, name, args[2:])
			if err != nil {
				return err
			}
			defer i.Close()
			return a.try(cmd.Context(), i, args[1], attempt)
		},
	}
	cmd.Flags().StringVar(&name, "target", "", "ask the target of this `NAME`")
	cmd.Flags().DurationVar(&attempt, "attempt", 30*time.Second, "the check may take this long; 0: any time")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// triedAt opens the recipe at a target, or at what the fields and the environment say.
func (a *app) triedAt(ctx context.Context, r *recipe.Recipe, name string, fields []string) (*installed, error) {
	if name != "" && len(fields) > 0 {
		return nil, usage("arguments", said("--target says it all"), said("leave out %s", a.secrets.ShowArguments(fields)[0]))
	}
	entry := new(target.Entry)
	if name != "" {
		file, _, err := loadTargets()
		if err != nil {
			return nil, err
		}
		if entry, err = file.Entry(name); err != nil {
			return nil, err
		}
	} else if len(fields) > 0 {
		given, err := parameters(fields)
		if err != nil {
			return nil, err
		}
		entry.Fields = map[string]string{}
		for field, value := range given {
			entry.Fields[field] = value.(string)
			if f := r.Field(field); f != nil && f.Secret {
				a.secrets.Add(entry.Fields[field])
			}
		}
	}
	t, err := entry.Target(ctx, r, os.Getenv)
	if refused := refusedBy(err); refused != nil && name == "" && refused.File == "" && r.Field(refused.Place) != nil {
		return nil, usageOf(refused.Place, byOthers(refused.Problem), said("%s=…, or %s", refused.Place, byOthers(refused.Hint)))
	}
	if err != nil {
		return nil, err
	}
	return a.open(r, t, r.Name, bounds{})
}

// try asks once, shows all about it, and returns how to exit.
func (a *app) try(ctx context.Context, i *installed, id string, attempt time.Duration) error {
	rec := newRecord()
	look := new(httptask.Look)
	_, err := settle.Wait(settle.WithTrace(ctx, rec.step), settle.Policy{Checks: 1, Attempt: attempt}, func(ctx context.Context) (any, settle.Status, error) {
		var status settle.Status
		var err error
		look, status, err = i.Look(ctx, id)
		return nil, status, err
	})
	r := rec.report(ctx, i.Recipe().Name+"/"+id, err)
	r.Target, r.Recipe, r.ID = i.target, i.Recipe().Name, id
	if r.Outcome == settle.OutcomeTimeout {
		r.Outcome, r.ExitCode, r.Error = outcomePending, exitPending, ""
	} else {
		r.Error = failure(err)
	}
	if refused := refusedBy(err); refused != nil {
		r.Hint = refused.Hint
	}
	if a.output == outputJSON {
		a.printTried(r, look)
		return exitWith(r.ExitCode)
	}
	for _, step := range look.Steps {
		a.showStep(step)
	}
	a.labeled(recipeWords.status, a.conclusion(r, rec.last.Status, look))
	if r.Hint != "" {
		a.hint(r.Hint)
	}
	return exitWith(r.ExitCode)
}

// conclusion says how the task stands, and with which code that exits.
func (a *app) conclusion(r report, status settle.Status, look *httptask.Look) string {
	text := status.String()
	if r.State == settle.Unknown {
		text = string(r.Outcome)
	}
	if said := len(look.Steps) > 0 && look.Steps[len(look.Steps)-1].Err != nil; r.State == settle.Unknown && !said {
		text += ": " + r.Error
	}
	return fmt.Sprintf("%s  (exit code %d)", text, r.ExitCode)
}

// showStep shows one request with what came of it.
func (a *app) showStep(s httptask.LookStep) {
	w := recipeWords
	a.labeled(w.request, a.askedLines(s)...)
	switch {
	case s.What == "login" && s.Err == nil:
		a.labeled(w.answer, a.say(w.loggedIn))
	case s.Answer == nil:
		a.labeled(w.answer, a.say(w.noAnswer))
	default:
		a.labeled(w.answer, a.answerLines(s.Answer)...)
	}
	if s.Err != nil {
		a.labeled(w.problem, s.Err.Error())
	}
	for _, f := range s.Found {
		a.showFinding(f)
	}
	fmt.Fprintln(a.stdout)
}

// labeled writes lines with a label before the first; they are masked and, on a terminal, made harmless.
func (a *app) labeled(label term.Text, lines ...string) {
	const column = 14
	t := a.table()
	rows := t.Rows([][]string{{a.say(label), ""}})
	head := strings.TrimRight(rows, "\n ")
	for n, line := range lines {
		line = a.secrets.Mask(line)
		if t.Width > 0 && strings.HasPrefix(line, a.arrow()) {
			t.Width = 0 // a value is copied whole
		}
		text := strings.TrimPrefix(t.Indent(line, column), strings.Repeat(" ", column))
		if n > 0 {
			fmt.Fprint(a.stdout, strings.Repeat(" ", column)+text)
			continue
		}
		fmt.Fprint(a.stdout, head+strings.Repeat(" ", column-term.Cells(head))+text)
	}
}

func (a *app) askedLines(s httptask.LookStep) []string {
	q := s.Asked
	switch {
	case len(q.Command) > 0:
		lines := []string{shellQuote(q.Command)}
		if q.Stdin != "" {
			lines = append(lines, "<<< "+q.Stdin)
		}
		return lines
	case q.Method == "":
		return []string{a.say(recipeWords.notMade)}
	}
	lines := []string{q.Method + " " + q.URL}
	for _, name := range slices.Sorted(maps.Keys(q.Header)) {
		lines = append(lines, name+": "+strings.Join(q.Header[name], ", "))
	}
	if q.Body != "" {
		lines = append(lines, prettyLines([]byte(q.Body), q.Body)...)
	}
	return lines
}

const shownLines = 60 // of an answer; -o json has it whole

func (a *app) answerLines(answer *recipe.Answer) []string {
	var lines []string
	switch {
	case answer.Exec != nil:
		lines = append(lines, fmt.Sprintf("exit %d", answer.Exec.Code))
		if answer.Exec.Stderr != "" {
			lines = append(lines, strings.TrimSpace(answer.Exec.Stderr))
		}
	case answer.Status > 0:
		lines = append(lines, fmt.Sprintf("HTTP %d  %s", answer.Status, answer.Header.Get("Content-Type")))
	}
	if answer.Body != nil {
		return append(lines, prettyLines(encode(a.masked(answer.Body), ""), answer.Text)...)
	}
	return append(lines, prettyLines(nil, a.secrets.Mask(answer.Text))...)
}

// prettyLines are the lines of a JSON value, or of a text that is none.
func prettyLines(value []byte, otherwise string) []string {
	text := strings.TrimSpace(otherwise)
	var v any
	if len(value) > 0 {
		if decoded, err := recipe.Decode(value); err == nil {
			v = decoded
			text = string(encode(v, "  "))
		}
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	if more := len(lines) - shownLines; more > 0 {
		lines = append(lines[:shownLines:shownLines], fmt.Sprintf("... (+%d)", more))
	}
	return lines
}

const shownValue = 400 // characters

// showFinding writes KEY, the expression and what it found.
func (a *app) showFinding(f httptask.Finding) {
	found := a.say(recipeWords.nothing)
	switch {
	case f.Err != nil:
		found = f.Err.Error()
	case f.Value != nil:
		found = string(a.maskJSON(f.Value))
	}
	if runes := []rune(found); len(runes) > shownValue {
		found = string(runes[:shownValue]) + "..."
	}
	label := term.Text{f.Name, f.Name}
	expression := strings.Join(strings.Fields(f.Expression), " ")
	if t := a.table(); len(f.Expression) > 60 || t.Width > 0 && 14+len(expression)+4+term.Cells(found) > t.Width {
		a.labeled(label, expression, a.arrow()+found)
		return
	}
	a.labeled(label, expression+"  "+a.arrow()+found)
}

func (a *app) arrow() string {
	if a.options.ASCII {
		return "=> "
	}
	return "→ "
}
