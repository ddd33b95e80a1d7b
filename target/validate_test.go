package target_test

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*target.Target)
		want   []string // nil: nothing is wrong
	}{
		{"all that it needs", nil, nil},
		{"no recipe's name", func(t *target.Target) { t.Recipe = "" }, nil},
		{"the vendor's", func(t *target.Target) { t.Recipe = "vmware" }, nil},
		{"another's", func(t *target.Target) { t.Recipe = "x/y" }, []string{`recipe: the target is of "x/y", not of vmware/vim`}},
		{"an unknown field", func(t *target.Target) { t.Values["usr"] = "a" }, []string{"usr: vmware/vim has no field", "did you mean user?"}},
		{"an unknown secret", func(t *target.Target) { t.Secrets["token"] = "a" }, []string{"token: vmware/vim has no field", "its fields are"}},
		{"a secret in the open", func(t *target.Target) { t.Values["password"] = "a" }, []string{"password: is a secret", "Secrets"}},
		{"no secret", func(t *target.Target) { t.Secrets["user"] = "a" }, []string{"user: is not a secret", "Values"}},
		{"the address elsewhere", func(t *target.Target) { t.Values["url"] = "a" }, []string{"url: ", "URL"}},
		{"TLS elsewhere", func(t *target.Target) { t.Values["insecure"] = "true" }, []string{"insecure: ", "TLS"}},
		{"none of the choices", func(t *target.Target) { t.Values["source"] = "AD" }, []string{`source: "AD" is none of LOCAL, LDAP`, "source: LOCAL"}},
		{"no address", func(t *target.Target) { t.URL = "" }, []string{"url: the target lacks url", "fill URL"}},
		{"no password", func(t *target.Target) { t.Secrets = nil }, []string{"password: the target lacks password"}},
		{"an address without a scheme", func(t *target.Target) { t.URL = "vc.lab" }, []string{"url: is not an address that begins with"}},
		{"of another scheme", func(t *target.Target) { t.URL = "ftp://vc.lab" }, []string{"url: is not an address that begins with"}},
		{"without a host", func(t *target.Target) { t.URL = "https:///a" }, []string{"url: names no host"}},
		{"that is none", func(t *target.Target) { t.URL = "https://vc lab" }, []string{"url: is not an address"}},
		{"with a user", func(t *target.Target) { t.URL = "https://a:hunter22@vc.lab" }, []string{"url: has a user in it"}},
		{"with a query", func(t *target.Target) { t.URL = "https://vc.lab?" }, []string{"url: has a query"}},
		{"with a fragment", func(t *target.Target) { t.URL = "https://vc.lab#a" }, []string{"url: has a query or a fragment"}},
		{"a port", func(t *target.Target) { t.URL = "http://[::1]:8080/a" }, nil},
		{"TLS", func(t *target.Target) { t.TLS.KeyFile = "a" }, []string{"tls.key_file: "}},
		{"a rate", func(t *target.Target) { t.Rate = 0.1 }, nil},
		{"a negative rate", func(t *target.Target) { t.Rate = -1 }, []string{"rate: -1 is not"}},
		{"no number", func(t *target.Target) { t.Rate = math.NaN() }, []string{"rate: "}},
		{"without end", func(t *target.Target) { t.Rate = math.Inf(1) }, []string{"rate: "}},
		{"a negative size", func(t *target.Target) { t.MaxBody = -1 }, []string{"max_body: "}},
		{"no proxy", func(t *target.Target) { t.Proxy = "none" }, nil},
		{"a proxy", func(t *target.Target) { t.Proxy = "socks5://ops:hunter22@proxy.lab:1080/" }, nil},
		{"a proxy without a scheme", func(t *target.Target) { t.Proxy = "proxy.lab" }, []string{"proxy: is not the address"}},
		{"a proxy without a host", func(t *target.Target) { t.Proxy = "http://:80" }, []string{"proxy: "}},
		{"a proxy with a path", func(t *target.Target) { t.Proxy = "http://proxy.lab/a" }, []string{"proxy: "}},
		{"a header", func(t *target.Target) { t.Headers = map[string]string{"X-Team": "a\tb", "X-Empty": ""} }, nil},
		{"a header's name", func(t *target.Target) { t.Headers = map[string]string{"X Team": "a"} }, []string{"headers.X Team: "}},
		{"a header's value", func(t *target.Target) { t.Headers = map[string]string{"X-Team": "a\nb: c"} }, []string{"headers.X-Team: "}},
		{"hosts", func(t *target.Target) {
			t.Hosts = []string{"a", "a.lab:80", "https://a.lab:8443", "http://a", "10.0.0.1", "[::1]", "[fe80::1%25eth0]:80", "文件.lab"}
		}, nil},
		{"a host with a path", func(t *target.Target) { t.Hosts = []string{"a/b"} }, []string{`hosts: number 1, "a/b"`}},
		{"a host with a user", func(t *target.Target) { t.Hosts = []string{"https://a@b"} }, []string{"hosts: "}},
		{"any host", func(t *target.Target) { t.Hosts = []string{"*"} }, []string{"hosts: "}},
		{"no host", func(t *target.Target) { t.Hosts = []string{"a", ""} }, []string{"hosts: number 2"}},
		{"a policy", func(t *target.Target) { t.Policy = "every=5s" }, nil},
		{"no policy", func(t *target.Target) { t.Policy = "often" }, []string{"policy: ", "every=5s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := given(tt.change).Validate(appliance())
			if tt.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := refused(t, err, tt.want...); strings.Contains(e.Error(), "hunter22") {
				t.Errorf("a secret is shown: %v", e)
			}
		})
	}
}

func TestValidateWithoutFields(t *testing.T) {
	r := &recipe.Recipe{Name: "x/y"}
	if err := (target.Target{}).Validate(r); err != nil {
		t.Error(err)
	}
	refused(t, target.Target{URL: "https://h"}.Validate(r), "url: x/y has no field", "it has no fields")
}

func TestField(t *testing.T) {
	vc := given(nil)
	for name, want := range map[string]string{"url": "https://vc.lab", "user": "ops", "password": "hunter22", "token": ""} {
		if got := vc.Field(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAddTarget(t *testing.T) {
	vc := given(func(t *target.Target) {
		t.URL = "https://vc.lab/?token=urlsecret"
		t.Proxy = "http://ops:proxysecret@proxy.lab"
		t.Headers = map[string]string{"X-Key": "headersecret", "Accept": "text/html"}
	})
	var s target.Secrets
	s.AddTarget(vc)
	basic := base64.StdEncoding.EncodeToString([]byte("ops:hunter22"))
	for text, want := range map[string]string{
		"hunter22": "***", "urlsecret": "***", "proxysecret": "***", "headersecret": "***", basic: "***",
		"ops at vc.lab, text/html": "ops at vc.lab, text/html",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
