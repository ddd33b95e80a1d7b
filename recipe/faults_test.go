package recipe_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFaultsOfForm(t *testing.T) {
	tests := []struct {
		name, text, at, place, problem, hint string
	}{
		{"nothing", "", "0:0", "", "nothing in it", "settle recipe show"},
		{"only a comment", "# soon\n", "0:0", "", "nothing in it", ""},
		{"too large", "name: acme/task\n# " + strings.Repeat("x", 1<<20), "0:0", "", "at most 1048576", ""},
		{"not UTF-8", "name: \xff", "0:0", "", "not UTF-8", ""},
		{"NUL", "name: \x00", "0:0", "", "not UTF-8", ""},
		{"a list", "- a\n", "1:1", "", "a list where a mapping stands", "name, title"},
		{"text", "acme\n", "1:1", "", "text where a mapping stands", ""},
		{"two documents", small() + "---\n" + small(), "12:1", "", "a second document", "one file, one recipe"},
		{"not YAML", small("policy: a: b"), "12:1", "", "not YAML", "goes in quotes"},
		{"braces without quotes", small("link: {url}/x"), "12:1", "", "not YAML", "quotes"},
		{"braces without quotes, within", small("cancel:\n  query: {a: b}\n  get: {url}/x\n  header: {a: b}"), "14:1", "", "not YAML", "quotes"},
		{"a name in braces without quotes", small("link: {url}"), "12:7", "link", "{url} is a mapping", `"{url}"`},
		{"a glob without quotes", small(status("failed: [error, *_FAILED]")), "11:19", "", "*_FAILED is an alias", `"*_FAILED"`},
		{"a glob without quotes, in a list of lines", small(status("failed:\n    - *_FAILED")), "12:7", "", "*_FAILED is an alias", `"*_FAILED"`},
		{"a star without quotes", small(status("failed: [*]")), "11:1", "", "without quotes", `"*"`},
		{"an anchor", small("policy: &p every=5s"), "12:9", "policy", "&p is an anchor", "write it out"},
		{"an alias", small("policy: &p every=5s", "title: *p"), "2:8", "", "*p is an alias", "quotes"},
		{"an alias behind", small("policy: &p every=5s", "link: *p"), "12:9", "policy", "&p is an anchor", ""},
		{"a merge key", small("policy: &p every=5s", "target: {url: {<<: {help: x}}}"), "5:16", "target.url.<<", "a merge key", "write it out"},
		{"a tag", small("title: !!str Acme"), "2:8", "title", "a tag: !!str", "leave it out"},
		{"a key that is a list", small("[a]: b"), "12:1", "", "no plain text", ""},
		{"a key twice", small() + "title: again\n", "12:1", "title", "line 2 already", "keep one"},
		{"a key twice, within", small("detect: {request: {get: '{url}'}, when: .a, when: .b}"), "12:45", "detect.when", "line 12 already", ""},
		{"null", small("title:"), "2:7", "title", "null", "leave the key out"},
		{"null, written out", small(status("reason: null")), "12:11", "status.reason", "null", "'null'"},
		{"null, by its sign", small(status("reason: ~")), "12:11", "status.reason", "null", "leave the key out"},
		{"null in a list", small(status("failed: [error, null]")), "11:19", "status.failed[1]", "null", `"null"`},
		{"a comma that ends a text", small("id: {help: name, with its folder, example: a/b}"), "12:18", "id.with its folder", "has no value", "a comma"},
		{"an empty text", small(`title: ""`), "2:8", "title", "it is empty", "leave the key out"},
		{"an empty list", small(status("failed: []")), "11:11", "status.failed", "the list is empty", "leave the key out"},
		{"a mapping for text", small("title: {a: b}"), "2:8", "title", "a mapping where text stands", "quotes"},
		{"a list for text", small("title: [a]"), "2:8", "title", "a list where text stands", "quotes"},
		{"a mapping for jq", small("cancel: {post: '{url}/x/{id}', json: {id: 7}}"), "12:38", "cancel.json", "a mapping where a jq expression stands", "single quotes"},
		{"text for a mapping", small("target: https://acme"), "5:9", "target", "text where a mapping stands", ""},
		{"text for a request", small("cancel: '{url}/x'"), "12:9", "cancel", "text where a mapping stands", "get, post"},
		{"text for a command", small("cancel: {exec: kill}"), "12:16", "cancel.exec", "text where a list stands", ""},
		{"no boolean", small("default: yes"), "12:10", "default", "neither true nor false", "true"},
		{"no count", small("batch: {request: {post: '{url}', json: $ids}, items: ., max: many}"), "12:62", "batch.max", "not a whole number", "100"},
		{"no duration", small(status("missing: {before: 30}")), "12:21", "status.missing.before", "not a duration", "30s"},
		{"no duration, of a long-poll", small(status("poll: {max: -1s, query: {a: b}}")), "12:15", "status.poll.max", "not a duration", "30s"},
		{"an unknown key", small(status("suceeded: [ok]")), "12:3", "status.suceeded", `unknown key "suceeded"`, "did you mean succeeded?"},
		{"an unknown key, like none", small("colour: red"), "12:1", "colour", "unknown key", "known are name, title"},
		{"an unknown key of a request", small("cancel: {delte: '{url}'}"), "12:10", "cancel.delte", "unknown key", "did you mean delete?"},
		{"a name that is none", small("name: Acme"), "1:7", "name", "is not vendor/kind", "nutanix/v4"},
		{"a missing part", strings.Replace(small(), "title: Acme task\n", "", 1), "1:1", "title", "it is missing", "title: one line"},
		{"a missing part, within", small(strings.Replace(status(), "state: .status", "reason: .x", 1)), "7:3", "status.state", "it is missing", "state: .status"},
		{"no proof", small("proof: {}"), "4:8", "proof", "proves nothing", "mock"},
		{"two lines of title", small("title: |\n  a\n  b"), "2:8", "title", "more than one line", "docs"},
		{"no policy", small("policy: every=often"), "12:9", "policy", "not a duration", "every=5s"},
		{"not one of", small(status("unlisted: succeeded")), "12:13", "status.unlisted", `"succeeded" is not one of unknown, pending, failed`, ""},
		{"not one of, within", small(status("missing: {after: failed}")), "12:20", "status.missing.after", "is not one of unknown, succeeded", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { oneFault(t, tt.text, tt.at, tt.place, tt.problem, tt.hint) })
	}
}

