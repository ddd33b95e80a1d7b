package target

import (
	"fmt"
	"log/slog"
	"net/url"
)

// String returns what may be shown of t: its name, recipe and address.
func (t Target) String() string {
	address := t.URL
	if u, err := url.Parse(t.URL); err == nil {
		address = ShowURL(u)
	}
	return fmt.Sprintf("target %s (%s) %s", t.Name, t.Recipe, address)
}

// Format writes String for every verb, so that no %+v shows a secret.
func (t Target) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// LogValue is String.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }
