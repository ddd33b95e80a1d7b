package target_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/settle-go/settle/target"
)

var tower = strings.ReplaceAll(`# ours
tower:
  recipe: smartx/cloudtower
  url: https://tower.lab
  user: ops
  password_command: [pass, show, tower]
  tls: {fingerprint: "sha256:FP", cert_file: c.pem, key_file: k.pem}
  rate: 0.5
  proxy: none
  headers: {X-Team: "1234"}
  hosts:
    - files.lab
    - https://files.lab:8443
  policy: every=5s max=30s timeout=30m
  max_body: 32MiB

10.0.0.1:
  recipe: nutanix
  password: 0123
  ntnx: yes
`, "FP", strings.Repeat("ab", 32))

func TestLoad(t *testing.T) {
	f := load(t, write(t, tower))
	if got, want := f.Names(), []string{"10.0.0.1", "tower"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want := map[string]*target.Entry{
		"tower": {
			Name: "tower", Recipe: "smartx/cloudtower",
			Fields:   map[string]string{"url": "https://tower.lab", "user": "ops"},
			Commands: map[string][]string{"password_command": {"pass", "show", "tower"}},
			TLS:      target.TLS{Fingerprint: "sha256:" + strings.Repeat("ab", 32), CertFile: "c.pem", KeyFile: "k.pem"},
			Rate:     0.5, Proxy: "none", Headers: map[string]string{"X-Team": "1234"}, Hosts: []string{"files.lab", "https://files.lab:8443"},
			Policy: "every=5s max=30s timeout=30m", MaxBody: 32 << 20,
		},
		"10.0.0.1": {Name: "10.0.0.1", Recipe: "nutanix", Fields: map[string]string{"password": "0123", "ntnx": "yes"}},
	}
	for name, want := range want {
		got, err := f.Entry(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(target.Entry{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestLoadWhatSaysNothing(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "comments": "# none yet\n\n# really\n", "a start": "---\n", "braces": "{}\n", "a mark": "\ufeff"} {
		if got := load(t, write(t, text)).Names(); len(got) != 0 {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got := load(t, filepath.Join(t.TempDir(), "none", "targets.yaml")).Names(); len(got) != 0 {
		t.Errorf("no file: got %q", got)
	}
	if _, err := target.Load(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "read targets: ") {
		t.Errorf("a folder: got %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	const head = "t:\n  recipe: x/y\n" // two lines
	for _, tt := range []struct {
		name, text string
		want       []string // of error and hint; %: the file's name
	}{
		{"no YAML", "t:\n  recipe: x: y\n", []string{"%:2:1: is not YAML: "}},
		{"no UTF-8", "t: \xff\n", []string{"%:1:1: is not UTF-8"}},
		{"a list", "- a\n", []string{"%:1:1: targets stand under their names"}},
		{"a word", "a\n", []string{"%:1:1: targets stand under their names"}},
		{"null", "~\n", []string{"%:1:1: targets stand under their names"}},
		{"two documents", head + "---\n" + head, []string{"second document", "---"}},
		{"a target that is text", "t: x\n", []string{"%:1:1: t: a target is keys"}},
		{"a target of nothing", "t:\n", []string{"%:1:3: t: nothing stands here (null)"}},
		{"a target said twice", head + "u: {recipe: x/y}\n" + head, []string{"%:4:1: t: stands on line 1 too"}},
		{"a key said twice", head + "  url: a\n  url: b\n", []string{"%:4:3: t.url: stands on line 3 too"}},
		{"a key said twice within", head + "  headers: {a: b, a: c}\n", []string{"%:3:19: t.headers.a: stands on line 3 too"}},
		{"null in it", head + "  url:\n", []string{"t.url: nothing stands here (null)", "take the line out"}},
		{"null in a list", head + "  hosts: [a, ~]\n", []string{"%:3:14: t.hosts[1]: nothing stands here"}},
		{"a key of null", "~: {recipe: x/y}\n", []string{"nothing stands here"}},
		{"an anchor", "t: &a {recipe: x/y}\n", []string{"%:1:4: t: anchors and aliases", "quotes"}},
		{"an alias", head + "  password: *a1\n", []string{"%:", "anchor"}},
		{"a merge", "t: {<<: {recipe: x/y}}\n", []string{"%:1:5: t.<<: keys are not merged", "write them out"}},
		{"a tag", head + "  password: !a1 b\n", []string{"%:3:13: t.password: tags"}},
		{"a key of several", "t: {recipe: x/y, [a]: b}\n", []string{"t: a key is a word"}},
		{"a name with a slash", "a/b: {recipe: x/y}\n", []string{`%:1:1: a/b: a name has no "/"`, "take a-b"}},
		{"a name with a space", "a b: {recipe: x/y}\n", []string{`%:1:1: a b: "a b" is no name`}},
		{"a name that begins with a dot", ".a: {recipe: x/y}\n", []string{"is no name"}},
		{"no recipe", "t: {url: h}\n", []string{"%:1:1: t: no recipe", "settle recipe list"}},
		{"a recipe's name", "t: {recipe: X/Y}\n", []string{`%:1:5: t.recipe: "X/Y" is no recipe's name`}},
		{"recipe a list", "t: {recipe: [x/y]}\n", []string{"%:1:5: t.recipe: must be one text"}},
		{"an empty value", head + "  user: ''\n", []string{"%:3:3: t.user: is empty"}},
		{"a mapping", head + "  user: {a: b}\n", []string{"%:3:3: t.user: must be one text"}},
		{"a list", head + "  user: [a]\n", []string{"%:3:3: t.user: a list where text", "user_command: [a, command]"}},
		{"a list in a list", head + "  hosts: [[a]]\n", []string{"number 1 of the list must be one text"}},
		{"a command as text", head + "  password_command: pass show t\n", []string{"%:3:3: t.password_command: a command is a list", "[pass, show, t]"}},
		{"no command", head + "  password_command: []\n", []string{"%:3:3: t.password_command: no command"}},
		{"an empty command", head + "  password_command: ['', a]\n", []string{"t.password_command: no command"}},
		{"tls as text", head + "  tls: insecure\n", []string{"%:3:3: t.tls: is keys and values"}},
		{"no key of tls", head + "  tls: {insecur: true}\n", []string{"%:3:9: t.tls.insecur: there is no such key", "did you mean insecure?"}},
		{"nothing near", head + "  tls: {x: y}\n", []string{"t.tls.x: there is no such key", "fingerprint, ca_file"}},
		{"neither true nor false", head + "  tls: {insecure: maybe}\n", []string{`%:3:9: t.tls.insecure: "maybe" is neither`}},
		{"no fingerprint", head + "  tls: {fingerprint: abc}\n", []string{"%:3:9: t.tls.fingerprint: ", "openssl"}},
		{"a contradiction", head + "  tls: {ca_file: a, insecure: true}\n", []string{"%:3:3: t.tls: ca_file and insecure contradict"}},
		{"no rate", head + "  rate: fast\n", []string{"%:3:3: t.rate: ", "rate: 5"}},
		{"a rate of nothing", head + "  rate: 0\n", []string{"t.rate: "}},
		{"a rate that is none", head + "  rate: .nan\n", []string{"t.rate: "}},
		{"no proxy", head + "  proxy: ftp://h\n", []string{"%:3:3: t.proxy: ", "proxy: none"}},
		{"headers as text", head + "  headers: a\n", []string{"%:3:3: t.headers: is keys and values"}},
		{"no headers", head + "  headers: {}\n", []string{"t.headers: is keys and values"}},
		{"no header", head + "  headers: {'a b': c}\n", []string{"%:3:13: t.headers.a b: is not a header"}},
		{"a header of two lines", head + "  headers: {a: \"b\\r\\nc: d\"}\n", []string{"t.headers.a: is not a header"}},
		{"hosts as text", head + "  hosts: a\n", []string{"%:3:3: t.hosts: is a list"}},
		{"no host", head + "  hosts: [a, https://b/c]\n", []string{`%:3:3: t.hosts: number 2, "https://b/c", is neither`}},
		{"any host", head + "  hosts: ['*.lab']\n", []string{"t.hosts: number 1"}},
		{"no policy", head + "  policy: every=fast\n", []string{"%:3:3: t.policy: ", "policy: every=5s"}},
		{"no bytes", head + "  max_body: 1 MEGA\n", []string{"%:3:3: t.max_body: ", "max_body: 32MiB"}},
		{"too many bytes", head + "  max_body: 99999999999GiB\n", []string{"t.max_body: "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.text)
			_, err := target.Load(path)
			for i := range tt.want {
				tt.want[i] = strings.ReplaceAll(tt.want[i], "%", path)
			}
			if e := refused(t, err, tt.want...); e.Line == 0 || e.Column == 0 || e.File != path {
				t.Errorf("no place in the file: %+v", e)
			}
		})
	}
}

func TestEntryUnknown(t *testing.T) {
	path := write(t, tower)
	for _, tt := range []struct{ name, path, want string }{
		{"towr", path, "did you mean tower?"},
		{"Tower", path, "did you mean tower?"},
		{"demo", path, "settle target list"},
		{"tower", path + ".none", "settle target add NAME RECIPE URL"},
	} {
		_, err := load(t, tt.path).Entry(tt.name)
		refused(t, err, "there is no \""+tt.name+"\" in "+tt.path, "hint: "+tt.want)
	}
}

func TestParseSizes(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "1048576": 1 << 20, "32MiB": 32 << 20, "32 MiB": 32 << 20, "1kb": 1000, "2GB": 2e9, "1gib": 1 << 30} {
		path := write(t, "t: {recipe: x/y, max_body: "+text+"}\n")
		if got := entry(t, path, "t").MaxBody; got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

// Links are followed: what counts is the mode of the file itself.
func TestLoadThroughALink(t *testing.T) {
	path := write(t, tower)
	link := filepath.Join(t.TempDir(), "targets.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if got := len(load(t, link).Names()); got != 2 {
		t.Errorf("got %d names", got)
	}
}
