package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/spf13/cobra"
)

func (a *app) resumeCommand() *cobra.Command {
	var f *waitFlags
	cmd := &cobra.Command{
		Use:   "resume [HANDLE...]",
		Short: "Resume waits that were left",
		Long: `settle resume goes on waiting for tasks that settle stopped watching: after Ctrl-C, a lost terminal, a limit that
was reached, kill -9 or a power cut, or settle submit --detach. Without a HANDLE it takes up all that is left of
the newest command. The limits begin anew; all else holds as it was given, unless a flag here says otherwise.

A flag that held a secret was not kept, and must be given again; settle says which. What another settle is
waiting for is left to it.`,
		Example: `  settle resume
  settle resume 0a4b
  settle resume 0a4b 77c1 --timeout 2h
  settle resume 0a4b --header "Authorization: Bearer $TOKEN"`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if a.settings, err = a.settled(cmd); err != nil {
				return err
			}
			entries, err := a.leftEntries(args)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				a.nothingLeft()
				return nil
			}
			v, err := a.takeUp(cmd, entries, f)
			if err != nil {
				return err
			}
			defer v.close()
			v.unnamed = len(args) == 0
			err = v.do(cmd.Context())
			if v.unnamed {
				v.othersLeft()
			}
			return err
		},
	}
	f = a.addWaitFlags(cmd.Flags())
	for _, flag := range keptQuestion { // of these it was said before, and only a secret, or how to show it, is said again
		if !slices.Contains([]string{"header", "data", "progress"}, flag) {
			cmd.Flags().Lookup(flag).Hidden = true
		}
	}
	return cmd
}

