package catalog

import (
	"bytes"
	"path"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// lazy is an embedded entry that is read when it is asked for. Its names and
// category are found by line, without reading it: the files are ours, and a
// test holds what is found against what they say.
func lazy(name string, data []byte) *source {
	return &source{
		name:     strings.TrimSuffix(name, ".yaml"),
		category: scalar(line(data, "category")),
		aliases:  aliases(data),
		load: sync.OnceValues(func() (*Entry, error) {
			e := &Entry{File: path.Join(embeddedDir, name)}
			if err := yaml.UnmarshalWithOptions(data, e, yaml.DisallowUnknownField()); err != nil {
				return nil, syntaxError(e.File, err)
			}
			return e, nil
		}),
	}
}

// line is what follows a key that begins a line, up to the next such key.
func line(data []byte, key string) string {
	mark := []byte(key + ":")
	if !bytes.HasPrefix(data, mark) {
		mark = append([]byte{'\n'}, mark...)
	}
	_, rest, found := bytes.Cut(data, mark)
	if !found {
		return ""
	}
	for i := range rest {
		// A list may stand below its key without indentation.
		if rest[i] == '\n' && i+1 < len(rest) && !strings.ContainsRune(" -#\n", rune(rest[i+1])) {
			return string(rest[:i])
		}
	}
	return string(rest)
}

// aliases reads a list in either of its two forms.
func aliases(data []byte) []string {
	text := line(data, "aliases")
	if inner, ok := strings.CutPrefix(scalar(text), "["); ok {
		inner, _, _ = strings.Cut(inner, "]")
		return words(strings.Split(inner, ","))
	}
	var items []string
	for l := range strings.Lines(text) {
		if item, ok := strings.CutPrefix(strings.TrimSpace(l), "- "); ok {
			items = append(items, item)
		}
	}
	return words(items)
}

func words(list []string) []string {
	var words []string
	for _, w := range list {
		if w = scalar(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// scalar is a value without comment and quotes.
func scalar(text string) string {
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimSpace(text)
	for _, quote := range []string{`"`, `'`} {
		if len(text) > 1 && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			return text[1 : len(text)-1]
		}
	}
	return text
}