var flag = regexp.MustCompile(`(^| )--[a-z]`)

// oneFault checks the first fault of text, and that no other is of another place.
func oneFault(t *testing.T, text, at, place, problem, hint string) {
	t.Helper()
	all := faults(t, text)
	if len(all) == 0 {
		t.Fatal("it is accepted")
	}
	f := all[0]
	if got := fmt.Sprintf("%d:%d", f.Line, f.Column); got != at {
		t.Errorf("at: got %s, want %s", got, at)
	}
	if f.Place != place {
		t.Errorf("place: got %q, want %q", f.Place, place)
	}
	if !strings.Contains(f.Problem, problem) {
		t.Errorf("problem: got %q, want %q in it", f.Problem, problem)
	}
	if !strings.Contains(f.Hint, hint) || flag.MatchString(f.Hint) {
		t.Errorf("hint: got %q, want %q in it", f.Hint, hint)
	}
	if f.File != "x.yaml" {
		t.Errorf("file: got %q", f.File)
	}
}

// A meaning is a recipe with one fault that no shape shows, and what is said of it.
type meaning struct{ name, text, place, problem, hint string }

func faultsOfMeaning(t *testing.T, tests []meaning) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := faults(t, tt.text)
			if len(all) == 0 {
				t.Fatal("it is accepted")
			}
			at := fmt.Sprintf("%d:%d", all[0].Line, all[0].Column)
			oneFault(t, tt.text, at, tt.place, tt.problem, tt.hint)
			if len(all) > 1 {
				t.Errorf("got %d faults, want 1: %v", len(all), all)
			}
			if all[0].Line < 2 {
				t.Errorf("got line %d", all[0].Line)
			}
		})
	}
}

