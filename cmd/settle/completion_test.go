package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script is what settle completion prints, in a file.
func script(t *testing.T, shell string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if code := run([]string{"completion", shell}, strings.NewReader(""), &out, &problems); code != 0 {
		t.Fatalf("exit code %d: %s", code, &problems)
	}
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Each shell that is here reads its script; all four are printed.
func TestCompletionScriptsAreRead(t *testing.T) {
	for shell, program := range map[string]string{"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "pwsh"} {
		t.Run(shell, func(t *testing.T) {
			file := script(t, shell)
			if _, err := exec.LookPath(program); err != nil {
				t.Logf("only printed, not read: %v", err)
				return
			}
			cmd := exec.Command(program, "-n", file)
			if program == "pwsh" {
				cmd = exec.Command(program, "-NoProfile", "-File", file)
			}
			if said, err := cmd.CombinedOutput(); err != nil || len(said) > 0 {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
}

// bash, without the package bash-completion, proposes what settle does. The words are parted as readline parts them.
func TestBashCompletes(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "settle")
	if err := os.Mkdir(settings, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "targets.yaml"), []byte("tower: {recipe: smartx, url: \"https://tower.lab\", user: ops}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "jobs.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := script(t, "bash")
	for _, tt := range []struct {
		line, words string
		want        string
	}{
		{"settle wai", "settle wai", "wait"},
		{"settle wait to", "settle wait to", "tower/"},
		{"settle wait tower/9f3c  --tim", "settle wait tower/9f3c --tim", "--timeout"},
		{"settle submit tower disk.exp", "settle submit tower disk.exp", "disk.expand"},
		{"settle submit tower snapshot.create vm=web-07 na", "settle submit tower snapshot.create vm = web-07 na", "name="},
		{"settle submit tower snapshot.create consistency=CR", "settle submit tower snapshot.create consistency = CR", "CRASH_CONSISTENT"},
		{"settle submit tower snapshot.create vm='a b' na", "settle submit tower snapshot.create vm = \"'a b'\" na", "name="},
		{"settle wait --progress=pl", "settle wait --progress = pl", "plain"},
		{"settle wait --recipe jo", "settle wait --recipe jo", "jobs.yaml"},
		{"settle wait --every ", "settle wait --every ''", ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			cmd := exec.Command("bash", "--norc", "--noprofile", "-c", `source "$1"; COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COLUMNS=80
eval "COMP_WORDS=($3)"; COMP_CWORD=$((${#COMP_WORDS[@]}-1)); __start_settle; echo "${COMPREPLY[*]}"`, "bash", file, tt.line, tt.words)
			cmd.Dir = settings
			cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Dir(settings), "XDG_STATE_HOME="+t.TempDir())
			var problems bytes.Buffer
			cmd.Stderr = &problems // compopt complains that nobody pressed a key
			got, err := cmd.Output()
			if err != nil || strings.Contains(problems.String(), "not found") {
				t.Fatalf("%v: %s", err, &problems)
			}
			if got := strings.TrimRight(string(got), "\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
