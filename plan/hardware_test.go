package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// hardwareRepo is a host with the groups of devices, where another container has
// a serial adapter.
func hardwareRepo(answers ...string) plan.Input {
	in := with(repo(), answers...)
	for name, gid := range map[string]int64{"render": 303, "video": 26, "dialout": 27, "disk": 6} {
		in.Facts.Groups[name] = facts.Group{GID: ptr(gid)}
	}
	in.Facts.Firewall = facts.Firewall{Enabled: true, TCP: []int64{443}}
	in.Facts.Containers["zigbee"] = facts.Container{ExtraOptions: []string{"--device=/dev/serial/by-id/usb-Other:/dev/ttyUSB0"}, Declared: &facts.Position{File: "modules/zigbee/default.nix", Line: 7}}
	return in
}

func wantOf(t *testing.T, p *plan.Plan, kind plan.PromiseKind, field string) string {
	t.Helper()
	list := promises(p, kind)
	require.Len(t, list, 1)
	return list[0].Want[field]
}

// TestNoHardware: who needs none is given none, and nothing is promised of it.
func TestNoHardware(t *testing.T) {
	p := made(t, hardwareRepo())
	require.Nil(t, p.Model.Hardware)
	for _, kind := range []plan.PromiseKind{plan.PromiseDevices, plan.PromiseGroups, plan.PromiseCapability, plan.PromiseHostNetwork} {
		require.Empty(t, promises(p, kind))
	}
	p = made(t, hardwareRepo("gpu=no", "devices=no", "hostNetwork=no", "hardwareReason=films"))
	require.Nil(t, p.Model.Hardware)
	require.Contains(t, notes(p), "hardwareReason is left aside")
}

func TestDevices(t *testing.T) {
	in := hardwareRepo("devices=/dev/serial/by-id/usb-Stick-if00:/dev/ttyUSB0, /dev/video0")
	p := made(t, in)
	require.Equal(t, "/dev/serial/by-id/usb-Stick-if00:/dev/ttyUSB0 /dev/video0", wantOf(t, p, plan.PromiseDevices, "devices"))
	require.Equal(t, "dialout video", wantOf(t, p, plan.PromiseGroups, "groups"))
	require.Equal(t, "27 26", wantOf(t, p, plan.PromiseGroups, "gids"))
	require.Empty(t, wantOf(t, p, plan.PromiseCapability, "capabilities"), "it is promised that there are none")
	require.Contains(t, notes(p), "zigbee has /dev/serial/by-id/usb-Other", "it may be the same under another name")
	require.Contains(t, commandsOf(p), "ls -lL /dev/serial/by-id/usb-Stick-if00 /dev/video0")
	require.Contains(t, commandsOf(p), "podman exec linkding ls -l /dev/ttyUSB0 /dev/video0")
	require.Contains(t, decision(t, p, "tier").Reason, "a device of the host")
	require.Contains(t, notes(made(t, hardwareRepo("devices=/dev/ttyACM0"))), "may be another after a restart")
	require.Contains(t, notes(made(t, hardwareRepo("devices=/dev/apex_0"))), "Which group may open /dev/apex_0 is not known")
	require.Contains(t, notes(made(t, hardwareRepo("gpu=render", "runAs=puid"))), "may leave group render behind")
	require.NotContains(t, notes(p), "behind as it does")
	p = made(t, hardwareRepo("devices=/dev/dri"))
	require.Equal(t, "render video", wantOf(t, p, plan.PromiseGroups, "groups"))
}

func commandsOf(p *plan.Plan) string {
	var all []string
	for _, s := range p.Checklist {
		all = append(all, s.Command)
	}
	return strings.Join(all, "\n")
}

