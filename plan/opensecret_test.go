package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/plan"
)

func TestOpenSecrets(t *testing.T) {
	const readable = "for everybody to read"
	for answer, tt := range map[string]struct{ value, want, hint string }{
		"environment.LD_SUPERUSER_PASSWORD": {"hunter2", "its value looks like a secret", "--set secrets=LD_SUPERUSER_PASSWORD"},
		"environment.PGPASSWORD":            {"hunter2", readable, "--set secrets=PGPASSWORD"},
		"environment.smtp_passwd":           {"x", readable, "--set secrets=smtp_passwd"},
		"environment.A_TOKEN":               {"abc", readable, "--set secrets=A_TOKEN"},
		"environment.A_SECRET":              {"a {port} b", readable, "--set secrets=A_SECRET"},
		"environment.A_API_KEY":             {"1a", readable, "--set secrets=A_API_KEY"},
		"environment.A__AUTH__APIKEY":       {"1a", readable, "--set secrets=A__AUTH__APIKEY"},
		"environment.A_SECRET_KEY":          {"/x", readable, "--set secrets=A_SECRET_KEY"},
		"environment.A_PRIVATE_KEY":         {"-----BEGIN", readable, "--set secrets=A_PRIVATE_KEY"},
		"environment.DATABASE_URL":          {"postgres://app:hunter2@db:5432/app", "there is a password in its address", "--set secrets=DATABASE_URL"},
		"environment.CACHE":                 {"redis://:hunter2@cache:6379", "there is a password in its address", "--set secrets=CACHE"},
		"parts.worker.environment.A_TOKEN":  {"abc", readable, "--set parts.worker.secrets=A_TOKEN"},
		"command":                           {"serve --admin-password hunter2", "what follows --admin-password", "--set secrets=NAME"},
		"arguments":                         {"--port {port} --token=it's", "what follows --token", "--set secrets=NAME"},
		"parts.worker.command":              {"work --db mysql://a:b@c/d", "there is a password in its address", "--set parts.worker.secrets=NAME"},
		"parts.worker.healthCommand":        {"ping --api-key 'a b'", "what follows --api-key", "--set parts.worker.secrets=NAME"},
	} {
		err := plan.CheckAnswers(map[string]string{answer: tt.value})
		require.ErrorContains(t, err, "read "+answer+": ")
		require.ErrorContains(t, err, tt.want, answer)
		require.ErrorContains(t, err, tt.hint, answer)
		require.NotContains(t, err.Error(), "hunter2", "the secret itself is not printed")
	}
}

// TestNoOpenSecrets: names like those of secrets that are switches, numbers,
// files, or filled in by the plan.
func TestNoOpenSecrets(t *testing.T) {
	for _, a := range [][2]string{
		{"environment.A_PASSWORD_FILE", "/run/a"}, {"environment.A_PASSWORD", ""}, {"environment.ALLOW_PASSWORD", "True"}, {"environment.A_TOKEN", "3600"}, {"environment.A_TOKEN", "no"},
		{"environment.A_PASSWORD", "{databasePassword}"}, {"environment.A_PRIVATE_KEY", "/data/keys/a.pem"}, {"environment.TOKEN_HEADER", "X-Token"}, {"environment.A_KEY", "qwertz"},
		{"environment.DATABASE_URL", "postgres://{databaseUser}:{databasePassword}@db/app"}, {"environment.URL", "https://a.example:8443/x?y=a:b@c"}, {"environment.MAIL", "mailto:a@b"},
		{"command", "serve --token-file /run/a --no-password a"}, {"command", "serve --password --verbose"}, {"command", "serve --token {databasePassword} --require-token=yes"},
		{"arguments", "reset-password somebody"}, {"displayName", "a --password b"},
	} {
		require.NoError(t, plan.CheckAnswers(map[string]string{a[0]: a[1]}), a)
	}
	in := repo()
	in.Entry = &catalog.Entry{Environment: map[string]string{"LD_TOKEN": "changed-by-nobody"}}
	require.NotContains(t, notes(made(t, in)), "looks like a secret", "what the catalog says is looked at where it is written")
}
