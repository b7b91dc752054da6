package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// Decode reads the cells of facts.nix. An unknown cell, a value of another type
// than expected and invalid JSON are errors; an absent cell is not, because an
// unreadable one is left out by the evaluation.
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
	cells.ForEach(func(key, value gjson.Result) bool {
		if e := f.decodeCell(key.String(), []byte(value.Raw)); e != nil {
			err = fmt.Errorf("decode facts: cell %q: %w", key.String(), e)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// New returns Facts with nothing in them.
func New() *Facts {
	return &Facts{
		Users: map[string]User{}, Groups: map[string]Group{}, Hubs: map[HubKind]*Hub{},
		Units: map[string]Unit{}, Focus: map[string]UnitDetail{}, Templates: map[string]Template{},
		Arguments: map[string]Argument{}, Services: map[string]Service{}, Containers: map[string]Container{},
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
		return json.Unmarshal(raw, &f.Host)
	case "users":
		return json.Unmarshal(raw, &f.Users)
	case "groups":
		return json.Unmarshal(raw, &f.Groups)
	case "ids":
		return json.Unmarshal(raw, &f.StaticIDs)
	case "root":
		root := struct {
			Path  []string `json:"path"`
			Count int      `json:"count"`
		}{}
		err := json.Unmarshal(raw, &root)
		f.Root = root.Path
		return err
	case "hubs":
		return json.Unmarshal(raw, &f.Hubs)
	case "units":
		return json.Unmarshal(raw, &f.Units)
	case "timers":
		return json.Unmarshal(raw, &f.Timers)
	case "focus":
		return json.Unmarshal(raw, &f.Focus)
	case "sockets":
		return json.Unmarshal(raw, &f.Sockets)
	case "upstreamPorts":
		return json.Unmarshal(raw, &f.UpstreamPorts)
	case "policies":
		return json.Unmarshal(raw, &f.Policies)
	case "secrets":
		return json.Unmarshal(raw, &f.Secrets)
	case "templates":
		return json.Unmarshal(raw, &f.Templates)
	case "arguments":
		return json.Unmarshal(raw, &f.Arguments)
	case "registries":
		return json.Unmarshal(raw, &f.Registries)
	case "networks":
		return json.Unmarshal(raw, &f.Networks)
	case "scrapes":
		return json.Unmarshal(raw, &f.Scrapes)
	case "native":
		return json.Unmarshal(raw, &f.Native)
	case "package":
		return json.Unmarshal(raw, &f.Package)
	case "unstablePackage":
		return json.Unmarshal(raw, &f.Unstable)
	case "datasetRoot":
		return decodeOptional(raw, &f.DatasetRoot)
	case "assertions":
		return json.Unmarshal(raw, &f.Assertions)
	case "warnings":
		return json.Unmarshal(raw, &f.Warnings)
	case "toplevel":
		return json.Unmarshal(raw, &f.Toplevel)
	}
	return errors.New("unknown cell")
}

func (f *Facts) decodeEntry(kind, key string, raw []byte) error {
	switch kind {
	case "service":
		return entry(f.Services, key, raw)
	case "container":
		return entry(f.Containers, key, raw)
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
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	into[key] = value
	return nil
}

func decodeOptional(raw []byte, into *string) error {
	var value *string
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	if value != nil {
		*into = *value
	}
	return nil
}
