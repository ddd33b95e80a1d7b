package main

import (
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
)

// words is what the command itself says to people around a wait; internal/term has the rest, help_zh.go help in Chinese.
// Flags, commands and JSON are the same in every language.
var words = struct {
	every, everyUpTo, atMostChecks, timeout term.Text // the plan

	unlisted, unlistedNear, timedOut, askAgain, goOn, notFound, neverFound, denied, askThere, pendingExit, unfilled term.Text // hints

	hint, warning, unlistedThere, unlistedInFile, insecure, submitted, notYet, notSure, nothingStarted, doneAtOnce, mayHaveStarted, waitFor term.Text // targets and starts

	notKept, nothingLeft, othersLeft, maybeSubmitted, detached, notFollowed, dryRun term.Text // handles

	shown, shownNoState term.Text // an answer that nobody said how to read

	demoServes, demoSnapshot, demoExpand, demoExit, demoReal, demoStays, demoOver term.Text
}{
	every:        term.Text{"every %s", "每 %s 检查一次"},
	everyUpTo:    term.Text{"every %s-%s", "每 %s-%s 检查一次"},
	atMostChecks: term.Text{", at most %s", "，最多 %s"},
	timeout:      term.Text{", timeout %s", "，时限 %s"},

	unlisted:     term.Text{"--pending %[1]s or --failed %[1]s or --succeeded %[1]s, whichever it means", "按其含义加上 --pending %[1]s 或 --failed %[1]s 或 --succeeded %[1]s"},
	unlistedNear: term.Text{"--pending %[1]s or --failed %[1]s or --succeeded %[1]s, whichever it means; is it %[2]s?", "按其含义加上 --pending %[1]s 或 --failed %[1]s 或 --succeeded %[1]s；是 %[2]s 吗？"},
	timedOut:     term.Text{"the same command goes on waiting; --timeout or --checks set the limit", "再次运行同一命令可继续等待；--timeout 或 --checks 设定上限"},
	askAgain:     term.Text{"settle check asks once and shows what comes back; --errors N puts up with more", "settle check 只查询一次并显示应答；--errors N 可容忍更多次失败"},
	goOn:         term.Text{"the same command goes on waiting", "再次运行同一命令可继续等待"},
	notFound:     term.Text{"--missing 30s where a new task takes a while to be known", "新任务需要片刻才可见时，用 --missing 30s"},
	neverFound:   term.Text{"is the id right? nothing was found for %s; --missing sets how long it may be", "ID 是否正确？%s 内一直未找到；--missing 设定可等多久"},
	denied:       term.Text{`--header "Authorization: Bearer $TOKEN"`, `--header "Authorization: Bearer $TOKEN"`},
	askThere:     term.Text{"ask that address itself: %s", "直接查询那个地址：%s"},
	unfilled:     term.Text{"put what may be missing into with: {{with .result}}{{.size}}{{else}}none{{end}}", "可能缺失的内容放进 with：{{with .result}}{{.size}}{{else}}none{{end}}"},
	pendingExit:  term.Text{"--pending-exit %d if that means: not yet", "如果这表示尚未就绪，用 --pending-exit %d"},

	hint:           term.Text{"hint: %s", "提示：%s"},
	warning:        term.Text{"warning: %s", "警告：%s"},
	unlistedInFile: term.Text{"add it to the list that it belongs to, in %s", "把它加进 %s 里所属的列表"},
	unlistedThere:  term.Text{"no list of the recipe has it: settle recipe show %[1]s --yaml > own.yaml, add it to the list that it belongs to, and --recipe own.yaml", "recipe 的列表里没有它：settle recipe show %[1]s --yaml > own.yaml，把它加进所属的列表，再用 --recipe own.yaml"},
	insecure:       term.Text{"%s: its certificate is not verified (insecure: true); anybody on the way could read along", "%s：未验证其证书（insecure: true），途中任何人都可能窃听"},
	submitted:      term.Text{"%s submitted: %s", "%s 已提交：%s"},
	notSure:        term.Text{"%s may have been started: %s; the same start is sent again in %s", "%s 可能已经启动：%s；%s 后再次发送同一个启动请求"},
	notYet:         term.Text{"%s is not started yet: %s; again in %s", "%s 尚未提交：%s；%s 后再试"},
	nothingStarted: term.Text{"nothing was started; the same command tries again", "没有启动任何任务；再次运行同一命令可重试"},
	doneAtOnce:     term.Text{"%s: done at once, there is nothing to wait for", "%s：立即完成，无需等待"},
	mayHaveStarted: term.Text{"look on the platform before you start it again: it is not sent twice by itself", "再次提交之前请先到平台上查看：settle 不会自行重复发送"},
	waitFor:        term.Text{"%s goes on waiting", "%s 可继续等待"},

	notKept:        term.Text{"this wait cannot be taken up again: %s", "这次等待之后无法恢复：%s"},
	nothingLeft:    term.Text{"no wait is left to take up", "没有可恢复的等待"},
	othersLeft:     term.Text{"%d more that other commands left: settle list", "其他命令还留下 %d 个未完的等待：settle list"},
	maybeSubmitted: term.Text{"nobody knows whether %s was started: settle ended while it was being submitted", "不知道 %s 是否已启动：settle 在提交过程中退出了"},
	detached:       term.Text{"%s goes on waiting for it", "%s 可继续等待它"},
	notFollowed:    term.Text{"what was to follow is not run: %s, of the same command, has not succeeded", "不运行后续命令：同一命令的 %s 没有成功"},
	dryRun:         term.Text{"nothing was started; without --dry-run this request would be sent:", "没有启动任何任务；不加 --dry-run 会发送这个请求："},

	shown: term.Text{"this is the answer; nobody said where the state is and what the raw states mean", "以上是应答；还没有说明状态在何处、各原始状态是什么意思"},

	shownNoState: term.Text{"nothing in it looks like a state; $http.status is the HTTP code, $http.body the text: %s", "其中看不出状态；$http.status 是 HTTP 状态码，$http.body 是正文：%s"},

	demoServes:   term.Text{"A task API is up at %s for as long as this demo.", "演示用的任务 API 已在 %s 启动。"},
	demoSnapshot: term.Text{"%d. Create a snapshot. On the way a connection is lost and the server is busy once; the task does not care.", "%d. 创建快照。途中会断一次连接，服务器还会忙一次；任务不受影响。"},
	demoExpand:   term.Text{"%d. Expand a disk. This task fails, and settle says so, with the platform's reason.", "%d. 扩容磁盘。这个任务会失败，settle 会如实报告平台给出的原因。"},
	demoExit:     term.Text{"exit code %d: %s", "退出码 %d：%s"},
	demoReal:     term.Text{"The flags said what the answers of an API mean. A platform that settle knows by name needs none of them (settle recipe list):\n\n  %s\n  %s", "上面的选项说明一个 API 的应答是什么意思。settle 认识的平台（见 settle recipe list）不需要这些选项：\n\n  %s\n  %s"},
	demoOver:     term.Text{"the task API ends with the demo; settle demo --stay keeps one up, to leave a wait and come back", "任务 API 随演示一起结束；settle demo --stay 会让它保持运行，可以先离开、以后再回来继续等待"},
	demoStays:    term.Text{"The API stays up as target demo until Ctrl-C. In another terminal, start a task with\n\n  %s\n\nor leave one to come back to:\n\n  %s\n  settle list\n  settle resume", "API 作为目标 demo 保持运行，直到按下 Ctrl-C。在另一个终端启动一个任务：\n\n  %s\n\n或者先离开、以后再回来：\n\n  %s\n  settle list\n  settle resume"},
}

func (a *app) say(t term.Text, args ...any) string { return a.options.Language.Say(t, args...) }

// plan says in a few words what holds: every 2s-15s, timeout 30m.
func (a *app) plan(p settle.Policy) string {
	every, _ := p.Pause(1)
	text := a.say(words.every, brief(every))
	if p.Max > every {
		text = a.say(words.everyUpTo, brief(every), brief(p.Max))
	}
	if p.Checks > 0 {
		text += a.say(words.atMostChecks, a.options.Language.Checks(p.Checks))
	}
	if p.Timeout > 0 {
		text += a.say(words.timeout, brief(p.Timeout))
	}
	return text
}

// brief is a duration as it is typed: 30m, not 30m0s.
func brief(d time.Duration) string {
	text := d.String()
	for _, zero := range []struct{ end, less string }{{"m0s", "m"}, {"h0m", "h"}} {
		if start, found := strings.CutSuffix(text, zero.end); found {
			text = start + zero.less
		}
	}
	return text
}
