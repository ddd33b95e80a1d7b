package httptask

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/settle-go/settle/recipe"
)

// sign adds what this way of logging in sends with every request; values know the login.
func (l *login) sign(ctx context.Context, r *Request, u *url.URL, values recipe.Values) error {
	if l.way.Sign != nil {
		values = maps.Clone(values)
		if err := addSignature(ctx, l.way.Sign, r, u, values); err != nil {
			return err
		}
	}
	for _, h := range l.way.Header {
		all, err := h.Fill(values)
		if err != nil {
			return err
		}
		for i, value := range all {
			if i == 0 {
				r.Header.Del(h.Name)
			}
			r.Header.Add(h.Name, value)
		}
	}
	l.addCookie(r.Header)
	if l.way.User != nil {
		if err := basic(r.Header, l.way, values); err != nil {
			return err
		}
	}
	return addQuery(r, u, l.way.Query, values)
}

// addCookie adds a cookie that stands for the login, which no header has to say.
func (l *login) addCookie(h http.Header) {
	if l.way.Login == nil || l.way.Login.Cookie == "" {
		return
	}
	cookie := fmt.Sprintf("%s=%v", l.way.Login.Cookie, l.token)
	switch was := h.Get("Cookie"); {
	case was == "":
		h.Set("Cookie", cookie)
	case !strings.Contains(was, cookie):
		h.Set("Cookie", was+"; "+cookie)
	}
}

func basic(h http.Header, way *recipe.Auth, values recipe.Values) error {
	user, err := way.User.Fill(values)
	if err != nil {
		return err
	}
	password, err := way.Password.Fill(values)
	if err != nil {
		return err
	}
	r := http.Request{Header: h}
	r.SetBasicAuth(user, password)
	return nil
}

// addQuery leaves the query as the recipe has written it, and adds to it. What is there already of the same name goes.
func addQuery(r *Request, u *url.URL, pairs []recipe.Pair, values recipe.Values) error {
	if len(pairs) == 0 {
		return nil
	}
	var query, more []string
	added := map[string]bool{}
	for _, p := range pairs {
		all, err := p.Fill(values)
		if err != nil {
			return err
		}
		for _, value := range all {
			added[p.Name] = true
			more = append(more, url.QueryEscape(p.Name)+"="+url.QueryEscape(value))
		}
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); pair != "" && (err != nil || !added[name]) {
			query = append(query, pair)
		}
	}
	signed := *u
	signed.RawQuery = strings.Join(append(query, more...), "&")
	r.URL, r.parsed = signed.String(), &signed
	return nil
}

const defaultTTL = time.Minute

// addSignature puts signature and expires into values: of the request as it is without what the way itself adds.
func addSignature(ctx context.Context, sign *recipe.Sign, r *Request, u *url.URL, values recipe.Values) error {
	ttl := sign.TTL
	if ttl == 0 {
		ttl = defaultTTL
	}
	values["expires"] = int(time.Now().Add(ttl).Unix())
	values["request"] = toSign(r, u)
	key, err := sign.Key.Fill(values)
	if err != nil {
		return err
	}
	text, _, err := sign.Text.First(ctx, &recipe.Answer{Known: values})
	if err != nil {
		return err
	}
	plain, isText := text.(string)
	if !isText {
		return &recipe.Error{Place: "auth.sign.text", Problem: "it gives no text to sign"}
	}
	newHash := sha256.New
	if sign.Hash == "sha1" {
		newHash = sha1.New
	}
	mac := hmac.New(newHash, []byte(key))
	mac.Write([]byte(plain))
	values["signature"] = hex.EncodeToString(mac.Sum(nil))
	return nil
}

// toSign is what a signature's text may be made of.
func toSign(r *Request, u *url.URL) map[string]any {
	query := map[string]any{}
	for name, value := range u.Query() {
		query[name] = strings.Join(value, ",")
	}
	request := map[string]any{
		"method": r.method(), "path": u.EscapedPath(), "query": query, "content_type": r.contentType(),
		"body_md5": "", "body_sha256": "",
	}
	if len(r.Body) > 0 {
		request["body_md5"] = fmt.Sprintf("%x", md5.Sum(r.Body))
		request["body_sha256"] = fmt.Sprintf("%x", sha256.Sum256(r.Body))
	}
	return request
}
