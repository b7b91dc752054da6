package discover_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
)

// theirModule is a place in the stand-in for NixOS, whose modules are not the
// repo's own.
const theirModule = "inputs/nixpkgs/nixos/modules/services/mealie.nix"

// software is a NixOS with modules and packages of all kinds.
var software = map[string]string{
	theirModule: `{ config, lib, pkgs, options, ... }:
let
  inherit (lib) mkOption types;
  enable = lib.mkEnableOption "it";
  text = description: mkOption { type = types.str; default = "x"; inherit description; };
in
{
  options.services = {
    plain = { inherit enable; package = lib.mkPackageOption pkgs "plain-server" { }; };
    home-thing = { inherit enable; };
    thing-ngx = { inherit enable; };
    x-plain-y = { inherit enable; };
    # Renamed: there, and not seen.
    plain-server = { enable = mkOption { type = types.bool; default = false; visible = false; description = "Alias."; }; };
    # One option that holds all.
    whole = mkOption { default = { }; description = "It."; type = types.submodule { options = { inherit enable; port = mkOption { type = types.port; default = 7; description = "Port."; }; }; }; };
    # No module: nothing to enable.
    plainx = mkOption { type = types.str; default = ""; description = "Text."; };
    many = {
      inherit enable;
      port = mkOption { type = types.port; default = 80; description = { _type = "mdDoc"; text = "Port\nof it."; }; };
      secretKeyFile = mkOption { type = types.nullOr types.path; description = "A " + lib.concatStringsSep " " (lib.genList (_: "längeres") 90); };
      thrown = mkOption { type = types.str; default = throw "no default"; description = throw "no text"; };
      dataDir = mkOption { type = types.path; default = throw "depends"; description = throw "no text"; };
      authType = mkOption { type = types.enum [ "form" "http_auth" ]; default = "form"; description = "How people log in."; };
      hidden = mkOption { type = types.str; internal = true; description = "OIDC secret."; };
      instances = mkOption { default = { }; description = "Each."; type = types.attrsOf (types.submodule { options.ldapServer = text "Server."; }); };
      database.port = mkOption { type = types.port; default = 5432; description = "Port of the database."; };
      settings = mkOption {
        default = { };
        description = "All.";
        type = types.submodule {
          freeformType = types.attrsOf types.anything;
          options = {
            Port = mkOption { type = types.port; default = 4533; description = "Port to listen on."; };
            "auth.proxy".enabled = text "Whether.";
            "a\"b\${c}" = text "Accounts come from SAML.";
            OIDC_CLIENT_ID = text "Id.";
            ReverseProxyUserHeader = text "Name.";
            login.provider = text "An OAuth2 provider.";
            login.deep.deeper = text "OpenID Connect, too deep.";
            headers = text "HTTP headers for clients.";
            webauthn = text "Passkeys.";
          };
        };
      };
    };
    dynamic = { inherit enable; };
  };
  config.systemd.services = lib.mkIf config.services.dynamic.enable {
    dynamic = { script = "true"; serviceConfig = { DynamicUser = true; User = "dyn"; StateDirectory = "dynamic"; }; };
  };
}
`,
	"inputs/nixpkgs/pkgs/names.nix": `{
  bash.version = "5.3";
  systemd.version = "258";
  postgresql = { version = "17.7"; passthru.psqlSchema = "17"; };
  plain-server = { version = "1"; mainProgram = "server"; description = "What\nit does"; homepage = "https://example.org"; license = [ { spdxId = "MIT"; } { shortName = "own"; } "text" { } ]; };
  home-assist = { version = "1"; };
  bad = { version = "1"; broken = true; insecure = true; knownVulnerabilities = [ "CVE-1" "CVE-2" ]; available = false; unsupported = true; };
  unfree = { version = "1"; license = { spdxId = "BSL-1.1"; free = false; }; };
  closed = { version = "1"; unfree = true; available = false; };
  odd = { version = throw "no version"; mainProgram = { }; description = throw "none"; homepage = [ "https://a" "https://b" ]; license = throw "none"; broken = throw "x"; knownVulnerabilities = "one"; };
  gone = throw "gone was removed";
  qui.version = "1"; qui-extra.version = "1"; require.version = "1";
  vault-a.version = "1"; vault-bb.version = "1"; a-vault.version = "1"; vaultx.version = "1"; VAULT.version = "1"; va-ult-2.version = "1";
}
`,
	"host.nix": `{
  nixpkgs.overlays = [ (_: prev: {
    set.inner = prev.package "inner" { version = "3"; };
    unstable = removeAttrs prev [ "plain-server" "bad" ] // {
      bad = prev.package "bad" { version = "2"; };
      newer = prev.package "newer" { version = "2"; };
      vault-new = prev.package "vault-new" { version = "2"; };
    };
  }) ];
}
`,
}

