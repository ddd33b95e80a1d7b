package httptask

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter returns how long the answer asks to wait before the next request, by its Retry-After header: seconds, or a
// date, which is compared with the answer's own Date where it has one, so that a wrong clock does not matter. It is 0
// where the answer asks for nothing that can be read, and for a nil resp.
func RetryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	text := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if isDigits(text) {
		const most = int64(math.MaxInt64 / time.Second)
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds > most {
			seconds = most
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, date.Sub(dateOf(resp)))
}

// wish is when the answer wants the next request: RetryAfter, and where a rate limit is used up the moment that it is
// filled again, as GitHub says it (x-ratelimit-remaining, x-ratelimit-reset in Unix seconds).
func wish(resp *http.Response) time.Duration {
	after := RetryAfter(resp)
	if after > 0 || resp.StatusCode < 400 || resp.Header.Get("X-Ratelimit-Remaining") != "0" {
		return after
	}
	reset, err := strconv.ParseInt(resp.Header.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, time.Unix(reset, 0).Sub(dateOf(resp)))
}

// isLimited reports whether a refusal is one for now: too many requests. GitHub says that by a 403 too.
func isLimited(resp *http.Response) bool {
	return resp.StatusCode == http.StatusForbidden && wish(resp) > 0
}

// dateOf is the time by the server's clock.
func dateOf(resp *http.Response) time.Time {
	now, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Now()
	}
	return now
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
