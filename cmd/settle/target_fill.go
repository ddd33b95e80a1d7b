package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// readFlags puts into the entry what the flags say.
func (n *adding) readFlags() error {
	f, e := n.flags, n.entry
	if f.user != "" {
		e.Fields["user"] = f.user
	}
	for flag, value := range f.from {
		if *value == "" {
			continue
		}
		if err := n.set("--"+flag, strings.ReplaceAll(flag, "-", "_"), *value); err != nil {
			return err
		}
	}
	for _, pair := range f.fields {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" || value == "" {
			return usage("--field", said("%s is not NAME=VALUE", quoted(n.secrets.Mask(pair))), asIs("--field org=8888"))
		}
		if err := n.set("--field", name, value); err != nil {
			return err
		}
	}
	e.TLS = f.tls
	for _, path := range []*string{&e.TLS.CAFile, &e.TLS.CertFile, &e.TLS.KeyFile} {
		var err error
		if *path, err = fromHere(*path); err != nil {
			return usage("--ca-file", asIs(err), said("an absolute path"))
		}
	}
	_, err := e.TLS.Config()
	return err
}

// set says one key of the entry.
func (n *adding) set(flag, key, value string) (err error) {
	e := n.entry
	switch _, twice := e.Fields[key]; {
	case twice || e.Commands[key] != nil:
		return usage(flag, said("%s is given a second time", key), said("leave one out"))
	case strings.HasSuffix(key, "_command"):
		if e.Commands[key], err = splitWords(value); err != nil {
			return usage(flag, asIs(err), asIs(`"pass show `+n.entry.Name+`"`))
		}
		return nil
	case strings.HasSuffix(key, "_file"):
		if value, err = fromHere(value); err != nil {
			return usage(flag, asIs(err), said("an absolute path"))
		}
	case target.SecretName(key) && !strings.HasSuffix(key, "_env"):
		n.secrets.Add(value)
		return usage(flag, said("%s is secret, and what is typed here others can see", key), said("--field %[1]s_env=VARIABLE, --field %[1]s_file=FILE, or leave it out to be asked", key))
	}
	e.Fields[key] = value
	return nil
}

// fromHere makes a path that was typed good for any folder.
func fromHere(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, "~/") {
		return path, nil
	}
	return filepath.Abs(path)
}

// splitWords takes a command apart at its spaces; quotes hold words together, and a backslash takes the next character
// as it is.
func splitWords(text string) ([]string, error) {
	var words []string
	word, inWord, quote := "", false, rune(0)
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			word, escaped = word+string(r), false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, inWord = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if inWord {
				words = append(words, word)
			}
			word, inWord = "", false
		default:
			word, inWord = word+string(r), true
		}
	}
	if inWord {
		words = append(words, word)
	}
	switch {
	case quote != 0 || escaped:
		return nil, &spokenError{problem: said("a quote in %s is not closed", quoted(text))}
	case len(words) == 0 || words[0] == "":
		return nil, &spokenError{problem: said("no command")}
	}
	return words, nil
}

// inEntry reports whether the entry says the field, in whichever way.
func (n *adding) inEntry(field string) bool {
	for _, key := range []string{field, field + "_env", field + "_file", field + "_command"} {
		if n.entry.Fields[key] != "" || n.entry.Commands[key] != nil {
			return true
		}
	}
	return false
}

// said reports whether the field is filled, be it by the environment or its default.
func (n *adding) said(f *recipe.Field) bool {
	return n.inEntry(f.Name) || firstSet(target.Variables(f)) != "" || f.Default != "" ||
		n.inAddress && (f.Name == "user" || f.Name == "password")
}

