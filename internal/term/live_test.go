package term

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// terminal is one of so many columns.
func terminal(columns int) Screen {
	return Screen{Terminal: true, Width: func() int { return columns }}
}

var (
	asciiTerminal   = Screen{Terminal: true, ASCII: true, Width: func() int { return 80 }}
	chineseTerminal = Screen{Terminal: true, Language: Chinese, Width: func() int { return 80 }}
)

func TestLive(t *testing.T) { playAll(t, liveScenes) }

var liveScenes = []scene{
	{"success", play{
		Options: Options{Screen: terminal(80)}, plan: "every 10s, timeout 30m", policy: "every=10s timeout=30m",
		script: []answer{pending(0).after(5 * time.Second), pending(.62), at(settle.Succeeded, "DONE")},
		look:   []time.Duration{0, 4 * time.Second, 6 * time.Second, 18 * time.Second},
	}, []string{`
waiting for web-07: every 10s, timeout 30m
⠋ web-07  waiting  0s  checking
`, `
waiting for web-07: every 10s, timeout 30m
⠋ web-07  waiting  4s  checking for 4s
`, `
waiting for web-07: every 10s, timeout 30m
⠋ web-07  pending [EXECUTING]  6s  next check 9s
`, `
waiting for web-07: every 10s, timeout 30m
⠋ web-07  pending [EXECUTING]  62%  ████████████▍·······  18s  next check 7s
`, `
waiting for web-07: every 10s, timeout 30m
✔ web-07  succeeded in 25s
`}},
	{"how long it usually takes, and a link", play{
		Options: Options{Screen: terminal(90)}, policy: "every=10s timeout=30m", usually: "3m-4m", link: "https://tower.lab/t/7",
		script: []answer{pending(.62), at(settle.Succeeded, "DONE")}, look: []time.Duration{time.Second},
	}, []string{`
⠋ web-07  pending [EXECUTING]  62%  ███████████▊·······  1s  usually 3m-4m  next check 9s
`, `
✔ web-07  succeeded in 10s  https://tower.lab/t/7
`}},
	{"a link for which there is no room", play{
		Options: Options{Screen: terminal(40)}, policy: "every=10s timeout=30m", link: "https://tower.lab/snapshots/7",
		script: []answer{at(settle.Succeeded, "DONE")},
	}, []string{`
✔ web-07  succeeded in 0.0s
    link  https://tower.lab/snapshots/7
`}},
	{"how to go on", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m", cancel: 151 * time.Second, script: []answer{pending(.62)},
		end: End{Below: []Detail{{Labels.Resume, "settle resume 0a4b"}, {Labels.Next, ""}, {Labels.Cancel, "settle cancel 0a4b"}}},
	}, []string{`
■ web-07  stopped watching after 2m31s; the task is still running (62%)
    resume  settle resume 0a4b        cancel it  settle cancel 0a4b
`}},
	{"failure", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m",
		script: []answer{pending(.62), at(settle.Failed, "ERR_17").because("NoSpaceLeft: container \"default\"\nhas 3.1 GiB free")},
		end:    End{Link: "https://tower.lab/t/7", Below: []Detail{{Labels.Hint, "settle show 3"}}},
	}, []string{`
✘ web-07  failed at 62% after 10s [ERR_17]
    reason  NoSpaceLeft: container "default"
            has 3.1 GiB free
    link    https://tower.lab/t/7
    hint    settle show 3
`}},
	{"grace", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30s grace=1m",
		script: []answer{at(settle.Failed, "ERR_17")}, look: []time.Duration{12 * time.Second},
	}, []string{`
⠋ web-07  failed [ERR_17]  12s  next check 8s  it may still change
`, `
■ web-07  stopped waiting after 29s, the time limit; the task may still run
    last status  failed [ERR_17]
    why          the platform's "failed [ERR_17]" had not lasted long enough to
                 count (grace)
`}},
	{"stable", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s checks=2 stable=3", script: []answer{at(settle.Succeeded, "DONE")},
	}, []string{`
■ web-07  stopped waiting after 2 checks in 10s, the limit; the task may still
  run
    last status  succeeded [DONE]
    why          success was not seen often enough in a row (stable)
`}},
}

