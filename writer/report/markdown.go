package report

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// What a report says comes from evaluation, registries, catalogs and files, and
// is read by people on a forge. So every text goes through one of the functions
// here: it can neither end the cell, the code or the paragraph that it is in, nor
// draw, link or call anybody.

// plain makes one line of s: line breaks become blanks, and what would move the
// cursor or turn the reading direction is shown as a replacement character.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u0085', unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case hidden(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	return strings.Join(strings.Fields(s), " ")
}

// hidden tells whether a character acts on the text around it instead of being
// seen.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// special are the characters that mean something in a line of Markdown. The bar is
// row's to escape.
const special = "\\`*_{}[]<>()~&!$^"

// text is s as running text.
func text(s string) string {
	var b strings.Builder
	runes := []rune(plain(s))
	for i, r := range runes {
		switch {
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '@', r == '#' && i+1 < len(runes) && unicode.IsDigit(runes[i+1]):
			// As plain text a forge makes it call somebody, or link an issue.
			b.WriteString("`" + string(r) + "`")
		case i == 0 && strings.ContainsRune("#+-=:", r), r == '.' && number(runes[:i]):
			b.WriteByte('\\') // at its beginning a line could become a heading or a list
			b.WriteRune(r)
		case r == ':' && i > 0 && strings.HasPrefix(string(runes[i:]), "://"):
			b.WriteString("`:`") // no address is made a link that is not meant as one
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// number tells whether all of a text is digits.
func number(runes []rune) bool {
	for _, r := range runes {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(runes) > 0
}

// code is s as code within a line; nothing is said for what is empty.
func code(s string) string {
	s = plain(s)
	if s == "" {
		return ""
	}
	ticks := strings.Repeat("`", longestRun(s, 0)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// longestRun is the length of the longest run of backticks in s that is at least
// as long as least.
func longestRun(s string, least int) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	if longest < least {
		return 0
	}
	return longest
}

// fence is content as a block of code, indented by so much.
func fence(language, content, indent string) string {
	content = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && hidden(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(content, "\r\n", "\n"), string(unicode.ReplacementChar)))
	ticks := strings.Repeat("`", max(3, longestRun(content, 3)+1))
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s%s\n", indent, ticks, language)
	for line := range strings.Lines(strings.TrimSuffix(content, "\n") + "\n") {
		if line != "\n" {
			b.WriteString(indent)
		}
		b.WriteString(line)
	}
	fmt.Fprintf(&b, "%s%s\n", indent, ticks)
	return b.String()
}

// link is an address that may be followed, or code if it is none of the web.
func link(label, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("<>()[]\\`|\"", r)
	}) {
		return code(address)
	}
	if label == "" {
		label = u.Host
	}
	return "[" + text(label) + "](" + address + ")"
}

// row is a line of a table. Its cells are Markdown already.
func row(cells ...string) string {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", "\\|")
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}
