package plan_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

var (
	dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	account  = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,30}$`) // useradd's names that NixOS takes
	keywords = []string{"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or", "true", "false", "null"}
)

func TestCheckName(t *testing.T) {
	for _, good := range []string{"sonarr", "it-tools", "paperless-ai", "x", "n8n", "a1-2b", strings.Repeat("a", 31)} {
		require.NoError(t, plan.CheckName(good), good)
	}
	for _, bad := range append([]string{
		"", " ", "../../x", "a/b", "/etc", "-rf", "--help", "a-", "a--b", "9lives", "A", "Sonarr", "a b", " a", "a ", "a\n", "a\x00b", "a\tb",
		"${x}", "${builtins.abort \"x\"}", `a"b`, "a'b", "a''b", "a;b", "a$b", "a`b", "a\\b", "a.b", "a_b", "a:b", "a@b", "a%n", "ä", "ａ", "a\u200b", "\xff",
		strings.Repeat("a", 32), "root", "nobody", "default",
	}, keywords...) {
		err := plan.CheckName(bad)
		var input *plan.InputError
		require.ErrorAs(t, err, &input, "%q", bad)
		require.NotEmpty(t, input.Hint, "it says what to do")
		require.NotContains(t, err.Error(), "\n", "it stays on one line and is quoted")
		require.NotContains(t, err.Error(), "\x00")
		in := repo()
		in.Service = bad
		_, made := plan.Make(in)
		require.Equal(t, err, made, "nothing is planned for it")
	}
	require.ErrorContains(t, plan.CheckName(strings.Repeat("a", 32)), "32 characters, and an account's name has at most 31")
}

// FuzzCheckName: what is accepted is good for all that it becomes.
func FuzzCheckName(f *testing.F) {
	for _, s := range append([]string{"sonarr", "it-tools", "a--b", "-", "", "a\n", "../x", "${x}", strings.Repeat("a", 31)}, keywords...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if plan.CheckName(name) != nil {
			return
		}
		require.Regexp(t, dnsLabel, name)
		require.Regexp(t, account, name)
		require.NotContains(t, keywords, name)
		require.NotContains(t, name, "--", "a flag, or a comment's end")
	})
}

// TestCheckAnswers goes through every key: what it accepts and what it refuses.
func TestCheckAnswers(t *testing.T) {
	hostile := []string{"", "\n", "a\nb", "a\x00b", "\x1b[31m", "\x7f", "a\u009bb", "a\u2028b", "a\u202eb", "\xff"}
	injections := []string{"${x}", `a"b`, "a;b", "a b", "../x", "-rf", "ä", "`x`", "$(x)", "a\\"}
	for name, c := range map[string]struct{ good, bad []string }{
		"packaging":     {[]string{"native", "unit", "container"}, append(injections, "Container", "docker")},
		"native":        {[]string{"jellyfin", "home-assistant"}, injections},
		"package":       {[]string{"jellyfin", "unstable.jellyfin", "python3Packages.x", "a'"}, append(injections, ".x", "9x")},
		"program":       {[]string{"jellyfin", "ld.so"}, append(injections, "/bin/sh", "a/b")},
		"arguments":     {[]string{"serve --port {port}", `--x "${y}"`}, []string{strings.Repeat("a", 2001), " ", `--x "y`}},
		"image":         {[]string{image, "ghcr.io/a/b:1"}, append(injections, "nginx", "nginx:latest", "ghcr.io/a/b@"+digest, "ghcr.io/a/b:latest@"+digest)},
		"displayName":   {[]string{"It's a \"test\" ${x}", "Ünïcode", strings.Repeat("a", 200)}, []string{" ", strings.Repeat("a", 201)}},
		"description":   {[]string{"what it does"}, []string{" ", strings.Repeat("ä", 101)}},
		"category":      {[]string{"media", "Home Automation"}, []string{" "}},
		"workload":      {[]string{"sqlite", "database", "config", "media", "sequential", "stateless"}, append(injections, "none", "SQLite")},
		"dataDir":       {[]string{"/data", "/var/lib/x.y/z_@+-1", "/..a"}, append(injections, "data", "/", "/a/", "//a", "/a/../b", "/..", "/a/.", "/./a", "/a b", "/a:b", "/a${x}")},
		"mountPath":     {[]string{"/media"}, append(injections, "media", "/a:/b", "/../etc")},
		"port":          {[]string{"1", "80", "65535"}, append(injections, "0", "65536", "-1", "+80", "080", "8e1", " 80", "80 ", "0x50", "80.0", "99999999999999999999")},
		"containerPort": {[]string{"8080"}, append(injections, "0", "http")},
		"auth":          {[]string{"oidc", "trusted-header", "caddy-security", "hybrid", "builtin", "none"}, append(injections, "sso")},
		"policy":        {[]string{"media"}, injections},
		"group":         {[]string{"media"}, injections},
		"nfs":           {[]string{"media", "no"}, injections},
		"network":       {[]string{"media-services", "no"}, injections},
		"runAs":         {[]string{"user", "puid", "image"}, append(injections, "root")},
		"secrets":       {[]string{"TOKEN", "A_1, B", "_X"}, append(injections, "token", "A,", ",", "A;B", "A B", "1A", "A,A", "A,B, A")},
		"healthPath":    {[]string{"/", "/health?x=1&y=%20"}, append(injections, "health", "/a b", "/a'b", `/a"b`, "/a$b", "/a#b")},
		"metricsPath":   {[]string{"/metrics"}, append(injections, "metrics")},
		"icon":          {[]string{"si-jellyfin", "https://x/y.png"}, []string{" "}},
		"hostName":      {[]string{"docs", "a-1"}, append(injections, "Docs", "a.b", "a-", "-a", strings.Repeat("a", 64))},
		"memory":        {[]string{"512M", "2G"}, append(injections, "512", "0M", "1T", "1.5G", "512MB", "-1G")},
		"cpus":          {[]string{"1", "0.5", "2.25", "10", "0.01"}, append(injections, "1.", ".5", "1e3", "all", "-1", "0", "0.0", "00.00")},
		"backup":        {[]string{"yes", "no"}, append(injections, "true", "Yes")},
		"preseed":       {[]string{"yes", "no"}, []string{"1"}},
		"snapshots":     {[]string{"yes", "no"}, []string{"on"}},
		"web":           {[]string{"yes", "no"}, []string{"maybe"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, value := range c.good {
				require.NoError(t, plan.CheckAnswers(map[string]string{name: value}), "%q", value)
			}
			for _, value := range append(c.bad, hostile...) {
				err := plan.CheckAnswers(map[string]string{name: value})
				require.ErrorContains(t, err, "read "+name+": ", "%q", value)
				require.NotContains(t, err.Error(), "\n")
				require.NotContains(t, err.Error(), "\x1b", "nothing reaches the terminal as it is")
			}
			require.NotEmpty(t, plan.Keys()[name])
		})
	}
}

