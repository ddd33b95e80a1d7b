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

// sign adds what this way of logging in sends with every request.
func (l *login) sign(ctx context.Context, r *Request, u *url.URL, values recipe.Values) error {
	values = maps.Clone(values)
	values["login"] = l.token
	if l.way.Sign != nil {
		if err := addSignature(ctx, l.way.Sign, r, u, values); err != nil {
			return err
		}
	}
	for _, h := range l.way.Header {
		value, err := h.Value.Fill(values)
		if err != nil {
			return err
		}
		r.Header.Set(h.Name, value)
	}
	if l.way.User != nil {
		if err := basic(r.Header, l.way, values); err != nil {
			return err
		}
	}
	return addQuery(r, u, l.way.Query, values)
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

func addQuery(r *Request, u *url.URL, pairs []recipe.Pair, values recipe.Values) error {
	if len(pairs) == 0 {
		return nil
	}
	query := u.Query()
	for _, p := range pairs {
		value, err := p.Value.Fill(values)
		if err != nil {
			return err
		}
		query.Set(p.Name, value)
	}
	signed := *u
	signed.RawQuery = query.Encode()
	r.URL = signed.String()
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
