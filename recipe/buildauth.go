package recipe

import (
	"cmp"
	"strings"
	"time"
)

func (b *builder) auth() []*Auth {
	var all []*Auth
	for i := range b.doc.Auth {
		all = append(all, b.way(&b.doc.Auth[i]))
	}
	return all
}

// way builds one way to log in.
func (b *builder) way(doc *authDocument) *Auth {
	n := names{used: map[string]bool{}, required: map[string]bool{}}.and(b.fields...)
	a := &Auth{None: doc.None.value}
	sent := n
	if doc.Login != nil || doc.Exec != nil {
		sent = sent.and("login")
	}
	if doc.Sign != nil {
		sent = sent.and("signature", "expires")
	}
	a.Header = b.headers(doc.Header, sent)
	a.Query = b.queryOf(doc.Query, sent)
	if doc.Basic != nil {
		a.User = b.template(doc.Basic.User, n, asIs)
		a.Password = b.template(doc.Basic.Password, n, asIs)
	}
	if doc.Login != nil {
		a.Login = b.login(doc.Login, n)
	}
	if doc.Exec != nil {
		a.Exec = b.arguments(doc.Exec, n)
	}
	if doc.Sign != nil {
		a.Sign = b.sign(doc.Sign, n)
		if !n.used["signature"] {
			b.fault(doc.Sign.mark, "the signature is not sent", `query: {signature: "{signature}", expires: "{expires}"}`)
		}
	}
	b.refuseWay(doc)
	for _, f := range b.fields {
		if n.required[f] || n.used[f] && !b.optional[f] {
			a.Fields = append(a.Fields, f)
		} else if n.used[f] {
			a.Optional = append(a.Optional, f)
		}
	}
	for name := range n.used {
		b.used[name] = true
	}
	return a
}

func (b *builder) refuseWay(doc *authDocument) {
	something := doc.Header != nil || doc.Query != nil || doc.Basic != nil || doc.Login != nil || doc.Exec != nil || doc.Sign != nil
	switch {
	case doc.None.value && something:
		b.fault(doc.None.mark, "none beside something that is sent", "auth: [{header: …}, {none: true}]")
	case !doc.None.value && !something:
		b.fault(doc.mark, "a way to log in that sends nothing", "{none: true} says so")
	case doc.Login != nil && doc.Exec != nil:
		b.fault(doc.Login.mark, "login beside exec", "one of them gives $login; a list under auth holds several ways")
	case doc.Basic != nil && hasAuthorization(doc.Header):
		b.fault(doc.Basic.mark, "basic beside a header Authorization", "keep one of them")
	}
}

func hasAuthorization(headers entries[filling]) bool {
	for _, e := range headers {
		if strings.EqualFold(e.key.value, "Authorization") {
			return true
		}
	}
	return false
}

func (b *builder) login(doc *loginDocument, n names) *Login {
	l := &Login{}
	// What the status says of its answers speaks of tasks, with somebody logged in.
	ofStatus := b.status
	b.status = Judge{}
	defer func() { b.status = ofStatus }()
	l.Reads, n = b.reads(doc.Read, n)
	over := n.over(doc.Request)
	l.Request = b.request(doc.Request, n)
	l.Judge = b.judge(doc.judgeDocument, n, doc.Request)
	l.Token = b.expression(doc.Token, over)
	l.Cookie = doc.Cookie.value
	l.Expired = b.expression(doc.Expired, n.over(b.doc.Status.Request))
	l.Logout = b.request(doc.Logout, n.and("login"))
	if doc.Token.given() == doc.Cookie.given() {
		b.fault(doc.mark, "it says neither token nor cookie, or both", "token: .token")
	}
	return l
}

func (b *builder) sign(doc *signDocument, n names) *Sign {
	return &Sign{
		Hash: doc.HMAC.value,
		Key:  b.template(doc.Key, n, asIs),
		Text: b.expression(doc.Text, n.and("request", "expires")),
		TTL:  cmp.Or(doc.TTL.value, time.Minute),
	}
}

// refuseUnusedLogin refuses a token that nothing sends; a cookie is sent by itself.
func (b *builder) refuseUnusedLogin() {
	if b.used["login"] {
		return
	}
	for _, way := range b.doc.Auth {
		switch {
		case way.Login != nil && !way.Login.Cookie.given():
			b.fault(way.Login.mark, "nothing sends the token", `header: {Authorization: "Bearer {login}"}`)
		case way.Exec != nil:
			b.fault(way.mark, "nothing sends what exec gives", `header: {Authorization: "Bearer {login}"}`)
		}
	}
}