// use is a recipe with that way to log in.
func use(way string) string {
	return small("target: {url: {}, user: {}, token: {}}", "cancel: {delete: '{url}/{user}/{token}'}", "auth: "+way)
}

func TestFaultsOfWords(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"two meanings", small(status("failed: [error, Done]")), "status.failed[1]", `"Done" is the same word as "done", listed under succeeded`, "one meaning"},
		{"two meanings of a glob", small(status(`succeeded: ["*_OK"]`, `failed: [error, "NOT_*_OK"]`)), "status.failed[1]", "covers all", "write out"},
		{"every word", small(status(`failed: "*"`)), "status.failed", "covers every raw state", "unlisted: pending"},
		{"no word", small("status: {request: {get: '{url}/{id}'}, state: .s}"), "status", "no raw state is listed", "succeeded: [done]"},
	})
}

func TestFaultsOfExpressions(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"an expression that breaks off", small(status("state: .a |")), "status.state", "at the end of", "single quotes"},
		{"a field without its dot", small(status("state: status")), "status.state", "function not defined", ".status"},
		{"the environment's file", small(status("state: input")), "status.state", "not allowed", "nothing else"},
		{"an unknown variable", small(status("state: .[$idd]")), "status.state", "unknown $idd", "did you mean $id?"},
		{"an unknown variable, like none", small(status("state: $colour")), "status.state", "unknown $colour", "known here are url, id"},
		{"$exec over HTTP", small(status("ok: $exec.code == 0")), "status.ok", "no $exec here", "a command's answer"},
		{"$http of a command", small(status("request: {exec: [acme, '{url}', '{id}']}", "ok: $http.status == 200")), "status.ok", "no $http here", "over HTTP"},
		{"$http in a request", small("cancel: {post: '{url}', json: '{a: $http, id: $id}'}"), "cancel.json", "no $http here", ""},
		{"$ids outside a batch", small("cancel: {post: '{url}', json: '{a: $ids}'}"), "cancel.json", "no $ids here", "only in batch"},
		{"$id in a batch", small("batch: {request: {post: '{url}', json: '[$id, $ids]'}, items: .}"), "batch.request.json", "no $id here", ""},
		{"$seconds outside a long-poll", small("cancel: {post: '{url}', json: '{a: $seconds}'}"), "cancel.json", "no $seconds here", "status.poll"},
	})
}

func TestFaultsOfTemplates(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"an unknown name", small(status(`request: {get: "{url}/{idd}"}`)), "status.request.get", "unknown {idd}", "did you mean {id}?"},
		{"no name", small(status(`request: {get: "{url}/{a b}"}`)), "status.request.get", `"{a b}" is no name`, "{{"},
		{"a brace that nothing closes", small(status(`request: {get: "{url}/{id"}`)), "status.request.get", "nothing closes", "{{"},
		{"a brace that closes nothing", small(status(`request: {get: "{url}/id}"}`)), "status.request.get", "closes nothing", "}}"},
		{"parts of a text", small(status(`request: {get: "{url}/{id.x}"}`)), "status.request.get", "id has no parts", "read and login"},
		{"slashes outside a path", small(status(`request: {get: "{url}/{id}", query: {a: "{+id}"}}`)), "status.request.query.a", "{+id} belongs into the path", "{id}"},
		{"an answer in braces", small(status(`request: {get: "{url}/{http.status}/{id}"}`)), "status.request.get", "does not stand in braces", "$http"},
		{"a login that there is not", small("cancel: {delete: '{url}/{login}/{id}'}"), "cancel.delete", "no {login} here", "neither login nor exec"},
		{"ids outside a batch", small("cancel: {delete: '{url}/{ids}'}"), "cancel.delete", "no {ids} here", "only in batch"},
		{"a signature without sign", use(`{header: {A: "{signature}"}}`), "auth.header.A", "no {signature} here", "sign"},
	})
}

