package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// readTar reads a tar that is compressed with gzip.
func (t *tree) readTar(data []byte) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return errors.New("it is not compressed with gzip; is it a page that asks for a login?")
	}
	// What stands beside the files, headers and padding, is limited too.
	limited := &io.LimitedReader{R: unzipped, N: 2*t.limits.Unpacked + int64(t.limits.Entries)*4096}
	reader := tar.NewReader(limited)
	for {
		h, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken("tar", err)
		}
		if err := t.count(); err != nil {
			return err
		}
		if err := t.tarEntry(h, reader); err != nil {
			return err
		}
	}
	// The end of the tar is not that of what is compressed, whose checksum comes last.
	if _, err := io.Copy(io.Discard, limited); err != nil {
		return broken("gzip", err)
	}
	if limited.N <= 0 {
		return fmt.Errorf("it unpacks to more than the %d bytes that are allowed", t.limits.Unpacked)
	}
	return nil
}

func (t *tree) tarEntry(h *tar.Header, r io.Reader) error {
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil // what git says of the commit
	case tar.TypeDir:
		return t.add(h.Name, &node{folder: true})
	case tar.TypeSymlink:
		if h.Linkname == "" {
			return fmt.Errorf("%s is a link to nothing", shown(h.Name))
		}
		return t.add(h.Name, &node{target: h.Linkname})
	case tar.TypeLink:
		name, err := cleanName(h.Linkname, t.limits)
		if err != nil {
			return err
		}
		to, ok := t.nodes[name]
		if !ok || to.folder || to.target != "" {
			return fmt.Errorf("%s is a hard link to %s, which is no file before it", shown(h.Name), shown(h.Linkname))
		}
		if t.size += int64(len(to.content)); t.size > t.limits.Unpacked {
			return fmt.Errorf("it unpacks to more than the %d bytes that are allowed", t.limits.Unpacked)
		}
		return t.add(h.Name, &node{content: to.content, executable: to.executable})
	case tar.TypeReg:
		content, err := t.content(r)
		if err != nil {
			return broken("tar", err)
		}
		return t.add(h.Name, &node{content: content, executable: h.Mode&0o100 != 0})
	}
	return fmt.Errorf("%s is neither a file, a folder nor a link", shown(h.Name))
}

// broken is an error of a library, whose text has no part of the archive in it.
func broken(what string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("its %s is cut off", what)
	}
	return fmt.Errorf("its %s cannot be read: %w", what, err)
}
