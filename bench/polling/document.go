package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/settle-go/settle/bench/host"
)

//go:embed polling.md.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"times":   func(x float64) string { return fmt.Sprintf("%.1f", x) },
	"two":     func(x float64) string { return fmt.Sprintf("%.2f", x) },
	"percent": func(x float64) string { return fmt.Sprintf("%.0f %%", 100*(x-1)) },
}).Parse(pageText))

// write makes the page and its pictures, with nothing in them but what was measured.
func (m *measurement) write(o options) error {
	dir := filepath.Dir(o.out)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, svg := range map[string]string{
		"polling-checks.svg": checksPicture(),
		"polling-delay.svg":  delayPicture(o.waits),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	var b strings.Builder
	if err := page.Execute(&b, pageData{m, o}); err != nil {
		return err
	}
	return os.WriteFile(o.out, []byte(b.String()), 0o644)
}

type pageData struct {
	*measurement
	options
}

// Command is what makes the page again.
func (d pageData) Command() string {
	args := []string{"-o ../docs/polling.md"}
	if d.options.traces != "" {
		args = append([]string{"-traces DIR"}, args...)
	}
	return host.Command("./polling", args)
}

func (d pageData) Seeds() int { return d.seeds }
func (d pageData) Waits() int { return d.waits }

// Laws is the table of a phase by law, Policies that by policy.
func (d pageData) Laws(phase string) string     { return d.lawTable(phase) }
func (d pageData) Policies(phase string) string { return d.habitTable(phase) }

// Traces is the table of what was recorded, "" without.
func (d pageData) Traces() string {
	if len(d.measurement.traces) == 0 {
		return ""
	}
	return d.traceTable()
}

// A row of a table, for the text.
type row struct{ Checks, Delay, P95 float64 }

func rowOf(g gain) row { return row{g.checks, g.delay, g.p95} }

func (d pageData) Law(phase, name string) row {
	for i, l := range laws {
		if l.name == name {
			return rowOf(overAll(d.byLaw[phase][i : i+1]))
		}
	}
	panic("no law " + name)
}

func (d pageData) All(phase string) row { return rowOf(overAll(d.byLaw[phase])) }
func (d pageData) Recorded() row        { return rowOf(overAll(d.replays)) }
