package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Words splits a command as a shell splits it: at blanks, but for those in
// quotes or behind a backslash. Nothing else of a shell means anything: no
// variables, no patterns, no redirections. The error says which quote is open.
func Words(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, begun, escaped := rune(0), false, false
	for _, r := range s {
		switch {
		case escaped:
			// In double quotes a backslash only takes the meaning from these.
			if open == '"' && r != '"' && r != '\\' {
				word.WriteRune('\\')
			}
			word.WriteRune(r)
			escaped = false
		case r == '\\' && open != '\'':
			escaped, begun = true, true
		case open != 0 && r == open:
			open = 0
		case open == 0 && (r == '\'' || r == '"'):
			open, begun = r, true
		case open == 0 && (r == ' ' || r == '\t'):
			if begun {
				words, begun = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	switch {
	case escaped:
		return nil, fmt.Errorf("%q ends in a backslash", s)
	case open != 0:
		return nil, fmt.Errorf("%q has a quote %c that is not closed", s, open)
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}

// JoinWords is a command of which Words makes the same words again.
func JoinWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if w == "" || strings.ContainsAny(w, " \t'\"\\") {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// maxCommand is the length of the longest command in bytes.
const maxCommand = 2000

// commandForm sees that a value is a command that can be split.
func commandForm(s string) error {
	switch {
	case strings.TrimSpace(s) == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, misleading):
		return fmt.Errorf("%q is not one line of text", s)
	case len(s) > maxCommand:
		return fmt.Errorf("%d bytes, more than %d", len(s), maxCommand)
	}
	words, err := Words(s)
	if err == nil && len(words) == 0 {
		return fmt.Errorf("%q has no word", s)
	}
	return err
}

// words are those of a command that was checked.
func words(s string) []string {
	list, _ := Words(s)
	return list
}
