package recipe

import (
	"context"
	"errors"
	"fmt"
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

// An expression is compiled jq; a nil one was not asked for. It may be run by many goroutines at once.
type expression struct {
	text string
	code *gojq.Code
	http bool // it mentions $http
}

// compile returns what jq makes of text. Without overHTTP the answers have no $http.
func compile(place, text string, overHTTP bool) (e *expression, err error) {
	refuse := func(problem, hint string) (*expression, error) { return nil, &Error{place, problem, hint} }
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
	e = &expression{text: text}
	if e.code, err = gojq.Compile(query); err == nil {
		return e, nil
	}
	e.http = true
	e.code, err = gojq.Compile(query, gojq.WithVariables([]string{"$http"}))
	switch {
	case err != nil:
		return refuse(fmt.Sprintf("%v in %s", err, quote(text)), compileHint(text, err))
	case !overHTTP:
		return refuse("the answer does not come over HTTP, so there is no $http in "+quote(text), "its fields begin with a dot: .status")
	}
	return e, nil
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
	case strings.HasPrefix(problem, "variable not defined"):
		return "known are $http.status, $http.headers and $http.body"
	case strings.HasPrefix(problem, "input"), strings.HasPrefix(problem, "cannot load module"):
		return "an expression sees the answer and $http, nothing else"
	}
	return ""
}

// first returns the expression's first output for a; found is false where there is none, also on a nil expression.
// The error is the context's cause, or says what jq could not do.
func (e *expression) first(ctx context.Context, a *Answer) (value any, found bool, err error) {
	if e == nil {
		return nil, false, nil
	}
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	defer func() {
		if p := recover(); p != nil {
			value, found, err = nil, false, fmt.Errorf("jq: %v", p)
		}
	}()
	var variables []any
	if e.http {
		variables = []any{a.http()}
	}
	b := &budget{Context: ctx, left: maxSteps, until: time.Now().Add(maxTime)}
	value, found = e.code.RunWithContext(b, a.Body, variables...).Next()
	if err, failed := value.(error); failed {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, false, err
	}
	return value, found, nil
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
