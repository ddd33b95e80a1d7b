package target_test

import (
	"strings"
	"testing"

	"github.com/settle-go/settle/target"
)

func TestShowArguments(t *testing.T) {
	for _, tt := range []struct {
		name string
		argv []string
		want string // between the arguments "|"
	}{
		{"nothing to hide", []string{"aws", "ec2", "describe-snapshots", "--snapshot-ids", "snap-1", "--max-items=5"}, "aws|ec2|describe-snapshots|--snapshot-ids|snap-1|--max-items=5"},
		{"a header", []string{"curl", "-H", "Authorization: Bearer abc", "-H", "Accept: text/html"}, "curl|-H|Authorization: ***|-H|Accept: text/html"},
		{"written without a space", []string{"curl", "--header", "X-Mine:abcd", "-HX-Mine: abcd", "--header=X-Mine: abcd"}, "curl|--header|X-Mine: ***|-HX-Mine: ***|--header=X-Mine: ***"},
		{"a header elsewhere", []string{"http", "GET", "X-Mine: abcd", "a:b"}, "http|GET|X-Mine: ***|a:b"},
		{"a user", []string{"curl", "-u", "oper:pw", "-uoper:pw", "--user=oper:pw", "--proxy-user", "oper:pw", "-u", "oper"}, "curl|-u|oper:***|-uoper:***|--user=oper:***|--proxy-user|oper:***|-u|oper"},
		{"flags by their name", []string{"tool", "--token", "abc", "--client-secret=abc", "--password", "--verbose", "x"}, "tool|--token|***|--client-secret=***|--password|--verbose|x"},
		{"variables", []string{"env", "PGPASSWORD=pw", "PGHOST=db", "psql"}, "env|PGPASSWORD=***|PGHOST=db|psql"},
		{"a URL", []string{"curl", "https://oper:pw@h/?token=abc&x=1"}, "curl|https://oper:***@h/?token=***&x=1"},
		{"a URL behind a flag", []string{"curl", "--url=https://h/?token=abc"}, "curl|--url=https://h/?token=***"},
		{"a body", []string{"curl", "-d", `{"password":"hunter22"}`}, `curl|-d|{"password":"***"}`},
		{"a script", []string{"sh", "-c", `TOKEN=abcd curl -s -H "Authorization: Bearer efgh" 'https://h/?sig=ijkl'|grep mnop`}, `sh|-c|TOKEN=*** curl -s -H "Authorization: ***" 'https://h/?sig=***'|grep mnop`},
		{"a secret that stands twice", []string{"tool", "--token", "abcd", "abcd-1"}, "tool|--token|***|***-1"},
		{"empty", nil, ""},
	} {
		var s target.Secrets
		before := strings.Join(tt.argv, "|")
		if got := strings.Join(s.ShowArguments(tt.argv), "|"); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
		if after := strings.Join(tt.argv, "|"); after != before {
			t.Errorf("%s: the arguments have become %s", tt.name, after)
		}
	}
	var s target.Secrets
	s.ShowArguments([]string{"curl", "-u", "oper:hunter22", "-H", "X-Key: abcdefgh"})
	if got, want := s.Mask("hunter22 b3BlcjpodW50ZXIyMg== abcdefgh oper"), "*** *** *** oper"; got != want {
		t.Errorf("registered: got %q, want %q", got, want)
	}
}
