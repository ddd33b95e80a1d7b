package target

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, nil
	case "", "0", "false", "no", "off":
		return false, nil
	}
	return false, errors.New(quote(text) + " is neither true nor false")
}

var (
	bytesPattern = regexp.MustCompile(`^([0-9]{1,18}) ?([A-Za-z]*)$`)
	bytesUnits   = map[string]int64{"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 1e3, "mb": 1e6, "gb": 1e9}
)

// parseBytes reads 32MiB, 500kB and 1048576.
func parseBytes(text string) (int64, error) {
	found := bytesPattern.FindStringSubmatch(text)
	if found == nil {
		return 0, errors.New(quote(text) + " is not a number of bytes")
	}
	n, _ := strconv.ParseInt(found[1], 10, 64)
	unit, known := bytesUnits[strings.ToLower(found[2])]
	if !known || n == 0 || n > math.MaxInt64/unit {
		return 0, errors.New(quote(text) + " is not a number of bytes")
	}
	return n * unit, nil
}

// readAll refuses to read more than most bytes.
func readAll(r io.Reader, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("is larger than %d bytes", most)
	}
	return text, err
}

const longest = 200

// quote shows a text that somebody wrote, on one line.
func quote(text string) string { return strconv.QuoteToGraphic(cut(text, longest)) }

// cut shortens text to about n bytes, between characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
