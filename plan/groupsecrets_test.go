package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestGroupSecrets: that a group reads passwords of others is told, if it does.
func TestGroupSecrets(t *testing.T) {
	for mode, reads := range map[string]bool{"0440": true, "0640": true, "0400": false, "": false, "u=r": false} {
		for _, answer := range []string{"group", "groups"} {
			in := hardwareRepo(answer + "=postgres")
			in.Facts.Groups["postgres"] = facts.Group{GID: ptr(int64(71))}
			secret := func(name, group string) facts.Database {
				s := &facts.SecretFile{Name: name, Group: ptr(group), Mode: ptr(mode)}
				if mode == "" {
					s.Mode = nil
				}
				return facts.Database{Password: s}
			}
			in.Facts.Databases = map[string]facts.Database{"b": secret("b/password", "postgres"), "a": secret("a/password", "postgres"), "c": secret("c/password", "media"), "d": {}}
			const told = "Group postgres may read the passwords of databases of the host: a/password and b/password."
			if reads {
				require.Contains(t, notes(made(t, in)), told, "%s %s", answer, mode)
			} else {
				require.NotContains(t, notes(made(t, in)), "may read the passwords", "%s %s", answer, mode)
			}
		}
	}
}
