package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// computing is a host with a graphics card, and a service of two containers of
// which one computes on it.
func computing(changes ...string) plan.Input {
	in := partsRepo(append([]string{"parts.ml.image=ghcr.io/a/ml:1@" + digest, "parts.ml.gpu=render"}, changes...)...)
	in.Facts.Groups["render"] = facts.Group{GID: ptr(int64(303))}
	in.Facts.Groups["dialout"] = facts.Group{GID: ptr(int64(27))}
	return in
}

func TestPartHardware(t *testing.T) {
	p := made(t, computing("parts.ml.devices=/dev/ttyACM0"))
	require.Nil(t, p.Model.Hardware, "the service itself has none")
	h := p.Model.Parts[0].Hardware
	require.Equal(t, []facts.Device{{Host: "/dev/dri/renderD128", Inside: "/dev/dri/renderD128"}, {Host: "/dev/ttyACM0", Inside: "/dev/ttyACM0"}}, h.Devices)
	require.Equal(t, []plan.DeviceGroup{{Name: "render", GID: 303}, {Name: "dialout", GID: 27}}, h.Groups)
	require.Equal(t, "/dev/dri/renderD128", decision(t, p, "parts.ml.renderNode").Value)
	require.Equal(t, []plan.Promise{{
		Kind: plan.PromiseDevices, Subject: "linkding-ml", Text: "part ml has /dev/dri/renderD128 and /dev/ttyACM0 of the host, and no other device",
		Want: map[string]string{"devices": "/dev/dri/renderD128 /dev/ttyACM0"},
	}}, promises(p, plan.PromiseDevices))
	require.Equal(t, map[string]string{"groups": "render dialout", "gids": "303 27"}, promises(p, plan.PromiseGroups)[0].Want)
	require.Equal(t, map[string]string{"capabilities": ""}, promises(p, plan.PromiseCapability)[0].Want)
	require.Contains(t, steps(p), "see that part ml has its devices ssh forge podman exec linkding-ml ls -l /dev/dri/renderD128 /dev/ttyACM0\n")
	require.Contains(t, strings.Join(p.Notes, "\n"), "/dev/ttyACM0 is numbered in the order in which devices are found")
	require.Contains(t, strings.Join(made(t, computing("parts.ml.devices=/dev/apex_0")).Notes, "\n"), "it must be root or everybody's")
	require.Nil(t, made(t, computing("parts.ml.gpu=no")).Model.Parts[0].Hardware)
}

// TestSharedCard: a card may have several users; it is decided and looked at once.
func TestSharedCard(t *testing.T) {
	p := made(t, computing("gpu=render", "parts.work.command=a", "parts.work.gpu=render"))
	require.NotNil(t, p.Model.Hardware)
	require.Len(t, promises(p, plan.PromiseDevices), 3)
	require.Equal(t, 1, strings.Count(steps(p), "vainfo"))
	decided := 0
	for _, d := range p.Decisions {
		if d.Name == "groups.render" {
			decided++
		}
	}
	require.Equal(t, 1, decided)
}

func TestPartHardwareRefused(t *testing.T) {
	for name, c := range map[string]struct {
		in   plan.Input
		want string
	}{
		"unit":           {with(unitRepo(), "parts.w.command=x", "parts.w.gpu=render"), "read parts.w.gpu: a unit beside another has none of its own"},
		"no NVIDIA":      {computing("parts.ml.gpu=nvidia"), "use gpu nvidia: nothing on forge makes NVIDIA cards known to containers"},
		"disk":           {computing("capabilities=SYS_RAWIO", "parts.ml.devices=/dev/sda"), "read parts.ml.devices: /dev/sda is a disk of the host"},
		"memory":         {computing("parts.ml.devices=/dev/mem"), "read parts.ml.devices: /dev/mem is the memory of the machine"},
		"the service's":  {computing("devices=/dev/ttyUSB0", "parts.ml.devices=/dev/ttyUSB0"), "use device /dev/ttyUSB0: linkding is given it too"},
		"that of a part": {computing("parts.ml.devices=/dev/ttyUSB0", "parts.w.command=a", "parts.w.devices=/dev/ttyUSB0"), "use device /dev/ttyUSB0: linkding-ml is given it too"},
		"no group":       {with(partsRepo(), "parts.ml.image=ghcr.io/a/ml:1@"+digest, "parts.ml.gpu=render"), `join group "render": host forge has no such group`},
		"not a device":   {computing("parts.ml.devices=/etc/passwd"), "is no device of the host"},
		"same place":     {computing("parts.ml.devices=/dev/ttyUSB0:/dev/a,/dev/ttyUSB1:/dev/a"), "read parts.ml.devices: /dev/ttyUSB0 and /dev/ttyUSB1 would both be /dev/a inside"},
		"unknown card":   {computing("parts.ml.gpu=intel"), "read parts.ml.gpu"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.in, c.want) })
	}
}
