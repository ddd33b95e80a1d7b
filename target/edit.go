package target

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/settle-go/settle/recipe"
)

// Add writes the entry to the end of the file, behind an empty line; all that stands there stays as it is. Others who
// add and remove at the same time wait for each other, and f then has what they have written too. The file's mode
// becomes 0600, that of a folder that has to be made 0700. A kill or an error leaves the old file or the new one. The
// error is a *recipe.Error where the entry is refused, or its name is there already.
func (f *File) Add(e *Entry) error {
	if err := e.refuse(); err != nil {
		return err
	}
	block, err := e.block()
	if err != nil {
		return err
	}
	return f.edit(func(text string, listed listing) (string, []*Entry, error) {
		if f.index(e.Name) >= 0 {
			return "", nil, &recipe.Error{Place: e.Name, Problem: "is in " + f.path + " already", Hint: "settle target remove " + e.Name}
		}
		return appendBlock(text, listed.indent, block), append(slices.Clone(listed.entries), e), nil
	})
}

// Remove cuts the target's lines out of the file, with the comment directly above it and one empty line; all others
// stay as they are. For the rest it is as Add; a name that is not there is the error of Entry.
func (f *File) Remove(name string) error {
	return f.edit(func(text string, listed listing) (string, []*Entry, error) {
		if _, err := f.Entry(name); err != nil {
			return "", nil, err
		}
		i := f.index(name)
		next := 0
		if i+1 < len(listed.entries) {
			next = listed.entries[i+1].at.places[""].line
		}
		text = cutBlock(text, listed.indent, listed.entries[i].at.places[""].line, next)
		return text, slices.Delete(slices.Clone(listed.entries), i, i+1), nil
	})
}

// edit replaces the file's text, read again under a lock, by what change makes of it, if that then says what change
// says it should: lines are moved here, and YAML has more ways to write things than this knows.
func (f *File) edit(change func(text string, listed listing) (string, []*Entry, error)) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("write targets: %w", err)
	}
	path, err := throughLinks(f.path)
	if err != nil {
		return fmt.Errorf("write targets: %w", err)
	}
	lock, err := lockedfile.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("lock targets: %w", err)
	}
	defer lock.Close()

	text, _, err := readFile(path)
	if err != nil {
		return fmt.Errorf("read targets: %w", err)
	}
	listed, err := decode(f.path, text)
	if err != nil {
		return err
	}
	f.entries = listed.entries
	changed, want, err := change(string(text), listed)
	if err != nil {
		return err
	}
	got, err := decode(f.path, []byte(changed))
	if err != nil || listed.flow || !sameEntries(got.entries, want) {
		return &recipe.Error{File: f.path, Problem: "is written in a way that settle cannot change", Hint: "change it in an editor: each target on lines of its own"}
	}
	if err := replace(path, []byte(changed), createPrivate); err != nil {
		return fmt.Errorf("write targets: %w", err)
	}
	f.entries = got.entries
	return nil
}

func sameEntries(a, b []*Entry) bool {
	return slices.EqualFunc(a, b, func(a, b *Entry) bool {
		return a.Name == b.Name && a.Recipe == b.Recipe &&
			maps.Equal(a.Fields, b.Fields) && maps.EqualFunc(a.Commands, b.Commands, slices.Equal[[]string]) &&
			a.TLS == b.TLS && a.Rate == b.Rate && a.Proxy == b.Proxy &&
			maps.Equal(a.Headers, b.Headers) && slices.Equal(a.Hosts, b.Hosts) &&
			a.Policy == b.Policy && a.MaxBody == b.MaxBody
	})
}

// throughLinks returns the file that a path leads to, which need not be there.
func throughLinks(path string) (string, error) {
	for range 40 {
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", err
		}
		path = filepath.Join(folder, filepath.Base(path))
		info, err := os.Lstat(path)
		if errors.Is(err, os.ErrNotExist) || err == nil && info.Mode()&os.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		link, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(folder, link)
		}
		path = link
	}
	return "", errors.New(path + ": too many links")
}

// YAML counts all these as the ends of lines, and an entry's place is told by them.
var linePattern = regexp.MustCompile(`[^\n\r\x{85}\x{2028}\x{2029}]*(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])|[^\n\r\x{85}\x{2028}\x{2029}]+`)

// splitLines keeps each line's end.
func splitLines(text string) []string { return linePattern.FindAllString(text, -1) }

// lineEnd returns what ends the line, "" where it is the last and has no end.
func lineEnd(line string) string {
	if strings.HasSuffix(line, "\r\n") {
		return "\r\n"
	}
	if last, size := utf8.DecodeLastRuneInString(line); strings.ContainsRune("\n\r\u0085\u2028\u2029", last) {
		return line[len(line)-size:]
	}
	return ""
}

// appendBlock leaves a text without an end of its last line without one, so that cutBlock can give back what there was.
func appendBlock(text string, indent int, block []string) string {
	end := "\n"
	lines := splitLines(text)
	if len(lines) > 0 && lineEnd(lines[0]) == "\r\n" {
		end = "\r\n"
	}
	added := strings.Repeat(" ", indent) + strings.Join(block, end+strings.Repeat(" ", indent))
	switch {
	case text == "":
		return added + end
	case lineEnd(lines[len(lines)-1]) == "":
		return text + end + end + added
	}
	return text + end + added + end
}

// cutBlock cuts out the entry that begins on line at; the next one begins on line next, 0: there is none.
func cutBlock(text string, indent, at, next int) string {
	lines := splitLines(text)
	start, end := at-1, next-1
	if next == 0 {
		end = len(lines)
	}
	for end > start+1 && (isBlank(lines[end-1]) || isComment(lines[end-1], indent)) {
		end--
	}
	for start > 0 && isComment(lines[start-1], indent) {
		start--
	}
	switch {
	case start > 0 && isBlank(lines[start-1]):
		start--
	case start == 0 && end < len(lines) && isBlank(lines[end]):
		end++
	}
	kept := strings.Join(lines[:start], "")
	if end == len(lines) && lineEnd(lines[end-1]) == "" && start > 0 {
		kept = strings.TrimSuffix(kept, lineEnd(lines[start-1]))
	}
	return kept + strings.Join(lines[end:], "")
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// isComment reports whether the line is a comment that stands no deeper than the names do: a deeper one is part of the
// entry above it.
func isComment(line string, indent int) bool {
	text := strings.TrimLeft(line, " \t")
	return strings.HasPrefix(text, "#") && len(line)-len(text) <= indent
}
