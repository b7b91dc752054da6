package image

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how much of a text is shown, in bytes.
const maxText = 16 << 10

// showable is a list of texts for people, [] and not nil if it is empty.
func showable(list []string) []string {
	out := make([]string, 0, len(list))
	for _, text := range list {
		out = append(out, Printable(text))
	}
	return out
}

// Printable is a text from outside without what could act on a terminal:
// control characters, and those that turn the direction of writing. Line
// breaks and runs of blanks become one blank.
func Printable(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// short is enough of a text to show what is wrong with it.
func short(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}
