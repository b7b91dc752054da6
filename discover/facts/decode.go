package facts

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// Decode reads the cells of facts.nix. Invalid JSON, an unknown cell, one that
// is there twice and a cell of another type than expected are errors; an absent
// cell is not, because an unreadable one is left out by the evaluation. Of an
// entry the repo itself declares the fields: one of another type than expected
// is added to Unreadable.
func Decode(data []byte) (*Facts, error) { return (*Memo)(nil).Decode(data) }

// Memo remembers decoded entries by their text. A host's facts before and after
// a change are nearly the same: decoded with one Memo they share what is equal,
// and must not be changed. The zero value is usable, by several goroutines too;
// a nil Memo remembers nothing.
type Memo struct {
	mu      sync.Mutex
	entries map[memoKey]any
}

type memoKey struct {
	of  reflect.Type
	raw string
}

func (m *Memo) get(k memoKey) any {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entries[k]
}

func (m *Memo) put(k memoKey, value any) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil {
		m.entries = map[memoKey]any{}
	}
	m.entries[k] = value
}

// Decode is the function Decode, except that entries are shared.
func (m *Memo) Decode(data []byte) (*Facts, error) {
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
		e := f.decodeCell(m, name, value.Raw)
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
	if f.Native != nil && f.Native.Name == "" {
		f.Native = nil // parts of what could not be evaluated itself
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
		Databases: map[string]Database{}, Redis: map[string]RedisServer{}, RedisUses: map[string][]RedisUse{}, Handovers: map[string]Handover{},
		Tunnels: map[string]Tunnel{}, KeyHelpers: map[string]KeyHelpers{}, Brokers: map[string]BrokerEntry{}, Grafana: map[string]GrafanaEntry{},
		Schedules: map[string]Timer{}, Stale: map[string]map[string]StaleCheck{},
	}
}

func (f *Facts) decodeCell(m *Memo, name, raw string) error {
	if kind, key, ok := strings.Cut(name, " "); ok {
		return f.decodeEntry(m, kind, key, raw)
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
	case "nodeExporter":
		return unmarshal(raw, &f.NodeExporter)
	case "timers":
		return unmarshal(raw, &f.Timers)
	case "firewall":
		return unmarshal(raw, &f.Firewall)
	case "hardware":
		return unmarshal(raw, &f.Hardware)
	case "policies":
		return unmarshal(raw, &f.Policies)
	case "identity":
		return unmarshal(raw, &f.Identity)
	case "access":
		return unmarshal(raw, &f.Access)
	case "secrets":
		return unmarshal(raw, &f.Secrets)
	case "templates":
		return unmarshal(raw, &f.Templates)
	case "restarts":
		return unmarshal(raw, &f.Restarts)
	case "provisioned":
		return unmarshal(raw, &f.Provisioned)
	case "databaseServer":
		return unmarshal(raw, &f.DatabaseServer)
	case "databaseExtensions":
		return unmarshal(raw, &f.DatabaseExtensions)
	case "redisUses":
		return unmarshal(raw, &f.RedisUses)
	case "arguments":
		return unmarshal(raw, &f.Arguments)
	case "registries":
		return unmarshal(raw, &f.Registries)
	case "networks":
		return unmarshal(raw, &f.Networks)
	case "scrapes":
		return unmarshal(raw, &f.Scrapes)
	case "native", "nativeInside", "nativeValues", "nativeUnits":
		return f.module(raw)
	case "near":
		err := unmarshal(raw, &f.Near)
		f.Near.clean()
		return err
	case "package":
		return decodePackage(raw, &f.Package)
	case "unstablePackage":
		return decodePackage(raw, &f.Unstable)
	case "datasetUnits":
		return unmarshal(raw, &f.DatasetUnits)
	case "protection":
		return unmarshal(raw, &f.Protection)
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

func (f *Facts) decodeEntry(m *Memo, kind, key, raw string) error {
	switch kind {
	case "users":
		return entry(m, f.Users, key, raw)
	case "groups":
		return entry(m, f.Groups, key, raw)
	case "units":
		return f.unit(m, key, raw)
	case "focus":
		return entry(m, f.Focus, key, raw)
	case "timer":
		return entry(m, f.Schedules, key, raw)
	case "stale":
		return entry(m, f.Stale, key, raw)
	case "service":
		return entry(m, f.Services, key, raw)
	case "container":
		return entry(m, f.Containers, key, raw)
	case "socket":
		return entry(m, f.Sockets, key, raw)
	case "upstream":
		return entry(m, f.Upstream, key, raw)
	case "vhost":
		return entry(m, f.Vhosts, key, raw)
	case "dataset":
		return entry(m, f.Datasets, key, raw)
	case "alert":
		return entry(m, f.Alerts, key, raw)
	case "snapshot":
		return entry(m, f.Snapshots, key, raw)
	case "dashboard":
		return entry(m, f.Dashboard, key, raw)
	case "blackbox":
		return entry(m, f.BlackBox, key, raw)
	case "job":
		return entry(m, f.BackupJobs, key, raw)
	case "mount":
		return entry(m, f.Mounts, key, raw)
	case "database":
		return entry(m, f.Databases, key, raw)
	case "broker":
		return entry(m, f.Brokers, key, raw)
	case "grafana":
		return entry(m, f.Grafana, key, raw)
	case "tunnel":
		return entry(m, f.Tunnels, key, raw)
	case "redis":
		return entry(m, f.Redis, key, raw)
	case "keys":
		return entry(m, f.KeyHelpers, key, raw)
	case "helpers":
		return entry(m, f.Libraries, key, raw)
	}
	return errors.New("unknown cell")
}

// module decodes a part of the native module. It comes in parts so that what
// cannot be evaluated of it does not hide the rest; null stands for no module.
func (f *Facts) module(raw string) error {
	if (&reader{text: raw}).null() {
		return nil
	}
	if f.Native == nil {
		f.Native = &NativeModule{}
	}
	err := unmarshal(raw, f.Native)
	f.Native.clean()
	return err
}

func decodePackage(raw string, into **Package) error {
	err := unmarshal(raw, into)
	(*into).clean()
	return err
}

func entry[T any](m *Memo, into map[string]T, key, raw string) error {
	k := memoKey{reflect.TypeFor[T](), raw}
	value, known := m.get(k).(T)
	if !known {
		if err := unmarshal(raw, &value); err != nil {
			return err
		}
		m.put(k, value)
	}
	into[key] = value
	return nil
}

func decodeOptional(raw string, into *string) error {
	var value *string
	if err := unmarshal(raw, &value); err != nil {
		return err
	}
	if value != nil {
		*into = *value
	}
	return nil
}
