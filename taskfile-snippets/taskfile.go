// Package taskfile holds the Taskfiles that a target repo includes.
package taskfile

import _ "embed" // the Taskfiles

// Service is service.yml: the tasks new, plan and check.
//
//go:embed service.yml
var Service []byte

// Nix is nix.yml: the tasks build and build-<host>.
//
//go:embed nix.yml
var Nix []byte
