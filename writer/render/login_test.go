package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
)

// ability is one that a page says is there.
func ability(change func(*catalog.Ability)) catalog.Ability {
	a := catalog.Ability{Support: catalog.Yes, Source: "https://docs.example/auth", Seen: "2026-11-20"}
	if change != nil {
		change(&a)
	}
	return a
}

var (
	people = catalog.Ability{Support: catalog.Yes, Source: "https://docs.example/users", Seen: "2026-11-20"}
	none   = catalog.Ability{Support: catalog.No, Source: "https://docs.example/auth", Seen: "2026-11-20"}
)

// known is an entry of the catalog with what is known of logging in.
func known(name string, auth catalog.Auth, widget *catalog.Widget) *catalog.Entry {
	for _, a := range []*catalog.Ability{&auth.OIDC, &auth.TrustedHeader, &auth.Disable, &auth.APIKey, &auth.MultiUser} {
		if a.Support == "" {
			*a = none
		}
	}
	return &catalog.Entry{Name: name, DisplayName: strings.ToUpper(name[:1]) + name[1:], Description: "for the test", Category: "documents", Auth: auth, Widget: widget, File: "catalog/" + name + ".yaml"}
}

var (
	withClient = catalog.Auth{MultiUser: people, OIDC: ability(func(a *catalog.Ability) {
		a.Environment = map[string]string{"OIDC_ISSUER": "{issuer}", "OIDC_CLIENT": "{clientId}", "OIDC_REDIRECT": "{callback}", "LISTEN": "0.0.0.0:{port}", "FORMAT": "100% ${x} ''"}
		a.Secret, a.Callback = "OIDC_SECRET", "/oidc/callback"
	})}
	withHeader = catalog.Auth{MultiUser: people, TrustedHeader: ability(func(a *catalog.Ability) {
		a.Header, a.Environment = "Remote-User", map[string]string{"PROXY_HEADER": "Remote-User"}
	})}
	withKey = catalog.Auth{APIKey: ability(func(a *catalog.Ability) {
		a.Header, a.Prefix, a.Pages, a.Secret = "Authorization", "Bearer ", catalog.Yes, "APP_KEY"
	})}
	without = catalog.Auth{Disable: ability(func(a *catalog.Ability) { a.Environment = map[string]string{"LOGIN": "off"} })}
	widget  = &catalog.Widget{Type: "notes", Secrets: []string{"key", "user"}, Options: map[string]string{"version": "2"}, Fields: []string{"new", "old"}, Source: "https://docs.example/widget"}
)

// notes is a container that the catalog knows.
var notes = said("packaging=container", "image=ghcr.io/x/notes:1.0.0@"+digest, "containerPort=8080", "dataDir=/data", "workload=sqlite", "category=Productivity")

// logins are all ways to log in, for each packaging that they make sense for.
var logins = []scenario{
	{name: "login-client", example: "example", service: "notes", entry: known("notes", withClient, widget), answers: notes},
	{name: "login-header", example: "example", service: "notes", entry: known("notes", withHeader, nil), answers: notes},
	{name: "login-key", example: "example", service: "notes", entry: known("notes", withKey, widget), answers: notes},
	{
		name: "login-key-alone", example: "example", service: "notes", entry: known("notes", withKey, nil), answers: notes,
		change: func(f *facts.Facts, _ *convention.Conventions) { f.Identity.Templates = nil },
	},
	{name: "login-off", example: "example", service: "notes", entry: known("notes", without, nil), answers: notes},
	{name: "login-factory-client", example: "example-registry", service: "notes", entry: known("notes", withClient, nil), answers: everything.with("-nfs", "-network", "-metricsPath", "-auth", "category=infrastructure").answers},
	{name: "login-factory-key", example: "example-registry", service: "notes", entry: known("notes", withKey, widget), answers: everything.with("-nfs", "-network", "-metricsPath", "-secrets", "-auth", "category=infrastructure").answers},
	{
		name: "login-unit-client", example: "example", service: "gotify", pkg: "gotify-server", entry: known("gotify", withClient, nil),
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite", "category=Infrastructure"),
	},
	{
		name: "login-unit-header", example: "example", service: "gotify", pkg: "gotify-server", entry: known("gotify", withHeader, nil),
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite", "category=Infrastructure"),
	},
	{
		name: "login-native-client", example: "example", service: "miniflux", native: "miniflux", pkg: "miniflux",
		entry: known("miniflux", catalog.Auth{MultiUser: people, OIDC: ability(func(a *catalog.Ability) {
			a.Settings = map[string]any{"config.OAUTH2_PROVIDER": "oidc", "config.OAUTH2_REDIRECT_URL": "{callback}", "config.OAUTH2_USER_CREATION": uint64(1)}
			a.Secret, a.Callback = "OAUTH2_CLIENT_SECRET", "/oauth2/oidc/callback"
		})}, nil),
		answers: said("packaging=native", "port=8585", "workload=stateless", "category=Productivity"),
	},
	{
		name: "login-native-header", example: "example", service: "navidrome", native: "navidrome", pkg: "navidrome",
		entry: known("navidrome", catalog.Auth{MultiUser: people, TrustedHeader: ability(func(a *catalog.Ability) {
			a.Header, a.AutoCreate = "Remote-User", catalog.Yes
			a.Settings = map[string]any{"settings.ExtAuth.UserHeader": "Remote-User", "settings.ExtAuth.Lists": []any{"a", map[string]any{"b c": false}}}
		})}, nil),
		answers: said("packaging=native", "workload=sqlite", "category=Media"),
	},
}

