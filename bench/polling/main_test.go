package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("# seconds\n12 success\n\n14.5\n9 failure\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	file := filepath.Join(dir, "docs", "polling.md")
	if code := run([]string{"-seeds", "1", "-waits", "30", "-full", "-traces", dir, "-o", file}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| mine ", "Azure SDK, every 30 s", "-traces DIR", "too", "## What holds"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "<no value>", dir} {
		if strings.Contains(string(page), bad) || strings.Contains(out.String(), bad) {
			t.Errorf("%q is in the page or in the tables", bad)
		}
	}
	for _, name := range []string{"polling-checks.svg", "polling-delay.svg"} {
		svg, err := os.ReadFile(filepath.Join(dir, "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) || strings.Contains(string(svg), "NaN") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTraces(t *testing.T) {
	for _, text := range []string{"", "x\n", "-3\n", "NaN\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readTraces(dir); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	if _, err := readTraces(t.TempDir()); err == nil {
		t.Error("a directory without files was read")
	}
}