func TestLiveFailedChecks(t *testing.T) { playAll(t, liveFailedChecks) }

var liveFailedChecks = []scene{
	{"failed checks", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m errors=9",
		script: []answer{pending(.4), lost("503 Service Unavailable: upstream connect error"), lost("503"), pending(.5), at(settle.Succeeded, "DONE")},
		look:   []time.Duration{12 * time.Second, 22 * time.Second, 32 * time.Second},
	}, []string{`
⠋ web-07  pending [EXECUTING]  40%  12s  check failed: 503 Service Unavailable…
`, `
⠋ web-07  pending [EXECUTING]  40%  22s  check failed, 2nd in a row: 503
`, `
⠋ web-07  pending [EXECUTING]  50%  ██████████··········  32s  next check 8s
`, `
✔ web-07  succeeded in 40s  2 of 5 checks failed
`}},
	{"failed checks where there is little room", play{
		Options: Options{Screen: terminal(40)}, policy: "every=10s timeout=30m errors=9", name: "a name of many many letters",
		script: []answer{pending(.4), lost("503"), at(settle.Succeeded, "DONE")}, look: []time.Duration{12 * time.Second},
	}, []string{`
⠋ a na…  pending  40%  check failed: 5…
`, `
✔ a name of many many letters
  succeeded in 20s  1 of 3 checks
  failed
`}},
	{"never answered", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m errors=2",
		script: []answer{lost("connection refused")}, look: []time.Duration{time.Second},
	}, []string{`
⠋ web-07  waiting  1s  next check 9s  check failed: connection refused
`, `
■ web-07  could not learn how the task stands, gave up after 20s; the task may
  still run  3 of 3 checks failed
    problem  connection refused
`}},
	{"not found", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m missing=15s",
		script: []answer{{err: errGone}}, look: []time.Duration{time.Second},
	}, []string{`
⠋ web-07  waiting  1s  next check 9s  the platform does not know the task yet
`, `
■ web-07  not found: the platform does not know this task
    problem  task 7: not found
`}},
	{"vanished", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m",
		script: []answer{pending(.4), {err: errGone}},
	}, []string{`
■ web-07  the task is no longer there after 10s; how it ended is not known
    problem      task 7: not found
    last status  pending [EXECUTING] 40%
`}},
}

func TestLiveInterrupted(t *testing.T) { playAll(t, liveInterrupted) }

var liveInterrupted = []scene{
	{"interrupted", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m", cancel: 151 * time.Second,
		script: []answer{pending(.62)}, end: End{Below: []Detail{{Labels.Hint, "settle resume 3"}}},
	}, []string{`
■ web-07  stopped watching after 2m31s; the task is still running (62%)
    hint  settle resume 3
`}},
	{"interrupted while blocked", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m", cancel: 15 * time.Second,
		script: []answer{at(settle.Blocked, "approval").because("waits for alice")}, look: []time.Duration{12 * time.Second},
	}, []string{`
⠋ web-07  blocked [approval]  12s  next check 8s  waits for alice
`, `
■ web-07  stopped watching after 15s; the task still waits for a person to act
`}},
	{"interrupted while checks fail", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m errors=-1", cancel: 15 * time.Second,
		script: []answer{pending(.62), lost("no route")},
	}, []string{`
■ web-07  stopped watching after 15s; the task may still run (62%)  1 of 2
  checks failed
    last check  failed: no route
`}},
	{"interrupted in a check", play{
		Options: Options{Screen: terminal(80), Verbose: true}, policy: "every=10s timeout=30m errors=-1", cancel: 15 * time.Second,
		script: []answer{pending(.62), lost("canceled").after(8 * time.Second)},
	}, []string{`
web-07  check 1: pending [EXECUTING] 62%; next check in 10s  +0:00
■ web-07  stopped watching after 18s; the task is still running (62%)
`}},
	{"interrupted in a check after a failed one", play{
		Options: Options{Screen: terminal(80)}, policy: "every=10s timeout=30m errors=-1", cancel: 25 * time.Second,
		script: []answer{pending(.62), lost("no route"), lost("canceled").after(8 * time.Second)},
	}, []string{`
■ web-07  stopped watching after 28s; the task may still run (62%)  1 of 3
  checks failed
    last check  failed: no route
`}},
}

