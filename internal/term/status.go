package term

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/settle-go/settle"
)

func (p *pen) text(s style, t Text, args ...any) line { return line{}.add(s, p.Say(t, args...)) }

// state is the state's word. Unknown is that of a task of which nobody has said anything yet.
func (p *pen) state(s settle.State) line {
	switch s {
	case settle.Pending:
		return p.text(cyan, words.pending)
	case settle.Blocked:
		return p.text(yellow, words.blocked)
	case settle.Succeeded:
		return p.text(green, words.succeeded)
	case settle.Failed:
		return p.text(red, words.failed)
	case settle.Canceled:
		return p.text(yellow, words.canceled)
	}
	return p.text(cyan, words.waiting)
}

// raw is the platform's own word in brackets; nil where it says no more than the state.
func (p *pen) raw(st settle.Status) line {
	if st.Raw == "" || strings.EqualFold(st.Raw, st.State.String()) {
		return nil
	}
	return line{}.add(normal, "["+st.Raw+"]")
}

// standing says all that the last good answer said: pending [EXECUTING] 62%: copying.
func (p *pen) standing(t *task) line {
	if !t.seen {
		return p.text(normal, words.noAnswerYet)
	}
	l := p.state(t.status.State)
	if raw := p.raw(t.status); raw != nil {
		l = l.add(normal, " ").and(raw)
	}
	if n := t.status.Percent(); n > 0 {
		l = l.add(normal, fmt.Sprintf(" %d%%", n))
	}
	if why := p.reason(t.status); why != "" {
		l = l.add(normal, p.colon()+why)
	}
	if t.unsure() {
		l = l.and(p.text(normal, words.semicolon), p.text(normal, words.notFinal))
	}
	return l
}

// unsure reports whether the platform named an end that does not count yet: the policy waits whether it lasts.
func (t *task) unsure() bool { return t.status.State.Ended() && t.ended.IsZero() }

// reason is why the task stands where it does, or what it waits for.
func (p *pen) reason(st settle.Status) string {
	reason := strings.TrimSpace(st.Reason)
	if reason == "" && st.State == settle.Blocked {
		return p.Say(words.mustAct)
	}
	return reason
}

func (p *pen) colon() string {
	if p.Language == Chinese {
		return "："
	}
	return ": "
}

// row is how many checks in a row have now failed like the last one.
func (t *task) row() int {
	if errors.Is(t.last, settle.ErrNotFound) {
		return t.absent
	}
	return t.inRow
}

// trouble is why the last check failed, in short.
func (p *pen) trouble(t *task) line {
	if errors.Is(t.last, settle.ErrNotFound) {
		return p.text(normal, words.notThereYet)
	}
	if t.inRow <= 1 { // in a line with little room, why is what counts
		return p.text(yellow, words.checkFailedOnce, p.problem(t.last))
	}
	return p.text(yellow, words.checkFailedShort, p.ordinal(t.inRow), p.problem(t.last))
}

// failure says why a check failed, and what follows.
func (p *pen) failure(t *task, s settle.Step) line {
	var l line
	switch notThere := errors.Is(s.Err, settle.ErrNotFound); {
	case notThere && t.of > 0:
		l = p.text(normal, words.check, t.number()).and(p.text(normal, words.notThereYet))
	case notThere:
		l = p.text(normal, words.notThereYet)
	case t.of > 0:
		l = p.text(yellow, words.checkOfFailed, t.number(), p.problem(s.Err), p.ordinal(t.row()))
	default:
		l = p.text(yellow, words.checkFailed, p.problem(s.Err), p.ordinal(t.row()))
	}
	if s.Next > 0 {
		l = l.and(p.text(normal, words.againIn, p.left(s.Next)))
	} else {
		l = l.and(p.text(normal, words.againNow))
	}
	if t.inRow == 1 && !t.Thing {
		l = l.and(p.text(normal, words.notAffected))
	}
	return l
}

// number is the number of the last check, of as many as there may be: 3/10.
func (t *task) number() string {
	if t.of == 0 {
		return strconv.Itoa(t.checks)
	}
	return strconv.Itoa(t.checks) + "/" + strconv.Itoa(t.of)
}

// counted is the number of the last check where there is a limit.
func (p *pen) counted(t *task) line {
	if t.of == 0 || t.checks == 0 {
		return nil
	}
	return p.text(dim, words.checkOf, t.number())
}

// check says what one check did: check 3/10: pending 48%; next check in 4s.
func (p *pen) check(t *task, s settle.Step, now time.Time) line {
	l := p.text(normal, words.check, t.number())
	switch {
	case s.Err == nil:
		l = l.and(p.standing(t))
	case errors.Is(s.Err, settle.ErrNotFound):
		l = l.add(yellow, p.problem(s.Err)) // an answer, not a failure
	default: // "check 5: failed" is a task that has
		l = p.text(yellow, words.checkOfFailed, t.number(), p.problem(s.Err), p.ordinal(t.row()))
	}
	if s.Next > 0 {
		l = l.and(p.text(dim, words.nextIn, p.left(s.Next)))
	}
	return l.and(gap(true)).add(dim, "+"+clock(t.elapsed(now)))
}

// problem is what a check failed for. What came from the platform or the system is in its words; those of the library
// are in the person's.
func (p *pen) problem(err error) string {
	text := strings.TrimSpace(err.Error())
	for _, one := range libraryWords {
		if errors.Is(err, one.err) {
			text = strings.Replace(text, one.english+": ", p.Say(one.said)+p.colon(), 1)
			text = strings.Replace(text, one.english, p.Say(one.said), 1)
		}
	}
	return text
}

// libraryWords are said in place of the English of an error that wraps err.
var libraryWords = []struct {
	err     error
	english string
	said    Text
}{
	{settle.ErrNotFound, settle.ErrNotFound.Error(), Text{settle.ErrNotFound.Error(), "未找到"}},
	{settle.ErrDenied, settle.ErrDenied.Error(), Text{settle.ErrDenied.Error(), "无权查询"}},
	{settle.ErrUnknownState, settle.ErrUnknownState.Error(), Text{settle.ErrUnknownState.Error(), "未知状态"}},
	{settle.ErrUnknownState, ": nobody listed it", Text{": nobody listed it", "，各列表中都没有"}}, // recipe's
}
