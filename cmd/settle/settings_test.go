package main

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// written is settings as they are in an environment and in a file.
func written(t *testing.T, env map[string]string, file string) *settings {
	t.Helper()
	fromEnv, _, faults := environment(nil, func(name string) string { return env[name] })
	fromFile, more := parseSettings("config.yaml", []byte(file))
	for _, fault := range append(faults, more...) {
		t.Fatal(fault)
	}
	return &settings{sources: []source{fromEnv, fromFile}}
}

// A whole is a command with every flag that a setting may be for.
type whole struct {
	*cobra.Command
	when   whenFlags
	output string
	ask    *askFlags
	show   term.Options
}

func newWhole(t *testing.T, args ...string) *whole {
	t.Helper()
	w := &whole{Command: new(cobra.Command)}
	fs := w.Flags()
	w.ask = addAskFlags(fs, &w.show)
	w.when = addWhenFlags(fs)
	fs.VarP(&outputFlag{&w.output}, "output", "o", "")
	fs.BoolP("verbose", "v", false, "")
	fs.BoolP("quiet", "q", false, "")
	for _, name := range []string{"strict", "stop-on-blocked", "no-history"} {
		fs.Bool(name, false, "")
	}
	fs.Float64("rate", 0, "")
	fs.Int("workers", 8, "")
	fs.String("on-done", "", "")
	if err := w.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return w
}

// Every setting is known by its flag, and the samples of the hints are right.
func TestSettingKinds(t *testing.T) {
	w := newWhole(t)
	for _, k := range settingKinds {
		name := k.key
		if name == "history" {
			name = "no-history"
		}
		if w.Flags().Lookup(name) == nil {
			t.Errorf("%s: there is no such flag", k.key)
		}
		for _, text := range []string{k.sample, k.normal} {
			if _, problem := k.read(k.key, text); text != "" && !problem.empty() {
				t.Errorf("%s: %q %s", k.key, text, problem)
			}
		}
	}
	var fields []string
	w.when.set.VisitAll(func(f *pflag.Flag) { fields = append(fields, f.Name) })
	got := append(slices.Clone(policyKeys), "policy")
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(got, fields) {
		t.Errorf("policy keys %q, want those of the flags %q", got, fields)
	}
}

// What holds of a policy, with a target's behind the settings.
func TestSettingsPolicy(t *testing.T) {
	for _, row := range []struct {
		name, flags, env, file, target string
		want                           string
		patient                        bool
	}{
		{name: "nothing", want: "every=2s max=15s timeout=30m attempt=30s errors=25"},
		{name: "target", target: "every=1s", want: "every=1s timeout=30m attempt=30s errors=25"},
		{name: "file over target", file: "every: 3s", target: "every=1s max=9s", want: "every=3s timeout=30m attempt=30s errors=25"},
		{name: "environment over file", env: "EVERY=4s", file: "every: 3s\nmax: 6s", want: "every=4s timeout=30m attempt=30s errors=25"},
		{name: "flag over environment", flags: "--every=5s", env: "EVERY=4s MAX=8s", want: "every=5s timeout=30m attempt=30s errors=25"},
		{name: "each by itself", flags: "--grace=1s", env: "STABLE=2", file: "missing: 3s", target: "timeout=1m", want: "every=2s max=15s timeout=1m attempt=30s errors=25 missing=3s grace=1s stable=2"},
		{name: "checks lift a timeout", env: "CHECKS=3", file: "timeout: 1h", want: "every=2s max=15s checks=3 attempt=30s errors=25"},
		{name: "no checks lift none", env: "CHECKS=0", file: "timeout: 1h", want: "every=2s max=15s timeout=1h attempt=30s errors=25"},
		{name: "a timeout beside checks", env: "CHECKS=3 TIMEOUT=9m", file: "timeout: 1h", want: "every=2s max=15s checks=3 timeout=9m attempt=30s errors=25"},
		{name: "a max below every", env: "MAX=1s", file: "every: 3s\nmax: 6s", want: "every=1s max=1s timeout=30m attempt=30s errors=25"},
		{name: "no max", env: "MAX=0", file: "every: 3s\nmax: 6s\nfactor: 2", want: "every=3s timeout=30m attempt=30s errors=25"},
		{name: "a fixed pause that grows after all", flags: "--factor=2", env: "EVERY=3s", want: "every=3s max=24s factor=2 timeout=30m attempt=30s errors=25"},
		{name: "single over policy of a source", env: "POLICY=every=3s,max=9s EVERY=4s", want: "every=4s max=9s timeout=30m attempt=30s errors=25"},
		{name: "policy over a further single", env: "POLICY=every=3s", file: "every: 4s\nmax: 5s", want: "every=3s timeout=30m attempt=30s errors=25"},
		{name: "errors of a setting", file: "errors: 3", want: "every=2s max=15s timeout=30m attempt=30s errors=3", patient: true},
		{name: "errors of a setting's policy", env: "POLICY=errors=3", want: "every=2s max=15s timeout=30m attempt=30s errors=3", patient: true},
		{name: "errors of a target", target: "errors=3", want: "every=2s max=15s timeout=30m attempt=30s errors=3"},
		{name: "errors of a flag", flags: "--errors=3", file: "errors: 4", want: "every=2s max=15s timeout=30m attempt=30s errors=3", patient: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			env := map[string]string{}
			for word := range strings.FieldsSeq(row.env) {
				name, value, _ := strings.Cut(word, "=")
				env["SETTLE_"+name] = strings.ReplaceAll(value, ",", " ")
			}
			s := written(t, env, row.file)
			p, patient, err := s.policy(newWhole(t, strings.Fields(row.flags)...).when, row.target)
			if err != nil {
				t.Fatal(err)
			}
			if p.String() != row.want || patient != row.patient {
				t.Errorf("got %s, patient %t; want %s, %t", p, patient, row.want, row.patient)
			}
		})
	}
}

