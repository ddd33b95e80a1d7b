package recipe

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
)

const maxSource = 1 << 20

// root reads the file's one document. It is nil after a fault that leaves nothing to look at.
func (d *decoder) root(text []byte) *yaml.Node {
	whole := func(problem, hint string) *yaml.Node {
		d.faults = append(d.faults, &Error{File: d.file, Problem: problem, Hint: hint})
		return nil
	}
	switch {
	case len(text) > maxSource:
		return whole(fmt.Sprintf("a recipe that is too large; at most %d bytes", maxSource), "")
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return whole("it is not UTF-8 text", "")
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := documents.Decode(&first); {
	case errors.Is(err, io.EOF):
		return whole("there is nothing in it", "settle recipe show easyops/tool shows one that is whole")
	case err != nil:
		d.notYAML(string(text), err)
		return nil
	}
	switch err := documents.Decode(&second); {
	case err == nil:
		d.fault(markOf(&second, ""), "a second document", "one file, one recipe: take out the line ---")
		return nil
	case !errors.Is(err, io.EOF):
		d.notYAML(string(text), err)
		return nil
	}
	d.bad = map[*yaml.Node]bool{}
	d.walk(first.Content[0], "")
	return first.Content[0]
}

var (
	syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	aliasName  = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

const quotes = `text with *, {, [, @, #, %, & or ": " in it goes in quotes, within braces with a comma too: "{url}/tasks/{id}"`

// notYAML reports what the YAML reader did not understand. It names a line, and not always that.
func (d *decoder) notYAML(text string, err error) {
	found := syntaxLine.FindStringSubmatch(err.Error())
	if found == nil {
		d.fault(mark{}, "it is not YAML: "+err.Error(), quotes)
		return
	}
	line, _ := strconv.Atoi(found[1])
	problem := found[2]
	if alias := aliasName.FindStringSubmatch(problem); alias != nil {
		word := "*" + alias[1]
		d.fault(findAlias(text, word), "to YAML "+word+" is an alias, not a word with a star", `put it in quotes: "`+word+`"`)
		return
	}
	if strings.HasPrefix(problem, "did not find expected alphabetic or numeric character") {
		d.fault(mark{line: line}, "a * or & without quotes", `put the word in quotes: "*"`)
		return
	}
	if parserProblem.MatchString(problem) {
		line = parserLine(text, err.Error(), line+1)
	}
	d.fault(mark{line: line}, "it is not YAML: "+problem, quotes)
}

// parserProblem is what the second stage of the YAML reader says. It counts lines from 0, and within a block names the
// line where the block begins.
var parserProblem = regexp.MustCompile(`^did not find expected (<|node|'|key|",")`)

// parserLine is the first line with which the text is wrong in that way.
func parserLine(text, problem string, begin int) int {
	const longText, manyLines = 64 << 10, 300
	end := 0
	for number := 1; len(text) < longText && number < begin+manyLines && end < len(text); number++ {
		next := strings.IndexByte(text[end:], '\n')
		if next < 0 {
			next = len(text) - end - 1
		}
		end += next + 1
		var n yaml.Node
		if number < begin {
			continue
		}
		if err := yaml.Unmarshal([]byte(text[:end]), &n); err != nil && err.Error() == problem {
			return number
		}
	}
	return begin
}

// findAlias is where word stands without quotes, as far as can be told from the text.
func findAlias(text, word string) mark {
	unquoted := regexp.MustCompile(`(?m)(?:^|[\s\[,{])(` + regexp.QuoteMeta(word) + `)(?:$|[\s\],}])`)
	for number, line := range strings.Split(text, "\n") {
		if at := unquoted.FindStringSubmatchIndex(line); at != nil && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return mark{line: number + 1, column: utf8.RuneCountInString(line[:at[2]]) + 1}
		}
	}
	return mark{}
}

// walk refuses what a recipe never has, wherever it stands.
func (d *decoder) walk(n *yaml.Node, place string) {
	refuse := func(problem, hint string) {
		d.fault(markOf(n, place), problem, hint)
		d.bad[n] = true
	}
	switch {
	case n.Kind == yaml.AliasNode:
		refuse("to YAML *"+n.Value+" is an alias, not a word with a star", `put it in quotes: "*`+n.Value+`"`)
		return
	case n.Anchor != "":
		refuse("to YAML &"+n.Anchor+" is an anchor", "write it out, each time; a text that begins with & goes in quotes")
	case n.Style&yaml.TaggedStyle != 0:
		refuse("a tag: "+n.Tag, "leave it out; a text that begins with ! goes in quotes")
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		refuse("null", nullHint(n, place))
	case isBraces(n):
		name := "{" + n.Content[0].Value + "}"
		refuse("to YAML "+name+" is a mapping, not a name in braces", `put it in quotes: "`+name+`"`)
		return
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.walk(item, fmt.Sprintf("%s[%d]", place, i))
		}
	case yaml.MappingNode:
		d.walkKeys(n, place)
	}
}

func nullHint(n *yaml.Node, place string) string {
	if strings.HasSuffix(place, "]") && n.Value != "" {
		return `put it in quotes if it is a word: "` + n.Value + `"`
	}
	return "leave the key out, or say something; jq's null goes in quotes: 'null'"
}

// isBraces reports whether n is {name}: a mapping of nothing, as YAML reads it.
func isBraces(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) == 2 &&
		n.Content[0].Kind == yaml.ScalarNode && n.Content[1].Kind == yaml.ScalarNode &&
		n.Content[1].ShortTag() == "!!null" && n.Content[1].Value == ""
}

func (d *decoder) walkKeys(n *yaml.Node, place string) {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(place, key.Value)
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0:
			d.fault(markOf(key, place), "a key that is no plain text", quotes)
			d.bad[key] = true
		case key.ShortTag() == "!!merge":
			d.fault(markOf(key, at), "a merge key", "write it out")
			d.bad[key] = true
		case lines[key.Value] > 0:
			d.fault(markOf(key, at), fmt.Sprintf("the key stands in line %d already", lines[key.Value]), "keep one of them")
			d.bad[key] = true
		case n.Style&yaml.FlowStyle != 0 && value.Kind == yaml.ScalarNode && value.ShortTag() == "!!null" && value.Value == "":
			d.fault(markOf(key, at), quote(key.Value)+" has no value", "within braces, text with a comma in it goes in quotes")
			d.bad[key], d.bad[value] = true, true
			lines[key.Value] = key.Line
			continue
		default:
			lines[key.Value] = key.Line
		}
		if value.Kind == yaml.AliasNode && key.ShortTag() == "!!merge" {
			continue
		}
		d.walk(value, at)
	}
}
