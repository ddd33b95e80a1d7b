package recipe_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
	"go.yaml.in/yaml/v3"
)

// A checker knows as much of JSON Schema as recipe.Schema uses, and fails at a keyword that it does not know.
type checker struct {
	t    *testing.T
	defs map[string]any
}

// check returns what is wrong with v, "" where nothing is.
func (c checker) check(schema map[string]any, v any, place string) string {
	for keyword, arg := range schema {
		var problem string
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			name := strings.TrimPrefix(arg.(string), "#/$defs/")
			problem = c.check(c.defs[name].(map[string]any), v, place)
		case "type":
			problem = isType(arg, v)
		case "enum":
			if !slices.Contains(arg.([]any), any(fmt.Sprint(v))) {
				problem = fmt.Sprintf("%v is not one of %v", v, arg)
			}
		case "pattern":
			if text, isText := v.(string); isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
				problem = fmt.Sprintf("%v does not match %v", v, arg)
			}
		case "minimum", "minItems":
		case "anyOf", "oneOf":
			problem = c.some(arg.([]any), v, place, keyword == "oneOf")
		case "properties", "additionalProperties", "propertyNames", "required":
			problem = c.object(schema, keyword, v, place)
		case "items":
			if list, isList := v.([]any); isList {
				for i, item := range list {
					problem += c.check(arg.(map[string]any), item, fmt.Sprintf("%s[%d]", place, i))
				}
			}
		default:
			c.t.Errorf("%s: unknown keyword %s", place, keyword)
		}
		if problem != "" {
			return place + ": " + problem
		}
	}
	return ""
}

func isType(arg, v any) string {
	types, several := arg.([]any)
	if !several {
		types = []any{arg}
	}
	is := "null"
	switch v.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case int:
		is = "integer"
	case float64:
		is = "number"
	case []any:
		is = "array"
	case map[string]any:
		is = "object"
	}
	if slices.Contains(types, any(is)) || is == "integer" && slices.Contains(types, any("number")) {
		return ""
	}
	return is + " is not of the type " + fmt.Sprint(types)
}

func (c checker) some(schemas []any, v any, place string, one bool) string {
	fits, problems := 0, ""
	for _, s := range schemas {
		if problem := c.check(s.(map[string]any), v, place); problem != "" {
			problems += "; " + problem
			continue
		}
		fits++
	}
	if fits == 0 || one && fits > 1 {
		return fmt.Sprintf("%d fit%s", fits, problems)
	}
	return ""
}

func (c checker) object(schema map[string]any, keyword string, v any, place string) string {
	object, isObject := v.(map[string]any)
	if !isObject {
		return ""
	}
	properties, _ := schema["properties"].(map[string]any)
	var problem string
	for key, value := range object {
		property, known := properties[key].(map[string]any)
		switch {
		case keyword == "properties" && known:
			problem += c.check(property, value, place+"."+key)
		case keyword == "additionalProperties" && !known && schema[keyword] == false:
			problem += "unknown key " + key
		case keyword == "additionalProperties" && !known:
			problem += c.check(schema[keyword].(map[string]any), value, place+"."+key)
		case keyword == "propertyNames":
			problem += c.check(schema[keyword].(map[string]any), key, place+"."+key)
		}
	}
	if keyword == "required" {
		for _, key := range schema[keyword].([]any) {
			if _, there := object[key.(string)]; !there {
				problem += fmt.Sprintf("%v is missing", key)
			}
		}
	}
	return problem
}

func schemaChecker(t *testing.T) (checker, map[string]any) {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(recipe.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return checker{t, schema["$defs"].(map[string]any)}, schema
}

func TestSchema(t *testing.T) {
	_, schema := schemaChecker(t)
	if got, want := schema["$schema"], "https://json-schema.org/draft/2020-12/schema"; got != want {
		t.Errorf("$schema: got %v, want %s", got, want)
	}
	if id, _ := schema["$id"].(string); !strings.HasPrefix(id, "https://") {
		t.Errorf("$id: got %v", schema["$id"])
	}
	first, second := recipe.Schema(), recipe.Schema()
	if string(first) != string(second) {
		t.Error("it is not the same each time")
	}
	defs := schema["$defs"].(map[string]any)
	for name, s := range defs {
		for key, p := range s.(map[string]any)["properties"].(map[string]any) {
			if help, _ := p.(map[string]any)["description"].(string); !strings.HasSuffix(help, ".") && !strings.HasSuffix(help, ":") {
				t.Errorf("%s.%s: got the help %q", name, key, help)
			}
		}
	}
}

// Whatever Parse takes, the schema does.
func TestSchemaOfLibrary(t *testing.T) {
	c, schema := schemaChecker(t)
	files, err := filepath.Glob("library/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if _, err := recipe.Parse(file, text); err != nil {
			continue // TestLibrary says so
		}
		if err := yaml.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		if problem := c.check(schema, v, "recipe"); problem != "" {
			t.Errorf("%s: %s", file, problem)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	c, schema := schemaChecker(t)
	tests := []struct{ name, text, problem string }{
		{"nothing", small(), ""},
		{"a short form of each", small("id: '{a}/{b}'", "link: '{url}/{id}'", "result: .r", "auth: {none: true}", status("failed: 7")), ""},
		{"a long form of each", small("id: {pattern: '{a}/{b}'}", "link: {value: .l}", "result: {value: .r}", "auth: [{none: true}]", status("failed: [7, true, x]")), ""},
		{"an unknown key", small(status("sate: .s")), "unknown key sate"},
		{"an unknown key of a request", small("cancel: {get: '{url}', boddy: x}"), "unknown key boddy"},
		{"a missing key", strings.Replace(small(), "title: Acme task\n", "", 1), "title is missing"},
		{"no method", small("cancel: {json: .x}"), "0 fit"},
		{"two methods", small("cancel: {get: '{url}', put: '{url}'}"), "2 fit"},
		{"not one of", small(status("unlisted: maybe")), "not one of"},
		{"a mapping for jq", small(status("state: {a: b}")), "object is not of the type"},
		{"a name", small("name: Acme"), "does not match"},
		{"a field's name", small("target: {URL: {}}"), "does not match"},
		{"a duration", small(status("missing: {before: soon}")), "does not match"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v any
			if err := yaml.Unmarshal([]byte(tt.text), &v); err != nil {
				t.Fatal(err)
			}
			problem := c.check(schema, v, "recipe")
			if (problem == "") != (tt.problem == "") || !strings.Contains(problem, tt.problem) {
				t.Errorf("got %q, want %q in it", problem, tt.problem)
			}
			if err := faults(t, tt.text); (err == nil) != (tt.problem == "") {
				t.Errorf("Parse: got %v", err)
			}
		})
	}
}
