package main

import (
	"context"
	"fmt"

	"github.com/settle-go/settle/internal/term"
)

// rehearse shows what a submission would send, and starts nothing.
func (a *app) rehearse(ctx context.Context, i *installed, action string, params map[string]any) error {
	look, err := i.Rehearse(ctx, action, params)
	if err != nil {
		s := &submission{app: a, at: i}
		return s.notStarted(ctx, i, action, err)
	}
	if !a.forPeople() {
		a.printTried(report{Outcome: outcomePending, Task: i.called(action), Target: i.target, Recipe: i.recipe()}, look)
		return nil
	}
	last := len(look.Steps) - 1
	for _, step := range look.Steps[:last] {
		a.showStep(step)
	}
	fmt.Fprintln(a.stderr, term.Clean(a.say(words.dryRun)))
	a.labeled(recipeWords.request, a.askedLines(look.Steps[last])...)
	return nil
}
