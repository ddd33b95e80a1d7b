package recipe

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FolderName is where a person's own recipes are in the settings folder.
const FolderName = "recipes"

// FindIn is Find, but the recipes in folder come first: one there takes the place of a built-in one of its name. A folder
// that does not exist holds none. Where the recipe is found in a file with faults the error is Parse's.
func FindIn(folder, name string) (*Recipe, error) {
	files, err := FilesIn(folder)
	if err != nil {
		return nil, refused("recipe", quote(folder)+" cannot be looked through", "")
	}
	for _, file := range files {
		text, err := readFile(file)
		if err != nil || !mayBe(string(text), name) {
			continue
		}
		r, err := Parse(file, text)
		if err != nil {
			return nil, err
		}
		if r.Name == name || r.Vendor() == name && (r.Default || !hasVendor(name)) {
			return r, nil
		}
	}
	return Find(name)
}

// FilesIn returns the files in folder that may hold recipes, by name; none of a folder that does not exist. Named pipes are
// passed over: nobody may ever write into one.
func FilesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(folder, e.Name())
		if filepath.Ext(file) != ".yaml" {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
			continue
		}
		files = append(files, file)
	}
	return files, nil
}

// ParseFile is Parse of a file. Where the file cannot be read, the error is an *Error too.
func ParseFile(file string) (*Recipe, error) {
	text, err := readFile(file)
	if err != nil {
		return nil, refused("recipe", err.Error(), "settle recipe list shows those that are built in")
	}
	return Parse(file, text)
}

// readFile reads no more of a file than Parse takes, and a byte.
func readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSource+1))
}

// mayBe reports whether a file may be the recipe of that name, or one of that vendor.
func mayBe(text, name string) bool {
	for line := range strings.Lines(text) {
		value, isName := strings.CutPrefix(line, "name:")
		if !isName {
			continue
		}
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		return value == name || strings.HasPrefix(value, name+"/") || strings.HasPrefix(value, name+" ")
	}
	return false
}

// hasVendor reports whether a built-in recipe is of that vendor.
func hasVendor(vendor string) bool {
	return slices.ContainsFunc(shelf(), func(b *builtIn) bool { return b.vendor() == vendor })
}

// Nearest returns the word that meant was probably meant to be, "" where none is near. Case and separators do not count.
func Nearest(meant string, words []string) string { return nearest(meant, words) }
