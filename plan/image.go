package plan

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Lookup is an image that the plan wants to know about before it goes on.
type Lookup struct {
	// Repositories are candidates in order of preference; Reference is what the
	// user named instead.
	Repositories []string
	Reference    string
	// Family is a tag of the kind that is wanted, empty for plain versions.
	Family string
	// Platform is the host's, such as linux/amd64.
	Platform string
	// Pinned tells that it is good enough as it is if nobody can be asked.
	Pinned bool
}

// chooseImage settles a container's image: with tag and digest, or not at all.
func (m *maker) chooseImage() {
	said, ok := m.answer("image")
	pinned := ok && strings.Contains(said, "@")
	lookup := &Lookup{Reference: said, Platform: platform(m.Facts.Host.System), Pinned: pinned}
	if m.Entry != nil && !ok {
		lookup.Repositories, lookup.Family = m.Entry.Images, m.Entry.Tag
	}
	if ok || len(lookup.Repositories) > 0 {
		m.plan.Lookup = lookup
	}
	if img := m.Image; img != nil {
		m.model.Image = img.Reference
		d := Decision{Name: "image", Value: img.Reference, Rule: "the newest stable version of the first registry that has it", Reason: img.Choice,
			Evidence: []Evidence{{Option: "tag", Value: img.Tag}, {Option: "platforms", Value: strings.Join(img.Platforms, " ")}}}
		if ok {
			d.Rule, d.Reason = "user", "you said so; its registry has it"
		} else if m.Entry != nil {
			d.Evidence = append(d.Evidence, Evidence{File: m.Entry.FileOf("images")})
		}
		for _, r := range img.Rejected {
			d.Rejected = append(d.Rejected, Rejected{Value: r.Repository, Reason: r.Reason})
		}
		m.decide(d)
		if img.Warning != "" {
			m.note("Image " + img.Reference + ": " + img.Warning + ".")
		}
		return
	}
	switch {
	case pinned:
		m.model.Image = said
		m.decide(Decision{Name: "image", Value: said, Rule: "user", Reason: "you said so; it is pinned by tag and digest"})
		if m.NoImage != "" {
			m.note("The image was not looked at: " + m.NoImage + ".")
		}
	default:
		why := "no source names an image for " + m.Service
		switch {
		case m.NoImage != "":
			why = m.NoImage
		case ok:
			why = fmt.Sprintf("%q has no digest, so what runs could change, and its registry was not asked", said)
		case len(lookup.Repositories) > 0:
			why = "nobody was asked about " + strings.Join(lookup.Repositories, ", ")
		}
		m.ask(Question{Name: "image", Text: "Which image (registry/name, and :tag@sha256:... where its registry cannot be asked)?",
			Why: why, DependsOn: []string{"container"}})
	}
}

// platform is the platform of an image for a system of Nix.
func platform(system *string) string {
	if system == nil {
		return "linux/amd64"
	}
	cpu, _, _ := strings.Cut(*system, "-")
	switch cpu {
	case "aarch64":
		return "linux/arm64"
	case "armv7l":
		return "linux/arm/v7"
	case "i686":
		return "linux/386"
	case "x86_64":
		return "linux/amd64"
	}
	return "linux/" + cpu
}

var imageForm = regexp.MustCompile(`^[A-Za-z0-9._:/@-]+$`)

// repositoryForm is a repository's name and a tag by the distribution specification;
// the library also takes parts such as "..".
var repositoryForm = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$`)

var registryForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?$`)

// CheckImage says what is wrong with an image reference, if anything. It may
// lack tag and digest, which its registry then gives; where it has a digest it
// must have a tag too, so that updates can be proposed.
func CheckImage(image string) error {
	if !imageForm.MatchString(image) {
		return fmt.Errorf("%q is no image; write it as registry/name, registry/name:tag or registry/name:tag@sha256:<digest>", image)
	}
	rest, _, pinned := strings.Cut(image, "@")
	if pinned {
		if _, err := name.NewDigest(image, name.StrictValidation); err != nil {
			return fmt.Errorf("%w; write it as registry/name:tag@sha256:<digest>", err)
		}
		if _, err := name.NewTag(rest, name.StrictValidation); err != nil {
			return fmt.Errorf("%w; write it as registry/name:tag@sha256:<digest>", err)
		}
	}
	tag, err := name.NewTag(rest)
	if err != nil {
		return fmt.Errorf("%w; write it as registry/name, registry/name:tag or registry/name:tag@sha256:<digest>", err)
	}
	registry, _, ok := strings.Cut(rest, "/")
	// Without a registry the name would mean another image to another program.
	if !ok || !strings.ContainsAny(registry, ".:") && registry != "localhost" {
		return fmt.Errorf("%q does not say its registry; write it as registry/name:tag, such as docker.io/%s", image, rest)
	}
	// The library takes whatever a URL may have as its host.
	if !registryForm.MatchString(registry) {
		return fmt.Errorf("%q is no registry; write it as registry/name:tag@sha256:<digest>", registry)
	}
	if !repositoryForm.MatchString(rest[len(registry)+1:]) {
		return fmt.Errorf("%q is no name and tag of a repository; write it as registry/name:tag@sha256:<digest>", rest[len(registry)+1:])
	}
	if tag.TagStr() == "latest" && strings.HasSuffix(rest, ":latest") {
		return fmt.Errorf("%q has the tag latest, which names no version, so no update can be proposed", image)
	}
	return nil
}
