package egress

import (
	"fmt"
	"io"
	"net/http"
)

// Limit cuts off the body of a response: one that says to be longer is refused
// at once, one that is longer where it becomes so.
func Limit(response *http.Response, most int64) error {
	if response.ContentLength > most {
		_ = response.Body.Close()
		return tooLarge("the answer has %d bytes, and %d are allowed", response.ContentLength, most)
	}
	response.Body = &limited{response.Body, most, most}
	return nil
}

// limited is a body that fails where it becomes too long.
type limited struct {
	io.ReadCloser
	left, most int64
}

func (b *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLarge("the answer has more than the %d bytes that are allowed", b.most)
	}
	return n, err
}

func tooLarge(format string, args ...any) error {
	return &Refusal{text: fmt.Sprintf(format, args...), TooLarge: true}
}
