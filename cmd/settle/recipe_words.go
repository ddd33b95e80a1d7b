package main

import "github.com/settle-go/settle/internal/term"

// recipeWords is what the recipe commands say to people.
var recipeWords = struct {
	described, proven, target, login, states, task, starts, more term.Text // headings

	server, simulator, mock term.Text

	secret, optional, byDefault, oneOf, suchAs, semicolon term.Text // a field

	noLogin, basic, header, query, asked, command, signed, or term.Text // ways to log in

	pending, blocked, succeeded, warned, failed, canceled, unknown, anyOther term.Text // what raw states mean

	gone, result, batch, cancel, noCancel, policy, detect, onlyWaits term.Text

	ownFile, faulty, checked term.Text

	oneField, oneState, oneAction, hasFields, hasStates, hasActions, hasLogin, hasDetect, hasResult, hasBatch, hasCancel, hasLink term.Text

	request, answer, loggedIn, noAnswer, nothing, notMade, status, problem term.Text // try
}{
	described: term.Text{"Described", "说明"},
	proven:    term.Text{"Proven", "验证"},
	target:    term.Text{"Target", "目标"},
	login:     term.Text{"Login", "登录"},
	states:    term.Text{"States", "状态"},
	task:      term.Text{"Wait", "等待"},
	starts:    term.Text{"Start", "启动"},
	more:      term.Text{"Besides", "其他"},

	server:    term.Text{"against a server: %s", "在真实服务器上：%s"},
	simulator: term.Text{"against a simulator: %s", "在模拟器上：%s"},
	mock:      term.Text{"against answers alone, no server: %s", "仅用应答数据，未连过服务器：%s"},

	secret:    term.Text{"secret", "机密"},
	optional:  term.Text{"optional", "可选"},
	byDefault: term.Text{"default %s", "默认 %s"},
	oneOf:     term.Text{"one of %s", "可为 %s"},
	suchAs:    term.Text{"such as %s", "例如 %s"},

	semicolon: term.Text{"; ", "；"},

	noLogin: term.Text{"no login; what the requests themselves hold", "不登录；只有请求本身携带的内容"},
	basic:   term.Text{"with %s: basic authentication", "用 %s：基本认证"},
	header:  term.Text{"with %s: in the header %s", "用 %s：放入请求头 %s"},
	query:   term.Text{"with %s: in the query (%s)", "用 %s：放入查询参数（%s）"},
	asked:   term.Text{"with %s: a login request; once, and again when it has expired", "用 %s：发登录请求；只登录一次，过期后再登录"},
	command: term.Text{"by the command %s", "运行命令 %s"},
	signed:  term.Text{"with %s: each request is signed", "用 %s：为每个请求签名"},
	or:      term.Text{"or ", "或"},

	pending:   term.Text{"not ended", "未结束"},
	blocked:   term.Text{"not ended, a person must act first", "未结束，需要先人工处理"},
	succeeded: term.Text{"succeeded", "成功"},
	warned:    term.Text{"succeeded, with warnings", "成功，但有警告"},
	failed:    term.Text{"failed", "失败"},
	canceled:  term.Text{"canceled", "已取消"},
	unknown:   term.Text{"not known: it ends nothing", "未知：不会结束等待"},
	anyOther:  term.Text{"(any other)", "（其他）"},

	gone:      term.Text{"a task that is no longer there has succeeded", "任务消失即为成功"},
	result:    term.Text{"a task that succeeded has a result", "成功的任务有结果"},
	batch:     term.Text{"up to %d tasks are asked for in one request", "一次请求最多查询 %d 个任务"},
	cancel:    term.Text{"a task can be canceled", "任务可以取消"},
	noCancel:  term.Text{"a task cannot be canceled", "任务不能取消"},
	policy:    term.Text{"checks %s", "检查 %s"},
	detect:    term.Text{"settle target check sees whether an installation is of this kind", "settle target check 能看出目标是否属于这一类"},
	onlyWaits: term.Text{"nothing: it only waits", "无：只能等待"},

	ownFile: term.Text{"your own: %s", "自己的：%s"},
	faulty:  term.Text{"left out, since it has faults: settle recipe check %s", "有错误，未列出：settle recipe check %s"},
	checked: term.Text{"%s: ok, %s: %s", "%s：正确，%s：%s"},

	oneField:   term.Text{"%d field", "%d 个字段"},
	oneState:   term.Text{"%d state", "%d 个状态"},
	oneAction:  term.Text{"%d action", "%d 个操作"},
	hasFields:  term.Text{"%d fields", "%d 个字段"},
	hasStates:  term.Text{"%d states", "%d 个状态"},
	hasActions: term.Text{"%d actions", "%d 个操作"},
	hasLogin:   term.Text{"login", "登录"},
	hasDetect:  term.Text{"detect", "识别"},
	hasResult:  term.Text{"result", "结果"},
	hasBatch:   term.Text{"batch", "批量"},
	hasCancel:  term.Text{"cancel", "取消"},
	hasLink:    term.Text{"link", "链接"},

	request:  term.Text{"request", "请求"},
	answer:   term.Text{"answer", "应答"},
	loggedIn: term.Text{"logged in", "已登录"},
	noAnswer: term.Text{"none", "无"},
	nothing:  term.Text{"nothing", "无"},
	notMade:  term.Text{"could not be made", "无法构造"},
	status:   term.Text{"status", "结论"},
	problem:  term.Text{"problem", "问题"},
}
