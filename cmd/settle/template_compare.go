package main

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"text/template"
)

// comparisons are a template's own, but that a whole number and one with a fraction compare as numbers: progress is 1 or
// 0.5, and who writes {{gt .progress 0.5}} knows nothing of kinds.
var comparisons = template.FuncMap{
	"lt": func(a, b any) (bool, error) { n, err := compare(a, b); return n < 0 && err == nil, err },
	"le": func(a, b any) (bool, error) { n, err := compare(a, b); return n <= 0 && err == nil, err },
	"gt": func(a, b any) (bool, error) { n, err := compare(a, b); return n > 0 && err == nil, err },
	"ge": func(a, b any) (bool, error) { n, err := compare(a, b); return n >= 0 && err == nil, err },
	"ne": func(a, b any) (bool, error) { same, err := equal(a, b); return !same && err == nil, err },
	"eq": equal,
}

// compare is cmp.Compare of two numbers or two texts.
func compare(a, b any) (int, error) {
	if x, is := number(a); is {
		if y, is := number(b); is {
			return cmp.Compare(x, y), nil
		}
	}
	if x, is := a.(string); is {
		if y, is := b.(string); is {
			return cmp.Compare(x, y), nil
		}
	}
	return 0, fmt.Errorf("%v and %v cannot be compared", a, b)
}

// equal reports whether a is one of others. Nothing but null is null, and what is of two kinds is not compared.
func equal(a any, others ...any) (bool, error) {
	if len(others) == 0 {
		return false, errors.New("nothing to compare with")
	}
	for _, b := range others {
		n, err := compare(a, b)
		switch {
		case err == nil && n == 0:
			return true, nil
		case err == nil:
		case a == nil || b == nil:
			if a == b {
				return true, nil
			}
		case reflect.TypeOf(a) != reflect.TypeOf(b) || !reflect.TypeOf(a).Comparable():
			return false, err
		case a == b:
			return true, nil
		}
	}
	return false, nil
}

// number is v as one; integers are exact as long as they have no more than 53 bits.
func number(v any) (float64, bool) {
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}