func TestLiveForms(t *testing.T) { playAll(t, liveForms) }

var liveForms = []scene{
	{"notes and a line a check", play{
		Options: Options{Screen: terminal(80), Verbose: true}, policy: "every=10s checks=3 errors=1", plan: "every 10s, 3 checks",
		script: []answer{pending(.4), lost("503"), pending(.5)},
		notes:  map[time.Duration]string{4950 * time.Millisecond: "warning: TLS is not verified", 4980 * time.Millisecond: "warning: two\nlines"},
		look:   []time.Duration{5 * time.Second, 6 * time.Second, 15 * time.Second},
	}, []string{`
waiting for web-07: every 10s, 3 checks
web-07  check 1/3: pending [EXECUTING] 40%; next check in 10s  +0:00
warning: TLS is not verified
warning: two
lines
⠋ web-07  pending [EXECUTING]  40%  █████▏·······  5s  check 1/3  next check 5s
`, `
waiting for web-07: every 10s, 3 checks
web-07  check 1/3: pending [EXECUTING] 40%; next check in 10s  +0:00
warning: TLS is not verified
warning: two
lines
⠋ web-07  pending [EXECUTING]  40%  █████▏·······  6s  check 1/3  next check 4s
`, `
waiting for web-07: every 10s, 3 checks
web-07  check 1/3: pending [EXECUTING] 40%; next check in 10s  +0:00
warning: TLS is not verified
warning: two
lines
web-07  check 2/3 failed: 503, 1st in a row; next check in 10s  +0:10
⠋ web-07  pending [EXECUTING]  40%  15s  check 2/3  check failed: 503
`, `
waiting for web-07: every 10s, 3 checks
web-07  check 1/3: pending [EXECUTING] 40%; next check in 10s  +0:00
warning: TLS is not verified
warning: two
lines
web-07  check 2/3 failed: 503, 1st in a row; next check in 10s  +0:10
web-07  check 3/3: pending [EXECUTING] 50%  +0:20
■ web-07  stopped waiting after 3 checks in 20s, the limit; the task is still
  running (50%)  1 of 3 checks failed
    last status  pending [EXECUTING] 50%
    why          the last answer, after 20s, was not an end
`}},
	{"ASCII", play{
		Options: Options{Screen: asciiTerminal}, policy: "every=10s timeout=30m errors=2",
		script: []answer{pending(.62).because("a reason that is much too long for it"), at(settle.Succeeded, "DONE")}, look: []time.Duration{time.Second},
	}, []string{`
- web-07  pending [EXECUTING]  62%  1s  next check 9s  a reason that is much...
`, `
ok web-07  succeeded in 10s
`}},
	{"Chinese", play{
		Options: Options{Screen: chineseTerminal}, policy: "every=10s timeout=30m errors=2", name: "虚拟机-07", plan: "每 10 秒，时限 30 分钟", cancel: 25 * time.Second,
		script: []answer{pending(.4), lost("连接被拒绝"), pending(.62)}, look: []time.Duration{time.Second, 12 * time.Second, 21 * time.Second},
	}, []string{`
等待 虚拟机-07：每 10 秒，时限 30 分钟
⠋ 虚拟机-07  进行中 [EXECUTING]  40%  ████████············  1秒  9秒后检查
`, `
等待 虚拟机-07：每 10 秒，时限 30 分钟
⠋ 虚拟机-07  进行中 [EXECUTING]  40%  12秒  8秒后检查  检查失败：连接被拒绝
`, `
等待 虚拟机-07：每 10 秒，时限 30 分钟
⠋ 虚拟机-07  进行中 [EXECUTING]  62%  ████████████▍·······  21秒  9秒后检查
`, `
等待 虚拟机-07：每 10 秒，时限 30 分钟
■ 虚拟机-07  25秒后停止查看；任务仍在运行（62%）  3 次检查中 1 次失败
`}},
	{"quiet", play{
		Options: Options{Screen: terminal(80), Mode: None}, plan: "every 10s", policy: "every=10s timeout=30m",
		script: []answer{pending(.4), at(settle.Succeeded, "DONE")}, look: []time.Duration{time.Second},
	}, []string{`

`, `
✔ web-07  succeeded in 10s
`}},
}

