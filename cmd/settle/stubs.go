package main

import (
	"context"
	"os"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/spf13/cobra"
)

type settings struct{}

func (a *app) settled(cmd *cobra.Command) (*settings, error) { return nil, nil }
func (s *settings) policy(w whenFlags, more ...string) (settle.Policy, bool, error) {
	return w.policy(more...)
}
func (s *settings) say(keys ...string) bool { return false }
func (a *app) onDone(ctx context.Context, command string, r report) ([]string, error) {
	return nil, nil
}
func (a *app) announce(r report) {}
func (a *app) histories() *journal.Histories {
	f, _ := journal.Folder(os.Getenv)
	return journal.OpenHistories(f)
}
func (a *app) usually(h *settle.History) string { return "" }
func (a *app) plainTask(text string, f *askFlags) (task, bool, error) {
	return task{}, false, nil
}
func (a *app) journal() (*journal.Journal, error) {
	f, err := journal.Folder(os.Getenv)
	if err != nil {
		return nil, err
	}
	return journal.Open(f)
}
