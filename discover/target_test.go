package discover_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// runs is what nix was run for: a wrapper writes the first argument of each run
// into a file.
type runs struct{ log string }

func (r runs) evaluations(t *testing.T) int {
	t.Helper()
	log, err := os.ReadFile(r.log)
	require.NoError(t, err)
	return strings.Count(string(log), "eval\n")
}

// openAt opens the repo at dir as it is now, to be evaluated by one nix.
func openAt(t *testing.T, program, dir string) (*discover.Target, runs) {
	t.Helper()
	folder := t.TempDir()
	counted := runs{log: filepath.Join(folder, "log")}
	wrapper := filepath.Join(folder, "nix")
	script := "#!/bin/sh\necho \"$1\" >>'" + counted.log + "'\nexec '" + program + "' \"$@\"\n"
	require.NoError(t, os.WriteFile(wrapper, []byte(script), 0o700))
	nix, _, err := nixeval.Find(t.Context(), wrapper)
	require.NoError(t, err)
	nix.Env = []string{"NIX_CONFIG=" + nixConfig}
	repo, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	target, err := discover.Open(t.Context(), nix, repo)
	require.NoError(t, err)
	return target, counted
}

// oneNix is the first of the Nix versions, for what does not depend on it.
func oneNix(t *testing.T) string {
	t.Helper()
	gittest.Isolate(t)
	return exampleNixes(t)[0]
}

func TestOpenReadsTheTree(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	gittest.Write(t, dir, ".scaffold.yaml", "host: forge\n")
	gittest.Write(t, dir, "huge.nix", strings.Repeat("#", 5<<20))
	gittest.Write(t, dir, "broken.nix", "{ a = ")
	gittest.Git(t, dir, "add", ".scaffold.yaml", "huge.nix", "broken.nix")
	require.NoError(t, os.Symlink("flake.nix", filepath.Join(dir, "link.nix")))
	gittest.Git(t, dir, "add", "link.nix")
	target, counted := openAt(t, nix, dir)

	require.Contains(t, target.All, "hosts/forge/secrets.sops.yaml", "all files are known by name")
	require.NotContains(t, target.Files, "hosts/forge/secrets.sops.yaml", "and no secret is read")
	require.NotContains(t, target.Files, "README.md")
	require.NotContains(t, target.Files, "huge.nix")
	require.NotContains(t, target.Files, "link.nix", "a link is no file of its own")
	require.Contains(t, target.All, "huge.nix")
	require.Contains(t, string(target.Files["Taskfile.yml"]), "tasks:")
	require.Equal(t, "host: forge\n", string(target.Files[".scaffold.yaml"]))
	require.Contains(t, target.Files, "broken.nix")
	require.Nil(t, target.Source.File("broken.nix"))
	require.NotNil(t, target.Source.File("hosts/forge/default.nix"))
	require.NotContains(t, target.Source.Paths(), "Taskfile.yml")
	require.Zero(t, counted.evaluations(t), "reading needs no nix")
	require.Contains(t, target.Flake, "git+file://")

	again, _ := openAt(t, nix, dir)
	require.Equal(t, target.Tree, again.Tree)
	require.Equal(t, target.Flake, again.Flake)
}

func TestOpenSeesWhatNixSees(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	clean, _ := openAt(t, nix, dir)

	replaceIn(t, dir, "hosts/forge/core/networking.nix", `"home.example"`, `"changed.example"`)
	gittest.Write(t, dir, "hosts/forge/services/untracked.nix", "{ }")
	gittest.Write(t, dir, "hosts/forge/services/intended.nix", "{ }")
	gittest.Git(t, dir, "add", "-N", "hosts/forge/services/intended.nix")
	require.NoError(t, os.Remove(filepath.Join(dir, "README.md")))
	before := gittest.State(t, dir)

	target, _ := openAt(t, nix, dir)
	require.NotEqual(t, clean.Tree, target.Tree)
	require.NotEqual(t, clean.Flake, target.Flake)
	require.NotContains(t, target.All, "hosts/forge/services/untracked.nix")
	require.NotContains(t, target.Files, "hosts/forge/services/untracked.nix")
	require.Contains(t, target.Files, "hosts/forge/services/intended.nix")
	require.NotContains(t, target.All, "README.md")
	require.Contains(t, string(target.Files["hosts/forge/core/networking.nix"]), "changed.example")

	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"host"}})
	require.NoError(t, err)
	require.Equal(t, "changed.example", *f.Host.Domain)
	require.Equal(t, before, gittest.State(t, dir))

	changed, err := clean.Changed(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"README.md", "hosts/forge/core/networking.nix", "hosts/forge/services/intended.nix"}, changed)
	changed, err = target.Changed(t.Context())
	require.NoError(t, err)
	require.Empty(t, changed)

	// The target stays what it was.
	f, err = clean.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"host"}})
	require.NoError(t, err)
	require.Equal(t, "home.example", *f.Host.Domain)
}

