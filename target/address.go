package target

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// isAddress reports whether a field of that name is an address: it gets its https://, and loses its user.
func isAddress(name string) bool { return name == urlField || strings.HasSuffix(name, "_url") }

// cleanAddress takes an address as people copy it. The error is a *recipe.Error.
func cleanAddress(field *recipe.Field, text string) (string, *url.Userinfo, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", nil, refuseAddress(field.Name, text)
	}
	login := u.User
	u.User = nil
	return stripped(u.String(), field.Strip), login, nil
}

// stripped cuts off "/" and what people write behind an address.
func stripped(text, strip string) string {
	text = strings.TrimRight(text, "/")
	if strip = strings.TrimRight(strip, "/"); strip != "" {
		text = strings.TrimRight(strings.TrimSuffix(text, strip), "/")
	}
	return text
}

// refuseAddress does not show the address: what cannot be taken apart may have a password in it.
func refuseAddress(place, address string) error {
	u, err := url.Parse(address)
	refused := &recipe.Error{Place: place, Hint: "https://tower.lab:8443"}
	switch {
	case err != nil:
		refused.Problem = "is not an address"
		if strings.Contains(address, "@") {
			refused.Hint = "in a password / ? # @ and % are written %2F %3F %23 %40 and %25; or say it in a field of its own"
		}
	case u.Scheme != "https" && u.Scheme != "http":
		refused.Problem = "is not an address that begins with https:// or http://"
	case u.Hostname() == "":
		refused.Problem = "names no host"
	case u.User != nil:
		refused.Problem, refused.Hint = "has a user in it", "put it into the fields user and password"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		refused.Problem, refused.Hint = "has a query or a fragment", "leave out what begins with ? or #"
	default:
		return nil
	}
	return refused
}

const noProxy = "none"

func refuseProxy(proxy string) error {
	if proxy == "" || proxy == noProxy {
		return nil
	}
	u, err := url.Parse(proxy)
	if err == nil && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) && u.Hostname() != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == "" {
		return nil
	}
	return &recipe.Error{Place: "proxy", Problem: "is not the address of a proxy", Hint: "proxy: http://proxy.lab:3128, or proxy: none"}
}

// proxyURL is a proxy as people write it, with its scheme.
func proxyURL(text string) string {
	if text == "" || text == noProxy || strings.Contains(text, "://") {
		return text
	}
	return "http://" + text
}

var hostPattern = regexp.MustCompile(`^([\pL\pN_.-]+|\[[0-9A-Fa-f:.]+(%25[A-Za-z0-9._-]+)?\])(:[0-9]{1,5})?$`)

// isHost reports whether text is HOST, HOST:PORT or an origin, SCHEME://HOST:PORT.
func isHost(text string) bool {
	for _, scheme := range []string{"https://", "http://"} {
		if host, found := strings.CutPrefix(text, scheme); found {
			text = host
			break
		}
	}
	return hostPattern.MatchString(text)
}
