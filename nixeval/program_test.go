package nixeval

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// copied is a copy of the nix on PATH that may be changed, and its version.
func copied(t *testing.T) (*Nix, Version) {
	t.Helper()
	path, err := exec.LookPath("nix")
	if err != nil {
		t.Skip("nix is not installed")
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "nix")
	require.NoError(t, os.WriteFile(program, data, 0o755))
	n := &Nix{Program: program, Cache: &Cache{Dir: t.TempDir()}}
	v, err := n.Version(t.Context())
	require.NoError(t, err)
	if n.versionKey() == "" || n.loaded(t.Context()) == nil {
		t.Skip("nix is a script, or not linked with its libraries")
	}
	return n, v
}

// again is the same program in another process of ours.
func again(n *Nix) *Nix { return &Nix{Program: n.Program, Env: n.Env, Cache: n.Cache} }

func version(t *testing.T, n *Nix) string {
	t.Helper()
	v, err := n.Version(t.Context())
	require.NoError(t, err)
	return v.Raw
}

const pretended = "nix (Nix) 2.99.0"

// pretend changes what is remembered, so that it shows when it is used.
func pretend(t *testing.T, n *Nix, change func(*program)) {
	t.Helper()
	e, ok := n.Cache.get(n.versionKey(), n.Log)
	require.True(t, ok)
	var p program
	require.NoError(t, json.Unmarshal(e.JSON, &p))
	p.Version = pretended
	if change != nil {
		change(&p)
	}
	data, err := json.Marshal(p)
	require.NoError(t, err)
	n.Cache.put(n.versionKey(), entry{JSON: data}, n.Log)
}

func TestVersionIsRemembered(t *testing.T) {
	n, v := copied(t)
	require.Equal(t, v.Raw, version(t, again(n)))
	pretend(t, n, nil)
	require.Equal(t, pretended, version(t, again(n)), "nix was not asked")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(n.Program, link))
	require.Equal(t, pretended, version(t, &Nix{Program: link, Cache: n.Cache}), "the same program by another name")
	require.Equal(t, v.Raw, version(t, &Nix{Program: n.Program}), "without a cache")
	require.Equal(t, v.Raw, version(t, &Nix{Program: n.Program, Cache: &Cache{Dir: t.TempDir()}}))
}

func TestVersionIsAskedAgain(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, n *Nix){
		"replaced": func(t *testing.T, n *Nix) {
			t.Helper()
			info, err := os.Stat(n.Program)
			require.NoError(t, err)
			data, err := os.ReadFile(n.Program)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(n.Program+".new", data, 0o755))
			require.NoError(t, os.Chtimes(n.Program+".new", info.ModTime(), info.ModTime()))
			require.NoError(t, os.Rename(n.Program+".new", n.Program))
		},
		"edited, size and time as they were": func(t *testing.T, n *Nix) {
			t.Helper()
			info, err := os.Stat(n.Program)
			require.NoError(t, err)
			data, err := os.ReadFile(n.Program)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(n.Program, data, 0o755))
			require.NoError(t, os.Chtimes(n.Program, info.ModTime(), info.ModTime()))
		},
		"library changed": func(t *testing.T, n *Nix) {
			t.Helper()
			pretend(t, n, func(p *program) {
				for path := range p.Files {
					if filepath.Base(path) == "libnixexpr.so" || len(p.Files) == 1 {
						p.Files[path] = "1 2 100644 3 4.5 6.7"
						return
					}
				}
				p.Files["/gone/libnixexpr.so"] = "1 2 100644 3 4.5 6.7"
			})
		},
		"library added where libraries are looked for first": func(t *testing.T, n *Nix) {
			t.Helper()
			pretend(t, n, func(p *program) { p.Files[t.TempDir()] = "none" })
		},
		"nothing known of libraries": func(t *testing.T, n *Nix) {
			t.Helper()
			pretend(t, n, func(p *program) { p.Files = nil })
		},
		"other libraries": func(_ *testing.T, n *Nix) { n.Env = []string{"LD_LIBRARY_PATH=/nowhere"} },
		"no version": func(t *testing.T, n *Nix) {
			t.Helper()
			pretend(t, n, func(p *program) { p.Version = "Nix" })
		},
		"too old a version": func(t *testing.T, n *Nix) {
			t.Helper()
			pretend(t, n, func(p *program) { p.Version = "nix (Nix) 2.3.0" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, v := copied(t)
			pretend(t, n, nil)
			change(t, n)
			require.Equal(t, v.Raw, version(t, again(n)))
		})
	}
}

