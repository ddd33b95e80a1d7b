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

// small is the shortest entry.
var small = &target.Entry{Name: "new", Recipe: "x/y"}

func TestAddAndRemove(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"no file", "", "new:\n  recipe: x/y\n"},
		{"comments", "# mine\n", "# mine\n\nnew:\n  recipe: x/y\n"},
		{"an entry", "a:\n  recipe: x/y\n", "a:\n  recipe: x/y\n\nnew:\n  recipe: x/y\n"},
		{"a comment behind it", "a: {recipe: x/y} # here\n# end\n", "a: {recipe: x/y} # here\n# end\n\nnew:\n  recipe: x/y\n"},
		{"a deeper comment behind it", "a:\n  recipe: x/y\n  # rate: 5\n", "a:\n  recipe: x/y\n  # rate: 5\n\nnew:\n  recipe: x/y\n"},
		{"empty lines behind it", "a: {recipe: x/y}\n\n \n", "a: {recipe: x/y}\n\n \n\nnew:\n  recipe: x/y\n"},
		{"no end of the last line", "a: {recipe: x/y}", "a: {recipe: x/y}\n\nnew:\n  recipe: x/y"},
		{"a comment without an end", "# mine", "# mine\n\nnew:\n  recipe: x/y"},
		{"CRLF", "# mine\r\na: {recipe: x/y}\r\n", "# mine\r\na: {recipe: x/y}\r\n\r\nnew:\r\n  recipe: x/y\r\n"},
		{"CRLF without the last", "# mine\r\na: {recipe: x/y}", "# mine\r\na: {recipe: x/y}\r\n\r\nnew:\r\n  recipe: x/y"},
		{"names that are indented", "  a:\n    recipe: x/y\n", "  a:\n    recipe: x/y\n\n  new:\n    recipe: x/y\n"},
		{"a start of the document", "---\na: {recipe: x/y}\n", "---\na: {recipe: x/y}\n\nnew:\n  recipe: x/y\n"},
		{"a mark", "\ufeffa: {recipe: x/y}\n", "\ufeffa: {recipe: x/y}\n\nnew:\n  recipe: x/y\n"},
		{"other ends of lines", "# a\u2028# b\u0085a:\u2029  recipe: x/y\n", "# a\u2028# b\u0085a:\u2029  recipe: x/y\n\nnew:\n  recipe: x/y\n"},
		{"a text of lines", "a:\n  recipe: x/y\n  key: |\n    one\n\n    two\n", "a:\n  recipe: x/y\n  key: |\n    one\n\n    two\n\nnew:\n  recipe: x/y\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.before)
			f := load(t, path)
			if err := f.Add(small); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, read(t, path)); diff != "" {
				t.Errorf("added: -want +got\n%s", diff)
			}
			if _, err := f.Entry("new"); err != nil {
				t.Error(err)
			}
			if err := f.Remove("new"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.before, read(t, path)); diff != "" {
				t.Errorf("removed: -want +got\n%s", diff)
			}
			if _, err := f.Entry("new"); err == nil {
				t.Error("it is still known")
			}
		})
	}
}

