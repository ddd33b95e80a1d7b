package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/settle-go/settle/internal/journal"
	"github.com/spf13/cobra"
)

// A listed is a TASK as a command line or a list names it.
type listed struct {
	text  string
	label string // the name that the list gives it; ""
	place string // in the list: tasks.txt:3; "": it is an argument
}

// listedTasks are the arguments before "--" and the lines of the list in file ("-": stdin), each once, and the command
// behind it.
func (a *app) listedTasks(cmd *cobra.Command, args []string, file string) (list []listed, command []string, err error) {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		args, command = args[:dash], args[dash:]
	}
	for _, arg := range args {
		list = append(list, listed{text: arg})
	}
	if file != "" {
		more, err := heeding(a.signals, func() ([]listed, error) { return a.readList(file) })
		if err != nil {
			return nil, nil, err
		}
		if len(more) == 0 && len(list) == 0 {
			return nil, nil, usage("--file", said("%s names no task", listName(file)), taskALine)
		}
		list = append(list, more...)
	}
	return once(list), command, nil
}

// once is the list with each TASK a single time, at its first place, under the first name that it is given.
func once(list []listed) (all []listed) {
	at := map[string]int{}
	for _, l := range list {
		i, named := at[l.text]
		if !named {
			at[l.text] = len(all)
			all = append(all, l)
		} else if all[i].label == "" {
			all[i].label = l.label
		}
	}
	return all
}

func listName(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

const maxListLine = 1 << 20

var taskALine = said("a TASK a line, such as tower/9f3c; an optional name after it")

// readList reads a TASK a line, an optional name after it. What follows a # at the beginning of a word is a comment.
func (a *app) readList(file string) (list []listed, err error) {
	in := a.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usage("--file", asIs(err), said("--file tasks.txt, or --file - for stdin"))
		}
		defer f.Close()
		in = f
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxListLine)
	for n := 1; lines.Scan(); n++ {
		text, label := cutTask(strings.TrimPrefix(lines.Text(), "\ufeff"))
		place := fmt.Sprintf("%s:%d", listName(file), n)
		if !utf8.ValidString(text + label) {
			return nil, usageOf(place, said("is not text in UTF-8"), taskALine)
		}
		if text != "" {
			list = append(list, listed{text, label, place})
		}
	}
	err = lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = &spokenError{problem: said("a line of more than %d bytes", maxListLine)}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, usage("--file", said("%s: %s", listName(file), err), taskALine)
	}
	return list, nil
}

// cutTask takes a line of a list apart.
func cutTask(line string) (text, label string) {
	var words []string
	for word := range strings.FieldsSeq(line) {
		if strings.HasPrefix(word, "#") {
			break
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return "", ""
	}
	return words[0], strings.Join(words[1:], " ")
}

// tasks finds out what a command line names, and what is to run afterwards. No request is made.
func (a *app) tasks(cmd *cobra.Command, args []string, f *askFlags, file string) (all []*waiting, then []string, err error) {
	list, command, err := a.listedTasks(cmd, args, file)
	switch {
	case err != nil:
		return nil, nil, err
	case len(list) == 0 && len(command) == 0:
		return nil, nil, usage("arguments", said("nothing to ask about"), asIs(cmd.CommandPath()+" https://ci.lab/api/run/7 --state .status --pending running --succeeded done --failed error"))
	case len(list) == 0:
		t, err := a.commandTask(command, f)
		return []*waiting{{task: t}}, nil, err
	}
	urls := 0
	besideURL := slices.ContainsFunc(list, func(l listed) bool { return isURL(l.text) })
	for _, l := range list {
		w, err := a.listedTask(cmd, l, f.of(l.text, besideURL))
		if err != nil {
			return nil, nil, l.at(err)
		}
		w.label = l.label
		w.noteBehind(a, command)
		w.key = len(all)
		if w.readsFlags {
			urls++
		}
		if w.ask != nil && len(list) > 1 {
			return nil, nil, l.at(usage("--state", said("missing: where is the state of %s, and what do the raw states mean?", a.secrets.Mask(l.text)), asIs("--state .status --pending running --succeeded done --failed error")))
		}
		all = append(all, w)
	}
	if name := f.given(cmd.Flags()); name != "" && urls == 0 {
		return nil, nil, a.saidByRecipe(name, all[0])
	}
	return all, command, nil
}

// at gives an error about a line of a list its place.
func (l listed) at(err error) error {
	if l.place == "" {
		return err
	}
	return fmt.Errorf("%s: %w", l.place, err)
}

// saidByRecipe refuses a flag that says how a URL is asked where there is none.
func (a *app) saidByRecipe(flag string, w *waiting) error {
	hint := said("leave it out")
	if w.recipe != "" {
		hint = asIs("settle recipe show " + w.recipe)
	}
	problem := said("is for a URL; of %s the recipe says it", w.name)
	if flag == "pending-exit" {
		problem = said("is for -- COMMAND; of %s the recipe says it", w.name)
	}
	return usage("--"+flag, problem, hint)
}

// listedTask is a handle's task, one that a target or a recipe describes, a URL, or something that is asked without HTTP.
func (a *app) listedTask(cmd *cobra.Command, l listed, f *askFlags) (*waiting, error) {
	if f.recipe == "" {
		if e, err := a.entryNamed(l.text); err != nil {
			return nil, err
		} else if e != nil {
			return a.reopen(cmd, e)
		}
	}
	t, is, err := a.plainTask(l.text, f)
	switch {
	case is:
		t.readsFlags = true // or has refused them
	case isURL(l.text):
		t, err = a.urlTask(l.text, f)
	default:
		if t, err = a.recipeTask(cmd, l.text, f); err != nil && f.recipe == "" {
			err = a.orHandle(l.text, err)
		}
	}
	t.typed = cmp.Or(t.typed, l.text)
	return &waiting{task: t}, err
}

// entryNamed is the journal's entry whose handle text is, or begins; nil where text is none.
func (a *app) entryNamed(text string) (*journal.Entry, error) {
	j, err := a.journal()
	if err != nil {
		return nil, nil // nothing is kept here: it is no handle
	}
	e, err := j.Find(text)
	var several *journal.AmbiguousError
	switch {
	case errors.As(err, &several):
		return nil, usage("task", said("several waits begin with %s: %s", several.Typed, listing(handlesOf(several.Entries))), said("settle list shows them"))
	case err != nil:
		return nil, nil
	}
	return e, nil
}

// orHandle is err, which refuses text as a task, or that a handle was meant: that is near, and no target has the name.
func (a *app) orHandle(text string, err error) error {
	j, notKept := a.journal()
	targets, _, notRead := loadTargets()
	if notKept != nil || notRead != nil || slices.Contains(targets.Names(), text) {
		return err
	}
	if meant := nearHandle(j, text); meant != "" {
		return noWait(text, meant)
	}
	return err
}
