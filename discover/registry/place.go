package registry

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"holthome.net/scaffold/discover/egress"
)

// place is where an image may be, as a candidate names it.
type place struct {
	// shown is the repository as people write it: registry/name.
	shown string
	// asked is the repository that is asked, at a mirror if there is one.
	asked name.Repository
	// tag and digest are empty where they were not named.
	tag    string
	digest v1.Hash
	pinned bool
}

// String is the place as it was named.
func (p place) String() string {
	s := p.shown
	if p.tag != "" {
		s += ":" + p.tag
	}
	if p.pinned {
		s += "@" + p.digest.String()
	}
	return s
}

// pathForm is a repository's name by the distribution specification. The
// library also takes parts such as "..", which lead elsewhere at a mirror.
var pathForm = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`)

// tagForm is a tag by the same specification. The library takes ".." here too,
// which is another address.
var tagForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

var hostForm = regexp.MustCompile(`^([A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// isRegistryHost tells whether a text can be the host of a registry. A word
// without dot or port would be a part of a name at Docker Hub.
func isRegistryHost(text string) bool {
	return hostForm.MatchString(text) && (strings.ContainsAny(text, ".:") || text == "localhost")
}

// canonicalHost is the one name that we use for a registry with several.
func canonicalHost(host string) string {
	host = strings.ToLower(host)
	if host == name.DefaultRegistry || host == "registry-1.docker.io" || host == "registry.hub.docker.com" {
		return "docker.io"
	}
	return host
}

// place reads registry/name, registry/name:tag, and both with @sha256:digest.
func (c *Client) place(text string) (place, error) {
	bad := func(err error) (place, error) {
		return place{}, &Error{Kind: BadReference, What: fmt.Sprintf("read image %q", text), Err: err, Hint: "write it as registry/name, registry/name:tag or registry/name:tag@sha256:<digest>"}
	}
	rest, digest, pinned := strings.Cut(text, "@")
	p := place{pinned: pinned}
	if pinned {
		var err error
		if p.digest, err = v1.NewHash(digest); err != nil || p.digest.Algorithm != "sha256" {
			return bad(fmt.Errorf("%q is no digest", digest))
		}
	}
	host, path, ok := strings.Cut(rest, "/")
	if !ok || !isRegistryHost(host) {
		return bad(errors.New("it does not say its registry"))
	}
	if colon := strings.LastIndexByte(path, ':'); colon >= 0 {
		path, p.tag = path[:colon], path[colon+1:]
		if !tagForm.MatchString(p.tag) {
			return bad(fmt.Errorf("%q is no tag", p.tag))
		}
	}
	if !pathForm.MatchString(path) {
		return bad(fmt.Errorf("%q is no name of a repository", path))
	}
	host = canonicalHost(host)
	if host == "docker.io" && !strings.Contains(path, "/") {
		path = "library/" + path
	}
	p.shown = host + "/" + path
	at := p.shown
	if mirror, ok := c.mirrors[host]; ok {
		at = mirror + "/" + path
	}
	options := []name.Option{name.StrictValidation}
	if asked, _, _ := strings.Cut(at, "/"); egress.IsLoopback(hostname(asked)) {
		options = append(options, name.Insecure)
	}
	var err error
	if p.asked, err = name.NewRepository(at, options...); err != nil {
		return bad(err)
	}
	return p, nil
}

// rank orders registries by how well they can be relied on: the first has no
// limit of pulls that matters, the last has one and is the least current.
func (p place) rank() int {
	host, _, _ := strings.Cut(p.shown, "/")
	switch host {
	case "ghcr.io":
		return 0
	case "quay.io":
		return 1
	case "docker.io":
		return 2
	}
	return 3
}

// order puts the better registries first, and leaves alone what is equal.
func order(places []place) {
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.rank(), b.rank()) })
}
