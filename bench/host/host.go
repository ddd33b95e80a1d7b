// Package host runs a measurement as a program, and says on what, and of what, its figures were taken.
package host

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// Machine says on what the figures were taken.
func Machine() string {
	cpu := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(model)
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d cores, %s, %s %s, %s", cpu, runtime.NumCPU(), runtime.GOARCH,
		runtime.GOOS, cmp.Or(strings.TrimSpace(string(kernel)), "of unknown version"), runtime.Version())
}

// Commit names what settle was built from. The pages that figures are put into are no part of that.
func Commit() string {
	out, err := exec.Command("git", "describe", "--always").Output()
	if err != nil {
		return "unknown"
	}
	commit := strings.TrimSpace(string(out))
	if exec.Command("git", "diff", "--quiet", "HEAD", "--", ":(top,exclude)docs").Run() != nil {
		commit += ", with changes"
	}
	return commit
}

// Version is the one of a module that was built in, never one that somebody typed.
func Version(module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return dep.Version
			}
		}
	}
	return "unknown"
}
