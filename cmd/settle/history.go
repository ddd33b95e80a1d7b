package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/spf13/cobra"
)

func (a *app) historyCommand() *cobra.Command {
	var forget bool
	var when whenFlags
	cmd := &cobra.Command{
		Use:   "history [KIND]",
		Short: "Show how long tasks of a kind have taken, and when one would be checked",
		Long: `settle history shows what earlier waits have learned, a line a kind of task: how many tasks, their median, the range
between the shortest and the longest tenth, and the last one.

With a KIND, of which its beginning is enough, it draws how long such tasks have taken, and below the same axis when
a task that is started now would be checked: often where an end is likely, seldom elsewhere. The flags of settle wait
that say when and how long set the policy that is kept to. Nothing is asked of any platform.`,
		Example: `  settle history
  settle history tower/snapshot.create
  settle history tower/snapshot.create --every 5s --timeout 1h
  settle history tower/snapshot.create -o json
  settle history --clear tower/snapshot.create  # forgets what was learned`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage("arguments", said("one kind at a time"), asIs("settle history "+shellWord(a.secrets.Mask(args[0]))))
			case len(args) == 0 && forget:
				return usage("--clear", said("forgets what is known of one kind, and none is named"), said("settle history lists them"))
			}
			kinds, err := a.kinds()
			switch {
			case err != nil:
				return err
			case len(args) == 0:
				return a.listKinds(kinds)
			case forget:
				return a.forgetKind(args[0], kinds)
			}
			kind, err := kindNamed(args[0], kinds)
			if err != nil {
				return err
			}
			policy, _, err := when.policy(policiesOf(kind)...)
			if err != nil {
				return err
			}
			return a.showKind(kind, policy)
		},
	}
	when = addWhenFlags(cmd.Flags())
	cmd.Flags().BoolVar(&forget, "clear", false, "forget what is known of the KIND, which is named in full")
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

// histories are those in the state folder. Where a person has no home there is none: then nothing is known, and what is
// learned cannot be kept.
func (a *app) histories() *journal.Histories {
	folder, err := journal.Folder(os.Getenv)
	if err != nil {
		folder = os.DevNull
	}
	return journal.OpenHistories(folder)
}

// kinds are those of which something is known.
func (a *app) kinds() ([]string, error) {
	if _, err := journal.Folder(os.Getenv); err != nil {
		return nil, &spokenError{problem: said("find the state folder: %v", err), is: err}
	}
	kinds, err := a.histories().Kinds()
	if err != nil {
		return nil, &spokenError{problem: said("read what is known: %v", err), is: err}
	}
	return kinds, nil
}

// kindNamed is the kind that a person means: that of the name, or the one that begins so.
func kindNamed(name string, kinds []string) (string, error) {
	if slices.Contains(kinds, name) {
		return name, nil
	}
	var begin []string
	for _, kind := range kinds {
		if strings.HasPrefix(kind, name) {
			begin = append(begin, kind)
		}
	}
	switch {
	case len(begin) == 1:
		return begin[0], nil
	case len(begin) > 1:
		words := make([]string, len(begin))
		for i, kind := range begin {
			words[i] = shellWord(kind)
		}
		return "", usage("kind", said("%s is the beginning of several", quoted(name)), said("settle history with one of %s", listing(words)))
	}
	hint := asIs("settle history")
	if near := recipe.Nearest(name, kinds); near != "" {
		hint = didYouMean(near)
	}
	return "", usage("kind", said("nothing is known of %s", quoted(name)), hint)
}

// policiesOf are the policies of the target and the recipe of a kind, the nearest first; none where it has neither.
func policiesOf(kind string) []string {
	file, settings, err := loadTargets()
	first, _, _ := strings.Cut(kind, "/")
	if err == nil {
		if entry, err := file.Entry(first); err == nil {
			r, err := recipeIn(settings, entry.Recipe)
			if err != nil {
				return []string{entry.Policy}
			}
			return []string{entry.Policy, r.Policy}
		}
	}
	for _, name := range []string{kind, first} {
		if r, err := recipeIn(settings, name); err == nil {
			return []string{r.Policy}
		}
	}
	return nil
}

