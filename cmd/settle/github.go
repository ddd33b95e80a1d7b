package main

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

const (
	maxAnnotations = 10  // of a step: GitHub shows no more
	maxSummaryRows = 500 // of tasks, those first that did not succeed
	maxReasonLines = 20
	maxOutput      = 512 << 10 // of a value in $GITHUB_OUTPUT, which GitHub bounds at 1 MiB
)

// announce says how it ended where a GitHub Actions job sees it: an annotation for what did not succeed, a table in the
// step's summary, and its outputs. Elsewhere it does nothing. What cannot be written is one line on stderr.
func (a *app) announce(r report) {
	if !inJob() {
		return
	}
	r = a.shown(r)
	tasks := r.Tasks
	if len(tasks) == 0 {
		tasks = []report{r}
	}
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(x, y report) int { return cmp.Compare(urgency(x), urgency(y)) })
	a.annotate(tasks)
	a.appendTo("GITHUB_STEP_SUMMARY", a.summary(tasks))
	a.appendTo("GITHUB_OUTPUT", a.outputs(r))
}

// urgency sorts first what somebody should look at.
func urgency(r report) int {
	switch {
	case r.Outcome != settle.OutcomeSucceeded:
		return 0
	case r.Warned:
		return 1
	}
	return 2
}

// annotate writes a workflow command for each task that did not succeed, or did with warnings.
func (a *app) annotate(tasks []report) {
	n, _ := slices.BinarySearchFunc(tasks, 2, func(r report, level int) int { return cmp.Compare(urgency(r), level) })
	tasks = tasks[:n]
	for i, r := range tasks {
		if left := len(tasks) - i; i == maxAnnotations-1 && left > 1 {
			a.command("error", "settle", a.say(githubWords.more, left))
			return
		}
		level, how, why := "error", string(r.Outcome), cmp.Or(r.Error, r.Reason)
		if urgency(r) == 1 {
			level, how, why = "warning", a.say(githubWords.warned), r.Reason
		}
		text := slices.DeleteFunc([]string{cmp.Or(why, how), r.Link, r.Hint}, func(line string) bool { return line == "" })
		a.command(level, cmp.Or(r.Task, "settle")+": "+how, strings.Join(text, "\n"))
	}
}

// command writes ::level title=…::text, which is one line whatever the texts hold, past what guards stderr.
func (a *app) command(level, title, text string) {
	fmt.Fprintf(a.child.err, "::%s title=%s::%s\n", level, commandProperty.Replace(term.Clean(title)), commandData.Replace(strings.Join(cleanLines(text), "\n")))
}

// cleanLines are the first lines of text, each harmless.
func cleanLines(text string) []string {
	lines := strings.SplitN(strings.TrimSpace(text), "\n", maxReasonLines+1)
	lines = lines[:min(len(lines), maxReasonLines)]
	for i := range lines {
		lines[i] = term.Clean(strings.TrimRight(lines[i], "\r"))
	}
	return lines
}

var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// summary is a table of the tasks in Markdown.
func (a *app) summary(tasks []report) string {
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	heading := []string{}
	for _, t := range []term.Text{githubWords.task, githubWords.outcome, githubWords.time, githubWords.link, githubWords.reason} {
		heading = append(heading, a.say(t))
	}
	b.WriteByte('\n')
	row(heading...)
	b.WriteString("|---|---|---|---|---|\n")
	for _, r := range tasks[:min(len(tasks), maxSummaryRows)] {
		why := cmp.Or(r.Reason, r.Error)
		if urgency(r) == 2 {
			why = "" // "all done" is not worth a cell
		}
		took := ""
		if r.Started != nil {
			took = a.options.Language.Duration(time.Duration(r.Elapsed * float64(time.Second)))
		}
		row(markdown(r.Task), outcomeMarks[urgency(r)]+" "+string(r.Outcome), took, a.markdownLink(r.Link), markdown(why))
	}
	if more := len(tasks) - maxSummaryRows; more > 0 {
		fmt.Fprintf(&b, "\n%s\n", a.say(githubWords.moreRows, more))
	}
	b.WriteByte('\n')
	return b.String()
}

var outcomeMarks = [...]string{"❌", "⚠️", "✅"} // by urgency

// markdown is text that is shown as it is in the cell of a table. Entities, unlike backslashes, mean the same in every
// dialect.
func markdown(text string) string {
	lines := cleanLines(text)
	for i, line := range lines {
		var b strings.Builder
		for _, r := range line {
			if strings.ContainsRune("\\`*_[]()<>|&~#!@:$", r) {
				b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
			} else {
				b.WriteRune(r)
			}
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "<br>")
}

// markdownLink is a link to a page, "" where there is none that a browser should open.
func (a *app) markdownLink(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return "[" + a.say(githubWords.page) + "](" + linkEscapes.Replace(u.String()) + ")"
}

var linkEscapes = strings.NewReplacer("(", "%28", ")", "%29", "|", "%7C", "<", "%3C", ">", "%3E", "`", "%60", "\\", "%5C", " ", "%20")

// outputs is what later steps of the job find as steps.ID.outputs.NAME.
func (a *app) outputs(r report) string {
	var result string
	if json.Unmarshal(r.Result, &result) != nil {
		result = string(r.Result)
	}
	if string(r.Result) == "null" {
		result = ""
	}
	if len(result) > maxOutput {
		a.complain(a.say(githubWords.tooLong, len(result)), "")
		result = ""
	}
	var b strings.Builder
	for _, o := range []struct{ name, value string }{
		{"outcome", string(r.Outcome)}, {"exit_code", strconv.Itoa(r.ExitCode)}, {"task", r.Task}, {"handle", r.Handle}, {"link", r.Link}, {"result", result},
	} {
		if strings.ContainsAny(o.value, "\r\n") {
			end := "settle_" + rand.Text() // nobody can have put it into the value
			fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.name, end, o.value, end)
		} else {
			fmt.Fprintf(&b, "%s=%s\n", o.name, o.value)
		}
	}
	return b.String()
}

// appendTo adds text to the file that the variable names, where it names one.
func (a *app) appendTo(variable, text string) {
	path := os.Getenv(variable)
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.WriteString(text)
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		a.complain("$"+variable+": "+err.Error(), "")
	}
}
