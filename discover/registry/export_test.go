package registry

import (
	"io"
	"strings"
)

// What parses bytes from outside.
func ReadManifest(body []byte) (digest string, entries int, err error) {
	m, err := readManifest(body)
	if err != nil {
		return "", 0, err
	}
	for _, p := range platforms(m.entries) {
		if _, ok := pick(m.entries, p); !ok {
			panic(p)
		}
	}
	return m.digest.String(), len(m.entries), nil
}

func NextPage(link, address string) (string, error) { return nextPage(link, address) }

// Programs lists layers, the lowest first.
func Programs(path string, most int64, layers ...io.Reader) ([]string, error) {
	l := newListing(strings.Split(path, ":"), most)
	for n := range layers {
		if err := l.read(layers[len(layers)-1-n]); err != nil {
			return nil, err
		}
		l.below()
	}
	return l.found(), nil
}

// Place is an image as it is shown, and the repository that is asked for it.
func Place(text string, mirrors map[string]string) (shown, asked string, err error) {
	c, err := New(Options{Mirrors: mirrors})
	if err != nil {
		return "", "", err
	}
	p, err := c.place(text)
	return p.String(), p.asked.Name(), err
}
