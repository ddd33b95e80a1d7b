package main

import (
	"bytes"
	"cmp"
	"errors"
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
		return source{}, nil, usage("settings", said("%s is a named pipe", path), said("it is a file that you may read, or is not there at all"))
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
		return source{}, nil, usage("settings", asIs(err), said("it is a file that you may read, or is not there at all"))
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

func (p *settingsParser) refuse(n *yaml.Node, place string, problem, hint phrase) {
	p.faults = append(p.faults, whence{file: p.file, line: max(n.Line, 1), column: max(n.Column, 1)}.refuse(place, problem, hint))
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// root returns the mapping that the file is; nil where there is nothing, or nothing that could be one.
func (p *settingsParser) root(text []byte) *yaml.Node {
	whole := new(yaml.Node)
	switch {
	case len(text) > largestSettings:
		p.refuse(whole, "", said("is too large; at most %d bytes", largestSettings), said("settings are a few lines"))
		return nil
	case !utf8.Valid(text):
		p.refuse(whole, "", said("is not UTF-8 text"), said("save it as UTF-8"))
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
			p.refuse(&second, "", said("a second document in the file"), said("take out the line ---"))
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		found := yamlLine.FindStringSubmatch(err.Error())
		line, _ := strconv.Atoi(found[1])
		p.refuse(&yaml.Node{Line: line}, "", said("is not YAML: %s", strings.TrimPrefix(err.Error(), found[0])), said(`a value with ": " or " #" in it is written in quotes`))
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
		p.refuse(root, "", said("settings are keys and values"), asIs("timeout: 2h"))
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
		p.refuse(key, "", said("a key is a word"), asIs("timeout: 2h"))
	case kindOf(name).key == "":
		p.refuse(key, name, said("unknown key %s", quoted(name)), settingMeant(name))
	case twice:
		p.refuse(key, name, said("stands on line %d too", line), said("keep one of them"))
	case p.strange(value, name):
	case value.Kind != yaml.ScalarNode:
		p.refuse(value, name, said("is one value"), asIs(p.src.line(name, kindOf(name).sample)))
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
		p.refuse(n, place, said("anchors and aliases (& and *) are not known here"), said("write the value out, or in quotes where it begins with & or *"))
	case n.Tag == "!!merge":
		p.refuse(n, place, said("keys are not merged (<<) here"), said("write them out"))
	case n.Style&yaml.TaggedStyle != 0:
		p.refuse(n, place, said("tags (!) are not known here"), said("write the value in quotes where it begins with !"))
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		p.refuse(n, place, said("nothing stands here (null)"), said("say what it is, or take the line out"))
	default:
		return false
	}
	return true
}

// Keys that people look for in this file, and where they belong.
var elsewhere = map[string]phrase{
	"no-history": asIs("history: false"),
	"url":        said("settle target add NAME RECIPE URL keeps it in targets.yaml"),
	"token":      said("settle target add NAME RECIPE URL keeps it in targets.yaml"),
	"targets":    said("they have a file of their own, targets.yaml: settle target add NAME RECIPE URL"),
	"recipe":     said("it belongs to a target: settle target add NAME RECIPE URL"),
}

// settingMeant is the hint for a key that there is not.
func settingMeant(key string) phrase {
	if hint := elsewhere[strings.ReplaceAll(strings.ToLower(key), "_", "-")]; !hint.empty() {
		return hint
	}
	if near := recipe.Nearest(strings.TrimPrefix(key, settingPrefix), settingKeys()); near != "" {
		return didYouMean(near)
	}
	return said("known are %s", listing(settingKeys()))
}
