package image_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
)

// about is a config with fields, for a platform that is in form.
func about(fields string) []byte {
	return []byte(`{"os":"linux","architecture":"amd64","config":{` + fields + `}}`)
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	c, platform, err := image.ReadConfig([]byte(`{
		"architecture": "arm64", "variant": "v8", "os": "linux", "rootfs": {"type": "layers"}, "history": [{"created_by": "x"}],
		"config": {
			"User": "app:app", "WorkingDir": "/app", "Entrypoint": ["/entry"], "Cmd": ["run", "a\nb"],
			"ExposedPorts": {"9000/udp": {}, "8080/tcp": {}, "80": {}, "443/tcp": {}, "5000-5002/tcp": {}, "9/sctp": {}},
			"Volumes": {"/data": {}, "/config/": {}, "/data/": {}},
			"Env": ["PATH=/usr/bin", "EMPTY=", "URL=https://x/?a=b", "DB_PASSWORD=hunter2", "MULTI=a\nb", "bad name=x", "NOVALUE"],
			"Labels": {"description": "two\n lines", "evil": "\u001b[2Jx\u202e", "\u0007": "x"},
			"Healthcheck": {"Test": ["CMD-SHELL", "curl -f http://localhost || exit 1"], "Interval": 30000000000}
		}}`))
	require.NoError(t, err)
	require.Equal(t, "linux/arm64/v8", platform)
	require.Equal(t, image.Config{
		User: "app:app", WorkingDir: "/app", Entrypoint: []string{"/entry"}, Command: []string{"run", "a b"},
		Ports: []image.Port{
			{Number: 80, Protocol: "tcp"}, {Number: 443, Protocol: "tcp"}, {Number: 5000, Protocol: "tcp"}, {Number: 5001, Protocol: "tcp"},
			{Number: 5002, Protocol: "tcp"}, {Number: 8080, Protocol: "tcp"}, {Number: 9000, Protocol: "udp"}, {Number: 9, Protocol: "sctp"},
		},
		Volumes:     []string{"/config", "/data"},
		Environment: map[string]string{"PATH": "/usr/bin", "EMPTY": "", "URL": "https://x/?a=b", "DB_PASSWORD": "", "NOVALUE": ""},
		Labels:      map[string]string{"description": "two lines", "evil": "[2Jx"},
		HealthCheck: []string{"CMD-SHELL", "curl -f http://localhost || exit 1"},
	}, c)
	require.Equal(t, []string{"DB_PASSWORD", "EMPTY", "NOVALUE", "PATH", "URL"}, c.VariableNames())
}

// What is not there is empty, and in JSON a list where there is to be one.
func TestReadEmptyConfig(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{``, `"User":"","Env":null,"Volumes":null,"Labels":null,"Healthcheck":null`, `"Healthcheck":{"Test":["NONE"]}`, `"Healthcheck":{}`} {
		c, _, err := image.ReadConfig(about(fields))
		require.NoError(t, err)
		text, err := json.Marshal(c)
		require.NoError(t, err)
		require.JSONEq(t, `{"ports":[],"volumes":[],"user":"","entrypoint":[],"command":[],"workingDir":"","labels":{},"environment":{},"healthCheck":null}`, string(text))
	}
}

