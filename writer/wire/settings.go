package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// settingsFile is where a repo keeps what it wants of scaffold.
const settingsFile = ".scaffold.yaml"

// settings says which host is meant when none is named.
func (w *wiring) settings() (Door, error) {
	block, err := yaml.Marshal(map[string]string{"host": w.Host})
	if err != nil {
		return Door{}, fmt.Errorf("write %s: %w", settingsFile, err)
	}
	src := w.text(settingsFile)
	if src == nil {
		w.now[settingsFile] = append([]byte("---\n"), block...)
		return Door{State: Added, File: settingsFile}, nil
	}
	entries, _, err := mapping(src)
	if err != nil {
		return refusal(settingsFile, string(block), err), nil
	}
	for _, e := range entries {
		if e.key == "host" {
			return Door{State: Wired, File: settingsFile, Line: e.line}, nil
		}
	}
	if len(entries) == 0 {
		nl := newline(src)
		out := bytes.Clone(src)
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, nl...)
		}
		out = append(out, strings.ReplaceAll(string(block), "\n", nl)...)
		rest, _, err := mapping(out)
		if err == nil && len(rest) != 1 {
			err = errors.New("it is laid out in an unknown way")
		}
		if err != nil {
			return refusal(settingsFile, string(block), err), nil
		}
		w.now[settingsFile] = out
		return Door{State: Added, File: settingsFile}, nil
	}
	out, err := addKey(src, nil, entries, len(entries)-1, string(block))
	if err != nil {
		return refusal(settingsFile, string(block), err), nil
	}
	w.now[settingsFile] = out
	return Door{State: Added, File: settingsFile}, nil
}
