package target_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/settle-go/settle/target"
)

func secrets(values ...string) *target.Secrets {
	var s target.Secrets
	for _, v := range values {
		s.Add(v)
	}
	return &s
}

func TestMask(t *testing.T) {
	tests := []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"no secrets", nil, "all of it", "all of it"},
		{"as is", []string{"hunter22"}, "pw=hunter22!", "pw=***!"},
		{"twice", []string{"hunter22"}, "hunter22hunter22", "******"},
		{"the longest first", []string{"abcd", "abcdefgh", "efgh"}, "abcdefgh abcd", "*** ***"},
		{"a secret within another", []string{"abcdefgh", "cdef"}, "abcdefgh xcdefx", "*** x***x"},
		{"beginnings that match and go on otherwise", []string{"aab1"}, "aaab1 aab2", "a*** aab2"},
		{"another case is another text", []string{"hunter22"}, "HUNTER22", "HUNTER22"},
		{"three bytes are too few", []string{"abc"}, "abc YWJj", "abc YWJj"},
		{"four are enough", []string{"abcd"}, "abcd", "***"},
		{"empty", []string{""}, "text", "text"},
		{"without the white space around it", []string{" hunter22\n"}, "x hunter22 y", "x *** y"},
		{"a bearer token", []string{"Bearer abc.def"}, "token abc.def, Bearer abc.def", "token ***, ***"},
		{"a bearer token, written otherwise", []string{"bearer  abc.def"}, "abc.def", "***"},
		{"another scheme", []string{"Token abc.def"}, "abc.def", "abc.def"},
		{"basic auth", []string{"Basic b3BzOmh1bnRlcjIy"}, "b3BzOmh1bnRlcjIy ops:hunter22 hunter22 ops", "*** *** *** ops"},
		{"basic auth that is none", []string{"Basic %%%%"}, "%%%%", "***"},
		{"cut short before an ellipsis", []string{"abcdefghijklm"}, "x abcdefghij… y abcdefgh... z", "x ***… y ***... z"},
		{"as jq cuts", []string{"abcdefghijklm"}, `("abcdefghij ...")`, `("*** ...")`},
		{"cut short at the end", []string{"abcdefghijklm"}, "x abcdefghij", "x ***"},
		{"cut too short to tell", []string{"abcdefghijklm"}, "abcdefg…", "abcdefg…"},
		{"not cut", []string{"abcdefghijklm"}, "abcdefghij.", "abcdefghij."},
		{"whole rather than cut", []string{"abcdefgh", "abcdefghijkl"}, "abcdefghij…", "***…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := secrets(tt.secrets...).Mask(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	var none *target.Secrets
	if got := none.Mask("text"); got != "text" {
		t.Errorf("nil: got %q", got)
	}
}

const awkward = "pa/ss\u00a0+w \"ö\"<&>\\?%\tü世~"