// asker evaluates one peer for many questions; whatever is asked, nothing may be
// unreadable.
func asker(t *testing.T, nix string, files map[string]string) func(*testing.T, discover.Query) *facts.Facts {
	t.Helper()
	target, _ := openAt(t, nix, peer(t, files))
	return func(t *testing.T, q discover.Query) *facts.Facts {
		t.Helper()
		q.Host = "h"
		f, err := target.Facts(t.Context(), q)
		require.NoError(t, err)
		require.Empty(t, f.Unreadable)
		return f
	}
}

// TestNamesOfSoftware: the first name that is there is taken, then one that is
// the service's own but for the spelling.
func TestNamesOfSoftware(t *testing.T) {
	ask := asker(t, oneNix(t), software)
	for _, c := range []struct {
		service            string
		natives, packages  []string
		native             string
		pkg, unstable      string
		nearMods, nearPkgs []string
	}{
		{"plain", []string{"no", "plain", "whole"}, nil, "plain", "", "", []string{"x-plain-y"}, []string{}},
		{"plain", []string{"plain"}, []string{"plain"}, "plain", "plain-server", "", []string{}, []string{}},
		{"whole", []string{"whole"}, nil, "whole", "", "", []string{}, []string{}},
		{"plain-server", []string{"plain-server"}, []string{"plain-server"}, "", "plain-server", "", []string{"plain"}, []string{}},
		{"plainx", []string{"plainx"}, nil, "", "", "", []string{}, []string{}},
		{"homething", []string{"homething"}, nil, "home-thing", "", "", []string{"home-thing"}, []string{}},
		{"x", []string{"homething"}, nil, "", "", "", []string{"home-thing"}, []string{}}, // somebody's word is taken to the letter
		{"homeassist", nil, []string{"homeassist"}, "", "home-assist", "home-assist", []string{}, []string{"home-assist"}},
		{"a", nil, []string{"newer"}, "", "", "newer", []string{}, []string{}},
		{"a", nil, []string{"gone", "bad"}, "", "bad", "bad", []string{}, []string{}},
		{"a", nil, []string{"set.inner"}, "", "set.inner", "", []string{}, []string{}},
		{"a", nil, []string{"lib", "set", "stdenv", "set.none.inner", "lib.x"}, "", "", "", []string{}, []string{}}, // none is a package
		{"vault", nil, []string{"vault"}, "", "", "", []string{}, []string{"vault-a", "vault-bb", "vault-new", "vaultx", "va-ult-2", "a-vault"}},
		{"quiz", nil, []string{"qui-ext"}, "", "", "", []string{}, []string{"qui-extra"}},
		{"qu", nil, []string{"qui", "qu"}, "", "qui", "qui", []string{}, []string{}},
		{"ui", nil, []string{"ui"}, "", "", "", []string{}, []string{}},
	} {
		t.Run(c.service+" "+strings.Join(append(c.natives, c.packages...), " "), func(t *testing.T) {
			f := ask(t, discover.Query{Service: c.service, Natives: c.natives, Packages: c.packages, Only: []string{"native", "package", "unstablePackage", "near"}})
			native, pkg, unstable := "", "", ""
			if f.Native != nil {
				native = f.Native.Name
			}
			if f.Package != nil {
				pkg = f.Package.Attribute
			}
			if f.Unstable != nil {
				unstable = f.Unstable.Attribute
			}
			require.Equal(t, c.native, native)
			require.Equal(t, c.pkg, pkg)
			require.Equal(t, c.unstable, unstable)
			require.Equal(t, facts.Near{Natives: c.nearMods, Packages: c.nearPkgs}, f.Near)
		})
	}
}