// Sources that are right by themselves are right together, in any order.
func TestSettingsNeverContradict(t *testing.T) {
	var texts []string
	for _, every := range []string{"", "every=0", "every=5s", "every=500ms"} {
		for _, most := range []string{"", "max=0", "max=1s", "max=20s", "max=100ms"} {
			for _, more := range []string{"", "factor=0", "factor=2", "checks=0", "checks=3", "timeout=1m"} {
				text := strings.Join(strings.Fields(every+" "+most+" "+more), " ")
				if p, err := parseMerged(text); err == nil && (p.Checks > 0 || p.Timeout > 0) {
					texts = append(texts, text)
				}
			}
		}
	}
	for _, near := range texts {
		for _, between := range texts {
			for _, far := range texts[:24] {
				if _, err := parseMerged(near, between, far); err != nil {
					t.Fatalf("%q over %q over %q is %q: %v", near, between, far, httptask.MergePolicies(near, between, far), err)
				}
			}
		}
	}
}

func TestApply(t *testing.T) {
	all := "output: json\nprogress: plain\nstrict: yes\nstop-on-blocked: on\nhistory: false\nrate: 2.5\nworkers: 3\non-done: ./it\n"
	for _, row := range []struct {
		name, flags string
		env         map[string]string
		file        string
		want        map[string]string // flags that are not as they are without settings
		mode        term.Mode
		output      string
	}{
		{name: "nothing"},
		{name: "all", file: all, output: "json", mode: term.Plain, want: map[string]string{
			"strict": "true", "stop-on-blocked": "true", "no-history": "true", "rate": "2.5", "workers": "3", "on-done": "./it"}},
		{name: "environment over file", file: all, env: map[string]string{"SETTLE_HISTORY": "true", "SETTLE_STRICT": "0", "SETTLE_RATE": "9", "SETTLE_OUTPUT": "text", "SETTLE_PROGRESS": "none"},
			output: "text", mode: term.None, want: map[string]string{"stop-on-blocked": "true", "rate": "9", "workers": "3", "on-done": "./it"}},
		{name: "flags over all", file: all, flags: "--strict=false --workers 1 --no-history=false --rate 1 --on-done= --stop-on-blocked=false -o text --progress tty",
			output: "text", mode: term.TTY, want: map[string]string{"rate": "1", "workers": "1"}},
		{name: "an expression is no way to show", file: all, flags: "--progress .x --strict=false --workers 8 --no-history=false --rate 0 --on-done= --stop-on-blocked=false",
			output: "json", mode: term.Plain},
		{name: "verbose", file: "verbose: true", want: map[string]string{"verbose": "true"}},
		{name: "quiet drops", file: "verbose: true\nprogress: plain", env: map[string]string{"SETTLE_QUIET": "1"}, want: map[string]string{"quiet": "true"}},
		{name: "quiet flag drops", file: "verbose: true\nprogress: plain", flags: "-q", want: map[string]string{"quiet": "true"}},
		{name: "quiet is dropped", file: "quiet: true", flags: "-v", want: map[string]string{"verbose": "true"}},
		{name: "quiet is dropped by progress", file: "quiet: true", env: map[string]string{"SETTLE_PROGRESS": "plain"}, mode: term.Plain},
		{name: "not quiet drops nothing", file: "verbose: true", env: map[string]string{"SETTLE_QUIET": "no"}, want: map[string]string{"verbose": "true"}},
		{name: "not quiet hides quiet", file: "quiet: true\nprogress: plain", env: map[string]string{"SETTLE_QUIET": "no"}, mode: term.Plain},
	} {
		t.Run(row.name, func(t *testing.T) {
			w, without := newWhole(t, strings.Fields(row.flags)...), newWhole(t)
			s := written(t, row.env, row.file)
			if err := s.apply(w.Command); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			w.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Value.String() != without.Flags().Lookup(f.Name).Value.String() {
					got[f.Name] = f.Value.String()
				}
			})
			if !maps.Equal(got, row.want) {
				t.Errorf("flags %v, want %v", got, row.want)
			}
			if w.show.Mode != row.mode || w.output != row.output {
				t.Errorf("progress %v, output %q; want %v, %q", w.show.Mode, w.output, row.mode, row.output)
			}
			w.Flags().Visit(func(f *pflag.Flag) {
				if row.flags == "" {
					t.Errorf("%s counts as given", f.Name)
				}
			})
		})
	}
}

