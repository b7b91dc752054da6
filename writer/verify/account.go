package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

func (c *checker) service(p plan.Promise) (bool, string) {
	s, ok := c.after.Services[p.Subject]
	switch {
	case !ok:
		return absent("module with that option")
	case s.Declared == nil:
		return false, "no file of the repo declares it"
	case p.Want["declared"] != "" && s.Declared.File != p.Want["declared"]:
		return false, "it is declared in " + s.Declared.File
	case !s.Enabled:
		return false, "its enable option is false"
	case !slices.Contains(s.DefinedIn, p.Want["defined"]):
		return false, "it is enabled in " + strings.Join(s.DefinedIn, ", ")
	}
	return true, "enable = true, declared in " + place(s.Declared.File, s.Declared.Line)
}

func (c *checker) user(p plan.Promise) (bool, string) {
	u, ok := c.after.Users[p.Subject]
	if !ok {
		return absent("such account")
	}
	saw := fmt.Sprintf("uid %s, group %s", id(u.UID), text(u.Group))
	for name, other := range c.after.Users {
		if name != p.Subject && other.UID != nil && u.UID != nil && *other.UID == *u.UID {
			return false, saw + ", which " + name + " has too"
		}
	}
	return u.UID != nil && id(u.UID) == p.Want["uid"] && text(u.Group) == p.Want["group"], saw
}

func (c *checker) group(p plan.Promise) (bool, string) {
	g, ok := c.after.Groups[p.Subject]
	if !ok {
		return absent("such group")
	}
	return id(g.GID) == p.Want["gid"], "gid " + id(g.GID)
}

func (c *checker) registry(p plan.Promise) (bool, string) {
	for _, r := range c.after.Registries {
		if e, ok := r.Entries[p.Subject]; ok {
			return id(e.UID) == p.Want["uid"] && id(e.GID) == p.Want["gid"],
				fmt.Sprintf("%s.%s: uid %s, gid %s", strings.Join(r.Path, "."), p.Subject, id(e.UID), id(e.GID))
		}
	}
	return absent("entry")
}

func (c *checker) unit(p plan.Promise) (bool, string) {
	if strings.HasSuffix(p.Subject, ".service") {
		return false, "the name ends in .service, so the unit would be " + p.Subject + ".service"
	}
	if _, ok := c.after.Units[p.Subject+".service"]; ok {
		return false, "there is a unit " + p.Subject + ".service.service"
	}
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	if !u.Starts {
		return false, "the unit has nothing to start"
	}
	if timer := p.Want["startedBy"]; timer != "" {
		if len(u.WantedBy) > 0 {
			return false, strings.Join(u.WantedBy, ", ") + " starts it too"
		}
		return true, timer + " alone starts it"
	}
	if len(u.WantedBy) == 0 {
		return false, "nothing wants the unit"
	}
	return true, "wanted by " + strings.Join(u.WantedBy, ", ")
}

func (c *checker) account(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	saw := "User=" + text(u.User)
	if u.DynamicUser {
		return false, saw + ", DynamicUser=true"
	}
	return u.User != nil && (*u.User == p.Want["user"] || *u.User == p.Want["uid"]), saw
}

func (c *checker) hardening(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	for _, directive := range []string{"NoNewPrivileges", "PrivateTmp", "ProtectSystem", "ProtectHome", "ReadWritePaths"} {
		if !slices.Contains(u.Hardening, directive) {
			return false, directive + " is not set"
		}
	}
	return true, strings.Join(u.Hardening, ", ")
}

func (c *checker) secret(p plan.Promise) (bool, string) {
	if !slices.Contains(c.after.Secrets, p.Subject) {
		return absent("such entry of sops.secrets")
	}
	return true, "declared"
}

// reader: the account is in the group that may read.
func (c *checker) reader(p plan.Promise) (bool, string) {
	u, ok := c.after.Users[p.Subject]
	if !ok {
		return absent("such account")
	}
	groups := []string{text(u.Group)}
	for _, g := range u.ExtraGroups {
		if !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	saw := "groups " + strings.Join(groups, ", ")
	return text(u.Group) == p.Want["group"] || slices.Contains(u.ExtraGroups, p.Want["group"]), saw
}
