package recipe

import (
	"slices"

	"github.com/settle-go/settle"
)

func (b *builder) statusOf(doc *statusDocument) *Status {
	b.onExec = doc.Request != nil && doc.Request.Exec != nil
	n := b.ofTask()
	over := n.over(doc.Request)
	b.status = Judge{}
	b.status = b.judge(doc.judgeDocument, n, doc.Request)
	s := &Status{
		Request: b.request(doc.Request, n),
		Judge:   b.status,
		Then:    b.expression(doc.Then, over),
		Follow:  b.expression(doc.Follow, over),
		Missing: b.missing(doc.Missing, over),
	}
	s.Reader = &Reader{
		ok: s.OK, words: s.Error,
		state:    b.expression(doc.State, over),
		progress: b.expression(doc.Progress, over),
		reason:   b.expression(doc.Reason, over),
		unlisted: map[string]settle.State{"pending": settle.Pending, "failed": settle.Failed}[doc.Unlisted.value],
	}
	b.words(doc, &s.Reader.vocabulary)
	if doc.Poll != nil {
		s.Poll = b.poll(doc, n.and("seconds"))
	}
	return s
}

func (b *builder) missing(doc *missingDocument, over names) Missing {
	if doc == nil {
		return Missing{}
	}
	m := Missing{When: b.expression(doc.When, over), Before: doc.Before.value}
	if doc.After.value == "succeeded" {
		m.After = settle.Succeeded
	}
	return m
}

func (b *builder) words(doc *statusDocument, v *vocabulary) {
	const example = "pending: [running], succeeded: [done], failed: [error]"
	marks := map[listed]mark{}
	for _, list := range []struct {
		words many[written]
		meaning
	}{
		{doc.Pending, meaning{"pending", settle.Pending, false}},
		{doc.Blocked, meaning{"blocked", settle.Blocked, false}},
		{doc.Succeeded, meaning{"succeeded", settle.Succeeded, false}},
		{doc.Warned, meaning{"warned", settle.Succeeded, true}},
		{doc.Failed, meaning{"failed", settle.Failed, false}},
		{doc.Canceled, meaning{"canceled", settle.Canceled, false}},
	} {
		for _, w := range list.words {
			if !w.given() {
				continue
			}
			marks[listed{w.value, list.meaning}] = w.mark
			if err := v.add(w.value, list.meaning); err != nil {
				f := err.(*Error)
				b.fault(w.mark, f.Problem, inFile(f.Hint))
			}
		}
	}
	if narrow, err := v.refuse(); err != nil {
		f := err.(*Error)
		b.fault(marks[narrow], f.Problem, f.Hint)
	}
	if len(v.known) == 0 && len(b.faults) == 0 {
		b.fault(doc.mark, "no raw state is listed, so no answer would mean anything", example)
	}
}

func (b *builder) poll(doc *statusDocument, n names) *Poll {
	p := doc.Poll
	if p.Request == nil && p.Query == nil && p.Header == nil && !p.JSON.given() {
		b.fault(p.mark, "it does not say what makes the server wait", `query: {timeout: "{seconds}"}`)
	}
	if p.Request != nil && (p.Query != nil || p.Header != nil || p.JSON.given()) {
		b.fault(p.Request.mark, "request beside query, header or json", "put all of it into the request")
	}
	merged := p.Request
	if merged == nil && doc.Request != nil {
		copied := *doc.Request
		if copied.Exec != nil {
			b.fault(p.mark, "status.request is a command, to which there is nothing to add", "request: {exec: […]}")
			return nil
		}
		copied.Query = replaced(copied.Query, p.Query)
		copied.Header = replaced(copied.Header, p.Header)
		if p.JSON.given() {
			copied.JSON, copied.Form, copied.XML, copied.Text = p.JSON, nil, filling{}, filling{}
		}
		merged = &copied
	}
	return &Poll{Max: p.Max.value, Request: b.request(merged, n)}
}

// replaced is list with more in it, those of the same name in place of what was there.
func replaced[T any](list, more entries[T]) entries[T] {
	all := slices.Clone(list)
	for _, e := range more {
		at := slices.IndexFunc(all, func(was entry[T]) bool { return was.key.value == e.key.value })
		if at < 0 {
			all = append(all, e)
			continue
		}
		all[at] = e
	}
	return all
}
