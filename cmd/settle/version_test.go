package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	rest := " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	recorded := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	const commit = "7c40cc2de76dc6ab9b43b1d2a1d386fcabd7df0e"
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"nothing recorded", nil, "settle devel"},
		{"a folder without commits", recorded("(devel)"), "settle devel"},
		{"a test", recorded(""), "settle devel"},
		{"a tag", recorded("v1.2.3", "vcs.revision", commit, "vcs.time", "2026-11-24T19:30:45Z", "vcs.modified", "false"),
			"settle v1.2.3 commit " + commit + " of 2026-11-24T19:30:45Z"},
		{"with changes", recorded("v1.2.4-0.20261124193045-7c40cc2de76d+dirty", "vcs.revision", commit, "vcs.time", "2026-11-24T19:30:45Z", "vcs.modified", "true"),
			"settle v1.2.4-0.20261124193045-7c40cc2de76d+dirty commit " + commit + "-dirty of 2026-11-24T19:30:45Z"},
		{"a version installed", recorded("v1.2.3"), "settle v1.2.3"},
		{"a pre-release installed", recorded("v1.2.3-rc.1"), "settle v1.2.3-rc.1"},
		{"a name like a commit", recorded("v1.2.3-beta-7c40cc2de76d"), "settle v1.2.3-beta-7c40cc2de76d"},
		{"a commit installed", recorded("v0.0.0-20261124193045-7c40cc2de76d"), "settle v0.0.0-20261124193045-7c40cc2de76d commit 7c40cc2de76d of 2026-11-24T19:30:45Z"},
		{"a commit after a tag", recorded("v1.2.4-0.20261124193045-7c40cc2de76d"), "settle v1.2.4-0.20261124193045-7c40cc2de76d commit 7c40cc2de76d of 2026-11-24T19:30:45Z"},
		{"a commit after a pre-release", recorded("v1.2.3-rc.1.0.20261124193045-7c40cc2de76d"), "settle v1.2.3-rc.1.0.20261124193045-7c40cc2de76d commit 7c40cc2de76d of 2026-11-24T19:30:45Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := buildOf(tt.info).String(); got != tt.want+rest {
				t.Errorf("got %q, want %q", got, tt.want+rest)
			}
		})
	}
}
