package syntax

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return src
}

func TestImports(t *testing.T) {
	src := testdata(t, "host.nix")
	all, err := Imports(src)
	require.NoError(t, err)
	var got []string
	for _, i := range all {
		require.Equal(t, i.Path, string(src[i.Offset:i.Offset+len(i.Path)]))
		require.Equal(t, Line(src, i.Offset), i.Line)
		text := strings.Join(i.At, ".") + " " + i.Path + " " + i.Comment
		if i.Call {
			text += " called"
		}
		got = append(got, strings.TrimSpace(text+" "+strings.Join(i.Guards, ",")))
	}
	require.Equal(t, []string{
		"imports ./disko.nix # the disks called",
		"imports ./core/boot.nix",
		"imports ./services/sonarr.nix # Series",
		"imports ./services # all",
		"imports ./extra.nix  on",
		"config.home.imports ../home",
	}, got)
}

func TestLetImports(t *testing.T) {
	for name, want := range map[string][]LetImport{
		"host.nix": {
			{Name: "defaults", Path: "./lib/defaults.nix", Args: "{ inherit config lib; }", Line: 6},
			{Name: "plain", Path: "../plain.nix", Line: 7},
		},
		"module.nix": {
			{Name: "sharedTypes", Path: "../../../lib/types.nix", Args: "{ inherit lib; }", Line: 7},
			{Name: "helpers", Path: "../storage/helpers-lib.nix", Args: "{\n    inherit lib;\n    deep = { a = 1; };\n  }", Line: 8},
		},
	} {
		got, err := LetImports(testdata(t, name))
		require.NoError(t, err)
		for i := range got {
			require.Positive(t, got[i].Offset)
			got[i].Offset = 0
		}
		require.Equal(t, want, got)
	}
}

func TestFormals(t *testing.T) {
	for _, tt := range []struct {
		src, names, as string
		ellipsis       bool
	}{
		{string(testdata(t, "host.nix")), "config lib pkgs", "args", true},
		{string(testdata(t, "module.nix")), "lib mylib config", "", true},
		{"a@{ b, c ? 1 }: d", "b c", "a", false},
		{"{ ... }: 1", "", "", true},
		{"{ }: 1", "", "", false},
		{"let x = 1; in { y, }: x", "y", "", false},
		{"{ a }: { b }: c", "a", "", false},
	} {
		got, err := Formals([]byte(tt.src))
		require.NoError(t, err)
		require.NotNil(t, got)
		require.Equal(t, tt.names, strings.Join(got.Names, " "))
		require.Equal(t, tt.as, got.As)
		require.Equal(t, tt.ellipsis, got.Ellipsis)
		require.Equal(t, byte('{'), tt.src[got.Start])
		require.Equal(t, byte('}'), tt.src[got.End-1])
	}
	for _, src := range []string{"{ a = 1; }", "a: b", "1"} {
		got, err := Formals([]byte(src))
		require.NoError(t, err)
		require.Nil(t, got)
	}
}

func TestPaths(t *testing.T) {
	src := []byte("{ a = ./x; # ./no\n b = \"./no ${./y}\"; c = ''${../z}/no'';\n d = ./p/${q + \"/r\"}/s; e = <nixpkgs/lib>; f = http://a/b; }")
	var got []string
	for _, p := range Paths(src) {
		require.Equal(t, p.Text, p.Range.Text(src))
		require.Equal(t, Line(src, p.Start), p.Line)
		text := p.Text
		if p.Interpolated {
			text += " interpolated"
		}
		if p.Search {
			text += " search"
		}
		got = append(got, text)
	}
	require.Equal(t, []string{
		"./x", "./y", "../z", `./p/${q + "/r"}/s interpolated`, "<nixpkgs/lib> search",
	}, got)
	require.Len(t, Paths([]byte("./a { broken [ ./b ${")), 2)
}

