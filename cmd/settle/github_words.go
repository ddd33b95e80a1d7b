package main

import "github.com/settle-go/settle/internal/term"

// githubWords is what announce says to people.
var githubWords = struct {
	task, outcome, time, link, reason, page, warned, more, moreRows, tooLong term.Text
}{
	task:     term.Text{"Task", "任务"},
	outcome:  term.Text{"Outcome", "结局"},
	time:     term.Text{"Time", "用时"},
	link:     term.Text{"Link", "链接"},
	reason:   term.Text{"Reason", "原因"},
	page:     term.Text{"page", "页面"},
	warned:   term.Text{"succeeded with warnings", "成功但有警告"},
	more:     term.Text{"%d more tasks did not succeed; the step's summary has them", "另有 %d 个任务未成功，见该步骤的摘要"},
	moreRows: term.Text{"… %d more", "……还有 %d 个"},
	tooLong:  term.Text{"the output result is left out of $GITHUB_OUTPUT: it has %d bytes", "result 有 %d 字节，未写入 $GITHUB_OUTPUT"},
}
