package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/conflict"
)

// factsFile is what --facts reads: the cells of facts.nix by host, what was
// left out of them, and the hosts that could not be evaluated.
type factsFile struct {
	Hosts      map[string]json.RawMessage `json:"hosts"`
	NotChecked map[string]string          `json:"notChecked"`
	Unreadable map[string][]string        `json:"unreadable"`
}

func readFacts(name string, in *conflict.Input) error {
	data, err := readFile(name)
	if err != nil {
		return err
	}
	var file factsFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return fail(ExitUsage, "read %s: %w; it is {\"hosts\": {NAME: CELLS}, \"notChecked\": {NAME: REASON}}", name, err)
	}
	if len(file.Hosts) == 0 && len(file.NotChecked) == 0 {
		return fail(ExitUsage, "read %s: no hosts are in it", name)
	}
	for host, cells := range file.Hosts {
		f, err := facts.Decode(cells)
		if err != nil {
			return fail(ExitUsage, "read %s: host %s: %w", name, host, err)
		}
		f.Host.Name = host
		for _, cell := range file.Unreadable[host] {
			f.Unreadable = append(f.Unreadable, facts.Unreadable{Cell: cell, Reason: "throws, or was left out"})
		}
		in.Hosts[host] = conflict.Host{Facts: f}
	}
	for host, reason := range file.NotChecked {
		if _, both := in.Hosts[host]; both {
			return fail(ExitUsage, "read %s: host %s is both evaluated and not checked", name, host)
		}
		in.NotChecked[host] = reason
	}
	return nil
}

// readIDMaps adds what hosts remember of ids.
func (a *app) readIDMaps(flags checkFlags, in conflict.Input) error {
	for _, m := range []struct {
		flag   string
		values []string
		kind   claim.Kind
	}{{"--uid-map", flags.uidMaps, claim.UID}, {"--gid-map", flags.gidMaps, claim.GID}} {
		for _, value := range m.values {
			host, file, ok := strings.Cut(value, "=")
			if !ok || host == "" || file == "" {
				return fail(ExitUsage, "read %s: %q is not HOST=FILE", m.flag, value)
			}
			h, known := in.Hosts[host]
			if _, failed := in.NotChecked[host]; !known && !failed {
				return fail(ExitUsage, "read %s: there is no host %q; there are %s", m.flag, host, strings.Join(hostNames(in), ", "))
			}
			data, err := readFile(file)
			if err != nil {
				return err
			}
			ids := map[string]int64{}
			if err := json.Unmarshal(data, &ids); err != nil {
				return fail(ExitUsage, "read %s: %w; it is a map from names to ids, as in /var/lib/nixos", file, err)
			}
			if !known {
				continue
			}
			h.OnHost = append(h.OnHost, claim.ReadIDMap(m.kind, host, file, ids)...)
			if m.kind == claim.UID {
				h.HasUIDs = true
			} else {
				h.HasGIDs = true
			}
			in.Hosts[host] = h
		}
	}
	return nil
}

func hostNames(in conflict.Input) []string {
	names := make([]string, 0, len(in.Hosts))
	for name := range in.Hosts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readFile reads a file that the user named.
func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fail(ExitUsage, "read %s: %w", name, unwrapPath(err))
	}
	return data, nil
}

// unwrapPath leaves out the operation and the name, which are told already.
func unwrapPath(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func checkException(i int, e conflict.Exception) error {
	known := make([]string, 0, len(conflict.Rules()))
	for _, r := range conflict.Rules() {
		known = append(known, string(r.Rule))
	}
	switch {
	case !slices.Contains(known, e.Rule):
		return fmt.Errorf("exceptions.%d.rule: %q is unknown; known are %s", i, e.Rule, strings.Join(known, ", "))
	case strings.TrimSpace(e.Reason) == "":
		return fmt.Errorf("exceptions.%d.reason: say why %s is wanted", i, e.Rule)
	case e.Value == "" && len(e.Owners) == 0:
		return fmt.Errorf("exceptions.%d: give a value or owners, so that it allows no more than is meant", i)
	}
	return nil
}
