package registry

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"holthome.net/scaffold/discover/egress"
)

// binDirs are where programs are, for an image without PATH.
const binDirs = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// listTools lists the files of the layers to see which programs a health check
// can be made with. Without that the image is as good, so what fails is only
// told.
func (f *found) listTools(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, f.limits.Layers)
	defer cancel()
	tools, err := f.tools(ctx)
	if err != nil {
		warn(f.Image, "its files were not listed: "+printable(fail("", err).Err))
		return
	}
	f.Tools = tools
}

func (f *found) tools(ctx context.Context) ([]string, error) {
	var size int64
	for _, l := range f.layers {
		if size += l.Size; l.Size < 0 || size > f.limits.LayerBytes {
			return nil, egress.Refuse("its layers have more than %d MB", f.limits.LayerBytes>>20)
		}
	}
	dirs := f.Config.Environment["PATH"]
	if dirs == "" {
		dirs = binDirs
	}
	seen := newListing(strings.Split(dirs, ":"), f.limits.FileBytes)
	// The topmost layer is the last; what it takes away, those below cannot have.
	for _, l := range slices.Backward(f.layers) {
		if err := f.layer(ctx, l, seen); err != nil {
			return nil, err
		}
		seen.below()
	}
	return seen.found(), nil
}

// layer lists one layer, of which every byte is received and hashed.
func (f *found) layer(ctx context.Context, l v1.Descriptor, seen *listing) error {
	response, err := f.get(ctx, f.address("blobs", l.Digest.String()), "", l.Size)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	hasher, err := v1.Hasher(l.Digest.Algorithm)
	if err != nil {
		return egress.Refuse("it names contents by %s", l.Digest.Algorithm)
	}
	body := io.TeeReader(response.Body, hasher)
	if err := seen.read(body); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	if got := fmt.Sprintf("%x", hasher.Sum(nil)); got != l.Digest.Hex {
		return egress.Refuse("it gave %s where %s was asked for", got, l.Digest)
	}
	return nil
}
