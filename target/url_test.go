package target_test

import (
	"net/url"
	"testing"

	"github.com/settle-go/settle/target"
)

func TestShowURL(t *testing.T) {
	const plain = ""
	tests := []struct{ name, url, want string }{
		{"nothing to hide", "https://ci.lab:8443/api/run/7?useTargetIdAsKey=true&brief=true#top", plain},
		{"names that only look like it", "https://h/?monkey=1&author=me&passage=2&signal=3&keyword=x&sort_key=y", plain},
		{"a password", "https://ops:hunter22@ci.lab/a", "https://ops:***@ci.lab/a"},
		{"an awkward one", "https://o%40ps:p%2Fa%40b@ci.lab/a", "https://o%40ps:***@ci.lab/a"},
		{"a user alone is a token", "https://ghp_0123@ci.lab/a", "https://***@ci.lab/a"},
		{"token", "https://h/?id=7&token=abcd&x=1", "https://h/?id=7&token=***&x=1"},
		{"a name of several words", "https://h/?X-Amz-Signature=ab&accessToken=cd&client_secret=ef&X-Amz-Credential=gh&ACCESS_KEY=ij", "https://h/?X-Amz-Signature=***&accessToken=***&client_secret=***&X-Amz-Credential=***&ACCESS_KEY=***"},
		{"short names", "https://h/?sig=a&auth=b&key=c&pwd=d&apikey=e&passwd=f&password=g", "https://h/?sig=***&auth=***&key=***&pwd=***&apikey=***&passwd=***&password=***"},
		{"an escaped name", "https://h/?to%6Ben=abcd", "https://h/?to%6Ben=***"},
		{"no value", "https://h/?token=&key", plain},
		{"escapes stay as they are", "https://h/a%2Fb?x=%41+b", plain},
		{"a fragment", "https://h/#access_token=abcd&state=1", "https://h/#access_token=***&state=1"},
		{"a name that is not well escaped", "https://h/?%zztoken=%zz", "https://h/?%zztoken=***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want == plain {
				want = tt.url
			}
			if got := target.ShowURL(u); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if u.String() != tt.url {
				t.Errorf("the URL has become %s", u)
			}
		})
	}
	if got := target.ShowURL(nil); got != "" {
		t.Errorf("nil: got %q", got)
	}
}

func TestAddURL(t *testing.T) {
	tests := []struct{ name, url, text, want string }{
		{"a password", "https://ops:p%40ss-w@h/", "p@ss-w p%40ss-w ops b3BzOnBAc3Mtdw==", "*** *** ops ***"},
		{"a user alone", "https://ghp_0123@h/", "ghp_0123 Z2hwXzAxMjM6", "*** ***"},
		{"a query value", "https://h/?token=a%2Fb%2Fc&id=1234", "a/b/c a%2Fb%2Fc 1234", "*** *** 1234"},
		{"a value that is not well escaped", "https://h/?token=abc%zz", "abc%zz", "***"},
		{"a fragment's", "https://h/#access_token=abcd", "abcd", "***"},
		{"nothing", "https://h/?id=1234", "1234 h", "1234 h"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			var s target.Secrets
			s.AddURL(u)
			if got := s.Mask(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
