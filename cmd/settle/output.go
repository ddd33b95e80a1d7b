package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/settle-go/settle/internal/term"
)

// A sink is stdout. It keeps the first reason why something does not stand there: who waits for a result must not take a
// lost one for a success.
type sink struct {
	to  io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.fail(err)
	return n, err
}

func (s *sink) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// isPipe reports whether somebody reads what is written to w.
func isPipe(w io.Writer) bool {
	file, isFile := w.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// written returns the exit code of a run that was to exit with code: another one where its output was lost, or where a
// success does not stand in it.
func (a *app) written(code int) int {
	err := a.stdout.err
	var unfilled *unfilledError
	var path *fs.PathError
	switch {
	case err == nil:
		return code
	case errors.As(err, &unfilled):
		a.complain("--output: "+err.Error(), a.say(words.unfilled))
		return cmp.Or(code, exitInvalid)
	case errors.As(err, &path):
		err = path.Err
	}
	a.complain(said("write the result: %v", err).in(a.options.Language), "")
	return exitInternal
}

// printResult writes the task's result as text.
func (a *app) printResult(result json.RawMessage) { a.printText(a.resultText(result)) }

// resultText is a result as text: a string as it is, anything else as JSON.
func (a *app) resultText(result json.RawMessage) (text string) {
	result = a.maskJSON(result)
	if json.Unmarshal(result, &text) != nil {
		text = string(result)
	}
	return text
}

// printText writes lines that came from outside.
func (a *app) printText(text string) { fmt.Fprintln(a.stdout, a.harmless(text)) }

// harmless is text as it is, but to a terminal without what would act on it, and in a job without what would be a command
// to it.
func (a *app) harmless(text string) string {
	if a.terminal {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = term.Escape(lines[i])
		}
		text = strings.Join(lines, "\n")
	}
	if inJob() {
		text = string(withoutCommands([]byte(text)))
	}
	return text
}

// maskJSON masks the texts in a JSON value, and nothing else: its structure stays, and so do numbers, true and false.
func (a *app) maskJSON(value json.RawMessage) json.RawMessage {
	if value == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err) // it comes from an encoder
	}
	return encode(a.masked(v), "")
}

func (a *app) masked(v any) any {
	switch v := v.(type) {
	case string:
		return a.secrets.Mask(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = a.masked(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[a.secrets.Mask(key)] = a.masked(item)
		}
		return object
	}
	return v
}

// encode is v as JSON that is meant for people and programs, not for HTML. What would act on a terminal, or be a command to
// a job, is escaped there, which changes no value.
func encode(v any, indent string) []byte {
	var buffer bytes.Buffer
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic(err) // every value is of a kind that JSON has
	}
	text := bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
	acts := func(r rune) bool { return r >= 0x7f && term.Hostile(r) } // JSON has escaped what is below
	if bytes.ContainsFunc(text, acts) {
		text = escapeJSON(text, acts)
	}
	if inJob() {
		text = bytes.ReplaceAll(text, []byte("##["), []byte(`#\u0023[`))
	}
	return text
}

// escapeJSON escapes characters that can only stand in JSON's texts.
func escapeJSON(text []byte, which func(rune) bool) (escaped []byte) {
	for _, r := range string(text) {
		if !which(r) {
			escaped = utf8.AppendRune(escaped, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			escaped = fmt.Appendf(escaped, `\u%04x`, unit)
		}
	}
	return escaped
}
