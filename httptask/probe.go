package httptask

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// Reached is how a target's address was reached.
type Reached struct {
	Took         time.Duration       // until a connection was there, TLS included; 0: nobody looked, as behind a proxy
	Certificates []*x509.Certificate // that the server has shown, its own first; nil: no TLS
	Untrusted    error               // why its own is not trusted as the target says; nil: it is, or nothing is verified
}

// Reach connects to the target's address and looks at the certificate. Nothing is sent: no request, no login, and the
// handshake is broken off. A target without an address is reached. The error says why there was no connection, or is a
// *recipe.Error about the target's TLS, proxy or address.
func Reach(ctx context.Context, t target.Target) (Reached, error) {
	config, err := t.TLS.Config()
	if err != nil || t.URL == "" {
		return Reached{}, err
	}
	u, err := Request{URL: t.URL}.url()
	if err != nil {
		return Reached{}, err
	}
	proxy, err := proxyOf(t.Proxy)
	if err != nil {
		return Reached{}, err
	}
	if config == nil {
		config = new(tls.Config)
	}
	x := &exchange{client: New(Options{Proxy: proxy, Secrets: new(target.Secrets)}), began: time.Now(), host: visible(u.Host)}
	x.client.secrets.AddTarget(t)
	defer x.client.Close()
	if u.Scheme == "http" {
		return x.dial(ctx, u)
	}
	return x.shake(ctx, u, config)
}

// dial only connects.
func (x *exchange) dial(ctx context.Context, u *url.URL) (Reached, error) {
	if by, err := x.client.transport.Proxy(&http.Request{URL: u}); err != nil || by != nil {
		return Reached{}, nil // what a proxy can reach, requests will show
	}
	conn, err := x.client.transport.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), portOf(u)))
	if err != nil {
		return Reached{}, x.unreachable(ctx, err)
	}
	conn.Close()
	return Reached{Took: time.Since(x.began)}, nil
}

var errSeen = errors.New("the certificate has been seen")

// shake begins a TLS handshake, and breaks it off when the certificate is there.
func (x *exchange) shake(ctx context.Context, u *url.URL, config *tls.Config) (Reached, error) {
	var seen Reached
	look := config.Clone()
	look.InsecureSkipVerify = true
	look.VerifyConnection = func(state tls.ConnectionState) error {
		seen = Reached{Took: time.Since(x.began), Certificates: state.PeerCertificates, Untrusted: untrusted(config, u.Hostname(), state)}
		return errSeen
	}
	x.client.transport.TLSClientConfig = look
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Reached{}, err
	}
	resp, err := x.client.transport.RoundTrip(req)
	switch {
	case err == nil: // there is no way to this
		resp.Body.Close()
		return seen, nil
	case errors.Is(err, errSeen):
		return seen, nil
	}
	return Reached{}, x.unreachable(ctx, err)
}

// untrusted is why the connection's certificate would not be taken by who asks with config.
func untrusted(config *tls.Config, host string, state tls.ConnectionState) error {
	switch {
	case config.VerifyConnection != nil:
		return config.VerifyConnection(state)
	case config.InsecureSkipVerify:
		return nil
	}
	others := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		others.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: config.RootCAs, DNSName: host, Intermediates: others})
	if err != nil {
		return &failure{certificateReason(err), err}
	}
	return nil
}

// A Probe is what came of asking whether a target is what its recipe describes. What it says holds up to Err.
type Probe struct {
	Reached
	LoggedIn bool          // the platform has taken the login, or an answer without one
	Answered bool          // the recipe's question was answered, whatever that said
	Speaks   bool          // the answer is as the recipe says; where it has no question: nothing speaks against it
	Version  string        // the platform's; "": it does not say, or nobody asked
	Date     time.Time     // the server's, of its last answer; zero: it did not say
	Clock    time.Duration // how far the server's clock is ahead of ours, in whole seconds
	Err      error         // why it is not usable; wraps settle.ErrDenied where the login is to blame; nil
}

// Probe reaches the target, logs in, and asks what the recipe says to detect its kind by. No login is sent to a server
// whose certificate is not trusted. Probe makes no task and changes nothing.
func (t *Tasks) Probe(ctx context.Context) Probe {
	var p Probe
	if p.Reached, p.Err = Reach(ctx, t.target); p.Err != nil {
		return p
	}
	if p.Untrusted != nil {
		p.Err = fmt.Errorf("its certificate is not trusted: %w", p.Untrusted)
		return p
	}
	began := time.Now()
	if t.session.renews() {
		_, failed := t.session.use(ctx)
		if failed != nil {
			p.Err = failed.err
			p.setClock(failed.answer, began)
			return p
		}
		p.LoggedIn = true
	}
	if t.recipe.Detect == nil {
		p.LoggedIn = p.LoggedIn || t.session.way == nil || t.session.way.None
		p.Speaks = true
		return p
	}
	t.detect(ctx, &p)
	return p
}

func (t *Tasks) detect(ctx context.Context, p *Probe) {
	d := t.recipe.Detect
	began := time.Now()
	x := t.call(ctx, question{request: d.Request, Judge: t.recipe.Status.Judge, values: t.with(nil), keep: true})
	if x.answer == nil {
		p.Err = x.err
		return
	}
	p.Answered = true
	p.setClock(x.answer, began)
	p.Speaks = d.When.True(ctx, x.answer)
	p.Version = x.client.snippet(d.Version.Words(ctx, x.answer))
	switch {
	case errors.Is(x.err, settle.ErrDenied):
		p.Err, p.LoggedIn = x.err, false
	case p.Speaks:
		p.LoggedIn = true
	case x.err != nil:
		p.Err = fmt.Errorf("it does not answer as %s does: %v", t.recipe.Name, x.err) // that a path is not there says nothing of a task
	default:
		p.Err = fmt.Errorf("it does not answer as %s does: %s", t.recipe.Name, x.gist(ctx))
	}
}

// setClock compares the answer's date with the middle of the time that it took.
func (p *Probe) setClock(a *recipe.Answer, began time.Time) {
	if a == nil {
		return
	}
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return
	}
	p.Date = date
	p.Clock = date.Sub(began.Add(time.Since(began) / 2)).Round(time.Second)
}