func TestDevicesRefused(t *testing.T) {
	for devices, why := range map[string]string{
		"/dev/serial/by-id/usb-Other":       "zigbee has it (virtualisation.oci-containers.containers.zigbee.extraOptions, modules/zigbee/default.nix)",
		"/dev/mem":                          "the memory of the machine",
		"/dev/serial/by-path/pci-0:0:1.0-x": "what follows the colon",
		"/dev":                              "no device of the host",
		"/etc/passwd":                       "no device of the host",
		"/dev/../etc/passwd":                "no device of the host",
		"/dev/a,/dev/a":                     "twice",
		"/dev/a b":                          "no device of the host",
		"/dev/a:/etc":                       "what follows the colon",
		"/dev/input/event3":                 `host forge has no such group`,
	} {
		refused(t, hardwareRepo("devices="+devices), why)
	}
	in := hardwareRepo("devices=/dev/tty4")
	in.Facts.Groups["dialout"] = facts.Group{}
	refused(t, in, "it has no gid")
	// A unit owns a device too, and what several may use is nobody's alone.
	in = hardwareRepo("devices=/dev/video3")
	in.Facts.Units["camera"] = facts.Unit{Devices: []string{"/dev/video3 rw"}}
	refused(t, in, "camera has it (systemd.services.camera.serviceConfig.DeviceAllow)")
	in = hardwareRepo("devices=/dev/dri/renderD128")
	in.Facts.Units["camera"] = facts.Unit{Devices: []string{"/dev/dri/renderD128 rw"}}
	require.NotNil(t, made(t, in).Model.Hardware)
}

func TestDevicesOfUnit(t *testing.T) {
	unit := func(answers ...string) plan.Input {
		in := hardwareRepo(append(slices.Clone(unitAnswers), answers...)...)
		in.Facts.Package = unitRepo().Facts.Package
		return in
	}
	p := made(t, unit("devices=/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0", "capabilities=NET_RAW"))
	require.Equal(t, "linkding", promises(p, plan.PromiseDevices)[0].Subject)
	require.Equal(t, "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0", wantOf(t, p, plan.PromiseDevices, "devices"))
	require.Contains(t, commandsOf(p), "systemctl show -p DeviceAllow")
	require.Empty(t, promises(made(t, unit("capabilities=NET_RAW")), plan.PromiseDevices))
	for answer, why := range map[string]string{
		"devices=/dev/bus/usb": "a unit is let to devices by file", "devices=/dev/ttyUSB0:/dev/x": "sees /dev/ttyUSB0 where it is", "shm=64M": "only containers",
		"hostNetwork=yes": "is on the host's network", "gpu=nvidia": "only containers resolve",
	} {
		refused(t, unit(answer), why)
	}
	refused(t, unit("port=80", "arguments=--port {port}"), "below 1024")
	require.Equal(t, 80, made(t, unit("port=80", "arguments=--port {port}", "capabilities=CAP_NET_BIND_SERVICE")).Model.Port)
}

// TestRenderNode: the one that others on the host have, with its place inside of
// a container.
func TestRenderNode(t *testing.T) {
	p := made(t, hardwareRepo("gpu=render"))
	require.Equal(t, "/dev/dri/renderD128", p.String("renderNode"))
	require.Equal(t, "303", wantOf(t, p, plan.PromiseGroups, "gids"))
	require.Contains(t, commandsOf(p), "vainfo --display drm --device /dev/dri/renderD128")
	in := hardwareRepo("gpu=render")
	in.Facts.Containers["cameras"] = facts.Container{ExtraOptions: []string{"--device", "/dev/dri/intel-render:/dev/dri/renderD129", "--device=/dev/dri/card2"}}
	in.Facts.Containers["films"] = facts.Container{Devices: []string{"/dev/dri:/dev/dri:rwm"}}
	p = made(t, in)
	require.Equal(t, "/dev/dri/intel-render:/dev/dri/renderD129", wantOf(t, p, plan.PromiseDevices, "devices"))
	require.Equal(t, "cameras has it", decision(t, p, "renderNode").Reason)
	p = made(t, hardwareRepo("gpu=render", "devices=/dev/dri/renderD130"))
	require.Equal(t, "/dev/dri/renderD130", wantOf(t, p, plan.PromiseDevices, "devices"), "what was said is it")
	refused(t, hardwareRepo("gpu=nvidia"), "enable hardware.nvidia-container-toolkit")
	in = hardwareRepo("gpu=nvidia")
	in.Facts.Hardware.NVIDIA = true
	require.Equal(t, plan.NVIDIADevice, wantOf(t, made(t, in), plan.PromiseDevices, "devices"))
}

