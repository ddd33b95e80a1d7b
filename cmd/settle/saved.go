package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

var otherState = said("XDG_STATE_HOME=/FOLDER settle list uses another one")

// journal opens the journal in the state folder, once, and clears away what is old there.
func (a *app) journal() (*journal.Journal, error) {
	if a.stored != nil {
		return a.stored, nil
	}
	folder, err := journal.Folder(os.Getenv)
	if err != nil {
		return nil, usage("state folder", asIs(err), otherState)
	}
	j, err := journal.Open(folder)
	if err != nil {
		return nil, usage("state folder", asIs(err), otherState)
	}
	_ = j.Clear(time.Now()) // what cannot be removed takes room, and nothing else
	a.stored = j
	return j, nil
}

// saved returns the entry that a handle, or its beginning, names.
func (a *app) saved(j *journal.Journal, handle string) (*journal.Entry, error) {
	e, err := j.Find(handle)
	var several *journal.AmbiguousError
	switch {
	case errors.As(err, &several):
		var all []string
		for _, e := range several.Entries {
			all = append(all, e.Handle+" ("+a.secrets.Mask(nameOf(e))+")")
		}
		return nil, usage("handle", said("several waits begin with %s: %s", quoted(handle), listing(all)), didYouMean(several.Entries[0].Handle))
	case errors.Is(err, journal.ErrNone):
		if taskLike.MatchString(handle) { // of a task that was never waited for there is no handle
			return nil, usage("handle", said("there is no wait %s", quoted(handle)), asIs("settle wait "+shellWord(a.secrets.ShowArguments([]string{handle})[0])))
		}
		return nil, noWait(handle, nearHandle(j, handle))
	}
	return e, err
}

// taskLike is TARGET/ID, RECIPE/ID or a URL.
var taskLike = regexp.MustCompile(`^[A-Za-z0-9][^/]*/.`)

// nearHandle is the handle that was meant, "" where none is near.
func nearHandle(j *journal.Journal, typed string) string {
	all, _ := j.List() // without it there is no better hint
	handles := make([]string, len(all))
	for i, e := range all {
		handles[i] = e.Handle
	}
	return near(typed, handles)
}

func noWait(typed, meant string) error {
	hint := said("settle list --all shows all handles")
	if meant != "" {
		hint = didYouMean(meant)
	}
	return usage("handle", said("there is no wait %s", quoted(typed)), hint)
}

// hideSecrets has masked what targets and the environment hold in plain text: an entry was masked as it was written, but
// not for what has become a secret since.
func (a *app) hideSecrets() {
	for _, name := range []string{"SETTLE_PASSWORD", "SETTLE_TOKEN"} {
		a.secrets.Add(os.Getenv(name))
	}
	file, _, err := loadTargets()
	if err != nil {
		return // who uses the targets hears of it
	}
	for _, name := range file.Names() {
		e, err := file.Entry(name)
		if err != nil {
			continue
		}
		for key, value := range e.Fields {
			if u, err := url.Parse(value); err == nil {
				a.secrets.AddURL(u)
			}
			if field, isName := strings.CutSuffix(key, "_env"); isName && target.SecretName(field) {
				a.secrets.Add(os.Getenv(value))
			} else if target.SecretName(key) {
				a.secrets.Add(value)
			}
		}
		for name, value := range e.Headers {
			a.secrets.AddHeader(name, value)
		}
	}
}

// What phaseOf says beside the journal's own phases.
const (
	phaseLost  journal.Phase = "lost"  // cut off while it was submitted: nobody knows whether it was started
	phaseLater journal.Phase = "later" // a later settle has written it
)

// phaseOf is how far a wait has come, now: one whose process is gone has stopped.
func phaseOf(e *journal.Entry) journal.Phase {
	switch {
	case e.IsLater():
		return phaseLater
	case e.Phase == journal.Ended || e.Alive():
		return e.Phase
	case e.Phase == journal.Submitting:
		return phaseLost
	}
	return journal.Stopped
}

// nameOf is what a line with little room calls a wait.
func nameOf(e *journal.Entry) string {
	for _, name := range []string{e.Name, e.Task, strings.TrimSpace(e.Target + " " + e.Action)} {
		if name != "" {
			return name
		}
	}
	return e.Handle
}

