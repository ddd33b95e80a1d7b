package recipe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

const (
	maxExpression = 64 << 10 // the compiler recurses into it
	maxSteps      = 5_000_000
	maxTime       = 5 * time.Second
)

// An Expression is compiled jq; a nil one was not asked for. It may be run by many goroutines at once.
type Expression struct {
	text  string
	code  *gojq.Code
	names []string // the variables it mentions, without their dollar, in the order that code takes them
	path  *path    // nil: it is not a plain path
}

// A scope says which variables an expression may mention: the problem of one that it may not is not "".
type scope interface {
	refuse(name string) (problem, hint string)
}

// flagScope is what stands beside an answer where there is no recipe.
type flagScope struct {
	noHTTP bool
	text   string
}

func (s flagScope) refuse(name string) (problem, hint string) {
	switch {
	case name != "http":
		return fmt.Sprintf("variable not defined: $%s in %s", name, quote(s.text)), "known are $http.status, $http.headers and $http.body"
	case s.noHTTP:
		return "the answer does not come over HTTP, so there is no $http in " + quote(s.text), "its fields begin with a dot: .status"
	}
	return "", ""
}

// compile returns what jq makes of text. The error is an *Error.
func compile(place, text string, known scope) (e *Expression, err error) {
	refuse := func(problem, hint string) (*Expression, error) { return nil, refused(place, problem, hint) }
	// Odd expressions have made more than one release of gojq panic.
	defer func() {
		if p := recover(); p != nil {
			e, err = refuse(fmt.Sprintf("jq cannot compile %s: %v", quote(text), p), "")
		}
	}()
	if len(text) > maxExpression {
		return refuse(fmt.Sprintf("an expression of %d bytes; at most %d", len(text), maxExpression), "")
	}
	query, err := gojq.Parse(text)
	if err != nil {
		return refuse(parseProblem(text, err))
	}
	e = &Expression{text: text, path: plainPath(query)}
	var variables []string
	for {
		e.code, err = gojq.Compile(query, gojq.WithVariables(variables))
		if err == nil {
			return e, nil
		}
		// jq tells of one unknown variable at a time; those that the expression binds itself are none.
		variable, isVariable := strings.CutPrefix(err.Error(), "variable not defined: ")
		if !isVariable || slices.Contains(variables, variable) {
			return refuse(fmt.Sprintf("%v in %s", err, quote(text)), compileHint(text, err))
		}
		name := strings.TrimPrefix(variable, "$")
		if problem, hint := known.refuse(name); problem != "" {
			return refuse(problem, hint)
		}
		variables = append(variables, variable)
		e.names = append(e.names, name)
	}
}

func parseProblem(text string, err error) (problem, hint string) {
	var parse *gojq.ParseError
	if !errors.As(err, &parse) {
		return fmt.Sprintf("%v in %s", err, quote(text)), ""
	}
	start := parse.Offset
	if parse.Token != "" && start < len(text)+1 && strings.HasSuffix(text[:start], parse.Token) {
		start -= len(parse.Token)
	}
	if start >= len(strings.TrimRight(text, " \t\r\n")) {
		return fmt.Sprintf("%v at the end of %s", err, quote(text)), "is the expression complete, and in single quotes for the shell?"
	}
	line := strings.Count(text[:start], "\n")
	column := utf8.RuneCountInString(text[strings.LastIndexByte(text[:start], '\n')+1:start]) + 1
	if line > 0 {
		return fmt.Sprintf("%v in line %d, column %d of %s", err, line+1, column, quote(text)), ""
	}
	return fmt.Sprintf("%v at column %d of %s", err, column, quote(text)), ""
}

func compileHint(text string, err error) string {
	problem := err.Error()
	switch {
	case strings.HasPrefix(problem, "function not defined") && strings.HasSuffix(problem, "/0") && unicode.IsLetter(rune(text[0])):
		return "a field begins with a dot: ." + text
	case strings.HasPrefix(problem, "input"), strings.HasPrefix(problem, "cannot load module"):
		return "an expression sees the answer and $http, nothing else"
	}
	return ""
}

