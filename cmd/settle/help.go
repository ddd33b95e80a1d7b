package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groups are the commands as help lists them. One that is in none of them comes last.
var groups = []struct {
	id       string
	title    term.Text
	commands []string
}{
	{"wait", helpWords.waits, []string{"wait", "check", "resume"}},
	{"start", helpWords.starts, []string{"submit", "cancel"}},
	{"look", helpWords.looks, []string{"list", "show", "history"}},
	{"set", helpWords.sets, []string{"target", "recipe", "config", "completion"}},
	{"more", helpWords.more, []string{"demo", "serve", "help", "environment", "version"}},
}

// arrange puts the commands of the tree into their groups, and has all of it speak the language.
func (a *app) arrange(root *cobra.Command) {
	root.SetHelpCommand(a.helpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultVersionFlag()
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: a.say(g.title)})
		for _, cmd := range root.Commands() {
			if slices.Contains(g.commands, cmd.Name()) {
				cmd.GroupID = g.id
			}
		}
	}
	walk(root, func(cmd *cobra.Command) {
		if isPage(cmd) {
			return
		}
		cmd.Flags().BoolP("help", "h", false, "show this help")
		if version := cmd.Flags().Lookup("version"); version != nil && cmd == root {
			version.Usage = "show which settle this is"
		}
	})
	if a.options.Language == term.Chinese {
		walk(root, inChinese)
	}
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
			a.noHelp = a.unknownCommand(cmd, words[0])
			return
		}
		a.printHelp(cmd)
	})
}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "Help about a command",
		Long:  `settle help COMMAND is settle COMMAND --help.`,
		Example: `  settle help wait
  settle help target add
  settle help environment                       # variables and files`,
		RunE: func(cmd *cobra.Command, args []string) error {
			about := cmd.Root()
			for _, name := range args {
				at := slices.IndexFunc(about.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
				if at < 0 {
					return a.unknownCommand(about, name)
				}
				about = about.Commands()[at]
			}
			return about.Help()
		},
	}
}

// environmentCommand is a page of help, not a command.
func (a *app) environmentCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "environment",
		Short: "The environment variables and files of settle",
	}
}

// isPage reports whether cmd is a page of help alone.
func isPage(cmd *cobra.Command) bool { return !cmd.Runnable() && !cmd.HasSubCommands() }

const helpWidth = 100 // a longer line is hard to read; also where nobody is at a terminal

// A helpPage is help as it is shown: first the examples, at last the exit codes.
type helpPage struct {
	*app
	cmd   *cobra.Command
	table term.Table
	text  strings.Builder
}

func (a *app) printHelp(cmd *cobra.Command) {
	width := a.table().Width
	if width == 0 && a.options.Width != nil { // a pager shows it, most likely
		width = max(a.options.Width(), 0)
	}
	fmt.Fprint(a.stdout, a.helpPage(cmd, cmp.Or(min(width, helpWidth), helpWidth)))
}

// helpPage is a command's help, no wider than so many cells, but for what is typed.
func (a *app) helpPage(cmd *cobra.Command, width int) string {
	p := &helpPage{app: a, cmd: cmd, table: term.Table{Width: width, Wide: a.options.Wide}}
	p.paragraph(cmd.Short)
	if cmd.HasExample() {
		p.section(helpWords.examples)
		p.text.WriteString(laidOut(cmd.Example, p.table.Width))
	}
	p.usage()
	for _, b := range blocks(cmd.Long) {
		p.text.WriteByte('\n')
		if b.verbatim {
			p.text.WriteString(laidOut(b.text, p.table.Width))
		} else {
			p.paragraph(b.text)
		}
	}
	p.commands()
	if !isPage(cmd) { // it takes none, but cobra gives it --help
		p.flags(helpWords.flags, cmd.LocalFlags())
	}
	p.flags(helpWords.flagsOfAll, cmd.InheritedFlags())
	p.closing()
	return p.text.String()
}

func (p *helpPage) paragraph(text string) { p.text.WriteString(p.table.Indent(text, 0)) }

func (p *helpPage) section(title term.Text) {
	p.text.WriteString("\n" + p.say(helpWords.colon, p.say(title)) + "\n")
}

