package recipe

// A document is a recipe's file as it is written: what Parse decodes into, and what Schema describes. Of the tags, need
// says what belongs there where it may not be missing; short is what a text without a mapping is for.
type document struct {
	mark
	Name    written                 `key:"name" need:"vendor/kind" pattern:"^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$" help:"vendor/kind, such as nutanix/v4. The file of a built-in recipe is vendor-kind.yaml."`
	Title   written                 `key:"title" need:"one line for people" help:"One line for people."`
	Default boolean                 `key:"default" help:"This is the kind that is meant where only the vendor is named."`
	Docs    written                 `key:"docs" need:"where the API is described, for which versions" help:"Where the API is described, for which versions."`
	Proof   *proofDocument          `key:"proof" need:"{mock: \"documented answers, version 1.2\"}" help:"What the recipe was proven against, with its version. Claim no more than that."`
	ID      *idDocument             `key:"id" help:"Takes a task's id apart: \"{owner}/{repo}/{run}\". {x...} may hold the separators, the others may not; {id} stays the whole."`
	Target  entries[fieldDocument]  `key:"target" keys:"^[a-z][a-z0-9_]*$" help:"What an installation must say of itself, in this order: its fields."`
	Auth    many[authDocument]      `key:"auth" help:"How to log in: one way, or a list of which the first is used whose fields are all filled. Without it nothing is sent."`
	Detect  *detectDocument         `key:"detect" help:"How to see that an installation speaks this kind."`
	Status  *statusDocument         `key:"status" need:"{request: …, state: …, succeeded: […], failed: […]}" help:"How a task is asked for, and what the answer means."`
	Result  *resultDocument         `key:"result" help:"Where the result is, after success: an expression over the last answer, or a request of its own that is asked once."`
	Batch   *batchDocument          `key:"batch" help:"One request for many tasks."`
	Cancel  *requestDocument        `key:"cancel" help:"The request that cancels a task."`
	Link    *linkDocument           `key:"link" help:"The page where a person sees the task."`
	Policy  written                 `key:"policy" help:"When to check and for how long: every=5s max=30s timeout=30m."`
	Actions entries[actionDocument] `key:"actions" keys:"^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)*$" help:"What can be started, by name, such as snapshot.create."`
}

type proofDocument struct {
	mark
	Server    written `key:"server" help:"A real server, with its version."`
	Simulator written `key:"simulator" help:"A simulator that others wrote, with its version."`
	Mock      written `key:"mock" help:"Answers as documented or recorded, with their source."`
}

type idDocument struct {
	mark
	Pattern filling `key:"pattern" short:"yes" help:"Takes the id apart: \"{owner}/{repo}/{run}\"."`
	Help    written `key:"help" help:"What the id is."`
	Example written `key:"example" help:"An id as people type it."`
}

type fieldDocument struct {
	mark
	Help     written       `key:"help" help:"What it is."`
	Example  written       `key:"example" help:"How it looks."`
	Env      many[written] `key:"env" help:"Environment variables that may hold it; the first that is set counts."`
	Default  written       `key:"default" help:"What it is where nobody says."`
	Secret   boolean       `key:"secret" help:"It is never shown."`
	Optional boolean       `key:"optional" help:"It may be left out; it is null then."`
	Choices  many[written] `key:"choices" help:"What it may be."`
	Strip    written       `key:"strip" help:"A path that people write behind the address, and that is cut off: /sdk."`
}

type judgeDocument struct {
	OK     expr `key:"ok" help:"null or false: the request failed, and error says why, whatever the HTTP code. true: every answer will do. Holds for all other requests of the recipe too, unless they have their own."`
	Error  expr `key:"error" help:"The platform's own words for what went wrong."`
	Denied expr `key:"denied" help:"true: not allowed, whatever the HTTP code."`
}

type authDocument struct {
	mark
	Header entries[filling] `key:"header" help:"Headers that are sent with every request: {Authorization: \"Bearer {token}\"}. {login} is what login or exec gave."`
	Query  entries[filling] `key:"query" help:"Parameters that are sent with every request."`
	Basic  *basicDocument   `key:"basic" help:"Basic authentication."`
	Login  *loginDocument   `key:"login" help:"A request that is made once, and again when what it gave does not hold any more."`
	Exec   list[filling]    `key:"exec" help:"A command, one argument an element; its trimmed output is $login."`
	Sign   *signDocument    `key:"sign" help:"Signs each request; {signature} and {expires} may then be used in header and query."`
	None   boolean          `key:"none" help:"true: nothing is sent."`
}

