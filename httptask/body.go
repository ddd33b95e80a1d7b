package httptask

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errTooLarge = errors.New("body too large")

// An encodingError is a Content-Encoding that nobody asked for.
type encodingError string

func (e encodingError) Error() string {
	return "content encoding " + visible(cut(string(e), longestKind))
}

// readBody reads the body to its end, unpacked, and never more than maxBody of it, packed or not. On an error it returns
// as much as there was.
func (c *Client) readBody(resp *http.Response) (string, error) {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return "", nil // what follows is no body, and the context does not end it
	}
	var r io.Reader = &bounded{resp.Body, c.maxBody}
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip", "x-gzip", "deflate":
		unpacked, err := unpack(r, encoding)
		if err != nil || unpacked == nil {
			return "", err
		}
		r = &bounded{unpacked, c.maxBody}
	default:
		return "", encodingError(encoding)
	}
	var text bytes.Buffer
	if most := min(c.maxBody, foreseen); 0 < resp.ContentLength && resp.ContentLength <= most {
		text.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	_, err := text.ReadFrom(r)
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("%w: more than %s", errTooLarge, bytesText(c.maxBody))
	}
	return text.String(), err
}

// A body that says so of itself gets as much room at once.
const foreseen = 1 << 20

// unpack returns what is packed in r; nil where r is empty, as the body of a HEAD is.
func unpack(r io.Reader, encoding string) (io.Reader, error) {
	packed := bufio.NewReader(r)
	if _, err := packed.Peek(1); err == io.EOF {
		return nil, nil
	}
	if encoding == "deflate" {
		return zlib.NewReader(packed)
	}
	return gzip.NewReader(packed)
}

// bounded reads up to left bytes; one more is errTooLarge.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		return int(b.left), errTooLarge
	}
	b.left -= int64(n)
	return n, err
}

func bytesText(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

const (
	shown = 200 // characters of a body in an error
	// enough of a body to find 200 characters in, when secrets and white space have gone
	looked = 64 << 10
)

// snippet returns the beginning of text as an error may show it: masked, on one line, with nothing in it that would move
// a cursor.
func (c *Client) snippet(text string) string {
	if len(text) > looked {
		text = text[:looked]
	}
	return cut(visible(c.secrets.Mask(text)), shown)
}

// visible puts text on one line: white space becomes one space, what cannot be printed and what is not UTF-8 an escape.
func visible(text string) string {
	var b strings.Builder
	space := false
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsSpace(r):
			space = true
			text = text[n:]
			continue
		case space && b.Len() > 0:
			b.WriteByte(' ')
		}
		space = false
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[n:]
	}
	return b.String()
}

// cut shortens text to n characters.
func cut(text string, n int) string {
	count := 0
	for i := range text {
		if count == n {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
