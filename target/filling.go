package target

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// A filling is a target that is being filled.
type filling struct {
	entry  *Entry
	recipe *recipe.Recipe
	getenv func(string) string
	folder string // where the entry's relative paths start, "": not known
	target Target

	login   *url.Userinfo // of the address
	loginBy said
	tls     map[string]said
}

// A said is what was said of a field.
type said struct {
	value string
	by    source
	place string // the entry's key, or the variable
}

// A source is where a value was said, the nearest last.
type source uint8

const (
	nowhere source = iota
	byDefault
	byEnvironment
	byEntry
)

const largestValue = 1 << 20 // of a file that holds a field

func (f *filling) fill(ctx context.Context) error {
	f.target.Values, f.target.Secrets, f.tls = map[string]string{}, map[string]string{}, map[string]said{}
	for _, addresses := range []bool{true, false} { // first, since they may bring user and password
		for _, field := range f.recipe.Fields {
			if isAddress(field.Name) != addresses {
				continue
			}
			s, err := f.ask(ctx, field)
			if err != nil {
				return err
			}
			if err := f.put(field, s); err != nil {
				return err
			}
		}
	}
	return f.fillTLS()
}

// fault refuses what was said.
func (f *filling) fault(s said, problem, hint string) error {
	refused := &recipe.Error{Place: s.place, Problem: problem, Hint: hint}
	if s.by == byEntry {
		return f.entry.locate(refused)
	}
	return refused
}

// ask returns the nearest that was said of the field.
func (f *filling) ask(ctx context.Context, field *recipe.Field) (said, error) {
	s, err := f.askEntry(ctx, field)
	if err != nil {
		return said{}, err
	}
	if s.by == nowhere {
		s = f.askEnvironment(field)
	}
	if s.by == nowhere && field.Default != "" {
		s = said{value: field.Default, by: byDefault, place: field.Name}
	}
	if part := f.loginPart(field.Name); part != "" && f.loginBy.by > s.by {
		s = said{value: part, by: f.loginBy.by, place: f.loginBy.place}
	}
	return s, nil
}

func (f *filling) loginPart(name string) string {
	switch name {
	case userField:
		return f.login.Username()
	case password:
		secret, _ := f.login.Password()
		return secret
	}
	return ""
}