func TestUnknownAnswers(t *testing.T) {
	require.ErrorContains(t, plan.CheckAnswers(map[string]string{"prot": "80"}), `read answer: "prot" is unknown; did you mean port`)
	err := plan.CheckAnswers(map[string]string{"bogus": "80"})
	for name := range plan.Keys() {
		if strings.Count(name, ".") < 2 {
			require.ErrorContains(t, err, name)
		}
	}
	require.NotContains(t, err.Error(), "parts.NAME.image", "what is said of a part is known once a part is named")
	require.ErrorContains(t, plan.CheckAnswers(map[string]string{"port": "x", "auth": "x"}), "read auth", "the first by name is named")
	refused(t, with(repo(), "domain=x"), `"domain" is unknown`)
}

func TestEnvironment(t *testing.T) {
	for _, good := range []string{"environment.A", "environment.a_1", "environment._"} {
		require.NoError(t, plan.CheckAnswers(map[string]string{good: "${x} \"\n"}))
	}
	for _, bad := range []string{"environment.", "environment.1", "environment.a-b", "environment.a b", "environment.a.b", "environment.${x}", "environment.a\n"} {
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{bad: "x"}), "is no name of a variable", "%q", bad)
	}
	require.ErrorContains(t, plan.CheckAnswers(map[string]string{"environment.A": "a\x00b"}), "the value has a NUL in it")
	require.ErrorContains(t, plan.CheckAnswers(map[string]string{"environment.A": "\xff"}), "is no UTF-8")
	p := made(t, with(repo(), "environment.B=2", "environment.A=x\ny"))
	require.Equal(t, []plan.Variable{{Name: "A", Value: "x\ny"}, {Name: "B", Value: "2"}}, p.Model.Environment)
}

func TestSecrets(t *testing.T) {
	p := made(t, with(repo(), "secrets=LD_B, LD_A"))
	require.Equal(t, []string{"LD_A", "LD_B"}, p.Model.SecretNames, "sorted")
	var subjects []string
	for _, s := range promises(p, plan.PromiseSecret) {
		subjects = append(subjects, s.Subject)
	}
	require.Equal(t, []string{"linkding/ld-a", "linkding/ld-b"}, subjects)
	without := with(repo(), "secrets=LD_A")
	without.Facts.Host.SOPS = false
	refused(t, without, "read secrets: host forge has no sops")
	refused(t, with(repo(), "secrets=LD_A", "environment.LD_A=x"), "LD_A is in environment too")
	p = made(t, with(repo(), "secrets=LD_A"))
	var commands []string
	for _, s := range p.Checklist {
		commands = append(commands, s.Command)
	}
	require.Contains(t, commands, "sops edit <the host's sops file>  # linkding: ld-a: <value>")
	in := with(repo(), "secrets=LD_A")
	in.Paths = []string{"secrets.sops.yaml", "hosts/forge/more.sops.yaml", "hosts/forge/secrets.sops.yaml", "hosts/nas-1/s.sops.yaml", "hosts/forge/sops.nix"}
	commands = nil
	for _, s := range made(t, in).Checklist {
		commands = append(commands, s.Command)
	}
	require.Contains(t, commands, "sops edit hosts/forge/more.sops.yaml  # linkding: ld-a: <value>")
}

// FuzzAnswers gives any value to any key: it is refused, or a plan is made or
// refused in words.
func FuzzAnswers(f *testing.F) {
	f.Add("environment.\x00", "")
	for name := range plan.Keys() {
		for _, value := range []string{"", "media", "no", "none", "80", "/data", "-", "a--b", "unstable.x", "A,A", "${x}", "65535", image} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		in := with(repo())
		in.Answers[name] = value
		checked := plan.CheckAnswers(map[string]string{name: value})
		p, err := plan.Make(in)
		if checked != nil {
			require.Equal(t, checked, err)
		}
		if err != nil {
			var input *plan.InputError
			require.ErrorAs(t, err, &input)
			require.Nil(t, p)
			require.NotContains(t, err.Error(), "\x00")
		}
	})
}