type basicDocument struct {
	mark
	User     filling `key:"user" need:"\"{user}\"" help:"The user."`
	Password filling `key:"password" need:"\"{password}\"" help:"The password."`
}

type loginDocument struct {
	mark
	Read    entries[readDocument] `key:"read" keys:"^[a-z][a-z0-9_]*$" help:"Requests that are made before it, in this order; each is $read.NAME afterwards."`
	Request *requestDocument      `key:"request" need:"{post: \"{url}/login\", json: '{user: $user, password: $password}'}" help:"The request."`
	judgeDocument
	Token   expr             `key:"token" help:"Over its answer: what $login is from then on, text or an object."`
	Cookie  written          `key:"cookie" help:"In place of token: the cookie whose value it is."`
	Expired expr             `key:"expired" help:"Over any other answer: the login does not hold any more, besides 401 and 403."`
	Logout  *requestDocument `key:"logout" help:"Sent once, at the end."`
}

type signDocument struct {
	mark
	HMAC written  `key:"hmac" need:"sha256" enum:"sha1,sha256" help:"The hash."`
	Key  filling  `key:"key" need:"\"{secret_key}\"" help:"The key."`
	Text expr     `key:"text" need:"'$request.method + $request.path'" help:"What is signed: sees $request (method, path, query, content_type, body_md5, body_sha256) and $expires, in seconds since 1970."`
	TTL  duration `key:"ttl" help:"How long a signature holds; 60s is the default."`
}

type detectDocument struct {
	mark
	Request *requestDocument `key:"request" need:"{get: \"{url}/version\"}" help:"The request."`
	When    expr             `key:"when" need:"'.version != null'" help:"true: the installation speaks this kind, whatever the HTTP code. Where the answer is not JSON, . is null."`
	Version expr             `key:"version" help:"The version, for people."`
}

type statusDocument struct {
	mark
	Request *requestDocument `key:"request" need:"{get: \"{url}/tasks/{id}\"}" help:"The request."`
	judgeDocument
	State     expr             `key:"state" need:".status" help:"The raw state: text, a number or a boolean."`
	Pending   many[written]    `key:"pending" help:"Raw states that mean: not ended. Words and \"*globs*\", quoted; case, _, - and spaces do not count."`
	Blocked   many[written]    `key:"blocked" help:"Raw states that mean: not ended, and a person must act first."`
	Succeeded many[written]    `key:"succeeded" help:"Raw states that mean: succeeded."`
	Warned    many[written]    `key:"warned" help:"Raw states that mean: succeeded, with warnings."`
	Failed    many[written]    `key:"failed" help:"Raw states that mean: failed."`
	Canceled  many[written]    `key:"canceled" help:"Raw states that mean: canceled."`
	Unlisted  written          `key:"unlisted" enum:"unknown,pending,failed" help:"What a raw state in none of the lists means. Anything but unknown only where the vendor's contract says so."`
	Missing   *missingDocument `key:"missing" help:"How an answer says that the task is not there, and what that means."`
	Progress  expr             `key:"progress" help:"A number from 0 to 1, also as text, or a percentage such as \"62%\"."`
	Reason    expr             `key:"reason" help:"Why, in the platform's words."`
	Then      expr             `key:"then" help:"Finds an id: ask again at once, and from now on, with that one in place of $id."`
	Follow    expr             `key:"follow" help:"Finds an id or a URL: the next check asks with that one in place of $id."`
	Poll      *pollDocument    `key:"poll" help:"What makes the server hold the request until something happens. Added to status.request, or in place of it."`
}

type missingDocument struct {
	mark
	When   expr     `key:"when" help:"true: the task is not there. 404 and 410 always say so."`
	Before duration `key:"before" help:"How long a task may be missing before it was first seen."`
	After  written  `key:"after" enum:"unknown,succeeded" help:"What it means that a task is gone: succeeded where a deletion is awaited."`
}

type pollDocument struct {
	mark
	Max     duration               `key:"max" need:"30s" help:"How long the server may hold the request; {seconds} and $seconds are whole numbers up to it."`
	Query   entries[many[filling]] `key:"query" help:"Parameters besides those of status.request, or in place of them."`
	Header  entries[filling]       `key:"header" help:"Headers besides those of status.request, or in place of them."`
	JSON    expr                   `key:"json" help:"The body in place of that of status.request."`
	Request *requestDocument       `key:"request" help:"The request in place of status.request."`
}

type resultDocument struct {
	mark
	Request *requestDocument `key:"request" help:"The request. Without it value is over the last answer."`
	Value   expr             `key:"value" short:"yes" need:".result" help:"The result."`
	judgeDocument
}