func TestNearIsBounded(t *testing.T) {
	files := map[string]string{"inputs/nixpkgs/pkgs/names.nix": `builtins.listToAttrs (builtins.genList (i: { name = "vault-" + toString (100 + i); value.version = "1"; }) 50) // { bash.version = "5"; systemd.version = "258"; }`}
	f, _ := factsOf(t, oneNix(t), files, discover.Query{Service: "vault", Packages: []string{"vault"}, Only: []string{"near"}})
	require.Len(t, f.Near.Packages, 12)
	require.Equal(t, "vault-100", f.Near.Packages[0])
	require.Equal(t, "vault-111", f.Near.Packages[11])
}

// TestPackageFacts is what packages say of themselves, the worst of them too.
func TestPackageFacts(t *testing.T) {
	ask := asker(t, oneNix(t), software)
	s := func(s string) *string { return &s }
	for name, want := range map[string]facts.Package{
		"plain-server": {Version: s("1"), MainProgram: s("server"), Description: s("What it does"), Homepage: s("https://example.org"), Licenses: []string{"MIT", "own", "text"}},
		"bad":          {Version: s("1"), MainProgram: s("bad"), Description: s("bad"), Licenses: []string{"MIT"}, Broken: true, Insecure: true, Vulnerabilities: []string{"CVE-1", "CVE-2"}, Unsupported: true, Refused: true},
		"unfree":       {Version: s("1"), MainProgram: s("unfree"), Description: s("unfree"), Licenses: []string{"BSL-1.1"}, Unfree: true},
		"closed":       {Version: s("1"), MainProgram: s("closed"), Description: s("closed"), Licenses: []string{"MIT"}, Unfree: true, Refused: true},
		"odd":          {Homepage: s("https://a"), Licenses: []string{}, Insecure: true, Vulnerabilities: []string{"one"}},
		"gone":         {Licenses: []string{}, Throws: true},
	} {
		t.Run(name, func(t *testing.T) {
			want.Attribute = name
			if want.Vulnerabilities == nil {
				want.Vulnerabilities = []string{}
			}
			f := ask(t, discover.Query{Service: "a", Packages: []string{name}, Only: []string{"package", "unstablePackage"}})
			require.Equal(t, &want, f.Package)
			require.Equal(t, name != "plain-server", f.Unstable != nil)
			if name == "bad" {
				require.Equal(t, "2", *f.Unstable.Version)
				require.True(t, f.Unstable.Usable())
			}
		})
	}
}

// TestNativeFacts is what a module says of itself, with every Nix.
func TestNativeFacts(t *testing.T) {
	eachNix(t, func(t *testing.T, nix string) {
		f, _ := factsOf(t, nix, software, discover.Query{Service: "many", Natives: []string{"many"}})
		options := f.Native.Options
		require.Equal(t, facts.NativeOption{Type: "unsignedInt16", HasDefault: true, Default: 80.0, Fields: []string{}, Description: "Port of it."}, options["port"])
		long := options["secretKeyFile"].Description
		require.True(t, strings.HasPrefix(long, "A längeres längeres") && strings.HasSuffix(long, "längeres"), long)
		require.Greater(t, len(long), 280)
		require.LessOrEqual(t, len(long), 300)
		require.False(t, options["secretKeyFile"].HasDefault)
		require.Equal(t, facts.NativeOption{Type: "str", HasDefault: true, Fields: []string{}}, options["thrown"])
		require.Equal(t, facts.NativeOption{Type: "path", HasDefault: true, Fields: []string{}}, options["dataDir"])
		require.Equal(t, "All.", options["settings"].Description)
		require.Empty(t, options["authType"].Description, "nothing that the plan would look for")

		require.Equal(t, map[string]facts.NativeOption{
			"settings.Port": {Type: "unsignedInt16", HasDefault: true, Default: 4533.0, Fields: []string{}, Description: "Port to listen on."},
			"database.port": {Type: "unsignedInt16", HasDefault: true, Default: 5432.0, Fields: []string{}, Description: "Port of the database."},
		}, f.Native.Inside)
		require.Equal(t, []facts.NativeAuthOption{
			{Path: "authType", Kind: facts.AuthProxy, Type: "enum", Description: "How people log in."},
			{Path: "instances.<name>.ldapServer", Kind: facts.AuthLDAP, Type: "str", Description: "Server."},
			{Path: "settings.OIDC_CLIENT_ID", Kind: facts.AuthOIDC, Type: "str", Description: "Id."},
			{Path: "settings.ReverseProxyUserHeader", Kind: facts.AuthHeader, Type: "str", Description: "Name."},
			{Path: `settings."a\"b\${c}"`, Kind: facts.AuthSAML, Type: "str", Description: "Accounts come from SAML."},
			{Path: `settings."auth.proxy".enabled`, Kind: facts.AuthProxy, Type: "str", Description: "Whether."},
			{Path: "settings.login.provider", Kind: facts.AuthOAuth, Type: "str", Description: "An OAuth2 provider."},
		}, f.Native.Authentication)
		require.Nil(t, f.Native.Package)
		require.Empty(t, f.Native.Units)
	})
}

