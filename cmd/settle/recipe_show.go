package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) recipeShowCommand() *cobra.Command {
	var source bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a recipe knows, and the lines to type",
		Long: `settle recipe show tells what a target must say of itself, how it logs in, what the raw states mean, and what can be
started, as lines to type. NAME is vendor/kind, a vendor alone, or a file.`,
		Example: `  settle recipe show smartx
  settle recipe show github/run
  settle recipe show easyops/tool --yaml >mine.yaml   # to begin one of your own`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("arguments", said("name one recipe"), asIs("settle recipe list; settle recipe show smartx"))
			}
			r, err := recipeOf(args[0])
			switch {
			case err != nil:
				return a.faulty(err)
			case source:
				_, err := a.stdout.Write(r.Source)
				return err
			case a.output == outputJSON:
				fmt.Fprintf(a.stdout, "%s\n", encode(shownRecipe(r), ""))
				return nil
			}
			(&recipePage{app: a, r: r, t: a.table()}).print()
			return nil
		},
	}
	cmd.Flags().BoolVar(&source, "yaml", false, "print the recipe's file")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// faulty tells all faults of a recipe, where there are several.
func (a *app) faulty(err error) error {
	faults := faultsOf(err)
	if len(faults) == 0 {
		return nil
	}
	for _, f := range faults[:len(faults)-1] {
		a.fault(f)
	}
	return faults[len(faults)-1]
}

// A recipePage is a recipe as a person reads it.
type recipePage struct {
	*app
	r *recipe.Recipe
	t term.Table
}

func (p *recipePage) print() {
	w := recipeWords
	fmt.Fprint(p.stdout, p.t.Indent(p.r.Name+": "+p.r.Title, 0))
	p.section(w.described, p.r.Docs)
	var proven []string
	for _, proof := range p.r.Proof {
		proven = append(proven, p.provenBy(proof))
	}
	p.section(w.proven, proven...)
	p.section(w.target)
	p.command(p.addLine())
	p.rows(p.fields())
	p.section(w.login, p.logins()...)
	p.section(w.task)
	p.command("settle wait " + p.example())
	if help := p.r.ID.Help; help != "" {
		p.below(help)
	}
	p.section(w.states)
	p.rows(p.states())
	p.section(w.starts)
	if len(p.r.Actions) == 0 {
		p.line(p.say(w.onlyWaits))
	}
	for _, action := range p.r.Actions {
		p.command("settle submit " + p.name() + " " + action.Line())
		p.below(p.action(action))
	}
	if more := p.more(); len(more) > 0 {
		p.section(w.more, more...)
	}
}

// section begins with a heading.
func (p *recipePage) section(heading term.Text, lines ...string) {
	fmt.Fprintf(p.stdout, "\n%s\n", p.say(heading))
	for _, line := range lines {
		p.line(line)
	}
}

func (p *recipePage) line(text string) { fmt.Fprint(p.stdout, p.t.Indent(text, 2)) }

// command is a line to type. It is not wrapped here: a terminal that does that still copies it whole.
func (p *recipePage) command(text string) { p.printText("  " + text) }

func (p *recipePage) below(text string) { fmt.Fprint(p.stdout, p.t.Indent(text, 6)) }

// rows writes a table below a heading.
func (p *recipePage) rows(rows [][]string) {
	t := p.t
	if t.Width > 0 {
		t.Width -= 2
	}
	for line := range strings.Lines(t.Rows(rows)) {
		fmt.Fprint(p.stdout, "  "+line)
	}
}

// name is what stands before "/" in the lines to type: a target's name, or the recipe's where it needs no address.
func (p *recipePage) name() string {
	if f := p.r.Field("url"); f == nil || f.Default != "" {
		if p.r.Default {
			return p.r.Vendor()
		}
		return p.r.Name
	}
	return "NAME"
}

func (p *recipePage) example() string {
	pattern := idPart.ReplaceAllStringFunc(p.r.ID.Pattern, func(part string) string {
		return strings.ToUpper(strings.Trim(part, "{}."))
	})
	return shellWord(p.name() + "/" + cmp.Or(p.r.ID.Example, pattern, "ID"))
}

var idPart = regexp.MustCompile(`\{[a-z0-9_]+(\.\.\.)?\}`)

// addLine is the line that makes a target of the recipe.
func (p *recipePage) addLine() string {
	name := p.r.Name
	if isOwn(p.r) || !isBuiltIn(p.r) {
		name = "--recipe " + shellWord(p.r.File)
	}
	line := "settle target add NAME " + name
	if f := p.r.Field("url"); f != nil && f.Default == "" {
		line += " " + cmp.Or(f.Example, "URL")
	}
	return line
}

func isBuiltIn(r *recipe.Recipe) bool {
	return slices.ContainsFunc(recipe.Library(), func(other *recipe.Recipe) bool { return other == r })
}

