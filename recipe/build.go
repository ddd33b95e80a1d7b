package recipe

import (
	"reflect"
	"slices"
	"strings"

	"github.com/settle-go/settle"
)

// Parse reads a recipe. The file's name is for errors. The error joins an *Error for each fault, in the order of the
// file; where the text is no YAML at all, there is one.
func Parse(file string, text []byte) (*Recipe, error) {
	b := &builder{decoder: decoder{file: file}, source: string(text), used: map[string]bool{}}
	root := b.root(text)
	if root == nil {
		return nil, b.err()
	}
	b.into(reflect.ValueOf(&b.doc).Elem(), root, "")
	r := b.recipe()
	if err := b.err(); err != nil {
		return nil, err
	}
	r.File, r.Source = file, append([]byte(nil), text...)
	return r, nil
}

// A builder makes a Recipe of a document. What it makes after a fault is of no use, but it goes on, to find the others.
type builder struct {
	decoder
	doc    document
	source string
	used   map[string]bool // names that something mentions

	fields   []string
	parts    []string // of the id
	optional map[string]bool
	hasLogin bool
	status   Judge
	onExec   bool // the status is asked by a command
}

func (b *builder) recipe() *Recipe {
	doc := &b.doc
	r := &Recipe{
		Name: doc.Name.value, Title: doc.Title.value, Docs: doc.Docs.value,
		Default: doc.Default.value, Policy: doc.Policy.value, Proof: b.proof(),
	}
	if strings.Contains(doc.Title.value, "\n") {
		b.fault(doc.Title.mark, "more than one line", "put the rest under docs")
	}
	if doc.Policy.given() {
		if _, err := settle.ParsePolicy(doc.Policy.value); err != nil {
			b.fault(doc.Policy.mark, err.Error(), "every=5s max=30s timeout=30m")
		}
	}
	for _, way := range doc.Auth {
		b.hasLogin = b.hasLogin || way.Login != nil || way.Exec != nil
	}
	r.Fields = b.targetFields()
	r.ID = b.id()
	if doc.Status == nil {
		return r
	}
	r.Status = b.statusOf(doc.Status)
	r.Auth = b.auth()
	r.Detect = b.detect()
	r.Result = b.result()
	r.Batch = b.batch()
	r.Cancel = b.request(doc.Cancel, b.ofTask())
	r.Link = b.link()
	r.Actions = b.actions()
	b.refuseUnusedFields()
	b.refuseUnusedLogin()
	return r
}

func (b *builder) proof() []Proof {
	doc := b.doc.Proof
	if doc == nil {
		return nil
	}
	var all []Proof
	for _, p := range []struct {
		by   string
		what written
	}{{"server", doc.Server}, {"simulator", doc.Simulator}, {"mock", doc.Mock}} {
		if p.what.given() {
			all = append(all, Proof{p.by, p.what.value})
		}
	}
	if len(all) == 0 {
		b.fault(doc.mark, "it proves nothing", `one of server, simulator and mock: {mock: "documented answers, version 1.2"}`)
	}
	return all
}

// ofTarget are the names that are known everywhere.
func (b *builder) ofTarget() names {
	n := names{used: b.used}.and(b.fields...)
	if b.hasLogin {
		n = n.and("login")
	}
	return n
}

// ofTask are the names that are known where there is a task.
func (b *builder) ofTask() names { return b.ofTarget().and("id").and(b.parts...) }

// name refuses what cannot be a name, or is one already.
func (b *builder) name(key written, taken []string) {
	switch {
	case !plainName.MatchString(key.value):
		b.fault(key.mark, quote(key.value)+" is no name", "small letters, digits and _, such as resource_group")
	case reserved[key.value]:
		b.fault(key.mark, key.value+" has a meaning of its own", "call it something else: "+key.value+"_of_it")
	case slices.Contains(taken, key.value):
		b.fault(key.mark, key.value+" is a field of the target already", "call it something else")
	}
}

// ofTLS are fields that say how the connection is made; nothing else uses them.
var ofTLS = map[string]bool{"insecure": true, "ca_file": true, "cert_file": true, "key_file": true, "fingerprint": true}