type batchDocument struct {
	mark
	Request *requestDocument `key:"request" need:"{post: \"{url}/tasks\", json: '{ids: $ids}'}" help:"The request; $ids is the list."`
	judgeDocument
	Join    filling `key:"join" help:"What stands between the ids in {ids}."`
	Max     count   `key:"max" help:"How many ids go in one request. 100 is the default."`
	Items   expr    `key:"items" need:"'.tasks | map({data: .})'" help:"A list, or an object whose values are meant, where each item looks as the answer for a single task does."`
	ID      expr    `key:"id" help:"The id of an item. Without it items gives an object, and its keys are the ids."`
	Missing written `key:"missing" enum:"pending,single" help:"What an id means that is not in the answer. single: it is asked alone."`
	OnError written `key:"on_error" enum:"fail,single" help:"What happens when a batch is refused. single: each id is asked alone."`
}

type linkDocument struct {
	mark
	Template filling `short:"yes" help:"The page's URL: \"{url}/tasks/{id}\"."`
	Value    expr    `key:"value" help:"The page's URL, over the last answer."`
}

type actionDocument struct {
	mark
	Help    written                `key:"help" need:"create a snapshot of a VM" help:"What it does, in one line."`
	Params  entries[paramDocument] `key:"params" keys:"^[a-z][a-z0-9_]*$" help:"Its parameters, in this order."`
	Read    entries[readDocument]  `key:"read" keys:"^[a-z][a-z0-9_]*$" help:"What is asked before the start, in this order; each is $read.NAME afterwards, and its headers $read.NAME_headers."`
	Request *requestDocument       `key:"request" need:"{post: \"{url}/snapshots\", json: '{name: $name}'}" help:"The request that starts it."`
	ID      expr                   `key:"id" need:".task_id, or 'null' where it is done at once" help:"The task's id in the answer: text, a number, a whole URL or a list. null: it is done already. A plain path whose field is not there: nobody knows."`
	judgeDocument
	Busy        expr    `key:"busy" help:"true: refused for now. Reads and start are sent again later."`
	Idempotency written `key:"idempotency" help:"A header that gets one fresh UUID a submit; a start whose answer was lost may then be sent again."`
}

type paramDocument struct {
	mark
	Help     written       `key:"help" help:"What it is."`
	Example  written       `key:"example" help:"How it looks."`
	Type     written       `key:"type" enum:"string,int,bool,bytes" help:"string is the default; bytes reads 200GiB."`
	Default  filling       `key:"default" help:"What it is where nobody says."`
	Optional boolean       `key:"optional" help:"It may be left out; it is null then."`
	Choices  many[written] `key:"choices" help:"What it may be."`
}

type readDocument struct {
	mark
	Request *requestDocument `key:"request" help:"The request. Without it value is computed from the other values."`
	One     expr             `key:"one" help:"Every output is a match; none, or several that differ, end it before the start."`
	Value   expr             `key:"value" help:"What $read.NAME is."`
	When    expr             `key:"when" help:"false: it is not asked, and $read.NAME is null."`
	Refuse  expr             `key:"refuse" help:"A text: do not start, because."`
	judgeDocument
}

type requestDocument struct {
	mark
	Get    filling                `key:"get" help:"The URL: \"{url}/tasks/{id}\"."`
	Post   filling                `key:"post" help:"The URL."`
	Put    filling                `key:"put" help:"The URL."`
	Patch  filling                `key:"patch" help:"The URL."`
	Delete filling                `key:"delete" help:"The URL."`
	Head   filling                `key:"head" help:"The URL."`
	Query  entries[many[filling]] `key:"query" help:"Parameters. One whose value is null is left out, one with a list is repeated."`
	Header entries[filling]       `key:"header" help:"Headers. One whose value is null is left out."`
	JSON   expr                   `key:"json" help:"The body: a jq expression, such as '{id: $id}'."`
	Form   entries[many[filling]] `key:"form" help:"The body, as a form."`
	XML    filling                `key:"xml" help:"The body: XML with names in braces."`
	Text   filling                `key:"text" help:"The body: text with names in braces."`
	Exec   list[filling]          `key:"exec" help:"A command in place of HTTP, one argument an element, no shell. Its output is the answer."`
	Stdin  expr                   `key:"stdin" help:"What the command reads: text, anything else as JSON."`
	Answer written                `key:"answer" enum:"json,xml,text" help:"What the answer is. The default is JSON, and XML where the content type says so."`
}
