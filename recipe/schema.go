package recipe

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Schema returns the recipe format as a JSON Schema (2020-12), for editors: the keys that Parse reads, what each is for,
// and what may stand there. Parse refuses more than it can say.
func Schema() []byte {
	g := &schemaWriter{defs: schema{}}
	s := g.object(reflect.TypeFor[document]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://github.com/settle-go/settle/recipe.schema.json"
	s["title"] = "settle recipe"
	s["description"] = "How one platform's task API works. Expressions are jq; {name} in braces is filled in."
	s["$defs"] = g.defs
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}

type schema map[string]any

type schemaWriter struct{ defs schema }

// of is the schema of a type, by reference where it is a struct.
func (g *schemaWriter) of(t reflect.Type) schema {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if own, isOwn := reflect.New(t).Interface().(decodable); isOwn {
		return own.schema(g)
	}
	name := strings.TrimSuffix(t.Name(), "Document")
	ref := schema{"$ref": "#/$defs/" + name}
	if _, known := g.defs[name]; !known {
		g.defs[name] = nil // it may be within itself
		g.defs[name] = g.object(t)
	}
	if short := shorthand(t); short >= 0 {
		return schema{"anyOf": []schema{g.of(t.Field(short).Type), ref}}
	}
	return ref
}

func (g *schemaWriter) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	for _, f := range keyedFields(t) {
		key := f.Tag.Get("key")
		p := g.of(f.Type)
		p["description"] = f.Tag.Get("help")
		if choices := f.Tag.Get("enum"); choices != "" {
			delete(p, "type")
			p["enum"] = strings.Split(choices, ",")
		}
		if pattern := f.Tag.Get("pattern"); pattern != "" {
			p["type"], p["pattern"] = "string", pattern
		}
		if keys := f.Tag.Get("keys"); keys != "" {
			p["propertyNames"] = schema{"pattern": keys}
		}
		properties[key] = p
		if _, needed := f.Tag.Lookup("need"); needed {
			required = append(required, key)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if t == reflect.TypeFor[requestDocument]() {
		s["oneOf"] = oneOf("get", "post", "put", "patch", "delete", "head", "exec")
	}
	return s
}

func oneOf(keys ...string) []schema {
	var all []schema
	for _, key := range keys {
		all = append(all, schema{"required": []string{key}})
	}
	return all
}

// scalars are text however it is written.
func scalars() schema { return schema{"type": []string{"string", "number", "boolean"}} }

func (*written) schema(*schemaWriter) schema { return scalars() }
func (*boolean) schema(*schemaWriter) schema { return schema{"type": "boolean"} }
func (*count) schema(*schemaWriter) schema   { return schema{"type": "integer", "minimum": 1} }

func (*duration) schema(*schemaWriter) schema {
	return schema{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}
}

func (*many[T]) schema(g *schemaWriter) schema {
	item := reflect.TypeFor[T]()
	return schema{"anyOf": []schema{g.of(item), {"type": "array", "items": g.of(item), "minItems": 1}}}
}

func (*list[T]) schema(g *schemaWriter) schema {
	return schema{"type": "array", "items": g.of(reflect.TypeFor[T]()), "minItems": 1}
}

func (*entries[T]) schema(g *schemaWriter) schema {
	return schema{"type": "object", "additionalProperties": g.of(reflect.TypeFor[T]())}
}
