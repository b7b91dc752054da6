package discover_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// library is what a golden file says of a convention.Library: where it is, and
// each member's kind and number of arguments.
type library struct {
	Binding, Expression string
	Takes               []string
	Members             map[string]member
	Values              map[string][]string `json:",omitempty"`
}

type member struct {
	Kind  string
	Arity int `json:",omitempty"`
}

func libraryOf(l *convention.Library) *library {
	if l == nil {
		return nil
	}
	short := &library{Binding: l.Binding, Expression: l.Expression("a/file/of/the/repo.nix"), Takes: l.Takes, Members: map[string]member{}, Values: map[string][]string{}}
	for name, m := range l.Members {
		short.Members[name] = member{m.Kind, m.Arity}
	}
	for name, v := range l.Values {
		short.Values[name] = slices.Sorted(maps.Keys(v))
	}
	return short
}

// TestConventionsOfTheExamples compares what is derived with golden files:
//
//	go test ./discover -run TestConventions -update
func TestConventionsOfTheExamples(t *testing.T) {
	gittest.Isolate(t)
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				target, _ := openAt(t, nix, copyExample(t, name))
				f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
				require.NoError(t, err)
				c := convention.Derive(f, target.Source)
				got := jsonOf(t, struct {
					*convention.Conventions
					HostLibrary, Types, StorageHelpers, AlertHelpers *library
				}{c, libraryOf(c.HostLibrary), libraryOf(c.Types), libraryOf(c.StorageHelpers), libraryOf(c.AlertHelpers)}) + "\n"

				golden := filepath.Join("testdata", name+".conventions.json")
				if *update {
					require.NoError(t, os.MkdirAll("testdata", 0o755))
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				require.Empty(t, udiff.Unified(golden, "derived", string(want), got), "run with -update, and look at the difference")
			})
		})
	}
}

// TestConventionsHold checks what has to be true of the conventions of any
// repo: what they name is there.
func TestConventionsHold(t *testing.T) {
	nix := oneNix(t)
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			target, _ := openAt(t, nix, copyExample(t, name))
			f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
			require.NoError(t, err)
			c := convention.Derive(f, target.Source)

			require.Subset(t, target.All, c.Module.Files)
			require.Subset(t, target.All, c.Host.Files)
			require.Contains(t, target.All, c.HostList)
			var listed []string
			for _, k := range c.Categories {
				require.Contains(t, target.All, k.File)
				listed = append(listed, k.Members...)
			}
			slices.Sort(listed)
			require.Equal(t, c.Module.Files, listed, "each module is in one category")
			for topic, files := range c.Exemplars {
				require.Subset(t, target.All, files, topic)
			}
			helpers := []string{c.ContainerAlert, c.UnitAlert, c.BackupHelper, c.SnapshotHelper, c.PreseedHelper, c.NetworkHelper, c.StaleAlert}
			for _, h := range helpers {
				require.Contains(t, c.HostLibrary.Members, h)
			}
			require.NotEqual(t, c.ContainerAlert, c.UnitAlert)
			for policy, at := range c.PolicyHelpers {
				require.Len(t, at, 2)
				require.True(t, slices.ContainsFunc(f.Policies, func(p facts.Policy) bool { return p.Name == policy }), policy)
			}
			for option, submodule := range c.Submodules {
				require.Equal(t, "type", c.Types.Members[submodule].Kind, option)
			}
			require.Contains(t, c.StorageHelpers.Members, "mkPreseedService")
			require.NotEmpty(t, c.Restore)
			require.NotEmpty(t, c.Groups)
			require.NotEmpty(t, c.Storage.Parent)
			if c.IDStyle == convention.RegistryIDs {
				require.Contains(t, target.All, *c.Registry.File)
				require.NotEmpty(t, c.Factory.Users)
				return
			}
			require.Contains(t, f.Services, c.IDExemplar)
		})
	}
}
