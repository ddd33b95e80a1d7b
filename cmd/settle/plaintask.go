package main

import "strings"

// What a TASK begins with that needs neither a platform nor a recipe.
const (
	portScheme  = "tcp:"  // tcp:HOST:PORT, until it can be connected to
	fileScheme  = "file:" // file:PATH, until it is there; with --state its JSON is the answer
	shellScheme = "exec:" // exec:COMMAND for the system's shell, as "-- COMMAND" without a shell
)

// isPlain reports whether a TASK is a port, a file or a command. With --recipe it is an id, whatever it looks like.
func (f *askFlags) isPlain(text string) bool {
	return f.recipe == "" && (strings.HasPrefix(text, portScheme) || strings.HasPrefix(text, fileScheme) || strings.HasPrefix(text, shellScheme))
}

// of is the flags as they hold for a TASK that stands beside a URL, where that is so: what says how a URL is asked is not
// for a port, a file or a command then, and what reads an answer not for a port.
func (f *askFlags) of(text string, besideURL bool) *askFlags {
	if !besideURL || !f.isPlain(text) {
		return f
	}
	if strings.HasPrefix(text, portScheme) {
		return new(askFlags)
	}
	own := *f
	own.header, own.method, own.data = nil, "", ""
	return &own
}

// isThing reports whether the task is a port, or a file that is to be there: nothing runs that would go on without us.
func (t task) isThing() bool {
	return t.target == "" && t.recipe == "" && t.reader == nil && (strings.HasPrefix(t.name, portScheme) || strings.HasPrefix(t.name, fileScheme))
}

// plainTask is the port, the file or the command that a TASK names; is reports whether it names one at all.
func (a *app) plainTask(text string, f *askFlags) (t task, is bool, err error) {
	switch {
	case !f.isPlain(text):
		return task{}, false, nil
	case strings.HasPrefix(text, portScheme):
		t, err = a.portTask(text, f)
	case strings.HasPrefix(text, fileScheme):
		t, err = a.fileTask(text, f)
	default:
		t, err = a.shellTask(text, f)
	}
	return t, true, err
}

// shellTask is a command for the system's shell: what "-- COMMAND" is, in one word, so that several can be waited for.
func (a *app) shellTask(text string, f *askFlags) (task, error) {
	command := strings.TrimPrefix(text, shellScheme)
	if strings.TrimSpace(command) == "" {
		return task{}, usage("task", said("%s has no command", quoted(text)), asIs("exec:./is-it-ready.sh"))
	}
	t, err := a.commandTask(shellOf(command), f)
	shown := a.secrets.ShowArguments([]string{"sh", "-c", command})[2]
	if err != nil {
		return task{}, err
	}
	t.name, t.short, t.address, t.behind, t.hidden = shellScheme+shown, shown, shellWord(shellScheme+shown), nil, false
	t.kind = kindOfCommand(strings.Fields(command))
	return t, nil
}

// asked returns the names of the flags that say what is asked and how the answer is read, those that were given.
func (f *askFlags) asked() []string {
	r := &f.reading
	var names []string
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"header", len(f.header) > 0}, {"method", f.method != ""}, {"data", f.data != ""}, {"pending-exit", len(f.pendingExit) > 0},
		{"state", r.State != ""}, {"pending", len(r.Pending) > 0}, {"blocked", len(r.Blocked) > 0}, {"succeeded", len(r.Succeeded) > 0},
		{"warned", len(r.Warned) > 0}, {"failed", len(r.Failed) > 0}, {"canceled", len(r.Canceled) > 0}, {"unlisted", r.Unlisted != ""},
		{"progress", r.Progress != ""}, {"reason", r.Reason != ""}, {"result", r.Result != ""}, {"ok", r.OK != ""},
	} {
		if flag.given {
			names = append(names, flag.name)
		}
	}
	return names
}
