package httptask

import (
	"net"
	"net/url"
	"strings"
	"sync"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// origins are the places that may be told what is secret: those of the target's own addresses, its hosts, and the services
// that the answer to a login names.
type origins struct {
	mu    sync.RWMutex
	known map[string]bool // guarded by mu; as origin writes them
	plain bool            // one of the target's own addresses is http: nothing is lost by telling another so
	hosts []string        // a host name alone: any port of it, by https
}

func ownOrigins(r *recipe.Recipe, t target.Target) *origins {
	o := &origins{known: map[string]bool{}}
	for _, f := range r.Fields {
		if u, err := url.Parse(t.Field(f.Name)); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			o.known[origin(u)] = true
			o.plain = o.plain || u.Scheme == "http"
		}
	}
	for _, host := range t.Hosts {
		if u, err := url.Parse(host); err == nil && u.Host != "" && u.Scheme != "" {
			o.known[origin(u)] = true
			continue
		}
		o.hosts = append(o.hosts, strings.ToLower(host))
	}
	return o
}

// have reports whether u is one of them. A host without a scheme is meant by https only.
func (o *origins) have(u *url.URL) bool {
	o.mu.RLock()
	known := o.known[origin(u)]
	o.mu.RUnlock()
	if known {
		return true
	}
	for _, host := range o.hosts {
		if u.Scheme == "https" && (strings.EqualFold(u.Hostname(), host) || strings.EqualFold(net.JoinHostPort(u.Hostname(), portOf(u)), host)) {
			return true
		}
	}
	return false
}

// learn adds the address of a service that the target's own login has named, as OpenStack's catalog does: who gives the
// token out says where it is for. Never from https to http.
func (o *origins) learn(u *url.URL) {
	if u.Scheme != "https" && !(u.Scheme == "http" && o.plain) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known[origin(u)] = true
}

func origin(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + portOf(u)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
