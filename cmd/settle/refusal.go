package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
)

// A phrase is something to be said, kept with what it is about until it is known in which language. As a string it is
// English, which is what programs get.
type phrase struct {
	text term.Text
	args []any // a phrase, or an error of ours, is said in the same language
}

// said is a sentence of ours, as an English format; chineseRefusals has its Chinese.
func said(format string, args ...any) phrase {
	return phrase{term.Text{format, cmp.Or(chineseRefusals[format], format)}, args}
}

// asIs adds nothing to a text that is the same in every language (a line to type, a name), or to an error.
func asIs(what any) phrase { return phrase{term.Text{"%s", "%s"}, []any{what}} }

// ready is a text that was made for each language.
func ready(english, chinese string) phrase {
	return phrase{term.Text{"%[1]s", "%[2]s"}, []any{english, chinese}}
}

var comma = ready(", ", "、")

// listing is words with commas between.
func listing(words []string) phrase {
	return ready(strings.Join(words, comma.in(term.English)), strings.Join(words, comma.in(term.Chinese)))
}

// joined is all phrases as one, with another between them.
func joined(all []phrase, between phrase) phrase {
	var args []any
	for i, p := range all {
		if i > 0 {
			args = append(args, between)
		}
		args = append(args, p)
	}
	format := strings.Repeat("%s", len(args))
	return phrase{term.Text{format, format}, args}
}

// didYouMean is the hint of a name that is near what was typed.
func didYouMean(name string) phrase { return said("did you mean %s?", name) }

// nothingWritten is how a command ends that asked, or looked, before it was to write.
var nothingWritten = phrase{text: targetWords.notKept}

// policyProblem is why a policy was refused: one of a few sentences of the library, which chineseRefusals has too.
func policyProblem(e *settle.PolicyError) phrase { return said(e.Problem) }

// hintOfOthers is a hint of recipe, target or httptask, which know English alone.
func hintOfOthers(hint string) phrase {
	if rest, is := strings.CutPrefix(hint, "did you mean "); is {
		return didYouMean(strings.TrimSuffix(rest, "?"))
	}
	return asIs(hint)
}

// empty reports whether there is nothing to say.
func (p phrase) empty() bool { return p.text == term.Text{} }

func (p phrase) in(l term.Language) string {
	args := slices.Clone(p.args)
	for i, arg := range args {
		switch arg := arg.(type) {
		case phrase:
			args[i] = arg.in(l)
		case error:
			args[i] = inLanguage(arg, l)
		}
	}
	return l.Say(p.text, args...)
}

func (p phrase) String() string { return p.in(term.English) }

// A spokenError is an error that people are told in their language.
type spokenError struct {
	problem, hint phrase
	is            error // what else it is, for errors.As; nil: nothing
}

func (e *spokenError) Error() string { return e.problem.String() }
func (e *spokenError) Unwrap() error { return e.is }

// inLanguage is the text of an error with those of ours that it wraps in that language.
func inLanguage(err error, l term.Language) string {
	text := err.Error()
	for _, one := range faultsOf(err) {
		if spoken, is := errors.AsType[*spokenError](one); is {
			text = strings.Replace(text, spoken.Error(), spoken.problem.in(l), 1)
		}
	}
	return text
}

// inWords is an error and its hint as a person is told.
func (a *app) inWords(err error) (problem, hint string) {
	problem = inLanguage(err, a.options.Language)
	if spoken, is := errors.AsType[*spokenError](err); is {
		return problem, spoken.hint.in(a.options.Language)
	}
	if refused := refusedBy(err); refused != nil {
		hint = hintOfOthers(refused.Hint).in(a.options.Language)
	}
	return problem, hint
}

// usage refuses something that the user typed and that makes no sense: exit 2, before any request. place is a flag, a
// variable, or a word of ours in chinesePlaces.
func usage(place string, problem, hint phrase) error {
	where := asIs(place)
	if chinese, ours := chinesePlaces[place]; ours {
		where = phrase{text: term.Text{place, chinese}}
	}
	return refuse(recipe.Error{Place: place}, where, problem, hint)
}

// usageOf is usage by a name that somebody has given: of a handle, a target, a parameter.
func usageOf(name string, problem, hint phrase) error {
	return refuse(recipe.Error{Place: name}, asIs(name), problem, hint)
}

// refuse makes of a place the error that refuses what stands there: to people a spokenError, to errors.As a *recipe.Error.
func refuse(at recipe.Error, place, problem, hint phrase) error {
	at.Problem, at.Hint = problem.String(), hint.String()
	if at.Place != "" {
		problem = said("%s: %s", place, problem)
	}
	if at.File != "" {
		problem = phrase{term.Text{"%s:%d:%d: %s", "%s:%d:%d: %s"}, []any{at.File, at.Line, at.Column, problem}}
	}
	return &spokenError{problem, hint, &at}
}