func TestFaultsOfURLs(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"a URL of nothing", small(`cancel: {delete: ""}`), "cancel.delete", "an empty URL", "{url}"},
		{"a URL that begins with a path", small("cancel: {delete: /tasks}"), "cancel.delete", "neither {url} nor http", "{url}"},
		{"a URL that begins with a parameter", small(action("params: {vm: {}}", "request: {post: '{vm}/x'}", "id: .id")), "actions.vm.stop.request.post", "begins with {vm}", "{url}"},
		{"a URL without a slash", small("cancel: {delete: '{url}tasks'}"), "cancel.delete", "neither / nor ?", "port"},
		{"a URL with a port behind", small("cancel: {delete: '{url}:80/tasks'}"), "cancel.delete", "neither / nor ?", "port"},
		{"a fragment", small("cancel: {delete: '{url}/#/tasks'}"), "cancel.delete", "a # in a URL", "%23"},
		{"a space", small("cancel: {delete: '{url}/a b'}"), "cancel.delete", `a " " in a URL`, "%20"},
		{"a bare percent", small("cancel: {delete: '{url}/100%'}"), "cancel.delete", "a % in a URL", "%25"},
	})
}

func TestFaultsOfRequests(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"no method", small("cancel: {query: {a: b}}"), "cancel", "no method", "get:"},
		{"two methods", small("cancel: {get: '{url}', post: '{url}'}"), "cancel.post", "a second method", "one of"},
		{"two bodies", small("cancel: {post: '{url}', json: $id, text: a}"), "cancel.text", "a second body, beside json", "one of"},
		{"a body with get", small("cancel: {get: '{url}', json: $id}"), "cancel.json", "a body with get", "query"},
		{"a command with a URL", small("cancel: {exec: [a], get: '{url}'}"), "cancel.get", "get beside exec", ""},
		{"a command with a body", small("cancel: {exec: [a], json: $id}"), "cancel.json", "json beside exec", "stdin"},
		{"a command with a query", small("cancel: {exec: [a], query: {a: b}}"), "cancel.query.a", "query beside exec", ""},
		{"a command that a name gives", small("cancel: {exec: ['{id}']}"), "cancel.exec[0]", "must be written out", ""},
		{"stdin without a command", small("cancel: {get: '{url}', stdin: $id}"), "cancel.stdin", "stdin without exec", "json"},
		{"a header that is none", small("cancel: {get: '{url}', header: {'a b': c}}"), "cancel.header.a b", "not a header's name", ""},
		{"a header twice", small("cancel: {get: '{url}', header: {a: c, A: d}}"), "cancel.header.A", "twice", "keep one"},
		{"a header of two lines", small(`cancel: {get: '{url}', header: {a: "c\nd"}}`), "cancel.header.a", "a line break", ""},
		{"XML that is none", small("cancel: {post: '{url}', xml: '<a>{id}</b>'}"), "cancel.xml", "not XML", ""},
		{"a value for an element's name", small("cancel: {post: '{url}', xml: '<{id}/>'}"), "cancel.xml", "neither text nor", "<vm>"},
		{"a value in CDATA", small("cancel: {post: '{url}', xml: '<a><![CDATA[{id}]]></a>'}"), "cancel.xml", "CDATA", "escaped by itself"},
		{"a value in a comment", small("cancel: {post: '{url}', xml: '<a><!-- {id} --></a>'}"), "cancel.xml", "comment", ""},
	})
}

