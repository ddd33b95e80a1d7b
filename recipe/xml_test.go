package recipe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/recipe"
)

func TestDecodeXML(t *testing.T) {
	type o = map[string]any
	tests := []struct {
		name, text string
		want       any
	}{
		{"text", `<a>x</a>`, o{"a": "x"}},
		{"text as it came", "<a> x\n</a>", o{"a": " x\n"}},
		{"nothing", `<a/>`, o{"a": ""}},
		{"nothing, with an end", `<a></a>`, o{"a": ""}},
		{"elements", "<a>\n <b>1</b>\n <c>2</c>\n</a>", o{"a": o{"b": "1", "c": "2"}}},
		{"repeated ones", `<a><b>1</b><c/><b>2</b><b x="y"/></a>`, o{"a": o{"b": []any{"1", "2", o{"@x": "y"}}, "c": ""}}},
		{"attributes", `<a b="1" c=""/>`, o{"a": o{"@b": "1", "@c": ""}}},
		{"attributes and text", `<val type="Task"> task-7 </val>`, o{"val": o{"@type": "Task", "#text": "task-7"}}},
		{"text among elements", `<a>x<b/>y</a>`, o{"a": o{"b": "", "#text": "xy"}}},
		{"prefixes", `<s:a xmlns:s="urn:s" xmlns="urn:t" s:b="1"><s:c/></s:a>`, o{"a": o{"@b": "1", "c": ""}}},
		{"xsi:type", `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="TaskInfo"/>`, o{"a": o{"@type": "TaskInfo"}}},
		{"an attribute without prefix wins", `<a xmlns:xsi="x" xsi:type="Reference" type="Task">t</a>`, o{"a": o{"@type": "Task", "#text": "t"}}},
		{"whatever comes first", `<a xmlns:xsi="x" type="Task" xsi:type="Reference">t</a>`, o{"a": o{"@type": "Task", "#text": "t"}}},
		{"a declaration, a comment, CDATA", `<?xml version="1.0" encoding="UTF-8"?><!-- c --><a><![CDATA[<b>]]></a>`, o{"a": "<b>"}},
		{"entities", `<a>&lt;&#x41;&amp;</a>`, o{"a": "<A&"}},
		{"a byte order mark", "\ufeff<a>x</a>", o{"a": "x"}},
		{"Latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", o{"a": "é"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := recipe.DecodeXML(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeXMLRefuses(t *testing.T) {
	deep := strings.Repeat("<a>", 1001) + strings.Repeat("</a>", 1001)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"only a declaration", `<?xml version="1.0"?>`, "empty"},
		{"JSON", `{"a":1}`, "not XML"},
		{"an element that is not ended", "<a>\n<b>", "in line 2"},
		{"an element that is ended by another", "<a></b>", "not XML"},
		{"two roots", "<a/><b/>", "something after it"},
		{"text behind", "<a/>x", "not XML"},
		{"a document type", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, "document type"},
		{"an entity of its own", `<a>&x;</a>`, "not XML"},
		{"too deep", deep, "more than 1000 elements"},
		{"another encoding", `<?xml version="1.0" encoding="EBCDIC"?><a/>`, "EBCDIC"},
		{"HTML", `<html><br></html>`, "not XML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := recipe.DecodeXML(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) || got != nil {
				t.Errorf("got %v, %v, want %q", got, err, tt.want)
			}
		})
	}
	if _, err := recipe.DecodeXML(deep[3 : len(deep)-4]); err != nil {
		t.Errorf("1000 elements within each other: got %v", err)
	}
}
