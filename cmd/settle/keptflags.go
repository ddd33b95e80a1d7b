package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/target"
	"github.com/spf13/pflag"
)

// keptQuestion are the flags that say what is asked, which a wait needs when it is taken up again.
var keptQuestion = append(slices.Clone(urlFlags), "progress", "recipe")

// kept are all flags that a wait needs when it is taken up again, wherever it was begun.
var kept = slices.Concat(keptQuestion, policyKeys, []string{
	"policy", "any", "fail-fast", "strict", "stop-on-blocked", "no-history", "rate", "workers", "on-done",
})

// changed is the kept flags of from that were given and that to has too, as words of a command line.
func changed(from, to *pflag.FlagSet) (words []string) {
	from.Visit(func(f *pflag.Flag) {
		if slices.Contains(kept, f.Name) && to.Lookup(f.Name) != nil {
			words = append(words, wordsOf(f)...)
		}
	})
	return words
}

// wordsOf is a flag as words of a command line.
func wordsOf(f *pflag.Flag) (words []string) {
	list, isList := f.Value.(pflag.SliceValue)
	if !isList {
		return []string{"--" + f.Name + "=" + f.Value.String()}
	}
	for _, value := range list.GetSlice() {
		if f.Value.Type() == "stringSlice" {
			value = listText(value)
		}
		words = append(words, "--"+f.Name+"="+value)
	}
	return words
}

// keptFlags is what the journal keeps of the flags of fs, and the names of those that hold a secret, which is not kept.
func (a *app) keptFlags(fs *pflag.FlagSet, ask *askFlags) (flags, needs []string) {
	fs.Visit(func(f *pflag.Flag) {
		text := f.Value.String()
		switch {
		case !slices.Contains(kept, f.Name):
		case f.Name == "progress":
			if ask.reading.Progress != "" {
				flags = append(flags, "--progress="+ask.reading.Progress)
			}
		case f.Name == "recipe":
			flags = append(flags, "--recipe="+absolute(text))
		case f.Name == "data" && strings.HasPrefix(text, "@"):
			flags = append(flags, "--data=@"+absolute(text[1:]))
		case f.Name == "header":
			for _, header := range ask.header {
				if name, value, _ := cutHeader(header); target.ShowHeader(name, value) != value {
					needs = append(needs, "--header "+name)
				} else {
					flags = append(flags, "--header="+header)
				}
			}
		case a.secrets.Mask(text) != text:
			needs = append(needs, "--"+f.Name)
		default:
			flags = append(flags, wordsOf(f)...)
		}
	})
	return flags, slices.Compact(needs)
}

// absolute is a path that holds in any working folder.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// needed is the first secret that e lacks and the flags do not give: "--header X-Api-Key", "TASK"; "" where there is none.
func needed(e *journal.Entry, given *pflag.FlagSet) string {
	for _, need := range e.Needs {
		flag, header, _ := strings.Cut(strings.TrimPrefix(need, "--"), " ")
		f := given.Lookup(flag)
		if f == nil || !f.Changed || header != "" && !hasHeader(f, header) {
			return need
		}
	}
	return ""
}

func hasHeader(f *pflag.Flag, name string) bool {
	list, isList := f.Value.(pflag.SliceValue)
	return isList && slices.ContainsFunc(list.GetSlice(), func(text string) bool {
		given, _, _ := cutHeader(text)
		return strings.EqualFold(given, name)
	})
}

const theCommand = "-- COMMAND" // in Entry.Needs

// isWhole reports whether flags can give all that e lacks. A TASK or a command that was secret they cannot.
func isWhole(e *journal.Entry) bool {
	return !slices.ContainsFunc(e.Needs, func(need string) bool { return need == theCommand || !strings.HasPrefix(need, "--") })
}

// resumeLine is what takes the waits up again, with what has to be given again.
func resumeLine(entries ...*journal.Entry) string {
	line := "settle resume"
	var needs []string
	for _, e := range entries {
		line += " " + e.Handle
		needs = append(needs, e.Needs...)
	}
	slices.Sort(needs)
	return line + givenAgain(slices.Compact(needs))
}

// givenAgain is the end of a line to type, with the flags that were not kept.
func givenAgain(needs []string) (line string) {
	for _, need := range needs {
		switch flag, header, _ := strings.Cut(need, " "); flag {
		case "--header":
			line += fmt.Sprintf(" --header \"%s: $SECRET\"", header)
		case "--data":
			line += " --data @body.json"
		default:
			line += " " + flag + " \"$SECRET\""
		}
	}
	return line
}
