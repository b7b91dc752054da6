package plan

import (
	"fmt"
	"strconv"

	"holthome.net/scaffold/plan/allocate"
)

// stuck says why software cannot have the port that it would listen on, where
// nothing moves it and a container, whose port is published anywhere, could run
// it instead. Empty if it is not stuck.
func (m *maker) stuck(as Packaging) string {
	_, image := m.answer("image")
	if !image && (m.Entry == nil || len(m.Entry.Images) == 0) {
		return ""
	}
	wanted := 0
	if m.Entry != nil {
		wanted = m.Entry.Port
	}
	if said, ok := m.answer("port"); ok {
		wanted, _ = strconv.Atoi(said)
	}
	switch _, _, option := m.nativeOption(nativeNames[0].theirs, nativeNames[0].inside); {
	case wanted == 0, as == Native && option, as == OwnUnit && m.movable():
		return ""
	case as == OwnUnit && wanted < privileged:
		return fmt.Sprintf("a unit without privileges cannot open port %d, and nothing tells it another", wanted)
	}
	if _, taken, err := allocate.Port(int64(wanted), m.portClaims()); err == nil && taken != nil {
		return fmt.Sprintf("its port %d is taken by %s, and nothing tells it another", wanted, taken.Owner)
	}
	return ""
}

// privileged is the first port that needs no privilege.
const privileged = 1024

// stuckModule is stuck for the NixOS module, unless the user named it.
func (m *maker) stuckModule() string {
	if _, ok := m.answer("native"); ok {
		return ""
	}
	return m.stuck(Native)
}
