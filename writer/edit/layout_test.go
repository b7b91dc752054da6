package edit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestLines(t *testing.T) {
	src := []byte("{\n  a = 1;\n\tb = 2;\n}")
	for _, tt := range []struct {
		offset, start int
		indent        string
		first         bool
	}{
		{0, 0, "", true}, {2, 2, "  ", true}, {4, 2, "  ", true}, {6, 2, "  ", false}, {12, 11, "\t", true}, {13, 11, "\t", false}, {19, 19, "", true},
	} {
		require.Equal(t, tt.start, lineStart(src, tt.offset), "%d", tt.offset)
		require.Equal(t, tt.indent, indentOf(src, tt.offset), "%d", tt.offset)
		require.Equal(t, tt.first, firstOnLine(src, tt.offset), "%d", tt.offset)
	}
	require.Equal(t, "    ", deeper("  "))
	require.Equal(t, "  ", deeper(""))
	require.Equal(t, "\t\t", deeper("\t"))
}

func TestNewlineAt(t *testing.T) {
	for _, tt := range []struct {
		src    string
		offset int
		want   string
	}{
		{"a\nb", 0, "\n"}, {"a\r\nb", 0, "\r\n"}, {"a\r\nb", 3, "\r\n"}, {"a\nb", 2, "\n"}, {"ab", 1, "\n"}, {"", 0, "\n"}, {"\n", 0, "\n"},
		{"a\r\nb\nc", 3, "\n"},
	} {
		require.Equal(t, tt.want, newlineAt([]byte(tt.src), tt.offset), "%q at %d", tt.src, tt.offset)
	}
}

func TestLineTail(t *testing.T) {
	for _, tt := range []struct {
		src  string
		tail string // what follows the first element on its line, up to the end found
		ok   bool
	}{
		{"[ a\n]", "", true},
		{"[ a # c\n]", " # c", true},
		{"[ a  \r\n]", "  ", true},
		{"[ a /* c */ \n]", " /* c */ ", true},
		{"[ a /* c\n */ ]", " ", false},
		{"[ a /* c */ b\n]", " /* c */ ", false},
		{"[ a b\n]", " ", false},
		{"[ a ]", " ", false},
	} {
		f, err := syntax.Parse([]byte(tt.src))
		require.NoError(t, err)
		element := f.Root.Items[0]
		end, ok := lineTail(f, element.End)
		require.Equal(t, tt.ok, ok, "%q", tt.src)
		require.Equal(t, tt.tail, tt.src[element.End:end], "%q", tt.src)
	}
}

// members is the sequence of a list, for the tests below.
func members(t *testing.T, src string) sequence {
	t.Helper()
	f, err := syntax.Parse([]byte(src))
	require.NoError(t, err)
	s := sequence{file: f, node: f.Root}
	for _, item := range f.Root.Items {
		s.members = append(s.members, item.Range)
	}
	for _, b := range f.Root.Bindings {
		s.members = append(s.members, b.Range)
	}
	return s
}

func TestOnly(t *testing.T) {
	for _, tt := range []struct{ name, src, text, want string }{
		{"spaced", "  [ ]", "x", "  [\n    x\n  ]"},
		{"tight", "  []", "x", "  [\n    x\n  ]"},
		{"at the margin", "[ ]", "x", "[ x ]"},
		{"tight at the margin", "[]", "x", "[\n  x\n]"},
		{"open", "[\n]", "x", "[\n  x\n]"},
		{"open and deep", "  [\n  ]", "{\n  a = 1;\n}", "  [\n    {\n      a = 1;\n    }\n  ]"},
		{"comment inside", "[\n  # why\n]", "x", "[\n  # why\n  x\n]"},
		{"comment on the line", "[ /* why */ ]", "x", "[ /* why */ x ]"},
		{"line ends", "  [\r\n  ]", "x", "  [\r\n    x\r\n  ]"},
		{"tabs", "\t[ ]", "x", "\t[ x ]"},
		{"tabs, tight", "\t[]", "x", "\t[ x ]"},
		{"wide", " [    ]", "x", " [    x ]"},
		{"odd closing", "[ # why\n ]", "x", "[ # why\n   x\n ]"},
		{"several lines at the margin", "[ ]", "{\n}", ""},
		{"comment at the margin", "[ ]", "x # y", ""},
		{"text before the bracket", "[\n/* why */ ]", "x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := members(t, tt.src)
			insertion, ok := s.only(addition{text: tt.text})
			require.Equal(t, tt.want != "", ok)
			if ok {
				require.Equal(t, tt.want, string(insertion.Apply(s.file.Src)))
			}
		})
	}
}