// A command without a flag does without its setting; one that has only --attempt is told of it.
func TestApplyToLess(t *testing.T) {
	s := written(t, map[string]string{"SETTLE_ATTEMPT": "7s"}, "quiet: true\non-done: ./it\npolicy: attempt=9s")
	cmd := new(cobra.Command)
	attempt := cmd.Flags().Duration("attempt", 0, "")
	if err := s.apply(cmd); err != nil {
		t.Fatal(err)
	}
	if got := attempt.String(); got != "7s" {
		t.Errorf("attempt %s, want 7s", got)
	}
}

// A form of output that a command does not have is refused where it was set.
func TestApplyRefuses(t *testing.T) {
	w := newWhole(t)
	err := written(t, nil, "output: template={{.state}}").apply(w.Command)
	if refused := refusedBy(err); refused == nil || refused.Line != 1 || refused.Column != 9 || refused.Hint == "" {
		t.Errorf("got %v", err)
	}
}

func TestMisspelt(t *testing.T) {
	env := []string{"SETTLE_TIMOUT=1", "SETTLE_TIMEOUT=1", "SETTLE_ERROR=x", "SETTLE_ON_DOEN=x", "SETTLE_WORKER=1", "SETTLE_EVRY=", "SETTLE_TEAM=x", "TIMOUT=1", "SETTLE_TASKS=x", "SETTLE_=x"}
	var known []string
	for _, key := range settingKeys() {
		known = append(known, variableOf(key))
	}
	got := misspelt(env, known)
	want := []typo{{"SETTLE_TIMOUT", "SETTLE_TIMEOUT"}, {"SETTLE_ON_DOEN", "SETTLE_ON_DONE"}, {"SETTLE_WORKER", "SETTLE_WORKERS"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// On 40 columns nothing is wider but a word that has to be copied whole.
func TestConfigIsNarrow(t *testing.T) {
	for _, language := range []term.Language{term.English, term.Chinese} {
		a := &app{options: term.Options{Screen: term.Screen{Language: language}}}
		s := written(t, nil, "on-done: notify-send 快照 web-07 tell everybody about it\nstop-on-blocked: true")
		shown := shownConfig{Settings: s.foundOthers(), Paths: []usedPath{{settingsFile, "/home/somebody/.config/settle/config.yaml", true}}}
		maps.Copy(shown.Settings, foundPolicy(append(s.layers(), namedLayer("every=1s", fromTarget, "tower"))))
		text := a.configText(term.Table{Width: 40}, shown)
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); term.Cells(line) > 40 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%d cells: %q", term.Cells(line), line)
			}
		}
		if !strings.Contains(text, "config.yaml:1\n") || !strings.Contains(text, "tower\n") {
			t.Errorf("a source is not shown:\n%s", text)
		}
	}
}

// A file of settings is refused with places and hints, or it applies.
func FuzzSettings(f *testing.F) {
	f.Add("timeout: 2h\nerrors: 60\nprogress: plain\non-done: 'a b'\n")
	f.Add("policy: every=5s max=20s\nevery: 1s\nquiet: yes\nhistory: off\nrate: 1e3\nworkers: 2\n")
	f.Add("every: &x 5s\nmax: *x\n<<: {checks: 1}\n")
	f.Add("factor: 2\nmax: 0\nevery: 9223372036s\n")
	f.Add("{output: template={{.}}, ? [a]: b, timout: !!str 5s}")
	f.Add("---\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		src, faults := parseSettings("config.yaml", []byte(text))
		for _, fault := range faults {
			if refused := refusedBy(fault); refused == nil || refused.File == "" || refused.Line < 1 || refused.Column < 1 || refused.Problem == "" || refused.Hint == "" {
				t.Errorf("%#v", fault)
			}
		}
		if len(faults) > 0 {
			return
		}
		s := &settings{sources: []source{src}}
		for _, further := range []string{"", "every=1s", "every=1h max=2h factor=3", "checks=3"} {
			_, _, err := s.policy(newWhole(t).when, further)
			if refused := new(settle.PolicyError); errors.As(err, &refused) || err != nil {
				t.Errorf("over %q: %v", further, err)
			}
		}
		w := newWhole(t)
		if err := s.apply(w.Command); err != nil && src.values["output"].value == "" {
			t.Error(err)
		}
		if got, want := len(s.foundOthers())+len(foundPolicy(s.layers())), len(settingKinds)-1; got != want {
			t.Errorf("%d settings are shown, want %d", got, want)
		}
	})
}
