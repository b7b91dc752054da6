package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"holthome.net/scaffold/discover/egress"
	"holthome.net/scaffold/discover/image"
)

// Kind is why there is no archive.
type Kind string

// Kinds of failure.
const (
	// BadAddress is an address that is not asked.
	BadAddress Kind = "address"
	// Unreachable means that no whole answer came.
	Unreachable Kind = "unreachable"
	// Absent means that it is not publicly there.
	Absent Kind = "absent"
	// Limited means that the server wants fewer requests.
	Limited Kind = "limited"
	// Refused means that the answer broke a rule, such as being sent on to where
	// nobody may be sent.
	Refused Kind = "refused"
	// TooLarge means that it has more bytes than are allowed.
	TooLarge Kind = "size"
	// NoArchive means that what came cannot be unpacked.
	NoArchive Kind = "archive"
)

// Error is why there is no archive. Its text has no control characters, whatever
// the server said.
type Error struct {
	Kind Kind
	// What was done, such as "download https://example.org/x.tar.gz".
	What string
	// Hint says what to do next, empty if there is nothing to say.
	Hint string
	Err  error
}

func (e *Error) Error() string {
	const most = 300
	text := []rune(image.Printable(e.Err.Error()))
	if len(text) > most {
		text = append(text[:most], []rune("...")...)
	}
	said := image.Printable(e.What) + ": " + string(text)
	if e.Hint != "" {
		said += "; " + e.Hint
	}
	return said
}

func (e *Error) Unwrap() error { return e.Err }

// statusError is an answer that is none.
type statusError struct{ code int }

func (e *statusError) Error() string {
	return fmt.Sprintf("%d %s", e.code, strings.ToLower(http.StatusText(e.code)))
}

// fail makes an Error of what a request came to.
func fail(what string, err error) *Error {
	e := &Error{Kind: Unreachable, What: what, Err: err, Hint: "see whether it can be reached"}
	var broken *egress.Refusal
	var status *statusError
	var address *url.Error
	switch {
	case errors.As(err, &broken):
		e.Kind, e.Err, e.Hint = Refused, broken, "this archive is not taken"
		if broken.TooLarge {
			e.Kind = TooLarge
		}
	case errors.As(err, &status):
		switch e.Err = status; status.code {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons:
			e.Kind, e.Err, e.Hint = Absent, fmt.Errorf("not publicly there (%w), and no login is ever sent", status), "see whether the address is right"
		case http.StatusTooManyRequests:
			e.Kind, e.Hint = Limited, "wait, and try again"
		}
	case errors.Is(err, context.DeadlineExceeded):
		e.Err, e.Hint = errors.New("no whole answer in time"), "try again"
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Err, e.Hint = errors.New("the answer is cut off"), "try again"
	// Its text has the whole address, in which storage keeps signatures.
	case errors.As(err, &address):
		e.Err = address.Err
	}
	return e
}