func TestAfterAndBefore(t *testing.T) {
	for _, tt := range []struct {
		name, src     string
		at            int
		after, before string
	}{
		{"own lines", "[\n  a\n  b\n]", 0, "[\n  a\n  x\n  b\n]", "[\n  x\n  a\n  b\n]"},
		{"one line", "[ a b ]", 0, "[ a x b ]", "[ x a b ]"},
		{"no blank before the bracket", "[ a]", 0, "[ a x]", "[ x a]"},
		{"bracket on the last line", "[ a\n  b ]", 1, "[ a\n  b x ]", "[ a\n  x\n  b ]"},
		{"first on the bracket's line", "[ a\n  b ]", 0, "[ a\n  x\n  b ]", "[ x a\n  b ]"},
		{"only one, bracket below", "[ a\n]", 0, "[ a\n  x\n]", "[ x a\n]"},
		{"several lines", "[\n  {\n    c = 1;\n  } # d\n  b\n]", 0, "[\n  {\n    c = 1;\n  } # d\n  x\n  b\n]", "[\n  x\n  {\n    c = 1;\n  } # d\n  b\n]"},
		{"comment above", "[\n  a\n  # of b\n  b\n]", 1, "[\n  a\n  # of b\n  b\n  x\n]", "[\n  a\n  # of b\n  x\n  b\n]"},
		{"line ends", "[\r\n  a\r\n]", 0, "[\r\n  a\r\n  x\r\n]", "[\r\n  x\r\n  a\r\n]"},
		{"blanks at the end", "[\n  a  \n]", 0, "[\n  a  \n  x\n]", "[\n  x\n  a  \n]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := members(t, tt.src)
			insertion, ok := s.after(tt.at, addition{text: "x"})
			require.True(t, ok)
			require.Equal(t, tt.after, string(insertion.Apply(s.file.Src)))
			insertion, ok = s.before(tt.at, addition{text: "x"})
			require.True(t, ok)
			require.Equal(t, tt.before, string(insertion.Apply(s.file.Src)))
		})
	}
}

func TestAttachedCommentsStayWithTheirBinding(t *testing.T) {
	for src, want := range map[string]string{
		"{\n  # of a\n  # more\n  a = 1;\n}":         "{\n  x = 0;\n  # of a\n  # more\n  a = 1;\n}",
		"{\n  # of the set\n\n  # of a\n  a = 1;\n}": "{\n  # of the set\n\n  x = 0;\n  # of a\n  a = 1;\n}",
		"{ # of the set\n  a = 1;\n}":                "{ # of the set\n  x = 0;\n  a = 1;\n}",
	} {
		s := members(t, src)
		s.attached = true
		insertion, ok := s.before(0, addition{text: "x = 0;"})
		require.True(t, ok)
		require.Equal(t, want, string(insertion.Apply(s.file.Src)))
	}
}

func TestBlankBetween(t *testing.T) {
	for _, tt := range []struct {
		src     string
		members []int
		want    bool
	}{
		{"[\n  a\n\n  b\n\n  c\n]", []int{0, 1, 2}, true},
		{"[\r\n  a\r\n\r\n  b\r\n]", []int{0, 1}, true},
		{"[\n  a\n\n  b\n  c\n]", []int{0, 1, 2}, false},
		{"[\n  a\n  b\n\n  c\n\n  d ]", []int{0, 1}, false},
		{"[\n  a\n\n  b\n  c\n]", []int{0, 2}, false},
		{"[\n  a\n]", []int{0}, false},
	} {
		s := members(t, tt.src)
		require.Equal(t, tt.want, s.blankBetween(tt.members), "%q %v", tt.src, tt.members)
	}
}