// TestLoginIsWritten: what the plan says of logging in is in the files.
func TestLoginIsWritten(t *testing.T) {
	for _, c := range []struct {
		name         string
		module, host []string
		not          []string
	}{
		{
			"login-client", []string{`FORMAT = "100% \${x} ''";`, `LISTEN = "0.0.0.0:8080";`, `OIDC_ISSUER = "https://id.${config.networking.domain}";`},
			[]string{`OIDC_SECRET=${config.sops.placeholder."notes/oidc-secret"}`, `key = "{{HOMEPAGE_VAR_NOTES_API_KEY}}";`, `fields = [ "new" "old" ];`, "sops.templates.homepage-env.content = ''"},
			[]string{"caddySecurity", "reverseProxyBlock"},
		},
		{"login-header", []string{`PROXY_HEADER = "Remote-User";`}, []string{"header_up Remote-User {http.request.header.X-Token-User-Email}\n", "caddySecurity = "}, []string{"sops"}},
		{"login-key", nil, []string{`header_up Authorization "Bearer {$NOTES_API_KEY}"`, `NOTES_API_KEY=${config.sops.placeholder."notes/app-key"}`, "sops.templates.caddy-env.content = ''"}, nil},
		{"login-key-alone", nil, []string{"systemd.services.caddy.serviceConfig.EnvironmentFile = [ config.sops.templates.notes-proxy-env.path ];"}, []string{"caddy-env"}},
		{"login-off", []string{`LOGIN = "off";`}, []string{"caddySecurity = "}, []string{"reverseProxyBlock"}},
		{"login-factory-client", []string{`OIDC_CLIENT = "notes";`}, []string{"OIDC_SECRET="}, nil},
		{"login-factory-key", nil, []string{"modules.services.caddy.virtualHosts.notes.reverseProxyBlock = ''"}, nil},
		{"login-unit-client", []string{`FORMAT = "100%% \${x} ''";`, `LISTEN = "0.0.0.0:${toString cfg.port}";`}, nil, nil},
		{"login-native-client", []string{"config.OAUTH2_USER_CREATION = 1;", "# Login through the identity provider."}, nil, []string{"caddySecurity = "}},
		{"login-native-header", []string{`settings.ExtAuth.Lists = [ "a" { "b c" = false; } ];`, `settings.Address = "127.0.0.1";`}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, files := named(t, c.name).render(t)
			module, host := string(files[0].After), string(files[1].After)
			for _, want := range c.module {
				require.Contains(t, module, want)
			}
			for _, want := range c.host {
				require.Contains(t, host, want)
			}
			for _, not := range c.not {
				require.NotContains(t, host, not)
			}
		})
	}
}

// TestSecretIsGuarded: a placeholder of a secret that is declared only with the
// service is used only with it.
func TestSecretIsGuarded(t *testing.T) {
	_, files := named(t, "login-key").render(t)
	host := string(files[1].After)
	guard := strings.Index(host, "(lib.mkIf serviceEnabled {")
	require.Positive(t, guard)
	require.NotContains(t, host[:guard], "placeholder")
	require.Equal(t, 4, strings.Count(host[guard:], "placeholder"))
}

