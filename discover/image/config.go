package image

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxEntries is how long a list of a config may be; more is no service, or no
// honest one.
const maxEntries = 512

// ReadConfig reads the config blob of an image, as Docker and OCI have it, and
// gives the platform that it says it is for, such as linux/arm64. What is used
// to run the image (ports, volumes, user, working directory) must be in form,
// or it fails. Of what is only shown, control characters are taken out.
func ReadConfig(data []byte) (Config, string, error) {
	var raw struct {
		OS, Architecture, Variant string
		Config                    struct {
			ExposedPorts, Volumes map[string]struct{}
			User, WorkingDir      string
			Entrypoint, Cmd, Env  []string
			Labels                map[string]string
			Healthcheck           *struct{ Test []string }
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return Config{}, "", fmt.Errorf("read config: %w", err)
	}
	platform := strings.Trim(strings.Join([]string{raw.OS, raw.Architecture, raw.Variant}, "/"), "/")
	if raw.OS == "" || raw.Architecture == "" || !platformForm.MatchString(platform) {
		return Config{}, "", fmt.Errorf("read config: its platform is %q", short(platform))
	}
	in := raw.Config
	for _, n := range []int{len(in.ExposedPorts), len(in.Volumes), len(in.Env), len(in.Labels), len(in.Entrypoint), len(in.Cmd)} {
		if n > maxEntries {
			return Config{}, "", fmt.Errorf("read config: a list of it has %d entries, and %d are allowed", n, maxEntries)
		}
	}
	c := Config{
		Entrypoint: showable(in.Entrypoint), Command: showable(in.Cmd), Labels: map[string]string{},
		Environment: environment(in.Env), User: in.User, WorkingDir: in.WorkingDir,
	}
	var errs []error
	var err error
	if c.Ports, err = ports(in.ExposedPorts); err != nil {
		errs = append(errs, err)
	}
	if c.Volumes, err = volumes(in.Volumes); err != nil {
		errs = append(errs, err)
	}
	if !userForm.MatchString(c.User) {
		errs = append(errs, fmt.Errorf("read user: %q is no user", short(c.User)))
	}
	if c.WorkingDir != "" && !pathForm(c.WorkingDir) {
		errs = append(errs, fmt.Errorf("read working directory: %q is no path", short(c.WorkingDir)))
	}
	for _, name := range slices.Sorted(maps.Keys(in.Labels)) {
		if shown := Printable(name); shown != "" {
			c.Labels[shown] = Printable(in.Labels[name])
		}
	}
	// The first word is NONE where a check of the image below is turned off.
	if h := in.Healthcheck; h != nil && len(h.Test) > 0 && h.Test[0] != "NONE" && h.Test[0] != "" {
		c.HealthCheck = showable(h.Test)
	}
	return c, platform, errors.Join(errs...)
}

var (
	platformForm = regexp.MustCompile(`^[a-z0-9]+(/[a-z0-9]+){1,2}$`)
	userForm     = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?)?$`)
)

func ports(exposed map[string]struct{}) ([]Port, error) {
	list := []Port{}
	for text := range exposed {
		number, protocol, found := strings.Cut(text, "/")
		if protocol = strings.ToLower(protocol); !found {
			protocol = "tcp"
		}
		first, last, ranged := strings.Cut(number, "-")
		if !ranged {
			last = first
		}
		low, err1 := strconv.ParseUint(first, 10, 16)
		high, err2 := strconv.ParseUint(last, 10, 16)
		if err1 != nil || err2 != nil || low == 0 || high < low || !slices.Contains([]string{"tcp", "udp", "sctp"}, protocol) {
			return nil, fmt.Errorf("read ports: %q is no port", short(text))
		}
		if high-low >= maxEntries {
			return nil, fmt.Errorf("read ports: %q are too many", short(text))
		}
		for n := low; n <= high; n++ {
			list = append(list, Port{int(n), protocol})
		}
	}
	slices.SortFunc(list, func(a, b Port) int {
		return cmp.Or(strings.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Number, b.Number))
	})
	list = slices.Compact(list)
	slices.SortStableFunc(list, func(a, b Port) int { return cmp.Compare(protocolRank(a), protocolRank(b)) })
	return list, nil
}

func protocolRank(p Port) int { return slices.Index([]string{"tcp", "udp", "sctp"}, p.Protocol) }

func volumes(declared map[string]struct{}) ([]string, error) {
	list := []string{}
	for text := range declared {
		if !pathForm(text) || path.Clean(text) == "/" {
			return nil, fmt.Errorf("read volumes: %q is no path to mount at", short(text))
		}
		list = append(list, path.Clean(text))
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// pathForm tells whether a text is a path that can be mounted at: absolute,
// without what means something else to a container engine.
func pathForm(text string) bool {
	return strings.HasPrefix(text, "/") && len(text) <= 4096 && !strings.ContainsAny(text, ":,\\") &&
		Printable(text) == text && !slices.Contains(strings.Split(text, "/"), "..")
}