func TestLiveWidths(t *testing.T) {
	combining, wide := "re\u0301sume\u0301-de\u0301pla\u0302cement", "把云平台上的虚拟机从一台主机迁移到另一台主机"
	for _, columns := range []int{1, 2, 5, 10, 20, 40, 80, 200} {
		for _, name := range []string{"web-07", wide, combining, "👩‍🚀❤️🇨🇳"} {
			for _, ambiguous := range []bool{false, true} {
				o := Options{Screen: terminal(columns)}
				o.Wide = ambiguous
				t.Run(fmt.Sprintf("%d %s %v", columns, name, ambiguous), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &screen{columns: columns, wide: ambiguous}
						seen := play{
							Options: o, name: name, policy: "every=1s timeout=60s errors=9", cancel: 12 * time.Second,
							script: []answer{pending(.62).because("复制磁盘，第 2 块，共 3 块 " + combining), lost("连接被拒绝"), pending(1)},
							look:   []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 11 * time.Second},
						}.run(t, s)
						for _, look := range seen[:3] {
							if bytes.Count([]byte(look), []byte("\n")) != 1 {
								t.Errorf("the live line wrapped:\n%s", look)
							}
						}
					})
				})
			}
		}
	}
}

// What goes first where there is not room for all.
func TestLiveDropsTheLeast(t *testing.T) {
	for _, row := range []struct {
		columns int
		want    string
	}{
		{8, `⠋  pen…`},
		{20, `⠋ we…  pending  62%`},
		{25, `⠋ web-07  pending  62%`},
		{30, `⠋ web-07  pending  62%  1s`},
		{40, `⠋ web-07  pending [EXECUTING]  62%  1s`},
		{50, `⠋ web-07  pending  62%  1s  copying disk 2 of 3`},
		{60, `⠋ web-07  pending [EXECUTING]  62%  1s  copying disk 2 of 3`},
		{70, `⠋ web-07  pending [EXECUTING]  62%  ████▉···  1s  copying disk 2 of 3`},
		{80, `⠋ web-07  pending [EXECUTING]  62%  1s  next check 3s  copying disk 2 of 3`},
		{100, `⠋ web-07  pending [EXECUTING]  62%  ████████████▍·······  1s  next check 3s  copying disk 2 of 3`},
		{200, `⠋ web-07  pending [EXECUTING]  62%  ████████████▍·······  1s  next check 3s  copying disk 2 of 3`},
	} {
		t.Run(strconv.Itoa(row.columns), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen := play{
					Options: Options{Screen: terminal(row.columns)}, policy: "every=4s timeout=60s", cancel: 2 * time.Second,
					script: []answer{pending(.62).because("copying disk 2 of 3")}, look: []time.Duration{time.Second},
				}.run(t, &screen{})
				if got := strings.TrimSuffix(seen[0], "\n"); got != row.want {
					t.Errorf("got  %s\nwant %s", got, row.want)
				}
			})
		})
	}
}