// namesOf is what a list calls its waits, by handle: those of one name, for several tasks, have their id behind it.
func namesOf(entries []*journal.Entry) map[string]string {
	tasks := map[string]string{} // of a name; several of them are no task
	for _, e := range entries {
		if other, seen := tasks[nameOf(e)]; !seen {
			tasks[nameOf(e)] = e.Task
		} else if other != e.Task {
			tasks[nameOf(e)] = "*"
		}
	}
	names := map[string]string{}
	for _, e := range entries {
		name := nameOf(e)
		if tasks[name] == "*" && e.ID != "" {
			name += " " + strings.TrimPrefix(shortID("", e.ID), "/")
		}
		names[e.Handle] = name
	}
	return names
}

// savedRecipe is the recipe of an entry, nil where it has none that can still be read; file is that of --recipe.
func savedRecipe(e *journal.Entry) (r *recipe.Recipe, file string) {
	for _, flag := range e.Flags {
		if path, is := strings.CutPrefix(flag, "--recipe="); is {
			file = path
		}
	}
	if file != "" {
		r, _ = recipe.ParseFile(file)
		return r, file
	}
	settings, err := target.Folder(os.Getenv)
	if err != nil || e.Recipe == "" {
		return nil, ""
	}
	r, _ = recipeIn(settings, e.Recipe)
	return r, ""
}

// A listedWait is one wait in the JSON of settle list and settle show. Every field is always there.
type listedWait struct {
	Handle   string         `json:"handle"`
	Run      string         `json:"run"` // the same for all that one command waited for
	Name     string         `json:"name"`
	Task     string         `json:"task"` // "" while its id is not known
	Target   string         `json:"target"`
	Recipe   string         `json:"recipe"`
	ID       string         `json:"id"`
	Action   string         `json:"action"`
	Phase    journal.Phase  `json:"phase"`   // submitting, waiting, stopped, ended; lost, later
	Process  int            `json:"process"` // that waits; 0: none does
	Outcome  settle.Outcome `json:"outcome"` // "" while nobody knows
	State    settle.State   `json:"state"`   // as last seen
	Raw      string         `json:"raw"`
	Progress float64        `json:"progress"` // 0 to 1
	Reason   string         `json:"reason"`
	Warned   bool           `json:"warned"`
	Started  time.Time      `json:"started"`
	Updated  time.Time      `json:"updated"`
	Link     string         `json:"link"`
	Error    string         `json:"error"`
}

// listed is e as JSON shows it, masked.
func (a *app) listed(e *journal.Entry) listedWait {
	l := listedWait{
		Handle: e.Handle, Run: e.Run, Name: nameOf(e), Task: e.Task, Target: e.Target, Recipe: e.Recipe, ID: e.ID, Action: e.Action,
		Phase: phaseOf(e), Outcome: e.Outcome, Started: e.Started.UTC(), Updated: e.Updated.UTC(), Link: e.Link, Error: e.Error,
	}
	if e.Alive() {
		l.Process = e.Process
	}
	if last, ok := e.Last(); ok {
		s := last.Status
		l.State, l.Raw, l.Progress, l.Reason, l.Warned = s.State, s.Raw, s.Progress, s.Reason, s.Warned
		if l.Error == "" {
			l.Error = last.Error
		}
	}
	for _, text := range []*string{&l.Name, &l.Task, &l.Target, &l.Recipe, &l.ID, &l.Action, &l.Raw, &l.Reason, &l.Link, &l.Error} {
		*text = a.secrets.Mask(*text)
	}
	return l
}

// maskWords masks each of the words, and is never null in JSON.
func (a *app) maskWords(words []string) []string {
	masked := make([]string, len(words))
	for i, word := range words {
		masked[i] = a.secrets.Mask(word)
	}
	return masked
}

// savedAnswer is an answer that was kept, masked, as JSON: as it is where it is JSON, else as a text; null where none was.
func (a *app) savedAnswer(e *journal.Entry) json.RawMessage {
	switch {
	case e.Answer == "":
		return nil
	case json.Valid([]byte(e.Answer)):
		return a.maskJSON(json.RawMessage(e.Answer))
	}
	return encode(a.secrets.Mask(e.Answer), "")
}
