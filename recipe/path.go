package recipe

import (
	"strconv"

	"github.com/itchyny/gojq"
)

// A path is a plain one, such as .data.ids[0] or $http.headers.location: it can be seen whether its field is there.
type path struct {
	root  string // the variable it begins with; "": the answer
	steps []any  // string or int
}

// plainPath returns nil for a query that is something else.
func plainPath(q *gojq.Query) *path {
	if q.Term == nil || q.Left != nil || q.Right != nil || len(q.FuncDefs) > 0 || len(q.Imports) > 0 {
		return nil
	}
	var p path
	t := q.Term
	switch {
	case t.Type == gojq.TermTypeIdentity:
	case t.Type == gojq.TermTypeFunc && len(t.Func.Args) == 0 && t.Func.Name[0] == '$':
		p.root = t.Func.Name[1:]
	case t.Type == gojq.TermTypeIndex:
		if !p.add(t.Index) {
			return nil
		}
	default:
		return nil
	}
	for _, s := range t.SuffixList {
		if s.Index == nil || s.Iter || s.Optional || !p.add(s.Index) {
			return nil
		}
	}
	return &p
}

func (p *path) add(i *gojq.Index) bool {
	switch {
	case i.Name != "":
		p.steps = append(p.steps, i.Name)
	case i.Str != nil && len(i.Str.Queries) == 0:
		p.steps = append(p.steps, i.Str.Str)
	case i.Start != nil && i.End == nil && !i.IsSlice && i.Start.Term != nil:
		return p.addStart(i.Start)
	default:
		return false
	}
	return true
}

// addStart adds what stands in brackets.
func (p *path) addStart(q *gojq.Query) bool {
	t := q.Term
	if len(t.SuffixList) > 0 || len(q.FuncDefs) > 0 {
		return false
	}
	switch {
	case t.Type == gojq.TermTypeString && len(t.Str.Queries) == 0:
		p.steps = append(p.steps, t.Str.Str)
	case t.Type == gojq.TermTypeNumber:
		n, err := strconv.Atoi(t.Number)
		if err != nil {
			return false
		}
		p.steps = append(p.steps, n)
	default:
		return false
	}
	return true
}

// lookUp returns what jq would find, where that takes no more than looking, as most recipes' expressions do: starting jq
// takes fifty times as long. seen is false where it takes more, or where jq would object.
func (e *Expression) lookUp(a *Answer) (v any, seen bool) {
	p := e.path
	if p == nil || p.root != "" && !e.Mentions(p.root) {
		return nil, false
	}
	if v = a.Body; p.root != "" {
		v = a.value(p.root)
	}
	for _, step := range p.steps {
		if v == nil {
			return nil, true
		}
		switch step := step.(type) {
		case string:
			object, isObject := v.(map[string]any)
			if !isObject {
				return nil, false
			}
			v = object[step]
		case int:
			list, isList := v.([]any)
			if !isList || step < 0 || step >= len(list) {
				return nil, false
			}
			v = list[step]
		}
	}
	return v, true
}

// isIn reports whether the path's field is there, be it null.
func (p *path) isIn(a *Answer) bool {
	at := a.Body
	if p.root != "" {
		at = a.value(p.root)
	}
	for _, step := range p.steps {
		found := false
		switch step := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			at, found = object[step]
		case int:
			list, _ := at.([]any)
			if found = step < len(list); found {
				at = list[step]
			}
		}
		if !found {
			return false
		}
	}
	return true
}
