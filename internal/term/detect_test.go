package term

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLocale(t *testing.T) {
	for _, row := range []struct {
		name     string
		env      map[string]string
		language Language
		ascii    bool
		wide     bool
	}{
		{"nothing", nil, English, true, false},
		{"POSIX", map[string]string{"LANG": "C"}, English, true, false},
		{"C.UTF-8", map[string]string{"LANG": "C.UTF-8"}, English, false, false},
		{"English", map[string]string{"LANG": "en_GB.utf8"}, English, false, false},
		{"Chinese", map[string]string{"LANG": "zh_CN.UTF-8"}, Chinese, false, true},
		{"Chinese, traditional", map[string]string{"LANG": "zh_TW.UTF-8@radical"}, Chinese, false, true},
		{"Chinese without a charset", map[string]string{"LANG": "zh_CN"}, Chinese, true, true},
		{"Chinese in another charset", map[string]string{"LANG": "zh_CN.GB18030"}, English, true, true},
		{"Japanese", map[string]string{"LANG": "ja_JP.UTF-8"}, English, false, true},
		{"LC_ALL wins", map[string]string{"LC_ALL": "C", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, English, true, false},
		{"messages alone", map[string]string{"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Chinese, false, false},
		{"macOS", map[string]string{"LC_CTYPE": "UTF-8", "LANG": ""}, English, false, false},
		{"not Chinese", map[string]string{"LANG": "zhx_XX.UTF-8"}, English, false, false},
	} {
		s := locale(func(name string) string { return row.env[name] })
		if s.Language != row.language || s.ASCII != row.ascii || s.Wide != row.wide {
			t.Errorf("%s: language %d, ASCII %v, wide %v", row.name, s.Language, s.ASCII, s.Wide)
		}
	}
}

func TestDetectFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	env := map[string]string{"CI": "true", "TERM": "xterm", "LANG": "zh_CN.UTF-8"}
	o := Detect(file, func(name string) string { return env[name] })
	if o.Out != file || o.Terminal || o.Color || !o.CI || o.Language != Chinese || o.Width() != 0 {
		t.Errorf("got %+v", o)
	}
}

func TestMode(t *testing.T) {
	for _, name := range modeNames {
		if m, err := ParseMode(name); err != nil || m.String() != name {
			t.Errorf("%s: got %v, %v", name, m, err)
		}
	}
	_, err := ParseMode("TTY")
	if want := `"TTY" is not a way to show progress (known: auto, tty, plain, none)`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestChoice(t *testing.T) {
	for _, row := range []struct {
		mode         Mode
		terminal, ci bool
		live         bool
	}{
		{Auto, true, false, true},
		{Auto, true, true, false},
		{Auto, false, false, false},
		{TTY, true, true, true},
		{TTY, false, false, false}, // also a dumb terminal
		{Plain, true, false, false},
	} {
		d := New(Options{Mode: row.mode, Screen: Screen{Terminal: row.terminal, CI: row.ci}}, 1)
		if _, got := d.view.(*live); got != row.live {
			t.Errorf("%v, terminal %v, CI %v: live %v", row.mode, row.terminal, row.ci, got)
		}
	}
}
