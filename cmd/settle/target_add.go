package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

// addFlags are what settle target add is told, beside name, platform and address.
type addFlags struct {
	user      string
	from      map[string]*string // FIELD-command, FIELD-env and FIELD-file of password and token
	fields    []string
	tls       target.TLS
	recipe    string
	unchecked bool
}

func (a *app) targetAddCommand() *cobra.Command {
	f := &addFlags{from: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "add NAME [VENDOR[/KIND]] [URL]",
		Short: "Add a target, after seeing that it works",
		Long: `settle target add reaches the address, logs in, finds out which of the vendor's kinds the installation speaks, and
writes the entry. At a terminal it asks for what is missing; elsewhere it says which flag is. A certificate that the
system does not trust is shown, and pinned if you say so.

A password that is typed is kept in the file, which only you can read; --password-command, -file and -env keep it
elsewhere. What a recipe needs is told by settle recipe show VENDOR; --field NAME=VALUE says what has no flag, also
NAME_command=…, NAME_file=… and NAME_env=….`,
		Example: `  settle target add tower smartx https://tower.lab --user ops
  settle target add prism nutanix https://pc.lab:9440 --user admin --password-command "pass show prism"
  settle target add ci github --token-env GITHUB_TOKEN
  settle target add easyops easyops http://10.0.0.7 --field org=8888 --user easyops
  settle target add farm https://farm.acme.lab --recipe jobs.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.addTarget(cmd.Context(), args, f)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.user, "user", "", "the `USER` that logs in")
	for _, field := range []string{"password", "token"} {
		for _, by := range []struct{ suffix, help string }{
			{"command", "the `COMMAND` that prints the %s, such as \"pass show tower\"; no shell runs it"},
			{"env", "the environment `VARIABLE` that holds the %s, each time"},
			{"file", "the `FILE` that holds the %s"},
		} {
			name := field + "-" + by.suffix
			f.from[name] = fs.String(name, "", fmt.Sprintf(by.help, field))
		}
	}
	fs.StringArrayVar(&f.fields, "field", nil, "`NAME=VALUE` of another field of the recipe")
	fs.StringVar(&f.tls.Fingerprint, "fingerprint", "", "trust the certificate with this `FINGERPRINT` (sha256:...), and no other")
	fs.StringVar(&f.tls.CAFile, "ca-file", "", "trust what the CA in this PEM `FILE` has signed")
	fs.StringVar(&f.tls.CertFile, "cert-file", "", "our own certificate, a PEM `FILE`")
	fs.StringVar(&f.tls.KeyFile, "key-file", "", "its key, a PEM `FILE`")
	fs.BoolVar(&f.tls.Insecure, "insecure", false, "do not verify the certificate: anybody on the way could read along")
	fs.StringVar(&f.recipe, "recipe", "", "a recipe `FILE` of your own; it is copied to your settings")
	fs.BoolVar(&f.unchecked, "no-check", false, "write the entry without reaching the address")
	return cmd
}

// An adding is a target on its way into the file.
type adding struct {
	*app
	flags    *addFlags
	file     *target.File
	settings string
	entry    *target.Entry
	kinds    []*recipe.Recipe // that it may be, the likeliest first
	own      bool             // by --recipe

	inAddress bool // user and password were typed as part of the address
}

func (a *app) addTarget(ctx context.Context, args []string, f *addFlags) error {
	n := &adding{app: a, flags: f}
	if err := n.begin(args); err != nil {
		return err
	}
	if err := n.platform(ctx, args); err != nil {
		return err
	}
	if f.unchecked {
		return n.addUnchecked(ctx)
	}
	if err := n.trust(ctx); err != nil {
		return err
	}
	found, err := n.find(ctx)
	if err != nil {
		return err
	}
	return n.write(found)
}

// begin reads name and flags.
func (n *adding) begin(args []string) (err error) {
	switch {
	case len(args) == 0:
		return usage("arguments", said("the target needs a name"), asIs("settle target add tower smartx https://tower.lab --user ops"))
	case len(args) > 3:
		return usage("arguments", said("more than a name, a platform and an address: %s", n.secrets.ShowArguments(args)[3]), asIs("settle target add NAME VENDOR URL"))
	case isURL(args[0]):
		return usage("arguments", said("the name comes first, then the platform and the address"), asIs("settle target add NAME VENDOR "+shellWord(n.secrets.ShowArguments(args)[0])))
	}
	if n.file, n.settings, err = loadTargets(); err != nil {
		return err
	}
	name := args[0]
	if _, notThere := n.file.Entry(name); notThere == nil {
		return usageOf(name, said("is there already"), asIs("settle target check "+name+"; settle target remove "+name))
	}
	n.entry = &target.Entry{Name: name, Fields: map[string]string{}, Commands: map[string][]string{}}
	return n.readFlags()
}

// platform finds out what the target may be, and its address.
func (n *adding) platform(ctx context.Context, args []string) error {
	name, address := "", ""
	for _, arg := range args[1:] {
		if isURL(arg) || name != "" || n.flags.recipe != "" {
			if address != "" {
				return usage("arguments", said("two addresses"), asIs("settle target add NAME VENDOR URL"))
			}
			address = arg
		} else {
			name = arg
		}
	}
	if err := n.recipes(ctx, name); err != nil {
		return err
	}
	if n.kinds[0].Field("url") == nil {
		if address != "" {
			return usage("URL", said("%s has no address", n.kinds[0].Name), asIs("settle target add "+n.entry.Name+" "+n.kinds[0].Name))
		}
		return nil
	}
	return n.address(ctx, address)
}

func (n *adding) recipes(ctx context.Context, name string) error {
	if n.flags.recipe != "" {
		r, err := recipe.ParseFile(n.flags.recipe)
		n.kinds, n.own = []*recipe.Recipe{r}, true
		return n.faulty(err)
	}
	return n.named(ctx, name)
}

// named finds what a name may mean: one kind, or all those of a vendor, its default first.
func (n *adding) named(ctx context.Context, name string) (err error) {
	if name == "" {
		if !n.canAsk() {
			return usage("arguments", said("which platform is it?"), asIs("settle target add "+n.entry.Name+" VENDOR URL; settle recipe list"))
		}
		if name, err = n.ask(ctx, n.say(targetWords.askPlatform)); err != nil {
			return n.broken(ctx, err)
		}
		name = strings.TrimSpace(name)
	}
	r, err := recipeIn(n.settings, name)
	if err == nil && strings.Contains(name, "/") {
		n.kinds = []*recipe.Recipe{r}
		return nil
	}
	all, _, listErr := allRecipes()
	if listErr != nil {
		return listErr
	}
	if err == nil {
		n.kinds = []*recipe.Recipe{r}
	}
	for _, other := range all {
		if other.Vendor() == name && (r == nil || other.Name != r.Name) {
			n.kinds = append(n.kinds, other)
		}
	}
	if len(n.kinds) == 0 {
		return n.faulty(err)
	}
	return nil
}

// address sets the url, from what was typed or from the environment.
func (n *adding) address(ctx context.Context, typed string) (err error) {
	field := n.kinds[0].Field("url")
	if typed == "" && n.entry.Fields["url"] == "" && !n.said(field) {
		if !n.canAsk() {
			return usage("URL", said("where is it?"), asIs(fmt.Sprintf("settle target add %s %s %s", n.entry.Name, n.kinds[0].Vendor(), orExample(field))))
		}
		if typed, err = n.ask(ctx, n.say(targetWords.askAddress, orExample(field))); err != nil {
			return n.broken(ctx, err)
		}
	}
	if typed != "" {
		n.entry.Fields["url"] = strings.TrimSpace(typed)
		if u, err := url.Parse(n.entry.Fields["url"]); err == nil && u.User != nil {
			n.inAddress = true
			n.secrets.AddURL(u)
		}
	}
	return nil
}

func orExample(f *recipe.Field) string {
	if f.Example != "" {
		return f.Example
	}
	return "URL"
}

// addUnchecked writes what was said, as far as it can work.
func (n *adding) addUnchecked(ctx context.Context) error {
	p := &probedTarget{entry: n.entry, recipe: n.kinds[0]}
	if err := n.fill(ctx, p); err != nil {
		return err
	}
	return n.write(p)
}

// write puts the entry into the file, and says so.
func (n *adding) write(p *probedTarget) error {
	e := p.entry
	e.Recipe = p.recipe.Name
	n.settle(p)
	if n.own {
		if err := n.keepRecipe(p.recipe); err != nil {
			return err
		}
	}
	if err := n.file.Add(e); err != nil {
		return err
	}
	added := n.say(targetWords.addedHere, e.Name, p.recipe.Name)
	if p.target.URL != "" {
		added = n.say(targetWords.added, e.Name, p.recipe.Name, p.target.URL)
	}
	fmt.Fprintln(n.stderr, term.Clean(added))
	for _, f := range p.recipe.Fields {
		if f.Secret && p.target.Secrets[f.Name] != "" && !n.inEntry(f.Name) {
			fmt.Fprintln(n.stderr, term.Clean(n.say(targetWords.fromEnvironment, f.Name, "$"+firstSet(target.Variables(f)))))
		}
	}
	fmt.Fprintln(n.stderr, term.Clean(n.say(targetWords.kept, filepath.Join(n.settings, target.FileName))))
	switch {
	case n.flags.unchecked:
		n.hint(n.say(targetWords.unchecked, e.Name))
	case len(p.recipe.Actions) > 0:
		n.hint(n.say(targetWords.next, "settle submit "+e.Name))
	}
	return nil
}

// settle writes down what was found out beside what was said: the address as it was understood, and all that is not
// secret, so that the entry does not depend on this environment.
func (n *adding) settle(p *probedTarget) {
	e := p.entry
	if p.target.URL != "" {
		e.Fields["url"] = p.target.URL
	}
	for name, value := range p.target.Values {
		if f := p.recipe.Field(name); !n.inEntry(name) && value != f.Default {
			e.Fields[name] = value
		}
	}
	if login := p.target.Secrets["password"]; n.inAddress && login != "" && !n.inEntry("password") {
		e.Fields["password"] = login
	}
}