func TestFaultsOfTargetAndID(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"a field that nothing uses", small("target: {url: {}, zone: {}}"), "target.zone", "nothing uses it", "{zone}"},
		{"a field that is no name", small("target: {url: {}, Zone: {}}"), "target.Zone", "is no name", "small letters"},
		{"a field with a name of its own", small("target: {url: {}, read: {}}"), "target.read", "a meaning of its own", ""},
		{"a field that every target has", small("target: {url: {}, proxy: {}}"), "target.proxy", "every target has proxy", ""},
		{"a field that says where another comes from", small("target: {url: {}, token: {}, token_file: {}}", "cancel: {delete: '{url}/{token}'}"), "target.token_file", "may say token_file already", ""},
		{"a default that is no choice", small("target: {url: {default: a, choices: [b, c]}}"), "target.url.default", "none of the choices", ""},
		{"an environment variable that is none", small("target: {url: {env: [A-B]}}"), "target.url.env[0]", "not the name of an environment variable", ""},
		{"what is stripped is no path", small("target: {url: {strip: sdk}}"), "target.url.strip", "does not begin with /", "/sdk"},
		{"an id of no part", small("id: task"), "id", "no part", "{owner}"},
		{"an id of parts without separator", small(`id: "{a}{b}"`), "id", "nothing stands between {a} and {b}", ""},
		{"an id of two wide parts", small(`id: "{a...}/{b...}"`), "id", "two parts may hold", ""},
		{"an id with a part twice", small(`id: "{a}/{a}"`), "id", "twice", ""},
		{"an id with an id", small(`id: "{id}/{a}"`), "id", "a meaning of its own", ""},
		{"an id with a field", small(`id: "{url}/{a}"`), "id", "a field of the target", ""},
		{"an id's example", small(`id: {pattern: "{a}/{b}", example: a}`), "id.example", "does not fit", ""},
	})
}

func TestFaultsOfAuth(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"a way that sends nothing", use("{}"), "auth", "sends nothing", "none: true"},
		{"none beside something", use("[{header: {A: b}, none: true}]"), "auth[0].none", "none beside", ""},
		{"basic beside Authorization", use("{basic: {user: '{user}', password: '{token}'}, header: {authorization: x}}"), "auth.basic", "beside a header", ""},
		{"login beside exec", use("{header: {A: '{login}'}, exec: [a], login: {request: {post: '{url}'}, token: .}}"), "auth.login", "login beside exec", ""},
		{"a login without token", use("{header: {A: '{login}'}, login: {request: {post: '{url}'}}}"), "auth.login", "neither token nor cookie", "token:"},
		{"a login that nothing uses", use("{login: {request: {post: '{url}'}, token: .t}}"), "auth.login", "nothing sends the token", "Bearer {login}"},
		{"a command that nothing uses", use("{exec: [token]}"), "auth", "nothing sends what exec gives", "Bearer {login}"},
		{"a login that needs a login", use("{header: {A: '{login}'}, login: {request: {post: '{url}/{login}'}, token: .t}}"), "auth.login.request.post", "no {login} here", ""},
		{"a signature that is not sent", use("{header: {A: x}, sign: {hmac: sha1, key: '{token}', text: $request.path}}"), "auth.sign", "not sent", "{signature}"},
		{"a hash that is none", use("{header: {A: '{signature}'}, sign: {hmac: md5, key: '{token}', text: $request.path}}"), "auth.sign.hmac", "not one of sha1, sha256", ""},
	})
}

func TestFaultsOfBatchPollResultLink(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"ids in a path", small("batch: {request: {get: '{url}/{ids}'}, items: .}"), "batch.request.get", "nothing says what stands between", "join:"},
		{"ids within a query", small("batch: {request: {get: '{url}/', query: {q: 'id in {ids}'}}, items: .}"), "batch.request.query.q", "nothing says what stands between", "join:"},
		{"a long-poll of nothing", small(status("poll: {max: 30s}")), "status.poll", "what makes the server wait", "{seconds}"},
		{"a long-poll of too much", small(status("poll: {max: 30s, query: {a: b}, request: {get: '{url}'}}")), "status.poll.request", "request beside query", ""},
		{"a long-poll of a command", small(status("request: {exec: [a, '{url}', '{id}']}", "poll: {max: 30s, query: {a: b}}")), "status.poll", "a command", "exec"},
		{"a result to judge without a request", small("result: {value: .r, ok: .x}"), "result.ok", "there is no request", ""},
		{"a link to nothing", small("link: {}"), "link", "says nothing", "{url}"},
	})
}

