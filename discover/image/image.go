// Package image holds what a container image tells of the software in it. It
// asks nobody: discover/registry does.
package image

// Image is one version of an image that was looked at in its registry.
type Image struct {
	// Reference is registry/name:tag@sha256:<digest>, the digest being that of
	// the index where there is one.
	Reference string `json:"reference"`
	// Tag was chosen among Tags, of which there are Total, by a rule that
	// Choice says in words.
	Tag    string `json:"tag"`
	Total  int    `json:"total"`
	Choice string `json:"choice"`
	// Warning says what is not as it should be with the choice, such as that
	// there is no stable version. Empty if all is well.
	Warning string `json:"warning,omitempty"`
	// Platforms are those in the index, such as linux/amd64.
	Platforms []string `json:"platforms"`
	Config    Config   `json:"config"`
	// Tools are the programs for a health check that the image has, such as
	// curl; nil if its layers were not listed.
	Tools []string `json:"tools"`
	// Rejected are other candidates and why they were not taken.
	Rejected []Rejected `json:"rejected"`
}

// Rejected is a candidate that was not taken.
type Rejected struct {
	Repository string `json:"repository"`
	Reason     string `json:"reason"`
}

// Config is what the image says of itself for the host's platform.
type Config struct {
	// Ports are those that it exposes; sorted, tcp before udp.
	Ports      []Port            `json:"ports"`
	Volumes    []string          `json:"volumes"` // sorted
	User       string            `json:"user"`
	Entrypoint []string          `json:"entrypoint"`
	Command    []string          `json:"command"`
	WorkingDir string            `json:"workingDir"`
	Labels     map[string]string `json:"labels"`
	// Environment has names and values, but for values that look like secrets.
	Environment map[string]string `json:"environment"`
	// HealthCheck is its own health check, nil if it has none.
	HealthCheck []string `json:"healthCheck"`
}

// Port is a port that an image exposes.
type Port struct {
	Number   int    `json:"number"`
	Protocol string `json:"protocol"`
}