// TestNativeTrial: the units are those that it would make, if it is not there yet.
func TestNativeTrial(t *testing.T) {
	nix := oneNix(t)
	q := discover.Query{Service: "dynamic", Natives: []string{"dynamic"}}
	f, _ := factsOf(t, nix, software, q)
	require.False(t, f.Native.Enabled)
	require.Len(t, f.Native.Units, 1)
	unit := f.Native.Units["dynamic"]
	require.True(t, unit.DynamicUser && unit.Starts)
	require.Equal(t, []string{"dynamic"}, unit.StateDirectory)
	require.Equal(t, "dyn", *unit.User)
	require.NotContains(t, f.Units, "dynamic")

	files := map[string]string{"modules/d.nix": "{ services.dynamic.enable = true; }"}
	for name, text := range software {
		files[name] = text
	}
	f, _ = factsOf(t, nix, files, q)
	require.True(t, f.Native.Enabled)
	require.Empty(t, f.Native.Units, "they are there")
	require.Contains(t, f.Focus, "dynamic")
}

// TestPackageOfAModule: what a module runs is what has to be looked at, unless
// another was named.
func TestPackageOfAModule(t *testing.T) {
	ask := asker(t, oneNix(t), software)
	f := ask(t, discover.Query{Service: "plain", Natives: []string{"plain"}, Packages: []string{"bad", "plain"}})
	require.Equal(t, "plain-server", *f.Native.Package)
	require.Equal(t, "plain-server", f.Package.Attribute)
	f = ask(t, discover.Query{Service: "plain", Natives: []string{"plain"}, Packages: []string{"bad"}})
	require.Equal(t, "bad", f.Package.Attribute)
}

// TestModuleThatCannotBeLookedInto costs what lies deep in it, and no more.
func TestModuleThatCannotBeLookedInto(t *testing.T) {
	eachNix(t, func(t *testing.T, nix string) {
		for name, deep := range map[string]string{
			"type":        `mkOption { type = (abort "no type"); description = "x"; }`,
			"sub-options": `mkOption { type = types.submodule { options = abort "no options"; }; default = { }; description = "x"; }`,
			"trial":       `mkOption { type = types.str; default = "x"; description = "x"; }`,
		} {
			t.Run(name, func(t *testing.T) {
				trial := ""
				if name == "trial" {
					trial = `systemd.services = if config.services.odd.enable then abort "not without more" else { };`
				}
				dir := peer(t, map[string]string{theirModule: `{ config, lib, ... }: let inherit (lib) mkOption types; in {
  options.services.odd = { enable = lib.mkEnableOption "it"; port = mkOption { type = types.port; default = 1; description = "Port."; }; inner.thing = ` + deep + `; };
  config = { ` + trial + ` };
}`})
				target, _ := openAt(t, nix, dir)
				f, err := target.Facts(t.Context(), discover.Query{Host: "h", Service: "odd", Natives: []string{"odd"}})
				require.NoError(t, err)
				cells := []string{}
				for _, u := range f.Unreadable {
					cells = append(cells, u.Cell)
				}
				require.Contains(t, cells, map[bool]string{true: "nativeUnits", false: "nativeInside"}[name == "trial"])
				require.Subset(t, []string{"nativeInside", "nativeUnits", "nativeValues"}, cells)
				require.Equal(t, "odd", f.Native.Name)
				require.InDelta(t, 1, f.Native.Options["port"].Default, 0)
			})
		}
	})
}
