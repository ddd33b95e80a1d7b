package target_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/settle-go/settle/target"
)

func TestFolder(t *testing.T) {
	base := t.TempDir()
	type row struct {
		name        string
		environment []string
		want        string // "": refused
	}
	tests := []row{
		{"XDG", []string{"XDG_CONFIG_HOME=" + base, "HOME=/elsewhere"}, filepath.Join(base, "settle")},
		{"home", []string{"HOME=" + base}, filepath.Join(base, ".config", "settle")},
		{"XDG that is not absolute does not count", []string{"XDG_CONFIG_HOME=config", "HOME=" + base}, filepath.Join(base, ".config", "settle")},
		{"home that is not absolute", []string{"HOME=."}, ""},
		{"nothing", nil, ""},
	}
	if runtime.GOOS == "windows" {
		tests = []row{
			{"AppData", []string{"AppData=" + base, "HOME=" + base}, filepath.Join(base, "settle")},
			{"nothing", []string{"HOME=" + base}, ""},
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := target.Folder(environment(tt.environment...))
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.want == "" {
				refused(t, err, "settings: ", "hint: set ")
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
