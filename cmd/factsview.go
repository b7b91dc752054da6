package cmd

import (
	"fmt"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// facts prints a host in short.
func (u *ui) facts(f *facts.Facts) {
	enabled := 0
	for _, s := range f.Services {
		if s.Enabled {
			enabled++
		}
	}
	line := func(name, format string, args ...any) {
		u.print(fmt.Sprintf("  %-18s %s", name, fmt.Sprintf(format, args...)))
	}
	u.print(u.bold("Host " + f.Host.Name))
	for _, v := range []struct {
		name  string
		value *string
	}{{"domain", f.Host.Domain}, {"system", f.Host.System}, {"state version", f.Host.StateVersion}, {"containers run by", f.Host.Backend}} {
		if v.value != nil {
			line(v.name, "%s", *v.value)
		}
	}
	line("services", "%d of %d enabled, under %s", enabled, len(f.Services), strings.Join(f.Root, "."))
	line("accounts", "%d, %d with a uid", len(f.Users), withUID(f))
	line("containers", "%d", len(f.Containers))
	line("units", "%d services, %d timers", len(f.Units), len(f.Timers))
	line("datasets", "%d under %s", len(f.Datasets), f.DatasetRoot)
	line("virtual hosts", "%d", len(f.Vhosts))
	line("policies", "%s", strings.Join(policyNames(f), ", "))
	line("backup jobs", "%d", len(f.BackupJobs))
	line("alerts", "%d", len(f.Alerts))
	line("secrets", "%d, by name only", len(f.Secrets))
	kinds := make([]string, 0, len(f.Hubs))
	for k, h := range f.Hubs {
		if h != nil {
			kinds = append(kinds, string(k))
		}
	}
	sort.Strings(kinds)
	u.print("", u.bold("Options that services contribute to"))
	for _, k := range kinds {
		line(k, "%s", strings.Join(f.Hubs[facts.HubKind(k)].Path, "."))
	}
	u.print("", u.bold("Services"))
	names := make([]string, 0, len(f.Services))
	for n := range f.Services {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		state := u.dim("off")
		if f.Services[n].Enabled {
			state = u.good("on ")
		}
		where := ""
		if d := f.Services[n].Declared; d != nil {
			where = fmt.Sprintf("%s:%d", d.File, d.Line)
		}
		u.print(fmt.Sprintf("  %s %-24s %s", state, n, u.dim(where)))
	}
}

func withUID(f *facts.Facts) int {
	n := 0
	for _, u := range f.Users {
		if u.UID != nil {
			n++
		}
	}
	return n
}

func policyNames(f *facts.Facts) []string {
	names := make([]string, len(f.Policies))
	for i, p := range f.Policies {
		names[i] = p.Name
	}
	return names
}
