package settle

import (
	"strconv"
	"strings"
	"time"
)

// The text form of a Policy is its fields as key=value, in this order, those that are zero left out.
var policyKeys = []struct {
	key   string
	field func(*Policy) any // *time.Duration, *float64 or *int
}{
	{"every", func(p *Policy) any { return &p.Every }},
	{"max", func(p *Policy) any { return &p.Max }},
	{"factor", func(p *Policy) any { return &p.Factor }},
	{"jitter", func(p *Policy) any { return &p.Jitter }},
	{"checks", func(p *Policy) any { return &p.Checks }},
	{"timeout", func(p *Policy) any { return &p.Timeout }},
	{"attempt", func(p *Policy) any { return &p.Attempt }},
	{"errors", func(p *Policy) any { return &p.Errors }},
	{"missing", func(p *Policy) any { return &p.Missing }},
	{"grace", func(p *Policy) any { return &p.Grace }},
	{"stable", func(p *Policy) any { return &p.Stable }},
}

// ParsePolicy reads a policy such as
//
//	every=5s max=30s checks=10 timeout=10m errors=5 missing=30s
//
// with the fields' names in lower case, durations as time.ParseDuration reads them, and white space between. Fields that
// are not named are zero. An unknown or repeated name, a value that cannot be read, and a field that a wait would
// refuse are errors, each a *PolicyError; that the policy has no limit is not, since the context may bring one.
func ParsePolicy(text string) (Policy, error) {
	var p Policy
	given := map[string]bool{}
	for _, word := range strings.Fields(text) {
		key, value, found := strings.Cut(word, "=")
		if !found {
			return Policy{}, refused(word, "", "is not key=value")
		}
		if given[key] {
			return Policy{}, refused(key, value, "is given a second time")
		}
		given[key] = true
		if err := p.set(key, value); err != nil {
			return Policy{}, err
		}
	}
	if err := p.refuse(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

func (p *Policy) set(key, value string) error {
	for _, k := range policyKeys {
		if k.key != key {
			continue
		}
		var err error
		switch field := k.field(p).(type) {
		case *time.Duration:
			if *field, err = time.ParseDuration(value); err != nil {
				return refused(key, value, "is not a duration such as 500ms, 5s or 10m")
			}
		case *float64:
			if *field, err = strconv.ParseFloat(value, 64); err != nil {
				return refused(key, value, "is not a number")
			}
		case *int:
			if *field, err = strconv.Atoi(value); err != nil {
				return refused(key, value, "is not a whole number")
			}
		}
		return nil
	}
	return refused(key, "", "is not one of "+policyKeyNames())
}

func policyKeyNames() string {
	var names []string
	for _, k := range policyKeys {
		names = append(names, k.key)
	}
	return strings.Join(names, ", ")
}

// String gives the form that ParsePolicy reads; "" for the zero Policy.
func (p Policy) String() string {
	var words []string
	for _, k := range policyKeys {
		text := ""
		switch field := k.field(&p).(type) {
		case *time.Duration:
			if *field != 0 {
				text = shortDuration(*field)
			}
		case *float64:
			if *field != 0 {
				text = strconv.FormatFloat(*field, 'g', -1, 64)
			}
		case *int:
			if *field != 0 {
				text = strconv.Itoa(*field)
			}
		}
		if text != "" {
			words = append(words, k.key+"="+text)
		}
	}
	return strings.Join(words, " ")
}

// shortDuration leaves out the zero units that Duration.String ends with: 10m, not 10m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText returns the policy as String does; so JSON holds it as a string.
func (p Policy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText sets p as ParsePolicy reads text; after an error p is as it was.
func (p *Policy) UnmarshalText(text []byte) error {
	parsed, err := ParsePolicy(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
