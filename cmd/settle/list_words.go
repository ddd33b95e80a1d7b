package main

import "github.com/settle-go/settle/internal/term"

// listWords is what list, show and cancel say to people.
var listWords = struct {
	waitingFor, submittingFor, stoppedAgo, endedAgo, agoWith, lostAgo, cutOff, later term.Text // where a wait stands

	pending, blocked, succeeded, failed, canceled, unknown, warned term.Text // states
	timeout, notFound, denied, interrupted, invalid                term.Text // and other outcomes

	empty, emptyAll, emptyHint, moreHidden, unread, unreadHint term.Text

	task, state, started, link, problem, reason, with, needs, behind, action term.Text // labels
	happened, answer, next                                                   term.Text // headings

	because, checkFailed, again, leftOut, nothingSeen, moreLines, wasCut, noAnswer, lost term.Text

	asked, seesWhether, semicolon, sameAgain, mayHaveEnded, cancelThere, notKept term.Text // cancel
}{
	waitingFor:    term.Text{"waiting %s, process %d", "已等待 %s，进程 %d"},
	submittingFor: term.Text{"submitting %s, process %d", "正在提交 %s，进程 %d"},
	stoppedAgo:    term.Text{"stopped %s ago", "%s前停止等待"},
	endedAgo:      term.Text{"ended %s ago", "%s前结束"},
	agoWith:       term.Text{"%s %s ago", "%s，%s前"},
	lostAgo:       term.Text{"lost %s ago", "%s前中断"},
	cutOff:        term.Text{"cut off while it was submitted", "提交时中断"},
	later:         term.Text{"written by a later settle; it is left alone", "由更新版本的 settle 写入，此版本不会改动"},

	pending:   term.Text{"pending", "进行中"},
	blocked:   term.Text{"blocked", "待人工处理"},
	succeeded: term.Text{"succeeded", "成功"},
	failed:    term.Text{"failed", "失败"},
	canceled:  term.Text{"canceled", "已取消"},
	unknown:   term.Text{"unknown", "未知"},
	warned:    term.Text{"succeeded with warnings", "成功但有警告"},

	timeout:     term.Text{"limit reached", "到达上限"},
	notFound:    term.Text{"not found", "未找到"},
	denied:      term.Text{"not allowed", "无权查询"},
	interrupted: term.Text{"left", "停止查看"},
	invalid:     term.Text{"refused", "被拒绝"},

	empty:      term.Text{"nothing is waited for, and nothing was in the last day", "没有正在等待的任务，最近一天内也没有"},
	emptyAll:   term.Text{"nothing is waited for, and nothing is remembered", "没有正在等待的任务，也没有记录"},
	emptyHint:  term.Text{"settle wait TASK and settle submit TARGET ACTION are listed here from the moment they begin", "settle wait TASK 和 settle submit TARGET ACTION 一开始就会列在这里"},
	unread:     term.Text{"a wait cannot be read: %v", "有一个等待无法读取：%v"},
	unreadHint: term.Text{"remove the file if nothing in it is wanted", "文件内容若不再需要，可将其删除"},
	moreHidden: term.Text{"%d that ended longer ago: settle list --all", "另有 %d 个更早结束的：settle list --all"},

	task:    term.Text{"task", "任务"},
	state:   term.Text{"now", "现状"},
	started: term.Text{"started", "开始于"},
	link:    term.Text{"link", "链接"},
	problem: term.Text{"problem", "问题"},
	reason:  term.Text{"reason", "原因"},
	with:    term.Text{"with", "选项"},
	needs:   term.Text{"needs", "需要"},
	behind:  term.Text{"command", "命令"},
	action:  term.Text{"action", "操作"},

	happened: term.Text{"What happened", "经过"},
	answer:   term.Text{"The last answer", "最后一次应答"},
	next:     term.Text{"Next", "下一步"},

	because:     term.Text{": %s", "：%s"},
	checkFailed: term.Text{"check failed: %s", "检查失败：%s"},
	again:       term.Text{" (and %d more)", "（另有 %d 次相同）"},
	leftOut:     term.Text{"%d changes are left out here", "此处省略 %d 次变化"},
	nothingSeen: term.Text{"no answer yet", "尚无应答"},
	moreLines:   term.Text{"all of it: settle show %s --raw", "全部内容：settle show %s --raw"},
	wasCut:      term.Text{"the answer was longer than %d KiB; its end was not kept", "应答超过 %d KiB，未保留结尾"},
	noAnswer:    term.Text{"no answer was kept", "没有保留应答"},
	lost:        term.Text{"settle was cut off while it submitted this: nobody knows whether it was started", "settle 在提交时中断：不知道是否已启动"},

	asked:        term.Text{"the platform was asked to cancel %s", "已请求平台取消 %s"},
	seesWhether:  term.Text{"%s sees whether it ends so", "%s 可查看它是否因此结束"},
	semicolon:    term.Text{"; ", "；"},
	sameAgain:    term.Text{"nobody knows whether the platform has heard; the same command asks again", "不知道平台是否已收到；再次运行同一命令会重新请求"},
	mayHaveEnded: term.Text{"settle check %s says how it stands: it may have ended", "settle check %s 可查看现状：任务可能已结束"},
	cancelThere:  term.Text{"cancel it there: %s", "到平台上取消：%s"},
	notKept:      term.Text{"that it has ended is not kept: %v", "未能记下它已结束：%v"},
}
