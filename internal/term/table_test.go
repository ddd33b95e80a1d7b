package term

import (
	"io"
	"strings"
	"testing"
)

func TestRows(t *testing.T) {
	rows := [][]string{{"tower", "smartx/cloudtower", "https://tower.lab"}, {"机房", "nutanix/v4", "two words and more of them"}, {"x", "", ""}}
	for _, tt := range []struct {
		name  string
		width int
		want  string
	}{
		{"any width", 0, `
tower  smartx/cloudtower  https://tower.lab
机房   nutanix/v4         two words and more of them
x
`},
		{"the last column is wrapped", 51, `
tower  smartx/cloudtower  https://tower.lab
机房   nutanix/v4         two words and more of
                          them
x
`},
		{"below each other", 30, `
tower
    smartx/cloudtower
    https://tower.lab
机房
    nutanix/v4  two words and
    more of them
x
`},
	} {
		if got := "\n" + (Table{Width: tt.width}).Rows(rows); got != tt.want {
			t.Errorf("%s: got:%s\nwant:%s", tt.name, got, tt.want)
		}
	}
}

func TestRowsAreCut(t *testing.T) {
	rows := [][]string{{"机房", "nutanix/v4", "two words and more of them"}, {"x", "", ""}}
	for width, want := range map[int]string{
		0:  "机房  nutanix/v4  two words and more of them\nx\n",
		44: "机房  nutanix/v4  two words and more of them\nx\n",
		42: "机房  nutanix/v4  two words and more of t…\nx\n",
		30: "机房\n    nutanix/v4  two words and…\nx\n",
	} {
		if got := (Table{Width: width, Cut: "…"}).Rows(rows); got != want {
			t.Errorf("%d cells: got:\n%s\nwant:\n%s", width, got, want)
		}
	}
}

func TestIndent(t *testing.T) {
	for _, row := range []struct {
		text        string
		width, deep int
		want        string
	}{
		{"one line", 0, 2, "  one line\n"},
		{"a word-that-is-longer-than-the-line b", 10, 2, "  a\n  word-that-is-longer-than-the-line\n  b\n"},
		{`  "id": "5d6e7f80-91a2"`, 20, 2, "    \"id\":\n      \"5d6e7f80-91a2\"\n"},
		{"未验证其证书，途中任何人都可能窃听", 16, 2, "  未验证其证书，\n  途中任何人都可\n  能窃听\n"},
		{"a\x1b[2Jb", 0, 0, `a\x1b[2Jb` + "\n"},
		{"", 10, 2, "  \n"},
	} {
		if got := (Table{Width: row.width}).Indent(row.text, row.deep); got != row.want {
			t.Errorf("%q: got:\n%s\nwant:\n%s", row.text, got, row.want)
		}
	}
}

func TestNobodyIsAsked(t *testing.T) {
	in := strings.NewReader("yes\n")
	if CanAsk(in, io.Discard) {
		t.Error("somebody can be asked who is not at a terminal")
	}
	if _, err := ReadLine(t.Context(), in, func() { t.Error("asked") }); err != ErrNobody {
		t.Errorf("got %v, want %v", err, ErrNobody)
	}
	if _, err := ReadSecret(t.Context(), in, func() { t.Error("asked") }); err != ErrNobody {
		t.Errorf("got %v, want %v", err, ErrNobody)
	}
}
