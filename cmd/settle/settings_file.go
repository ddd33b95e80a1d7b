package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/settle-go/settle/recipe"
	"go.yaml.in/yaml/v3"
)

// settingsFile is what the file of settings is called in the settings folder.
const settingsFile = "config.yaml"

const largestSettings = 1 << 20

// readSettings reads the file in folder; one that is not there has no settings. faults is what is wrong with its contents.
func readSettings(folder string) (src source, faults []error, err error) {
	path := filepath.Join(folder, settingsFile)
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 { // nobody may ever write into it
		return source{}, nil, usage("settings", path+" is a named pipe", "it is a file that you may read, or is not there at all")
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		src, faults = parseSettings(path, nil)
		return src, faults, nil
	}
	var text []byte
	if err == nil {
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, largestSettings+1))
	}
	if err != nil {
		return source{}, nil, usage("settings", err.Error(), "it is a file that you may read, or is not there at all")
	}
	src, faults = parseSettings(path, text)
	return src, faults, nil
}

// parseSettings reads the text of a file of settings strictly: what is not right there is a fault with its line and
// column, all of them in the file's order, and the rest is read.
func parseSettings(file string, text []byte) (src source, faults []error) {
	p := &settingsParser{file: file, lines: map[string]int{}}
	p.src = source{values: map[string]setting{}, line: func(key, value string) string { return key + ": " + value }}
	if root := p.root(text); root != nil {
		for i := 0; i+1 < len(root.Content); i += 2 {
			p.pair(root.Content[i], root.Content[i+1])
		}
		p.faults = append(p.faults, p.src.refuseTogether()...)
	}
	slices.SortStableFunc(p.faults, func(a, b error) int {
		x, y := refusedBy(a), refusedBy(b)
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	return p.src, p.faults
}

type settingsParser struct {
	file   string
	src    source
	lines  map[string]int // of the keys so far
	faults []error
}

func (p *settingsParser) refuse(n *yaml.Node, place, problem, hint string) {
	p.faults = append(p.faults, whence{file: p.file, line: max(n.Line, 1), column: max(n.Column, 1)}.refuse(place, problem, hint))
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// root returns the mapping that the file is; nil where there is nothing, or nothing that could be one.
func (p *settingsParser) root(text []byte) *yaml.Node {
	whole := new(yaml.Node)
	switch {
	case len(text) > largestSettings:
		p.refuse(whole, "", fmt.Sprintf("is too large; at most %d bytes", largestSettings), "settings are a few lines")
		return nil
	case !utf8.Valid(text):
		p.refuse(whole, "", "is not UTF-8 text", "save it as UTF-8")
		return nil
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	err := documents.Decode(&first)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if err = documents.Decode(&second); err == nil {
			p.refuse(&second, "", "a second document in the file", "take out the line ---")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		found := yamlLine.FindStringSubmatch(err.Error())
		line, _ := strconv.Atoi(found[1])
		p.refuse(&yaml.Node{Line: line}, "", "is not YAML: "+strings.TrimPrefix(err.Error(), found[0]), `a value with ": " or " #" in it is written in quotes`)
		return nil
	}
	if len(first.Content) == 0 {
		return nil
	}
	root := first.Content[0]
	switch {
	case root.Kind == yaml.ScalarNode && root.Value == "" && root.Style == 0 && root.Anchor == "":
		return nil // a "---" with nothing behind it
	case root.Kind != yaml.MappingNode:
		p.refuse(root, "", "settings are keys and values", "timeout: 2h")
		return nil
	}
	return root
}

// pair reads one setting.
func (p *settingsParser) pair(key, value *yaml.Node) {
	name := key.Value
	line, twice := p.lines[name]
	switch {
	case p.strange(key, name):
	case key.Kind != yaml.ScalarNode:
		p.refuse(key, "", "a key is a word", "timeout: 2h")
	case kindOf(name).key == "":
		p.refuse(key, name, "unknown key "+quoted(name), settingMeant(name))
	case twice:
		p.refuse(key, name, fmt.Sprintf("stands on line %d too", line), "keep one of them")
	case p.strange(value, name):
	case value.Kind != yaml.ScalarNode:
		p.refuse(value, name, "is one value", p.src.line(name, kindOf(name).sample))
	default:
		if err := p.src.add(name, value.Value, whence{file: p.file, line: value.Line, column: value.Column}); err != nil {
			p.faults = append(p.faults, err)
		}
	}
	if !twice {
		p.lines[name] = key.Line
	}
}

// strange refuses what makes YAML say something else than it seems to.
func (p *settingsParser) strange(n *yaml.Node, place string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.refuse(n, place, "anchors and aliases (& and *) are not known here", "write the value out, or in quotes where it begins with & or *")
	case n.Tag == "!!merge":
		p.refuse(n, place, "keys are not merged (<<) here", "write them out")
	case n.Style&yaml.TaggedStyle != 0:
		p.refuse(n, place, "tags (!) are not known here", "write the value in quotes where it begins with !")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		p.refuse(n, place, "nothing stands here (null)", "say what it is, or take the line out")
	default:
		return false
	}
	return true
}

// Keys that people look for in this file, and where they belong.
var elsewhere = map[string]string{
	"no-history": "history: false",
	"url":        "settle target add NAME RECIPE URL keeps it in targets.yaml",
	"token":      "settle target add NAME RECIPE URL keeps it in targets.yaml",
	"targets":    "they have a file of their own, targets.yaml: settle target add NAME RECIPE URL",
	"recipe":     "it belongs to a target: settle target add NAME RECIPE URL",
}

// settingMeant is the hint for a key that there is not.
func settingMeant(key string) string {
	if hint := elsewhere[strings.ReplaceAll(strings.ToLower(key), "_", "-")]; hint != "" {
		return hint
	}
	if near := recipe.Nearest(strings.TrimPrefix(key, settingPrefix), settingKeys()); near != "" {
		return "did you mean " + near + "?"
	}
	return "known are " + strings.Join(settingKeys(), ", ")
}
