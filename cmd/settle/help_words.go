package main

import "github.com/settle-go/settle/internal/term"

// helpWords is what help says around the texts of the commands, which chineseHelp has.
var helpWords = struct {
	examples, usage, commands, others, flags, flagsOfAll, exitCodes, variables, files term.Text // headings

	waits, starts, looks, sets, more term.Text // groups of commands

	colon, byDefault, exitCodesThere term.Text
}{
	examples:   term.Text{"Examples", "示例"},
	usage:      term.Text{"Usage", "用法"},
	commands:   term.Text{"Commands", "命令"},
	others:     term.Text{"Other commands", "其他命令"},
	flags:      term.Text{"Flags", "选项"},
	flagsOfAll: term.Text{"Flags of every command", "所有命令通用的选项"},
	exitCodes:  term.Text{"Exit codes", "退出码"},
	variables:  term.Text{"Environment", "环境变量"},
	files:      term.Text{"Files", "文件"},

	waits:  term.Text{"Wait", "等待"},
	starts: term.Text{"Start and stop", "启动与取消"},
	looks:  term.Text{"Look back", "回看"},
	sets:   term.Text{"Set up", "设置"},
	more:   term.Text{"And", "其他"},

	colon:          term.Text{"%s:", "%s："},
	byDefault:      term.Text{" (default %s)", "（默认 %s）"},
	exitCodesThere: term.Text{"settle --help lists the exit codes.", "退出码见 settle --help。"},
}

// exitHelp is the exit codes as help shows them.
var exitHelp = []struct {
	codes, outcome string
	when           term.Text
}{
	{"0", "succeeded", term.Text{"the task, or as many as were asked for, succeeded", "任务成功；多个任务时，达到所要求的成功数"}},
	{"1", "failed", term.Text{"the task failed, or the platform refused to start it; with --strict also: succeeded with warnings", "任务失败，或平台拒绝启动它；用 --strict 时还包括成功但有警告"}},
	{"2", "invalid", term.Text{"bad flag, setting, recipe, expression or name: nothing was started; or nobody said what the raw states mean: the answer is shown", "选项、设置、recipe、表达式或名称有误，没有启动任何任务；或没有说明各原始状态的含义，此时显示应答"}},
	{"3", "not_found", term.Text{"the platform does not know the task, nor the VM that an action names", "平台上没有这个任务，或没有操作所指的虚拟机等对象"}},
	{"4", "denied", term.Text{"not allowed, after one fresh login", "无权限；已重新登录过一次"}},
	{"5", "unknown", term.Text{"settle could not learn how the task stands; it may still run", "无法得知任务状态；任务可能仍在运行"}},
	{"6", "canceled", term.Text{"the task was canceled on the platform", "任务在平台上被取消"}},
	{"7", "blocked", term.Text{"with --stop-on-blocked: a person must act first", "用 --stop-on-blocked 时：需要先人工处理"}},
	{"8", "pending", term.Text{"settle check: not ended", "settle check：尚未结束"}},
	{"70", "internal", term.Text{"a bug in settle, or its output could not be written", "settle 自身的缺陷，或结果无法写出"}},
	{"124", "timeout", term.Text{"the wait's limit was reached; the task may still run", "等待到达上限；任务可能仍在运行"}},
	{"125, 126, 127", "", term.Text{"-- COMMAND: could not be set up, not runnable, not found", "-- COMMAND：无法准备、不可执行、找不到"}},
	{"129, 130, 143", "interrupted", term.Text{"by SIGHUP, SIGINT, SIGTERM; the task goes on", "被 SIGHUP、SIGINT、SIGTERM 中断；任务照常运行"}},
}

// An explained thing is one that help tells about.
type explained struct {
	name  string
	about term.Text
}

// variables are what settle reads from the environment, and what it gives there.
var variables = []explained{
	{"SETTLE_TIMEOUT, SETTLE_OUTPUT, …", term.Text{"any setting, for all commands that have its flag: settle config lists them, each with its value. A flag counts before its variable, a variable before config.yaml", "任意设置，对有相应选项的命令都有效：settle config 列出全部设置及其值。选项优先于变量，变量优先于 config.yaml"}},
	{"SETTLE_URL, SETTLE_USER, SETTLE_PASSWORD, SETTLE_TOKEN", term.Text{"fill the fields of any recipe; most recipes also know variables of their platform, such as GITHUB_TOKEN: settle recipe show NAME", "填写任意 recipe 的字段；多数 recipe 还认得平台自己的变量，例如 GITHUB_TOKEN：settle recipe show NAME"}},
	{"SETTLE_OUTCOME, SETTLE_EXIT_CODE, SETTLE_TASK, SETTLE_TARGET, SETTLE_RECIPE, SETTLE_ID, SETTLE_HANDLE, SETTLE_STATE, SETTLE_RAW, SETTLE_REASON, SETTLE_LINK, SETTLE_ELAPSED, SETTLE_ERROR", term.Text{"what the command of --on-done gets; settle does not read them", "交给 --on-done 命令的变量；settle 自身不读取"}},
	{"LC_ALL, LC_MESSAGES, LANG", term.Text{"the language: zh is Chinese, any other English; JSON keys and outcomes are the same in both", "语言：zh 为中文，其他为英文；JSON 键名和结局两种语言相同"}},
	{"LC_ALL, LC_CTYPE, LANG", term.Text{"where the locale is not UTF-8, nothing but ASCII is drawn", "locale 不是 UTF-8 时只用 ASCII 字符绘制"}},
	{"NO_COLOR", term.Text{"set: no colours", "已设置时不用颜色"}},
	{"TERM", term.Text{"dumb: lines instead of a live view", "为 dumb 时按行输出，不用实时画面"}},
	{"CI", term.Text{"set, but not to false: lines instead of a live view, also at a terminal", "已设置且不为 false 时按行输出，即使在终端上"}},
	{"GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT", term.Text{"in a job of GitHub Actions: an annotation for each task that did not succeed, a table in the step's summary, and outcome, exit_code, task, handle, link and result as outputs of the step", "在 GitHub Actions 作业中：为每个未成功的任务写注解，在步骤摘要中写一张表，并以 outcome、exit_code、task、handle、link 和 result 作为步骤的输出"}},
	{"HTTP_PROXY, HTTPS_PROXY, NO_PROXY", term.Text{"the proxy for requests, and the hosts that need none", "请求所用的代理，以及不走代理的主机"}},
	{"XDG_CONFIG_HOME, XDG_STATE_HOME", term.Text{"what the settle folders are in, instead of ~/.config and ~/.local/state; not on Windows", "settle 文件夹所在的位置，代替 ~/.config 和 ~/.local/state；Windows 上无效"}},
}

// files are those that settle reads and writes; on Windows the folders are %AppData%\settle and %LocalAppData%\settle.
var files = []explained{
	{"~/.config/settle/targets.yaml", term.Text{"the targets: settle target add writes it; nobody but its owner may read it", "目标：由 settle target add 写入，仅其所有者可读"}},
	{"~/.config/settle/recipes/*.yaml", term.Text{"recipes of your own, before the built-in ones of the same name", "自己的 recipe，优先于同名的内置 recipe"}},
	{"~/.config/settle/config.yaml", term.Text{"settings: settle config shows each value and where it comes from", "设置：settle config 显示每个值及其来源"}},
	{"~/.local/state/settle/waits/", term.Text{"what was waited for, a small file each; no secrets are in it", "等待过的任务，每个一个小文件，其中没有机密"}},
	{"~/.local/state/settle/history/", term.Text{"how long tasks of each kind have taken", "每类任务以往的用时"}},
}
