package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"holthome.net/scaffold/discover/egress"
)

// get asks for something of the repository and wants it to be there.
func (s *session) get(ctx context.Context, address, accept string, size int64) (*http.Response, error) {
	r, err := http.NewRequestWithContext(withSize(ctx, size), http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	response, err := s.http.Do(r)
	if err != nil {
		return nil, err
	}
	if err := transport.CheckError(response, http.StatusOK); err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	return response, nil
}

// address is that of something of the repository.
func (s *session) address(parts ...string) string {
	scheme, host := "https", s.repository.RegistryStr()
	if egress.IsLoopback(hostname(host)) {
		scheme = "http"
	}
	u := url.URL{Scheme: scheme, Host: host, Path: "/v2/" + s.repository.RepositoryStr() + "/" + strings.Join(parts, "/")}
	return u.String()
}

func contentType(response *http.Response) string {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		return "something"
	}
	return kind
}

var manifestTypes = strings.Join([]string{
	string(types.OCIImageIndex), string(types.DockerManifestList), string(types.OCIManifestSchema1), string(types.DockerManifestSchema2),
}, ", ")

// manifest is an index, or the manifest of one image.
type manifest struct {
	digest v1.Hash // of the bytes that were received
	// Index tells which it is.
	index   bool
	entries []v1.Descriptor
	config  v1.Descriptor
	layers  []v1.Descriptor
}

// manifest gets what a tag or digest names. Its digest is computed from what
// was received; one that was asked for by digest must have that.
func (s *session) manifest(ctx context.Context, reference string) (*manifest, error) {
	response, err := s.get(ctx, s.address("manifests", reference), manifestTypes, s.limits.Manifest)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(body)
	if err != nil {
		return nil, err
	}
	if strings.Contains(reference, ":") && m.digest.String() != reference {
		return nil, egress.Refuse("it gave %s where %s was asked for", m.digest, reference)
	}
	return m, nil
}

// readManifest tells what a manifest is by what is in it: its type may be named
// in two places, which need not agree.
func readManifest(body []byte) (*manifest, error) {
	var raw struct {
		SchemaVersion int
		Manifests     []v1.Descriptor
		Config        *v1.Descriptor
		Layers        []v1.Descriptor
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, egress.Refuse("its manifest is none")
	}
	digest, err := hash(body, "sha256")
	if err != nil {
		return nil, err
	}
	m := &manifest{digest: digest, index: raw.Manifests != nil, entries: raw.Manifests, layers: raw.Layers}
	switch {
	case raw.SchemaVersion != 2:
		return nil, egress.Refuse("its manifest has schema version %d, and only 2 names contents by digest", raw.SchemaVersion)
	case raw.Manifests != nil && (raw.Config != nil || raw.Layers != nil):
		return nil, egress.Refuse("its manifest says to be an index and an image at once")
	case raw.Manifests == nil && raw.Config == nil:
		return nil, egress.Refuse("its manifest is neither an index nor an image")
	case raw.Config != nil:
		m.config = *raw.Config
	}
	return m, nil
}

// blob gets something small by its digest.
func (s *session) blob(ctx context.Context, d v1.Descriptor, most int64) ([]byte, error) {
	if d.Size > most {
		return nil, egress.Refuse("its config has %d bytes, and %d are allowed", d.Size, most)
	}
	response, err := s.get(ctx, s.address("blobs", d.Digest.String()), "", most)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	got, err := hash(body, d.Digest.Algorithm)
	if err != nil {
		return nil, err
	}
	if got != d.Digest {
		return nil, egress.Refuse("it gave %s where %s was asked for", got, d.Digest)
	}
	return body, nil
}

func hash(body []byte, algorithm string) (v1.Hash, error) {
	hasher, err := v1.Hasher(algorithm)
	if err != nil {
		return v1.Hash{}, egress.Refuse("it names contents by %s", algorithm)
	}
	_, _ = hasher.Write(body)
	return v1.Hash{Algorithm: algorithm, Hex: fmt.Sprintf("%x", hasher.Sum(nil))}, nil
}
