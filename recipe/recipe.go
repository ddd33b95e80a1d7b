package recipe

import (
	"strings"
	"time"

	"github.com/settle-go/settle"
)

// Values are what $name and {name} stand for: text, bool, int, json.Number, nil, []any or map[string]any.
type Values map[string]any

// A Recipe says how one platform's task API works. What Parse returned is not changed any more, and may be used by many
// goroutines at once.
type Recipe struct {
	Name    string // "vendor/kind"
	Title   string
	Docs    string  // where the API is described, and for which versions
	Default bool    // the kind that is meant where only the vendor is named
	Proof   []Proof // what it was proven against: server, simulator, mock, in this order, those that there are
	ID      ID
	Fields  []*Field // of the target, in the file's order
	Auth    []*Auth  // the first way whose fields are all filled is gone; none: nothing is sent
	Detect  *Detect  // nil: there is no way to see it
	Status  *Status
	Result  *Result  // nil: not asked
	Batch   *Batch   // nil: each task is asked by itself
	Cancel  *Request // nil: a task cannot be canceled
	Link    *Link    // nil: no page shows a task
	Policy  string   // as written, and settle.ParsePolicy reads it; "": none
	Actions []*Action
	Source  []byte // the file
	File    string // its name
}

// A Proof is one kind of evidence that a recipe works.
type Proof struct {
	By   string // "server", "simulator" or "mock"
	What string // with its version
}

// Vendor is what stands before the slash of the name.
func (r *Recipe) Vendor() string { vendor, _, _ := strings.Cut(r.Name, "/"); return vendor }

// Kind is what stands after the slash of the name.
func (r *Recipe) Kind() string { _, kind, _ := strings.Cut(r.Name, "/"); return kind }

// Field returns the target's field of that name, nil where there is none.
func (r *Recipe) Field(name string) *Field {
	for _, f := range r.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Action returns the action of that name, nil where there is none.
func (r *Recipe) Action(name string) *Action {
	for _, a := range r.Actions {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// A Field is something that an installation must say of itself.
type Field struct {
	Name     string
	Help     string
	Example  string
	Default  string   // "": none
	Strip    string   // a path that people write behind the address, and that is cut off
	Env      []string // environment variables that may hold it, the first that is set counts
	Choices  []string // nil: anything
	Secret   bool
	Optional bool
}

// A Judge says whether an answer counts. What a block of the recipe leaves out is as for its status.
type Judge struct {
	OK     *Expression // nil: every answer will do
	Error  *Expression // the platform's words; nil: not asked
	Denied *Expression // true: not allowed, whatever the HTTP code; nil: not asked
}

// Detect is how to see that an installation speaks this kind.
type Detect struct {
	Request *Request
	When    *Expression // true: it does, whatever the HTTP code
	Version *Expression // nil: not asked
}

// Status is how a task is asked for.
type Status struct {
	Request *Request
	Judge
	Reader  *Reader     // the same OK and Error as in the Judge
	Then    *Expression // finds an id: ask again at once, and from now on, with that one; nil: never
	Follow  *Expression // finds an id or a URL: the next check asks with that one; nil: never
	Missing Missing
	Poll    *Poll // nil: the server does not hold a request until something happens
}

// Missing is how an answer says that the task is not there, and what that means. 404 and 410 always say so.
type Missing struct {
	When   *Expression   // nil: by 404 and 410 alone
	Before time.Duration // how long a task may be missing before it was first seen
	After  settle.State  // once it had been seen: Unknown, or Succeeded where a deletion is awaited
}

// A Poll is a request that the server answers when something has happened, or when Max is over.
type Poll struct {
	Max     time.Duration
	Request *Request // complete; $seconds is how long the server may wait, a whole number up to Max
}

// Result is where the outcome of a task that has succeeded is found.
type Result struct {
	Request *Request // nil: Value is over the last answer
	Value   *Expression
	Judge
}

// A Batch is one request for many tasks.
type Batch struct {
	Request *Request    // $ids is the list
	Judge               // of the answer as a whole; to its items Status.Reader applies, without its OK
	Max     int         // ids in one request
	Items   *Expression // a list, or an object whose values are meant
	ID      *Expression // of an item; nil: Items gives an object, and its keys are the ids

	MissingSingle bool // an id that is not in the answer is asked alone; else it is pending
	OnErrorSingle bool // of a batch that was refused each id is asked alone; else all have failed
}

// A Link is the page where a person sees the task: one of the two.
type Link struct {
	Template *Template
	Value    *Expression // over the last answer
}

// An Auth is one way to log in.
type Auth struct {
	Header []Pair
	Query  []Pair

	User, Password *Template // basic auth; nil: none

	Login *Login      // nil: none
	Exec  []*Template // a command whose trimmed output is $login; nil: none
	Sign  *Sign       // nil: none

	Fields   []string // the target's fields that it cannot do without
	Optional []string // those that it uses where they are filled: where it needs no other but url, one of them must be
	None     bool     // nothing is sent
}

// A Login is a request that is made once, and again when what it brought does not hold any more.
type Login struct {
	Reads   []*Read // asked before it, in order
	Request *Request
	Judge
	Token   *Expression // over its answer: what $login is from then on, text or an object; nil: it is Cookie
	Cookie  string      // the cookie whose value it is; "": it is Token
	Expired *Expression // over any other answer: the login does not hold any more, besides 401 and 403; nil: by those alone
	Logout  *Request    // nil: none
}

// Sign signs each request.
type Sign struct {
	Hash string // "sha1" or "sha256"
	Key  *Template
	Text *Expression // sees $request and $expires
	TTL  time.Duration
}

// A Pair is a header or a parameter of a query.
type Pair struct {
	Name  string
	Value *Template
}
