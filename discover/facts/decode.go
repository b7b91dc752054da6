package facts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Decode reads the cells of facts.nix. Invalid JSON, an unknown cell, one that
// is there twice and a cell of another type than expected are errors; an absent
// cell is not, because an unreadable one is left out by the evaluation. Of an
// entry the repo itself declares the fields: one of another type than expected
// is added to Unreadable.
func Decode(data []byte) (*Facts, error) {
	if !gjson.ValidBytes(data) {
		return nil, errors.New("decode facts: not valid JSON")
	}
	cells := gjson.ParseBytes(data)
	if !cells.IsObject() {
		return nil, fmt.Errorf("decode facts: %s instead of an object", cells.Type)
	}
	f := New()
	var err error
	seen := map[string]bool{}
	cells.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		e := f.decodeCell(name, []byte(value.Raw))
		if seen[name] {
			e = errors.New("is there twice")
		}
		seen[name] = true
		if mistyped := (*typeError)(nil); errors.As(e, &mistyped) && strings.Contains(name, " ") {
			f.Unreadable = append(f.Unreadable, Unreadable{Cell: name, Reason: e.Error()})
		} else if e != nil {
			err = fmt.Errorf("decode facts: cell %q: %w", name, e)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(f.Unreadable, func(a, b Unreadable) int { return strings.Compare(a.Cell, b.Cell) })
	return f, nil
}

// New returns Facts with nothing in them.
func New() *Facts {
	return &Facts{
		Users: map[string]User{}, Groups: map[string]Group{}, Hubs: map[HubKind]*Hub{},
		Units: map[string]Unit{}, Focus: map[string]UnitDetail{}, Templates: map[string]Template{},
		Sockets: map[string]Socket{}, Upstream: map[string]Upstream{}, Arguments: map[string]Argument{}, Services: map[string]Service{}, Containers: map[string]Container{},
		Vhosts: map[string]Vhost{}, Datasets: map[string]Dataset{}, Alerts: map[string]Alert{},
		Snapshots: map[string]Snapshot{}, Dashboard: map[string]Tile{}, BlackBox: map[string]Probe{},
		BackupJobs: map[string]BackupJob{}, Mounts: map[string]Mount{}, Libraries: map[string]Library{},
	}
}

func (f *Facts) decodeCell(name string, raw []byte) error {
	if kind, key, ok := strings.Cut(name, " "); ok {
		return f.decodeEntry(kind, key, raw)
	}
	switch name {
	case "host":
		return unmarshal(raw, &f.Host)
	case "ids":
		return unmarshal(raw, &f.StaticIDs)
	case "root":
		root := struct {
			Path  []string `json:"path"`
			Count int      `json:"count"`
		}{}
		err := unmarshal(raw, &root)
		f.Root = root.Path
		return err
	case "hubs":
		return unmarshal(raw, &f.Hubs)
	case "timers":
		return unmarshal(raw, &f.Timers)
	case "firewall":
		return unmarshal(raw, &f.Firewall)
	case "policies":
		return unmarshal(raw, &f.Policies)
	case "secrets":
		return unmarshal(raw, &f.Secrets)
	case "templates":
		return unmarshal(raw, &f.Templates)
	case "arguments":
		return unmarshal(raw, &f.Arguments)
	case "registries":
		return unmarshal(raw, &f.Registries)
	case "networks":
		return unmarshal(raw, &f.Networks)
	case "scrapes":
		return unmarshal(raw, &f.Scrapes)
	case "native":
		return unmarshal(raw, &f.Native)
	case "package":
		return unmarshal(raw, &f.Package)
	case "unstablePackage":
		return unmarshal(raw, &f.Unstable)
	case "datasetUnits":
		return unmarshal(raw, &f.DatasetUnits)
	case "datasetRoot":
		return decodeOptional(raw, &f.DatasetRoot)
	case "assertions":
		return unmarshal(raw, &f.Assertions)
	case "warnings":
		return unmarshal(raw, &f.Warnings)
	case "toplevel":
		return unmarshal(raw, &f.Toplevel)
	}
	return errors.New("unknown cell")
}

func (f *Facts) decodeEntry(kind, key string, raw []byte) error {
	switch kind {
	case "users":
		return entry(f.Users, key, raw)
	case "groups":
		return entry(f.Groups, key, raw)
	case "units":
		return entry(f.Units, key, raw)
	case "focus":
		return entry(f.Focus, key, raw)
	case "service":
		return entry(f.Services, key, raw)
	case "container":
		return entry(f.Containers, key, raw)
	case "socket":
		return entry(f.Sockets, key, raw)
	case "upstream":
		return entry(f.Upstream, key, raw)
	case "vhost":
		return entry(f.Vhosts, key, raw)
	case "dataset":
		return entry(f.Datasets, key, raw)
	case "alert":
		return entry(f.Alerts, key, raw)
	case "snapshot":
		return entry(f.Snapshots, key, raw)
	case "dashboard":
		return entry(f.Dashboard, key, raw)
	case "blackbox":
		return entry(f.BlackBox, key, raw)
	case "job":
		return entry(f.BackupJobs, key, raw)
	case "mount":
		return entry(f.Mounts, key, raw)
	case "helpers":
		return entry(f.Libraries, key, raw)
	}
	return errors.New("unknown cell")
}

func entry[T any](into map[string]T, key string, raw []byte) error {
	var value T
	if err := unmarshal(raw, &value); err != nil {
		return err
	}
	into[key] = value
	return nil
}

func decodeOptional(raw []byte, into *string) error {
	var value *string
	if err := unmarshal(raw, &value); err != nil {
		return err
	}
	if value != nil {
		*into = *value
	}
	return nil
}
