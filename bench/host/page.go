package host

import (
	"fmt"
	"os"
	"strings"
)

const begin, end = "<!-- measured -->", "<!-- /measured -->"

// put replaces what stands in a page between its lines <!-- measured --> and <!-- /measured -->.
func put(page, text string) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no %s … %s", page, begin, end)
	}
	return os.WriteFile(page, []byte(before+begin+"\n"+text+end+after), 0o644)
}