// leftEntries are those that the handles name, or all that is left of the newest command.
func (a *app) leftEntries(handles []string) (entries []*journal.Entry, err error) {
	j, err := a.journal()
	if err != nil {
		return nil, err
	}
	if len(handles) == 0 {
		if entries, err = j.Last(); err != nil {
			return nil, usage("state folder", asIs(err), otherState)
		}
		return entries, nil
	}
	for _, handle := range handles {
		e, err := a.saved(j, handle)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(entries, func(other *journal.Entry) bool { return other.Handle == e.Handle }) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// nothingLeft says so: who takes up all that is left has then done it.
func (a *app) nothingLeft() {
	hint := "settle list --all"
	if slices.ContainsFunc(waitedFor(isAny), (*journal.Entry).Alive) {
		hint = "settle list" // another settle has what was looked for
	}
	if !a.quiet {
		a.complain(a.say(words.nothingLeft), hint)
	}
	a.printReport(report{Outcome: settle.OutcomeSucceeded, Hint: hint})
}

// othersLeft says how many waits of other commands are left: who lost a terminal has often lost several.
func (v *vigil) othersLeft() {
	j, err := v.journal()
	if err != nil || v.quiet {
		return
	}
	all, _ := j.List() // of what cannot be read there is nothing to take up
	others := 0
	for _, e := range journal.Standing(all) {
		mine := slices.ContainsFunc(v.all, func(w *waiting) bool { return w.entry != nil && w.entry.Handle == e.Handle })
		if !mine && e.IsLeft() && e.Phase != journal.Submitting {
			others++
		}
	}
	if others > 0 {
		fmt.Fprintln(v.stderr, v.say(words.othersLeft, others))
	}
}

// takeUp makes a run of entries. No request is made.
func (a *app) takeUp(cmd *cobra.Command, entries []*journal.Entry, f *waitFlags) (*vigil, error) {
	v := &vigil{app: a, runFlags: f.run}
	for i, e := range entries {
		w, err := a.reopen(cmd, e)
		if err != nil {
			return nil, err
		}
		w.key = i
		v.all = append(v.all, w)
	}
	if of := entries[0].Run; slices.ContainsFunc(entries, func(e *journal.Entry) bool { return e.Run != of }) {
		for _, w := range v.all {
			if len(w.then) > 0 {
				return nil, usage("handle", said("%s has a command that follows its success, and the waits are not of one command", w.entry.Handle), asIs("settle resume "+w.entry.Handle))
			}
		}
		return v, nil
	}
	v.runFlags = v.all[0].run
	v.then = a.following(v.all)
	return v, nil
}

// following is what is to follow the success of all, which are taken up and of one command: nothing where another wait of
// that command ended otherwise, or goes on elsewhere.
func (a *app) following(all []*waiting) []string {
	then, run := all[0].then, all[0].entry.Run
	if len(then) == 0 || all[0].run.any {
		return then
	}
	j, err := a.journal()
	if err != nil {
		return then
	}
	entries, _ := j.List() // those that can be read
	for _, e := range entries {
		mine := slices.ContainsFunc(all, func(w *waiting) bool { return w.entry.Handle == e.Handle })
		if e.Run == run && !mine && (e.Phase != journal.Ended || e.Outcome != settle.OutcomeSucceeded) {
			a.complain(a.say(words.notFollowed, e.Handle), "settle show "+e.Handle)
			return nil
		}
	}
	return then
}

// reopen is the wait that e was, with its flags and those of cmd over them.
func (a *app) reopen(cmd *cobra.Command, e *journal.Entry) (*waiting, error) {
	switch {
	case e.IsLater():
		return nil, usageOf(e.Handle, said("a later settle has written it"), said("settle version; a newer one can take it up"))
	case e.Phase == journal.Submitting && e.Alive():
		return nil, usageOf(e.Handle, said("process %d is submitting it now", e.Process), said("settle list shows when it waits"))
	case e.Phase == journal.Submitting:
		return nil, a.neverStarted(e)
	case e.Task == "" && len(e.Behind) == 0:
		return nil, usageOf(e.Handle, said("has no task to wait for: %s ended as it was submitted", strings.TrimSpace(e.Target+" "+e.Action)), asIs("settle show "+e.Handle))
	}
	scratch, f := a.newWaitCommand()
	scratch.SetContext(cmd.Context())
	line := slices.Concat(e.Flags, changed(cmd.Flags(), scratch.Flags()))
	if missing := needed(e, cmd.Flags()); missing != "" {
		hint := phrase{text: words.goOn}
		if isWhole(e) {
			hint = asIs(resumeLine(e))
		}
		return nil, usageOf(e.Handle, said("needs %s, which is secret and was not kept", missing), hint)
	}
	if e.Task != "" {
		line = append(line, e.Task)
	}
	if len(e.Behind) > 0 {
		line = append(append(line, "--"), e.Behind...)
	}
	if err := scratch.ParseFlags(line); err != nil {
		return nil, usageOf(e.Handle, asIs(err), asIs("settle show "+e.Handle))
	}
	return a.waitOf(scratch, e, f)
}

// waitOf is the wait for an entry whose words scratch has parsed.
func (a *app) waitOf(scratch *cobra.Command, e *journal.Entry, f *waitFlags) (*waiting, error) {
	if err := a.settings.apply(scratch); err != nil {
		return nil, err
	}
	f.ask.bounds = f.run.bounds
	all, then, err := a.tasks(scratch, scratch.Flags().Args(), f.ask, "")
	if faults := faultsOf(err); len(faults) == 1 && refusedBy(err) != nil { // of a wait that nobody may have named
		return nil, usageOf(e.Handle, asIs(err), spokenBy(err).hint)
	}
	if err != nil {
		return nil, err
	}
	w := all[0]
	if w.ask != nil { // somebody has been at the entry: what has no state is not kept
		return nil, usageOf(e.Handle, said("nothing says where the state of %s is", w.name), asIs("settle show "+e.Handle))
	}
	w.entry, w.then, w.run, w.resumed = e, then, f.run, true
	if e.Name != w.short {
		w.label = e.Name
	}
	if err := a.time(w, f.when); err != nil {
		return nil, err
	}
	return w, nil
}

// neverStarted says that nobody knows whether there is a task to wait for. Once that has been said, nothing is left of it.
func (a *app) neverStarted(e *journal.Entry) error {
	problem := asIs(e.Error) // of a connection that was lost
	if e.Error == "" {
		problem = phrase{words.maybeSubmitted, []any{cmp.Or(strings.TrimSpace(e.Target+" "+e.Action), e.Name)}}
	}
	told := *e
	told.Phase, told.Outcome, told.Error, told.Updated = journal.Ended, settle.OutcomeUnknown, problem.in(a.options.Language), time.Now().UTC()
	if j, err := a.journal(); err == nil {
		_ = j.Save(&told) // else it is said again
	}
	return &exitError{exitUnknown, usageOf(e.Handle, problem, phrase{text: words.mayHaveStarted})}
}
