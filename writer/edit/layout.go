package edit

import (
	"bytes"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// lineStart is the offset of the first byte of the line that offset is on.
func lineStart(src []byte, offset int) int {
	return bytes.LastIndexByte(src[:offset], '\n') + 1
}

// indentOf is the white space at the beginning of the line that offset is on.
func indentOf(src []byte, offset int) string {
	line := src[lineStart(src, offset):]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// firstOnLine reports whether only white space precedes offset on its line.
func firstOnLine(src []byte, offset int) bool {
	return len(bytes.Trim(src[lineStart(src, offset):offset], " \t")) == 0
}

// newlineAt is the line end in use around offset: "\r\n" or "\n".
func newlineAt(src []byte, offset int) string {
	end := bytes.IndexByte(src[offset:], '\n')
	if end >= 0 {
		end += offset
	} else {
		end = bytes.LastIndexByte(src[:offset], '\n')
	}
	if end > 0 && src[end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// deeper is one level more than indent, in the file's own kind of white space.
func deeper(indent string) string {
	if strings.HasSuffix(indent, "\t") {
		return indent + "\t"
	}
	return indent + "  "
}

// lineTail is where the line ends on which offset is, if only blanks and one
// comment follow there; ok is false if code does.
func lineTail(f *syntax.File, offset int) (end int, ok bool) {
	end = offset
	if comment, found := f.TrailingComment(offset); found {
		end = comment.End
	}
	end += len(f.Src[end:]) - len(bytes.TrimLeft(f.Src[end:], " \t"))
	rest := f.Src[end:]
	return end, bytes.HasPrefix(rest, []byte("\n")) || bytes.HasPrefix(rest, []byte("\r\n"))
}
