package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/settle-go/settle/internal/term"
)

// A sink is stdout. It keeps the first error of writing: who waits for a result must not take a lost one for a success.
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

func isPipe(w io.Writer) bool {
	file, isFile := w.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// written returns the exit code of a run that was to exit with code: another one where its output was lost.
func (a *app) written(code int) int {
	err := a.stdout.err
	if err == nil {
		return code
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	a.complain(fmt.Sprintf("write the result: %v", err), "")
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

// printText writes lines that came from outside: as they are, but to a terminal nothing that would act on it.
func (a *app) printText(text string) {
	if a.terminal {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = term.Escape(lines[i])
		}
		text = strings.Join(lines, "\n")
	}
	fmt.Fprintln(a.stdout, text)
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

// encode is v as JSON that is meant for people and programs, not for HTML.
func encode(v any, indent string) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic(err) // every value is of a kind that JSON has
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
