package claim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

func TestDevices(t *testing.T) {
	f := facts.New()
	f.Containers["radio"] = facts.Container{Devices: []string{"/dev/ttyUSB0:/dev/stick:rw"}, ExtraOptions: []string{"--device", "/dev/dri:/dev/dri:rwm", "--device=nvidia.com/gpu=all"}, Declared: &facts.Position{File: "r.nix", Line: 3}}
	f.Units["meter"] = facts.Unit{Devices: []string{"/dev/ttyACM0 rw", "/dev/kvm"}}
	var devices []claim.Claim
	for _, c := range claim.Of(f) {
		if c.Kind == claim.Device {
			devices = append(devices, c)
		}
	}
	type seen struct {
		device, owner, option, file string
		reference                   bool
	}
	var got []seen
	for _, c := range devices {
		got = append(got, seen{c.Text, c.Owner, c.Option, c.File, c.Reference})
	}
	require.Equal(t, []seen{
		{"/dev/ttyUSB0", "radio", "virtualisation.oci-containers.containers.radio.devices", "r.nix", false},
		{"/dev/dri", "radio", "virtualisation.oci-containers.containers.radio.extraOptions", "r.nix", true},
		{"/dev/ttyACM0", "meter", "systemd.services.meter.serviceConfig.DeviceAllow", "", false},
		{"/dev/kvm", "meter", "systemd.services.meter.serviceConfig.DeviceAllow", "", true},
	}, got)
}

func TestExclusive(t *testing.T) {
	for device, alone := range map[string]bool{
		"/dev/serial/by-id/usb-Stick": true, "/dev/ttyUSB0": true, "/dev/video0": true, "/dev/apex_0": true,
		"/dev/dri/renderD128": false, "/dev/nvidia0": false, "/dev/net/tun": false, "/dev/sda": false, "/dev/bus/usb": false, "nvidia.com/gpu=all": false,
	} {
		require.Equal(t, alone, claim.Exclusive(device), device)
	}
}
