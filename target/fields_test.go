package target_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// appliance has all that a field can be.
func appliance() *recipe.Recipe {
	return &recipe.Recipe{
		Name: "vmware/vim",
		Fields: []*recipe.Field{
			{Name: "user", Env: []string{"GOVC_USERNAME"}},
			{Name: "password", Secret: true, Env: []string{"GOVC_PASSWORD"}},
			{Name: "url", Strip: "/sdk", Env: []string{"GOVC_URL", "GOVC_HOST"}, Example: "https://vcenter.example.com"},
			{Name: "source", Default: "LOCAL", Choices: []string{"LOCAL", "LDAP"}},
			{Name: "pin", Secret: true, Optional: true},
			{Name: "note", Optional: true, Strip: "/x"},
			{Name: "insecure", Env: []string{"GOVC_INSECURE"}},
			{Name: "ca_file", Env: []string{"GOVC_TLS_CA_CERTS"}},
			{Name: "fingerprint", Env: []string{"GOVC_FINGERPRINT"}},
		},
		Auth: []*recipe.Auth{{Fields: []string{"user", "password"}}},
	}
}

// given is a target of the appliance that has what it needs.
func given(change func(*target.Target)) target.Target {
	t := target.Target{
		Recipe: "vmware/vim", URL: "https://vc.lab",
		Values:  map[string]string{"user": "ops", "source": "LOCAL"},
		Secrets: map[string]string{"password": "hunter22"},
	}
	if change != nil {
		change(&t)
	}
	return t
}

