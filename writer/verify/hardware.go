package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// devices: those that were decided, where they were decided, and no other.
func (c *checker) devices(p plan.Promise) (bool, string) {
	want := strings.Fields(p.Want["devices"])
	if k, ok := c.after.Containers[p.Subject]; ok {
		r := k.Reach()
		if r.Privileged {
			return false, "it is privileged, and has all devices"
		}
		var has []string
		for _, d := range r.Devices {
			if d.Inside != d.Host {
				has = append(has, d.Host+":"+d.Inside)
			} else {
				has = append(has, d.Host)
			}
		}
		return sameSet(want, has), "devices " + listOrNone(has)
	}
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such container or unit")
	}
	if said := last(u.Confinement["PrivateDevices"]); said == "true" || said == "yes" {
		return false, "PrivateDevices is on, and hides all devices"
	}
	if len(u.Confinement["DeviceAllow"]) == 0 {
		return false, "no device is allowed by name"
	}
	if policy := last(u.Confinement["DevicePolicy"]); policy != "closed" && policy != "strict" {
		return false, "DevicePolicy is " + listOrNone(u.Confinement["DevicePolicy"])
	}
	has := map[string]bool{}
	for _, allowed := range u.Confinement["DeviceAllow"] {
		path, mode, _ := strings.Cut(allowed, " ")
		has[path] = strings.Contains(mode, "r") && strings.Contains(mode, "w")
	}
	for _, d := range want {
		if !has[d] {
			return false, "it may not read and write " + d + ": DeviceAllow " + listOrNone(u.Confinement["DeviceAllow"])
		}
	}
	// A module of NixOS may allow more of its own.
	if c.plan.Model.Packaging == plan.OwnUnit && len(has) != len(want) {
		return false, "DeviceAllow " + listOrNone(u.Confinement["DeviceAllow"])
	}
	return true, "DeviceAllow " + listOrNone(u.Confinement["DeviceAllow"])
}

// groups: a container knows them by number, a unit by name, or its account is in
// them.
func (c *checker) groups(p plan.Promise) (bool, string) {
	if k, ok := c.after.Containers[p.Subject]; ok {
		has := k.Reach().Groups
		return contains(has, strings.Fields(p.Want["gids"])), "groups " + listOrNone(has)
	}
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such container or unit")
	}
	has := fields(u.Confinement["SupplementaryGroups"])
	if u.User != nil {
		has = append(has, c.after.Users[*u.User].ExtraGroups...)
	}
	return contains(has, strings.Fields(p.Want["groups"])), "groups " + listOrNone(has)
}

// capabilities: exactly those that were decided.
func (c *checker) capabilities(p plan.Promise) (bool, string) {
	want := strings.Fields(p.Want["capabilities"])
	if k, ok := c.after.Containers[p.Subject]; ok {
		r := k.Reach()
		if r.Privileged {
			return false, "it is privileged, and has all of them"
		}
		return sameSet(want, r.Added), "capabilities " + listOrNone(r.Added)
	}
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such container or unit")
	}
	bounds, bounded := u.Confinement["CapabilityBoundingSet"]
	ambient := named(u.Confinement["AmbientCapabilities"])
	saw := fmt.Sprintf("ambient %s, bound %s", listOrNone(ambient), listOrNone(named(bounds)))
	if c.plan.Model.Packaging == plan.OwnUnit {
		return sameSet(want, ambient) && bounded && sameSet(want, named(bounds)), saw
	}
	return contains(ambient, want) && (!bounded || contains(named(bounds), want)), saw
}

// hostNetwork: on the host's network alone, where the port is the service's, and
// nobody is let in who was not before.
func (c *checker) hostNetwork(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	r := k.Reach()
	switch {
	case !slices.Equal(r.Networks, []string{"host"}):
		return false, "networks " + listOrNone(r.Networks)
	case len(k.Ports) > 0:
		return false, "it publishes " + strings.Join(k.Ports, ", ") + ", which means nothing there"
	case !sameSet(numbers(c.before.Firewall.TCP), numbers(c.after.Firewall.TCP)) || !sameSet(numbers(c.before.Firewall.UDP), numbers(c.after.Firewall.UDP)):
		return false, "the firewall lets in others than before"
	case p.Want["port"] == "":
		return true, "network host"
	}
	var mine, others []string
	for _, claimed := range claim.Ports(claim.Of(c.after), "tcp") {
		if claimed.Reference || fmt.Sprint(claimed.Value) != p.Want["port"] {
			continue
		}
		if c.ours(claimed.Owner) {
			mine = append(mine, claimed.Option)
		} else {
			others = append(others, claimed.Owner)
		}
	}
	if len(others) > 0 {
		return false, "port " + p.Want["port"] + " is " + strings.Join(others, ", ") + "'s too"
	}
	if len(mine) == 0 {
		return false, "no option says that port " + p.Want["port"] + " is taken"
	}
	return true, "network host, port " + p.Want["port"] + " by " + strings.Join(mine, ", ")
}

// readOnly: the unit cannot write the folder.
func (c *checker) readOnly(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	covers := func(paths []string) bool {
		return slices.ContainsFunc(fields(paths), func(s string) bool { return within(p.Want["path"], strings.TrimLeft(s, "-+")) })
	}
	saw := "ReadOnlyPaths=" + strings.Join(u.Confinement["ReadOnlyPaths"], " ")
	if covers(u.ReadWritePaths) {
		return false, "ReadWritePaths=" + strings.Join(u.ReadWritePaths, " ")
	}
	return covers(u.Confinement["ReadOnlyPaths"]), saw
}

// named are capabilities without CAP_. An empty one takes back those before it.
func named(list []string) []string {
	var names []string
	for _, n := range list {
		if strings.TrimSpace(n) == "" {
			names = nil
		}
		for _, w := range strings.Fields(n) {
			names = append(names, facts.Capability(w))
		}
	}
	return names
}

func fields(list []string) []string {
	var all []string
	for _, s := range list {
		all = append(all, strings.Fields(s)...)
	}
	return all
}

func numbers(list []int64) []string {
	var all []string
	for _, n := range list {
		all = append(all, fmt.Sprint(n))
	}
	return all
}

func sameSet(a, b []string) bool {
	sorted := func(s []string) []string { return slices.Compact(slices.Sorted(slices.Values(s))) }
	return slices.Equal(sorted(a), sorted(b))
}

// contains tells whether all are in the list.
func contains(list, all []string) bool {
	return !slices.ContainsFunc(all, func(s string) bool { return !slices.Contains(list, s) })
}

func listOrNone(names []string) string { return orNone(strings.Join(names, ", ")) }