// String returns the expression as it was written; "" for a nil one.
func (e *Expression) String() string {
	if e == nil {
		return ""
	}
	return e.text
}

// shown is the expression as an error shows it: on one line, and short.
func (e *Expression) shown() string {
	const short = 200
	if len(e.text) <= short && !strings.Contains(e.text, "\n") {
		return e.text
	}
	return cut(strings.Join(strings.Fields(e.text), " "), short)
}

// Mentions reports whether the expression uses $name.
func (e *Expression) Mentions(name string) bool { return e != nil && slices.Contains(e.names, name) }

// First returns the expression's first output for a; found is false where there is none, also on a nil expression. The
// error is the context's cause, or says what jq could not do.
func (e *Expression) First(ctx context.Context, a *Answer) (value any, found bool, err error) {
	if e == nil {
		return nil, false, nil
	}
	if v, seen := e.lookUp(a); seen && ctx.Err() == nil {
		return v, true, nil
	}
	err = e.run(ctx, a, func(v any) bool {
		value, found = v, true
		return false
	})
	if err != nil {
		return nil, false, err
	}
	return value, found, nil
}

// All returns the expression's outputs for a, none on a nil expression. More than most are an error, as is what First
// calls one.
func (e *Expression) All(ctx context.Context, a *Answer, most int) ([]any, error) {
	if e == nil {
		return nil, nil
	}
	var values []any
	err := e.run(ctx, a, func(v any) bool {
		values = append(values, v)
		return len(values) <= most
	})
	switch {
	case err != nil:
		return nil, err
	case len(values) > most:
		return nil, fmt.Errorf("%s gives more than %d values", e.shown(), most)
	}
	return values, nil
}

// True reports whether the first output is neither null nor false. An expression that is nil, that fails or that gives
// nothing is not true.
func (e *Expression) True(ctx context.Context, a *Answer) bool {
	v, found, err := e.First(ctx, a)
	return err == nil && found && v != nil && v != false
}

// Words returns the first output as a person reads it: text as it is, anything else as JSON, cut at 4 KiB. It is "" where
// there is none, or only null or false, and where jq fails.
func (e *Expression) Words(ctx context.Context, a *Answer) string {
	v, _, err := e.First(ctx, a)
	if err != nil || v == nil || v == false || size(v, maxResult) > maxResult {
		return ""
	}
	words, isText := text(v)
	if !isText {
		b, err := gojq.Marshal(v)
		if err != nil {
			return ""
		}
		words = string(b)
	}
	return cut(words, maxReason)
}

// run hands the outputs to each, until that returns false.
func (e *Expression) run(ctx context.Context, a *Answer, each func(v any) bool) (err error) {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("jq: %v", p)
		}
	}()
	var variables []any
	if len(e.names) > 0 {
		variables = make([]any, len(e.names))
		for i, name := range e.names {
			variables[i] = a.value(name)
		}
	}
	b := &budget{Context: ctx, left: maxSteps, until: time.Now().Add(maxTime)}
	for outputs := e.code.RunWithContext(b, a.Body, variables...); ; {
		v, more := outputs.Next()
		if !more {
			return nil
		}
		if err, failed := v.(error); failed {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return err
		}
		if !each(v) {
			return nil
		}
	}
}

// A budget ends an expression. gojq asks a context's Done before each of its steps, so that counting the calls counts
// the steps, the same on every machine. The clock is read as often: a step that makes a large value takes seconds.
type budget struct {
	context.Context
	left  int
	until time.Time
}

var (
	errBudget = errors.New("the expression does not come to an end")
	ended     = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()
)

func (b *budget) Done() <-chan struct{} {
	b.left--
	if b.left >= 0 && time.Now().After(b.until) {
		b.left = -1
	}
	if b.left < 0 {
		return ended
	}
	return b.Context.Done()
}

func (b *budget) Err() error {
	if err := b.Context.Err(); err != nil {
		return err
	}
	if b.left < 0 {
		return errBudget
	}
	return nil
}
