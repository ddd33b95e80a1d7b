package term

import (
	"fmt"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

var errGone = fmt.Errorf("task 7: %w", settle.ErrNotFound)

func TestPlain(t *testing.T) { playAll(t, plainScenes) }

var plainScenes = []scene{
	{"success", play{
		plan: "every 10s, timeout 30m", policy: "every=10s timeout=30m",
		script: []answer{pending(0), pending(.04), pending(.16), pending(.2), pending(.27), at(settle.Succeeded, "DONE").because("all done")},
	}, []string{`
00:00:00Z web-07 waiting  every 10s, timeout 30m
00:00:00Z web-07 pending [EXECUTING]  +0:00
00:00:20Z web-07 pending [EXECUTING] 16%  +0:20
00:00:40Z web-07 pending [EXECUTING] 27%  +0:40
00:00:50Z web-07 succeeded in 50s  checks=6 failed_checks=0
`}},
	{"how long it usually takes, and a link that is named once", play{
		plan: "every 10s, 2 checks", usually: "3m-4m", link: "https://tower.lab/t/7", policy: "every=10s checks=2 missing=1m",
		script: []answer{{err: errGone}, pending(.4)},
	}, []string{`
00:00:00Z web-07 waiting  every 10s, 2 checks  usually 3m-4m  https://tower.lab/t/7
00:00:00Z web-07 check 1/2: the platform does not know the task yet; again in 10s
00:00:10Z web-07 stopped waiting after 2 checks in 10s, the limit; the task is still running (40%)  checks=2 failed_checks=0
    last status  pending [EXECUTING] 40%
    why          the last answer, after 10s, was not an end
`}},
	{"failure", play{
		policy: "every=10s timeout=30m",
		script: []answer{pending(.62), at(settle.Failed, "FAILED").because("NoSpaceLeft: container \"default\"\nhas 3.1 GiB free\n")},
		end:    End{Link: "https://tower.lab/t/7", Below: []Detail{{Labels.Hint, "settle show 3"}, {Labels.Hint, "settle submit tower"}}},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [EXECUTING] 62%  +0:00
00:00:10Z web-07 failed at 62% after 10s  checks=2 failed_checks=0
    reason  NoSpaceLeft: container "default"
            has 3.1 GiB free
    link    https://tower.lab/t/7
    hint    settle show 3
    hint    settle submit tower
`}},
	{"a limit of one check", play{
		policy: "every=10s checks=1", script: []answer{pending(0)},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 stopped waiting after 1 check in 0.0s, the limit; the task is still running  checks=1 failed_checks=0
    last status  pending [EXECUTING]
    why          the last answer, after 0.0s, was not an end
`}},
	{"an end that does not count yet", play{
		policy: "every=5s timeout=1m grace=10s", script: []answer{at(settle.Failed, "ERR_17").because("no host")},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 failed [ERR_17]: no host; it may still change  +0:00
00:00:10Z web-07 failed after 10s [ERR_17]  checks=3 failed_checks=0
    reason  no host
`}},
	{"blocked", play{
		policy: "every=2s timeout=20s", script: []answer{at(settle.Pending, "QUEUED"), at(settle.Blocked, "waiting_approval")},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [QUEUED]  +0:00
00:00:02Z web-07 blocked [waiting_approval]: a person must act first  +0:02
00:00:19Z web-07 stopped waiting after 19s, the time limit; the task still waits for a person to act  checks=11 failed_checks=0
    last status  blocked [waiting_approval]: a person must act first
`}},
}

func TestPlainFailedChecks(t *testing.T) { playAll(t, plainFailedChecks) }

var plainFailedChecks = []scene{
	{"failed checks", play{
		policy: "every=2s timeout=30m errors=20",
		script: append(append([]answer{pending(.5)}, repeat(9, lost("503"))...), pending(.5), lost("503"), pending(.5), at(settle.Succeeded, "DONE")),
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [EXECUTING] 50%  +0:00
00:00:02Z web-07 check failed: 503, 1st in a row; again in 2s; the task is not affected
00:00:04Z web-07 check failed: 503, 2nd in a row; again in 2s
00:00:08Z web-07 check failed: 503, 4th in a row; again in 2s
00:00:16Z web-07 check failed: 503, 8th in a row; again in 2s
00:00:20Z web-07 answers again, after 9 failed: pending [EXECUTING] 50%  +0:20
00:00:22Z web-07 check failed: 503, 1st in a row; again in 2s; the task is not affected
00:00:24Z web-07 answers again, after 1 failed: pending [EXECUTING] 50%  +0:24
00:00:26Z web-07 succeeded in 26s  checks=14 failed_checks=10
`}},
	{"a pause below a second", play{
		policy: "every=100ms checks=2 errors=1", script: []answer{lost("503")},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 check 1/2 failed: 503, 1st in a row; again in 0.1s; the task is not affected
00:00:00Z web-07 could not learn how the task stands, gave up after 0.1s; the task may still run  checks=2 failed_checks=2
    problem  503
`}},
	{"not there yet", play{
		policy: "every=2s timeout=30m missing=30s",
		script: append(repeat(5, answer{err: errGone}), at(settle.Succeeded, "succeeded")),
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 the platform does not know the task yet; again in 2s
00:00:02Z web-07 the platform does not know the task yet; again in 2s
00:00:06Z web-07 the platform does not know the task yet; again in 2s
00:00:10Z web-07 succeeded in 10s  checks=6 failed_checks=0
`}},
}

func TestPlainSignsOfLife(t *testing.T) { playAll(t, plainSignsOfLife) }

var plainSignsOfLife = []scene{
	{"heartbeats", play{
		policy: "every=10s timeout=20m", script: []answer{pending(.1)},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [EXECUTING] 10%  +0:00
00:00:30Z web-07 still waiting: pending [EXECUTING] 10%  +0:30
00:01:30Z web-07 still waiting: pending [EXECUTING] 10%  +1:30
00:03:30Z web-07 still waiting: pending [EXECUTING] 10%  +3:30
00:08:30Z web-07 still waiting: pending [EXECUTING] 10%  +8:30
00:13:30Z web-07 still waiting: pending [EXECUTING] 10%  +13:30
00:18:30Z web-07 still waiting: pending [EXECUTING] 10%  +18:30
00:19:59Z web-07 stopped waiting after 19m59s, the time limit; the task is still running (10%)  checks=121 failed_checks=0
    last status  pending [EXECUTING] 10%
    why          the last answer, after 19m59s, was not an end
`}},
	{"heartbeats before the first answer", play{
		policy: "every=10s timeout=3m errors=99", script: []answer{lost("no route").after(55 * time.Second)},
	}, []string{`
00:00:00Z web-07 waiting
00:00:30Z web-07 still waiting: no answer yet  +0:30
00:00:55Z web-07 check failed: no route, 1st in a row; again in 10s; the task is not affected
00:01:55Z web-07 still waiting: check failed: no route; no answer yet  +1:55
00:02:00Z web-07 check failed: no route, 2nd in a row; again in 10s
00:03:05Z web-07 stopped waiting after 3m05s, the time limit; the task may still run  checks=3 failed_checks=3
    why  no check was answered: no route
`}},
	{"a reason that counts", play{
		policy: "every=3s checks=8", script: counting(),
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [EXECUTING]: copied 0 of 8 GB  check 1/8  +0:00
00:00:12Z web-07 pending [EXECUTING]: copied 4 of 8 GB  check 5/8  +0:12
00:00:21Z web-07 stopped waiting after 8 checks in 21s, the limit; the task is still running  checks=8 failed_checks=0
    last status  pending [EXECUTING]: copied 7 of 8 GB
    why          the last answer, after 21s, was not an end
`}},
}

func TestPlainForms(t *testing.T) { playAll(t, plainForms) }

var plainForms = []scene{
	{"a line a check", play{
		Options: Options{Verbose: true}, policy: "every=80s checks=4 errors=1",
		script: []answer{pending(.1), pending(.1), lost("503"), pending(.2)},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 check 1/4: pending [EXECUTING] 10%; next check in 1m20s  +0:00
00:00:30Z web-07 still waiting: pending [EXECUTING] 10%  check 1/4  +0:30
00:01:20Z web-07 check 2/4: pending [EXECUTING] 10%; next check in 1m20s  +1:20
00:02:20Z web-07 still waiting: pending [EXECUTING] 10%  check 2/4  +2:20
00:02:40Z web-07 check 3/4 failed: 503, 1st in a row; next check in 1m20s  +2:40
00:04:00Z web-07 check 4/4: pending [EXECUTING] 20%  +4:00
00:04:00Z web-07 stopped waiting after 4 checks in 4m00s, the limit; the task is still running (20%)  checks=4 failed_checks=1
    last status  pending [EXECUTING] 20%
    why          the last answer, after 4m00s, was not an end
`}},
	{"a line a check in Chinese", play{
		Options: Options{Verbose: true, Screen: Screen{Language: Chinese}}, policy: "every=2s checks=10 errors=1", name: "虚机-07", plan: "每 2 秒，最多 10 次",
		script: []answer{pending(.1), lost("503"), at(settle.Blocked, "approval"), at(settle.Succeeded, "完成")},
	}, []string{`
00:00:00Z 虚机-07 开始等待  每 2 秒，最多 10 次
00:00:00Z 虚机-07 第 1/10 次：进行中 [EXECUTING] 10%；2秒后再查  +0:00
00:00:02Z 虚机-07 第 2/10 次检查失败：503，连续第 1 次；2秒后再查  +0:02
00:00:04Z 虚机-07 第 3/10 次：待人工处理 [approval]：需要先人工处理；2秒后再查  +0:04
00:00:06Z 虚机-07 第 4/10 次：成功 [完成]  +0:06
00:00:06Z 虚机-07 成功，用时 6.0秒  checks=4 failed_checks=1
`}},
	{"Chinese", play{
		Options: Options{Screen: Screen{Language: Chinese}}, policy: "every=20s timeout=2m errors=9", name: "虚机-07", plan: "每 20 秒，时限 2 分钟",
		script: []answer{pending(.1), lost("连接被拒绝"), lost("连接被拒绝"), pending(.62)},
		end:    End{Below: []Detail{{Labels.Hint, "settle resume 3"}}},
	}, []string{`
00:00:00Z 虚机-07 开始等待  每 20 秒，时限 2 分钟
00:00:00Z 虚机-07 进行中 [EXECUTING] 10%  +0:00
00:00:20Z 虚机-07 检查失败：连接被拒绝，连续第 1 次；20秒后重试；任务不受影响
00:00:40Z 虚机-07 检查失败：连接被拒绝，连续第 2 次；20秒后重试
00:01:00Z 虚机-07 检查失败 2 次后恢复：进行中 [EXECUTING] 62%  +1:00
00:01:30Z 虚机-07 仍在等待：进行中 [EXECUTING] 62%  +1:30
00:01:58Z 虚机-07 等待 1分58秒后到达时限，停止等待；任务仍在运行（62%）  checks=7 failed_checks=2
    最后状态  进行中 [EXECUTING] 62%
    为何未完  最后一次应答（第 1分58秒）表明任务尚未结束
    提示      settle resume 3
`}},
	{"notes", play{
		policy: "every=20s timeout=2m", notes: map[time.Duration]string{time.Second: "warning: TLS is not verified\nat all"},
		script: []answer{pending(0), at(settle.Canceled, "ABORTED").because("by ops")},
	}, []string{`
00:00:00Z web-07 waiting
00:00:00Z web-07 pending [EXECUTING]  +0:00
00:00:01Z warning: TLS is not verified
00:00:01Z at all
00:00:20Z web-07 canceled after 20s [ABORTED]  checks=2 failed_checks=0
    reason  by ops
`}},
	{"none", play{
		Options: Options{Mode: None}, policy: "every=20s timeout=2m", notes: map[time.Duration]string{time.Second: "warning: TLS is not verified"},
		script: []answer{pending(0), at(settle.Succeeded, "DONE")},
	}, []string{`
00:00:01Z warning: TLS is not verified
00:00:20Z web-07 succeeded in 20s  checks=2 failed_checks=0
`}},
}

func repeat(n int, a answer) []answer {
	var all []answer
	for range n {
		all = append(all, a)
	}
	return all
}

func counting() []answer {
	var all []answer
	for n := range 8 {
		all = append(all, pending(0).because(fmt.Sprintf("copied %d of 8 GB", n)))
	}
	return all
}
