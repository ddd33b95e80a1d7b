package main

import "github.com/settle-go/settle/internal/term"

// historyWords is what settle history says to people.
var historyWords = struct {
	kind, tasks, median, usual, last, inWords, over, none, forgotten term.Text // the list

	oneTask, manyTasks, unseen, unfinished, checks, planned, perTask, late, checksAt term.Text // one kind
}{
	kind:      term.Text{"kind", "种类"},
	tasks:     term.Text{"tasks", "任务数"},
	median:    term.Text{"median", "中位数"},
	usual:     term.Text{"usually", "通常"},
	last:      term.Text{"last", "最近一次"},
	inWords:   term.Text{"%d known, median %s, usually %s", "%d 个，中位数 %s，通常 %s"},
	over:      term.Text{"over %s", "超过 %s"},
	none:      term.Text{"nothing is known yet; every wait that sees its task end adds to it", "尚无记录；每次等到任务结束都会记下用时"},
	forgotten: term.Text{"%s: what was known is forgotten", "%s：已清除记录"},

	oneTask:    term.Text{"%s: 1 task", "%s：1 个任务"},
	manyTasks:  term.Text{"%s: %d tasks", "%s：%d 个任务"},
	unseen:     term.Text{", %d of them not seen to end", "，其中 %d 个未见结束"},
	unfinished: term.Text{"unfinished", "未见结束"},
	checks:     term.Text{"checks", "检查"},
	planned:    term.Text{"by what is known", "按已知用时"},
	perTask:    term.Text{"checks a task", "每任务检查数"},
	late:       term.Text{"end seen after", "发现延迟"},
	checksAt:   term.Text{"checks at %s", "检查时刻 %s"},
}
