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
)

// tagPage is how many tags are asked for at once.
const tagPage = 1000

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
	if isLoopback(hostname(host)) {
		scheme = "http"
	}
	u := url.URL{Scheme: scheme, Host: host, Path: "/v2/" + s.repository.RepositoryStr() + "/" + strings.Join(parts, "/")}
	return u.String()
}

// tags lists the tags. Where a list does not end, or breaks off after it began,
// it is what was received, and whole is false.
func (s *session) tags(ctx context.Context) (tags []string, whole bool, err error) {
	next := s.address("tags", "list") + fmt.Sprintf("?n=%d", tagPage)
	known := map[string]bool{}
	for range s.limits.Pages {
		page, after, err := s.tagPage(ctx, next)
		if err != nil {
			if len(tags) > 0 && ctx.Err() == nil {
				return tags, false, nil
			}
			return nil, false, err
		}
		before := len(tags)
		for _, t := range page {
			if !known[t] && len(tags) < s.limits.Tags {
				known[t] = true
				tags = append(tags, t)
			}
		}
		switch {
		case after == "":
			return tags, true, nil
		case len(tags) == before || len(tags) >= s.limits.Tags:
			return tags, false, nil
		}
		next = after
	}
	return tags, false, nil
}

// tagPage gets one page and the address of the next.
func (s *session) tagPage(ctx context.Context, address string) (tags []string, next string, err error) {
	response, err := s.get(ctx, address, "application/json", s.limits.TagPage)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, "", err
	}
	var page struct{ Tags []string }
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", refuse("it answered with %s that is no list of tags; is there a login page in between?", contentType(response))
	}
	next, err = nextPage(response.Header.Get("Link"), address)
	return page.Tags, next, err
}

// nextPage reads the Link header. The next page must be on the same host.
func nextPage(link, address string) (string, error) {
	target, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(link), "<"), ">")
	if !ok || target == "" {
		return "", nil
	}
	base, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	next, err := base.Parse(target)
	if err != nil {
		return "", refuse("the address of its next page of tags is none")
	}
	if next.Scheme != base.Scheme || next.Host != base.Host || next.User != nil {
		return "", refuse("its next page of tags is on another host, %s", next.Host)
	}
	return next.String(), nil
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
		return nil, refuse("it gave %s where %s was asked for", m.digest, reference)
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
		return nil, refuse("its manifest is none")
	}
	digest, err := hash(body, "sha256")
	if err != nil {
		return nil, err
	}
	m := &manifest{digest: digest, index: raw.Manifests != nil, entries: raw.Manifests, layers: raw.Layers}
	switch {
	case raw.SchemaVersion != 2:
		return nil, refuse("its manifest has schema version %d, and only 2 names contents by digest", raw.SchemaVersion)
	case raw.Manifests != nil && (raw.Config != nil || raw.Layers != nil):
		return nil, refuse("its manifest says to be an index and an image at once")
	case raw.Manifests == nil && raw.Config == nil:
		return nil, refuse("its manifest is neither an index nor an image")
	case raw.Config != nil:
		m.config = *raw.Config
	}
	return m, nil
}

// blob gets something small by its digest.
func (s *session) blob(ctx context.Context, d v1.Descriptor, most int64) ([]byte, error) {
	if d.Size > most {
		return nil, refuse("its config has %d bytes, and %d are allowed", d.Size, most)
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
		return nil, refuse("it gave %s where %s was asked for", got, d.Digest)
	}
	return body, nil
}

func hash(body []byte, algorithm string) (v1.Hash, error) {
	hasher, err := v1.Hasher(algorithm)
	if err != nil {
		return v1.Hash{}, refuse("it names contents by %s", algorithm)
	}
	_, _ = hasher.Write(body)
	return v1.Hash{Algorithm: algorithm, Hex: fmt.Sprintf("%x", hasher.Sum(nil))}, nil
}
