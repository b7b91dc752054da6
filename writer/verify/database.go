package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// database: whoever makes databases is told of it, with the owner and the
// password's file, which that unit may read.
func (c *checker) database(p plan.Promise) (bool, string) {
	db, ok := c.after.Databases[p.Subject]
	if !ok {
		return absent("database " + p.Subject)
	}
	saw := fmt.Sprintf("owner %s, extensions %s, policy %s", text(db.Owner), orNothing(db.Extensions), text(db.Policy))
	switch {
	case db.Owner == nil || *db.Owner != p.Want["owner"]:
		return false, saw
	case !db.Managed:
		return false, "nothing makes it: managed is off"
	case db.Password == nil:
		return false, saw + ", and its password is no secret of sops"
	case db.Password.Name != p.Want["secret"]:
		return false, saw + ", and its password is " + db.Password.Name
	case p.Want["policy"] != "" && (db.Policy == nil || *db.Policy != p.Want["policy"]):
		return false, saw
	}
	for _, e := range strings.Fields(p.Want["extensions"]) {
		if !slices.Contains(db.Extensions, e) {
			return false, saw
		}
	}
	if reader, ok := c.readsPassword(db.Password); !ok {
		return false, saw + ", and " + reader + " cannot read the password"
	}
	return true, saw + ", password " + db.Password.Name
}

// readsPassword tells whether the unit that makes databases may read a secret,
// by its user or a group; root may read all.
func (c *checker) readsPassword(s *facts.SecretFile) (reader string, ok bool) {
	reader = "postgresql"
	if u := c.after.DatabaseServer.Unit; u != nil {
		reader = *u
	}
	unit := c.after.Units[reader]
	if unit.User == nil || *unit.User == "root" || s.Mode == nil || len(*s.Mode) < 3 {
		return reader + ".service", true
	}
	mode := (*s.Mode)[len(*s.Mode)-3:]
	may := func(digit byte) bool { return digit >= '4' && digit <= '7' }
	user := c.after.Users[*unit.User]
	switch {
	case s.Owner != nil && *s.Owner == *unit.User && may(mode[0]), may(mode[2]):
		return "", true
	case s.Group != nil && may(mode[1]) && (unit.Group != nil && *unit.Group == *s.Group || user.Group != nil && *user.Group == *s.Group || slices.Contains(user.ExtraGroups, *s.Group)):
		return "", true
	}
	return reader + ".service, which is " + *unit.User, false
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}

// redis: the server is there, and no variable of another names the number.
func (c *checker) redis(p plan.Promise) (bool, string) {
	s, ok := c.after.Redis[p.Subject]
	if !ok || !s.Enabled {
		return absent("enabled Redis " + p.Subject)
	}
	if fmt.Sprint(s.Port) != p.Want["port"] {
		return false, fmt.Sprintf("it has port %d", s.Port)
	}
	for _, name := range slices.Sorted(maps.Keys(c.after.RedisUses)) {
		for _, u := range c.after.RedisUses[name] {
			if !c.ours(name) && fmt.Sprint(u.Port) == p.Want["port"] && fmt.Sprint(u.Index) == p.Want["index"] {
				return false, fmt.Sprintf("%s uses database %d too", name, u.Index)
			}
		}
	}
	return true, fmt.Sprintf("port %d, and nobody else names database %s", s.Port, p.Want["index"])
}

// order: the unit is started after others, with them or not without them.
func (c *checker) order(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("unit " + p.Subject + ".service")
	}
	for _, o := range []struct {
		lacking string
		list    []string
		want    string
	}{
		{"it does not start after", u.After, p.Want["after"]},
		{"it does not require", u.Requires, p.Want["requires"]},
		{"it does not want", append(slices.Clone(u.Wants), u.Requires...), p.Want["wants"]},
	} {
		for _, other := range strings.Fields(o.want) {
			if !slices.Contains(o.list, other) {
				return false, o.lacking + " " + other
			}
			if _, there := c.after.Units[strings.TrimSuffix(other, ".service")]; !there {
				return false, other + " is no unit"
			}
		}
	}
	return true, "after " + p.Want["after"]
}

// credential: each secret is a credential of the unit, the variables are written
// before it starts, and the file is handed over.
func (c *checker) credential(p plan.Promise) (bool, string) {
	h, ok := c.after.Handovers[p.Subject]
	if !ok {
		return false, "the unit is given no secret"
	}
	paths := slices.Sorted(maps.Values(h.Credentials))
	for _, secret := range strings.Fields(p.Want["secrets"]) {
		if !slices.ContainsFunc(paths, func(path string) bool { return strings.HasSuffix(path, "/"+secret) }) {
			return false, secret + " is no credential; there are " + orNothing(paths)
		}
	}
	for _, v := range strings.Fields(p.Want["variables"]) {
		if !slices.Contains(h.Writes, v) {
			return false, "nothing writes " + v + " before it starts"
		}
	}
	if !slices.Contains(h.Files, p.Want["file"]) {
		return false, p.Want["file"] + " is no file of its environment; there are " + orNothing(h.Files)
	}
	return true, count(len(h.Credentials), "credential", "credentials") + ", and " + p.Want["file"]
}
