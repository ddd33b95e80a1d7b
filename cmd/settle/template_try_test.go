package main

import "testing"

// Before any request only what no report could fill is refused.
func TestTemplatesThatAreTried(t *testing.T) {
	for text, refused := range map[string]bool{
		"{{len .checks}}":     true,
		"{{.outcome.word}}":   true,
		"{{.started.Year}}":   true,
		`{{eq .checks "3"}}`:  true,
		`{{gt .elapsed "3"}}`: true,
		`{{eq .warned 1}}`:    true,
		`{{range .tasks}}{{len .checks}}{{end}}{{len .checks}}`: true,
		`{{template "x"}}`:                            true,
		`{{printf}}`:                                  true,
		`{{if .outcome}}{{.raw.x}}{{end}}`:            true,
		"{{.result.a.b}}":                             false,
		"{{len .result}}":                             false,
		"{{range .}}{{with index . 0}}{{end}}{{end}}": true,
		"{{index .tasks 0}}":                          false,
		"{{(index .tasks 7).id}}":                     false,
		"{{slice .id 0 40}}":                          false,
		"{{gt .progress 0.5}}":                        false,
		"{{lt .elapsed 5}} {{gt .progress 0.5}}":      false,
		"{{range .tasks}}{{gt .progress 0}}{{end}}":   false,
		`{{range $name, $value := .}}{{$name}}={{json $value}} {{end}}`: false,
		`{{with .tasks}}{{len .}}{{else}}{{slice .id 0 2}}{{end}}`:      false,
		`{{if eq .outcome "succeeded"}}{{.raw.x}}{{end}}`:               false,
	} {
		if _, err := parseTemplate(outputTemplate + text); (err != nil) != refused {
			t.Errorf("%s: got %v, want refused: %t", text, err, refused)
		}
	}
}