// firstSet is the first of the variables that is set; "" where none is.
func firstSet(variables []string) string {
	for _, name := range variables {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

// knows reports whether the recipe has all fields that were said.
func (n *adding) knows(r *recipe.Recipe) bool {
	for _, keys := range [][]string{mapKeys(n.entry.Fields), mapKeys(n.entry.Commands)} {
		for _, key := range keys {
			if !slices.ContainsFunc(r.Fields, func(f *recipe.Field) bool {
				return key == f.Name || slices.Contains([]string{f.Name + "_env", f.Name + "_file", f.Name + "_command"}, key)
			}) {
				return false
			}
		}
	}
	return true
}

func mapKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

// fill asks for what the recipe needs and nobody has said, and makes a target of it all.
func (n *adding) fill(ctx context.Context, p *probedTarget) error {
	missing, err := n.missing(ctx, p.recipe)
	if err != nil {
		return err
	}
	for _, f := range missing {
		value, err := "", error(nil)
		switch label := cmp.Or(f.Name+helpBehind(f), f.Name); {
		case f.Secret:
			value, err = n.askSecret(ctx, n.say(targetWords.askSecret, label))
		default:
			value, err = n.ask(ctx, n.say(targetWords.askField, label))
			value = strings.TrimSpace(value)
		}
		if err != nil {
			return n.broken(ctx, err)
		}
		n.entry.Fields[f.Name] = value
	}
	if p.target, err = n.entry.Target(ctx, p.recipe, os.Getenv); err != nil {
		return err
	}
	p.target.Name = n.entry.Name
	return n.openTasks(p)
}

func helpBehind(f *recipe.Field) string {
	if f.Help == "" || f.Name == "user" || f.Name == "password" {
		return ""
	}
	return " (" + f.Help + ")"
}

// missing are the fields that must be asked for. Where nobody is there to be asked, the error says which flags would do.
func (n *adding) missing(ctx context.Context, r *recipe.Recipe) ([]*recipe.Field, error) {
	ways := n.ways(r)
	inWay := map[string]bool{}
	for _, way := range r.Auth {
		for _, name := range way.Fields {
			inWay[name] = true
		}
	}
	var missing []*recipe.Field
	for _, f := range r.Fields {
		if !f.Optional && !inWay[f.Name] && n.lacks(r, f.Name) {
			missing = append(missing, f)
		}
	}
	if !n.canAsk() {
		if len(missing)+len(ways) > 0 {
			return nil, n.whichFlags(r, missing, ways)
		}
		return nil, nil
	}
	if len(ways) > 1 {
		i, err := n.chooseWay(ctx, r, ways)
		if err != nil {
			return nil, err
		}
		ways = ways[i : i+1]
	}
	for _, way := range ways {
		for _, name := range way.Fields {
			if n.lacks(r, name) {
				missing = append(missing, r.Field(name))
			}
		}
	}
	return missing, nil
}

// lacks reports whether nobody has said the field; the address, and how TLS is verified, are not asked for here.
func (n *adding) lacks(r *recipe.Recipe, name string) bool {
	f := r.Field(name)
	return f != nil && name != "url" && name != "insecure" && name != "ca_file" && name != "fingerprint" && !n.said(f)
}

// ways are the ways to log in that may be meant, none of which is whole; none where one is.
func (n *adding) ways(r *recipe.Recipe) []*recipe.Auth {
	var all, begun []*recipe.Auth
	for _, way := range r.Auth {
		lacks := false
		for _, name := range way.Fields {
			lacks = lacks || n.lacks(r, name)
		}
		if !lacks {
			return nil
		}
		all = append(all, way)
		if slices.ContainsFunc(way.Fields, func(name string) bool { return name != "url" && n.inEntry(name) }) {
			begun = append(begun, way)
		}
	}
	if len(begun) > 0 {
		return begun
	}
	return all
}

// wayText names what a way to log in still needs.
func (n *adding) wayText(r *recipe.Recipe, way *recipe.Auth) string {
	var names []string
	for _, name := range way.Fields {
		if n.lacks(r, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " + ")
}

func (n *adding) chooseWay(ctx context.Context, r *recipe.Recipe, ways []*recipe.Auth) (int, error) {
	var names []string
	for i, way := range ways {
		names = append(names, fmt.Sprintf("%d %s", i+1, n.wayText(r, way)))
	}
	for {
		line, err := n.ask(ctx, n.say(targetWords.askWay, strings.Join(names, n.comma()), len(ways)))
		if err != nil {
			return 0, n.broken(ctx, err)
		}
		if i, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && 1 <= i && i <= len(ways) {
			return i - 1, nil
		}
	}
}

// whichFlags says which flags are missing.
func (n *adding) whichFlags(r *recipe.Recipe, missing []*recipe.Field, ways []*recipe.Auth) error {
	var flags, names []phrase
	for _, f := range missing {
		names = append(names, asIs(f.Name))
		flags = append(flags, n.flagFor(f))
	}
	var ors, orNames []phrase
	for _, way := range ways {
		var some []phrase
		for _, name := range way.Fields {
			if n.lacks(r, name) {
				some = append(some, n.flagFor(r.Field(name)))
			}
		}
		ors = append(ors, joined(some, asIs(" ")))
		orNames = append(orNames, asIs(n.wayText(r, way)))
	}
	if len(ors) > 0 {
		flags = append(flags, joined(ors, said(", or ")))
		names = append(names, joined(orNames, said(", or ")))
	}
	return usageOf(n.entry.Name, said("missing: %s", joined(names, comma)), joined(flags, asIs(" ")))
}

func (n *adding) flagFor(f *recipe.Field) phrase {
	switch {
	case f.Name == "user":
		return asIs("--user " + cmp.Or(f.Example, "USER"))
	case f.Name == "password" || f.Name == "token":
		return said("--%s-command %s (or -env, -file)", f.Name, shellWord("pass show "+n.entry.Name))
	case f.Secret:
		return asIs("--field " + f.Name + "_env=VARIABLE")
	}
	return asIs("--field " + f.Name + "=" + shellWord(cmp.Or(f.Example, "VALUE")))
}
