package image_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
)

func TestFollowPort(t *testing.T) {
	t.Parallel()
	tcp := func(n int) image.Port { return image.Port{Number: n, Protocol: "tcp"} }
	for _, tt := range []struct {
		name  string
		ports []image.Port
		known int
		want  string
	}{
		{"none", nil, 0, ""},
		{"none, one known", nil, 80, ""},
		{"one", []image.Port{tcp(80)}, 0, "80"},
		{"one, and udp", []image.Port{tcp(80), {Number: 53, Protocol: "udp"}}, 0, "80"},
		{"one, another known", []image.Port{tcp(80)}, 8080, "80"},
		{"two", []image.Port{tcp(80), tcp(443)}, 0, ""},
		{"two, one known", []image.Port{tcp(80), tcp(443)}, 443, "443"},
		{"two, another known", []image.Port{tcp(80), tcp(443)}, 8080, ""},
		{"udp that is known", []image.Port{{Number: 53, Protocol: "udp"}}, 53, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := image.Image{Config: image.Config{Ports: tt.ports}}
			got := i.Follow(tt.known).Port
			if tt.want == "" {
				require.Nil(t, got)
				return
			}
			require.Equal(t, tt.want, got.Value)
			require.NotEmpty(t, got.Reason)
			require.Equal(t, "ExposedPorts", got.Evidence)
		})
	}
}

func TestFollowRunAs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		config         image.Config
		want, evidence string
	}{
		{"nothing said", image.Config{}, "user", "no User"},
		{"a user", image.Config{User: "1000"}, "user", "User=1000"},
		{"a user, with an entrypoint script", image.Config{User: "app", Entrypoint: []string{"/docker-entrypoint.sh"}}, "user", "User=app"},
		{"root with a binary", image.Config{User: "root", Entrypoint: []string{"/app"}, Command: []string{"serve"}}, "user", "User=root"},
		{"root:root", image.Config{User: "root:root"}, "user", "User=root:root"},
		{"PUID", image.Config{Environment: map[string]string{"PUID": "1000"}, Entrypoint: []string{"/init"}}, "puid", "Env PUID"},
		{"PGID", image.Config{User: "0:0", Environment: map[string]string{"PGID": ""}}, "puid", "Env PGID"},
		{"linuxserver", image.Config{Entrypoint: []string{"/init"}, Labels: map[string]string{"maintainer": "thelounge, LinuxServer.io"}}, "puid", "Labels"},
		{"linuxserver, vendor", image.Config{Labels: map[string]string{"org.opencontainers.image.vendor": "linuxserver.io"}}, "puid", "Labels"},
		{"s6", image.Config{User: "0", Entrypoint: []string{"/init"}}, "image", "Entrypoint /init"},
		{"s6 by its variables", image.Config{Environment: map[string]string{"S6_KEEP_ENV": "1"}}, "image", "Env S6_*"},
		{"gosu", image.Config{Entrypoint: []string{"gosu", "app", "x"}}, "image", "Entrypoint gosu"},
		{"su-exec after tini", image.Config{Entrypoint: []string{"/sbin/tini", "--", "su-exec"}}, "image", "Entrypoint su-exec"},
		{"a script", image.Config{Entrypoint: []string{"docker-entrypoint.sh"}, Command: []string{"postgres"}}, "image", "Entrypoint docker-entrypoint.sh"},
		{"a script as a command is one", image.Config{Command: []string{"/run.sh"}}, "user", "no User"},
		{"supervisord", image.Config{Command: []string{"/usr/bin/supervisord", "-n"}}, "image", "Entrypoint /usr/bin/supervisord"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := image.Image{Config: tt.config}
			got := i.Follow(0).RunAs
			require.Equal(t, tt.want, got.Value)
			require.Equal(t, tt.evidence, got.Evidence)
			require.NotEmpty(t, got.Reason)
		})
	}
}

func TestFollowHealth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		check []string
		tools []string
		want  string
	}{
		{"not listed", nil, nil, ""},
		{"none", nil, []string{}, ""},
		{"its own", []string{"CMD", "/app", "health"}, []string{"curl"}, "image"},
		{"the best", nil, []string{"nc", "wget", "curl"}, "curl"},
		{"without curl", nil, []string{"python3", "wget"}, "wget"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := image.Image{Tools: tt.tools, Config: image.Config{HealthCheck: tt.check}}
			got := i.Follow(0).Health
			if tt.want == "" {
				require.Nil(t, got)
				return
			}
			require.Equal(t, tt.want, got.Value)
		})
	}
}

func TestFollowLabels(t *testing.T) {
	t.Parallel()
	i := image.Image{Config: image.Config{Volumes: []string{"/a", "/b"}, Labels: map[string]string{
		"org.opencontainers.image.description": "does things", "org.opencontainers.image.url": "https://example.org", "org.opencontainers.image.licenses": "MIT",
		"org.opencontainers.image.version": "1.2.3", "org.label-schema.description": "older",
	}}}
	f := i.Follow(0)
	require.Equal(t, []string{"/a", "/b"}, f.DataDirs)
	require.Equal(t, []string{"does things", "https://example.org", "MIT", "1.2.3"}, []string{f.Description, f.Source, f.Licence, f.Version})
	old := image.Image{Config: image.Config{Labels: map[string]string{"org.label-schema.vcs-url": "javascript:alert(1)", "org.label-schema.description": "older"}}}
	f = old.Follow(0)
	require.Equal(t, "older", f.Description)
	require.Empty(t, f.Source, "no address of the web")
	require.NotNil(t, f.DataDirs)
}
