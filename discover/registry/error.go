package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"holthome.net/scaffold/discover/egress"
	"holthome.net/scaffold/discover/image"
)

// Kind is why an image could not be resolved.
type Kind string

// Kinds of failure.
const (
	// BadReference is a name that is none, or an option that makes no sense.
	BadReference Kind = "reference"
	// Offline means that nobody may be asked.
	Offline Kind = "offline"
	// Absent means that it is not publicly there. Registries give the same
	// answer for what is private and for what does not exist.
	Absent Kind = "absent"
	// Unreachable means that no answer came.
	Unreachable Kind = "unreachable"
	// Limited means that the registry wants fewer requests.
	Limited Kind = "limited"
	// Refused means that the answer broke a rule: too large, another digest than
	// was asked for, sent on to where nobody may be sent.
	Refused Kind = "refused"
	// NoPlatform means that the image is not made for the platform.
	NoPlatform Kind = "platform"
	// NoTag means that no tag can be used.
	NoTag Kind = "tag"
)

// Error is why an image could not be resolved. Its text has no control
// characters, whatever the registry said.
type Error struct {
	Kind Kind
	// What was done, such as "list tags of ghcr.io/owner/name".
	What string
	// Hint says what to do next, empty if there is nothing to say.
	Hint string
	Err  error
}

func (e *Error) Error() string {
	text := e.What + ": " + printable(e.Err)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// printable is the text of an error from outside, short and on one line.
func printable(err error) string {
	const most = 300
	text := []rune(image.Printable(err.Error()))
	if len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(text)
}

// fail makes an Error of what a request came to.
func fail(what string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{Kind: Unreachable, What: what, Err: err, Hint: "see whether the registry can be reached, or name a mirror with --registry-mirror"}
	var status *transport.Error
	var broken *egress.Refusal
	var address *url.Error
	switch {
	case errors.As(err, &broken):
		e.Kind, e.Err, e.Hint = Refused, broken, "this image is not taken"
	case errors.Is(err, context.DeadlineExceeded):
		e.Err, e.Hint = errors.New("no whole answer in time"), "try again, or name a mirror with --registry-mirror"
	case errors.As(err, &status):
		e.Err = says(status)
		switch status.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
			e.Kind, e.Hint = Absent, "see whether the name is right; for a private image, log in and use --registry-login"
			e.Err = fmt.Errorf("not publicly there (%w)", e.Err)
		case http.StatusTooManyRequests:
			e.Kind, e.Hint = Limited, "wait, or use --registry-login or a mirror"
		}
	// Its text has the whole address, in which storage keeps signatures.
	case errors.As(err, &address):
		e.Err = address.Err
	}
	return e
}

// says is what a registry answered, without the address that was asked: that
// may hold a token.
func says(e *transport.Error) error {
	text := fmt.Sprintf("%d %s", e.StatusCode, strings.ToLower(http.StatusText(e.StatusCode)))
	if len(e.Errors) > 0 && e.Errors[0].Code != "" {
		text += ", " + string(e.Errors[0].Code)
	}
	return errors.New(text)
}

// isAbsent tells whether an error means that it is not publicly there.
func isAbsent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == Absent
}