func (f *filling) askEntry(ctx context.Context, field *recipe.Field) (said, error) {
	var keys []string
	for key := range f.entry.Fields {
		if fieldOf(f.recipe, key) == field {
			keys = append(keys, key)
		}
	}
	for key := range f.entry.Commands {
		if fieldOf(f.recipe, key) == field {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return said{}, nil
	}
	slices.Sort(keys)
	s := said{by: byEntry, place: keys[0]}
	if len(keys) > 1 {
		return said{}, f.fault(s, inWords(keys, "and")+" say the same", "keep one of them")
	}
	var err error
	if argv, isCommand := f.entry.Commands[s.place]; isCommand {
		s.value, err = f.run(ctx, s, argv)
	} else {
		s.value, err = f.read(field, s, f.entry.Fields[s.place])
	}
	return s, err
}

func (f *filling) run(ctx context.Context, s said, argv []string) (string, error) {
	folder := ""
	if f.entry.at.file != "" {
		folder = f.folder // of one that a caller made it need not be there
	}
	value, err := firstLine(ctx, commandLimit, argv, folder, f.getenv)
	if refused := refusedBy(err); refused != nil {
		return "", f.fault(s, refused.Problem, refused.Hint)
	}
	return value, err
}

// read returns what the text under an entry's key stands for.
func (f *filling) read(field *recipe.Field, s said, text string) (string, error) {
	switch s.place {
	case field.Name:
		return text, nil
	case field.Name + envSuffix:
		value := f.getenv(text)
		if value == "" {
			return "", f.fault(s, "the environment variable "+quote(text)+" is not set", "set it, or name another")
		}
		return value, nil
	}
	path, err := f.path(s, text)
	if err != nil {
		return "", err
	}
	value, err := readValue(path)
	if err != nil {
		return "", f.fault(s, err.Error(), "name a file that settle may read")
	}
	if value == "" {
		return "", f.fault(s, path+" is empty", "name a file that holds the field "+field.Name)
	}
	return value, nil
}

// readValue returns the text of a file without the end of its last line.
func readValue(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := readAll(file, largestValue)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// path is a path that was said, whole. Only an entry's has a folder to start at.
func (f *filling) path(s said, text string) (string, error) {
	folder := ""
	if s.by == byEntry {
		folder = f.folder
	}
	if path := absolute(text, folder, f.getenv); path != "" {
		return path, nil
	}
	refused := notAbsolute(text)
	return "", f.fault(s, refused.Problem, refused.Hint)
}

func (f *filling) askEnvironment(field *recipe.Field) said {
	for _, variable := range variables(field) {
		if value := f.getenv(variable); value != "" {
			return said{value: value, by: byEnvironment, place: variable}
		}
	}
	return said{}
}

// variables are the environment's names for a field, the first that is set counts.
func variables(field *recipe.Field) []string {
	if slices.Contains(sharedFields, field.Name) {
		return append(slices.Clone(field.Env), "SETTLE_"+strings.ToUpper(field.Name))
	}
	return field.Env
}

func (f *filling) put(field *recipe.Field, s said) error {
	if s.value == "" {
		return nil
	}
	if isAddress(field.Name) {
		address, login, err := cleanAddress(field, s.value)
		if err != nil {
			return f.faultOf(s, err)
		}
		s.value = address
		if login != nil && s.by > f.loginBy.by {
			f.login, f.loginBy = login, s
		}
	} else if field.Strip != "" {
		s.value = stripped(s.value, field.Strip)
	}
	if err := refuseValue(field, s.value); err != nil {
		return f.faultOf(s, err)
	}
	switch {
	case isTLSField(field.Name):
		f.tls[field.Name] = s
	case field.Name == urlField:
		f.target.URL = s.value
	case field.Secret:
		f.target.Secrets[field.Name] = s.value
	default:
		f.target.Values[field.Name] = s.value
	}
	return nil
}

// faultOf is fault for a *recipe.Error whose place is not known there.
func (f *filling) faultOf(s said, err error) error {
	refused := refusedBy(err)
	return f.fault(s, refused.Problem, refused.Hint)
}

// fillTLS lets what the environment says count only where the entry does not say how the certificate is verified, and
// of several the strictest.
func (f *filling) fillTLS() error {
	t := &f.target.TLS
	for _, file := range []struct {
		key  string
		path *string
	}{{"ca_file", &t.CAFile}, {"cert_file", &t.CertFile}, {"key_file", &t.KeyFile}} {
		if *file.path == "" {
			continue
		}
		path, err := f.path(said{by: byEntry, place: "tls." + file.key}, *file.path)
		if err != nil {
			return err
		}
		*file.path = path
	}
	if t.Fingerprint != "" {
		t.Fingerprint, _ = parseFingerprint(t.Fingerprint) // it has been looked at
	}
	for _, name := range tlsFields {
		s := f.tls[name]
		verifies := t.Fingerprint != "" || t.CAFile != "" || t.Insecure
		if s.by == nowhere || s.by != byEntry && verifies {
			continue
		}
		if err := f.putTLS(name, s); err != nil {
			return err
		}
	}
	return nil
}

func (f *filling) putTLS(name string, s said) (err error) {
	t := &f.target.TLS
	switch name {
	case "fingerprint":
		if t.Fingerprint, err = parseFingerprint(s.value); err != nil {
			return f.faultOf(s, err)
		}
	case "ca_file":
		t.CAFile, err = f.path(s, s.value)
	case "insecure":
		insecure, err := parseBool(s.value)
		if err != nil {
			return f.fault(s, err.Error(), "true or false")
		}
		t.Insecure = t.Insecure || insecure
	}
	return err
}
