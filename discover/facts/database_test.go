package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestDecodeServers: databases, Redis and how units get secrets, typed.
func TestDecodeServers(t *testing.T) {
	f, err := facts.Decode([]byte(`{
		"database cars": {"at": {"file": "a.nix", "line": 3}, "owner": "driver", "managed": true, "extensions": ["cube"], "policy": null,
			"password": {"name": "cars/password", "owner": "root", "group": "postgres", "mode": "0440", "restartUnits": ["cars.service"]}},
		"databaseServer": {"enabled": true, "port": 5433, "tcp": true, "listen": null, "unit": "provision", "policies": ["custom"], "extensionFields": ["name"], "mysql": false},
		"redis default": {"at": null, "enabled": true, "port": 6379, "bind": "0.0.0.0", "password": false, "unit": "redis-default"},
		"redisUses": {"cars": [{"port": 6379, "index": 2}]},
		"units podman-cars": {"user": null, "handover": {"credentials": {"key": "/run/secrets/cars/key"}, "templates": ["cars-env"], "files": ["/run/cars-env/env"], "writes": ["KEY"]}}
	}`))
	require.NoError(t, err)
	db := f.Databases["cars"]
	require.Equal(t, "driver", *db.Owner)
	require.Equal(t, []string{"cube"}, db.Extensions)
	require.Nil(t, db.Policy)
	require.Equal(t, "postgres", *db.Password.Group)
	require.Equal(t, []string{"cars.service"}, db.Password.RestartUnits)
	require.Equal(t, int64(5433), f.DatabaseServer.Port)
	require.Nil(t, f.DatabaseServer.Listen)
	require.Equal(t, "provision", *f.DatabaseServer.Unit)
	require.Equal(t, int64(6379), f.Redis["default"].Port)
	require.Equal(t, []facts.RedisUse{{Port: 6379, Index: 2}}, f.RedisUses["cars"])
	require.Equal(t, facts.Handover{Credentials: map[string]string{"key": "/run/secrets/cars/key"}, Templates: []string{"cars-env"}, Files: []string{"/run/cars-env/env"}, Writes: []string{"KEY"}}, f.Handovers["podman-cars"])
}

// TestDecodeServersMistyped: an entry that the repo declares is left out, with
// the reason; what is evaluated as a whole is an error.
func TestDecodeServersMistyped(t *testing.T) {
	f, err := facts.Decode([]byte(`{"database cars": {"owner": 5}, "redis default": {"port": null}, "units a": {"handover": {"credentials": ["x"]}}}`))
	require.NoError(t, err)
	require.Len(t, f.Unreadable, 3)
	require.Equal(t, "owner is 5, and a string is expected", f.Unreadable[0].Reason)
	require.Equal(t, "redis default", f.Unreadable[1].Cell)
	for _, bad := range []string{`{"databaseServer": {"port": "5432"}}`, `{"redisUses": {"a": [{"index": "0"}]}}`, `{"redisUses": []}`} {
		_, err := facts.Decode([]byte(bad))
		require.ErrorContains(t, err, "is expected", bad)
	}
}
