package report

import (
	"holthome.net/scaffold/plan"
)

// Packages is what was found out of the ways to get the software.
type Packages struct {
	Stable   *Package `json:"stable,omitempty"`
	Unstable *Package `json:"unstable,omitempty"`
	// HasUnstable tells whether the repo has a second package set at all.
	HasUnstable bool    `json:"hasUnstable"`
	Native      *Native `json:"native,omitempty"`
	// NearNatives and NearPackages are modules and packages with a like name.
	NearNatives  []string `json:"nearNatives"`
	NearPackages []string `json:"nearPackages"`
	Image        *Image   `json:"image,omitempty"`
	// NoImage is why the image was not looked at in its registry.
	NoImage string   `json:"noImage,omitempty"`
	Catalog *Catalog `json:"catalog,omitempty"`
	// Decisions are on how the software is run and where it comes from.
	Decisions []plan.Decision `json:"decisions"`
}

// Package is the software in a package set.
type Package struct {
	Attribute   string   `json:"attribute"` // from pkgs on
	Version     string   `json:"version,omitempty"`
	Description string   `json:"description,omitempty"`
	Homepage    string   `json:"homepage,omitempty"`
	Licences    []string `json:"licences"`
	// Problems speak against it, such as that it is marked broken.
	Problems []string `json:"problems"`
}

// Image is a container image as its registry has it.
type Image struct {
	Reference   string     `json:"reference"`
	Choice      string     `json:"choice,omitempty"`
	Warning     string     `json:"warning,omitempty"`
	Platforms   []string   `json:"platforms"`
	Ports       []string   `json:"ports"` // such as 80/tcp
	Volumes     []string   `json:"volumes"`
	User        string     `json:"user,omitempty"`
	Entrypoint  []string   `json:"entrypoint"`
	HealthCheck []string   `json:"healthCheck"`
	Tools       []string   `json:"tools"`
	Rejected    []Rejected `json:"rejected"`
}

// Rejected is an image that was not taken.
type Rejected struct {
	Repository string `json:"repository"`
	Reason     string `json:"reason"`
}

// Native is a module of NixOS and what of it was looked at.
type Native struct {
	Option  string   `json:"option"` // services.<name>
	Enabled bool     `json:"enabled"`
	Units   []string `json:"units"`
	Options []Option `json:"options"`
}

// Option is an option of a NixOS module.
type Option struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Default     any    `json:"default,omitempty"`
	Description string `json:"description,omitempty"`
}

// Catalog is the catalog's entry of the service.
type Catalog struct {
	File     string   `json:"file"`
	Homepage string   `json:"homepage,omitempty"`
	Images   []string `json:"images"`
	Sources  []string `json:"sources"`
}

// Authentication is what was found out of how people can log in.
type Authentication struct {
	Abilities []Ability `json:"abilities"`
	// Options are those of the NixOS module that tell of a way to log in.
	Options   []AuthOption    `json:"options"`
	Decisions []plan.Decision `json:"decisions"`
}

// AuthOption is an option of a NixOS module that tells of a way to log in.
type AuthOption struct {
	Option      string `json:"option"` // below services.<name>
	Kind        string `json:"kind"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
}

// Ability is a way to log in that the software has, has not, or may have.
type Ability struct {
	Name    string `json:"name"`
	Support string `json:"support"` // yes, no or unknown
	Detail  string `json:"detail,omitempty"`
	// Source is the page that says so, Seen the day on which it was read.
	Source string `json:"source,omitempty"`
	Seen   string `json:"seen,omitempty"`
}

// Pattern is one way in which the repo does things, and what taught it.
type Pattern struct {
	Name    string `json:"name"`
	Finding string `json:"finding"`
	Taught  []Line `json:"taught"`
	// Decisions are those that follow it.
	Decisions []string `json:"decisions"`
}

// Line is a line of a file of the repo. Number is 0 where it is the whole file.
type Line struct {
	File   string `json:"file"`
	Number int    `json:"line,omitempty"`
	Text   string `json:"text,omitempty"`
}