func TestRemove(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"the only one", "new: {recipe: x/y}\n", ""},
		{"the first", "new: {recipe: x/y}\na: {recipe: x/y}\n", "a: {recipe: x/y}\n"},
		{"the first, with an empty line", "new: {recipe: x/y}\n\na: {recipe: x/y}\n", "a: {recipe: x/y}\n"},
		{"in the middle", "a: {recipe: x/y}\nnew:\n  recipe: x/y\nb: {recipe: x/y}\n", "a: {recipe: x/y}\nb: {recipe: x/y}\n"},
		{"with empty lines", "a: {recipe: x/y}\n\nnew:\n  recipe: x/y\n\nb: {recipe: x/y}\n", "a: {recipe: x/y}\n\nb: {recipe: x/y}\n"},
		{"its comment", "a: {recipe: x/y}\n\n# new,\n# mine\nnew: {recipe: x/y}\n\n# b\nb: {recipe: x/y}\n", "a: {recipe: x/y}\n\n# b\nb: {recipe: x/y}\n"},
		{"not the comment apart", "# all\n\nnew: {recipe: x/y}\n\n# apart\n\nb: {recipe: x/y}\n", "# all\n\n# apart\n\nb: {recipe: x/y}\n"},
		{"not the next one's comment", "new:\n  recipe: x/y\n# b\nb: {recipe: x/y}\n", "# b\nb: {recipe: x/y}\n"},
		{"not the last one's comment", "a:\n  recipe: x/y\n  # rate: 5\nnew: {recipe: x/y}\n", "a:\n  recipe: x/y\n  # rate: 5\n"},
		{"comments in it", "a: {recipe: x/y}\nnew:\n  # first\n  recipe: x/y\n\n  # rate: 5\n\n# end\n", "a: {recipe: x/y}\n\n# end\n"},
		{"a text that looks like a comment", "new:\n  recipe: x/y\n  key: |\n    # one\n    b:\nb: {recipe: x/y}\n", "b: {recipe: x/y}\n"},
		{"a key in quotes", "a: {recipe: x/y}\n'new' : {recipe: x/y}\nb: {recipe: x/y}", "a: {recipe: x/y}\nb: {recipe: x/y}"},
		{"the last, without an end", "a: {recipe: x/y}\nnew: {recipe: x/y}", "a: {recipe: x/y}"},
		{"the last, before an empty line", "a: {recipe: x/y}\nnew: {recipe: x/y}\n\n", "a: {recipe: x/y}\n\n"},
		{"CRLF", "a: {recipe: x/y}\r\n\r\n# c\r\nnew: {recipe: x/y}\r\nb: {recipe: x/y}\r\n", "a: {recipe: x/y}\r\nb: {recipe: x/y}\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.before)
			if err := load(t, path).Remove("new"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, read(t, path)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAddWritesAllThatThereIs(t *testing.T) {
	for _, e := range []*target.Entry{
		{
			Name: "tower", Recipe: "smartx/cloudtower",
			Fields:   map[string]string{"url": "https://tower.lab:8443/a", "user": "操作员", "source": "LOCAL", "password": `"p' #: a\`},
			Commands: map[string][]string{"token_command": {"pass", "show", "-x", "", "a b", "$HOME", "*"}},
			TLS:      target.TLS{Fingerprint: "sha256:" + strings.Repeat("ab", 32), CertFile: "~/c.pem", KeyFile: "k, {}.pem"},
			Rate:     0.25, Proxy: "proxy.lab:3128", Headers: map[string]string{"X-Team": "1234", "X-Other": "null"}, Hosts: []string{"[::1]:80", "https://files.lab"},
			Policy: "every=5s  max=30s\ttimeout=30m", MaxBody: 3 << 19,
		},
		{Name: "null", Recipe: "null", Fields: map[string]string{"a": "null", "b": "~", "c": "true", "d": "0x10", "e": " x ", "f": "line1\nline2\n", "g": "\x00\x7f\u0085\u2028\ufeff\U0001F600", "h": "- a", "i": "a: b", "j": "!a", "k": "a:", "l": "<<"}},
		{Name: "1e3", Recipe: "x", TLS: target.TLS{Insecure: true}, MaxBody: 1001, Policy: "every=5s max=1m", Hosts: []string{"true"}},
	} {
		path := filepath.Join(t.TempDir(), "targets.yaml")
		if err := load(t, path).Add(e); err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		if diff := cmp.Diff(e, entry(t, path, e.Name), cmpopts.IgnoreUnexported(target.Entry{})); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

func TestAddLooksLikeWrittenByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "targets.yaml")
	e := &target.Entry{
		Name: "tower", Recipe: "smartx/cloudtower",
		Fields:   map[string]string{"password_env": "TOWER", "user": "ops", "source": "LOCAL", "url": "https://tower.lab"},
		Commands: map[string][]string{"token_command": {"pass", "show", "the tower"}},
		TLS:      target.TLS{CAFile: "~/ca.pem"},
		Rate:     5, Headers: map[string]string{"X-Team": "storage"}, Hosts: []string{"files.lab:80"}, Policy: "every=5s max=30s", MaxBody: 32 << 20,
	}
	if err := load(t, path).Add(e); err != nil {
		t.Fatal(err)
	}
	want := `tower:
  recipe: smartx/cloudtower
  url: https://tower.lab
  user: ops
  source: LOCAL
  password_env: TOWER
  token_command: [pass, show, "the tower"]
  tls: {ca_file: "~/ca.pem"}
  rate: 5
  headers:
    X-Team: storage
  hosts: [files.lab:80]
  policy: every=5s max=30s
  max_body: 32MiB
`
	if diff := cmp.Diff(want, read(t, path)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAddRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		entry      *target.Entry
		want       []string
	}{
		{"one that is there", "new: {recipe: x/y}\n", small, []string{"new: is in ", "settle target remove new"}},
		{"a name", "", &target.Entry{Name: "a/b", Recipe: "x/y"}, []string{"a/b: a name has no"}},
		{"no name", "", &target.Entry{Recipe: "x/y"}, []string{`"" is no name`}},
		{"no recipe", "", &target.Entry{Name: "a"}, []string{"a: no recipe"}},
		{"an empty value", "", &target.Entry{Name: "a", Recipe: "x/y", Fields: map[string]string{"user": ""}}, []string{"a.user: is empty"}},
		{"no field", "", &target.Entry{Name: "a", Recipe: "x/y", Fields: map[string]string{"rate": "5"}}, []string{"a.rate: is no field"}},
		{"no text", "", &target.Entry{Name: "a", Recipe: "x/y", Fields: map[string]string{"user": "\xff"}}, []string{"a: a value is not UTF-8"}},
		{"no command", "", &target.Entry{Name: "a", Recipe: "x/y", Commands: map[string][]string{"a_command": nil}}, []string{"a.a_command: no command"}},
		{"an empty header", "", &target.Entry{Name: "a", Recipe: "x/y", Headers: map[string]string{"A": ""}}, []string{"a.headers.A: is empty"}},
		{"a negative rate", "", &target.Entry{Name: "a", Recipe: "x/y", Rate: -1}, []string{"a.rate: "}},
		{"a negative size", "", &target.Entry{Name: "a", Recipe: "x/y", MaxBody: -1}, []string{"a.max_body: "}},
		{"braces", "{a: {recipe: x/y}}\n", small, []string{"in a way that settle cannot change", "editor"}},
		{"empty braces", "{}\n", small, []string{"in a way that settle cannot change"}},
		{"an end of the document", "a: {recipe: x/y}\n...\n", small, []string{"in a way that settle cannot change"}},
		{"empty lines that count", "a:\n  recipe: x/y\n  key: |+\n    b\n", small, []string{"in a way that settle cannot change"}},
		{"a file that is refused", "a: {recipe: x/y, rate: x}\n", small, []string{"a.rate: "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "")
			f := load(t, path)
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, f.Add(tt.entry), tt.want...)
			if got := read(t, path); got != tt.text {
				t.Errorf("the file has become %q", got)
			}
		})
	}
}

func TestRemoveRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"one that is not there", "news: {recipe: x/y}\n", "did you mean news?"},
		{"braces", "{new: {recipe: x/y}, a: {recipe: x/y}}\n", "editor"},
		{"a text that only looks like a comment", "a:\n  recipe: x/y\n  key: \"b\n# c\"\nnew: {recipe: x/y}\n", "editor"},
	} {
		path := write(t, tt.text)
		refused(t, load(t, path).Remove("new"), tt.want)
		if got := read(t, path); got != tt.text {
			t.Errorf("%s: the file has become %q", tt.name, got)
		}
	}
}

// Each change is made to the file as it then is, and the File knows it.
func TestEditReadsAgain(t *testing.T) {
	path := write(t, "")
	f := load(t, path)
	if err := addEntry(path, "other"); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(small); err != nil {
		t.Fatal(err)
	}
	if got, want := f.Names(), []string{"new", "other"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEditThroughLinks(t *testing.T) {
	folder := t.TempDir()
	real := filepath.Join(folder, "dotfiles", "mine.yaml")
	link, link2 := filepath.Join(folder, "targets.yaml"), filepath.Join(folder, "dotfiles", "second")
	if err := os.Mkdir(filepath.Dir(real), 0o700); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{link: filepath.Join("dotfiles", "second"), link2: real} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a", "b"} { // the first makes the file
		if err := addEntry(link, name); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := load(t, real).Names(), []string{"a", "b"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, path := range []string{link, link2} {
		if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", path, err)
		}
	}
	if err := os.Remove(link2); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(link, link2); err != nil {
		t.Fatal(err)
	}
	if err := addEntry(link, "c"); err == nil {
		t.Error("links in a circle lead somewhere")
	}
}
