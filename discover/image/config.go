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
	"unicode"
	"unicode/utf8"
)

// What a config may hold at most; more is no service, or no honest one.
const (
	maxEntries = 512
	maxText    = 16 << 10 // bytes
)

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
	for name, value := range in.Labels {
		if name = Printable(name); name != "" {
			c.Labels[name] = Printable(value)
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
		if !found {
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

// environment takes the variables apart. Those whose name is no name, or whose
// value has control characters, are left out; so are values that look like
// secrets, but not their names.
func environment(list []string) map[string]string {
	values := map[string]string{}
	for _, entry := range list {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case !variableForm.MatchString(name) || Printable(value) != strings.TrimSpace(value):
		case looksSecret(name, value):
			values[name] = ""
		default:
			values[name] = value
		}
	}
	return values
}

var (
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	secretName   = regexp.MustCompile(`(?i)(^|_)(pass|passwd|password|passphrase|pwd|secret|token|credentials?|(api|access|private|secret|encryption|signing|auth|gpg)_?key|key)(_|$)|(password|secret|token|apikey)$`)
	// These are told by what follows the name of a kind of secret too.
	secretAbout = regexp.MustCompile(`(?i)_(file|path|dir|name|url|uri|header|type|ttl|length|algorithm|enabled?)$`)
	secretValue = regexp.MustCompile(`^(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abposr]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|sk-[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\$2[aby]\$\d\d\$.{40,})$|-----BEGIN |://[^/@\s:]+:[^/@\s]+@`)
	plainValue  = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|none|[0-9]{0,6}|/[^:]*)$`)
)

// looksSecret tells whether a variable's value should be shown to nobody. What
// is plainly none, such as a switch or a path, is not.
func looksSecret(name, value string) bool {
	if secretValue.MatchString(value) {
		return true
	}
	return secretName.MatchString(name) && !secretAbout.MatchString(name) && !plainValue.MatchString(value)
}

// showable is a list of texts for people, [] and not nil if it is empty.
func showable(list []string) []string {
	out := make([]string, 0, len(list))
	for _, text := range list {
		out = append(out, Printable(text))
	}
	return out
}

// Printable is a text from outside without what could act on a terminal:
// control characters, and those that turn the direction of writing. Line
// breaks and runs of blanks become one blank.
func Printable(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// short is enough of a text to show what is wrong with it.
func short(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

// VariableNames are the names of the variables that the image sets, sorted.
func (c Config) VariableNames() []string { return slices.Sorted(maps.Keys(c.Environment)) }
