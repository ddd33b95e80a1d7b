package target_test

import (
	"testing"

	"github.com/settle-go/settle/target"
)

func TestHeaders(t *testing.T) {
	const plain = ""
	for _, tt := range []struct{ name, value, shown, text, masked string }{ // plain: as it is
		{"Accept", "application/json", plain, "application/json", plain},
		{"accept-language", "zh", plain, "zh", plain},
		{"Content-Type", "application/xml", plain, "application/xml", plain},
		{"If-None-Match", `"abcdefgh"`, plain, "abcdefgh", plain},
		{"Prefer", "wait=30", plain, "wait=30", plain},
		{"X-Api-Version", "2024-01-01", plain, "2024-01-01", plain},
		{"X-Flag", "false", plain, "false", plain},
		{"X-Page", "1234567", plain, "1234567", plain},
		{"X-Number", "12345678", "***", "12345678", "***"},
		{"X-State", "Succeeded", plain, "succeeded", plain},
		{"X-Token", "false", "***", "is false", "is ***"},
		{"X-Mine", "abcd", "***", "abcd", "***"},
		{"X-Empty", "", plain, "text", plain},
		{"Authorization", "Token abcd.efgh", "***", "abcd.efgh", "***"},
		{"Authorization", "Token abc.def", "***", "abc.def", plain},
		{"Authorization", "abcd.efgh", "***", "abcd.efgh", "***"},
		{"Authorization", `Digest username="ops", response="0123456789abcdef"`, "***", "ops 0123456789abcdef", "ops ***"},
		{"Cookie", `theme=dark; session=0123456789; token="abcdefgh"`, "***", "dark 0123456789 abcdefgh", "dark *** ***"},
	} {
		if got := target.ShowHeader(tt.name, tt.value); got != tt.shown && (tt.shown != plain || got != tt.value) {
			t.Errorf("%s: %s is shown as %q", tt.name, tt.value, got)
		}
		var s target.Secrets
		s.AddHeader(tt.name, tt.value)
		if got := s.Mask(tt.text); got != tt.masked && (tt.masked != plain || got != tt.text) {
			t.Errorf("%s: %s: %q has become %q", tt.name, tt.value, tt.text, got)
		}
	}
}

func TestAddBody(t *testing.T) {
	for _, tt := range []struct{ name, body, text, want string }{
		{"JSON", `{"user":"oper","password":"hunter22"}`, "oper hunter22", "oper ***"},
		{"within", `{"auth":{"user":"oper","pass":"hunter22"},"x":[{"token":"abcd"}]}`, "oper hunter22 abcd", "oper *** ***"},
		{"a list", `{"tokens":["abcd",1234,{"x":"wxyz"}]}`, "abcd 1234 wxyz", "*** 1234 wxyz"},
		{"a form", "user=oper&password=hunter%2022\n", "oper hunter 22 hunter%2022", "oper *** ***"},
		{"something else", "token abcd", "abcd", "abcd"},
		{"nothing", "", "abcd", "abcd"},
	} {
		var s target.Secrets
		s.AddBody([]byte(tt.body))
		if got := s.Mask(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
