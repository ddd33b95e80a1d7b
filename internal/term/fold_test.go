package term

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	p := newPen(Options{})
	label := p.spaces(4).add(dim, "reason").and(p.spaces(2))
	for _, row := range []struct {
		name string
		t    paragraph
		room int
		want string
	}{
		{"it fits", paragraph{text: line{}.add(normal, "waiting for web-07"), hang: 2}, 18, "waiting for web-07"},
		{"a plan", paragraph{text: line{}.add(dim, "waiting for web-07: ").add(dim, "tower/9f3c  every 2s-15s, timeout 30m"), hang: 2}, 30, `
waiting for web-07: tower/9f3c
  every 2s-15s, timeout 30m`},
		{"spans are not lost", paragraph{text: line{}.add(bold, "ab cd").add(red, "ef gh").add(dim, " ij kl mn"), hang: 1}, 10, `
ab cdef gh
 ij kl mn`},
		{"below a label's text", paragraph{head: label, text: line{}.add(normal, "container default has 3.1 GiB free"), label: true}, 32, `
    reason  container default
            has 3.1 GiB free`},
		{"below the label", paragraph{head: label, text: line{}.add(normal, "container default has 3.1 GiB"), label: true}, 24, `
    reason
      container default
      has 3.1 GiB`},
		{"a command", paragraph{head: label, text: line{}.add(normal, "settle resume 0a4b --timeout 1h"), label: true, typed: true}, 39, `
    reason
      settle resume 0a4b --timeout 1h`},
		{"a command as long as the row", paragraph{head: label, text: line{}.add(normal, "settle resume 0a4b --timeout 1h"), label: true, typed: true}, 33, `
    reason
  settle resume 0a4b --timeout 1h`},
		{"a command that is longer", paragraph{head: label, text: line{}.add(normal, "settle resume 0a4b --timeout 1h"), label: true, typed: true}, 19, `
    reason
settle resume 0a4b --timeout 1h`},
		{"Chinese", paragraph{text: line{}.add(normal, "等待 虚拟机-07：每 2 秒，时限 30分钟，（云平台）。"), hang: 2}, 22, `
等待 虚拟机-07：每 2
  秒，时限 30分钟，
  （云平台）。`},
		{"joined and combining characters", paragraph{text: line{}.add(normal, "重启👩‍🚀❤️虚re\u0301拟")}, 10, "重启👩‍🚀❤️\n虚re\u0301拟"},
		{"a word longer than the row", paragraph{text: line{}.add(normal, "a https://tower.lab/t/7 b"), hang: 2}, 12, `
a
  https://tower.lab/t/7
  b`},
		{"a screen too narrow to fold for", paragraph{head: label, text: line{}.add(normal, "a b c d"), label: true}, 8, `
    reason
      a b c d`},
	} {
		var rows []string
		for _, l := range p.fold(row.t, row.room) {
			rows = append(rows, l.String())
		}
		if got, want := strings.Join(rows, "\n"), strings.TrimPrefix(row.want, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", row.name, got, want)
		}
	}
}

func TestCommandsInARow(t *testing.T) {
	all := []Detail{
		{Label: Text{"last status", "最后状态"}, Text: "pending 62%"}, {Label: Labels.Resume, Text: "settle resume 0a4b"},
		{Label: Labels.Cancel, Text: "settle cancel 0a4b"},
	}
	for _, row := range []struct {
		name     string
		language Language
		room     int
		all      []Detail
		want     string
	}{
		{"alone", English, 79, all[1:], `
    resume  settle resume 0a4b        cancel it  settle cancel 0a4b`},
		{"below others", English, 79, all, `
    last status  pending 62%
    resume       settle resume 0a4b        cancel it  settle cancel 0a4b`},
		{"no room", English, 66, all[1:], `
    resume     settle resume 0a4b
    cancel it  settle cancel 0a4b`},
		{"no screen", English, 0, all[1:], `
    resume     settle resume 0a4b
    cancel it  settle cancel 0a4b`},
		{"Chinese", Chinese, 79, all, `
    最后状态  pending 62%
    继续等待  settle resume 0a4b        取消任务  settle cancel 0a4b`},
		{"a hint of several lines", English, 79, append(all[1:2:2], Detail{Labels.Hint, "one\ntwo"}), `
    resume  settle resume 0a4b
    hint    one
            two`},
		{"one that has nothing to say", English, 79, append(all[1:2:2], Detail{Labels.Cancel, ""}), `
    resume  settle resume 0a4b`},
	} {
		p := newPen(Options{Screen: Screen{Language: row.language}})
		got := ""
		for _, t := range p.details(row.all, row.room) {
			got += "\n" + t.line().String()
		}
		if got != row.want {
			t.Errorf("%s: got%s\nwant%s", row.name, got, row.want)
		}
	}
}
