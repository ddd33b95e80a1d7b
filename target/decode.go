package target

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/settle-go/settle/recipe"
	"go.yaml.in/yaml/v3"
)

const largestFile = 4 << 20

// A listing is what the text of a file says.
type listing struct {
	entries []*Entry
	indent  int  // of the names
	flow    bool // the whole is in braces
}

// decode reads the text of a file. The error is a *recipe.Error with a line.
func decode(file string, text []byte) (listing, error) {
	root, err := parse(file, text)
	if err != nil || root == nil {
		return listing{}, err
	}
	if root.Kind != yaml.MappingNode {
		return listing{}, refuseNode(file, root, "", "targets stand under their names", "tower: {recipe: smartx/cloudtower, url: https://tower.lab}")
	}
	if err := refuseTree(file, "", root); err != nil {
		return listing{}, err
	}
	listed := listing{indent: root.Column - 1, flow: root.Style&yaml.FlowStyle != 0}
	for name, value := range pairs(root) {
		e := &Entry{Name: name.Value, at: origin{file: file, places: map[string]position{"": {name.Line, name.Column}}}}
		if value.Kind != yaml.MappingNode {
			return listing{}, e.fault("", "a target is keys and values", name.Value+": {recipe: smartx/cloudtower, url: https://tower.lab}")
		}
		if err := e.decode(value); err != nil {
			return listing{}, err
		}
		if err := e.refuse(); err != nil {
			return listing{}, err
		}
		listed.entries = append(listed.entries, e)
	}
	return listed, nil
}

func (e *Entry) decode(mapping *yaml.Node) error {
	for key, value := range pairs(mapping) {
		e.at.places[key.Value] = position{key.Line, key.Column}
		if err := e.decodeKey(key.Value, value); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) decodeKey(key string, value *yaml.Node) (err error) {
	switch key {
	case "recipe":
		e.Recipe, err = e.text(key, value)
	case "tls":
		err = e.decodeTLS(value)
	case "rate":
		e.Rate, err = e.rate(value)
	case "proxy":
		e.Proxy, err = e.text(key, value)
	case "headers":
		e.Headers, err = e.mapping(key, value)
	case "hosts":
		e.Hosts, err = e.list(key, value)
	case "policy":
		e.Policy, err = e.text(key, value)
	case "max_body":
		e.MaxBody, err = e.bytes(value)
	default:
		err = e.decodeField(key, value)
	}
	return err
}

func (e *Entry) decodeField(key string, value *yaml.Node) error {
	if value.Kind == yaml.SequenceNode {
		argv, err := e.list(key, value)
		if e.Commands == nil {
			e.Commands = map[string][]string{}
		}
		e.Commands[key] = argv
		return err
	}
	text, err := e.text(key, value)
	if e.Fields == nil {
		e.Fields = map[string]string{}
	}
	e.Fields[key] = text
	return err
}

var tlsKeys = []string{"fingerprint", "ca_file", "cert_file", "key_file", "insecure"}

func (e *Entry) decodeTLS(mapping *yaml.Node) error {
	texts, err := e.mapping("tls", mapping)
	if err != nil {
		return err
	}
	for key := range pairs(mapping) {
		if !slices.Contains(tlsKeys, key.Value) {
			hint := "its keys are " + strings.Join(tlsKeys, ", ")
			if near := recipe.Nearest(key.Value, tlsKeys); near != "" {
				hint = "did you mean " + near + "?"
			}
			return e.fault("tls."+key.Value, "there is no such key", hint)
		}
	}
	e.TLS = TLS{Fingerprint: texts["fingerprint"], CAFile: texts["ca_file"], CertFile: texts["cert_file"], KeyFile: texts["key_file"]}
	if text, given := texts["insecure"]; given {
		if e.TLS.Insecure, err = parseBool(text); err != nil {
			return e.fault("tls.insecure", err.Error(), "insecure: true")
		}
	}
	return nil
}

// text returns any scalar as it was written: a password of digits has no number's value.
func (e *Entry) text(key string, n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", e.fault(key, "must be one text", key[strings.LastIndexByte(key, '.')+1:]+": …")
	}
	if n.Value == "" {
		return "", e.fault(key, "is empty", "say what it is, or take the line out")
	}
	return n.Value, nil
}

func (e *Entry) list(key string, n *yaml.Node) ([]string, error) {
	if n.Kind != yaml.SequenceNode {
		return nil, e.fault(key, "is a list", key+": […]")
	}
	texts := make([]string, len(n.Content))
	for i, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return nil, e.fault(key, fmt.Sprintf("number %d of the list must be one text", i+1), key+": […, …]")
		}
		texts[i] = item.Value
	}
	return texts, nil
}

func (e *Entry) mapping(key string, n *yaml.Node) (map[string]string, error) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return nil, e.fault(key, "is keys and values", key+": {…: …}")
	}
	texts := map[string]string{}
	for name, value := range pairs(n) {
		at := key + "." + name.Value
		e.at.places[at] = position{name.Line, name.Column}
		text, err := e.text(at, value)
		if err != nil {
			return nil, err
		}
		texts[name.Value] = text
	}
	return texts, nil
}

func (e *Entry) rate(n *yaml.Node) (float64, error) {
	text, err := e.text("rate", n)
	if err != nil {
		return 0, err
	}
	rate, err := strconv.ParseFloat(text, 64)
	if err != nil || !(rate > 0) || math.IsInf(rate, 0) {
		return 0, e.fault("rate", quote(text)+" is not a number of requests a second", "rate: 5")
	}
	return rate, nil
}

func (e *Entry) bytes(n *yaml.Node) (int64, error) {
	text, err := e.text("max_body", n)
	if err != nil {
		return 0, err
	}
	size, err := parseBytes(text)
	if err != nil {
		return 0, e.fault("max_body", err.Error(), "max_body: 32MiB")
	}
	return size, nil
}
