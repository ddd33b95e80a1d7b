package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show which settle this is",
		Long: `settle version shows the version, the commit that it was built from and when that was made, the Go version and the
system. A commit with -dirty had changes that were not committed.`,
		Example: `  settle version
  settle version -o json`,
		Args: noArgs,
		Run: func(*cobra.Command, []string) {
			b := thisBuild()
			if a.output == outputJSON {
				fmt.Fprintf(a.stdout, "%s\n", encode(b, ""))
				return
			}
			fmt.Fprintln(a.stdout, b)
		},
	}
	cmd.Flags().VarP(&outputFlag{&a.output}, "output", "o", outputUsage)
	return cmd
}

func versionLine() string { return thisBuild().String() }

// A build is what a binary knows of how it was made, by whatever tool: the go command records it.
type build struct {
	Schema   int        `json:"schema"`
	Version  string     `json:"version"` // devel: of none
	Commit   string     `json:"commit"`  // "": not recorded, as by go install of a version, which has no commits
	Time     *time.Time `json:"time"`    // the commit's; null: not recorded
	Modified bool       `json:"modified"`
	Go       string     `json:"go"`
	System   string     `json:"system"`
}

func thisBuild() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info)
}

// buildOf reads what was recorded; info may be nil.
func buildOf(info *debug.BuildInfo) build {
	b := build{Schema: reportSchema, Version: "devel", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
		b.Commit, b.Time = commitOf(v)
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil {
				b.Time = &at
			}
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// commitOf reads the commit out of a version that names one, v0.3.1-0.20261124193045-7c40cc2de76d: all that go install of
// a branch or a commit leaves of it.
func commitOf(version string) (commit string, at *time.Time) {
	dash := strings.LastIndex(version, "-")
	if dash < 0 || len(version)-dash != len("-7c40cc2de76d") {
		return "", nil
	}
	stamp := version[:dash]
	when, err := time.Parse("20060102150405", stamp[strings.LastIndexAny(stamp, "-.")+1:])
	if err != nil {
		return "", nil
	}
	return version[dash+1:], &when
}

// String is the build on one line.
func (b build) String() string {
	text := "settle " + b.Version
	if b.Commit != "" {
		text += " commit " + b.Commit
		if b.Modified {
			text += "-dirty"
		}
	}
	if b.Time != nil {
		text += " of " + b.Time.UTC().Format(time.RFC3339)
	}
	return text + " " + b.Go + " " + b.System
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("arguments", said("%s takes none, not %q", cmd.CommandPath(), args[0]), asIs(cmd.CommandPath()))
	}
	return nil
}
