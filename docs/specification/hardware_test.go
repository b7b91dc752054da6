package specification_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

// withCard is a host that evaluates to have a graphics card.
func withCard(in *plan.Input) { in.Facts.Hardware.Graphics = true }

// hardwareRows are what it is given of the host beyond files and ports.
var hardwareRows = []row{
	{"asked/hardware: only whether it uses the graphics card, where both can", func(t *testing.T) {
		s := jellyfin("category=media").on("example-registry")
		p := s.open(t)
		require.Equal(t, []string{"gpu"}, asked(p), "will you use GPU transcoding?")
		q := p.Questions[0]
		require.Equal(t, "Shall Jellyfin use the graphics card for transcoding of video?", q.Text)
		require.Equal(t, "no", q.Default)
		require.Contains(t, q.Evidence, plan.Evidence{Option: "hardware.graphics.enable", Value: "true"})
		require.Equal(t, []string{"gpu"}, asked(jellyfin().but(withCard).open(t)))
		o := s.with("gpu=render").made(t)
		require.Len(t, o.promises(plan.PromiseDevices), 1)
		require.Contains(t, o.text(), "/dev/dri/renderD128")
		s.with("gpu=render").proved(t)
		closed := s.with("gpu=no").made(t)
		require.NotContains(t, closed.text(), "/dev/dri")
	}},
	{"asked/hardware: neither of a host without a card, nor of other software", func(t *testing.T) {
		o := jellyfin().made(t)
		require.Equal(t, "no", o.String("gpu"))
		require.Equal(t, "evaluation shows no graphics card on forge", o.decision("gpu").Reason)
		require.Contains(t, o.notes(), "If there is one, say --set gpu=render.")
		for _, s := range []service{container("linkding"), container("radarr"), bookmarks()} {
			require.NotContains(t, asked(s.but(withCard).open(t)), "gpu")
			require.Nil(t, s.but(withCard).made(t).Model.Hardware)
		}
	}},
	{"asked/hardware: another device, where it does not work without one", func(t *testing.T) {
		s := container("zwave-js-ui", "category=Infrastructure")
		require.Contains(t, asked(s.open(t)), "devices")
		o := s.with("devices=/dev/serial/by-id/usb-Stick-if00").made(t)
		require.Equal(t, "/dev/serial/by-id/usb-Stick-if00", o.want(plan.PromiseDevices)["devices"])
		require.Equal(t, "dialout", o.want(plan.PromiseGroups)["groups"], "so that it need not be root")
		network := s.with("devices=no").made(t)
		require.NotContains(t, network.text(), "/dev/serial")
	}},
	{"security/hardware: exactly what was decided, never privileged", func(t *testing.T) {
		s := bookmarks("gpu=render", "capabilities=PERFMON", "shm=64M", "hardwareReason=pictures of pages")
		o := s.made(t)
		require.Equal(t, "/dev/dri/renderD128", o.want(plan.PromiseDevices)["devices"])
		require.Equal(t, "PERFMON", o.want(plan.PromiseCapability)["capabilities"])
		require.NotContains(t, o.text(), "--privileged")
		require.Contains(t, o.host, "for pictures of pages")
		s.proved(t)
		bookmarks("devices=/dev/mem").refused(t, "the memory of the machine")
		bookmarks("capabilities=SYS_MODULE").refusedAnswer(t, "puts code into the host's kernel")
		bookmarks("capabilities=ALL").refusedAnswer(t, "as good as no container")
		bookmarks("gpu=nvidia").refused(t, "enable hardware.nvidia-container-toolkit")
	}},
	{"pattern/NFS mount dependency: read-only, where it only reads", func(t *testing.T) {
		s := bookmarks("nfs=media", "mountPath=/films", "mountReadOnly=yes")
		o := s.made(t)
		require.Contains(t, o.module, `"${nfsMount.localPath}:/films:ro"`)
		require.Contains(t, o.Promises, plan.Promise{Kind: plan.PromiseVolume, Subject: "bookmarks", Text: "the container has the files of mount media at /films, and cannot write them",
			Want: map[string]string{"path": "/mnt/data", "inside": "/films", "readOnly": "yes"}})
		s.proved(t)
		native := jellyfin("nfs=media", "mountReadOnly=yes")
		require.Len(t, native.made(t).promises(plan.PromiseReadOnly), 1)
		native.proved(t)
		bookmarks("mountReadOnly=yes").refused(t, "no network mount was asked for")
	}},
}
