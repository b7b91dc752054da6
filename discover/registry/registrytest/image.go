package registrytest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Image is what an image is to say of itself.
type Image struct {
	Ports       []string // such as 80/tcp
	Volumes     []string
	User        string
	Env         []string // NAME=value
	Entrypoint  []string
	Command     []string
	WorkingDir  string
	Healthcheck []string // such as CMD, curl, ...
	Labels      map[string]string
	// Platforms are those of the index, linux/amd64 if there are none.
	Platforms []string
	// Files are paths of files, all of them programs; Layers are more of such,
	// one list for each layer on top.
	Files  []string
	Layers [][]string
	// Attestations adds one to each platform, as BuildKit does.
	Attestations bool
	// Single serves the manifest of the first platform without an index.
	Single bool
	// ConfigType is another media type of the config, to be no image.
	ConfigType types.MediaType
}

// content is a blob or manifest.
type content struct {
	digest string
	kind   types.MediaType
	body   []byte
}

func newContent(kind types.MediaType, body []byte) content {
	return content{fmt.Sprintf("sha256:%x", sha256.Sum256(body)), kind, body}
}

type descriptor struct {
	MediaType   types.MediaType   `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    map[string]string `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

func (c content) descriptor() descriptor {
	return descriptor{MediaType: c.kind, Digest: c.digest, Size: len(c.body)}
}

// build makes the contents, and tells the digest that a tag is to name.
func (i Image) build() (digest string, contents []content) {
	var entries []descriptor
	for _, platform := range orDefault(i.Platforms, "linux/amd64") {
		made := i.manifest(platform)
		contents = append(contents, made...)
		m := made[len(made)-1]
		if i.Single {
			return m.digest, contents
		}
		d := m.descriptor()
		d.Platform = platformFields(platform)
		entries = append(entries, d)
		if i.Attestations {
			about := newContent(types.OCIConfigJSON, encode(map[string]any{"about": m.digest}))
			a := newContent(types.OCIManifestSchema1, encode(map[string]any{
				"schemaVersion": 2, "mediaType": types.OCIManifestSchema1, "config": about.descriptor(), "layers": []descriptor{},
			}))
			contents = append(contents, about, a)
			d := a.descriptor()
			d.Platform = map[string]string{"os": "unknown", "architecture": "unknown"}
			d.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": m.digest}
			entries = append(entries, d)
		}
	}
	index := newContent(types.OCIImageIndex, encode(map[string]any{"schemaVersion": 2, "mediaType": types.OCIImageIndex, "manifests": entries}))
	return index.digest, append(contents, index)
}

// manifest makes the image for one platform: layers, config and, last, the
// manifest.
func (i Image) manifest(platform string) []content {
	var contents []content
	layers := []descriptor{}
	for _, files := range append([][]string{i.Files}, i.Layers...) {
		l := newContent(types.OCILayer, layer(files))
		contents = append(contents, l)
		layers = append(layers, l.descriptor())
	}
	fields := map[string]any{
		"User": i.User, "Env": i.Env, "Entrypoint": i.Entrypoint, "Cmd": i.Command, "WorkingDir": i.WorkingDir,
		"Labels": i.Labels, "ExposedPorts": set(i.Ports), "Volumes": set(i.Volumes),
	}
	if i.Healthcheck != nil {
		fields["Healthcheck"] = map[string]any{"Test": i.Healthcheck}
	}
	about := map[string]any{"config": fields}
	for k, v := range platformFields(platform) {
		about[k] = v
	}
	kind := types.OCIConfigJSON
	if i.ConfigType != "" {
		kind = i.ConfigType
	}
	config := newContent(kind, encode(about))
	m := newContent(types.OCIManifestSchema1, encode(map[string]any{
		"schemaVersion": 2, "mediaType": types.OCIManifestSchema1, "config": config.descriptor(), "layers": layers,
	}))
	return append(contents, config, m)
}

func orDefault(list []string, otherwise string) []string {
	if len(list) == 0 {
		return []string{otherwise}
	}
	return list
}

func platformFields(platform string) map[string]string {
	fields := map[string]string{}
	for n, value := range strings.Split(platform, "/") {
		fields[[]string{"os", "architecture", "variant"}[n]] = value
	}
	return fields
}

func set(list []string) map[string]struct{} {
	m := map[string]struct{}{}
	for _, v := range list {
		m[v] = struct{}{}
	}
	return maps.Clone(m)
}

// layer is an archive with programs. A path that ends in a slash is a folder.
func layer(files []string) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	archive := tar.NewWriter(zip)
	for _, f := range slices.Clone(files) {
		header := &tar.Header{Name: strings.TrimPrefix(f, "/"), Mode: 0o755, Typeflag: tar.TypeReg}
		if strings.HasSuffix(f, "/") {
			header.Typeflag = tar.TypeDir
		}
		must(archive.WriteHeader(header))
	}
	must(archive.Close())
	must(zip.Close())
	return b.Bytes()
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	must(err)
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
