package recipe

import (
	"regexp"
	"strings"
)

var actionName = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$`)

func (b *builder) actions() []*Action {
	var all []*Action
	for _, e := range b.doc.Actions {
		if !actionName.MatchString(e.key.value) {
			b.fault(e.key.mark, quote(e.key.value)+" is not the name of an action", "snapshot.create")
		}
		all = append(all, b.action(e.key.value, &e.value))
	}
	return all
}

func (b *builder) action(name string, doc *actionDocument) *Action {
	n := b.ofTarget()
	n.used = map[string]bool{}
	a := &Action{Name: name, Help: doc.Help.value, Idempotency: doc.Idempotency.value}
	for _, e := range doc.Params {
		b.name(e.key, b.fields)
		a.Params = append(a.Params, b.param(e.key.value, &e.value))
		n = n.and(e.key.value)
	}
	a.Reads, n = b.reads(doc.Read, n)
	over := n.over(doc.Request)
	a.Request = b.request(doc.Request, n)
	a.Judge = b.judge(doc.judgeDocument, n, doc.Request)
	a.ID = b.expression(doc.ID, over)
	a.Busy = b.expression(doc.Busy, over)
	b.idempotency(doc)
	for _, e := range doc.Params {
		if !n.used[e.key.value] && !b.mayUse(e.key.value) && !b.faultAt(e.key.place) {
			b.fault(e.key.mark, "nothing uses it", "use it as {"+e.key.value+"} or $"+e.key.value+", or take it out")
		}
	}
	for used := range n.used {
		b.used[used] = true
	}
	return a
}

func (b *builder) idempotency(doc *actionDocument) {
	if !doc.Idempotency.given() {
		return
	}
	b.headerName(doc.Idempotency)
	if doc.Request == nil {
		return
	}
	for _, e := range doc.Request.Header {
		if strings.EqualFold(e.key.value, doc.Idempotency.value) {
			b.fault(e.key.mark, "idempotency fills this header already", "take it out")
		}
	}
	if doc.Request.Exec != nil {
		b.fault(doc.Idempotency.mark, "a command has no header", "take it out")
	}
}

func (b *builder) param(name string, doc *paramDocument) *Param {
	p := &Param{
		Name: name, Help: doc.Help.value, Example: doc.Example.value, Type: doc.Type.value, Default: doc.Default.value,
		HasDefault: doc.Default.given(), Optional: doc.Optional.value, Choices: values(doc.Choices),
	}
	if p.Type == "" {
		p.Type = "string"
	}
	for _, choice := range doc.Choices {
		if _, problem, hint := p.read(choice.value); problem != "" && choice.given() {
			b.fault(choice.mark, problem, hint)
		}
	}
	if p.HasDefault {
		if _, err := p.Value(p.Default); err != nil {
			f := err.(*Error)
			b.fault(doc.Default.mark, f.Problem, f.Hint)
		}
	}
	return p
}

// reads builds what is asked before a start or a login, and returns n with their names.
func (b *builder) reads(list entries[readDocument], n names) ([]*Read, names) {
	var all []*Read
	for _, e := range list {
		if !plainName.MatchString(e.key.value) || strings.HasSuffix(e.key.value, "_headers") {
			b.fault(e.key.mark, quote(e.key.value)+" is no name for what is read", "small letters, digits and _, and it does not end in _headers")
		}
		all = append(all, b.read(e.key.value, &e.value, n))
		n = n.after(e.key.value)
	}
	return all, n
}

func (b *builder) read(name string, doc *readDocument, n names) *Read {
	over := n
	if doc.Request != nil {
		over = n.over(doc.Request)
	}
	r := &Read{
		Name:    name,
		Request: b.request(doc.Request, n),
		One:     b.expression(doc.One, over),
		Value:   b.expression(doc.Value, over),
		When:    b.expression(doc.When, n),
		Refuse:  b.expression(doc.Refuse, over),
	}
	switch {
	case doc.One.given() && doc.Value.given():
		b.fault(doc.One.mark, "one beside value", "one: where it must be found and be the only one, else value:")
	case doc.Request == nil && doc.One.given():
		b.fault(doc.One.mark, "one without a request", "value: computes a value from the others")
	case !doc.One.given() && !doc.Value.given() && !doc.Refuse.given():
		b.fault(doc.mark, "it says neither one nor value", "one: '.[].id'")
	}
	if doc.Request == nil {
		b.refuseJudge(doc.judgeDocument, "there is no request")
	} else {
		r.Judge = b.judge(doc.judgeDocument, n, doc.Request)
	}
	return r
}
