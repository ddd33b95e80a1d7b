package httptask_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/target"
)

// The secrets that are planted. Each has in it what quoting and encoding change.
var planted = map[string]string{
	"password": `pa"ss\wörd/+1`,
	"token":    "tok+en/77&zz?=",
	"login":    "log-in ticket;88",
	"cookie":   "cook~ie.value~99",
	"header":   "hea<der>value%55",
	"proxy":    "prox:y@pass 66",
}

// traces are the forms in which a secret gives itself away, written without looking at how they are masked.
func traces(secret string) []string {
	quoted := fmt.Sprintf("%q", secret)
	escaped, _ := json.Marshal(secret)
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(secret)
	all := []string{
		secret, quoted[1 : len(quoted)-1], strings.Trim(string(escaped), `"`), strings.Trim(strings.TrimSpace(plain.String()), `"`),
		url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		base64.RawStdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	if secret == planted["password"] || secret == planted["proxy"] {
		all = append(all, base64.StdEncoding.EncodeToString([]byte("ops:"+secret)))
	}
	return all
}

var allTraces = func() map[string][]string {
	all := map[string][]string{}
	for name, secret := range planted {
		all[name] = traces(secret)
	}
	return all
}()

// leaks are the secrets that can be seen in text: whole, or their first 8 bytes before an ellipsis or the end. Those that
// are not known yet do not count.
func leaks(text string, unknown ...string) []string {
	var found []string
	for name, forms := range allTraces {
		if slices.Contains(unknown, name) {
			continue
		}
		for _, form := range forms {
			begin := form[:min(8, len(form))]
			if !strings.Contains(text, begin) {
				continue
			}
			for _, trace := range []string{form, begin + "…", begin + "..."} {
				if strings.Contains(text, trace) {
					found = append(found, name+": "+trace)
				}
			}
			for n := 9; n < len(form); n++ {
				if strings.Contains(text, form[:n]+"…") || strings.HasSuffix(text, form[:n]) {
					found = append(found, name+": "+form[:n])
				}
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(found)))
}

func TestLeaksAreFound(t *testing.T) {
	for name, secret := range planted {
		for _, text := range []string{"x" + secret, fmt.Sprintf("%q", "a "+secret), url.QueryEscape(secret) + "&", base64.StdEncoding.EncodeToString([]byte(secret)), "cut " + secret[:9] + "…"} {
			if len(leaks(text)) == 0 {
				t.Errorf("%s is not found in %s", name, text)
			}
		}
	}
	if got := leaks("nothing but ***, and words…"); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}

// echoes are bodies that hold every secret in every form; only the beginning of whole ones is shown.
func echoes() (whole, cut map[string]string) {
	var all []string
	for _, secret := range planted {
		all = append(all, traces(secret)...)
	}
	slices.Sort(all)
	text, _ := json.Marshal(all)
	whole, cut = map[string]string{
		"all of them":  strings.Join(all, " "),
		"as JSON":      string(text),
		"in a state":   `{"state":` + quote(strings.Join(all[:40], " ")) + `}`,
		"in a reason":  `{"state":"bad","reason":` + quote(strings.Join(all, " ")) + `}`,
		"in its words": `{"message":` + quote(strings.Join(all, " ")) + `}`,
		"in an id":     `{"task":` + quote(strings.Join(all, "\n")) + `}`,
	}, map[string]string{}
	for name, secret := range planted {
		for _, at := range []int{190, 185} {
			for i, form := range traces(secret) {
				cut[fmt.Sprintf("%s %d at %d", name, i, at)] = strings.Repeat("x", at-1) + " " + form
			}
		}
		whole["a state "+name] = `{"state":` + quote(secret) + `}`
	}
	return whole, cut
}

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

const secretRecipe = `target: {url: {help: address}, user: {}, password: {secret: true}, token: {secret: true}, key: {secret: true, optional: true}}
auth:
  header: {Authorization: "Bearer {login.ticket}", X-Token: "{token}"}
  query: {access: "{token}"}
  login:
    request: {post: "{url}/login", json: "{user: $user, password: $password}", header: {X-Token: "{token}"}}
    error: .message
    token: '{ticket: .ticket, cookie: ($http.headers["set-cookie"] // "" | capture("SID=(?<v>[^;]*)").v)}'
result: {request: {get: "{url}/results/{id}", query: {token: "{token}"}}, value: .value}
cancel: {delete: "{url}/tasks/{id}"}
link: "{url}/ui?token={token}&id={id}"
` + "actions:\n  vm.snap:\n    help: x\n    params: {vm: {}}\n    read: {vm: {request: {post: \"{url}/find\", json: \"{vm: $vm, token: $token}\"}, one: \".[]\"}}\n    request: {post: \"{url}/snaps\", json: \"{vm: $vm, password: $password}\"}\n    id: .task\n" +
	"batch: {request: {post: \"{url}/batch\", json: \"{ids: $ids, token: $token}\"}, items: .tasks, id: .id, missing: pending}"

func secretTasks(t testing.TB, address, status string, change func(*target.Target)) *httptask.Tasks {
	at := target.Target{
		URL: address, Values: map[string]string{"user": "ops"},
		Secrets: map[string]string{"password": planted["password"], "token": planted["token"]},
		Headers: map[string]string{"X-Mine": planted["header"]},
		Policy:  "every=1ms max=1ms checks=2 errors=1",
	}
	if change != nil {
		change(&at)
	}
	fields, auth, _ := strings.Cut(secretRecipe, "\nauth:")
	whole := strings.Replace(acme(fields, acmeStatus("error: .message", status)), "\nstatus:", "\nauth:"+auth+"\nstatus:", 1)
	return openAt(t, strings.ReplaceAll(whole, ", key: {secret: true, optional: true}", ""), at)
}

// audit does everything that can be done with the tasks, and looks at everything that can be seen of it.
func audit(t *testing.T, tasks *httptask.Tasks, unknown ...string) {
	t.Helper()
	show := func(what, text string) {
		if found := leaks(text, unknown...); len(found) > 0 {
			t.Errorf("%s shows %q:\n%.600s", what, found, text)
		}
	}
	showError := func(what string, err error) {
		if err == nil {
			return
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
			show(what+" as "+verb, fmt.Sprintf(verb, err))
		}
		var stop *settle.StopError
		var task *settle.TaskError
		if errors.As(err, &stop) {
			for _, e := range []error{stop.Cause, stop.Last} {
				if e != nil {
					show(what+"'s cause", fmt.Sprintf("%v %+v %#v", e, e, e))
				}
			}
			show(what+"'s status", fmt.Sprintf("%+v", stop.Status))
		}
		if errors.As(err, &task) {
			show(what+"'s status", fmt.Sprintf("%+v", task.Status))
		}
	}
	ctx := settle.WithTrace(patience(t), func(s settle.Step) {
		show("a step", fmt.Sprintf("%+v", s))
		showError("a step's error", s.Err)
		showError("a step's end", s.End)
	})
	for seen, err := range settle.Watch(ctx, tasks.Policy(), tasks.Check("7")) {
		showError("a check", seen.Err)
		showError("a wait", err)
		show("a status", fmt.Sprintf("%+v", seen.Status))
	}
	fleet := tasks.Fleet()
	fleet.Policy = tasks.Policy()
	for _, result := range fleet.Each(ctx, slices.Values([]string{"1", "2"})) {
		showError("a fleet's end", result.Err)
		show("a fleet's status", fmt.Sprintf("%+v", result.Status))
	}
	found, err := fleet.Batch(ctx, []string{"1", "2"})
	showError("a batch", err)
	for _, a := range found {
		show("an item's status", fmt.Sprintf("%+v", a.Status))
		showError("an item", a.Err)
	}
	_, err = tasks.Submit(ctx, "vm.snap", map[string]any{"vm": planted["token"]})
	showError("a start", err)
	var lost *httptask.LostError
	if errors.As(err, &lost) {
		showError("a lost start's cause", lost.Cause)
	}
	showError("a cancel", tasks.Cancel(ctx, "7"))
	_, _, err = tasks.Result(ctx, "7", nil)
	showError("a result", err)
	show("a link", tasks.Link("7", nil))
	_, status, err := tasks.Look(ctx, "7")
	showError("a look", err)
	show("a look's status", fmt.Sprintf("%+v", status))
	showError("an odd id", func() error { _, _, err := tasks.Check(planted["token"] + "\n")(ctx); return err }())
}

var goodLogin = says(200, "application/json", `{"ticket":`+quote(planted["login"])+`}`, "Set-Cookie", "SID="+planted["cookie"]+"; Path=/")

// A platform that sends back whatever it was sent, in whatever form and with whatever code.
func TestSecretsInAnswers(t *testing.T) {
	p := newPlatform(t, answers{})
	whole, cut := echoes()
	for name, body := range cut {
		t.Run("cut, "+name, func(t *testing.T) { p.echo(t, 500, body, false) })
	}
	for name, body := range whole {
		for _, code := range []int{200, 400, 401, 404, 500} {
			t.Run(fmt.Sprintf("%s, %d", name, code), func(t *testing.T) { p.echo(t, code, body, true) })
		}
	}
}

// echo audits the platform when it says body to everything but a login, and where there is more, to everything but a read
// too, and to the login too.
func (p *platform) echo(t *testing.T, code int, body string, more bool) {
	echo := []http.HandlerFunc{says(code, "text/"+planted["token"], body)}
	for _, at := range []string{"GET /tasks/7", "GET /tasks/1", "GET /tasks/2", "POST /batch", "POST /find", "POST /snaps", "DELETE /tasks/7", "GET /results/7"} {
		p.answers[at] = echo
	}
	p.answers["POST /login"] = []http.HandlerFunc{goodLogin}
	audit(t, secretTasks(t, p.URL, "unlisted: unknown", nil), "proxy")
	if !more {
		return
	}
	p.answers["POST /find"] = []http.HandlerFunc{gives(`["vm-1"]`)}
	audit(t, secretTasks(t, p.URL, "unlisted: pending", nil), "proxy")
	p.answers["POST /login"] = echo
	audit(t, secretTasks(t, p.URL, "unlisted: unknown", nil), "proxy", "login", "cookie")
}

// What comes of a wire that says what it likes.
func TestSecretsOnTheWire(t *testing.T) {
	whole, _ := echoes()
	all := whole["all of them"]
	wires := map[string]string{
		"no HTTP":              all + "\r\n\r\n",
		"a code with words":    "HTTP/1.1 999 " + all + "\r\nContent-Length: 0\r\n\r\n",
		"a bad header":         "HTTP/1.1 200 OK\r\n" + planted["token"] + "\r\n\r\n",
		"a bad length":         "HTTP/1.1 200 OK\r\nContent-Length: " + planted["token"] + "\r\n\r\n",
		"a bad chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + planted["token"] + "\r\n",
		"an encoding":          "HTTP/1.1 200 OK\r\nContent-Encoding: " + planted["token"] + "\r\nContent-Length: 1\r\n\r\nx",
		"a content type":       "HTTP/1.1 500 No\r\nContent-Type: " + planted["token"] + "\r\nContent-Length: 0\r\n\r\n",
		"a redirect":           "HTTP/1.1 302 Found\r\nLocation: /?x=" + url.QueryEscape(planted["token"]) + "\r\nContent-Length: 0\r\n\r\n",
		"a redirect elsewhere": "HTTP/1.1 302 Found\r\nLocation: http://x:" + url.QueryEscape(planted["token"]) + "@[::1]:1/?token=" + url.QueryEscape(planted["token"]) + "\r\nContent-Length: 0\r\n\r\n",
		"a redirect to a file": "HTTP/1.1 302 Found\r\nLocation: file://h/" + url.PathEscape(planted["token"]) + "\r\nContent-Length: 0\r\n\r\n",
		"a bad redirect":       "HTTP/1.1 302 Found\r\nLocation: http://[::1/" + planted["token"] + "\r\nContent-Length: 0\r\n\r\n",
		"nothing":              "",
	}
	for name, says := range wires {
		t.Run(name, func(t *testing.T) {
			login := httptestLogin()
			address := listenHTTP(t, login, says)
			audit(t, secretTasks(t, address, "unlisted: unknown", nil), "proxy")
			audit(t, secretTasks(t, listen(t, func(c net.Conn) { _, _ = io.WriteString(c, says) }), "unlisted: unknown", nil), "proxy", "login", "cookie")
		})
	}
	t.Run("a proxy that is not there", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		proxy := (&url.URL{Scheme: "http", Host: l.Addr().String(), User: url.UserPassword("ops", planted["proxy"])}).String()
		for _, address := range []string{"http://acme.invalid", "https://acme.invalid"} {
			audit(t, secretTasks(t, address, "unlisted: unknown", func(t *target.Target) { t.Proxy = proxy }))
		}
	})
	t.Run("another origin", func(t *testing.T) {
		p := newPlatform(t, answers{"POST /login": {goodLogin}, "GET /tasks/7": {gives(`{"state":"run"}`)}})
		tasks := openAt(t, acme("target: {url: {help: a}, token: {secret: true}}\nauth: {header: {X-Token: '{token}'}}", acmeStatus(`request: {get: "{id}", query: {key: "{token}"}}`)),
			target.Target{URL: p.URL, Secrets: map[string]string{"token": planted["token"]}})
		_, _, err := tasks.Check("http://127.0.0.1:1/x")(patience(t))
		if found := leaks(fmt.Sprintf("%v %+v %#v", err, err, err)); len(found) > 0 || err == nil || !strings.Contains(err.Error(), "would be sent a secret") {
			t.Errorf("%q: %v", found, err)
		}
	})
}

// listenHTTP answers the login, and everything else by bytes.
func listenHTTP(t testing.TB, login, says string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				head := make([]byte, 64<<10)
				n, _ := conn.Read(head)
				answer := says
				if bytes.HasPrefix(head[:n], []byte("POST /login")) {
					answer = login
				}
				_, _ = io.WriteString(conn, answer)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

func httptestLogin() string {
	body := `{"ticket":` + quote(planted["login"]) + `}`
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nSet-Cookie: SID=%s; Path=/\r\nContent-Length: %d\r\n\r\n%s", planted["cookie"], len(body), body)
}

// What a command prints of its environment and its arguments.
func TestSecretsOfACommand(t *testing.T) {
	script := filepath.Join(t.TempDir(), "cli")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$ACME_TOKEN $ACME_TOKEN\"; echo \"bad $2 $ACME_TOKEN\" >&2; exit $1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ACME_TOKEN", planted["token"])
	for _, code := range []string{"0", "1", "200"} {
		text := acme("target: {token: {secret: true, env: [ACME_TOKEN]}}", acmeStatus(`request: {exec: [`+script+`, "{id}", "{token}"]}`),
			"link: {value: .}", "actions:\n  go:\n    help: x\n    request: {exec: ["+script+", \""+code+"\", '{token}']}\n    id: .task")
		r := parse(t, text)
		at, err := target.FromEnvironment(t.Context(), r, os.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		at.Policy = "every=1ms max=1ms checks=2 errors=1"
		tasks := openRecipe(t, r, at)
		_, status, err := tasks.Check(code)(patience(t))
		_, lost := tasks.Submit(patience(t), "go", nil)
		shown := fmt.Sprintf("%v %+v %#v %+v %v %#v", err, err, err, status, lost, lost)
		if found := leaks(shown); len(found) > 0 || err == nil || lost == nil {
			t.Errorf("exit code %s shows %q: %s", code, found, shown)
		}
	}
}

// A token that a command prints, and every one that the platform gives later, is a secret as soon as it is there.
func TestSecretsGivenLater(t *testing.T) {
	p := newPlatform(t, answers{
		"POST /login":  {gives(`{"token":` + quote(planted["login"]) + `}`), gives(`{"token":` + quote(planted["cookie"]) + `}`)},
		"GET /tasks/7": {says(401, "text/plain", planted["login"]+" "+planted["cookie"])},
	})
	_, _, err := openAt(t, acme(loginFields, bearer), ops(p.URL)).Check("7")(context.Background())
	if found := leaks(fmt.Sprintf("%v %#v", err, err)); len(found) > 0 || !errors.Is(err, settle.ErrDenied) {
		t.Errorf("shows %q: %v", found, err)
	}
}
