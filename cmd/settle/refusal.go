package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

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

// quoted is what was typed as it stands in a sentence.
func quoted(text string) string { return string(encode(text, "")) }

// didYouMean is the hint of a name that is near what was typed.
func didYouMean(name string) phrase { return said("did you mean %s?", name) }

// nothingWritten is how a command ends that asked, or looked, before it was to write.
var nothingWritten = phrase{text: targetWords.notKept}

// byOthers is a sentence of a package below, which comes as English text: the commonest are known by their form, and said in
// the person's language too.
func byOthers(text string) phrase {
	for _, s := range othersSay {
		parts := strings.Split(s.english, "%s")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		found := regexp.MustCompile("(?s)^" + strings.Join(parts, "(.+)") + "$").FindStringSubmatch(text)
		if found == nil {
			continue
		}
		var args []any
		for _, arg := range found[1:] {
			if s.lists {
				args = append(args, ready(arg, chineseList.Replace(arg)))
			} else {
				args = append(args, arg)
			}
		}
		return phrase{term.Text{s.english, s.chinese}, args}
	}
	return asIs(text)
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

// spokenBy is what err wraps that can be said in another language; nil where that is nothing.
func spokenBy(err error) *spokenError {
	if spoken, is := errors.AsType[*spokenError](err); is {
		return spoken
	}
	refused := refusedBy(err)
	if refused == nil {
		return nil
	}
	place := asIs(refused.Place)
	if refused.File == "" { // else it is a key in that file
		place = placeOf(refused.Place)
	}
	return refuse(*refused, place, byOthers(refused.Problem), byOthers(refused.Hint))
}

// inLanguage is the text of an error, in that language as far as it can be said in it.
func inLanguage(err error, l term.Language) string {
	text := err.Error()
	for _, one := range faultsOf(err) {
		if spoken := spokenBy(one); spoken != nil {
			text = strings.Replace(text, spoken.Error(), spoken.problem.in(l), 1)
		}
	}
	return text
}

// inWords is an error and its hint as a person is told.
func (a *app) inWords(err error) (problem, hint string) {
	if spoken := spokenBy(err); spoken != nil {
		hint = spoken.hint.in(a.options.Language)
	}
	return inLanguage(err, a.options.Language), hint
}

// usage refuses something that the user typed and that makes no sense: exit 2, before any request. place is a flag, a
// variable, or a word of ours in chinesePlaces.
func usage(place string, problem, hint phrase) error {
	return refuse(recipe.Error{Place: place}, placeOf(place), problem, hint)
}

func placeOf(place string) phrase {
	return ready(place, cmp.Or(chinesePlaces[place], place))
}

// usageOf is usage by a name that somebody has given: of a handle, a target, a parameter.
func usageOf(name string, problem, hint phrase) error {
	return refuse(recipe.Error{Place: name}, asIs(name), problem, hint)
}

// refuse makes of a place the error that refuses what stands there: to people a spokenError, to errors.As a *recipe.Error.
func refuse(at recipe.Error, place, problem, hint phrase) *spokenError {
	at.Problem, at.Hint = problem.String(), hint.String()
	if at.Place != "" {
		problem = said("%s: %s", place, problem)
	}
	switch text := (term.Text{"%s: %s", "%s: %s"}); { // editors look for the file at the beginning
	case at.File != "" && at.Line > 0:
		problem = phrase{text, []any{fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column), problem}}
	case at.File != "":
		problem = phrase{text, []any{at.File, problem}}
	}
	return &spokenError{problem, hint, &at}
}
