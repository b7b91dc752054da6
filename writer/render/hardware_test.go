package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// player is a media server with the graphics card, which only reads the media.
var player = scenario{
	name: "hardware", example: "example", service: "player",
	answers: said("packaging=container", "image=ghcr.io/x/player:1.0.0@"+digest, "containerPort=8096", "dataDir=/config", "workload=sqlite", "auth=builtin",
		"category=Media", "description=plays films", "nfs=media", "mountReadOnly=yes", "gpu=render", "shm=256M", "memory=4G", "hardwareReason=transcoding of video"),
}

// withHardware are services that are given something of the host's hardware.
var withHardware = []scenario{
	player,
	{
		name: "hardware-network", example: "example", service: "scout",
		answers: said("packaging=container", "image=ghcr.io/x/scout:1.0.0@"+digest, "containerPort=8099", "workload=stateless", "auth=none",
			"category=Infrastructure", "description=finds machines", "hostNetwork=yes", "capabilities=cap_net_raw,NET_ADMIN"),
	},
	{
		name: "hardware-unit", example: "example", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite",
			"auth=builtin", "category=Infrastructure", "devices=/dev/serial/by-id/usb-Stick-if00", "capabilities=NET_RAW", "groups=video", "nfs=media", "mountReadOnly=yes", "hardwareReason=messages by radio"),
	},
	{
		name: "hardware-native", example: "example", service: "jellyfin", native: "jellyfin", pkg: "jellyfin",
		answers: said("port=8096", "workload=media", "auth=builtin", "category=Media", "nfs=media", "mountReadOnly=yes", "gpu=render", "capabilities=NET_BIND_SERVICE"),
	},
	{
		name: "hardware-factory", example: "example-registry", service: "radio",
		answers: said("packaging=container", "image=ghcr.io/x/radio:1.0.0@"+digest, "containerPort=8091", "dataDir=/store", "workload=config", "auth=caddy-security",
			"category=infrastructure", "description=devices by radio", "devices=/dev/serial/by-id/usb-Stick-if00:/dev/radio", "nfs=media", "mountReadOnly=yes",
			"hardwareReason=the radio adapter"),
	},
	{
		name: "hardware-factory-network", example: "example-registry", service: "scout",
		answers: said("packaging=container", "image=ghcr.io/x/scout:1.0.0@"+digest, "containerPort=8099", "dataDir=/data", "workload=config", "auth=builtin",
			"category=infrastructure", "description=finds machines", "hostNetwork=yes", "capabilities=NET_RAW", "shm=64M"),
	},
}

// TestHardwareReasons: what the catalog says of the purpose is in the comments,
// and nothing is ever privileged.
func TestHardwareReasons(t *testing.T) {
	s := player.with("-hardwareReason")
	s.entry = &catalog.Entry{Name: "player", DisplayName: "Player", Description: "plays films", Workload: "sqlite", Hardware: &catalog.Hardware{
		GPU: "optional", GPUFor: "transcoding of films", Capabilities: []string{"SYS_NICE"}, CapabilitiesFor: "steady pictures", ShmFor: "frames", Shm: "64M",
	}}
	_, files := s.render(t)
	for _, comment := range []string{
		"# What it may do beyond others of its kind: raise priorities, for steady pictures.",
		"# More shared memory than the engine gives by itself, for frames.",
	} {
		require.Contains(t, string(files[0].After), comment)
	}
	require.Contains(t, string(files[1].After), "# Hardware of this host, and no device beside it, for transcoding of films.")
	for _, s := range withHardware {
		_, files := s.render(t)
		for _, f := range files[:2] {
			require.NotContains(t, strings.ReplaceAll(string(f.After), "NoNewPrivileges", ""), "rivileged", s.name)
		}
	}
}