func TestCapabilities(t *testing.T) {
	p := made(t, hardwareRepo("capabilities=sys_nice,CAP_NET_RAW"))
	require.Equal(t, "NET_RAW SYS_NICE", wantOf(t, p, plan.PromiseCapability, "capabilities"))
	require.Empty(t, wantOf(t, p, plan.PromiseDevices, "devices"))
	require.NotContains(t, notes(p), "nearly what root can")
	require.Contains(t, notes(made(t, hardwareRepo("capabilities=SYS_ADMIN"))), "With SYS_ADMIN a process can do to the host nearly what root can")
	in := hardwareRepo("capabilities=NET_RAW")
	in.Facts.Host.Backend = ptr("docker")
	require.Contains(t, notes(made(t, in)), "Docker gives capabilities to root of a container alone")
	for name, why := range map[string]string{"ALL": "as good as no container", "SYS_MODULE": "boot.kernelModules", "NET_ROW": "no Linux capability", "NET_RAW,NET_RAW": "twice", "": "no Linux capability"} {
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{"capabilities": name}), why, name)
	}
	require.Equal(t, "listen on ports below 1024; send and receive raw packets", plan.CapabilityUses([]string{"NET_BIND_SERVICE", "NET_RAW"}))
}

func TestHostNetwork(t *testing.T) {
	p := made(t, hardwareRepo("hostNetwork=yes"))
	require.True(t, p.Model.Hardware.HostNetwork)
	require.Equal(t, 9090, p.Model.Port)
	require.Equal(t, "9090", wantOf(t, p, plan.PromiseHostNetwork, "port"))
	require.Empty(t, promises(p, plan.PromiseListener), "nothing is published")
	require.Contains(t, notes(p), "The firewall of forge is not opened")
	require.Contains(t, decision(t, p, "tier").Reason, "the host's network")
	in := hardwareRepo("hostNetwork=yes")
	in.Facts.Firewall.Enabled = false
	require.Contains(t, notes(made(t, in)), "The firewall of forge is off")
	in = hardwareRepo("hostNetwork=yes")
	in.Facts.Firewall.TCP = []int64{9090}
	require.Contains(t, notes(made(t, in)), "lets everybody in at port 9090")
	refused(t, hardwareRepo("hostNetwork=yes", "network=media-services"), "it cannot join media-services")
	refused(t, hardwareRepo("hostNetwork=yes", "port=9191"), "the software listens on 9090 itself")
	in = hardwareRepo("hostNetwork=yes", "containerPort=8989")
	refused(t, in, "use port 8989 on the host's network: sonarr has it")
	p = made(t, hardwareRepo("hostNetwork=yes", "containerPort=80"))
	require.Equal(t, []string{"NET_BIND_SERVICE"}, p.Model.Hardware.Capabilities, "the sysctl would be the host's")
	require.Empty(t, made(t, hardwareRepo("containerPort=80", "shm=64M")).Model.Hardware.Capabilities)
}

func TestMemoryAndMount(t *testing.T) {
	p := made(t, hardwareRepo("memory=3G", "shm=1G", "nfs=media", "mountReadOnly=yes"))
	require.Equal(t, plan.Memory{Limit: "3G", Reservation: "1536M", CPUs: "1.0"}, p.Model.Memory)
	require.Equal(t, "1G", wantOf(t, p, plan.PromiseResources, "shm"))
	require.True(t, p.Model.Mount.ReadOnly)
	require.Equal(t, "yes", promises(p, plan.PromiseVolume)[1].Want["readOnly"])
	require.False(t, made(t, hardwareRepo("nfs=media", "mountReadOnly=no")).Model.Mount.ReadOnly)
	refused(t, hardwareRepo("shm=1G"), "1G of shared memory is more than the 512M")
	refused(t, hardwareRepo("mountReadOnly=yes"), "no network mount was asked for")
	require.Equal(t, "1M", made(t, hardwareRepo("memory=1M")).Model.Memory.Reservation)
}

