package recipe

import (
	"regexp"
	"slices"
	"strings"
)

var plainName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reserved are names that a recipe does not give.
var reserved = map[string]bool{
	"id": true, "ids": true, "read": true, "login": true, "http": true, "exec": true,
}

// reservedBeside are names that only fields of the target must leave alone: they are known where no parameter is.
var reservedBeside = map[string]bool{"seconds": true, "request": true, "signature": true, "expires": true}

// whereKnown says of the reserved names where there is one.
var whereKnown = map[string]string{
	"id":        "there is one only where a task is asked for, canceled or linked to",
	"ids":       "there is one only in batch",
	"read":      "nothing has been read before",
	"login":     "auth has neither login nor exec",
	"http":      "there is one only where an answer over HTTP is read",
	"exec":      "there is one only where a command's answer is read",
	"seconds":   "there is one only in status.poll",
	"request":   "there is one only in auth.sign.text",
	"signature": "there is one only in header and query beside auth.sign",
	"expires":   "there is one only beside auth.sign",
}

// names are what may be mentioned at one place of a recipe, in braces or after a dollar.
type names struct {
	known []string
	reads []string // what has been read before; "read" is known where there are any

	used     map[string]bool // gets what is mentioned
	required map[string]bool // gets what is mentioned in braces; nil: nobody asks
}

// and is n with more names.
func (n names) and(more ...string) names {
	n.known = append(slices.Clip(n.known), more...)
	return n
}

// after is n where one more thing has been read.
func (n names) after(read string) names {
	if len(n.reads) == 0 {
		n = n.and("read")
	}
	n.reads = append(slices.Clip(n.reads), read)
	return n
}

// over is n beside the answer to q; a nil one is the request of a task, as any without exec.
func (n names) over(q *requestDocument) names {
	if q != nil && q.Exec != nil {
		return n.and("exec")
	}
	return n.and("http")
}

// refuse is the scope of expressions.
func (n names) refuse(name string) (problem, hint string) {
	return n.refuseAs("$"+name, name, "$")
}

func (n names) refuseAs(shown, name, before string) (problem, hint string) {
	if slices.Contains(n.known, name) {
		return "", ""
	}
	if why := whereKnown[name]; why != "" {
		return "there is no " + shown + " here", why
	}
	var known []string
	for _, k := range n.known {
		if !reserved[k] || before == "$" || k != "http" && k != "exec" {
			known = append(known, k)
		}
	}
	near := nearest(name, known)
	switch {
	case near != "" && before == "$":
		return "unknown " + shown, "did you mean $" + near + "?"
	case near != "":
		return "unknown " + shown, "did you mean {" + near + "}?"
	case len(known) == 0:
		return "unknown " + shown, "nothing has a name here"
	}
	return "unknown " + shown, "known here are " + strings.Join(known, ", ") + "; what an installation says of itself stands under target"
}

var readName = regexp.MustCompile(`\$read\s*\.\s*"?([A-Za-z_][A-Za-z0-9_]*)`)

// refuseReads refuses an expression's $read.NAME that has not been read.
func (n names) refuseReads(text string) (problem, hint string) {
	for _, found := range readName.FindAllStringSubmatch(text, -1) {
		if problem, hint = n.refuseRead(found[1]); problem != "" {
			return problem, hint
		}
	}
	return "", ""
}

func (n names) refuseRead(name string) (problem, hint string) {
	if len(n.reads) == 0 || slices.Contains(n.reads, strings.TrimSuffix(name, "_headers")) {
		return "", "" // without reads, read itself is refused
	}
	return "read." + name + " has not been read before", meant(name, n.reads)
}

// refusePart refuses a name in braces.
func (n names) refusePart(p part) (problem, hint string) {
	if p.name == "http" || p.name == "exec" || p.name == "request" {
		return p.String() + " does not stand in braces", "an expression may use $" + p.name
	}
	if problem, hint = n.refuseAs(p.String(), p.name, "{"); problem != "" {
		return problem, hint
	}
	switch {
	case p.name == "read" && len(p.keys) == 0:
		return "{read} is everything that was read", "{read." + n.reads[0] + "} is one of them"
	case p.name == "read":
		return n.refuseRead(p.keys[0])
	case len(p.keys) > 0 && p.name != "login":
		return p.String() + ": " + p.name + " has no parts", "only read and login have: {read.vm}, {login.token}"
	}
	return "", ""
}

// use notes what is mentioned.
func (n names) use(name string, inBraces bool) {
	n.used[name] = true
	if inBraces && n.required != nil {
		n.required[name] = true
	}
}