// What is used to run the image must be in form.
func TestReadBadConfig(t *testing.T) {
	t.Parallel()
	many := func(form string) string {
		list := make([]string, 600)
		for i := range list {
			list[i] = fmt.Sprintf(form, i+1)
		}
		return strings.Join(list, ",")
	}
	for fields, want := range map[string]string{
		`"ExposedPorts":{"0/tcp":{}}`:            `read ports: "0/tcp" is no port`,
		`"ExposedPorts":{"65536/tcp":{}}`:        `is no port`,
		`"ExposedPorts":{"80/http":{}}`:          `is no port`,
		`"ExposedPorts":{"-80":{}}`:              `is no port`,
		`"ExposedPorts":{"90-80":{}}`:            `is no port`,
		`"ExposedPorts":{"1-60000":{}}`:          `"1-60000" are too many`,
		`"ExposedPorts":{"80/tcp\u001b[31m":{}}`: `is no port`,
		`"Volumes":{"data":{}}`:                  `read volumes: "data" is no path to mount at`,
		`"Volumes":{"/":{}}`:                     `is no path`,
		`"Volumes":{"/a/../..":{}}`:              `is no path`,
		`"Volumes":{"/a:/etc":{}}`:               `is no path`,
		`"Volumes":{"/a,b":{}}`:                  `is no path`,
		`"Volumes":{"/a\nb":{}}`:                 `is no path`,
		`"Volumes":{"/a\u0000":{}}`:              `is no path`,
		`"Volumes":{"/a\u202eb":{}}`:             `is no path`,
		`"User":"a b"`:                           `read user: "a b" is no user`,
		`"User":"root\u0007"`:                    `is no user`,
		`"User":"1:2:3"`:                         `is no user`,
		`"User":"-x"`:                            `is no user`,
		`"WorkingDir":"app"`:                     `read working directory: "app" is no path`,
		`"Volumes":["/data"]`:                    `read config: json: cannot unmarshal array`,
		`"Env":{"a":1}`:                          `read config: json`,
		`"Env":[` + many(`"A%d=1"`) + `]`:        `a list of it has 600 entries, and 512 are allowed`,
		`"Labels":{` + many(`"a%d":""`) + `}`:    `600 entries`,
	} {
		_, _, err := image.ReadConfig(about(fields))
		require.ErrorContains(t, err, want, fields)
	}
	for _, text := range []string{"", "null", "[]", "{", `{"os":"linux"}`, `{"os":"linux","architecture":"AMD 64"}`, `{"architecture":"amd64"}`, `{"os":"a/b","architecture":"c/d"}`} {
		_, _, err := image.ReadConfig([]byte(text))
		require.ErrorContains(t, err, "read config: ", text)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	read := func(name, value string) string {
		text, err := json.Marshal([]string{name + "=" + value})
		require.NoError(t, err)
		c, _, err := image.ReadConfig(about(`"Env":` + string(text)))
		require.NoError(t, err)
		require.Contains(t, c.Environment, name, "the name is kept")
		return c.Environment[name]
	}
	for name, value := range map[string]string{
		"PASSWORD": "hunter2", "DB_PASSWORD": "a", "MYSQL_ROOT_PASSWORD": "root", "SECRET_KEY": "abc", "API_KEY": "x", "APIKEY": "x", "JWT_SECRET": "changeme",
		"AUTH_TOKEN": "x", "ACCESS_KEY": "x", "GPG_KEY": "E3FF2839C048B25C", "LD_SUPERUSER_PASSWORD": "admin", "CREDENTIALS": "a:b", "pgpassword": "x",
		"DATABASE_URL": "postgres://user:pass@db/x", "WHATEVER": "ghp_0123456789012345678901", "CERT": "-----BEGIN PRIVATE KEY-----", "ID": "AKIAABCDEFGHIJKLMNOP",
		"HASH": "$2b$12$" + strings.Repeat("a", 53), "X": "eyJhbGciOiJI.eyJzdWIiOiIx.abc",
	} {
		require.Empty(t, read(name, value), name)
	}
	for name, value := range map[string]string{
		"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PASSWORD_FILE": "/run/secrets/x", "TOKEN_TTL": "3600s", "DISABLE_PASSWORD": "true", "SECRET_PATH": "x",
		"REQUIRE_TOKEN": "1", "KEYBOARD": "qwertz", "MONKEY": "see", "DATABASE_URL": "postgres://db/x", "PYTHON_VERSION": "3.12.1", "KEY_NAME": "a", "USER_TOKEN_HEADER": "X-Token",
	} {
		require.Equal(t, value, read(name, value), name)
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain text": "plain text", "  a\n\tb  ": "a b", "a\x1b]0;title\x07b": "a]0;titleb", "a\u202eb\u2066c": "abc", "a\u0085b": "a b", "\x9b31m": "31m",
		"ünïcödé 日本": "ünïcödé 日本", "a\u200bb": "ab", "": "", "a\x00b": "ab", "a\ue000b": "ab", "a\u2028b": "a b",
	} {
		require.Equal(t, want, image.Printable(text))
	}
	require.Len(t, image.Printable(strings.Repeat("x", 1<<20)), 16<<10)
}

func FuzzReadConfig(f *testing.F) {
	f.Add(about(`"User":"1:2","ExposedPorts":{"80/tcp":{},"1-3":{}},"Volumes":{"/a":{}},"Env":["A=b"],"Labels":{"a":"b"},"Healthcheck":{"Test":["CMD","x"]}`))
	f.Add([]byte(`{"os":"linux","architecture":"arm","variant":"v7","config":{"Volumes":{"/a\u001b":{}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, platform, err := image.ReadConfig(data)
		if err != nil {
			return
		}
		require.Regexp(t, `^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$`, platform)
		shown := slices.Concat(c.Volumes, c.Entrypoint, c.Command, c.HealthCheck, []string{c.User, c.WorkingDir})
		for k, v := range c.Labels {
			shown = append(shown, k, v)
		}
		for k, v := range c.Environment {
			shown = append(shown, k, v)
		}
		for _, text := range shown {
			require.False(t, strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }), "%q", text)
		}
		for _, v := range c.Volumes {
			require.True(t, strings.HasPrefix(v, "/") && v != "/" && !strings.ContainsAny(v, ":,"))
		}
		for _, p := range c.Ports {
			require.True(t, p.Number > 0 && p.Number < 65536)
		}
		require.True(t, slices.IsSorted(c.Volumes))
		i := image.Image{Config: c}
		require.NotNil(t, i.Follow(80).RunAs)
	})
}