// ofEntry are keys that a target has whatever its recipe.
var ofEntry = map[string]bool{"recipe": true, "tls": true, "rate": true, "proxy": true, "headers": true, "hosts": true, "policy": true, "max_body": true}

func (b *builder) targetFields() []*Field {
	b.optional = map[string]bool{}
	var all []*Field
	for _, e := range b.doc.Target {
		b.name(e.key, nil)
		if reservedBeside[e.key.value] {
			b.fault(e.key.mark, e.key.value+" has a meaning of its own", "call it something else: "+e.key.value+"_of_it")
		}
		if ofEntry[e.key.value] {
			b.fault(e.key.mark, "every target has "+e.key.value+" already, with another meaning", "call it something else")
		}
		doc := e.value
		f := &Field{
			Name: e.key.value, Help: doc.Help.value, Example: doc.Example.value, Default: doc.Default.value,
			Secret: doc.Secret.value, Optional: doc.Optional.value || ofTLS[e.key.value],
			Strip: doc.Strip.value, Env: values(doc.Env), Choices: values(doc.Choices),
		}
		if doc.Default.given() && len(f.Choices) > 0 && !slices.Contains(f.Choices, f.Default) {
			b.fault(doc.Default.mark, quote(f.Default)+" is none of the choices", meant(f.Default, f.Choices))
		}
		if doc.Strip.given() && !strings.HasPrefix(f.Strip, "/") {
			b.fault(doc.Strip.mark, "it does not begin with /", "strip: /"+f.Strip)
		}
		for _, env := range doc.Env {
			if env.given() && (!plainKey.MatchString(env.value)) {
				b.fault(env.mark, quote(env.value)+" is not the name of an environment variable", "VENDOR_TOKEN")
			}
		}
		b.fields = append(b.fields, f.Name)
		b.optional[f.Name] = f.Optional
		all = append(all, f)
	}
	for _, e := range b.doc.Target {
		for _, suffix := range []string{"_command", "_file", "_env"} { // keys of a target's entry beside the field's own
			if of, has := strings.CutSuffix(e.key.value, suffix); has && slices.Contains(b.fields, of) {
				b.fault(e.key.mark, "a target may say "+e.key.value+" already: where "+of+" comes from", "call it something else")
			}
		}
	}
	return all
}

func values(list many[written]) []string {
	var texts []string
	for _, w := range list {
		texts = append(texts, w.value)
	}
	return texts
}

// refuseUnusedFields leaves url alone: an id that is a relative URL needs it.
func (b *builder) refuseUnusedFields() {
	for _, e := range b.doc.Target {
		if name := e.key.value; !b.used[name] && !ofTLS[name] && name != "url" && !b.mayUse(name) && !b.faultAt(e.key.place) {
			b.fault(e.key.mark, "nothing uses it", "use it as {"+name+"} or $"+name+", or take it out")
		}
	}
}