func TestFind(t *testing.T) {
	host, module := string(testdata(t, "host.nix")), string(testdata(t, "module.nix"))
	for _, tt := range []struct {
		src, path string
		want      []string // kind-specific inner text | guards
	}{
		{host, "users.users.sonarr.uid", []string{"568|"}},
		{host, "users.users.a b.uid", []string{"569|"}},
		{host, "users.users.late.uid", []string{"570|on"}},
		{host, "config.users.users.late.uid", []string{"570|on"}},
		{host, "sops.secrets.sonarr/key.mode", []string{"0400|on"}},
		{host, "sops.secrets.base/key", []string{" |"}},
		{host, "users.users.absent", nil},
		{host, "home.imports", []string{" ../home |"}},
		{module, "options.modules.services.x.user.default", nil}, // mkOption is not looked through
		{module, "users.groups.x.gid", []string{"lib.mkDefault 915|cfg.enable"}},
		{module, "a.b", []string{"1|cfg.enable,cfg.fast", "2|cfg.enable,!(cfg.fast)"}},
		{"{ a.b.c = 1; a.b.d = 2; a = { b.e = 3; }; }", "a.b.e", []string{"3|"}},
		{"{ ${x}.b = 1; \"a\".b = 2; inherit b; }", "a.b", []string{"2|"}},
		{"rec { a = rec { b = [ 1 2 ]; }; }", "a.b", []string{" 1 2 |"}},
		{"{ config.a.b = 1; config = { c = 2; }; }", "a.b", []string{"1|"}},
		{"{ config.a.b = 1; config = { c = 2; }; }", "c", []string{"2|"}},
		{"{ a.config = { b = 1; }; }", "a.b", nil},
		{"1", "a", nil},
	} {
		t.Run(tt.path, func(t *testing.T) {
			all, err := Find([]byte(tt.src), strings.Split(tt.path, "."))
			require.NoError(t, err)
			var got []string
			for _, m := range all {
				got = append(got, m.Inner.Text([]byte(tt.src))+"|"+strings.Join(m.Guards, ","))
				require.True(t, m.Binding.Contains(m.Value.Range))
				require.Equal(t, byte(';'), tt.src[m.Binding.End-1])
				require.True(t, m.Set.Contains(m.Binding))
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestFindOfTheEmptyPathIsTheFile(t *testing.T) {
	src := "{ lib }: let a = 1; in { b = a; } // lib.optionalAttrs a { c = 2; }"
	all, err := Find([]byte(src), nil)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, " b = a; ", all[0].Inner.Text([]byte(src)))
	require.Equal(t, []string{"a"}, all[1].Guards)
}

func TestSiblings(t *testing.T) {
	f, err := Parse([]byte("{ a.b.c = 1; a.b.\"d e\" = 2; a.b.f.g = 3; a.x.y = 4; inherit a; }"))
	require.NoError(t, err)
	require.Len(t, f.Siblings([]string{"a", "b"}), 2)
	require.Empty(t, f.Siblings([]string{"z"}))
}

func TestListsLookThroughCalls(t *testing.T) {
	f, err := Parse([]byte("lib.concatStringsSep \"\\n\" (lib.filter (x: x != [ ]) ([ a ] ++ lib.optionals p [ b ]))"))
	require.NoError(t, err)
	lists := f.Lists(f.Root)
	require.Len(t, lists, 2)
	require.Equal(t, []string{"lib.concatStringsSep", "lib.filter"}, lists[0].Calls)
	require.Empty(t, lists[0].Guards)
	require.Equal(t, []string{"p"}, lists[1].Guards)
}

func TestReadersPassSyntaxErrorsOn(t *testing.T) {
	broken := []byte("{ a = ")
	var e *Error
	_, err := Imports(broken)
	require.ErrorAs(t, err, &e)
	_, err = LetImports(broken)
	require.ErrorAs(t, err, &e)
	_, err = Formals(broken)
	require.ErrorAs(t, err, &e)
	_, err = Find(broken, nil)
	require.ErrorAs(t, err, &e)
}
