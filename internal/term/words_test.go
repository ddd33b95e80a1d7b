package term

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWordsAreWhole(t *testing.T) {
	for _, wrong := range Untranslated(words) {
		t.Error(wrong)
	}
}

func TestUntranslated(t *testing.T) {
	got := Untranslated(struct{ whole, ordered, missing, fewer, other Text }{
		whole:   Text{"%d%% of %s", "%d%% 的 %s"},
		ordered: Text{"%d of %s", "%[2]s 的 %[1]d"},
		missing: Text{"only English"},
		fewer:   Text{"%d of %s", "%d"},
		other:   Text{"%d of %s", "%s 的 %d"},
	})
	want := []string{
		"missing has no text in language 1",
		"fewer formats other arguments in language 1",
		"other formats other arguments in language 1",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDuration(t *testing.T) {
	for _, row := range []struct {
		d                      time.Duration
		english, chinese, took string
	}{
		{-time.Second, "0s", "0秒", "0.0s"},
		{0, "0s", "0秒", "0.0s"},
		{1990 * time.Millisecond, "1s", "1秒", "1.9s"},
		{59*time.Second + 999*time.Millisecond, "59s", "59秒", "59s"},
		{151 * time.Second, "2m31s", "2分31秒", "2m31s"},
		{242 * time.Second, "4m02s", "4分02秒", "4m02s"},
		{time.Hour + 2*time.Minute + 3*time.Second, "1h02m", "1小时02分", "1h02m"},
		{76 * time.Hour, "3d04h", "3天04小时", "3d04h"},
	} {
		got := []string{English.Duration(row.d), Chinese.Duration(row.d), English.took(row.d)}
		want := []string{row.english, row.chinese, row.took}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v: got %q, want %q", row.d, got, want)
		}
	}
}

func TestLeft(t *testing.T) {
	for _, row := range []struct {
		d                time.Duration
		english, chinese string
	}{
		{0, "0ms", "0毫秒"},
		{time.Microsecond, "1ms", "1毫秒"},
		{10 * time.Millisecond, "10ms", "10毫秒"},
		{100 * time.Millisecond, "0.1s", "0.1秒"},
		{340 * time.Millisecond, "0.4s", "0.4秒"},
		{999 * time.Millisecond, "1.0s", "1.0秒"},
		{time.Second, "1s", "1秒"},
		{1001 * time.Millisecond, "2s", "2秒"},
		{150 * time.Second, "2m30s", "2分30秒"},
	} {
		if english, chinese := English.left(row.d), Chinese.left(row.d); english != row.english || chinese != row.chinese {
			t.Errorf("%v: got %q, %q", row.d, english, chinese)
		}
	}
}

func TestChecks(t *testing.T) {
	got := []string{English.Checks(0), English.Checks(1), English.Checks(2), Chinese.Checks(1), Chinese.Checks(2)}
	want := []string{"0 checks", "1 check", "2 checks", "1 次检查", "2 次检查"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 102: "102nd", 111: "111th"} {
		if got := English.ordinal(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
