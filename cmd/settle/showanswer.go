package main

import (
	"context"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

// showAnswer asks once and shows what came back, with the whole command to type: nobody starts from an empty page. The
// answer is not understood, so this is exit 2 whatever it says. Without an answer it ends as a wait would whose only
// check failed so.
func (a *app) showAnswer(cmd *cobra.Command, t task, f *askFlags, attempt time.Duration) error {
	ctx, rec := cmd.Context(), newRecord()
	answer, err := settle.Wait(settle.WithTrace(ctx, rec.step), settle.Policy{Checks: 1, Attempt: attempt}, t.any)
	r := rec.report(ctx, t.name, err)
	if a.urls != nil {
		r.Requests = a.urls.Requests()
	}
	if err != nil {
		r.Error, r.Hint = failure(err), a.commonHint(t, err)
		if a.forPeople() {
			a.complain(t.name+": "+r.Error, r.Hint)
		}
		a.printReport(r)
		return exitWith(r.ExitCode)
	}
	r.setStatus(settle.Status{})
	r.Outcome, r.ExitCode = settle.OutcomeInvalid, exitInvalid
	r.Error, r.Hint = a.say(words.shown), a.commandToType(ctx, cmd, t, f, answer)
	var shown any = answer.Body
	if shown == nil {
		shown = answer.Text
	}
	if !a.forPeople() {
		r.Result = encode(shown, "")
		a.printReport(r)
		return exitWith(r.ExitCode)
	}
	a.printText(string(encode(a.masked(shown), "  ")))
	a.complain(r.Error, r.Hint)
	return exitWith(r.ExitCode)
}

// any is a check that succeeds with any answer that can be shown.
func (t task) any(ctx context.Context) (*recipe.Answer, settle.Status, error) {
	answer, err := t.ask(ctx)
	if answer == nil || answer.Status >= 400 {
		return nil, settle.Status{}, err
	}
	return answer, settle.When(true), nil
}
