package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

const (
	probeTime    = 30 * time.Second // for one target
	probesAtOnce = 16
	clockApart   = time.Minute // more is worth a warning: signatures and tokens have times in them
	soon         = 30 * 24 * time.Hour
)

func (a *app) targetCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [NAME...]",
		Short: "See whether targets are reached, log in, and are what they should be",
		Long: `settle target check reaches each target (all, without a NAME), looks at its certificate, logs in, and asks what the
recipe says to know the platform by. It starts nothing and changes nothing. Exit code 4 where a login is refused,
5 where a target is not reached or is something else, 2 where its settings cannot work.`,
		Example: `  settle target check
  settle target check tower
  settle target check -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.checkTargets(cmd.Context(), args)
		},
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

func (a *app) checkTargets(ctx context.Context, names []string) error {
	file, settings, err := loadTargets()
	if err != nil {
		return err
	}
	all, err := entries(file, names)
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return usage("target", phrase{text: targetWords.none}, asIs("settle target add NAME VENDOR URL"))
	}
	probed := make([]*probedTarget, len(all))
	done := make([]chan struct{}, len(all))
	turns := make(chan struct{}, probesAtOnce)
	var asking sync.WaitGroup
	for i, entry := range all {
		probed[i], done[i] = a.openForProbe(ctx, entry, settings), make(chan struct{})
		asking.Go(func() {
			turns <- struct{}{}
			probed[i].ask(ctx)
			<-turns
			close(done[i])
		})
	}
	defer asking.Wait()
	var codes []int
	list := struct {
		Schema   int             `json:"schema"`
		ExitCode int             `json:"exit_code"`
		Targets  []checkedTarget `json:"targets"`
	}{Schema: reportSchema, Targets: []checkedTarget{}}
	for i, p := range probed {
		<-done[i]
		codes = append(codes, p.code(ctx))
		list.Targets = append(list.Targets, a.inChecked(ctx, p))
		if a.output != outputJSON {
			if i > 0 {
				fmt.Fprintln(a.stdout)
			}
			a.showProbed(p)
		}
	}
	list.ExitCode = worst(codes)
	if a.output == outputJSON {
		fmt.Fprintf(a.stdout, "%s\n", encode(list, ""))
	}
	return exitWith(list.ExitCode)
}

// A probedTarget is a target, and what it said when it was asked.
type probedTarget struct {
	entry  *target.Entry
	recipe *recipe.Recipe // nil: there is none of that name
	target target.Target
	tasks  *httptask.Tasks // nil: its settings cannot work, as err says
	probe  httptask.Probe
	err    error
}

// openForProbe reads what the target's settings say. Its commands are run here, one after the other: they may ask.
func (a *app) openForProbe(ctx context.Context, e *target.Entry, settings string) *probedTarget {
	p := &probedTarget{entry: e}
	if p.recipe, p.err = recipeIn(settings, e.Recipe); p.err != nil {
		return p
	}
	if p.target, p.err = e.Target(ctx, p.recipe, os.Getenv); p.err != nil {
		return p
	}
	p.target.Name = e.Name
	p.err = a.openTasks(p)
	return p
}

func (a *app) openTasks(p *probedTarget) (err error) {
	a.secrets.AddTarget(p.target)
	if p.tasks, err = httptask.Open(p.recipe, p.target); err == nil {
		p.tasks.Secrets().Tell(a.secrets)
	}
	return err
}

// ask asks the target, where that can be done.
func (p *probedTarget) ask(ctx context.Context) {
	if p.err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	p.probe = p.tasks.Probe(ctx)
	p.err = p.probe.Err
	p.tasks.Close()
}

func (p *probedTarget) code(ctx context.Context) int {
	switch code, signaled := exitAfterSignal(ctx); {
	case p.err == nil:
		return exitSucceeded
	case signaled:
		return code
	case p.tasks == nil || refusedBy(p.err) != nil:
		return exitInvalid
	case errors.Is(p.err, settle.ErrDenied):
		return exitDenied
	}
	return exitUnknown
}

// kind is the recipe's name.
func (p *probedTarget) kind() string {
	if p.recipe == nil {
		return p.entry.Recipe
	}
	return p.recipe.Name
}

// hint is what to do about what is wrong; empty where nobody can say.
func (p *probedTarget) hint() phrase {
	var other *target.FingerprintError
	switch refused := refusedBy(p.err); {
	case refused != nil:
		return byOthers(refused.Hint)
	case errors.As(p.probe.Untrusted, &other):
		return said("if the certificate was renewed, put fingerprint: %s into its tls", other.Got)
	case p.probe.Untrusted != nil && len(p.probe.Certificates) > 0:
		return said("if it is the right one: tls: {fingerprint: %s}", target.Fingerprint(p.probe.Certificates[0]))
	}
	return phrase{}
}

type checkedTarget struct {
	Name        string     `json:"name"`
	Recipe      string     `json:"recipe"`
	URL         string     `json:"url"`
	ExitCode    int        `json:"exit_code"`
	Reached     float64    `json:"reached"` // seconds until there was a connection; 0: there was none, or nobody looked
	Fingerprint string     `json:"fingerprint"`
	Expires     *time.Time `json:"expires"` // of the certificate; null: none was shown
	Trusted     bool       `json:"trusted"` // the certificate was verified, as the target says
	LoggedIn    bool       `json:"logged_in"`
	Speaks      bool       `json:"speaks"`
	Version     string     `json:"version"`
	Clock       *float64   `json:"clock"` // seconds that the server's is ahead of ours; null: it did not say
	Error       string     `json:"error"`
	Hint        string     `json:"hint"`
}

func (a *app) inChecked(ctx context.Context, p *probedTarget) checkedTarget {
	c := checkedTarget{
		Name: p.entry.Name, Recipe: p.kind(), URL: cmp.Or(p.target.URL, a.inTargets(p.entry).URL), ExitCode: p.code(ctx),
		Reached: p.probe.Took.Seconds(), LoggedIn: p.probe.LoggedIn, Speaks: p.probe.Speaks, Version: p.probe.Version, Hint: a.secrets.Mask(p.hint().String()),
	}
	if certificates := p.probe.Certificates; len(certificates) > 0 {
		c.Fingerprint, c.Expires, c.Trusted = target.Fingerprint(certificates[0]), &certificates[0].NotAfter, p.probe.Untrusted == nil && !p.target.TLS.Insecure
	}
	if !p.probe.Date.IsZero() {
		c.Clock = new(p.probe.Clock.Seconds())
	}
	if p.err != nil {
		c.Error = a.secrets.Mask(p.err.Error())
	}
	return c
}

// showProbed tells in plain words how a target was found, a line for each thing looked at.
func (a *app) showProbed(p *probedTarget) {
	t := a.table()
	fmt.Fprint(a.stdout, t.Indent(strings.TrimSpace(a.secrets.Mask(fmt.Sprintf("%s  %s  %s", p.entry.Name, p.kind(), cmp.Or(p.target.URL, a.inTargets(p.entry).URL)))), 0))
	var rows [][]string
	add := func(m mark, what term.Text, text string) {
		rows = append(rows, []string{"  " + a.mark(m), a.say(what), a.secrets.Mask(text)})
	}
	if p.tasks == nil {
		add(bad, targetWords.settings, p.err.Error())
	} else {
		a.probedLines(p, add)
	}
	fmt.Fprint(a.stdout, t.Rows(rows))
	if hint := p.hint().in(a.options.Language); hint != "" {
		a.hint(hint)
	}
}

// A mark is how good a line is.
type mark int

const (
	good mark = iota
	doubtful
	bad
)

func (a *app) mark(m mark) string {
	if a.options.ASCII {
		return []string{"ok", "??", "!!"}[m]
	}
	return []string{"✔", "!", "✘"}[m]
}

func (a *app) probedLines(p *probedTarget, add func(mark, term.Text, string)) {
	w := targetWords
	switch {
	case p.target.URL == "":
		add(good, w.address, a.say(w.noAddress))
	case p.probe.Took == 0 && p.probe.Err != nil && !p.probe.Answered && len(p.probe.Certificates) == 0 && !p.probe.LoggedIn:
		add(bad, w.address, a.say(w.noConnection, p.err.Error()))
		return
	case p.probe.Took == 0:
		add(good, w.address, a.say(w.reached))
	default:
		add(good, w.address, a.say(w.reachedIn, max(p.probe.Took.Round(time.Millisecond), time.Millisecond).String()))
	}
	if p.target.URL != "" {
		m, text := a.tlsLine(p)
		add(m, w.tls, text)
	}
	if p.probe.Untrusted != nil {
		return
	}
	a.loginLine(p, add)
	if p.probe.LoggedIn || p.probe.Answered {
		a.kindLine(p, add)
	}
	if !p.probe.Date.IsZero() {
		m, text := a.clockLine(p.probe.Clock)
		add(m, w.clock, text)
	}
}

func (a *app) tlsLine(p *probedTarget) (mark, string) {
	w := targetWords
	if len(p.probe.Certificates) == 0 {
		if strings.HasPrefix(p.target.URL, "http:") {
			return doubtful, a.say(w.plain)
		}
		return good, a.say(w.reached)
	}
	m, until := a.untilLine(p.probe.Certificates[0])
	switch tls := p.target.TLS; {
	case p.probe.Untrusted != nil:
		return bad, p.probe.Untrusted.Error()
	case tls.Insecure:
		return doubtful, a.say(w.insecure)
	case tls.Fingerprint != "":
		return m, a.say(w.pinned, until)
	case tls.CAFile != "":
		return m, a.say(w.byCA, tls.CAFile, until)
	}
	return m, a.say(w.verified, until)
}

// untilLine says how long a certificate holds. A pinned one is trusted beyond that, and said to be expired.
func (a *app) untilLine(certificate *x509.Certificate) (mark, string) {
	w := targetWords
	end := certificate.NotAfter
	day := end.Format(time.DateOnly)
	switch left := time.Until(end); {
	case left < 0:
		return doubtful, a.say(w.expired, day)
	case left < soon:
		return doubtful, a.say(w.expires, day, int(left/(24*time.Hour)))
	}
	return good, a.say(w.until, day)
}

func (a *app) loginLine(p *probedTarget, add func(mark, term.Text, string)) {
	w := targetWords
	user := p.target.Values["user"]
	switch {
	case errors.Is(p.err, settle.ErrDenied):
		add(bad, w.login, a.say(w.loginRefused, p.err.Error()))
	case p.err == nil && len(p.recipe.Auth) == 0:
		add(good, w.login, a.say(w.notNeeded))
	case p.probe.LoggedIn && user != "":
		add(good, w.login, a.say(w.loggedInAs, user))
	case p.probe.LoggedIn:
		add(good, w.login, a.say(w.loggedIn))
	case p.err != nil && !p.probe.Answered:
		add(bad, w.login, p.err.Error())
	case p.err != nil:
		add(doubtful, w.login, a.say(w.notAsked, a.say(targetWords.kind)))
	default:
		add(doubtful, w.login, a.say(w.notTried, p.recipe.Name))
	}
}

func (a *app) kindLine(p *probedTarget, add func(mark, term.Text, string)) {
	w := targetWords
	switch {
	case p.recipe.Detect == nil:
		add(good, w.kind, a.say(w.cannotSee, p.recipe.Name))
	case p.probe.Speaks && p.probe.Version != "":
		add(good, w.kind, a.say(w.speaksVersion, p.recipe.Name, p.probe.Version))
	case p.probe.Speaks:
		add(good, w.kind, p.recipe.Name)
	case p.err != nil && !errors.Is(p.err, settle.ErrDenied):
		add(bad, w.kind, p.err.Error())
	}
}

func (a *app) clockLine(ahead time.Duration) (mark, string) {
	w := targetWords
	apart := ahead.Abs()
	m := good
	if apart > clockApart {
		m = doubtful
	}
	switch {
	case apart <= 2*time.Second:
		return good, a.say(w.sameClock)
	case ahead > 0:
		return m, a.say(w.ahead, a.options.Language.Duration(apart))
	}
	return m, a.say(w.behind, a.options.Language.Duration(apart))
}
