package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

func init() {
	scenarios["hardware"] = scenario{"example", discover.Query{Service: "player"}, said("packaging=container", "image=ghcr.io/x/player:1.0.0@"+digest,
		"containerPort=8096", "dataDir=/config", "workload=sqlite", "auth=builtin", "category=Media", "description=plays films", "nfs=media", "mountReadOnly=yes",
		"gpu=render", "devices=/dev/serial/by-id/usb-Stick-if00:/dev/stick", "capabilities=NET_RAW", "shm=256M")}
	scenarios["host-network"] = scenario{"example", discover.Query{Service: "scout"}, said("packaging=container", "image=ghcr.io/x/scout:1.0.0@"+digest,
		"containerPort=8099", "workload=stateless", "auth=none", "category=Infrastructure", "description=finds machines", "hostNetwork=yes", "capabilities=NET_RAW")}
	scenarios["hardware-unit"] = scenario{"example", discover.Query{Service: "ntfy", Packages: []string{"ntfy-sh"}}, said("packaging=unit", "package=ntfy-sh", "port=2586",
		"workload=config", "arguments=serve --listen-http {address}:{port}", "auth=builtin", "category=Infrastructure", "description=push notifications", "nfs=media",
		"mountReadOnly=yes", "devices=/dev/serial/by-id/usb-Stick-if00", "capabilities=NET_RAW,SYS_NICE")}
	scenarios["hardware-native"] = scenario{"example", discover.Query{Service: "jellyfin", Natives: []string{"jellyfin"}, Packages: []string{"jellyfin"}}, said("port=8096",
		"workload=media", "auth=builtin", "category=Media", "nfs=media", "mountReadOnly=yes", "gpu=render", "capabilities=NET_BIND_SERVICE")}
	scenarios["hardware-factory"] = scenario{"example-registry", discover.Query{Service: "radio"}, said("packaging=container", "image=ghcr.io/x/radio:1.0.0@"+digest,
		"containerPort=8091", "dataDir=/store", "workload=config", "auth=caddy-security", "category=infrastructure", "description=devices by radio",
		"nfs=media", "mountReadOnly=yes", "devices=/dev/serial/by-id/usb-Stick-if00:/dev/radio", "capabilities=NET_RAW", "shm=64M")}
	scenarios["factory-network"] = scenario{"example-registry", discover.Query{Service: "scout"}, said("packaging=container", "image=ghcr.io/x/scout:1.0.0@"+digest,
		"containerPort=8099", "dataDir=/data", "workload=config", "auth=builtin", "category=infrastructure", "description=finds machines", "hostNetwork=yes")}
}

