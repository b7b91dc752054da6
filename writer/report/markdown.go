package report

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
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

// special are the characters that mean something in a line of Markdown, or make a
// forge call somebody. A bar is row's to escape.
const special = "\\`*_{}[]<>~$^@"

// text is s as running text. Words with a special character in them, and
// addresses, become code: there they mean nothing, and stay readable.
func text(s string) string {
	words := strings.Split(plain(s), " ")
	for i, w := range words {
		words[i] = word(w)
	}
	return strings.Join(words, " ")
}

// opening is s as running text that begins a paragraph or the entry of a list:
// there it could become a heading, a list or a rule.
func opening(s string) string {
	line := text(s)
	digits := strings.TrimLeft(line, "0123456789")
	switch {
	case line == "":
	case strings.ContainsRune("#+-=:|", rune(line[0])):
		return "\\" + line
	case digits != line && digits != "" && strings.ContainsRune(".)", rune(digits[0])):
		return line[:len(line)-len(digits)] + "\\" + digits
	}
	return line
}

// word is one word of a text. Punctuation around it stays outside of the code.
func word(w string) string {
	if !meaningful(w) {
		return strings.ReplaceAll(w, "&", "\\&")
	}
	inner := strings.TrimLeft(w, "(\"'")
	before := w[:len(w)-len(inner)]
	core := strings.TrimRight(inner, ".,;:!?\"'")
	if strings.HasSuffix(core, ")") && strings.Count(core, ")") > strings.Count(core, "(") {
		core = strings.TrimSuffix(core, ")")
	}
	if core == "" {
		return code(w)
	}
	return before + code(core) + inner[len(core):]
}

// meaningful tells whether a word is more than its letters where it is read.
func meaningful(w string) bool {
	if strings.ContainsAny(w, special) || strings.Contains(w, "://") || strings.Contains(strings.ToLower(w), "www.") {
		return true
	}
	return issue.MatchString(w)
}

// issue is what a forge takes for the number of one.
var issue = regexp.MustCompile(`#[0-9]`)

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

// link is an address that may be followed, or code if it is none of the web. It is
// labelled by its host and the last part of its path.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("<>()[]\\`|\"", r)
	}) {
		return code(address)
	}
	label := u.Host
	if last := path.Base(u.Path); last != "." && last != "/" {
		label += ": " + last
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