func TestAnUntrackedImportIsNamed(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	gittest.Write(t, dir, "hosts/forge/services/new.nix", "{ }")
	replaceIn(t, dir, "hosts/forge/default.nix", "./services/emqx.nix", "./services/new.nix ./services/emqx.nix")
	target, _ := openAt(t, nix, dir)
	_, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
	require.ErrorContains(t, err, "hosts/forge/services/new.nix")
}

func TestHosts(t *testing.T) {
	gittest.Isolate(t)
	eachNix(t, func(t *testing.T, nix string) {
		target, counted := openAt(t, nix, copyExample(t, "example"))
		hosts, err := target.Hosts(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"forge", "nas-1"}, hosts)
		require.Equal(t, 1, counted.evaluations(t))
	})
}

func TestHostsOfOtherFlakes(t *testing.T) {
	nix := oneNix(t)
	for _, c := range []struct {
		name, outputs string
		want          []string
		kind          nixeval.Kind
	}{
		{"none", "{ }", nil, nixeval.MissingAttribute},
		{"no set", "{ nixosConfigurations = 1; }", nil, nixeval.Type},
		{"empty", "{ nixosConfigurations = { }; }", nil, ""},
		{"any names", `{ nixosConfigurations = { "b.c" = 1; a = throw "x"; "sp ace" = 2; }; }`, []string{"a", "b.c", "sp ace"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := gittest.Commit(t, map[string]string{"flake.nix": "{ outputs = { self }: " + c.outputs + "; }"})
			target, _ := openAt(t, nix, dir)
			hosts, err := target.Hosts(t.Context())
			require.Equal(t, c.kind, nixeval.KindOf(err), "%v", err)
			require.Equal(t, c.want, hosts)
		})
	}
}

func TestLibrariesAreImportedByThree(t *testing.T) {
	nix := oneNix(t)
	user := "let l = import ./three.nix { }; m = import ./two.nix; o = import ./three.nix { }; in l"
	target, _ := openAt(t, nix, gittest.Commit(t, map[string]string{
		"flake.nix": "{ outputs = { self }: { }; }", "three.nix": "{ }: { }", "two.nix": "{ }", "a/default.nix": "{ }",
		"x.nix": user, "y.nix": user, "z.nix": "let l = import ./three.nix { }; a = import ./a; in l", "v.nix": "let a = import ./a; in a", "w.nix": "let a = import ./a; in a",
	}))
	require.Equal(t, []string{"a/default.nix", "three.nix"}, target.Libraries(), "twice in one file is one file")
}

func TestAtIsTheSameRepoWithAnotherTree(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	first, _ := openAt(t, nix, dir)
	replaceIn(t, dir, "hosts/forge/core/networking.nix", `"home.example"`, `"other.example"`)
	second, _ := openAt(t, nix, dir)

	at := first.At(second.Work)
	require.Equal(t, first.Files, at.Files, "text is read from the files as they were")
	f, err := at.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"host"}})
	require.NoError(t, err)
	require.Equal(t, "other.example", *f.Host.Domain)
}

func TestChecks(t *testing.T) {
	gittest.Isolate(t)
	eachNix(t, func(t *testing.T, nix string) {
		dir := copyExample(t, "example")
		target, _ := openAt(t, nix, dir)
		checks, err := target.Checks(t.Context(), "x86_64-linux")
		require.NoError(t, err)
		require.Equal(t, []discover.Check{{Name: "auth-policies"}, {Name: "deployment-backup-guard"}}, checks)

		one, err := target.Checks(t.Context(), "x86_64-linux", "auth-policies", "gone")
		require.NoError(t, err)
		require.Equal(t, []discover.Check{{Name: "auth-policies"}}, one)

		none, err := target.Checks(t.Context(), "riscv64-linux")
		require.NoError(t, err)
		require.Empty(t, none)

		replaceIn(t, dir, "lib/checks.nix", `expect "restic jobs" `, `expect "restic jobs" 9`)
		target, _ = openAt(t, nix, dir)
		checks, err = target.Checks(t.Context(), "x86_64-linux")
		require.NoError(t, err)
		require.Len(t, checks, 2)
		require.Nil(t, checks[0].Err)
		require.Equal(t, checks[0], target.Explain(t.Context(), "x86_64-linux", checks[0]))
		require.NotNil(t, checks[1].Err)
		failed := target.Explain(t.Context(), "x86_64-linux", checks[1])
		require.Contains(t, failed.Err.Message, "restic jobs: expected 9")
		require.Equal(t, "lib/checks.nix", failed.Err.File)
	})
}
