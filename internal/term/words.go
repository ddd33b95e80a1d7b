package term

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Language is what settle speaks to people. The zero value is English.
type Language uint8

const (
	English Language = iota
	Chinese
	languages
)

// A Text is one sentence in every language, in the order of the constants, as a format for package fmt. One whose
// arguments stand in another order in Chinese numbers them: %[2]s.
type Text [languages]string

// Say formats t, which stands in a catalogue, in the language. Text from outside goes in as an argument, and is not
// made harmless here: a Display does that, and Clean elsewhere.
func (l Language) Say(t Text, args ...any) string { return fmt.Sprintf(t[l], args...) }

// Verbatim is text that is the same in every language, such as a name.
func Verbatim(text string) Text {
	text = strings.ReplaceAll(text, "%", "%%")
	return Text{text, text}
}

// Duration gives d in the units that a person counts in, at most two of them: 31s, 2m31s, 1h02m, 3d04h.
func (l Language) Duration(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	switch {
	case s < 60:
		return l.Say(words.seconds, s)
	case s < 60*60:
		return l.Say(words.minutes, s/60, s%60)
	case s < 24*60*60:
		return l.Say(words.hours, s/3600, s/60%60)
	}
	return l.Say(words.days, s/86400, s/3600%24)
}

// took is Duration for what is over, with tenths where whole seconds would hide the difference.
func (l Language) took(d time.Duration) string {
	d = max(d, 0)
	if d < 10*time.Second {
		return l.Say(words.tenths, d.Truncate(100*time.Millisecond).Seconds())
	}
	return l.Duration(d)
}

// left is Duration for what is still to come, rounded up, so that it is never shown as nothing; below a second with
// tenths, or in milliseconds.
func (l Language) left(d time.Duration) string {
	const tenth = 100 * time.Millisecond
	switch {
	case d >= time.Second:
		return l.Duration(ceil(d, time.Second))
	case d >= tenth:
		return l.Say(words.tenths, ceil(d, tenth).Seconds())
	}
	return l.Say(words.milliseconds, ceil(d, time.Millisecond).Milliseconds())
}

// about is left for what is long: whole minutes do from ten on.
func (l Language) about(d time.Duration) string {
	if d < 10*time.Minute || d >= time.Hour {
		return l.left(d)
	}
	return l.Say(words.wholeMinutes, ceil(d, time.Minute)/time.Minute)
}

func ceil(d, unit time.Duration) time.Duration {
	if rest := d % unit; rest > 0 {
		d += unit - rest
	}
	return d
}

// Checks counts checks: 1 check, 2 checks.
func (l Language) Checks(n int) string {
	if n == 1 {
		return l.Say(words.oneCheck)
	}
	return l.Say(words.manyChecks, n)
}

func (l Language) ordinal(n int) string {
	if l == Chinese {
		return strconv.Itoa(n)
	}
	suffix := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0-9.]*([a-zA-Z%])`)

// Untranslated returns what is wrong with a catalogue, a struct of Texts: each field that lacks a language, or whose
// languages do not format the same arguments. It is for the tests of those who have one.
func Untranslated(catalogue any) []string {
	var wrong []string
	v := reflect.ValueOf(catalogue)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		first := verbs(field.Index(0).String())
		for l := range field.Len() {
			switch text := field.Index(l).String(); {
			case text == "":
				wrong = append(wrong, fmt.Sprintf("%s has no text in language %d", name, l))
			case !maps.Equal(verbs(text), first):
				wrong = append(wrong, fmt.Sprintf("%s formats other arguments in language %d", name, l))
			}
		}
	}
	return wrong
}

// verbs maps the number of each argument that a format uses to the letter of its verb.
func verbs(format string) map[int]string {
	used, next := map[int]string{}, 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n
		}
		used[next] = m[2]
		next++
	}
	return used
}
