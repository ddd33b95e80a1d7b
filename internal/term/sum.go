package term

import (
	"fmt"
	"time"
)

// total sums up all tasks at the end: 50 tasks after 9m10s: 47 succeeded, 2 failed, 1 canceled.
func (p *pen) total(s *tasks, now time.Time) line {
	l := p.text(bold, words.tasks, s.sum.all)
	if !s.begun.IsZero() {
		l = l.and(p.text(normal, words.totalTook, p.took(now.Sub(s.begun))))
	}
	return l.add(normal, p.colon()).and(p.join(p.ended(s.sum), p.notEnded(s.sum)))
}

// mark is the sign in front of the total.
func (p *pen) mark(sum tally) line {
	switch {
	case sum.failed > 0:
		return line{}.add(red, p.bad)
	case sum.succeeded == sum.all:
		return line{}.add(green, p.good)
	}
	return line{}.add(yellow, p.halt)
}

// stillMany says where all tasks stand: still waiting for 12 of 50 tasks: 31 succeeded, 2 failed, 5 to start.
func (p *pen) stillMany(s *tasks, now time.Time) line {
	l := p.text(normal, words.stillOf, s.sum.open, p.Say(words.tasks, s.sum.all))
	if rest := p.join(p.attention(s.sum), p.ended(s.sum), p.ahead(s.sum)); rest != nil {
		l = l.add(normal, p.colon()).and(rest)
	}
	if percent := int(s.sum.progress * 100); percent > 0 {
		l = l.and(gap(true)).add(normal, fmt.Sprintf("%d%%", percent))
	}
	return l.and(gap(true)).add(dim, "+"+clock(now.Sub(s.begun)))
}

func (p *pen) ended(sum tally) []line {
	return p.some([]some{
		{green, words.someSucceeded, sum.succeeded},
		{red, words.someFailedTasks, sum.failed},
		{yellow, words.someCanceled, sum.canceled},
		{yellow, words.someBlocked, sum.stopped},
		{yellow, words.someTimeout, sum.timeout},
		{yellow, words.someMissing, sum.missing},
		{yellow, words.someDenied, sum.denied},
		{yellow, words.someLost, sum.lost},
		{yellow, words.someLeft, sum.left},
	})
}

func (p *pen) attention(sum tally) []line {
	return p.some([]some{{yellow, words.someBlocked, sum.blocked}, {yellow, words.someFailing, sum.failing}})
}

func (p *pen) ahead(sum tally) []line { return p.some([]some{{normal, words.toStart, sum.ahead}}) }

func (p *pen) notEnded(sum tally) []line {
	return p.some([]some{{yellow, words.someUnderWay, sum.open}, {yellow, words.notStarted, sum.ahead}})
}

// some is how many tasks something holds of.
type some struct {
	style
	text Text
	n    int
}

func (p *pen) some(all []some) []line {
	var said []line
	for _, s := range all {
		if s.n > 0 {
			said = append(said, p.text(s.style, s.text, s.n))
		}
	}
	return said
}

// join is all groups as one enumeration; nil where there is nothing in them.
func (p *pen) join(groups ...[]line) line {
	var l line
	for _, group := range groups {
		for _, one := range group {
			if l != nil {
				l = l.and(p.text(normal, words.comma))
			}
			l = l.and(one)
		}
	}
	return l
}

// effort is what all checks took, where somebody told: 1200 checks by 12 requests.
func (p *pen) effort(s *tasks) line {
	if s.requests == 0 {
		return nil
	}
	if s.requests == 1 {
		return p.text(dim, words.inRequest, p.Checks(s.sum.checks))
	}
	return p.text(dim, words.inRequests, p.Checks(s.sum.checks), s.requests)
}
