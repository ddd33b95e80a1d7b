package recipe

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

// A mark is where something stands in a recipe's file.
type mark struct {
	line, column int // 0: it is not there
	place        string
}

func markOf(n *yaml.Node, place string) mark { return mark{n.Line, n.Column, place} }

func (m *mark) set(to mark) { *m = to }

func (m mark) given() bool { return m.line > 0 }

// at is m with another place.
func (m mark) at(place string) mark { m.place = place; return m }

// A decoder turns YAML into the structs of a document, strictly, and collects what is wrong.
type decoder struct {
	file   string
	faults []*Error
	bad    map[*yaml.Node]bool // refused already: not to be looked at again
}

func (d *decoder) fault(m mark, problem, hint string) {
	d.faults = append(d.faults, &Error{d.file, max(m.line, 1), max(m.column, 1), m.place, problem, hint})
}

// err is all that is wrong, in the file's order.
func (d *decoder) err() error {
	slices.SortStableFunc(d.faults, func(a, b *Error) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	var all []error
	seen := map[Error]bool{}
	for _, f := range d.faults {
		if !seen[*f] {
			seen[*f] = true
			all = append(all, f)
		}
	}
	return errors.Join(all...)
}

// A decodable is a type that reads its own node, and says what it reads to an editor.
type decodable interface {
	decode(d *decoder, n *yaml.Node, place string)
	schema(g *schemaWriter) schema
}

// into decodes n into v, which can be set.
func (d *decoder) into(v reflect.Value, n *yaml.Node, place string) {
	if d.bad[n] {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if own, isOwn := v.Addr().Interface().(decodable); isOwn {
		own.decode(d, n, place)
		return
	}
	v.Addr().Interface().(interface{ set(mark) }).set(markOf(n, place))
	if short := shorthand(v.Type()); short >= 0 && n.Kind == yaml.ScalarNode {
		d.into(v.Field(short), n, place)
		return
	}
	d.structure(v, n, place)
}

// structure decodes a mapping into a struct by the keys of its fields.
func (d *decoder) structure(v reflect.Value, n *yaml.Node, place string) {
	if n.Kind != yaml.MappingNode {
		d.fault(markOf(n, place), kindOf(n)+" where a mapping stands", "its keys are "+strings.Join(keysOf(v.Type()), ", "))
		return
	}
	given := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field, known := fieldOf(v.Type(), key.Value)
		if d.bad[key] {
			given[key.Value] = true
			continue
		}
		if !known {
			d.fault(markOf(key, join(place, key.Value)), "unknown key "+quote(key.Value), meant(key.Value, keysOf(v.Type())))
			continue
		}
		given[key.Value] = true
		d.into(v.FieldByIndex(field.Index), value, join(place, key.Value))
		if w, isWritten := v.FieldByIndex(field.Index).Addr().Interface().(*written); isWritten && w.given() {
			d.check(w, field.Tag)
		}
	}
	for _, f := range keyedFields(v.Type()) {
		if need, isNeeded := f.Tag.Lookup("need"); isNeeded && !given[f.Tag.Get("key")] {
			key := f.Tag.Get("key")
			d.fault(markOf(n, join(place, key)), "it is missing", key+": "+need)
		}
	}
}

var fieldsByType sync.Map // of []reflect.StructField

// keyedFields are the fields of a struct that have keys, those of embedded structs too.
func keyedFields(t reflect.Type) []reflect.StructField {
	if known, isKnown := fieldsByType.Load(t); isKnown {
		return known.([]reflect.StructField)
	}
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("key") != "" {
			fields = append(fields, f)
		}
	}
	fieldsByType.Store(t, fields)
	return fields
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for _, f := range keyedFields(t) {
		if f.Tag.Get("key") == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// check refuses what the field's tags do not allow.
func (d *decoder) check(w *written, tag reflect.StructTag) {
	if choices := tag.Get("enum"); choices != "" && !slices.Contains(strings.Split(choices, ","), w.value) {
		d.fault(w.mark, quote(w.value)+" is not one of "+strings.ReplaceAll(choices, ",", ", "), meant(w.value, strings.Split(choices, ",")))
		w.mark = mark{}
	}
	if pattern := tag.Get("pattern"); pattern != "" && !regexp.MustCompile(pattern).MatchString(w.value) {
		d.fault(w.mark, quote(w.value)+" is not "+tag.Get("need"), tag.Get("help"))
		w.mark = mark{}
	}
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range keyedFields(t) {
		keys = append(keys, f.Tag.Get("key"))
	}
	return keys
}

// shorthand is the field that a text in place of the mapping is for, -1 where there is none.
func shorthand(t reflect.Type) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("short") != "" {
			return i
		}
	}
	return -1
}