func TestFromEnvironment(t *testing.T) {
	pin := "sha256:" + strings.Repeat("ab", 32)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	login := []string{"GOVC_USERNAME=ops", "GOVC_PASSWORD=hunter22"}
	for _, tt := range []struct {
		name        string
		environment []string
		change      func(*target.Target)
	}{
		{"the recipe's names", append(login, "GOVC_URL=https://vc.lab"), nil},
		{"the second name", append(login, "GOVC_URL=", "GOVC_HOST=vc.lab"), nil},
		{"any recipe's names", []string{"SETTLE_URL=vc.lab", "SETTLE_USER=ops", "SETTLE_PASSWORD=hunter22"}, nil},
		{"the recipe's come first", append(login, "GOVC_URL=vc.lab", "SETTLE_URL=other", "SETTLE_USER=other", "SETTLE_PASSWORD=other"), nil},
		{"as people copy it", append(login, "GOVC_URL= https://vc.lab/sdk/ "), nil},
		{"a port and a path", append(login, "GOVC_URL=vc.lab:8443/a/sdk"), func(t *target.Target) { t.URL = "https://vc.lab:8443/a" }},
		{"http", append(login, "GOVC_URL=http://vc.lab//"), func(t *target.Target) { t.URL = "http://vc.lab" }},
		{"user and password in the address", []string{"GOVC_URL=https://ops:hunter22@vc.lab/sdk"}, nil},
		{"without a scheme", []string{"GOVC_URL=ops:h%40@vc.lab"}, func(t *target.Target) { t.Secrets["password"] = "h@" }},
		{"what is said by itself comes first", append(login, "GOVC_URL=other:other@vc.lab"), nil},
		{"each by itself", []string{"GOVC_PASSWORD=hunter22", "GOVC_URL=ops:other@vc.lab"}, nil},
		{"not verified", append(login, "GOVC_URL=vc.lab", "GOVC_INSECURE=1"), func(t *target.Target) { t.TLS.Insecure = true }},
		{"not verified, in a word", append(login, "GOVC_URL=vc.lab", "GOVC_INSECURE=True"), func(t *target.Target) { t.TLS.Insecure = true }},
		{"verified, in a word", append(login, "GOVC_URL=vc.lab", "GOVC_INSECURE=false"), nil},
		{"a CA", append(login, "GOVC_URL=vc.lab", "GOVC_TLS_CA_CERTS="+ca), func(t *target.Target) { t.TLS.CAFile = ca }},
		{"the strictest", append(login, "GOVC_URL=vc.lab", "GOVC_TLS_CA_CERTS="+ca, "GOVC_INSECURE=1", "GOVC_FINGERPRINT="+colons(pin)), func(t *target.Target) { t.TLS.Fingerprint = pin }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := target.FromEnvironment(t.Context(), appliance(), environment(tt.environment...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(given(tt.change), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// An entryRow is an entry of the targets file, and what differs in the target that it makes from the one that is given.
type entryRow struct {
	name, text  string // @: the folder, ~: home
	environment []string
	change      func(t *target.Target, folder, home string)
}

const (
	entryHead  = "vc:\n  recipe: vmware\n"
	wholeEntry = entryHead + "  url: vc.lab\n  user: ops\n  password: hunter22\n"
)

func makeTargets(t *testing.T, rows []entryRow) {
	t.Helper()
	home := t.TempDir()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "")
			folder := filepath.Dir(path)
			for name, text := range map[string]string{filepath.Join(folder, "url"): "vc.lab\n", filepath.Join(home, "user"): "ops", filepath.Join(folder, "password"): "hunter22\r\n"} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text := strings.NewReplacer("@/", folder+"/", "SELF", "'"+self(t, "")[0]+"'").Replace(tt.text)
			if strings.Contains(tt.text, "@vc.lab") {
				text = tt.text
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := entry(t, path, "vc").Target(t.Context(), appliance(), environment(append(tt.environment, "HOME="+home, "USERPROFILE="+home)...))
			if err != nil {
				t.Fatal(err)
			}
			want := given(func(t *target.Target) { t.Name = "vc" })
			if tt.change != nil {
				tt.change(&want, folder, home)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestEntryTarget(t *testing.T) {
	makeTargets(t, []entryRow{
		{"written out", wholeEntry, nil, nil},
		{"nearer than the environment", wholeEntry, []string{"GOVC_URL=other", "GOVC_USERNAME=other", "SETTLE_PASSWORD=other"}, nil},
		{"the rest from the environment", entryHead + "  url: vc.lab\n", []string{"GOVC_USERNAME=ops", "SETTLE_PASSWORD=hunter22"}, nil},
		{"files", entryHead + "  url_file: url\n  user_file: ~/user\n  password_file: '@/password'\n", nil, nil},
		{"variables", entryHead + "  url_env: A\n  user_env: B\n  password_env: C\n", []string{"A=vc.lab", "B=ops", "C=hunter22"}, nil},
		{"commands", entryHead + "  url: vc.lab\n  user_command: [SELF, child, print, \"ops\\r\\nmore\"]\n  password_command: [SELF, child, print, hunter22]\n", nil, nil},
		{"where commands run", entryHead + "  url: vc.lab\n  user_command: [SELF, child, where]\n  password: hunter22\n", nil, func(t *target.Target, folder, _ string) { t.Values["user"] = filepath.Base(folder) }},
		{"in the address", entryHead + "  url: ops:hunter22@vc.lab\n", nil, nil},
		{"in the address, nearer than the environment", entryHead + "  url: ops:hunter22@vc.lab\n", []string{"GOVC_USERNAME=other", "SETTLE_PASSWORD=other"}, nil},
		{"in the address, not so near as the entry", entryHead + "  url: other:other@vc.lab\n  user: ops\n  password: hunter22\n", nil, nil},
		{"no default", wholeEntry + "  source: LDAP\n", nil, func(t *target.Target, _, _ string) { t.Values["source"] = "LDAP" }},
		{"optional ones", wholeEntry + "  pin: '0123'\n  note: a/x/\n", nil, func(t *target.Target, _, _ string) {
			t.Secrets["pin"], t.Values["note"] = "0123", "a"
		}},
	})
}

func TestEntryTargetSettings(t *testing.T) {
	makeTargets(t, []entryRow{
		{"TLS", wholeEntry + "  tls: {ca_file: ca.pem, cert_file: ~/c.pem, key_file: '@/k.pem'}\n", []string{"GOVC_INSECURE=1"}, func(t *target.Target, folder, home string) {
			t.TLS = target.TLS{CAFile: filepath.Join(folder, "ca.pem"), CertFile: filepath.Join(home, "c.pem"), KeyFile: filepath.Join(folder, "k.pem")}
		}},
		{"a pin as people copy it", wholeEntry + "  tls: {fingerprint: " + strings.Repeat("AB", 32) + "}\n", nil, func(t *target.Target, _, _ string) {
			t.TLS.Fingerprint = "sha256:" + strings.Repeat("ab", 32)
		}},
		{"TLS by the recipe's fields", wholeEntry + "  ca_file: ca.pem\n", []string{"GOVC_INSECURE=1"}, func(t *target.Target, folder, _ string) {
			t.TLS.CAFile = filepath.Join(folder, "ca.pem")
		}},
		{"a certificate of our own says nothing of theirs", wholeEntry + "  tls: {cert_file: c.pem}\n", []string{"GOVC_INSECURE=1"}, func(t *target.Target, folder, _ string) {
			t.TLS = target.TLS{CertFile: filepath.Join(folder, "c.pem"), Insecure: true}
		}},
		{"settings", wholeEntry + "  rate: 5\n  proxy: proxy.lab:3128\n  headers: {X-Team: storage}\n  hosts: [files.lab]\n  policy: every=5s\n  max_body: 1KiB\n", nil, func(t *target.Target, _, _ string) {
			t.Rate, t.Proxy, t.Hosts, t.Policy, t.MaxBody = 5, "http://proxy.lab:3128", []string{"files.lab"}, "every=5s", 1024
			t.Headers = map[string]string{"X-Team": "storage"}
		}},
	})
}

func TestEntryTargetRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, text  string
		environment []string
		want        []string // %: the file's name
	}{
		{"an unknown key", wholeEntry + "  passwort: a\n", nil, []string{"%:6:3: vc.passwort: vmware/vim has no field", "did you mean password?"}},
		{"a common key", wholeEntry + "  max_bode: a\n", nil, []string{"did you mean max_body?"}},
		{"a variant", wholeEntry + "  pasword_file: a\n", nil, []string{"did you mean password_file?"}},
		{"nothing near", wholeEntry + "  organization: a\n", nil, []string{"%:6:3: vc.organization: ", "its fields are user, password, url"}},
		{"an unknown command", wholeEntry + "  organization_command: [a]\n", nil, []string{"%:6:3: vc.organization_command: "}},
		{"a key of tls", wholeEntry + "  cert_file: a\n", nil, []string{"%:6:3: vc.cert_file: ", "tls: {cert_file: …}"}},
		{"said twice", wholeEntry + "  user_env: A\n", nil, []string{"%:4:3: vc.user: user and user_env say the same", "keep one"}},
		{"said twice, by a command", wholeEntry + "  user_command: [a]\n", nil, []string{"user and user_command say the same"}},
		{"no such variable", entryHead + "  user_env: A\n", nil, []string{`%:3:3: vc.user_env: the environment variable "A" is not set`}},
		{"no such file", entryHead + "  user_file: none\n", nil, []string{"%:3:3: vc.user_file: open "}},
		{"an empty file", entryHead + "  user_file: empty\n", nil, []string{"%:3:3: vc.user_file: ", "empty is empty"}},
		{"a large file", entryHead + "  user_file: large\n", nil, []string{"%:3:3: vc.user_file: ", "large: is larger than 1048576 bytes"}},
		{"no home", entryHead + "  user_file: ~/none\n", nil, []string{"%:3:3: vc.user_file: ", "relative"}},
		{"a relative path in the environment", wholeEntry, []string{"GOVC_TLS_CA_CERTS=ca.pem"}, []string{`GOVC_TLS_CA_CERTS: "ca.pem" is relative`, "whole path"}},
		{"a command that fails", entryHead + "  user_command: [SELF, child, fail, hunter22, 'no hunter22 for you']\n", nil, []string{"%:3:3: vc.user_command: ", "exit status 3: no *** for you", "run it by hand"}},
		{"none of the choices", wholeEntry + "  source: AD\n", nil, []string{`%:6:3: vc.source: "AD" is none of LOCAL, LDAP`}},
		{"neither true nor false", wholeEntry + "  insecure: maybe\n", nil, []string{`%:6:3: vc.insecure: "maybe" is neither`}},
		{"in the environment", wholeEntry, []string{"GOVC_INSECURE=maybe"}, []string{`GOVC_INSECURE: "maybe" is neither`}},
		{"no fingerprint", wholeEntry, []string{"GOVC_FINGERPRINT=a"}, []string{"GOVC_FINGERPRINT: "}},
		{"a contradiction", wholeEntry + "  insecure: true\n  tls: {ca_file: a}\n", nil, []string{"%:7:3: vc.tls: ca_file and insecure"}},
		{"no address", entryHead + "  url: 'https://ops:p#a/b@vc.lab'\n", nil, []string{"%:3:3: vc.url: is not an address", "%23"}},
		{"no host", entryHead + "  url: 'https://'\n", nil, []string{"%:3:3: vc.url: names no host"}},
		{"another scheme", entryHead, []string{"GOVC_URL=ftp://vc.lab"}, []string{"GOVC_URL: is not an address that begins"}},
		{"a query", entryHead + "  url: https://vc.lab/?a=b\n", nil, []string{"%:3:3: vc.url: has a query"}},
		{"no password", entryHead + "  url: vc.lab\n  user: ops\n", nil, []string{`%:1:1: vc.password: target "vc" lacks password`, "password_command: [pass, show, vc] in %", "set GOVC_PASSWORD", "settle target remove vc and settle target add vc vmware/vim https://vc.lab"}},
		{"nothing", entryHead, nil, []string{`%:1:1: vc.user: target "vc" lacks user, password and url`, "user: … in %", "set GOVC_PASSWORD, GOVC_URL and GOVC_USERNAME", "settle target add vc vmware/vim https://vcenter.example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, strings.ReplaceAll(tt.text, "SELF", "'"+self(t, "")[0]+"'"))
			for name, size := range map[string]int{"empty": 0, "large": 1<<20 + 1} {
				if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), make([]byte, size), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := entry(t, path, "vc").Target(t.Context(), appliance(), environment(tt.environment...))
			for i := range tt.want {
				tt.want[i] = strings.ReplaceAll(tt.want[i], "%:", path+":")
				if strings.HasSuffix(tt.want[i], "%") {
					tt.want[i] = strings.TrimSuffix(tt.want[i], "%") + path
				}
			}
			e := refused(t, err, tt.want...)
			for _, secret := range []string{"hunter22", "p#a"} {
				if strings.Contains(e.Error()+e.Hint, secret) {
					t.Errorf("a secret is shown: %v, %s", e, e.Hint)
				}
			}
		})
	}
}

func TestFromEnvironmentSaysWhatIsMissing(t *testing.T) {
	ways := []*recipe.Auth{{Fields: []string{"token"}}, {Fields: []string{"user", "password"}}}
	fields := []*recipe.Field{{Name: "url"}, {Name: "project"}, {Name: "token", Secret: true, Env: []string{"CI_JOB_TOKEN"}}, {Name: "user"}, {Name: "password", Secret: true}}
	optional := []*recipe.Field{{Name: "url"}, {Name: "token", Secret: true, Optional: true}}
	for _, tt := range []struct {
		name        string
		fields      []*recipe.Field
		auth        []*recipe.Auth
		environment []string
		want        string // "": nothing
		hint        string
	}{
		{"one way is whole", fields[2:], ways, []string{"SETTLE_TOKEN=a"}, "", ""},
		{"the other", fields[2:], ways, []string{"SETTLE_USER=a", "SETTLE_PASSWORD=b"}, "", ""},
		{"none", fields[2:], ways, nil, "token: the environment lacks what it logs in with: token, or user and password", "set CI_JOB_TOKEN, or settle target add NAME x/y"},
		{"half a way", fields[2:], ways, []string{"SETTLE_USER=a"}, "password: the environment lacks what it logs in with: password, or token", "set SETTLE_PASSWORD, or"},
		{"nothing at all", fields, ways, nil, "url: the environment lacks url and project, and what it logs in with: token, or user and password", "set CI_JOB_TOKEN and SETTLE_URL, or settle target add NAME x/y URL"},
		{"all but the login", fields, ways, []string{"SETTLE_URL=h", "SETTLE_TOKEN=a"}, "project: the environment lacks project", "settle target add NAME x/y https://h"},
		{"a default begins no way", append(fields[2:3:3], &recipe.Field{Name: "user", Default: "root"}, fields[4]), ways, nil, "token: the environment lacks what it logs in with: token, or password", "set CI_JOB_TOKEN"},
		{"the address that a login needs too", fields[:3], []*recipe.Auth{{Fields: []string{"url", "token"}}, {Fields: []string{"url", "user"}}}, []string{"SETTLE_TOKEN=a", "SETTLE_PROJECT=p"}, "url: the environment lacks url and project", "set SETTLE_URL"},
		{"or none at all", fields[2:], append(ways, &recipe.Auth{None: true}), nil, "", ""},
		{"no login", fields[:1], nil, nil, "url: the environment lacks url", "set SETTLE_URL"},
		{"an optional one", optional, ways[:1], []string{"SETTLE_URL=h"}, "", ""},
		{"TLS is optional", []*recipe.Field{{Name: "insecure"}}, nil, nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &recipe.Recipe{Name: "x/y", Fields: tt.fields, Auth: tt.auth}
			_, err := target.FromEnvironment(t.Context(), r, environment(tt.environment...))
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, tt.want+"\n", tt.hint)
		})
	}
}

// An Entry need not come from a file: relative paths are then in the settings folder.
func TestTargetOfAnEntryMadeByHand(t *testing.T) {
	home := t.TempDir()
	getenv := environment("HOME="+home, "AppData="+home)
	folder, err := target.Folder(getenv)
	if err != nil {
		t.Fatal(err)
	}
	e := &target.Entry{Name: "vc", Fields: map[string]string{"url": "vc.lab", "user": "ops"}, Commands: map[string][]string{"password_command": self(t, "print", "hunter22")}, TLS: target.TLS{CAFile: "ca.pem"}}
	got, err := e.Target(t.Context(), appliance(), getenv)
	if err != nil {
		t.Fatal(err)
	}
	want := given(func(t *target.Target) { t.Name, t.TLS.CAFile = "vc", filepath.Join(folder, "ca.pem") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, err = e.Target(t.Context(), appliance(), environment())
	refused(t, err, `vc.tls.ca_file: "ca.pem" is relative`)
	e.Commands["password_command"] = nil
	_, err = e.Target(t.Context(), appliance(), getenv)
	refused(t, err, "vc.password_command: no command")
}

func TestTargetEndsWithItsContext(t *testing.T) {
	cause := errors.New("somebody left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	e := &target.Entry{Name: "vc", Commands: map[string][]string{"password_command": self(t, "hang")}}
	if _, err := e.Target(ctx, appliance(), environment()); err != cause {
		t.Errorf("got %v", err)
	}
}
