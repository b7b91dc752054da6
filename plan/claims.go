package plan

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
)

// idClaims are the uids and gids of every host, and how many accounts have
// none on the host that has most of them.
func (in Input) idClaims() allocate.IDs {
	ids := allocate.IDs{Range: allocate.ServiceIDs}
	for _, host := range in.hosts() {
		f := in.hostFacts(host)
		ids.Dynamic = max(ids.Dynamic, withoutID(f))
		for _, name := range sortedNames(f.Users) {
			if u := f.Users[name]; u.UID != nil {
				ids.UIDs = append(ids.UIDs, allocate.Claim{Value: *u.UID, Host: host, Owner: name, Option: "users.users." + name + ".uid"})
			}
		}
		for _, name := range sortedNames(f.Groups) {
			if g := f.Groups[name]; g.GID != nil {
				ids.GIDs = append(ids.GIDs, allocate.Claim{Value: *g.GID, Host: host, Owner: name, Option: "users.groups." + name + ".gid"})
			}
		}
		ids.UIDs = append(ids.UIDs, serviceIDs(host, f)...)
	}
	for _, name := range sortedNames(in.Facts.StaticIDs.UIDs) {
		ids.UIDs = append(ids.UIDs, allocate.Claim{Value: in.Facts.StaticIDs.UIDs[name], Owner: name, Option: "ids.uids." + name})
	}
	for _, name := range sortedNames(in.Facts.StaticIDs.GIDs) {
		ids.GIDs = append(ids.GIDs, allocate.Claim{Value: in.Facts.StaticIDs.GIDs[name], Owner: name, Option: "ids.gids." + name})
	}
	for _, r := range in.Facts.Registries {
		for _, name := range sortedNames(r.Entries) {
			e := r.Entries[name]
			claim := allocate.Claim{Owner: name, Option: strings.Join(r.Path, ".") + "." + name, Line: e.Line}
			if r.File != nil {
				claim.File = *r.File
			}
			if e.UID != nil {
				claim.Value = *e.UID
				ids.UIDs = append(ids.UIDs, claim)
			}
			if e.GID != nil {
				claim.Value = *e.GID
				ids.GIDs = append(ids.GIDs, claim)
			}
		}
	}
	return ids
}

// serviceIDs are the ids that module options hold. A disabled service owns its
// id too: its data are on disk.
func serviceIDs(host string, f *facts.Facts) []allocate.Claim {
	var claims []allocate.Claim
	for _, name := range sortedNames(f.Services) {
		for _, option := range sortedNames(f.Services[name].Options) {
			o := f.Services[name].Options[option]
			if !idOption.MatchString(option) {
				continue
			}
			if id, ok := number(o.Value); ok {
				c := allocate.Claim{Value: id, Host: host, Owner: name, Option: strings.Join(append(append([]string{}, f.Root...), name, option), ".")}
				if o.Declared != nil {
					c.File, c.Line = o.Declared.File, o.Declared.Line
				}
				claims = append(claims, c)
			}
		}
	}
	return claims
}

var idOption = regexp.MustCompile(`(^|\.)(user|uid|gid|group|puid|pgid)$|[a-z](Uid|Gid)$`)

// number reads an id from an option: a number, or a string of digits.
func number(v any) (int64, bool) {
	switch v := v.(type) {
	case float64:
		return int64(v), v == float64(int64(v))
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func withoutID(f *facts.Facts) int {
	users, groups := 0, 0
	for _, u := range f.Users {
		if u.UID == nil {
			users++
		}
	}
	for _, g := range f.Groups {
		if g.GID == nil {
			groups++
		}
	}
	return max(users, groups)
}

// portClaims are the TCP ports that something on the host listens on, as far
// as evaluation shows.
func (in Input) portClaims() []allocate.Claim {
	f := in.Facts
	var claims []allocate.Claim
	add := func(c allocate.Claim) {
		c.Host = in.Facts.Host.Name
		claims = append(claims, c)
	}
	for _, name := range sortedNames(f.Containers) {
		for _, p := range f.Containers[name].Ports {
			for _, port := range publishedPorts(p) {
				add(allocate.Claim{Value: port, Owner: name, Option: "virtualisation.oci-containers.containers." + name + ".ports"})
			}
		}
	}
	for _, name := range sortedNames(f.Services) {
		s := f.Services[name]
		if !s.Enabled {
			continue
		}
		for _, option := range sortedNames(s.Options) {
			if port, ok := number(s.Options[option].Value); ok && strings.HasSuffix(strings.ToLower(option), "port") {
				c := allocate.Claim{Value: port, Owner: name, Option: strings.Join(append(append([]string{}, f.Root...), name, option), ".")}
				if d := s.Options[option].Declared; d != nil {
					c.File, c.Line = d.File, d.Line
				}
				add(c)
			}
		}
	}
	for _, p := range f.UpstreamPorts {
		add(allocate.Claim{Value: p.Port, Owner: p.Service, Option: p.Option})
	}
	for _, s := range f.Sockets {
		if port, err := strconv.ParseInt(s[strings.LastIndexByte(s, ':')+1:], 10, 64); err == nil {
			add(allocate.Claim{Value: port, Owner: "socket " + s, Option: "systemd.sockets"})
		}
	}
	for _, name := range sortedNames(f.Vhosts) {
		// A backend on this host is somebody's listener.
		if b := f.Vhosts[name].Backend; b != nil && b.Port != nil && b.Host != nil && local(*b.Host) {
			option := "virtual host " + name
			if h := f.Hubs[facts.Proxy]; h != nil {
				option = strings.Join(append(append([]string{}, h.Path...), name), ".") + ".backend.port"
			}
			add(allocate.Claim{Value: *b.Port, Owner: name, Option: option})
		}
	}
	return claims
}

func local(host string) bool {
	return host == "127.0.0.1" || host == "localhost" || host == "::1" || host == "[::1]" || host == "0.0.0.0"
}

// publishedPorts reads the host's side of [address:]host:container[/protocol],
// where host may be a range. UDP is another thing than TCP and is left out.
func publishedPorts(s string) []int64 {
	spec, protocol, _ := strings.Cut(s, "/")
	if protocol == "udp" || protocol == "sctp" {
		return nil
	}
	parts := strings.Split(spec, ":")
	if len(parts) < 2 {
		return nil
	}
	first, last, isRange := strings.Cut(parts[len(parts)-2], "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return nil
	}
	to := from
	if isRange {
		if to, err = strconv.ParseInt(last, 10, 64); err != nil || to < from || to > 65535 {
			return nil
		}
	}
	var ports []int64
	for p := from; p <= to; p++ {
		ports = append(ports, p)
	}
	return ports
}

func (in Input) hosts() []string {
	hosts := append(sortedNames(in.Others), in.Facts.Host.Name)
	sort.Strings(hosts)
	return hosts
}

func (in Input) hostFacts(host string) *facts.Facts {
	if f, ok := in.Others[host]; ok {
		return f
	}
	return in.Facts
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
