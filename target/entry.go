package target

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// An Entry is what the file of targets says of one target. One that a caller has made has its relative paths in the
// settings folder, like one from a file there.
type Entry struct {
	Name   string // letters, digits, ".", "_" and "-", the first a letter or a digit
	Recipe string // "vendor/kind", or the vendor alone
	// The recipe's fields by name, such as url, and of each FIELD, where FIELD is not there itself, FIELD_file (a file
	// that holds it) or FIELD_env (an environment variable that does).
	Fields   map[string]string
	Commands map[string][]string // of a FIELD, as FIELD_command: the command whose first line of output it is, and its arguments
	TLS      TLS
	Rate     float64 // this and what follows: as in Target
	Proxy    string  // also "HOST:PORT"
	Headers  map[string]string
	Hosts    []string
	Policy   string
	MaxBody  int64

	at origin
}

// An origin is where an entry was read. Of one that a caller has made it is zero.
type origin struct {
	file   string
	wide   bool                // others may read the file
	places map[string]position // of what stands under a path of keys; "": of the name
}

type position struct{ line, column int }

const (
	commandSuffix = "_command"
	fileSuffix    = "_file"
	envSuffix     = "_env"
)

// The keys of an entry that every recipe's targets have.
var commonKeys = []string{"recipe", "tls", "rate", "proxy", "headers", "hosts", "policy", "max_body"}

var (
	namePattern   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	recipePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$`)
)

// fault refuses what stands under key, "" being the entry as a whole.
func (e *Entry) fault(key, problem, hint string) *recipe.Error {
	return e.locate(&recipe.Error{Place: key, Problem: problem, Hint: hint})
}

// locate says where in the file it is what err refuses, a fault whose place is a key of the entry.
func (e *Entry) locate(err *recipe.Error) *recipe.Error {
	located := *err
	if e.Name != "" {
		located.Place = strings.TrimSuffix(e.Name+"."+err.Place, ".")
	}
	if e.at.file == "" {
		return &located
	}
	located.File = e.at.file
	for key := err.Place; ; key = key[:max(strings.LastIndexByte(key, '.'), 0)] {
		if at, found := e.at.places[key]; found || key == "" {
			located.Line, located.Column = at.line, at.column
			return &located
		}
	}
}

// locateAny is locate for an error that may be another.
func (e *Entry) locateAny(err error) error {
	if refused := new(recipe.Error); errors.As(err, &refused) {
		return e.locate(refused)
	}
	return err
}

// folder is where relative paths start, "" where that is not known.
func (e *Entry) folder(getenv func(string) string) string {
	if e.at.file == "" {
		folder, _ := Folder(getenv)
		return folder
	}
	folder, err := filepath.Abs(filepath.Dir(e.at.file))
	if err != nil {
		return ""
	}
	return folder
}

// secretKey returns a key under which a secret stands as far as can be told without the recipe, "" where there is none.
func (e *Entry) secretKey() string {
	for _, key := range slices.Sorted(maps.Keys(e.Fields)) {
		if SecretName(key) && !isIndirect(key) || hidesInURL(e.Fields[key]) {
			return key
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Commands)) {
		var s Secrets
		if !slices.Equal(s.ShowArguments(e.Commands[key]), e.Commands[key]) {
			return key
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		if ShowHeader(name, e.Headers[name]) != e.Headers[name] {
			return "headers." + name
		}
	}
	if hidesInURL(e.Proxy) {
		return "proxy"
	}
	return ""
}

// isIndirect reports whether the key says where a value is, not what it is.
func isIndirect(key string) bool {
	return strings.HasSuffix(key, fileSuffix) || strings.HasSuffix(key, envSuffix) || strings.HasSuffix(key, commandSuffix)
}

func hidesInURL(text string) bool {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	return err == nil && (u.User != nil || showPairs(u.RawQuery) != u.RawQuery)
}

func (e *Entry) tooWide(key string) *recipe.Error {
	return e.fault(key, "others than you may read the file, and a secret stands in it", "chmod 600 "+inShell(e.at.file))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./+:@%-]+$`)

// inShell quotes what a shell would take apart.
func inShell(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// refuse looks at what must be so of every entry, whatever its recipe.
func (e *Entry) refuse() error {
	switch {
	case strings.Contains(e.Name, "/"):
		return e.fault("", `a name has no "/": what stands behind it in TARGET/ID is the task`, "take "+strings.ReplaceAll(e.Name, "/", "-"))
	case !namePattern.MatchString(e.Name):
		return e.fault("", quote(e.Name)+" is no name", `a name has letters, digits, ".", "_" and "-", the first a letter or a digit`)
	case e.Recipe == "":
		return e.fault("", "no recipe says what kind of platform it is", "recipe: smartx/cloudtower; settle recipe list shows them all")
	case !recipePattern.MatchString(e.Recipe):
		return e.fault("recipe", quote(e.Recipe)+" is no recipe's name", "settle recipe list shows them all")
	}
	return e.refuseContents()
}

// refuseContents looks at all but name and recipe.
func (e *Entry) refuseContents() error {
	for _, key := range slices.Sorted(maps.Keys(e.Fields)) {
		if err := e.refuseField(key); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Commands)) {
		if argv := e.Commands[key]; len(argv) == 0 || argv[0] == "" {
			return e.fault(key, "no command", key+": [pass, show, "+e.Name+"]")
		}
		if !strings.HasSuffix(key, commandSuffix) {
			return e.fault(key, "a list where text stands", fmt.Sprintf("%s: text, or %s%s: [a, command]", key, key, commandSuffix))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		if e.Headers[name] == "" {
			return e.fault("headers."+name, "is empty", "say what it is, or take the line out")
		}
	}
	if err := e.settings().refuseSettings(); err != nil {
		return e.locateAny(err)
	}
	return nil
}

// settings is the part of the target that no recipe has to be known for.
func (e *Entry) settings() Target {
	return Target{
		Name: e.Name, TLS: e.TLS, Rate: e.Rate, Proxy: proxyURL(e.Proxy), Headers: maps.Clone(e.Headers), Hosts: slices.Clone(e.Hosts),
		Policy: e.Policy, MaxBody: e.MaxBody,
	}
}

func (e *Entry) refuseField(key string) error {
	switch {
	case slices.Contains(commonKeys, key):
		return e.fault(key, "is no field of a recipe", "it has a place of its own in Entry")
	case e.Fields[key] == "":
		return e.fault(key, "is empty", "say what it is, or take the line out")
	case strings.HasSuffix(key, commandSuffix):
		return e.fault(key, "a command is a list, which no shell takes apart", key+": [pass, show, "+e.Name+"]")
	}
	return nil
}