// TestHardwareBroken: what is missing of the hardware is seen, and so is what
// there is too much of.
func TestHardwareBroken(t *testing.T) {
	const devices = `map (device: "--device=${device}:rw") cfg.devices`
	for name, c := range map[string]struct {
		scenario string
		edits    []edit
		kind     plan.PromiseKind
		saw      string
	}{
		"no device":             {"hardware", []edit{inModule(" ++ "+devices, "")}, plan.PromiseDevices, "devices none"},
		"all devices":           {"hardware", []edit{inHost(`"/dev/dri/renderD128"`, `"/dev/dri"`)}, plan.PromiseDevices, "/dev/dri"},
		"one more device":       {"hardware", []edit{inHost(`"/dev/dri/renderD128"`, `"/dev/dri/renderD128" "/dev/sda"`)}, plan.PromiseDevices, "/dev/sda"},
		"device elsewhere":      {"hardware", []edit{inHost(":/dev/stick", "")}, plan.PromiseDevices, "usb-Stick-if00"},
		"privileged":            {"hardware", []edit{inModule(`"--cap-add=NET_RAW"`, `"--cap-add=NET_RAW" "--privileged"`)}, plan.PromiseDevices, "it is privileged"},
		"privileged by option":  {"hardware", []edit{inModule("inherit (cfg) image", "privileged = true; inherit (cfg) image")}, plan.PromiseCapability, "it is privileged"},
		"no capability":         {"hardware", []edit{inModule(`"--cap-add=NET_RAW"`, "")}, plan.PromiseCapability, "capabilities none"},
		"more capabilities":     {"hardware", []edit{inModule("inherit (cfg) image", "capabilities.SYS_ADMIN = true; inherit (cfg) image")}, plan.PromiseCapability, "SYS_ADMIN"},
		"no group":              {"hardware", []edit{inModule(`"--group-add=${toString config.users.groups.render.gid}"`, "")}, plan.PromiseGroups, "groups 65537"},
		"less shared memory":    {"hardware", []edit{inModule(`"--shm-size=256M"`, `"--shm-size=64M"`)}, plan.PromiseResources, "--shm-size=64M"},
		"mount can be written":  {"hardware", []edit{inModule("/data:ro", "/data:rw")}, plan.PromiseVolume, "can be written"},
		"network of its own":    {"host-network", []edit{inModule(`"--network=host"`, "")}, plan.PromiseHostNetwork, "networks none"},
		"published":             {"host-network", []edit{inModule("inherit (cfg) image", `ports = [ "8099:8099" ]; inherit (cfg) image`)}, plan.PromiseHostNetwork, "it publishes 8099:8099"},
		"firewall opened":       {"host-network", []edit{inHost("enable = true;\n\n", "enable = true;\n      };\n      networking.firewall.allowedTCPPorts = [ 8099 ];\n      modules.services.scout = {\n\n")}, plan.PromiseHostNetwork, "the firewall lets in others"},
		"another device policy": {"hardware-unit", []edit{inModule(`DevicePolicy = "closed"`, `DevicePolicy = "auto"`)}, plan.PromiseDevices, "DevicePolicy is auto"},
		"devices hidden":        {"hardware-unit", []edit{inModule("PrivateDevices = false", "PrivateDevices = true")}, plan.PromiseDevices, "hides all devices"},
		"device only read":      {"hardware-unit", []edit{inModule("${device} rw", "${device} r")}, plan.PromiseDevices, "it may not read and write"},
		"unit without group":    {"hardware-unit", []edit{inModule(`SupplementaryGroups = [ "dialout" ];`, "")}, plan.PromiseGroups, "groups"},
		"not ambient":           {"hardware-unit", []edit{inModule(`AmbientCapabilities = [ "CAP_NET_RAW" "CAP_SYS_NICE" ];`, "")}, plan.PromiseCapability, "ambient none"},
		"not bound":             {"hardware-unit", []edit{inModule(`CapabilityBoundingSet = [ "CAP_NET_RAW" "CAP_SYS_NICE" ];`, "")}, plan.PromiseCapability, "bound none"},
		"mount writable":        {"hardware-unit", []edit{inModule("ReadWritePaths = [ cfg.dataDir ]", `ReadWritePaths = [ cfg.dataDir "/mnt" ]`)}, plan.PromiseReadOnly, "ReadWritePaths="},
		"mount not confined":    {"hardware-native", []edit{inModule("            ReadOnlyPaths = lib.optional (nfsMount != null) nfsMount.localPath;\n", "")}, plan.PromiseReadOnly, "ReadOnlyPaths="},
		"native without device": {"hardware-native", []edit{inHost(`devices = [ "/dev/dri/renderD128" ];`, "")}, plan.PromiseDevices, "no device is allowed"},
		"factory drops options": {"hardware-factory", []edit{inModule("extraOptions = { cfg, ... }: "+devices, "extraOptions = _: [ ]")}, plan.PromiseDevices, "devices none"},
		"factory still publishes": {"factory-network", []edit{inModule("ports = lib.mkForce [ ]", `ports = lib.mkForce [ "127.0.0.1:8099:8099" ]`)}, plan.PromiseHostNetwork,
			"it publishes 127.0.0.1:8099:8099"},
	} {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, c.scenario)
			after, systems := st.evaluate(t, c.edits...)
			results := verify.Broken(verify.Check(st.plan, st.before, after, systems))
			seen := ""
			for _, r := range results {
				if r.Kind == c.kind {
					seen += r.Saw
				}
			}
			require.Contains(t, seen, c.saw, "%+v", results)
		})
	}
}