func (p *recipePage) fields() [][]string {
	w := recipeWords
	var rows [][]string
	for _, f := range p.r.Fields {
		var words []string
		if f.Help != "" {
			words = append(words, f.Help)
		}
		for _, part := range []struct {
			there bool
			text  string
		}{
			{f.Secret, p.say(w.secret)},
			{f.Optional, p.say(w.optional)},
			{f.Default != "", p.say(w.byDefault, f.Default)},
			{len(f.Choices) > 0, p.say(w.oneOf, strings.Join(f.Choices, p.comma()))},
			{f.Example != "" && f.Default == "", p.say(w.suchAs, f.Example)},
		} {
			if part.there {
				words = append(words, part.text)
			}
		}
		text := strings.Join(words, p.say(w.semicolon))
		if variables := target.Variables(f); len(variables) > 0 {
			text = strings.TrimSpace(text + " [$" + strings.Join(variables, ", $") + "]")
		}
		rows = append(rows, []string{f.Name, text})
	}
	return rows
}

// logins says each way to log in.
func (p *recipePage) logins() []string {
	w := recipeWords
	if len(p.r.Auth) == 0 {
		return []string{p.say(w.noLogin)}
	}
	var ways []string
	for i, way := range p.r.Auth {
		with := strings.Join(p.typed(way.Fields), " + ")
		text := p.say(w.noLogin)
		switch {
		case way.Login != nil:
			text = p.say(w.asked, with)
		case way.Exec != nil:
			var command []string
			for _, argument := range way.Exec {
				command = append(command, argument.String())
			}
			text = p.say(w.command, strings.Join(command, " "))
		case way.Sign != nil:
			text = p.say(w.signed, with)
		case way.User != nil:
			text = p.say(w.basic, with)
		case len(way.Header) > 0:
			text = p.say(w.header, with, pairNames(way.Header))
		case len(way.Query) > 0:
			text = p.say(w.query, with, pairNames(way.Query))
		}
		if i > 0 {
			text = p.say(w.or) + text
		}
		ways = append(ways, text)
	}
	return ways
}

// typed are the fields that a person says to log in: not where, and not what has a default.
func (p *recipePage) typed(fields []string) []string {
	return slices.DeleteFunc(slices.Clone(fields), func(name string) bool {
		f := p.r.Field(name)
		return name == "url" || f != nil && f.Default != ""
	})
}

func pairNames(pairs []recipe.Pair) string {
	names := make([]string, len(pairs))
	for i, pair := range pairs {
		names[i] = pair.Name
	}
	return strings.Join(names, ", ")
}

// states says what the raw states mean.
func (p *recipePage) states() [][]string {
	var rows [][]string
	for _, l := range p.r.Status.Reader.Listings() {
		rows = append(rows, []string{strings.Join(l.Words, ", "), l.List, p.say(meaningWords[l.List])})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return slices.Index(listNames, a[1]) - slices.Index(listNames, b[1]) })
	unlisted := p.r.Status.Reader.Unlisted().String()
	rows = append(rows, []string{p.say(recipeWords.anyOther), unlisted, p.say(meaningWords[unlisted])})
	for i, row := range rows {
		rows[i] = []string{row[1], row[0], row[2]}
	}
	return rows
}

var listNames = []string{"pending", "blocked", "succeeded", "warned", "failed", "canceled"}

var meaningWords = map[string]term.Text{
	"pending": recipeWords.pending, "blocked": recipeWords.blocked, "succeeded": recipeWords.succeeded, "warned": recipeWords.warned,
	"failed": recipeWords.failed, "canceled": recipeWords.canceled, "unknown": recipeWords.unknown,
}

// action is the help of an action, and the parameters that its line leaves out.
func (p *recipePage) action(action *recipe.Action) string {
	var left []string
	for _, param := range action.Params {
		if !param.Optional && !param.HasDefault {
			continue
		}
		value := cmp.Or(strings.Join(param.Choices, "|"), param.Default, param.Example, strings.ToUpper(param.Type))
		left = append(left, "["+param.Name+"="+value+"]")
	}
	return strings.TrimSpace(action.Help + "  " + strings.Join(left, " "))
}

func (p *recipePage) more() []string {
	w := recipeWords
	var more []string
	add := func(there bool, text string) {
		if there {
			more = append(more, text)
		}
	}
	add(p.r.Status.Missing.After.Ended(), p.say(w.gone))
	add(p.r.Result != nil, p.say(w.result))
	if p.r.Batch != nil {
		more = append(more, p.say(w.batch, p.r.Batch.Max))
	}
	add(p.r.Cancel != nil, p.say(w.cancel))
	add(p.r.Cancel == nil, p.say(w.noCancel))
	add(p.r.Policy != "", p.say(w.policy, p.r.Policy))
	add(p.r.Detect != nil, p.say(w.detect))
	return more
}
