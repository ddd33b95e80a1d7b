package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write docs/man and docs/reference.md")

const docs = "../../docs"

// The man pages and the reference say what help says:
//
//	go test ./cmd/settle -run TestReference -update
func TestReference(t *testing.T) {
	want := map[string][]byte{filepath.Join(docs, "reference.md"): reference(tree())}
	for _, cmd := range pages(tree()) {
		want[filepath.Join(docs, "man", pageName(cmd)+".1")] = manPage(cmd)
	}
	there, err := filepath.Glob(filepath.Join(docs, "man", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if want[file] != nil {
			continue
		}
		if !*update {
			t.Errorf("%s is of no command", file)
		} else if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(want)) {
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, want[file], 0o644); err != nil {
				t.Error(err)
			}
		} else if got, _ := os.ReadFile(file); !bytes.Equal(got, want[file]) {
			t.Errorf("%s is not what help says now: go test ./cmd/settle -run TestReference -update", file)
		}
	}
}

// pages are the commands that have a page of their own, in the order of help.
func pages(root *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{root}
	for _, cmd := range inGroupOrder(root) {
		if !cmd.Hidden && !isPage(cmd) && cmd.Name() != "help" {
			all = append(all, pages(cmd)...)
		}
	}
	return all
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func synopsis(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

// hasCodes reports whether a wait decides on the command's exit code.
func hasCodes(cmd *cobra.Command) bool {
	return !cmd.HasParent() || cmd.GroupID == "wait" || cmd.GroupID == "start"
}

// A roff is a man page being written, in the macros of man(7).
type roff struct{ bytes.Buffer }

func (r *roff) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

// text is what stands in a page as it is.
func text(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '\\':
			b.WriteString(`\e`)
		case c == '-':
			b.WriteString(`\-`)
		case c > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	s = b.String()
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func (r *roff) section(title string) { r.line(".SH %s", title) }

func (r *roff) verbatim(lines string) {
	r.line(".PP\n.RS 2\n.nf")
	for line := range strings.SplitSeq(strings.TrimRight(laidOut(lines, 74), "\n"), "\n") {
		r.line("%s", text(strings.TrimPrefix(line, "  ")))
	}
	r.line(".fi\n.RE")
}

func (r *roff) item(name, about string) { r.line(".TP\n%s\n%s", name, text(about)) }

// optionWord is a flag's name, to be bold, or what stands for its value.
var optionWord = regexp.MustCompile(`^--?[a-z]`)

func option(typed string) string {
	var words []string
	for word := range strings.FieldsSeq(typed) {
		bare := strings.TrimSuffix(word, ",")
		font := `\fI`
		if optionWord.MatchString(bare) {
			font = `\fB`
		}
		words = append(words, font+text(bare)+`\fR`+word[len(bare):])
	}
	return strings.Join(words, " ")
}

func manPage(cmd *cobra.Command) []byte {
	r := new(roff)
	r.line(`.\" Written by go test ./cmd/settle -run TestReference -update`)
	r.line(`.TH %s 1 "" settle "settle manual"`, strings.ToUpper(pageName(cmd)))
	r.line(".nh\n.ad l")
	r.section("NAME")
	r.line(`%s \- %s`, text(pageName(cmd)), text(cmd.Short))
	r.section("SYNOPSIS")
	r.line(".B %s", text(synopsis(cmd)))
	r.section("DESCRIPTION")
	for _, b := range blocks(cmp.Or(cmd.Long, cmd.Short+".")) {
		if b.verbatim {
			r.verbatim(b.text)
		} else {
			r.line(".PP\n%s", text(b.text))
		}
	}
	r.commands(cmd)
	if cmd.HasExample() {
		r.section("EXAMPLES")
		r.verbatim(cmd.Example)
	}
	r.section("OPTIONS")
	p := &helpPage{app: new(app)}
	for _, f := range shownFlags(cmd.LocalFlags()) {
		r.item(option(f.typed), p.withDefault(f))
	}
	r.closing(cmd)
	return r.Bytes()
}

func (r *roff) commands(cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	r.section("COMMANDS")
	for _, below := range inGroupOrder(cmd) {
		if below.IsAvailableCommand() {
			r.item(`\fB`+text(below.Name())+`\fR`, below.Short)
		}
	}
}

func (r *roff) closing(cmd *cobra.Command) {
	r.section(`"EXIT STATUS"`)
	if hasCodes(cmd) {
		for _, e := range exitHelp {
			r.item(`\fB`+e.codes+`\fR `+text(e.outcome), e.when[term.English])
		}
	} else {
		r.line(`0, or one of those in \fBsettle\fR(1): 2 where what was typed, or a file, makes no sense.`)
	}
	if !cmd.HasParent() {
		for _, list := range []struct {
			title string
			of    []explained
		}{{"FILES", files}, {"ENVIRONMENT", variables}} {
			r.section(list.title)
			for _, e := range list.of {
				r.item(`\fB`+text(e.name)+`\fR`, e.about[term.English])
			}
		}
	}
	r.section(`"SEE ALSO"`)
	var names []string
	if cmd.HasParent() {
		names = append(names, pageName(cmd.Parent()))
	}
	for _, near := range append(pages(cmd)[1:], others(cmd)...) {
		if name := pageName(near); near.Parent() == cmd || near.Parent() == cmd.Parent() && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		r.line(`\fB%s\fR(1)%s`, text(name), end)
	}
}

// others are the commands beside cmd.
func others(cmd *cobra.Command) (all []*cobra.Command) {
	if !cmd.HasParent() {
		return nil
	}
	for _, beside := range pages(cmd.Parent())[1:] {
		if beside != cmd && beside.Parent() == cmd.Parent() {
			all = append(all, beside)
		}
	}
	return all
}

// reference is the reference of all commands.
func reference(root *cobra.Command) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Written by go test ./cmd/settle -run TestReference -update -->\n# settle: all commands\n\n")
	for _, cmd := range pages(root) {
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", cmd.CommandPath(), pageName(cmd), cell(cmd.Short))
	}
	b.WriteString("- [Exit codes](#exit-codes), [environment](#environment), [files](#files)\n")
	p := &helpPage{app: new(app)}
	for _, cmd := range pages(root) {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n", cmd.CommandPath(), cell(cmd.Short))
		if cmd.HasExample() {
			fmt.Fprintf(&b, "\n```sh\n%s\n```\n", unindented(cmd.Example))
		}
		fmt.Fprintf(&b, "\nUsage: `%s`\n", synopsis(cmd))
		for _, part := range blocks(cmd.Long) {
			if part.verbatim {
				fmt.Fprintf(&b, "\n```text\n%s\n```\n", unindented(part.text))
			} else {
				fmt.Fprintf(&b, "\n%s\n", cell(part.text))
			}
		}
		b.WriteString("\n| flag | |\n|---|---|\n")
		for _, f := range shownFlags(cmd.LocalFlags()) {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimSpace(f.typed), cell(p.withDefault(f)))
		}
	}
	b.WriteString("\n## Exit codes\n\n| code | outcome | |\n|---|---|---|\n")
	for _, e := range exitHelp {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", e.codes, e.outcome, cell(e.when[term.English]))
	}
	for _, list := range []struct {
		title string
		of    []explained
	}{{"Environment", variables}, {"Files", files}} {
		fmt.Fprintf(&b, "\n## %s\n\n| name | |\n|---|---|\n", list.title)
		for _, e := range list.of {
			fmt.Fprintf(&b, "| `%s` | %s |\n", e.name, cell(e.about[term.English]))
		}
	}
	return b.Bytes()
}

// cell is text that Markdown shows as it is.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "~", `\~`, "`", "\\`").Replace(text)
}

func unindented(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, strings.TrimPrefix(line, "  "))
	}
	return strings.Join(lines, "\n")
}