// faultAt reports whether something is wrong already at that place, or within.
func (b *builder) faultAt(place string) bool {
	return slices.ContainsFunc(b.faults, func(f *Error) bool {
		rest, within := strings.CutPrefix(f.Place, place)
		return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// mayUse reports whether what could not be read may have used a name.
func (b *builder) mayUse(name string) bool {
	return len(b.faults) > 0 && (strings.Contains(b.source, "{"+name) || strings.Contains(b.source, "$"+name))
}

func (b *builder) id() ID {
	doc := b.doc.ID
	if doc == nil {
		return ID{}
	}
	id := ID{Pattern: doc.Pattern.value, Help: doc.Help.value, Example: doc.Example.value}
	if !doc.Pattern.given() {
		return id
	}
	parts, problem, hint := idPattern(id.Pattern)
	if problem != "" {
		b.fault(doc.Pattern.mark, problem, hint)
		return id
	}
	id.parts = parts
	for _, p := range parts {
		if p.name == "" {
			continue
		}
		if slices.Contains(b.fields, p.name) {
			b.fault(doc.Pattern.mark, "{"+p.name+"} is a field of the target already", "call one of them something else")
		}
		b.parts = append(b.parts, p.name)
	}
	if doc.Example.given() {
		if _, err := id.Take(id.Example); err != nil {
			b.fault(doc.Example.mark, "it does not fit the pattern "+id.Pattern, "")
		}
	}
	return id
}

func (b *builder) detect() *Detect {
	doc := b.doc.Detect
	if doc == nil {
		return nil
	}
	n := b.ofTarget()
	return &Detect{
		Request: b.request(doc.Request, n),
		When:    b.expression(doc.When, n.over(doc.Request)),
		Version: b.expression(doc.Version, n.over(doc.Request)),
	}
}

func (b *builder) result() *Result {
	doc := b.doc.Result
	if doc == nil {
		return nil
	}
	n, over := b.ofTask(), doc.Request
	if over == nil {
		over = b.doc.Status.Request
	}
	r := &Result{Request: b.request(doc.Request, n), Value: b.expression(doc.Value, n.over(over))}
	if doc.Request == nil {
		b.refuseJudge(doc.judgeDocument, "there is no request")
		return r
	}
	r.Judge = b.judge(doc.judgeDocument, n, doc.Request)
	return r
}

func (b *builder) batch() *Batch {
	doc := b.doc.Batch
	if doc == nil {
		return nil
	}
	n := b.ofTarget().and("ids")
	batch := &Batch{
		Request:       b.batchRequest(doc, n),
		Judge:         b.judge(doc.judgeDocument, n, doc.Request),
		Max:           doc.Max.value,
		Items:         b.expression(doc.Items, n.over(doc.Request)),
		ID:            b.expression(doc.ID, n.over(doc.Request)),
		MissingSingle: doc.Missing.value != "pending",
		OnErrorSingle: doc.OnError.value == "single",
	}
	if batch.Max == 0 {
		batch.Max = 100
	}
	return batch
}

func (b *builder) link() *Link {
	doc := b.doc.Link
	switch {
	case doc == nil:
		return nil
	case doc.Template.given():
		return &Link{Template: b.url(doc.Template, b.ofTask(), true)}
	case doc.Value.given():
		return &Link{Value: b.expression(doc.Value, b.ofTask().over(b.doc.Status.Request))}
	}
	b.fault(doc.mark, "it says nothing", `link: "{url}/tasks/{id}"`)
	return nil
}

// judge builds what a block says of its answers; what it leaves out is as for the status.
func (b *builder) judge(doc judgeDocument, n names, q *requestDocument) Judge {
	n = n.over(q)
	j := Judge{OK: b.expression(doc.OK, n), Error: b.expression(doc.Error, n), Denied: b.expression(doc.Denied, n)}
	if j.OK != nil && j.OK.text == "true" {
		j.OK = nil
	}
	if isExec := q != nil && q.Exec != nil; isExec != b.onExec {
		return j // what the status says of an exit code means nothing to HTTP
	}
	if !doc.OK.given() {
		j.OK = b.status.OK
	}
	if !doc.Error.given() {
		j.Error = b.status.Error
	}
	if !doc.Denied.given() {
		j.Denied = b.status.Denied
	}
	return j
}

func (b *builder) refuseJudge(doc judgeDocument, because string) {
	for _, e := range []expr{doc.OK, doc.Error, doc.Denied} {
		if e.given() {
			b.fault(e.mark, because+", so there is no answer to judge", "take it out")
		}
	}
}

// expression compiles e, nil where it is not given.
func (b *builder) expression(e expr, n names) *Expression {
	if !e.given() {
		return nil
	}
	compiled, err := compile(e.place, e.value, n)
	if err == nil {
		if problem, hint := n.refuseReads(e.value); compiled.Mentions("read") && problem != "" {
			err = refused(e.place, problem, hint)
		}
	}
	if err != nil {
		f := err.(*Error)
		b.fault(e.mark, f.Problem, inFile(f.Hint))
		return nil
	}
	for _, name := range compiled.names {
		n.use(name, false)
	}
	return compiled
}

// inFile is a hint for flags as one for a file.
func inFile(hint string) string {
	switch {
	case strings.Contains(hint, "for the shell"):
		return "is the expression complete, and in single quotes? a # begins a comment outside of them"
	case strings.Contains(hint, "--unlisted"):
		return "say what unlisted words mean: unlisted: pending, or unlisted: failed"
	case strings.Contains(hint, "sees the answer"):
		return "an expression sees the answer and what has a name, nothing else"
	}
	return hint
}
