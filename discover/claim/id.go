package claim

import (
	"regexp"
	"strconv"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// accounts are the ids of users and groups.
func (r *reader) accounts() {
	for _, name := range sortedNames(r.f.Users) {
		if u := r.f.Users[name]; u.UID != nil {
			r.add(Claim{Kind: UID, Value: *u.UID, Owner: name, Option: "users.users." + attribute(name) + ".uid"}, u.At)
		}
	}
	for _, name := range sortedNames(r.f.Groups) {
		if g := r.f.Groups[name]; g.GID != nil {
			r.add(Claim{Kind: GID, Value: *g.GID, Owner: name, Option: "users.groups." + attribute(name) + ".gid"}, g.At)
		}
	}
}

var (
	idOption  = regexp.MustCompile(`(^|\.)(user|uid|gid|group|puid|pgid)$|[a-z](Uid|Gid)$`)
	gidOption = regexp.MustCompile(`(?i)(gid|group)$`)
)

// serviceIDs are the ids that options of services hold. A disabled service owns
// its id too: its data are on disk.
func (r *reader) serviceIDs() {
	for _, name := range sortedNames(r.f.Services) {
		s := r.f.Services[name]
		for _, option := range sortedNames(s.Options) {
			o := s.Options[option]
			id, ok := Number(o.Value)
			if !ok || !idOption.MatchString(option) {
				continue
			}
			c := Claim{Kind: UID, Value: id, Owner: name, Service: r.owners.find(normal(name)), Option: r.option(name, option)}
			if gidOption.MatchString(option) {
				c.Kind = GID
			}
			if !s.Enabled {
				c.Strength = Disabled
			}
			r.add(c, first(o.Defined, o.Declared))
		}
	}
}

// tables are NixOS's own ids and those that the repo keeps in one place.
func (r *reader) tables() {
	for _, name := range sortedNames(r.f.StaticIDs.UIDs) {
		r.add(Claim{Kind: UID, Value: r.f.StaticIDs.UIDs[name], Owner: name, Option: "ids.uids." + name, Strength: Table}, nil)
	}
	for _, name := range sortedNames(r.f.StaticIDs.GIDs) {
		r.add(Claim{Kind: GID, Value: r.f.StaticIDs.GIDs[name], Owner: name, Option: "ids.gids." + name, Strength: Table}, nil)
	}
	for _, registry := range r.f.Registries {
		for _, name := range sortedNames(registry.Entries) {
			e := registry.Entries[name]
			c := Claim{Owner: name, Option: strings.Join(registry.Path, ".") + "." + attribute(name), Strength: Registry, Line: e.Line}
			// The file of the table is nobody's own module.
			c.Service = r.owners.of(name, "")
			if registry.File != nil {
				c.File = *registry.File
			}
			if e.UID != nil {
				c.Kind, c.Value = UID, *e.UID
				r.add(c, nil)
			}
			if e.GID != nil {
				c.Kind, c.Value = GID, *e.GID
				r.add(c, nil)
			}
		}
	}
}

// userReferences are ids that a container runs as, or is told, and those that
// own a dataset. Root is everywhere and nobody's.
func (r *reader) userReferences() {
	for _, name := range sortedNames(r.f.Containers) {
		c := r.f.Containers[name]
		service := r.owners.part(name, fileOf(first(c.Declared, c.At)))
		prefix := containerOption(name)
		add := func(kind Kind, text, option string, at *facts.Position) {
			if id, ok := parseID(text); ok && id > 0 {
				r.add(Claim{Kind: kind, Value: id, Owner: name, Service: service, Option: option, Reference: true, Container: name}, at)
			}
		}
		if c.User != nil {
			user, group, _ := strings.Cut(*c.User, ":")
			add(UID, user, prefix+"user", first(c.UserAt, c.Declared))
			add(GID, group, prefix+"user", first(c.UserAt, c.Declared))
		}
		for _, value := range flagValues(c.ExtraOptions, "--user", "-u") {
			user, group, _ := strings.Cut(value, ":")
			add(UID, user, prefix+"extraOptions", c.Declared)
			add(GID, group, prefix+"extraOptions", c.Declared)
		}
		for _, variable := range sortedNames(c.IDs) {
			kind := UID
			if strings.Contains(variable, "G") && !strings.Contains(variable, "UID") && !strings.Contains(variable, "USER_ID") {
				kind = GID
			}
			add(kind, c.IDs[variable], prefix+"environment."+variable, c.Declared)
		}
	}
	hub := r.f.Hubs[facts.DatasetsHub]
	for _, name := range sortedNames(r.f.Datasets) {
		d := r.f.Datasets[name]
		for _, account := range []struct {
			kind  Kind
			text  *string
			field string
		}{{UID, d.Owner, "owner"}, {GID, d.Group, "group"}} {
			if account.text == nil {
				continue
			}
			if id, ok := parseID(*account.text); ok && id > 0 {
				c := Claim{Kind: account.kind, Value: id, Owner: name, Option: hubOption(hub, name, account.field), Reference: true}
				c.Service = r.owners.part(name, fileOf(d.At))
				r.add(c, d.At)
			}
		}
	}
}

// ReadIDMap gives what a host's own map of ids says: a map from names to ids,
// as NixOS keeps it.
func ReadIDMap(kind Kind, host, file string, ids map[string]int64) []Claim {
	claims := make([]Claim, 0, len(ids))
	for _, name := range sortedNames(ids) {
		claims = append(claims, Claim{Kind: kind, Value: ids[name], Host: host, Owner: name, Service: normal(name), Strength: OnHost, Option: file + ": " + name})
	}
	return claims
}

// Number reads an id or a port from an option: a number, or a string of digits.
func Number(v any) (int64, bool) {
	switch v := v.(type) {
	case float64:
		return int64(v), v == float64(int64(v))
	case string:
		return parseID(v)
	}
	return 0, false
}

func parseID(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

var plainAttribute = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'-]*$`)

// attribute is a name as an element of an attribute path.
func attribute(name string) string {
	if plainAttribute.MatchString(name) {
		return name
	}
	return strconv.Quote(name)
}

func containerOption(name string) string {
	return "virtualisation.oci-containers.containers." + attribute(name) + "."
}

func hubOption(h *facts.Hub, name, field string) string {
	if h == nil {
		return attribute(name) + "." + field
	}
	return strings.Join(append(append([]string{}, h.Path...), attribute(name), field), ".")
}
