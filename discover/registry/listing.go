package registry

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/egress"
	"holthome.net/scaffold/discover/image"
)

// listing is what programs there are, layer by layer from the top.
type listing struct {
	dirs     map[string]bool // without the first slash
	programs map[string]bool
	// gone are paths that layers above took away or replaced, opaque folders of
	// which they hid all; the layer that is being read adds to the others.
	gone, opaque       map[string]bool
	nowGone, nowOpaque []string
	left               int64
}

func newListing(dirs []string, most int64) *listing {
	l := &listing{dirs: map[string]bool{}, programs: map[string]bool{}, gone: map[string]bool{}, opaque: map[string]bool{}, left: most}
	for _, d := range dirs {
		l.dirs[inside(d)] = true
	}
	return l
}

// found are the programs that were seen, in the order of image.HealthTools.
func (l *listing) found() []string {
	tools := []string{}
	for _, t := range image.HealthTools {
		if l.programs[t] {
			tools = append(tools, t)
		}
	}
	return tools
}

// inside is a path within the image, without the first slash.
func inside(p string) string { return strings.TrimPrefix(path.Clean("/"+p), "/") }

// below ends a layer.
func (l *listing) below() {
	for _, p := range l.nowGone {
		l.gone[p] = true
	}
	for _, p := range l.nowOpaque {
		l.opaque[p] = true
	}
	l.nowGone, l.nowOpaque = nil, nil
}

// read reads a layer: a tar archive, which gzip may have made smaller.
func (l *listing) read(layer io.Reader) error {
	buffered := bufio.NewReader(layer)
	magic, _ := buffered.Peek(4)
	var plain io.Reader = buffered
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		unzip, err := gzip.NewReader(buffered)
		if err != nil {
			return egress.Refuse("a layer of it is broken")
		}
		plain = unzip
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return egress.Refuse("its layers are compressed with zstd, which is not read")
	}
	counted := &io.LimitedReader{R: plain, N: l.left}
	archive := tar.NewReader(counted)
	for {
		header, err := archive.Next()
		l.left = counted.N
		switch {
		case counted.N <= 0:
			return egress.Refuse("its files have more bytes than are allowed")
		case errors.Is(err, io.EOF):
			_, err := io.Copy(io.Discard, buffered) // so that all is hashed
			return err
		case err != nil:
			var broken *egress.Refusal
			if errors.As(err, &broken) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
				return err
			}
			return egress.Refuse("a layer of it is broken")
		}
		l.add(header)
	}
}

// add takes note of one file.
func (l *listing) add(h *tar.Header) {
	p := inside(h.Name)
	dir, base := path.Split(p)
	dir = strings.TrimSuffix(dir, "/")
	switch hidden, isWhiteout := strings.CutPrefix(base, ".wh."); {
	case base == ".wh..wh..opq":
		l.nowOpaque = append(l.nowOpaque, dir)
		return
	case isWhiteout:
		l.nowGone = append(l.nowGone, path.Join(dir, hidden))
		return
	case !l.dirs[dir] || l.isHidden(p):
		return
	}
	switch h.Typeflag {
	case tar.TypeReg:
		if h.Mode&0o111 == 0 {
			return
		}
	case tar.TypeSymlink, tar.TypeLink:
	default:
		return
	}
	if slices.Contains(image.HealthTools, base) {
		l.programs[base] = true
	}
}

// isHidden tells whether a layer above took a path away.
func (l *listing) isHidden(p string) bool {
	if l.gone[p] {
		return true
	}
	for p != "" {
		p = strings.TrimSuffix(p[:strings.LastIndexByte(p, '/')+1], "/")
		if l.opaque[p] || p != "" && l.gone[p] {
			return true
		}
	}
	return false
}
