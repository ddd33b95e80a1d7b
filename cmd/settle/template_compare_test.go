package main

import (
	"strings"
	"testing"
	"text/template"
)

func TestTemplatesCompareNumbers(t *testing.T) {
	object := []byte(`{"one": 1, "half": 0.5, "two": 2.0, "text": "b", "yes": true, "none": null, "list": [1]}`)
	for text, want := range map[string]string{
		"{{gt .one .half}} {{lt .one .half}} {{ge .one 1.0}} {{le .half 1}}": "true false true true",
		"{{eq .two 2}} {{ne .two 2}} {{eq .one 3 2 1}}":                      "true false true",
		`{{lt .text "c"}} {{eq .text "a" "b"}} {{ne .text "b"}}`:             "true true false",
		"{{eq .yes true}} {{ne .yes true}}":                                  "true false",
		"{{eq .none .none}} {{eq .one .none}} {{eq .list .none}}":            "true false false",
		"{{eq .list .list}}": "fails",
		"{{gt .text 1}}":     "fails",
		`{{eq .one "1"}}`:    "fails",
		"{{eq .one}}":        "fails",
	} {
		var got strings.Builder
		parsed, err := template.New("").Funcs(comparisons).Parse(text)
		if err == nil {
			err = parsed.Execute(&got, templated(object, func(text string) string { return text }))
		}
		if err != nil {
			got.Reset()
			got.WriteString("fails")
		}
		if got.String() != want {
			t.Errorf("%s is %s, want %s (%v)", text, &got, want, err)
		}
	}
}
