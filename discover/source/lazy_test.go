package source

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		src, name string
		want      bool
	}{
		{"{ imports = [ ]; }", "imports", true},
		{"import ./x", "imports", false},
		{"{ imports = [ ]; }", "import", false},
		{`{ "im\ports" = [ ]; }`, "imports", true},
		{`{ "\i\m\p\o\r\t\s" = [ ]; }`, "imports", true},
		{`builtins."im\port" ./x`, "import", true},
		{`"\\n"`, "import", false},
		{"important import-x ximport import_ import' 1import", "import", false},
		{"important import", "import", true},
		{"import", "import", true},
		{"(import)", "import", true},
		{"reimport import ./x", "import", true},
		{"", "import", false},
	} {
		require.Equal(t, c.want, mentions([]byte(c.src), c.name), c.src)
	}
}

// FuzzMentions: a file that is not parsed, because it does not mention the
// name, has nothing that would have been found in it.
func FuzzMentions(f *testing.F) {
	for _, seed := range []string{
		`{ "im\ports" = [ ./a ]; }`, `{ imports = [ ./a (import ./b { }) ]; x = import ./c; }`, `{ a = builtins."\import" ./b { }; }`,
		`{ "${"imports"}" = [ ./a ]; }`, "{ a-imports = [ ./a ]; b = -import ./c; c = 1import ./d; d = ''x''import ./e; e = [ 1imports ]; }", "{ a.imports = [ ./a ]; b = (import) ./c; }", "{ ''imports'' = 1; }", `{ "\\imports" = [ ./a ]; }`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := syntax.Parse([]byte(text))
		if err != nil {
			return
		}
		if len(parsed.Imports()) > 0 {
			require.True(t, mentions([]byte(text), "imports"))
		}
		if len(parsed.LetImports()) > 0 {
			require.True(t, mentions([]byte(text), "import"))
		}
		for _, s := range selections(parsed) {
			require.True(t, strings.HasPrefix(s.text, s.name+"."), "%q", s)
		}
	})
}

func TestFilesAreParsedWhenTheyAreAskedFor(t *testing.T) {
	read := Read(map[string][]byte{
		"a.nix": []byte("{ imports = [ ./b.nix ]; }"), "b.nix": []byte("{ lib, ... }: { x = lib.a; }"), "c.nix": []byte("{ y = import ./b.nix; }"),
	})
	parsed := func() (names []string) {
		for _, name := range read.Paths() {
			if read.files[name].parses {
				names = append(names, name)
			}
		}
		return names
	}
	require.Empty(t, parsed())
	require.Len(t, read.Importers("b.nix"), 1)
	require.Equal(t, []string{"a.nix"}, parsed())
	require.Equal(t, map[string]int{"b.nix": 1}, read.Users())
	require.Equal(t, []string{"a.nix", "c.nix"}, parsed())
	require.Equal(t, []string{"lib"}, read.File("b.nix").Formals)
}

func TestManyAtOnce(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"a.nix", "b.nix", "c.nix", "d.nix"} {
		files[name] = []byte("{ imports = [ ./a.nix ]; x = import ./b.nix; y = l.z; }")
	}
	read := Read(files)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_ = read.Importers("a.nix")
			_ = read.Users()
			_ = read.File("c.nix").Uses("l")
		})
	}
	wg.Wait()
	require.Len(t, read.Importers("a.nix"), 4)
	require.Equal(t, 4, read.Users()["b.nix"])
	require.Equal(t, 1, read.File("c.nix").Uses("l")["l.z"])
}

func TestSelectionsAsTheyAreSpelt(t *testing.T) {
	read := Read(map[string][]byte{"x.nix": []byte("[ l.a.b l . c l.\"d\" l.\"e.f\" (l.g or h.i) l.${j} l.k\n.m l./**/n l.\"o\\\"\" ]")})
	uses := read.File("x.nix").Uses("l")
	require.Equal(t, map[string]int{
		"l.a.b": 1, "l.c": 1, "l.d": 1, "l.e.f": 1, "l.g": 1, "l.": 1, "l.k.m": 1, "l.n": 1, `l.o"`: 1,
	}, uses)
}
