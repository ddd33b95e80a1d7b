package target

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/settle-go/settle/recipe"
)

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// parse returns the only document's root, nil where nothing but comments is there.
func parse(file string, text []byte) (*yaml.Node, error) {
	fault := func(line int, problem, hint string) error {
		return &recipe.Error{File: file, Line: line, Column: 1, Problem: problem, Hint: hint}
	}
	if !utf8.Valid(text) {
		return nil, fault(1, "is not UTF-8 text", "save it as UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if err == nil {
		if end := decoder.Decode(&second); !errors.Is(end, io.EOF) {
			if end == nil {
				return nil, fault(max(second.Line, 1), "a second document in the file", "take out the --- between the targets")
			}
			err = end
		}
	}
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		found := yamlLine.FindStringSubmatch(err.Error())
		line, _ := strconv.Atoi(found[1])
		return nil, fault(max(line, 1), "is not YAML: "+strings.TrimPrefix(err.Error(), found[0]), "a value with \": \" or \" #\" in it is written in quotes")
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return nil, nil
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Value == "" && root.Style == 0 && root.Anchor == "" {
		return nil, nil // a "---" with nothing behind it
	}
	return root, nil
}

// pairs yields the keys and values of a mapping.
func pairs(mapping *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if !yield(mapping.Content[i], mapping.Content[i+1]) {
				return
			}
		}
	}
}

func refuseNode(file string, n *yaml.Node, place, problem, hint string) *recipe.Error {
	return &recipe.Error{File: file, Line: max(n.Line, 1), Column: max(n.Column, 1), Place: place, Problem: problem, Hint: hint}
}

// refuseTree refuses what makes YAML say something else than it seems to.
func refuseTree(file, place string, n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return refuseNode(file, n, place, "anchors and aliases (& and *) are not known here", "write the value out, or in quotes where it begins with & or *")
	case n.Tag == "!!merge":
		return refuseNode(file, n, place, "keys are not merged (<<) here", "write them out")
	case n.Style&yaml.TaggedStyle != 0:
		return refuseNode(file, n, place, "tags (!) are not known here", "write the value in quotes where it begins with !")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return refuseNode(file, n, place, "nothing stands here (null)", `say what it is, or take the line out; in quotes "null" is a word`)
	case n.Kind == yaml.MappingNode:
		return refuseMapping(file, place, n)
	}
	for i, item := range n.Content {
		if err := refuseTree(file, fmt.Sprintf("%s[%d]", place, i), item); err != nil {
			return err
		}
	}
	return nil
}

func refuseMapping(file, place string, n *yaml.Node) error {
	lines := map[string]int{}
	for key, value := range pairs(n) {
		if key.Kind != yaml.ScalarNode {
			return refuseNode(file, key, place, "a key is a word", "KEY: VALUE")
		}
		at := strings.TrimPrefix(place+"."+key.Value, ".")
		if err := refuseTree(file, at, key); err != nil {
			return err
		}
		if line, twice := lines[key.Value]; twice {
			return refuseNode(file, key, at, fmt.Sprintf("stands on line %d too", line), "keep one of them")
		}
		lines[key.Value] = key.Line
		if err := refuseTree(file, at, value); err != nil {
			return err
		}
	}
	return nil
}
