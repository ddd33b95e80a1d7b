package recipe

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const maxDepth = 1000

// DecodeXML reads an XML document in the form that expressions work on. The name of the root element is the one key.
// An element is an object: attributes are "@name", elements go by their names, several of one name as a list, and text
// is "#text", without white space around it. An element with neither attributes nor elements in it is its text as it
// came. Prefixes are dropped, so that xsi:type is "@type"; the attribute without a prefix wins. A document type, more
// than 1000 elements within each other, and anything that is not XML are errors. Nothing is fetched.
func DecodeXML(text string) (any, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	d.CharsetReader = charset
	var open []*element
	var root map[string]any
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, notXMLError(err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, errors.New("XML with a document type, which is not read")
		case xml.StartElement:
			if len(open) == 0 && root != nil {
				return nil, errors.New("XML with something after it")
			}
			if len(open) == maxDepth {
				return nil, fmt.Errorf("XML with more than %d elements within each other", maxDepth)
			}
			open = append(open, newElement(token))
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(token)
			} else if strings.TrimSpace(string(token)) != "" {
				return nil, errors.New("not XML")
			}
		case xml.EndElement:
			e := open[len(open)-1]
			if open = open[:len(open)-1]; len(open) > 0 {
				open[len(open)-1].add(e.name, e.value())
			} else {
				root = map[string]any{e.name: e.value()}
			}
		}
	}
	if root == nil {
		return nil, errors.New("empty")
	}
	return root, nil
}

func notXMLError(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not XML (%s, in line %d)", syntax.Msg, syntax.Line)
	}
	return fmt.Errorf("not XML (%w)", err)
}

// An element is one that is being read.
type element struct {
	name   string
	object map[string]any // nil: neither attributes nor elements so far
	text   strings.Builder
}

func newElement(start xml.StartElement) *element {
	e := &element{name: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		if e.object == nil {
			e.object = map[string]any{}
		}
		key := "@" + a.Name.Local
		if _, taken := e.object[key]; !taken || a.Name.Space == "" {
			e.object[key] = a.Value
		}
	}
	return e
}

func (e *element) add(name string, value any) {
	if e.object == nil {
		e.object = map[string]any{}
	}
	switch was := e.object[name].(type) {
	case nil:
		e.object[name] = value
	case []any:
		e.object[name] = append(was, value)
	default:
		e.object[name] = []any{was, value}
	}
}

func (e *element) value() any {
	if e.object == nil {
		return e.text.String()
	}
	if text := strings.TrimSpace(e.text.String()); text != "" {
		e.object["#text"] = text
	}
	return e.object
}

// charset reads what is not UTF-8 and needs no table.
func charset(name string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-8", "us-ascii":
		return input, nil
	case "iso-8859-1", "latin1":
		b, err := io.ReadAll(input)
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return strings.NewReader(string(runes)), err
	}
	return nil, fmt.Errorf("the encoding %s is not known", quote(name))
}