// TestSettingsOfEveryKind: a value that is none of an option is no text either.
func TestSettingsOfEveryKind(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"text":     {"a\"${b}\n", `"a\"\${b}\n"`},
		"truth":    {true, "true"},
		"nothing":  {nil, "null"},
		"numbers":  {[]any{1, int64(-2), uint64(3), 1.5, -2.0}, "[ 1 (-2) 3 1.5 (-2.0) ]"},
		"a set":    {map[string]any{"b": []any{}, "a-b": map[string]any{}, "x y": 0}, `{ a-b = { }; b = [ ]; "x y" = 0; }`},
		"function": {func() {}, ""},
		"too much": {uint64(1 << 63), ""},
		"inside":   {map[string]any{"a": []any{struct{}{}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := named(t, "login-native-client")
			p, f, conventions := s.plan(t)
			p.Model.Auth.Settings = []plan.Setting{{Path: []string{"config", "X Y"}, Value: c.value}}
			text, err := moduleOf(t, s, p, f, conventions)
			if c.want == "" {
				require.ErrorContains(t, err, "write value")
				return
			}
			require.NoError(t, err)
			require.Contains(t, text, `config."X Y" = `+c.want+";")
			out, err := instantiate(t, text, "--parse")
			require.NoError(t, err, "%s", out)
		})
	}
}

// moduleOf is the module as it is rendered from a plan.
func moduleOf(t *testing.T, s scenario, p *plan.Plan, f *facts.Facts, c *convention.Conventions) (string, error) {
	t.Helper()
	files, err := render.Files(p, c, f, s.files(t))
	if err != nil {
		return "", err
	}
	return string(files[0].After), nil
}

// TestSettingsComeBack: whatever a value of an option is, Nix reads it as that.
func TestSettingsComeBack(t *testing.T) {
	texts := make([]any, len(lines))
	for i, l := range lines {
		texts[i] = l
	}
	want := map[string]any{"texts": texts, "a.b": map[string]any{"${x}": true, "": nil, "or": []any{[]any{}, map[string]any{}}}, "numbers": []any{0.5, -7.0, 1e21}}
	s := named(t, "login-native-client")
	p, f, c := s.plan(t)
	p.Model.Auth.Settings = []plan.Setting{{Path: []string{"config", "all"}, Value: want}}
	text, err := moduleOf(t, s, p, f, c)
	require.NoError(t, err)
	_, rest, ok := strings.Cut(text, "config.all = ")
	require.True(t, ok)
	value, _, ok := strings.Cut(rest, ";\n      };\n")
	require.True(t, ok)
	out, err := instantiate(t, value, "--eval", "--strict", "--json")
	require.NoError(t, err, "%s", out)
	var got map[string]any
	require.NoError(t, json.Unmarshal(out, &got), "%s", out)
	require.Equal(t, want, got)
}

// TestHostileLogin: what the catalog and the host say of a login is text too,
// and every file still parses.
func TestHostileLogin(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringOf(rapid.SampledFrom([]rune("${}\"'\\\n\r; #*/[]()<>=a ")))).
			Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(rt, "text")
		s := named(t, rapid.SampledFrom([]string{"login-key", "login-key-alone", "login-client", "login-factory-key", "login-native-client", "login-unit-header"}).Draw(rt, "scenario"))
		p, f, c := s.plan(t)
		m := p.Model
		m.Auth.ProxyLines = []string{text, text}
		m.Auth.Settings = []plan.Setting{{Path: []string{"config", text}, Value: map[string]any{text: []any{text}}}}
		m.Environment = []plan.Variable{{Name: text, Value: text}}
		m.Lines = []plan.Line{{Template: text, Variable: text, Secret: text, Unit: text, About: text}, {Template: text, Variable: text, Secret: "x", About: text}}
		m.Widget = &plan.Widget{Type: text, Fields: []string{text}, Options: []plan.Variable{{Name: text, Value: text}}, Secrets: []plan.Variable{{Name: "x" + text, Value: text}}}
		files, err := render.Files(p, c, f, s.files(t))
		if err != nil {
			rt.Fatalf("%v", err)
		}
		for _, file := range files {
			if _, err := syntax.Parse(file.After); err != nil {
				rt.Fatalf("%s: %v\n%s", file.Path, err, file.After)
			}
		}
	})
}
