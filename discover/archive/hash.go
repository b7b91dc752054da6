package archive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nix-community/go-nix/pkg/nar"
	"github.com/nix-community/go-nix/pkg/nixbase32"
	"github.com/nix-community/go-nix/pkg/nixhash"
)

// hash is the SHA-256 sum of the tree's NAR, in SRI form.
func (t *tree) hash() (string, error) {
	sum := sha256.New()
	w, err := nar.NewWriter(sum)
	if err != nil {
		return "", err
	}
	names := slices.SortedFunc(maps.Keys(t.nodes), func(a, b string) int {
		return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
	})
	if err := w.WriteHeader(&nar.Header{Path: "/", Type: nar.TypeDirectory}); err != nil {
		return "", err
	}
	for _, name := range names {
		n := t.nodes[name]
		h := &nar.Header{Path: "/" + name, Type: nar.TypeRegular, Size: int64(len(n.content)), Executable: n.executable}
		switch {
		case n.folder:
			h = &nar.Header{Path: "/" + name, Type: nar.TypeDirectory}
		case n.target != "":
			h = &nar.Header{Path: "/" + name, Type: nar.TypeSymlink, LinkTarget: n.target}
		}
		if err := w.WriteHeader(h); err != nil {
			return "", fmt.Errorf("write %s: %w", shown(name), err)
		}
		if _, err := bytes.NewReader(n.content).WriteTo(w); err != nil {
			return "", fmt.Errorf("write %s: %w", shown(name), err)
		}
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	h, err := nixhash.NewHash(nixhash.SHA256, sum.Sum(nil))
	if err != nil {
		return "", err
	}
	return h.Format(nixhash.SRI, true), nil
}

// CheckHash says what is wrong with a hash in SRI form, if anything. It must be
// of SHA-256, which is what fetchzip's own is.
func CheckHash(sri string) error {
	_, err := digestOf(sri)
	return err
}

func digestOf(sri string) ([]byte, error) {
	h, err := nixhash.ParseAny(sri, nil)
	if err != nil || !strings.HasPrefix(sri, "sha256-") || h.Format(nixhash.SRI, true) != sri {
		return nil, fmt.Errorf("%q is no hash such as sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", sri)
	}
	return h.Digest(), nil
}

// StorePath is where Nix puts what has a NAR hash, in SRI form, under a name.
func StorePath(sri, name string) (string, error) {
	digest, err := digestOf(sri)
	if err != nil {
		return "", fmt.Errorf("find store path: %w", err)
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("source:sha256:%x:/nix/store:%s", digest, name)))
	return "/nix/store/" + nixbase32.EncodeToString(nixhash.CompressHash(sum[:], 20)) + "-" + name, nil
}
