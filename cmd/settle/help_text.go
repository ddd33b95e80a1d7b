package main

import (
	"regexp"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A block is a part of a Long text: a paragraph as one line, or lines that begin with spaces and stay as they are.
type block struct {
	text     string
	verbatim bool
}

// blocks takes a Long text apart.
func blocks(long string) (all []block) {
	var lines []string
	verbatim := false
	end := func() {
		if len(lines) == 0 {
			return
		}
		between := " "
		if verbatim {
			between = "\n"
		}
		all = append(all, block{strings.Join(lines, between), verbatim})
		lines = nil
	}
	for line := range strings.SplitSeq(long, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if line == "" || indented != verbatim {
			end()
			verbatim = indented
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	end()
	return all
}

// commented splits a line of an example, and of what stays as it is, into what is typed and the comment behind it.
var commented = regexp.MustCompile(`^(.*?)( {2,}|^ *)# (.*)$`)

func cutComment(line string) (typed, comment string) {
	if m := commented.FindStringSubmatch(line); m != nil {
		return strings.TrimRight(m[1], " "), m[3]
	}
	return line, ""
}

// laidOut is an example as help shows it: what is typed is never broken, so that it can be copied. Where a comment has no
// room behind it, all comments stand above.
func laidOut(example string, width int) string {
	var b strings.Builder
	above := false
	for line := range strings.SplitSeq(example, "\n") {
		above = above || width > 0 && term.Cells(line) > width && strings.Contains(line, " # ")
	}
	for line := range strings.SplitSeq(example, "\n") {
		typed, comment := cutComment(line)
		if above && typed != "" && comment != "" {
			indent := typed[:len(typed)-len(strings.TrimLeft(typed, " "))]
			b.WriteString(term.Table{Width: width}.Indent("# "+comment, len(indent)))
			line = typed
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// helpTexts are the texts of a command that have another language: what it says of itself and its flags, paragraphs and
// comments each by itself.
func helpTexts(cmd *cobra.Command) (texts []string) {
	texts = append(texts, cmd.Short)
	for _, b := range append(blocks(cmd.Long), blocks(cmd.Example)...) {
		if !b.verbatim {
			texts = append(texts, b.text)
			continue
		}
		for line := range strings.SplitSeq(b.text, "\n") {
			if _, comment := cutComment(line); comment != "" {
				texts = append(texts, comment)
			}
		}
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			texts = append(texts, f.Usage)
		}
	})
	return texts
}

// inChinese puts a command's help into Chinese. What has no translation stays in English.
func inChinese(cmd *cobra.Command) {
	cmd.Short = translated(cmd.Short)
	cmd.Long = translatedBlocks(cmd.Long)
	cmd.Example = translatedBlocks(cmd.Example)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { f.Usage = translated(f.Usage) })
}

// unquoted takes the quotes around the names of values, which cobra's completion would show, off the flags' texts.
func unquoted(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
}

func translated(english string) string {
	if chinese, known := chineseHelp[english]; known {
		return chinese
	}
	return english
}

func translatedBlocks(english string) string {
	var all []string
	for _, b := range blocks(english) {
		if !b.verbatim {
			all = append(all, translated(b.text))
			continue
		}
		var lines []string
		for line := range strings.SplitSeq(b.text, "\n") {
			if _, comment := cutComment(line); comment != "" {
				line = strings.TrimSuffix(line, comment) + translated(comment)
			}
			lines = append(lines, line)
		}
		all = append(all, strings.Join(lines, "\n"))
	}
	return strings.Join(all, "\n\n")
}
