package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// Systems that a zip says it was made on; the high byte of its version.
const (
	madeOnDOS  = 0
	madeOnUnix = 3
	madeOnMac  = 19
)

// readZip reads a zip.
func (t *tree) readZip(data []byte) error {
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return errors.New("it is no zip; is it a page that asks for a login?")
	}
	for _, f := range reader.File {
		if err := t.count(); err != nil {
			return err
		}
		if err := t.zipEntry(f); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) zipEntry(f *zip.File) error {
	system, unix := f.CreatorVersion>>8, f.ExternalAttrs>>16
	switch {
	case f.NonUTF8:
		return fmt.Errorf("the name %s is in a character set that it does not tell", shown(f.Name))
	case f.Flags&1 != 0:
		return fmt.Errorf("%s is encrypted", shown(f.Name))
	case system == madeOnDOS && unix&0o100 != 0 && unix>>12 != 4:
		// Programs disagree on whether such a file can be executed.
		return fmt.Errorf("the permissions of %s are told in two ways", shown(f.Name))
	}
	mode := f.Mode()
	switch {
	case mode.IsDir():
		if f.UncompressedSize64 != 0 {
			return fmt.Errorf("%s is a folder with contents", shown(f.Name))
		}
		return t.add(f.Name, &node{folder: true})
	case mode&fs.ModeType != 0 && mode&fs.ModeType != fs.ModeSymlink:
		return fmt.Errorf("%s is neither a file, a folder nor a link", shown(f.Name))
	}
	r, err := f.Open()
	if err != nil {
		return broken("zip", err)
	}
	defer r.Close()
	content, err := t.content(r)
	if err != nil {
		return broken("zip", err)
	}
	if mode&fs.ModeSymlink != 0 {
		if len(content) == 0 {
			return fmt.Errorf("%s is a link to nothing", shown(f.Name))
		}
		return t.add(f.Name, &node{target: string(content)})
	}
	executable := (system == madeOnUnix || system == madeOnMac) && mode&0o100 != 0
	return t.add(f.Name, &node{content: content, executable: executable})
}