func join(place, key string) string {
	if place == "" {
		return key
	}
	return place + "." + key
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "text"
}

// Written is a scalar as it was written; a number or a boolean is text too.
type written struct {
	mark
	value string
}

func (w *written) decode(d *decoder, n *yaml.Node, place string) {
	w.read(d, n, place, "text", "put it in quotes")
	w.refuseEmpty(d)
}

func (w *written) read(d *decoder, n *yaml.Node, place, what, hint string) {
	if n.Kind != yaml.ScalarNode {
		d.fault(markOf(n, place), kindOf(n)+" where "+what+" stands", hint)
		return
	}
	w.mark, w.value = markOf(n, place), n.Value
}

func (w *written) refuseEmpty(d *decoder) {
	if w.given() && strings.TrimSpace(w.value) == "" {
		d.fault(w.mark, "it is empty", "leave the key out, or say something")
		w.mark = mark{}
	}
}

// An expr is jq.
type expr struct{ written }

func (e *expr) decode(d *decoder, n *yaml.Node, place string) {
	e.read(d, n, place, "a jq expression", "jq is text: put it in single quotes, such as '{id: $id}'")
	e.refuseEmpty(d)
}

// A filling is text with names in braces; it may be empty.
type filling struct{ written }

func (f *filling) decode(d *decoder, n *yaml.Node, place string) {
	f.read(d, n, place, "text", `put it in quotes: "{name}"`)
}

// A boolean is true or false.
type boolean struct {
	mark
	value bool
}

func (b *boolean) decode(d *decoder, n *yaml.Node, place string) {
	b.mark = markOf(n, place)
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		d.fault(b.mark, "it is neither true nor false", "true")
	}
	b.value = n.Value == "true"
}

// A count is a whole number from 1.
type count struct {
	mark
	value int
}

func (c *count) decode(d *decoder, n *yaml.Node, place string) {
	c.mark = markOf(n, place)
	var err error
	if c.value, err = strconv.Atoi(n.Value); err != nil || c.value < 1 {
		d.fault(c.mark, "it is not a whole number from 1", "100")
	}
}

// A duration is a positive one, as time.ParseDuration reads it.
type duration struct {
	mark
	value time.Duration
}

func (t *duration) decode(d *decoder, n *yaml.Node, place string) {
	t.mark = markOf(n, place)
	var err error
	if t.value, err = time.ParseDuration(n.Value); err != nil || t.value <= 0 {
		d.fault(t.mark, "it is not a duration", "500ms, 30s or 10m")
	}
}

// many is a list; one of them may stand without.
type many[T any] []T

func (m *many[T]) decode(d *decoder, n *yaml.Node, place string) {
	if n.Kind != yaml.SequenceNode {
		*m = make([]T, 1)
		d.into(reflect.ValueOf(&(*m)[0]).Elem(), n, place)
		return
	}
	(*list[T])(m).decode(d, n, place)
}

// list is a list with something in it.
type list[T any] []T

func (l *list[T]) decode(d *decoder, n *yaml.Node, place string) {
	switch {
	case n.Kind != yaml.SequenceNode:
		d.fault(markOf(n, place), kindOf(n)+" where a list stands", "[one, two]")
		return
	case len(n.Content) == 0:
		d.fault(markOf(n, place), "the list is empty", "leave the key out")
	}
	for i, item := range n.Content {
		*l = append(*l, *new(T))
		d.into(reflect.ValueOf(&(*l)[i]).Elem(), item, fmt.Sprintf("%s[%d]", place, i))
	}
}

// entries is a mapping with keys of the author's own, in the file's order.
type entries[T any] []entry[T]

type entry[T any] struct {
	key   written
	value T
}

func (e *entries[T]) decode(d *decoder, n *yaml.Node, place string) {
	if n.Kind != yaml.MappingNode {
		d.fault(markOf(n, place), kindOf(n)+" where a mapping stands", "{name: …}")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if d.bad[key] || d.bad[n.Content[i+1]] {
			continue
		}
		at := join(place, key.Value)
		*e = append(*e, entry[T]{key: written{markOf(key, at), key.Value}})
		d.into(reflect.ValueOf(&(*e)[len(*e)-1].value).Elem(), n.Content[i+1], at)
	}
}
