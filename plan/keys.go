package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// key is something the user may say.
type key struct {
	name    string
	choices []string
	check   func(string) error
	about   string
}

var (
	yesNo    = []string{"yes", "no"}
	portForm = func(s string) error {
		var n int
		if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 1 || n > 65535 {
			return fmt.Errorf("%q is no port from 1 to 65535", s)
		}
		return nil
	}
	pathForm = func(s string) error {
		if !regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`).MatchString(s) || strings.Contains(s+"/", "/../") || strings.Contains(s+"/", "/./") {
			return fmt.Errorf("%q is no absolute path of letters, digits and ._@+-", s)
		}
		return nil
	}
	pathsForm = func(s string) error {
		seen := map[string]bool{}
		for _, p := range strings.Split(s, ",") {
			p = strings.TrimSpace(p)
			if err := pathForm(p); err != nil {
				return err
			}
			if seen[p] {
				return fmt.Errorf("%q is there twice", p)
			}
			seen[p] = true
		}
		return nil
	}
	urlPathForm = func(s string) error {
		if !regexp.MustCompile(`^/[A-Za-z0-9._~/?=&%+-]*$`).MatchString(s) {
			return fmt.Errorf("%q is no path of a URL", s)
		}
		return nil
	}
	wordForm = func(s string) error {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'.-]*$`).MatchString(s) {
			return fmt.Errorf("%q is no name", s)
		}
		return nil
	}
	lineForm = func(s string) error {
		if strings.TrimSpace(s) == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, misleading) {
			return fmt.Errorf("%q is not one line of text", s)
		}
		if len(s) > 200 {
			return fmt.Errorf("%d bytes, more than 200", len(s))
		}
		return nil
	}
	amountForm = func(s string) error {
		if !regexp.MustCompile(`^[1-9][0-9]{0,6}[MG]$`).MatchString(s) {
			return fmt.Errorf("%q is no amount such as 512M or 2G", s)
		}
		return nil
	}
	listForm = func(s string) error {
		return eachForm(s, func(e string) error {
			if !regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`).MatchString(e) {
				return fmt.Errorf("%q is no name of an environment variable", e)
			}
			return nil
		})
	}
)

// misleading tells whether a character does something to the text around it on a
// terminal or in an editor, instead of being seen.
func misleading(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// maxLabel is the length of the longest label of a DNS name.
const maxLabel = 63

// keys are what can be said, in the order of the decisions.
var keys = slices.Concat(
	mainKeys,
	databaseKeys,
	redisKeys,
	credentialKeys,
	restartKeys,
	mqttKeys,
	grafanaKeys,
	pageKeys,
	machineKeys,
	tunnelKeys,
	hardwareKeys,
	protectionKeys,
	omissionKeys,
	scheduleKeys,
	probeKeys,
)

var mainKeys = []key{
	{name: "packaging", choices: []string{"native", "unit", "container"}, about: "how the software is run"},
	{name: "native", check: wordForm, about: "name of the NixOS module under services, or no"},
	{name: "package", check: wordForm, about: "package in the package set, or no"},
	{name: "program", check: wordForm, about: "program of the package that is started"},
	{name: "arguments", check: commandForm, about: "arguments of the program; quotes keep words together; {port}, {address} and {dataDir} stand for the values"},
	{name: "image", check: CheckImage, about: "container image with tag and digest"},
	{name: "command", check: commandForm, about: "arguments of a container's entrypoint; quotes keep words together, no shell reads it"},
	{name: "displayName", check: lineForm, about: "name for people"},
	{name: "description", check: lineForm, about: "what the service does, in a few words"},
	{name: "category", check: lineForm, about: "category of the module and group on the dashboard"},
	{name: "workload", choices: []string{"sqlite", "database", "config", "media", "sequential", "stateless"}, about: "what it does with its storage"},
	{name: "dataDir", check: pathsForm, about: "where the software keeps its data; several with commas in a container"},
	{name: "port", check: portForm, about: "port on which the host finds it"},
	{name: "containerPort", check: portForm, about: "port that the image listens on"},
	{name: "auth", choices: []string{"oidc", "trusted-header", "caddy-security", "hybrid", "builtin", "none"}, about: "how people log in"},
	{name: "policy", check: wordForm, about: "authorization policy of the proxy"},
	{name: "uid", check: func(s string) error {
		// Below are NixOS's own, above are people's and those of namespaces.
		if n, err := strconv.Atoi(s); err != nil || strconv.Itoa(n) != s || n < 400 || n > 999 {
			return fmt.Errorf("%q is no id of a service, from 400 to 999", s)
		}
		return nil
	}, about: "id of the account, where the lowest that is free is taken on the host all the same"},
	{name: "group", check: wordForm, about: "primary group of the account"},
	{name: "nfs", check: wordForm, about: "network mount that it needs, or no"},
	{name: "mountPath", check: pathForm, about: "where a container sees the network mount"},
	{name: "runAs", choices: []string{"user", "puid", "image"}, about: "how a container gets its ids"},
	{name: "memory", check: amountForm, about: "memory that a container may use"},
	{name: "cpus", check: func(s string) error {
		if !regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`).MatchString(s) {
			return fmt.Errorf("%q is no number of processors", s)
		}
		if strings.Trim(s, "0.") == "" {
			return fmt.Errorf("%q is no limit: an engine takes it for as many as there are", s)
		}
		return nil
	}, about: "processors that a container may use"},
	{name: "secrets", check: listForm, about: "environment variables that hold secrets, with commas"},
	{name: "healthPath", check: urlPathForm, about: "path that answers when the service is well"},
	{name: "metricsPath", check: urlPathForm, about: "path of Prometheus metrics"},
	{name: "network", check: wordForm, about: "container network to join, or no"},
	{name: "icon", check: lineForm, about: "icon on the dashboard"},
	{name: "widget", choices: yesNo, about: "whether the dashboard shows more than a tile"},
	{name: "hostName", check: func(s string) error {
		if !nameForm.MatchString(s) || len(s) > maxLabel {
			return fmt.Errorf("%q is no DNS label", s)
		}
		return nil
	}, about: "first label of the host name"},
	{name: "backup", choices: yesNo, about: "whether the data are backed up"},
	{name: "preseed", choices: yesNo, about: "whether the data are restored before the first start"},
	{name: "snapshots", choices: yesNo, about: "whether the dataset has snapshots and replication"},
	{name: "web", choices: yesNo, about: "whether it has a web page"},
}
