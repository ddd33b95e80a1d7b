package target

import (
	"path/filepath"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// Folder returns the folder of a person's settings, which need not be there: $XDG_CONFIG_HOME/settle, else
// ~/.config/settle; on Windows %AppData%\settle. Paths in the environment that are not absolute do not count, since
// nothing is read from the working folder. The error is a *recipe.Error.
func Folder(getenv func(string) string) (string, error) {
	if folder := settingsFolder(getenv); folder != "" {
		return folder, nil
	}
	return "", &recipe.Error{
		Place:   "settings",
		Problem: "the environment does not say where the settings are: " + strings.Join(settingsVariables, " and ") + " hold no absolute path",
		Hint:    "set " + settingsVariables[0],
	}
}

// absolute returns the path that text names, "" where it cannot be said: relative paths start at folder, which may be
// "", and "~/" is the home.
func absolute(text, folder string, getenv func(string) string) string {
	if rest, inHome := strings.CutPrefix(filepath.ToSlash(text), "~/"); inHome {
		text, folder = rest, getenv(homeVariable)
	}
	if filepath.IsAbs(text) {
		return filepath.Clean(text)
	}
	if !filepath.IsAbs(folder) {
		return ""
	}
	return filepath.Join(folder, text)
}
