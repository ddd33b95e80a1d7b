package main

import (
	"errors"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/pflag"
)

// askFlags say what is asked and what the answers mean: "A URL's flags", and --pending-exit.
type askFlags struct {
	reading     recipe.Reading
	header      []string
	method      string
	data        string
	pendingExit []int
	recipe      string // a file
	bounds      bounds // of the targets that are opened to be asked
}

func addAskFlags(fs *pflag.FlagSet, display *term.Options) *askFlags {
	f := new(askFlags)
	r := &f.reading
	fs.StringVar(&r.State, "state", "", "jq `EXPR` that finds the raw state in the answer, such as .data.status or $http.status")
	fs.StringSliceVar(&r.Pending, "pending", nil, "raw `states` that mean: ask again (commas or repeats, globs such as '*_PROGRESS')")
	fs.StringSliceVar(&r.Blocked, "blocked", nil, "raw `states` that mean: a person must act first")
	fs.StringSliceVar(&r.Succeeded, "succeeded", nil, "raw `states` that mean: ended well")
	fs.StringSliceVar(&r.Warned, "warned", nil, "raw `states` that mean: ended well, with warnings")
	fs.StringSliceVar(&r.Failed, "failed", nil, "raw `states` that mean: ended badly")
	fs.StringSliceVar(&r.Canceled, "canceled", nil, "raw `states` that mean: somebody stopped it")
	fs.StringVar(&r.Unlisted, "unlisted", "", "what any other raw state `means`: unknown (default), pending or failed")
	fs.Var(progressFlag{&r.Progress, &display.Mode}, "progress", "jq `EXPR` that finds how far it is, 0 to 1; or how to show it: auto, tty, plain, none")
	fs.StringVar(&r.Reason, "reason", "", "jq `EXPR` that finds why, in the platform's words")
	fs.StringVar(&r.Result, "result", "", "jq `EXPR` over the last answer, printed on success")
	fs.StringVar(&r.OK, "ok", "", "jq `EXPR`; false: the check failed, although HTTP said 200")
	fs.StringArrayVar(&f.header, "header", nil, "a request header `'NAME: VALUE'`, sent with every check")
	fs.StringVar(&f.method, "method", "", "HTTP `METHOD` (default GET, with --data POST)")
	fs.StringVarP(&f.data, "data", "d", "", "request `BODY`, sent with every check; @FILE reads it from a file")
	fs.IntSliceVar(&f.pendingExit, "pending-exit", nil, "exit `codes` of -- COMMAND that mean: ask again; any other but 0 then means failed")
	fs.StringVar(&f.recipe, "recipe", "", "a recipe `FILE` that says how tasks are asked for; TASK is then an id")
	return f
}

// urlFlags say how a URL or a command is asked; so does --progress, where it is given an expression.
var urlFlags = []string{
	"state", "pending", "blocked", "succeeded", "warned", "failed", "canceled", "unlisted", "reason", "result", "ok",
	"header", "method", "data", "pending-exit",
}

// given returns the name of a flag that says how a URL is asked, "" where none was given.
func (f *askFlags) given(fs *pflag.FlagSet) (name string) {
	for _, flag := range urlFlags {
		if fs.Changed(flag) {
			return flag
		}
	}
	if f.reading.Progress != "" {
		return "progress"
	}
	return ""
}

// reader reads answers as the flags say. reads is false where they do not say what the raw states mean, so that an answer
// can only be shown; then the reader finds the raw state, and is nil where they do not say where that is.
func (f *askFlags) reader() (r *recipe.Reader, reads bool, err error) {
	reading := f.reading
	switch {
	case reading.State == "" && f.lists():
		return nil, false, usage("--state", said("missing: the lists say what raw states mean, not where one is found"), asIs("--state .status"))
	case reading.State == "" || !f.lists():
		reading.Pending = []string{"any"} // what it means does not matter
	case len(reading.Succeeded)+len(reading.Warned) == 0:
		return nil, false, usage("--succeeded", said("missing: no answer would be a success"), asIs("--succeeded done"))
	default:
		reads = true
	}
	if reading.State == "" {
		reading.State = "."
	}
	if r, err = reading.Compile(); err != nil {
		return nil, false, placed(err)
	}
	if f.reading.State == "" {
		r = nil
	}
	return r, reads, nil
}

// lists reports whether any raw state was given a meaning.
func (f *askFlags) lists() bool {
	r := &f.reading
	return len(r.Pending)+len(r.Blocked)+len(r.Succeeded)+len(r.Warned)+len(r.Failed)+len(r.Canceled) > 0
}

// progressModes are what --progress may be, beside an expression.
var progressModes = []string{term.Auto.String(), term.TTY.String(), term.Plain.String(), term.None.String()}

// progressFlag is one flag with two uses, how to find progress and how to show it: the names of the ways to show it are
// no jq expressions, so each value tells which it is. It may be given once for each.
type progressFlag struct {
	find *string
	show *term.Mode
}

func (p progressFlag) Set(value string) error {
	if mode, err := term.ParseMode(value); err == nil {
		*p.show = mode
		return nil
	}
	if meant := recipe.Nearest(value, progressModes); meant != "" {
		return usage("--progress", said("%s is neither a way to show progress nor a place in the answer", quoted(value)), didYouMean(meant))
	}
	*p.find = value
	return nil
}

func (p progressFlag) String() string { return "" }
func (p progressFlag) Type() string   { return "EXPR" }

// placed turns the place of what recipe and httptask refuse into the flag that it came from.
func placed(err error) error {
	var refused *recipe.Error
	switch {
	case !errors.As(err, &refused) || strings.HasPrefix(refused.Place, "-"):
		return err
	case refused.Place == "url":
		return usage("task", byOthers(refused.Problem), byOthers(refused.Hint))
	}
	return usage("--"+refused.Place, byOthers(refused.Problem), byOthers(refused.Hint))
}
