package main

import (
	"context"
	"fmt"

	"github.com/settle-go/settle/internal/term"
)

// rehearse shows what would be sent, and starts nothing.
func (s *submission) rehearse(ctx context.Context) error {
	look, err := s.at.Rehearse(ctx, s.action, s.params)
	if err != nil {
		return s.notStarted(ctx, err)
	}
	if !s.forPeople() {
		s.printTried(s.report(outcomePending), look)
		return nil
	}
	last := len(look.Steps) - 1
	for _, step := range look.Steps[:last] {
		s.showStep(step)
	}
	fmt.Fprintln(s.stderr, term.Clean(s.say(words.dryRun)))
	s.labeled(recipeWords.request, s.askedLines(look.Steps[last])...)
	return nil
}
