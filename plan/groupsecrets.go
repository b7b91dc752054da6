package plan

import (
	"fmt"
	"strconv"
)

// groupSecrets tells which passwords of the host's databases a group may read:
// who joins it reads them too.
func (m *maker) groupSecrets(group string) {
	var names []string
	for _, db := range sortedNames(m.Facts.Databases) {
		p := m.Facts.Databases[db].Password
		if p == nil || p.Group == nil || *p.Group != group || p.Mode == nil || contains(names, p.Name) {
			continue
		}
		if mode, err := strconv.ParseUint(*p.Mode, 8, 32); err == nil && mode&0o040 != 0 {
			names = append(names, p.Name)
		}
	}
	if len(names) > 0 {
		m.note(fmt.Sprintf("Group %s may read the passwords of databases of the host: %s. The service could log in with them; leave the group out unless that is meant.", group, enumerated(names)))
	}
}
