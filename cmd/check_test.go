package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// defect is something wrong that is put into the example, and what must be
// said of it.
type defect struct {
	name string
	// forge and nas are added to the host's file, flake-wide options as in Nix.
	forge, nas string
	// edit changes a file of the example: file, old text, new text.
	edit [3]string
	rule string
	// value is the finding's; owners must all be in it, and places are files
	// that it must name.
	value  string
	owners []string
	places []string
}

const (
	plantedForge = "hosts/forge/planted.nix"
	plantedNAS   = "hosts/nas-1/planted.nix"
	podman       = "virtualisation.oci-containers.containers"
	modules      = "hosts/_modules/nixos/services/"
)

// container is a container of the planted file.
func container(name, rest string) string {
	return fmt.Sprintf(`%s.%s = { image = "ghcr.io/x/%s:1"; %s };`, podman, name, name, rest)
}

func user(name, uid string) string {
	return fmt.Sprintf(`users.users.%s = { uid = %s; isSystemUser = true; group = "media"; };`, name, uid)
}

var defects = []defect{
	// Ids of one host.
	{name: "uid of a user twice", forge: user("planted", "915"), rule: "uid-shared", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge, modules + "sonarr/default.nix"}},
	{name: "uid with mkForce", forge: user("planted", "lib.mkForce 915"), rule: "uid-shared", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "uid by a path", forge: `users.users.planted.uid = 915; users.users.planted.isSystemUser = true; users.users.planted.group = "media";`, rule: "uid-shared", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "uid under a condition", forge: `users.users.planted = lib.mkIf true { uid = 915; isSystemUser = true; group = "media"; };`, rule: "uid-shared", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "uid merged", forge: `users.users = lib.mkMerge [ { planted = { isSystemUser = true; group = "media"; }; } { planted.uid = 915; } ];`, rule: "uid-shared", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "gid of a group twice", forge: `users.groups.planted.gid = 65537;`, rule: "gid-shared", value: "65537", owners: []string{"planted", "media"}, places: []string{plantedForge, "hosts/forge/core/users.nix"}},
	{name: "id as text in an option of a service that is on", edit: [3]string{modules + "zigbee2mqtt/default.nix", `"923"`, `"915"`}, rule: "uid-shared", value: "915", owners: []string{"zigbee2mqtt", "sonarr"}, places: []string{modules + "zigbee2mqtt/default.nix", modules + "sonarr/default.nix"}},
	{name: "id of a service that is off", edit: [3]string{modules + "rest-server/default.nix", "962", "915"}, rule: "uid-shared", value: "915", owners: []string{"rest-server", "sonarr"}, places: []string{modules + "rest-server/default.nix"}},

	// Who runs as whom.
	{name: "container user", forge: container("planted", `user = "915:65537"; ports = [ "7001:80" ];`), rule: "uid-as-user-of-other", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge, modules + "sonarr/default.nix"}},
	{name: "container user by flag", forge: container("planted", `extraOptions = [ "--user=915:65537" ];`), rule: "uid-as-user-of-other", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "container user by two arguments", forge: container("planted", `extraOptions = [ "--user" "915" ];`), rule: "uid-as-user-of-other", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "PUID", forge: container("planted", `environment.PUID = "915";`), rule: "uid-as-user-of-other", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "owner of a dataset by number", forge: `modules.storage.datasets.services.planted = { mountpoint = "/var/lib/planted"; owner = "915"; };`, rule: "uid-as-user-of-other", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},

	// Ports.
	{name: "published twice", forge: container("planted", `ports = [ "8989:80" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge, modules + "sonarr/default.nix"}},
	{name: "published with a protocol", forge: container("planted", `ports = [ "8989:80/tcp" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "published on every address", forge: container("planted", `ports = [ "0.0.0.0:8787:80" ];`), rule: "port-shared", value: "8787/tcp", owners: []string{"planted", "enclosed"}, places: []string{plantedForge, modules + "enclosed/default.nix"}},
	{name: "published on IPv6's every address", forge: container("planted", `ports = [ "[::]:8787:80" ];`), rule: "port-shared", value: "8787/tcp", owners: []string{"planted", "enclosed"}, places: []string{plantedForge}},
	{name: "published as a range", forge: container("planted", `ports = [ "8985-8990:8985-8990" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "UDP twice", forge: container("planted", `ports = [ "5353:53/udp" ];`) + container("other", `ports = [ "5353:53/udp" ];`), rule: "port-shared", value: "5353/udp", owners: []string{"planted", "other"}, places: []string{plantedForge}},
	{name: "published by flag", forge: container("planted", `extraOptions = [ "--publish=8989:80" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "published by short flag", forge: container("planted", `extraOptions = [ "-p" "8989:80" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "two containers of one service", forge: container("sonarr-db", `ports = [ "8989:80" ];`), rule: "port-shared", value: "8989/tcp", owners: []string{"sonarr-db", "sonarr"}, places: []string{plantedForge}},
	{name: "socket unit", forge: `systemd.sockets.planted = { listenStreams = [ "8989" ]; };`, rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "socket unit on an address", forge: `systemd.sockets.planted = { listenStreams = [ "0.0.0.0:8989" ]; };`, rule: "port-shared", value: "8989/tcp", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "module of NixOS", forge: container("planted", `ports = [ "9090:80" ];`), rule: "port-shared", value: "9090/tcp", owners: []string{"planted", "prometheus"}, places: []string{plantedForge}},
	{name: "exporter", forge: container("planted", `ports = [ "9100:80" ];`), rule: "port-shared", value: "9100/tcp", owners: []string{"planted", "node-exporter"}, places: []string{plantedForge}},
	{name: "settings of a module", forge: container("planted", `ports = [ "3100:80" ];`), rule: "port-shared", value: "3100/tcp", owners: []string{"planted", "loki"}, places: []string{plantedForge}},
	{name: "the proxy's own port", forge: container("planted", `ports = [ "443:443" ];`), rule: "port-shared", value: "443/tcp", owners: []string{"planted", "caddy"}, places: []string{plantedForge}},
	{name: "SSH", forge: container("planted", `ports = [ "22:22" ];`), rule: "port-shared", value: "22/tcp", owners: []string{"planted", "openssh"}, places: []string{plantedForge}},
	{name: "option of a service", forge: `modules.services.it-tools.port = lib.mkForce 8081;`, rule: "port-shared", value: "8081/tcp", owners: []string{"it-tools", "pgweb"}, places: []string{plantedForge}},
	{name: "backend that leads astray", forge: `modules.services.caddy.virtualHosts.sonarr.backend.port = lib.mkForce 8081;`, rule: "port-of-other", value: "8081/tcp", owners: []string{"sonarr", "pgweb"}, places: []string{modules}},

	// Places and names.
	{name: "mountpoint twice", forge: `modules.storage.datasets.services.planted = { mountpoint = "/var/lib/sonarr"; };`, rule: "dataset-mountpoint", value: "/var/lib/sonarr", owners: []string{"planted", "sonarr"}, places: []string{plantedForge, modules + "sonarr/default.nix"}},
	{name: "mountpoint with a slash more", forge: `modules.storage.datasets.services.planted = { mountpoint = "/var/lib/sonarr/"; };`, rule: "dataset-mountpoint", value: "/var/lib/sonarr", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},
	{name: "host name twice", forge: `modules.services.caddy.virtualHosts.planted = { enable = true; hostName = "Sonarr.home.example"; backend.port = 7001; };`, rule: "hostname-shared", value: "sonarr.home.example", owners: []string{"planted", "sonarr"}, places: []string{plantedForge}},

	// Ranges and hosts.
	{name: "id of NixOS's table", forge: user("planted", "71"), rule: "uid-shared", value: "71", owners: []string{"planted", "postgres"}, places: []string{plantedForge}},
	{name: "id that NixOS keeps for somebody who is not here", nas: user("planted", "71"), rule: "id-reserved", value: "71", owners: []string{"planted", "postgres"}, places: []string{plantedNAS}},
	{name: "id of systemd's dynamic users", forge: user("planted", "61200"), rule: "id-reserved", value: "61200", owners: []string{"planted"}, places: []string{plantedForge}},
	{name: "id of the builders", forge: user("planted", "30001"), rule: "id-reserved", value: "30001", owners: []string{"planted"}, places: []string{plantedForge}},
	{name: "id that may be given away", forge: user("planted", "999"), rule: "id-in-dynamic-range", value: "999", owners: []string{"planted"}, places: []string{plantedForge}},
	{name: "another name on another host", nas: user("planted", "915"), rule: "uid-across-hosts", value: "915", owners: []string{"planted", "sonarr"}, places: []string{plantedNAS, modules + "sonarr/default.nix"}},
	{name: "another group on another host", nas: `users.groups.planted.gid = 991;`, rule: "gid-across-hosts", value: "991", owners: []string{"planted", "admins"}, places: []string{plantedNAS}},
	{name: "another id on another host", nas: user("sonarr", "914"), rule: "id-differs-across-hosts", value: "sonarr", owners: []string{"sonarr"}, places: []string{plantedNAS, modules + "sonarr/default.nix"}},
	{name: "another gid on another host", edit: [3]string{"hosts/nas-1/core.nix", "65537", "65536"}, rule: "id-differs-across-hosts", value: "media", owners: []string{"media"}, places: []string{"hosts/nas-1/core.nix", "hosts/forge/core/users.nix"}},
	{name: "exception that allows nothing", edit: [3]string{".scaffold.yaml", "", "exceptions:\n  - rule: uid-shared\n    value: \"915\"\n    reason: they share data\n"}, rule: "exception-unused", value: "uid-shared 915", places: []string{".scaffold.yaml"}},
}

// plant puts a defect into a fleet.
func (f *fleet) plant(d defect) {
	f.t.Helper()
	for file, text := range map[string]string{plantedForge: d.forge, plantedNAS: d.nas} {
		if text == "" {
			continue
		}
		f.write(file, "{ lib, ... }:\n{\n  "+text+"\n}\n")
		host := filepath.Join(filepath.Dir(file), "default.nix")
		f.replace(host, "imports = [", "imports = [\n    ./planted.nix")
	}
	if d.edit[0] != "" && d.edit[1] == "" {
		f.write(d.edit[0], d.edit[2])
	} else if d.edit[0] != "" {
		f.replace(d.edit[0], d.edit[1], d.edit[2])
	}
}

func (f *fleet) write(file, text string) {
	f.t.Helper()
	require.NoError(f.t, os.WriteFile(filepath.Join(f.dir, file), []byte(text), 0o600))
	run(f.t, f.dir, "git", "add", "-N", file)
}

func (f *fleet) replace(file, before, after string) {
	f.t.Helper()
	name := filepath.Join(f.dir, file)
	data, err := os.ReadFile(name)
	require.NoError(f.t, err)
	require.Contains(f.t, string(data), before)
	require.NoError(f.t, os.WriteFile(name, []byte(strings.Replace(string(data), before, after, 1)), 0o600))
}

// TestDefectsAreFound plants one defect at a time. It must be found, with all
// its owners and places, and nothing unrelated with it.
func TestDefectsAreFound(t *testing.T) {
	needNix(t, "nix")
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, "example")
			f.plant(d)
			code, out, stderr := f.run("check", "--json")
			require.Equal(t, 1, code, "%s%s", out, stderr)
			require.NoError(t, follows("check.schema.json", out))
			finding := gjson.Get(out, fmt.Sprintf(`findings.#(rule==%q)#|#(value==%q)`, d.rule, d.value))
			require.True(t, finding.Exists(), out)
			text := finding.Get("parties").Raw
			for _, owner := range d.owners {
				require.Contains(t, text, fmt.Sprintf("%q", owner))
				require.Contains(t, finding.Get("message").String(), owner)
			}
			for _, place := range d.places {
				require.Contains(t, text, place)
			}
			require.NotEmpty(t, finding.Get("advice").String())
			for _, other := range gjson.Get(out, "findings").Array() {
				if len(d.owners) > 0 {
					require.Contains(t, other.Raw, d.owners[0], "nothing unrelated is told")
				}
			}
		})
	}
}