func (a *app) forgetKind(name string, kinds []string) error {
	if !slices.Contains(kinds, name) {
		kind, err := kindNamed(name, kinds)
		if err != nil {
			return err
		}
		return usage("--clear", said("takes the whole name of a kind"), asIs("settle history --clear "+shellWord(kind)))
	}
	if err := a.histories().Forget(name); err != nil {
		return &spokenError{problem: said("forget %s: %v", name, err), is: err}
	}
	if a.output == outputJSON {
		fmt.Fprintf(a.stdout, "%s\n", encode(struct {
			Schema  int    `json:"schema"`
			Kind    string `json:"kind"`
			Cleared bool   `json:"cleared"`
		}{reportSchema, name, true}, ""))
		return nil
	}
	fmt.Fprintln(a.stderr, term.Clean(a.say(historyWords.forgotten, name)))
	return nil
}

// A knownKind is what is known of one kind, for a list.
type knownKind struct {
	Kind       string        `json:"kind"`
	Count      int           `json:"count"`
	Unfinished int           `json:"unfinished"` // of these, those that nobody saw end
	Median     *float64      `json:"median"`     // seconds; null: not known
	P10        *float64      `json:"p10"`
	P90        *float64      `json:"p90"`
	Last       *durationSeen `json:"last"` // null: there is none
}

type durationSeen struct {
	At         time.Time `json:"at"`
	Took       float64   `json:"took"`       // seconds
	Unfinished bool      `json:"unfinished"` // it took longer
}

func known(kind string, h *settle.History) knownKind {
	k := knownKind{Kind: kind, Median: quantile(h, .5), P10: quantile(h, .1), P90: quantile(h, .9)}
	for _, seen := range durationsSeen(h) {
		k.Count++
		if seen.Unfinished {
			k.Unfinished++
		}
		k.Last = &seen
	}
	return k
}

func durationsSeen(h *settle.History) []durationSeen {
	all := []durationSeen{}
	for _, o := range h.Observations() {
		all = append(all, durationSeen{o.At.UTC(), o.Took.Seconds(), o.Unfinished})
	}
	return all
}

func quantile(h *settle.History, q float64) *float64 {
	if d, ok := h.Quantile(q); ok {
		return new(d.Seconds())
	}
	return nil
}

func (a *app) listKinds(kinds []string) error {
	list := struct {
		Schema int         `json:"schema"`
		Kinds  []knownKind `json:"kinds"`
	}{reportSchema, []knownKind{}}
	usual := map[string]string{}
	for _, kind := range kinds {
		h := a.histories().Load(kind)
		list.Kinds = append(list.Kinds, known(kind, h))
		usual[kind] = cmp.Or(a.usualRange(h), "-")
	}
	table := a.table()
	switch {
	case a.output == outputJSON:
		fmt.Fprintf(a.stdout, "%s\n", encode(list, ""))
	case len(kinds) == 0:
		a.complain(a.say(historyWords.none), "")
	case table.Width > 0 && table.Width < leastForRows:
		for _, k := range list.Kinds {
			text := a.say(historyWords.inWords, k.Count, shortSeconds(k.Median), usual[k.Kind])
			fmt.Fprint(a.stdout, table.Indent(k.Kind, 0), table.Indent(text, 4))
		}
	default:
		fmt.Fprint(a.stdout, table.Rows(a.kindRows(list.Kinds, usual)))
	}
	return nil
}

const leastForRows = 72 // cells; with less, what is known of a kind is a sentence below it

func (a *app) kindRows(kinds []knownKind, usual map[string]string) [][]string {
	w := &historyWords
	rows := [][]string{{a.say(w.kind), a.say(w.tasks), a.say(w.median), a.say(w.usual), a.say(w.last)}}
	for _, k := range kinds {
		last := ""
		if k.Last != nil {
			last = a.tookAtLeast(*k.Last) + "  " + k.Last.At.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{k.Kind, strconv.Itoa(k.Count), shortSeconds(k.Median), usual[k.Kind], last})
	}
	return rows
}

func (a *app) tookAtLeast(seen durationSeen) string {
	took := brief(rounded(inSeconds(seen.Took)))
	if seen.Unfinished {
		return a.say(historyWords.over, took)
	}
	return took
}

func shortSeconds(s *float64) string {
	if s == nil {
		return "-"
	}
	return brief(rounded(inSeconds(*s)))
}

func inSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
