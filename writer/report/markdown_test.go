package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func markdown(t require.TestingT, r *report.Report) string {
	var b strings.Builder
	require.NoError(t, r.Markdown(&b))
	return b.String()
}

// TestMarkdown: a report with everything in it, to be read by people.
func TestMarkdown(t *testing.T) {
	file, got := filepath.Join("testdata", "full.md"), markdown(t, full())
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./writer/report -update makes it")
	require.Equal(t, string(want), got)
}

// TestMarkdownIsTidy: nothing but the report's own markup, on every kind of run,
// one empty line between parts, and no two.
func TestMarkdownIsTidy(t *testing.T) {
	for name, in := range runs(t) {
		t.Run(name, func(t *testing.T) {
			page := markdown(t, report.Make(in))
			require.NoError(t, unsafe(page))
			_, err := shape(page)
			require.NoError(t, err)
			require.True(t, strings.HasSuffix(page, "\n") && !strings.HasSuffix(page, "\n\n"))
			lines := read(page)
			for i := 1; i < len(lines); i++ {
				require.False(t, lines[i].text == "" && !lines[i].fenced && lines[i-1].text == "" && !lines[i-1].fenced, "two empty lines before %q", lines[min(i+1, len(lines)-1)].text)
				if strings.HasPrefix(lines[i].text, "#") && !lines[i].fenced {
					require.Empty(t, lines[i-1].text, "no empty line before %s", lines[i].text)
				}
			}
		})
	}
}

// nasty are beginnings of what a description might try.
var nasty = []string{
	"", "|", "||", "\\|", "\\", "`", "``", "```", "````", "` | `", "\n```\n", "\n\n# x\n", "\r\n| a | b |\r\n|---|---|\r\n", "<script>alert(1)</script>", "<!--", "-->",
	"[x](https://evil.example)", "![x](http://evil.example/x.png)", "[x]: http://evil.example", "https://evil.example", "www.evil.example", "<https://evil.example>", "mailto:a@b.example",
	"@everyone", "#1", "x#2", "**", "__", "_a_", "*a*", "~~a~~", "$a$", "$$", "&lt;b&gt;", "&#64;", "- [x] ", "1. ", "1) ", "+ ", "> ", "# ", "=== ", "--- ", ":---", "~~~", "    x", "\t",
	"\x00", "\x1b[31m", "\x7f", "\u0085", "\u2028", "\u202e", "\u2066", "\u200b", "\ufeff", "\xff", "é", "`" + strings.Repeat("`", 20), "(a)", ")", "](", "\"", "'", "%s", "{{x}}", "${x}",
}

// hostile draws a text that tries to be more than text. It has a letter, so that
// nothing is left out for being empty.
func hostile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()), 0, 5).Draw(t, "parts")
		at := rapid.IntRange(0, len(parts)).Draw(t, "at")
		return strings.Join(parts[:at], "") + "a" + strings.Join(parts[at:], "")
	})
}

// kept are the types whose values have a meaning for how a page is made.
var kept = []reflect.Type{reflect.TypeFor[report.Status](), reflect.TypeFor[plan.Tier](), reflect.TypeFor[report.BuildState]()}

// fill gives every text in a value another one; field is the name of what has it.
func fill(v reflect.Value, field string, text func() string) {
	for _, k := range kept {
		if v.Type() == k {
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		switch {
		case v.IsNil():
		case v.Kind() == reflect.Interface && v.Elem().Kind() == reflect.String:
			v.Set(reflect.ValueOf(text()))
		case v.Kind() == reflect.Pointer:
			fill(v.Elem(), field, text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name, text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), field, text)
		}
	case reflect.String:
		// What is chosen from, or names a part of the page.
		if v.String() != "" && field != "When" && field != "Action" && field != "Rule" && v.Type() == reflect.TypeFor[string]() {
			v.SetString(text())
		}
	}
}

// TestHostile: whatever the texts are, the page is made of the same parts, and
// nothing in it acts.
func TestHostile(t *testing.T) {
	benign := full()
	fill(reflect.ValueOf(benign).Elem(), "", func() string { return "a" })
	want, err := shape(markdown(t, benign))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		r := full()
		drawn := hostile()
		same := drawn.Draw(t, "text")
		fill(reflect.ValueOf(r).Elem(), "", func() string { return same })
		page := markdown(t, r)
		require.NoError(t, unsafe(page))
		got, err := shape(page)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// TestHostileParts: the same of texts that differ from each other, so that what
// one begins another could end.
func TestHostileParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, texts, n := full(), rapid.SliceOfN(hostile(), 2, 7).Draw(t, "texts"), 0
		fill(reflect.ValueOf(r).Elem(), "", func() string {
			n++
			return texts[n%len(texts)]
		})
		page := markdown(t, r)
		require.NoError(t, unsafe(page))
		_, err := shape(page)
		require.NoError(t, err)
	})
}

// FuzzMarkdown: the same for bytes that nobody thought of.
func FuzzMarkdown(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	benign := full()
	fill(reflect.ValueOf(benign).Elem(), "", func() string { return "a" })
	want, err := shape(markdown(f, benign))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, s string) {
		r := full()
		fill(reflect.ValueOf(r).Elem(), "", func() string { return s + "a" })
		page := markdown(t, r)
		require.NoError(t, unsafe(page))
		got, err := shape(page)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// TestReaderSees: the tests above can fail.
func TestReaderSees(t *testing.T) {
	for _, page := range []string{
		"a <b>\n", "a `b\n", "@x\n", "| [x](javascript:1) |\n", "| `a` | www.x |\n", "*x*\n", "a\u202eb\n", "```\nx\n", "x #1\n", "[a]: https://b\n", "![x](https://y)\n[", "a ~~x~~\n",
	} {
		require.Error(t, unsafe(page), page)
	}
	require.NoError(t, unsafe("- **A**: `<b>`. [x: `y`](https://z.example/a)\n\n```\n<b>\n```\n| a\\|b | `c\\|d` |\n"))
	_, err := shape("| a | b |\n|---|---|\n| a |\n")
	require.Error(t, err)
	one, err := shape("a\n")
	require.NoError(t, err)
	for _, other := range []string{"# a\n", "- a\n", "a\nb\n", "1. a\n", "```\na\n```\n"} {
		two, err := shape(other)
		require.NoError(t, err)
		require.NotEqual(t, one, two, other)
	}
}

// TestNamesBeginSentences: a unit is called what it is called, wherever it stands.
func TestNamesBeginSentences(t *testing.T) {
	r := full()
	r.Rationale = []report.Choice{{About: "Security", Reason: "linkding.service runs as linkding"}, {About: "Login", Reason: "nobody logs in."}}
	page := markdown(t, r)
	require.Contains(t, page, "- **Security**: linkding.service runs as linkding.\n")
	require.Contains(t, page, "- **Login**: Nobody logs in.\n")
}