func (p *helpPage) usage() {
	below := p.cmd.HasAvailableSubCommands()
	if !p.cmd.Runnable() && !below {
		return
	}
	p.section(helpWords.usage)
	if p.cmd.Runnable() && !below {
		p.text.WriteString(p.table.Indent(p.cmd.UseLine(), 2))
	}
	if below {
		fmt.Fprintf(&p.text, "  %s COMMAND\n", p.cmd.CommandPath())
	}
}

func (p *helpPage) commands() {
	list := func(title string, has func(*cobra.Command) bool) {
		var rows [][]string
		for _, cmd := range inGroupOrder(p.cmd) {
			if !cmd.Hidden && has(cmd) {
				rows = append(rows, []string{"  " + cmd.Name(), cmd.Short})
			}
		}
		if len(rows) > 0 {
			fmt.Fprintf(&p.text, "\n%s\n%s", p.say(helpWords.colon, title), p.table.Rows(even(rows, 13)))
		}
	}
	for _, g := range p.cmd.Groups() {
		list(g.Title, func(cmd *cobra.Command) bool { return cmd.GroupID == g.ID })
	}
	rest := helpWords.commands
	if len(p.cmd.Groups()) > 0 {
		rest = helpWords.others
	}
	list(p.say(rest), func(cmd *cobra.Command) bool { return cmd.GroupID == "" })
}

// inGroupOrder are the commands below cmd as the groups name them.
func inGroupOrder(cmd *cobra.Command) []*cobra.Command {
	order := func(c *cobra.Command) int {
		for i, g := range groups {
			if at := slices.Index(g.commands, c.Name()); g.id == c.GroupID && at >= 0 {
				return 100*i + at
			}
		}
		return 100 * len(groups)
	}
	all := slices.Clone(cmd.Commands())
	slices.SortStableFunc(all, func(a, b *cobra.Command) int { return order(a) - order(b) })
	return all
}

// even makes the first column as wide in several tables.
func even(rows [][]string, cells int) [][]string {
	for _, row := range rows {
		row[0] += strings.Repeat(" ", max(0, cells-term.Cells(row[0])))
	}
	return rows
}

func (p *helpPage) flags(title term.Text, set *pflag.FlagSet) {
	var rows [][]string
	for _, f := range shownFlags(set) {
		rows = append(rows, []string{"  " + f.typed, p.withDefault(f)})
	}
	if len(rows) > 0 {
		p.section(title)
		p.text.WriteString(p.table.Rows(rows))
	}
}

// A shownFlag is a flag as help shows it.
type shownFlag struct{ typed, help, byDefault string }

// withDefault is what a flag does, and what it is where it is not given, unless its help says that itself.
func (p *helpPage) withDefault(f shownFlag) string {
	if f.byDefault == "" {
		return f.help
	}
	return f.help + p.say(helpWords.byDefault, f.byDefault)
}

func shownFlags(set *pflag.FlagSet) (all []shownFlag) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, help := pflag.UnquoteUsage(f)
		typed := "    --" + f.Name
		if f.Shorthand != "" {
			typed = "-" + f.Shorthand + ", --" + f.Name
		}
		s := shownFlag{typed: strings.TrimRight(typed+" "+value, " "), help: help}
		if !slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
			s.byDefault = f.DefValue
		}
		all = append(all, s)
	})
	return all
}

// closing is the exit codes, where a wait decides on them; elsewhere it says where they are.
func (p *helpPage) closing() {
	switch {
	case isPage(p.cmd):
		p.pairs(helpWords.variables, variables)
		p.pairs(helpWords.files, files)
	case p.cmd == p.cmd.Root() || p.cmd.GroupID == "wait" || p.cmd.GroupID == "start":
		p.section(helpWords.exitCodes)
		var rows [][]string
		for _, e := range exitHelp {
			rows = append(rows, []string{"  " + e.codes, e.outcome, p.say(e.when)})
		}
		p.text.WriteString(p.table.Rows(rows))
	default:
		p.text.WriteByte('\n')
		p.paragraph(p.say(helpWords.exitCodesThere))
	}
}

func (p *helpPage) pairs(title term.Text, list []explained) {
	p.section(title)
	for _, e := range list {
		p.text.WriteString(p.table.Indent(e.name, 2) + p.table.Indent(p.say(e.about), 6))
	}
}
