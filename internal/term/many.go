package term

import (
	"strconv"
	"time"
)

// many is the picture of many tasks: a line that counts them, and a line for each of those under way, as far as there is
// room. Those that have ended are told above.
func (v *live) many(now time.Time) []line {
	picture := v.table([][]part{v.summary(now)}, summaryClaims, v.room)
	shown := min(len(v.tasks.open), v.lines-1)
	more := len(v.tasks.open) - shown
	if more > 0 && v.lines > 2 { // else there is no line for it
		shown--
		more++
	}
	if shown == 0 {
		return picture
	}
	rows := make([][]part, shown)
	for i, t := range v.tasks.open[:shown] {
		rows[i] = v.row(t, now)
	}
	picture = append(picture, v.table(rows, rowClaims, v.room)...)
	if more > 0 && v.lines > 2 {
		picture = append(picture, v.cut(line{}.add(dim, "  "+v.ellipsis+" "+v.Say(words.more, more)), v.room))
	}
	return picture
}

// The parts of the line that counts.
const (
	allPart = iota
	goodPart
	badPart
	haltPart    // ended otherwise, or nobody knows how
	openPart    // has answered, and no person must act
	blockedPart // a person must act first
	waitingPart // has not answered, or not begun
	totalBarPart
	totalPercentPart
	totalTimePart
	timeoutPart
	summaryParts
)

var summaryClaims = []claim{
	{badPart, whole}, {openPart, whole}, {goodPart, whole}, {haltPart, whole}, {blockedPart, whole}, {totalPercentPart, whole},
	{allPart, whole}, {totalTimePart, whole}, {waitingPart, whole}, {timeoutPart, whole}, {totalBarPart, 20},
}

func (v *live) summary(now time.Time) []part {
	sum := v.tasks.sum
	count := func(s style, mark string, n int) part {
		if n == 0 {
			return part{}
		}
		return part{text: line{}.add(s, mark+" "+strconv.Itoa(n)), gap: 2}
	}
	ps := []part{
		allPart:       {text: v.text(bold, words.tasks, sum.all)},
		goodPart:      count(green, v.good, sum.succeeded),
		badPart:       count(red, v.bad, sum.failed),
		haltPart:      count(yellow, v.halt, sum.all-sum.ahead-sum.open-sum.succeeded-sum.failed),
		openPart:      count(cyan, v.spin(v.tasks.begun, now), sum.open-sum.blocked-sum.waiting),
		totalTimePart: {text: line{}.add(dim, v.Duration(now.Sub(v.tasks.begun))), gap: 2},
		summaryParts:  {},
	}
	if sum.blocked > 0 {
		ps[blockedPart] = part{text: v.text(yellow, words.someBlocked, sum.blocked), gap: 2}
	}
	if waiting := sum.ahead + sum.waiting; waiting > 0 {
		ps[waitingPart] = part{text: line{}.add(dim, v.bar[0]+" ").and(v.text(dim, words.someWaiting, waiting)), gap: 2}
	}
	if left := sum.soonest.Sub(now); left > 0 && !sum.soonest.IsZero() {
		ps[timeoutPart] = part{text: v.text(dim, words.timeoutIn, v.about(left)), gap: 2}
	}
	for i := range ps {
		ps[i].full = v.lineWidth(ps[i].text)
	}
	ps[totalPercentPart] = percent(sum.progress)
	ps[totalBarPart] = v.progressBar(sum.progress)
	return ps
}

// rowClaims are those of a task's line among many: there, its name and how far it has come say more than its state, which
// is much the same in all.
var rowClaims = []claim{
	{markPart, whole}, {namePart, 8}, {percentPart, whole}, {statePart, whole}, {namePart, 24}, {elapsedPart, whole},
	{countPart, whole}, {reasonPart, 24}, {barPart, 20}, {rawPart, whole}, {usualPart, whole}, {namePart, whole}, {reasonPart, whole},
}

// row is the parts of t's line among many. What is wrong with its checks stands where its reason would.
func (v *live) row(t *task, now time.Time) []part {
	ps := v.parts(t, now)
	ps[markPart].text = line{}.add(cyan, v.spin(v.tasks.begun, now))
	if why := ps[troublePart]; why.full > 0 {
		ps[reasonPart] = why
	}
	ps[statePart].min = 0
	ps[elapsedPart].right = true
	return ps
}
