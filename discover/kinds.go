package discover

import (
	_ "embed" // nix/allocation-kinds.nix
	"regexp"
	"strings"
)

// allocationKinds is a list in Nix, because a flake check evaluates with it too.
//
//go:embed nix/allocation-kinds.nix
var allocationKinds string

var kindName = regexp.MustCompile(`"([A-Za-z]+)"`)

// AllocationKinds are the kinds of cells that hold claims: what a check of ids,
// ports, datasets and host names asks of a host.
func AllocationKinds() []string {
	_, list, _ := strings.Cut(allocationKinds, "[")
	var kinds []string
	for _, m := range kindName.FindAllStringSubmatch(list, -1) {
		kinds = append(kinds, m[1])
	}
	return kinds
}
