package target

import (
	"encoding/json"
	"strings"
)

// AddBody adds the secrets of a request's body: in JSON the texts under a name that says so, in a form the values of
// such names.
func (s *Secrets) AddBody(body []byte) {
	var v any
	if json.Unmarshal(body, &v) == nil {
		s.addUnder("", v)
		return
	}
	s.addPairs(strings.TrimSpace(string(body)))
}

// addUnder adds the texts in v, which stands under name. An object within says by its own names what is secret.
func (s *Secrets) addUnder(name string, v any) {
	switch v := v.(type) {
	case string:
		if SecretName(name) {
			s.Add(v)
		}
	case []any:
		for _, item := range v {
			s.addUnder(name, item)
		}
	case map[string]any:
		for key, item := range v {
			s.addUnder(key, item)
		}
	}
}