// TestVersionOfOtherProgramsIsNotRemembered: a script, or a program that only
// starts nix, says nothing of what it will start tomorrow.
func TestVersionOfOtherProgramsIsNotRemembered(t *testing.T) {
	n := fake(t, "")
	n.Cache = &Cache{Dir: t.TempDir()}
	require.Empty(t, n.versionKey(), "a script")
	require.Empty(t, (&Nix{Program: filepath.Join(t.TempDir(), "none"), Cache: n.Cache}).versionKey())
	self, err := os.Executable()
	require.NoError(t, err)
	other := &Nix{Program: self, Cache: n.Cache}
	require.NotEmpty(t, other.versionKey())
	other.remember(other.versionKey(), Version{Raw: pretended}, nil)
	_, ok := other.recall(other.versionKey())
	require.False(t, ok)
	sh, err := filepath.EvalSymlinks("/bin/sh")
	require.NoError(t, err)
	require.Nil(t, (&Nix{Program: sh}).loaded(t.Context()))
}

func TestVersionIsNotRememberedOverAnUpgrade(t *testing.T) {
	n, v := copied(t)
	require.NoError(t, os.RemoveAll(n.Cache.Dir))
	before := n.loaded(t.Context())
	key := n.versionKey()
	for path := range before {
		before[path] = "changed while nix was asked"
	}
	n.remember(key, v, before)
	_, ok := n.recall(key)
	require.False(t, ok)
	before = n.loaded(t.Context())
	require.NoError(t, os.Chmod(n.Program, 0o700))
	n.remember(key, v, before)
	_, ok = n.recall(key)
	require.False(t, ok)
}

func TestParseLoaded(t *testing.T) {
	const vdso, loader = "\tlinux-vdso.so.1 (0x00007f60c51c4000)\n", "\t/lib64/ld-linux-x86-64.so.2 (0x00007f60c51c6000)\n"
	for _, c := range []struct {
		name, out string
		want      []string
		ok        bool
	}{
		{"nix", vdso + "\tlibnixmain.so => /usr/lib/nix/libnixmain.so (0x1)\n" + loader, []string{"/lib64/ld-linux-x86-64.so.2", "/usr/lib/nix/libnixmain.so"}, true},
		{"another", vdso + "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n" + loader, []string{"/lib/libc.so.6", "/lib64/ld-linux-x86-64.so.2"}, false},
		{"missing library", "\tlibnixmain.so => /usr/lib/nix/libnixmain.so (0x1)\n\tlibx.so => not found\n", nil, false},
		{"relative library", "\tlibnixmain.so => lib/libnixmain.so (0x1)\n", nil, false},
		{"static", "\tstatically linked\n", nil, false},
		{"linker without such a list", "nix (Nix) 2.18.1\n", nil, false},
		{"nothing", "", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := parseLoaded([]byte(c.out))
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.want, got)
		})
	}
}

func FuzzParseLoaded(f *testing.F) {
	f.Add([]byte("\tlibnixmain.so => /usr/lib/nix/libnixmain.so (0x1)\n"))
	f.Add([]byte("\tlinux-vdso.so.1 (0x1)\n => (0x)\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		libraries, _ := parseLoaded(out)
		for _, l := range libraries {
			require.True(t, filepath.IsAbs(l))
		}
	})
}
