package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/plan"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"server /data":              {"server", "/data"},
		"  a\t b ":                  {"a", "b"},
		`sh -c 'a && b | c > d'`:    {"sh", "-c", "a && b | c > d"},
		`echo "it's $HOME" '$HOME'`: {"echo", "it's $HOME", "$HOME"},
		`a"b"'c'd`:                  {"abcd"},
		`'' ""`:                     {"", ""},
		`a\ b \'c`:                  {"a b", "'c"},
		`"a\"b\\c\d"`:               {`a"b\c\d`},
		`'a\b'`:                     {`a\b`},
		`*.txt ~ $(x) ; & #`:        {"*.txt", "~", "$(x)", ";", "&", "#"},
		"":                          nil,
		"grüße 'ü ü'":               {"grüße", "ü ü"},
	} {
		words, err := plan.Words(text)
		require.NoError(t, err, text)
		require.Equal(t, want, words, text)
	}
	for text, what := range map[string]string{`a 'b`: "quote '", `a "b`: `quote "`, `a \`: "ends in a backslash"} {
		_, err := plan.Words(text)
		require.ErrorContains(t, err, what)
	}
}

// TestWordsOfJoined: whatever the words are, none is lost and none is split.
func TestWordsOfJoined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.String(), 1, 6).Draw(t, "words")
		again, err := plan.Words(plan.JoinWords(words))
		require.NoError(t, err)
		require.Equal(t, words, again)
	})
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"a b", `'a`, `"\`, `\`, "a\tb''", "'\\''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, err := plan.Words(s)
		if err != nil {
			return
		}
		again, err := plan.Words(plan.JoinWords(words))
		require.NoError(t, err)
		require.Equal(t, words, again)
	})
}
