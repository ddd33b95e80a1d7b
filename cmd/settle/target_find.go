package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// trust reaches the address before anything secret is asked for or sent, and lets a person look at a certificate that is
// not trusted.
func (n *adding) trust(ctx context.Context) error {
	t, err := n.onlyAddress(ctx)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	reached, err := httptask.Reach(limited, t)
	switch {
	case refusedBy(err) != nil:
		return err
	case err != nil:
		return n.failed(ctx, exitUnknown, asIs(err), said("check the address; --no-check writes the entry all the same"))
	case reached.Untrusted == nil:
		return nil
	}
	n.showCertificate(t.URL, reached)
	pin := target.Fingerprint(reached.Certificates[0])
	flag := said("if it is the right one: --fingerprint %s", pin)
	if n.entry.TLS != (target.TLS{}) || !n.canAsk() {
		return n.failed(ctx, exitUnknown, said("its certificate is not trusted: %v", reached.Untrusted), flag)
	}
	agreed, err := n.agrees(ctx, n.say(targetWords.askPin))
	if err != nil || !agreed {
		return n.broken(ctx, err)
	}
	n.entry.TLS.Fingerprint = pin
	return nil
}

// onlyAddress is the target as far as its address goes.
func (n *adding) onlyAddress(ctx context.Context) (target.Target, error) {
	r := &recipe.Recipe{Name: n.kinds[0].Name}
	e := &target.Entry{Name: n.entry.Name, TLS: n.entry.TLS, Fields: map[string]string{}}
	for _, name := range []string{"url", "insecure", "ca_file", "fingerprint"} {
		if f := n.kinds[0].Field(name); f != nil {
			r.Fields = append(r.Fields, f)
			for key, value := range n.entry.Fields {
				if strings.TrimSuffix(strings.TrimSuffix(key, "_env"), "_file") == name {
					e.Fields[key] = value
				}
			}
		}
	}
	return e.Target(ctx, r, os.Getenv)
}

// failed ends the command with that code: nothing is written.
func (n *adding) failed(ctx context.Context, code int, problem, hint phrase) error {
	if signal, signaled := exitAfterSignal(ctx); signaled {
		code = signal
	}
	return &exitError{code, usageOf(n.entry.Name, said("%s; %s", problem, nothingWritten), hint)}
}

func (n *adding) showCertificate(address string, reached httptask.Reached) {
	w := targetWords
	c := reached.Certificates[0]
	fmt.Fprintln(n.stderr, term.Clean(n.say(w.selfSigned, address, reached.Untrusted)))
	signer := c.Issuer.String()
	if signer == c.Subject.String() {
		signer = n.say(w.itself)
	}
	rows := [][]string{
		{"  " + n.say(w.certificate), c.Subject.String()},
		{"  " + n.say(w.names), strings.Join(certificateNames(c), ", ")},
		{"  " + n.say(w.signer), signer},
		{"  " + n.say(w.dates), c.NotBefore.Format(time.DateOnly) + " - " + c.NotAfter.Format(time.DateOnly)},
		{"  " + n.say(w.fingerprint), target.Fingerprint(c)},
	}
	fmt.Fprint(n.stderr, term.Table{}.Rows(rows))
}

func certificateNames(c *x509.Certificate) []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// find asks the installation which of the kinds it speaks.
func (n *adding) find(ctx context.Context) (*probedTarget, error) {
	var tried []*probedTarget
	for _, r := range n.kinds {
		if len(n.kinds) > 1 && !n.knows(r) {
			continue
		}
		p := &probedTarget{entry: n.entry, recipe: r}
		if err := n.fill(ctx, p); err != nil {
			if len(tried) == 0 {
				return nil, err
			}
			continue
		}
		p.ask(ctx)
		switch {
		case p.err == nil:
			n.showProbed(p)
			return p, nil
		case errors.Is(p.err, settle.ErrDenied), ctx.Err() != nil:
			return nil, n.failed(ctx, p.code(ctx), asIs(p.err), phrase{}) // another kind would only be a second wrong password
		}
		tried = append(tried, p)
	}
	switch len(tried) {
	case 0:
		_, err := n.entry.Target(ctx, n.kinds[0], os.Getenv) // says what no kind knows
		return nil, err
	case 1:
		return nil, n.failed(ctx, tried[0].code(ctx), asIs(tried[0].err), said("--no-check writes the entry all the same"))
	}
	var names []string
	for _, p := range tried {
		names = append(names, p.recipe.Name)
		fmt.Fprintln(n.stderr, term.Clean(p.recipe.Name+": "+p.err.Error()))
	}
	return nil, n.failed(ctx, exitUnknown, said("it speaks none of %s", listing(names)), said("--no-check with VENDOR/KIND writes the entry all the same"))
}

// keepRecipe copies a recipe of one's own to where it is found by its name.
func (n *adding) keepRecipe(r *recipe.Recipe) error {
	folder := filepath.Join(n.settings, recipe.FolderName)
	if kept, err := recipe.FindIn(folder, r.Name); err == nil && isOwn(kept) {
		if string(kept.Source) == string(r.Source) {
			return nil
		}
		return usage("--recipe", said("another %s is in %s", r.Name, kept.File), asIs("cp "+shellQuote([]string{n.flags.recipe, kept.File})))
	}
	path := filepath.Join(folder, strings.ReplaceAll(r.Name, "/", "-")+".yaml")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return &spokenError{problem: said("keep the recipe: %v", err), is: err}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &spokenError{problem: said("keep the recipe: %v", err), is: err}
	}
	_, err = file.Write(r.Source)
	if err := errors.Join(err, file.Close()); err != nil {
		os.Remove(path)
		return &spokenError{problem: said("keep the recipe: %v", err), is: err}
	}
	fmt.Fprintln(n.stderr, term.Clean(n.say(targetWords.copied, path)))
	return nil
}
