package term

// words is all that a Display says. JSON keys, outcomes and checks=, failed_checks= are the same in every language.
var words = struct {
	pending, blocked, succeeded, failed, canceled, waiting Text // states; waiting: nobody has said yet

	milliseconds, seconds, minutes, hours, days, tenths, wholeMinutes Text // durations

	oneCheck, manyChecks Text

	begun, waitingFor, still, notFinal, semicolon, noAnswerYet, answersAgain, mustAct             Text // while it goes on
	checkFailed, notThereYet, againIn, againNow, notAffected                                      Text
	check, checkOf, checkOfFailed, checkFailedOnce, checkFailedShort, nextIn, nextCheck, checking Text
	silent, usually                                                                               Text

	succeededIn, warnedIn, failedAfter, failedAt, canceledAfter                    Text // how it ended
	timeLimit, checkLimit, stopped, stillRunning, stillBlocked, mayRun, inBrackets Text
	strict, mustActFirst                                                           Text
	lostTrack, vanished, notFound, denied, refused, someFailed                     Text

	reason, lastStatus, why, problem, lastCheck, link                      Text // details, and what they say
	notAnEnd, neverAnswered, neverThere, notStable, notGrace, failedBefore Text

	tasks, more, timeoutIn, toStart, notStarted, stillOf, comma                Text // many tasks
	someUnderWay, someBlocked, someFailing, someWaiting, inRequests, inRequest Text
	someSucceeded, someFailedTasks, someCanceled, someTimeout, someLeft        Text
	someMissing, someDenied, someLost, totalTook                               Text
}{
	pending:   Text{"pending", "进行中"},
	blocked:   Text{"blocked", "待人工处理"},
	succeeded: Text{"succeeded", "成功"},
	failed:    Text{"failed", "失败"},
	canceled:  Text{"canceled", "已取消"},
	waiting:   Text{"waiting", "等待中"},

	milliseconds: Text{"%dms", "%d毫秒"},
	seconds:      Text{"%ds", "%d秒"},
	minutes:      Text{"%dm%02ds", "%d分%02d秒"},
	hours:        Text{"%dh%02dm", "%d小时%02d分"},
	days:         Text{"%dd%02dh", "%d天%02d小时"},
	tenths:       Text{"%.1fs", "%.1f秒"},
	wholeMinutes: Text{"%dm", "%d分钟"},

	oneCheck:   Text{"1 check", "1 次检查"},
	manyChecks: Text{"%d checks", "%d 次检查"},

	begun:        Text{"waiting", "开始等待"},
	waitingFor:   Text{"waiting for %s", "等待 %s"},
	still:        Text{"still waiting: ", "仍在等待："},
	notFinal:     Text{"it may still change", "尚未确定"},
	semicolon:    Text{"; ", "；"},
	noAnswerYet:  Text{"no answer yet", "尚无应答"},
	answersAgain: Text{"answers again, after %d failed: ", "检查失败 %d 次后恢复："},
	mustAct:      Text{"a person must act first", "需要先人工处理"},

	checkFailed: Text{"check failed: %s, %s in a row", "检查失败：%s，连续第 %s 次"},
	notThereYet: Text{"the platform does not know the task yet", "平台上还没有这个任务"},
	againIn:     Text{"; again in %s", "；%s后重试"},
	againNow:    Text{"; again at once", "；立即重试"},
	notAffected: Text{"; the task is not affected", "；任务不受影响"},

	checkOf:          Text{"check %s", "第 %s 次"},
	checkOfFailed:    Text{"check %s failed: %s, %s in a row", "第 %s 次检查失败：%s，连续第 %s 次"},
	check:            Text{"check %s: ", "第 %s 次："},
	checkFailedOnce:  Text{"check failed: %s", "检查失败：%s"},
	checkFailedShort: Text{"check failed, %s in a row: %s", "检查失败，连续第 %s 次：%s"},
	nextIn:           Text{"; next check in %s", "；%s后再查"},
	nextCheck:        Text{"next check %s", "%s后检查"},
	checking:         Text{"checking", "检查中"},
	silent:           Text{"checking for %s", "检查已 %s"},
	usually:          Text{"usually %s", "通常 %s"},

	succeededIn:   Text{"succeeded in %s", "成功，用时 %s"},
	warnedIn:      Text{"succeeded with warnings in %s", "成功但有警告，用时 %s"},
	failedAfter:   Text{"failed after %s", "失败，用时 %s"},
	failedAt:      Text{"failed at %d%% after %s", "失败，停在 %d%%，用时 %s"},
	canceledAfter: Text{"canceled after %s", "已取消，用时 %s"},

	timeLimit:    Text{"stopped waiting after %s, the time limit", "等待 %s后到达时限，停止等待"},
	checkLimit:   Text{"stopped waiting after %s in %s, the limit", "%s（%s）后到达上限，停止等待"},
	stopped:      Text{"stopped watching after %s", "%s后停止查看"},
	stillRunning: Text{"; the task is still running", "；任务仍在运行"},
	stillBlocked: Text{"; the task still waits for a person to act", "；任务仍待人工处理"},
	mayRun:       Text{"; the task may still run", "；任务可能仍在运行"},

	strict:       Text{"; that counts as failed (strict)", "；按失败计（strict）"},
	mustActFirst: Text{"stopped: a person must act first (after %s)", "已停止等待：需要先人工处理（%s后）"},

	inBrackets: Text{" (%d%%)", "（%d%%）"},

	lostTrack:  Text{"could not learn how the task stands, gave up after %s", "无法得知任务状态，%s后放弃"},
	vanished:   Text{"the task is no longer there after %s; how it ended is not known", "%s后任务已不存在，结局未知"},
	notFound:   Text{"not found: the platform does not know this task", "未找到：平台上没有这个任务"},
	denied:     Text{"not allowed to ask about this task", "无权查询这个任务"},
	refused:    Text{"the wait was refused before the first check", "等待被拒绝，未做任何检查"},
	someFailed: Text{"%d of %s failed", "%[2]s中 %[1]d 次失败"},

	reason:     Text{"reason", "原因"},
	lastStatus: Text{"last status", "最后状态"},
	why:        Text{"why", "为何未完"},
	problem:    Text{"problem", "问题"},
	lastCheck:  Text{"last check", "最后检查"},
	link:       Text{"link", "链接"},

	notAnEnd:      Text{"the last answer, after %s, was not an end", "最后一次应答（第 %s）表明任务尚未结束"},
	neverAnswered: Text{"no check was answered: %s", "没有一次检查得到应答：%s"},
	neverThere:    Text{"the platform never knew the task: %s", "平台上一直没有这个任务：%s"},
	notStable:     Text{"success was not seen often enough in a row (stable)", "连续看到成功的次数还不够（stable）"},
	notGrace:      Text{"the platform's \"%s\" had not lasted long enough to count (grace)", "平台的“%s”持续时间还不够，不能算数（grace）"},
	failedBefore:  Text{"failed: %s", "失败：%s"},

	tasks:        Text{"%d tasks", "%d 个任务"},
	more:         Text{"%d more", "还有 %d 个"},
	timeoutIn:    Text{"timeout in %s", "%s后到达时限"},
	toStart:      Text{"%d to start", "%d 个待开始"},
	notStarted:   Text{"%d not started", "%d 个未开始"},
	stillOf:      Text{"still waiting for %d of %s", "%[2]s中仍在等待 %[1]d 个"},
	comma:        Text{", ", "，"},
	someUnderWay: Text{"%d still under way", "%d 个仍在进行"},
	someBlocked:  Text{"%d blocked", "%d 个待人工处理"},
	someFailing:  Text{"%d whose checks fail", "%d 个检查失败"},
	someWaiting:  Text{"%d waiting", "%d 个等待中"},
	inRequest:    Text{"%s by 1 request", "%s，共 1 个请求"},
	inRequests:   Text{"%s by %d requests", "%s，共 %d 个请求"},

	someSucceeded:   Text{"%d succeeded", "%d 个成功"},
	someFailedTasks: Text{"%d failed", "%d 个失败"},
	someCanceled:    Text{"%d canceled", "%d 个已取消"},
	someTimeout:     Text{"%d reached the limit", "%d 个到达上限"},
	someLeft:        Text{"%d no longer watched", "%d 个停止查看"},
	someMissing:     Text{"%d not found", "%d 个未找到"},
	someDenied:      Text{"%d not allowed", "%d 个无权查询"},
	someLost:        Text{"%d unknown", "%d 个结局未知"},
	totalTook:       Text{" after %s", "，用时 %s"},
}