// TestHardwareOfTheCatalog: the graphics card is asked for once, where there is
// one; a device that it does not work without always, since nobody sees it.
func TestHardwareOfTheCatalog(t *testing.T) {
	known := func(h catalog.Hardware, answers ...string) plan.Input {
		in := hardwareRepo(answers...)
		in.Entry = entry()
		in.Entry.Hardware = &h
		return in
	}
	film := catalog.Hardware{GPU: "optional", GPUFor: "transcoding"}
	p := made(t, known(film))
	require.Empty(t, p.Questions)
	require.Equal(t, "no", p.String("gpu"))
	require.Contains(t, notes(p), "can use a graphics card for transcoding, and evaluation shows none on forge")
	in := known(film)
	in.Facts.Hardware.Graphics = true
	p = made(t, in)
	require.Equal(t, []string{"gpu"}, questions(p))
	require.Equal(t, "no", p.Questions[0].Default)
	require.Contains(t, p.Questions[0].Text, "use the graphics card for transcoding?")
	in.Answers["gpu"] = "render"
	p = made(t, in)
	require.Empty(t, p.Questions)
	require.Equal(t, "transcoding", p.Model.Hardware.WhyDevices)
	in.Answers["hardwareReason"] = "films"
	require.Equal(t, "films", made(t, in).Model.Hardware.WhyDevices, "what the user says goes first")
	in = known(film)
	in.Facts.Containers["films"] = facts.Container{ExtraOptions: []string{"--device=/dev/dri:/dev/dri"}}
	require.Equal(t, []string{"gpu"}, questions(made(t, in)), "another has one")
	require.Equal(t, []string{"gpu"}, questions(made(t, known(catalog.Hardware{GPU: "required", GPUFor: "models"}))))

	radio := catalog.Hardware{Device: "required", DeviceFor: "the Zigbee adapter"}
	p = made(t, known(radio))
	require.Equal(t, []string{"devices"}, questions(p))
	require.Contains(t, p.Questions[0].Why, "ls -l /dev/serial/by-id")
	require.Nil(t, made(t, known(radio, "devices=no")).Model.Hardware)
	require.Equal(t, "the Zigbee adapter", made(t, known(radio, "devices=/dev/ttyUSB1")).Model.Hardware.WhyDevices)
	radio.Device = "optional"
	require.Contains(t, notes(made(t, known(radio))), "can use a device of the host for the Zigbee adapter")

	p = made(t, known(catalog.Hardware{Capabilities: []string{"SYS_RAWIO"}, CapabilitiesFor: "reading disks", Shm: "64M", ShmFor: "frames", HostNetwork: "optional", HostNetworkFor: "discovery"}))
	require.Equal(t, "catalog", decision(t, p, "capabilities").Rule)
	require.Equal(t, "reading disks", p.Model.Hardware.WhyCapabilities)
	require.Equal(t, "64M", p.Model.Hardware.Shm)
	require.False(t, p.Model.Hardware.HostNetwork)
	require.Contains(t, notes(p), "often run on the host's network, for discovery")
	require.True(t, made(t, known(catalog.Hardware{HostNetwork: "required", HostNetworkFor: "discovery"})).Model.Hardware.HostNetwork)
	require.True(t, made(t, known(catalog.Hardware{MountReadOnly: true}, "nfs=media")).Model.Mount.ReadOnly)
	require.Nil(t, made(t, known(catalog.Hardware{MountReadOnly: true})).Model.Mount)
}

// TestUnusedHardware: what a service can use and is not given adds nothing to
// its tier.
func TestUnusedHardware(t *testing.T) {
	in := hardwareRepo()
	in.Entry = entry()
	in.Entry.Needs = []string{"gpu", "host-network"}
	require.Contains(t, decision(t, made(t, in), "tier").Reason, "a device of the host")
	in.Entry.Hardware = &catalog.Hardware{GPU: "optional", GPUFor: "films"}
	require.NotContains(t, decision(t, made(t, in), "tier").Reason, "a device of the host")
}
