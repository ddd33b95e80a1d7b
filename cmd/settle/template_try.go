package main

import (
	"io"
	"strings"
	"text/template"
	"time"

	"github.com/settle-go/settle"
)

// refuseTemplate refuses a template that no report could fill. What asks for the result is not tried: that may be anything.
func refuseTemplate(t *template.Template, text string) (err error) {
	if strings.Contains(text, "result") {
		return nil
	}
	for _, sample := range sampleReports() {
		if err = t.Execute(io.Discard, sample); err == nil || strings.Contains(err.Error(), "out of range") { // of a longer one it need not be
			return nil
		}
	}
	return err
}

// sampleReports are reports with something in every field, of one task and of several.
func sampleReports() []any {
	one := report{
		Schema: reportSchema, Outcome: settle.OutcomeFailed, ExitCode: exitFailed, Task: "tower/9f3c", Target: "tower", Recipe: "smartx/cloudtower",
		ID: "9f3c", Handle: "0a4b", State: settle.Failed, Raw: "FAILED", Progress: 0.5, Reason: "disk full", Warned: true,
		Checks: 3, FailedChecks: 1, Elapsed: 2.5, Started: new(time.Unix(1, 0)), Ended: new(time.Unix(3, 0)),
		Link: "https://tower.lab/", Error: "the task failed", Hint: "settle show 0a4b --raw", Name: "web-07", Requests: 4,
	}
	several := one
	several.Tasks = []report{one, one}
	asIs := func(text string) string { return text }
	return []any{templated(encode(one, ""), asIs), templated(encode(several, ""), asIs)}
}
