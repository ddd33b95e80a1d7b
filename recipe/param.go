package recipe

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// A Param is a parameter of an action.
type Param struct {
	Name       string
	Help       string
	Example    string
	Type       string // "string", "int", "bool" or "bytes"
	Default    string // as written; Value reads it
	HasDefault bool
	Optional   bool     // not given, it is null
	Choices    []string // nil: anything
}

// Value reads text as the parameter's type: a string, an int (also for bytes) or a bool. The error is an *Error whose
// place is the parameter's name.
func (p *Param) Value(text string) (any, error) {
	value, problem, hint := p.read(text)
	if problem == "" && len(p.Choices) > 0 && !p.chooses(value) {
		problem, hint = quote(text)+" is not one of "+strings.Join(p.Choices, ", "), meant(text, p.Choices)
	}
	if problem != "" {
		if p.Example != "" && hint == "" {
			hint = p.Name + "=" + p.Example
		}
		return nil, refused(p.Name, problem, hint)
	}
	return value, nil
}

func (p *Param) chooses(value any) bool {
	return slices.ContainsFunc(p.Choices, func(choice string) bool {
		v, problem, _ := p.read(choice)
		return problem == "" && v == value
	})
}

func (p *Param) read(text string) (value any, problem, hint string) {
	switch p.Type {
	case "int":
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, quote(text) + " is not a whole number", ""
		}
		return n, "", ""
	case "bool":
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true":
			return true, "", ""
		case "false":
			return false, "", ""
		}
		return nil, quote(text) + " is neither true nor false", p.Name + "=true"
	case "bytes":
		n, problem := readBytes(text)
		if problem != "" {
			return nil, problem, p.Name + "=200GiB"
		}
		return n, "", ""
	}
	return text, "", ""
}

var byteUnits = map[string]int64{
	"": 1, "b": 1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "pib": 1 << 50,
}

// readBytes reads a size such as 200GiB, 1.5TB or 4096.
func readBytes(text string) (n int, problem string) {
	text = strings.TrimSpace(text)
	digits := strings.TrimRightFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	word := strings.ToLower(strings.TrimSpace(text[len(digits):]))
	unit, known := byteUnits[word]
	if !known && slices.Contains([]string{"k", "m", "g", "t", "p", "ki", "mi", "gi", "ti", "pi"}, word) {
		return 0, fmt.Sprintf("%s is not clear: powers of 1024 are written %siB, powers of 1000 %sB", quote(text), strings.ToUpper(word[:1]), strings.ToUpper(word[:1]))
	}
	if !known || digits == "" || len(digits) > 30 || strings.Trim(digits, "0123456789.") != "" {
		return 0, quote(text) + " is not a number of bytes"
	}
	size, isNumber := new(big.Rat).SetString(digits)
	if !isNumber {
		return 0, quote(text) + " is not a number of bytes"
	}
	size.Mul(size, new(big.Rat).SetInt64(unit))
	switch {
	case !size.IsInt():
		return 0, quote(text) + " is not a whole number of bytes"
	case !size.Num().IsInt64() || int64(int(size.Num().Int64())) != size.Num().Int64():
		return 0, quote(text) + " is more bytes than can be counted"
	}
	return int(size.Num().Int64()), ""
}