// forms are the ways in which a secret may be seen.
func forms(secret string) map[string]string {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(secret)
	html, _ := json.Marshal(secret)
	return map[string]string{
		"as is": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "lower query": lowerHex(url.QueryEscape(secret)), "lower path": lowerHex(url.PathEscape(secret)),
		"JSON": strings.Trim(strings.TrimSpace(plain.String()), `"`), "JSON for HTML": strings.TrimSuffix(strings.TrimPrefix(string(html), `"`), `"`),
		"Go": fmt.Sprintf("%q", secret), "Go ASCII": fmt.Sprintf("%+q", secret), "Go graphic": strconv.QuoteToGraphic(secret),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "raw base64": base64.RawStdEncoding.EncodeToString([]byte(secret)),
		"a slash kept": "pa/ss%C2%A0%2Bw%20%22%C3%B6%22%3C%26%3E%5C%3F%25%09%C3%BC%E4%B8%96~", "a whole URL": "pa/ss%c2%a0+w%20%22%c3%b6%22%3c&%3e%5c?%25%09%c3%bc%e4%b8%96~",
		"Latin-1":    "pa/ss\u00c2\u00a0+w \"\u00c3\u00b6\"<&>\\?%\t\u00c3\u00bc\u00e4\u00b8\u0096~",
		"URL base64": base64.URLEncoding.EncodeToString([]byte(secret)), "raw URL base64": base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
}

func lowerHex(text string) string {
	for i := 0; i+2 < len(text); i++ {
		if text[i] == '%' {
			text = text[:i] + strings.ToLower(text[i:i+3]) + text[i+3:]
		}
	}
	return text
}

func TestMaskForms(t *testing.T) {
	s := secrets(awkward)
	for name, form := range forms(awkward) {
		got := s.Mask("<" + form + ">")
		if want := "<***>"; got != want && got != `<"***">` {
			t.Errorf("%s, %s: got %q", name, form, got)
		}
	}
}

func TestWriter(t *testing.T) {
	tests := []struct {
		name    string
		secrets []string
		writes  []string
		before  string // what has come before Close
		want    string
	}{
		{"no secrets", nil, []string{"a", "b"}, "ab", "ab"},
		{"a secret split in two", []string{"hunter22"}, []string{"pw hun", "ter22 x"}, "pw *** x", "pw *** x"},
		{"in many", []string{"hunter22"}, strings.Split("a hunter22 b hunter2 c", ""), "a *** b hunter2 c", "a *** b hunter2 c"},
		{"what cannot become one is not held", []string{"hunter22"}, []string{"a line\n", "a prompt: "}, "a line\na prompt: ", "a line\na prompt: "},
		{"a beginning is held", []string{"hunter22"}, []string{"the h"}, "the ", "the h"},
		{"a telling beginning stays masked", []string{"hunter22hunter"}, []string{"the hunter22h"}, "the ", "the ***"},
		{"a shorter one waits for a longer", []string{"abcd", "abcdef"}, []string{"abcd", "e", "x"}, "***ex", "***ex"},
		{"of which the longer comes", []string{"abcd", "abcdef"}, []string{"abcd", "ef"}, "***", "***"},
		{"cut, and the ellipsis split", []string{"abcdefghijklm"}, []string{"abcdefghij.", "..", "!"}, "***...!", "***...!"},
		{"nearly an ellipsis", []string{"abcdefghijklm"}, []string{"abcdefghij.", ".x"}, "abcdefghij..x", "abcdefghij..x"},
		{"a line break within", []string{"line1\nline2"}, []string{"line1\n", "line2\n"}, "***\n", "***\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			w := secrets(tt.secrets...).Writer(&out)
			for _, text := range tt.writes {
				if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("write %q: %d, %v", text, n, err)
				}
			}
			if got := out.String(); got != tt.before {
				t.Errorf("before Close: got %q, want %q", got, tt.before)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if got := out.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("pipe broken") }

func TestWriterSaysWhatItsWriterSays(t *testing.T) {
	w := secrets("hunter22").Writer(broken{})
	if n, err := w.Write([]byte("hun")); n != 3 || err != nil {
		t.Errorf("held: got %d, %v", n, err)
	}
	if n, err := w.Write([]byte("gry")); n != 0 || err == nil {
		t.Errorf("written: got %d, %v", n, err)
	}
}

func TestSecretsAddedMeanwhile(t *testing.T) {
	var s target.Secrets
	var out bytes.Buffer
	w := s.Writer(&out)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { s.Add(fmt.Sprintf("secret-%d", i)) })
		all.Go(func() {
			s.Mask("secret-0")
			_, _ = w.Write([]byte("a line\n"))
		})
	}
	all.Wait()
	_ = w.Close()
	out.Reset()
	_, _ = w.Write([]byte("secret-3\n"))
	if got := s.Mask("secret-7"); got != "***" || out.String() != "***\n" {
		t.Errorf("got %q and %q", got, out.String())
	}
}

// Of a secret nothing is left, and what passes through a Writer in pieces is what Mask makes of the whole.
func FuzzMask(f *testing.F) {
	f.Add("hunter22", "another", "a hunter22 b another", 3)
	f.Add("Bearer aaaa", "aaab", "aaaab aaaaa…", 1)
	f.Add("Basic b3BzOmh1bnRlcjIy", "\xff\xfe\xfd\xfc", "hunter22 %ff%fe", 2)
	f.Add("abcdefgh...", "abcdefgh ...x", "abcdefgh ...", 5)
	f.Fuzz(func(t *testing.T, one, two, text string, step int) {
		s := secrets(one, two)
		whole := text + one + text + two
		masked := s.Mask(whole)
		for _, secret := range []string{one, two} {
			if len(secret) >= 4 && !strings.Contains("***", secret) && strings.Contains(strings.ReplaceAll(masked, "***", "\x00"), secret) && !strings.Contains(secret, "\x00") {
				t.Errorf("%q is still in %q", secret, masked)
			}
		}
		var out bytes.Buffer
		w := s.Writer(&out)
		for rest := whole; rest != ""; {
			n := min(max(step&15, 1), len(rest))
			_, _ = w.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		_ = w.Close()
		if out.String() != masked {
			t.Errorf("in pieces %q, as a whole %q", out.String(), masked)
		}
	})
}
