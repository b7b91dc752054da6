package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is a part of a page as a reader of Markdown sees it: a fenced block, or a
// line of text.
type block struct {
	fenced bool
	text   string
}

// read splits a page into blocks, the way CommonMark has it: a fence ends at a
// line with as many backticks or more, and nothing else.
func read(page string) []block {
	var blocks []block
	open, content := "", ""
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		bare := strings.TrimLeft(line, " ")
		ticks := bare[:len(bare)-len(strings.TrimLeft(bare, "`"))]
		switch {
		case open == "" && len(ticks) >= 3 && !strings.Contains(bare[len(ticks):], "`"):
			open, content = ticks, ""
		case open == "":
			blocks = append(blocks, block{text: line})
		case len(ticks) >= len(open) && strings.TrimSpace(bare[len(ticks):]) == "":
			blocks = append(blocks, block{fenced: true, text: content})
			open = ""
		default:
			content += line + "\n"
		}
	}
	if open != "" {
		blocks = append(blocks, block{fenced: true, text: "never ends: " + content})
	}
	return blocks
}

// cells splits a row of a table as forges do, where a bar after a backslash is
// none, and everything else is one, in code too.
func cells(line string) []string {
	inner := strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	parts, cell := []string{}, ""
	for i := 0; i < len(inner); i++ {
		switch {
		case inner[i] == '\\' && i+1 < len(inner) && inner[i+1] == '|':
			cell += "|"
			i++
		case inner[i] == '|':
			parts = append(parts, cell)
			cell = ""
		default:
			cell += string(inner[i])
		}
	}
	return append(parts, cell)
}

// linked is a link as the report makes it.
var linked = regexp.MustCompile(`^\[((?:[^\[\]\\` + "`" + `]|\\.|` + "`[^`]*`" + `)*)\]\((https?://[^\s()]*)\)`)

// inline reads a line: what is plain text in it, without code, escapes and links,
// and the pieces of code. An error is markup that nobody meant.
func inline(line string) (plain string, codes []string, err error) {
	var text strings.Builder
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line) && unicode.IsPunct(rune(line[i+1])) || c == '\\' && i+1 < len(line) && strings.ContainsRune("$+<=>^`|~", rune(line[i+1])):
			text.WriteByte('x')
			i += 2
		case c == '`':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			end := closing(line[i+n:], n)
			if end < 0 {
				return "", nil, fmt.Errorf("code that does not end: %q", line[i:])
			}
			codes = append(codes, line[i+n:i+n+end])
			text.WriteByte('x')
			i += n + end + n
		case c == '[':
			if strings.HasPrefix(line[i:], "[ ] ") {
				i += 4
				continue
			}
			m := linked.FindString(line[i:])
			if m == "" {
				return "", nil, fmt.Errorf("a bracket: %q", line[i:])
			}
			text.WriteByte('x')
			i += len(m)
		default:
			text.WriteByte(c)
			i++
		}
	}
	return text.String(), codes, nil
}

// closing is where a run of exactly n backticks begins, -1 if there is none.
func closing(s string, n int) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i
		}
		i += run - 1
	}
	return -1
}

// bold is emphasis as the report makes it.
var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// unsafe says what in a page acts, although it came from outside: markup beyond
// what the report itself makes, addresses, mentions, characters that are not seen.
func unsafe(page string) error {
	if !utf8.ValidString(page) {
		return fmt.Errorf("bytes that are no UTF-8")
	}
	for _, r := range page {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return fmt.Errorf("character %U", r)
		}
	}
	for _, b := range read(page) {
		if b.fenced {
			if strings.HasPrefix(b.text, "never ends") {
				return fmt.Errorf("a block of code that never ends")
			}
			continue
		}
		parts := []string{b.text}
		if strings.HasPrefix(b.text, "|") {
			parts = cells(b.text)
		}
		for _, part := range parts {
			plain, _, err := inline(part)
			if err != nil {
				return fmt.Errorf("%w in %q", err, b.text)
			}
			plain = bold.ReplaceAllString(plain, "$1")
			if i := strings.IndexAny(plain, "*_<>~$@`"); i >= 0 && strings.Trim(plain, "-|: ") != "" {
				return fmt.Errorf("%q in %q", plain[i], b.text)
			}
			if strings.Contains(plain, "://") || strings.Contains(strings.ToLower(plain), "www.") {
				return fmt.Errorf("an address in %q", b.text)
			}
			if regexp.MustCompile(`#[0-9]`).MatchString(plain) {
				return fmt.Errorf("an issue in %q", b.text)
			}
		}
	}
	return nil
}

// shape is what a page consists of, whatever the words: its headings, lists,
// tables with their columns, blocks of code. tables tells of a row with another
// number of cells than its head.
func shape(page string) (lines []string, err error) {
	columns := 0
	for _, b := range read(page) {
		kind := ""
		switch {
		case b.fenced:
			kind = "code"
		case b.text == "":
		case strings.HasPrefix(b.text, "|"):
			n := len(cells(b.text))
			if columns != 0 && n != columns {
				return nil, fmt.Errorf("%d cells beside %d: %s", n, columns, b.text)
			}
			columns = n
			kind = fmt.Sprintf("row of %d", n)
		default:
			kind = regexp.MustCompile(`^( *)(- \[ \] |- |[0-9]+[.)] |\+ |[*] )*(#+( |$)|[>=]|\*\*|~~~| {4}|-+$|`+"```[^`]*$"+`)?`).FindString(b.text) + "text"
		}
		if !strings.HasPrefix(kind, "row") {
			columns = 0
		}
		lines = append(lines, kind)
	}
	return lines, nil
}
