package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which settle this is",
		Args:  noArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Fprintln(a.stdout, versionLine())
		},
	}
}

// versionLine is what the build recorded of itself: version, commit, Go version and system.
func versionLine() string {
	version, commit := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = " commit " + s.Value
			}
		}
	}
	return fmt.Sprintf("settle %s%s %s %s/%s", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("arguments", fmt.Sprintf("%s takes none, not %q", cmd.CommandPath(), args[0]), cmd.CommandPath())
	}
	return nil
}
