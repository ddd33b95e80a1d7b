// Package target knows installations of a platform: where they are, how to log in, how to reach them, and what must not
// be shown of that.
//
// A person's targets stand in a File in the settings Folder. Load reads it, and Entry.Target makes of an entry what its
// recipe needs, with commands, files and the environment asked for what is not written there; FromEnvironment does
// without a file. A program fills a Target by itself, and Validate looks at it. TLS is how a target is trusted, Secrets
// hides what must not be seen.
package target

import "net/url"

// A Target is one installation of a platform: its address, how to log in, how to reach it.
type Target struct {
	Name    string // what people type; "": it has none
	Recipe  string // the recipe's name; "": not said
	URL     string // without a user, a query and a "/" at its end
	Values  map[string]string
	Secrets map[string]string // the recipe's secret fields by name, such as password; the others are in Values
	TLS     TLS
	Rate    float64           // requests a second; 0: no limit
	Workers int               // requests under way at once, whoever makes them; 0: no limit
	Proxy   string            // its URL; "": as the environment says; "none": no proxy
	Headers map[string]string // sent with every request to the target's own origin
	Hosts   []string          // other hosts ("files.lab", "files.lab:8443") and origins ("https://files.lab") that may be sent what is secret
	Policy  string            // as settle.ParsePolicy reads it; "": the recipe's
	MaxBody int64             // bytes of an answer's body; 0: 8 MiB
}

// Field returns what the target says in the recipe's field of that name, "" where it says nothing. The fields insecure,
// ca_file and fingerprint are in TLS, and not found here.
func (t Target) Field(name string) string {
	if name == urlField {
		return t.URL
	}
	if secret := t.Secrets[name]; secret != "" {
		return secret
	}
	return t.Values[name]
}

// AddTarget adds all that must not be shown of t: its secret fields, alone and behind each of its values as basic
// authentication has them, its headers, and the secrets in its address and its proxy's.
func (s *Secrets) AddTarget(t Target) {
	for _, secret := range t.Secrets {
		s.Add(secret)
		for _, value := range t.Values {
			s.Add(value + ":" + secret) // as base64 it is the Authorization header
		}
	}
	for name, value := range t.Headers {
		s.AddHeader(name, value)
	}
	for _, address := range []string{t.URL, t.Proxy} {
		if u, err := url.Parse(address); err == nil {
			s.AddURL(u)
		}
	}
}