func TestFaultsOfActions(t *testing.T) {
	faultsOfMeaning(t, []meaning{
		{"an action that is no name", small("actions: {Stop VM: {help: x, request: {post: '{url}'}, id: .id}}"), "actions.Stop VM", "not the name of an action", ""},
		{"an action without id", small("actions: {stop: {help: x, request: {post: '{url}'}}}"), "actions.stop.id", "it is missing", "'null'"},
		{"a parameter that nothing uses", small(action("params: {vm: {}, why: {}}", "request: {post: '{url}/{vm}'}", "id: .id")), "actions.vm.stop.params.why", "nothing uses it", "{why}"},
		{"a parameter that is a field", small(action("params: {url: {}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.params.url", "a field of the target already", ""},
		{"a parameter named id", small(action("params: {id: {}}", "request: {post: '{url}/{id}'}", "id: .id")), "actions.vm.stop.params.id", "a meaning of its own", ""},
		{"a default of another type", small(action("params: {n: {type: int, default: many}}", "request: {post: '{url}/{n}'}", "id: .id")), "actions.vm.stop.params.n.default", "not a whole number", ""},
		{"a choice of another type", small(action("params: {n: {type: int, choices: [1, two]}}", "request: {post: '{url}/{n}'}", "id: .id")), "actions.vm.stop.params.n.choices[1]", "not a whole number", ""},
		{"what has not been read", small(action("read: {v: {request: {get: '{url}'}, one: .id}}", "request: {post: '{url}/{read.w}'}", "id: .id")), "actions.vm.stop.request.post", "read.w has not been read", ""},
		{"what has not been read, in jq", small(action("read: {v: {request: {get: '{url}'}, one: .id}}", "request: {post: '{url}', json: '{a: $read.w}'}", "id: .id")), "actions.vm.stop.request.json", "read.w has not been read", ""},
		{"what is read later", small(action("read: {v: {request: {get: '{url}/{read.w}'}, one: .id}, w: {request: {get: '{url}'}, one: .id}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.read.v.request.get", "no {read.w} here", "nothing has been read"},
		{"all that has been read", small(action("read: {v: {request: {get: '{url}'}, one: .id}}", "request: {post: '{url}/{read}'}", "id: .id")), "actions.vm.stop.request.post", "everything that was read", "{read.v}"},
		{"one beside value", small(action("read: {v: {request: {get: '{url}'}, one: .id, value: .}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.read.v.one", "one beside value", ""},
		{"one of nothing", small(action("read: {v: {one: .id}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.read.v.one", "one without a request", "value:"},
		{"a read for nothing", small(action("read: {v: {request: {get: '{url}'}}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.read.v", "neither one nor value", "one:"},
		{"a read's name", small(action("read: {v_headers: {request: {get: '{url}'}, one: .}}", "request: {post: '{url}'}", "id: .id")), "actions.vm.stop.read.v_headers", "no name for what is read", "_headers"},
		{"a header that idempotency fills", small(action("request: {post: '{url}', header: {x-id: a}}", "id: .id", "idempotency: X-Id")), "actions.vm.stop.request.header.x-id", "idempotency fills", ""},
		{"a header of a command", small(action("request: {exec: [a, '{url}']}", "id: .id", "idempotency: X-Id")), "actions.vm.stop.idempotency", "a command has no header", ""},
	})
}

// All faults of a file are told at once, in its order.
func TestAllFaults(t *testing.T) {
	text := small("title:", "policy: every=x", status("sate: .s", "failed: [error, done, null]", "reason: .a |"), "cancel: {get: '{url}/{idd}'}")
	var got []string
	for _, f := range faults(t, text) {
		got = append(got, fmt.Sprintf("%d %s", f.Line, f.Place))
	}
	want := []string{"2 title", "11 status.failed[1]", "11 status.failed[2]", "12 status.sate", "13 status.reason", "14 policy", "15 cancel.get"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
