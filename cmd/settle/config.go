package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config [TARGET]",
		Short: "Show each setting and where it comes from",
		Long: `settle config shows what holds for a command without flags, where each value comes from, and which folders and
files are in use. With a TARGET, or a recipe's name, what these say of when to check joins in.

What the flags of settle wait, submit, resume and check say may be said once for all of them, the nearest source
first:

  1. a flag               --timeout 2h
  2. the environment      SETTLE_TIMEOUT=2h
  3. config.yaml          timeout: 2h      in the settings folder ($XDG_CONFIG_HOME/settle, else ~/.config/settle)
  4. the target           policy: timeout=2h      under its name in targets.yaml
  5. the recipe           policy: timeout=2h
  6. the default          timeout=30m

Each counts by itself: "every: 5s" in config.yaml and --timeout 2h hold both. But a nearer source drops what it
contradicts further away: --every alone is a fixed pause, whatever max and factor others say; --checks alone lifts
a timeout; -q drops verbose and progress, and -v and --progress drop quiet.

The settings are every, max, factor, jitter, checks, timeout, attempt, errors, missing, grace, stable, policy (several
of these at once; a single one beside it wins), output, progress (auto, tty, plain, none), verbose, quiet, strict,
stop-on-blocked, history (false is --no-history), rate, workers and on-done. In the environment "-" is "_", and an
empty variable says nothing. SETTLE_URL, SETTLE_USER, SETTLE_PASSWORD and SETTLE_TOKEN are no settings: they fill a
recipe's target. Nothing is read from the working folder unless a flag names it.

A config.yaml:

  timeout: 2h
  errors: 60            # failed checks in a row, about a quarter of an hour
  progress: plain
  on-done: 'notify-send "$SETTLE_TASK" "$SETTLE_OUTCOME"'`,
		Example: `  settle config
  settle config tower                     # with the policies of the target and of its recipe
  settle config smartx/cloudtower -o json
  SETTLE_EVERY=5s settle config           # max is gone: every alone is a fixed pause`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("arguments", said("one target at a time"), asIs("settle config "+shellWord(args[0])))
			}
			return a.showConfig(strings.Join(args, ""))
		},
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// A usedPath is a file or a folder that settle uses.
type usedPath struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
}

type shownConfig struct {
	Schema   int                   `json:"schema"`
	Target   string                `json:"target"` // "": none was named
	Recipe   string                `json:"recipe"`
	Settings map[string]foundValue `json:"settings"`
	Paths    []usedPath            `json:"paths"`
}

func (a *app) showConfig(named string) error {
	s, err := a.loadSettings()
	if err != nil {
		return err
	}
	shown := shownConfig{Schema: reportSchema, Settings: s.foundOthers()}
	layers := s.layers()
	if named != "" {
		further, err := a.layersOf(named, &shown)
		if err != nil {
			return err
		}
		layers = append(layers, further...)
	}
	for key, found := range foundPolicy(layers) {
		shown.Settings[key] = found
	}
	for key, found := range shown.Settings {
		if found.Value != nil {
			found.Value = new(a.shownValue(*found.Value))
			shown.Settings[key] = found
		}
	}
	if shown.Paths, err = usedPaths(); err != nil {
		return err
	}
	for _, t := range s.typos {
		a.complain(a.say(configWords.typo, t.variable, t.meant), "")
	}
	if a.output == outputJSON {
		fmt.Fprintf(a.stdout, "%s\n", encode(shown, ""))
		return nil
	}
	fmt.Fprint(a.stdout, a.configText(a.table(), shown))
	return nil
}

// shownValue hides what looks like a secret in a command.
func (a *app) shownValue(value string) string {
	return strings.Join(a.secrets.ShowArguments(strings.Split(value, " ")), " ")
}

// layersOf is what a target and its recipe say of when to check, or a recipe alone. Neither is asked for anything else: no
// command is run, and nothing need be in the environment.
func (a *app) layersOf(named string, shown *shownConfig) ([]layer, error) {
	targets, settings, err := loadTargets()
	if err != nil {
		return nil, err
	}
	var layers []layer
	first, _, _ := strings.Cut(named, "/")
	var r *recipe.Recipe
	if entry, notThere := targets.Entry(first); notThere == nil {
		shown.Target = entry.Name
		layers = append(layers, namedLayer(entry.Policy, fromTarget, entry.Name))
		r, err = recipeIn(settings, entry.Recipe)
	} else if r, _, _, err = findRecipe(settings, named); err != nil {
		err = a.nothingNamed(named, targets, err)
	}
	if err != nil {
		return nil, err
	}
	shown.Recipe = r.Name
	return append(layers, namedLayer(httptask.RecipePolicy(r), fromRecipe, r.Name)), nil
}

// usedPaths are in the order in which they are looked at.
func usedPaths() ([]usedPath, error) {
	settings, err := target.Folder(os.Getenv)
	if err != nil {
		return nil, err
	}
	state, err := journal.Folder(os.Getenv)
	if err != nil {
		return nil, err
	}
	paths := []usedPath{
		{Name: "settings", Path: settings},
		{Name: settingsFile, Path: filepath.Join(settings, settingsFile)},
		{Name: target.FileName, Path: filepath.Join(settings, target.FileName)},
		{Name: recipe.FolderName + "/", Path: filepath.Join(settings, recipe.FolderName)},
		{Name: "state", Path: state},
	}
	for i := range paths {
		_, err := os.Stat(paths[i].Path)
		paths[i].Exists = !errors.Is(err, fs.ErrNotExist) // what may not be looked at is there
	}
	return paths, nil
}

var columnOff = regexp.MustCompile(`:[0-9]+$`)

// longValue is as many cells as a value may take beside others.
const longValue = 24

// configText is settings and paths as two tables. Where lines have a width, a value that would take the room of all others
// is below its name.
func (a *app) configText(t term.Table, shown shownConfig) string {
	var short, long [][]string
	for _, k := range settingKinds {
		found, is := shown.Settings[k.key]
		if !is {
			continue // policy is shown by what it says
		}
		value := a.say(configWords.none)
		if found.Value != nil {
			value = *found.Value
		}
		row := []string{k.key, value, a.shownSource(found)}
		if t.Width > 0 && term.Cells(value) > longValue {
			long = append(long, row)
		} else {
			short = append(short, row)
		}
	}
	text := t.Rows(short)
	for _, row := range long {
		text += t.Indent(row[0], 0) + t.Indent(row[1], 4) + t.Indent(row[2], 4)
	}
	var paths [][]string
	for _, p := range shown.Paths {
		name := p.Name
		switch i := slices.Index([]string{"settings", "state"}, name); i {
		case 0, 1:
			name = a.say([]term.Text{configWords.folder, configWords.state}[i])
		}
		is := a.say(configWords.notThere)
		if p.Exists {
			is = a.say(configWords.there)
		}
		paths = append(paths, []string{name, is, p.Path})
	}
	return text + "\n" + t.Rows(paths)
}
